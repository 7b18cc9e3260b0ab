import assert from 'node:assert/strict';
import type { StoreReport } from '../../../../src/domain/storeReport';
import { diagnosticsReport, summaryOf } from '../../../../src/editor/words/diagnosticsReport';

const facts = {
  extensionVersion: '1.2.3',
  editorVersion: '1.106.0',
  platform: 'linux x64',
  at: '2026-11-21T10:00:00.000Z',
};

const report = (over: Partial<StoreReport> = {}): StoreReport => ({
  directory: '/data/store',
  journals: [{ name: 'j-1.log', bytes: 12_345, records: 7, finding: { kind: 'whole' } }],
  snapshots: [],
  unknownFiles: [],
  conversations: 3,
  messages: 40,
  unreadableRecords: 0,
  projectionMatches: true,
  notWritable: undefined,
  isOnNetwork: false,
  ...over,
});

const journal = (finding: StoreReport['journals'][number]['finding']): Partial<StoreReport> => ({
  journals: [{ name: 'j-1.log', bytes: 9, records: 1, finding }],
});

const SUMMARIES: readonly (readonly [string, Partial<StoreReport>, RegExp])[] = [
  ['a whole store', {}, /^Every history file is whole\.$/],
  ['a cut end', journal({ kind: 'cutTail', bytes: 5 }), /^Every history file is whole\.$/],
  ['damage', journal({ kind: 'damaged', places: 1, bytes: 9, acknowledged: false }), /Repair notes the damage/],
  [
    'noted damage',
    journal({ kind: 'damaged', places: 1, bytes: 9, acknowledged: true }),
    /^Every history file is whole\.$/,
  ],
  ['a damaged copy', { snapshots: [{ name: 's-1.db', bytes: 1, finding: 'damaged' }] }, /Repair notes the damage/],
  ['a read-only folder', { notWritable: { kind: 'diskFull' } }, /not written \(diskFull\)/],
  ['an unreadable file', journal({ kind: 'unreadable', reason: { kind: 'accessDenied' } }), /cannot be read/],
  ['a newer version', journal({ kind: 'newer' }), /newer version/],
  ['copies that know more', { projectionMatches: false }, /saved copies know more/],
];

describe('the diagnostics report', () => {
  for (const [what, over, words] of SUMMARIES)
    it(`sums up ${what}`, () => assert.match(summaryOf(report(over)), words));

  it('lists every file with its finding, in one line each', () => {
    const text = diagnosticsReport(
      report({
        journals: [
          { name: 'j-1.log', bytes: 12_345, records: 7, finding: { kind: 'whole' } },
          {
            name: 'j-2.log',
            bytes: 9,
            records: 1,
            finding: { kind: 'damaged', places: 2, bytes: 30, acknowledged: false },
          },
        ],
        snapshots: [{ name: 's-1.db', bytes: 4_096, finding: 'otherVersion' }],
        unknownFiles: ['a|b\nc.txt'],
      }),
      facts,
    );
    assert.match(text, /\| j-1\.log \| 12,345 \| 7 \| whole \|/);
    assert.match(text, /\| j-2\.log \| 9 \| 1 \| damaged in 2 places, 30 bytes; the rest is used \|/);
    assert.match(text, /\| s-1\.db \| 4,096 \| of another version; not used \|/);
    assert.match(text, /- a b c\.txt/);
    assert.match(text, /Conversations: 3, messages: 40/);
  });
});
