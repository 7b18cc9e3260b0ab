import assert from 'node:assert/strict';
import '../../../support/vscodeWords';
import type { StoreReport } from '../../../../src/domain/storeReport';
import { diagnosticsReport, summaryOf } from '../../../../src/editor/words/diagnosticsText';
import { importDocument } from '../../../../src/editor/words/importText';
import { report } from './samples';

const FACTS = { extensionVersion: '1.2.3', editorVersion: '1.106.0', platform: 'linux x64', at: '2026-11-21' };
const journal = (finding: StoreReport['journals'][number]['finding']): Partial<StoreReport> => ({
  journals: [{ name: 'j-1.log', bytes: 9, records: 1, finding }],
});

const SUMMARIES: readonly (readonly [string, Partial<StoreReport>, RegExp])[] = [
  ['an intact store', {}, /^All history files are intact\.$/],
  ['an unfinished write', journal({ kind: 'cutTail', bytes: 5 }), /^All history files are intact\.$/],
  ['damage', journal({ kind: 'damaged', places: 1, bytes: 9, acknowledged: false }), /Repair acknowledges/],
  ['acknowledged damage', journal({ kind: 'damaged', places: 1, bytes: 9, acknowledged: true }), /are intact\.$/],
  ['a damaged copy', { snapshots: [{ name: 's-1.db', bytes: 1, finding: 'damaged' }] }, /Repair acknowledges/],
  ['a read-only folder', { notWritable: { kind: 'diskFull' } }, /not written\. The disk is full\.$/],
  ['an unreadable file', journal({ kind: 'unreadable', reason: { kind: 'accessDenied' } }), /can’t be read/],
  ['a newer version', journal({ kind: 'newer' }), /newer version/],
  ['copies that contain more', { projectionMatches: false }, /saved copies contain more/],
];

describe('the diagnostics report', () => {
  for (const [what, over, expected] of SUMMARIES)
    it(`sums up ${what}`, () => assert.match(summaryOf(report(over)), expected));

  it('lists every file with its finding in one line', () => {
    const text = diagnosticsReport(
      report({
        journals: [
          { name: 'j-1.log', bytes: 12_345, records: 7, finding: { kind: 'whole' } },
          {
            name: 'j-2.log',
            bytes: 9,
            records: 1,
            finding: { kind: 'damaged', places: 2, bytes: 30, acknowledged: true },
          },
        ],
        snapshots: [{ name: 's-1.db', bytes: 4_096, finding: 'otherVersion' }],
        unknownFiles: ['a|b\nc.txt'],
      }),
      FACTS,
    );
    for (const line of [
      '| j-1.log | 12,345 | 7 | intact |',
      '| j-2.log | 9 | 1 | damaged in 2 places, 30 bytes; the rest is used; acknowledged |',
      '| s-1.db | 4,096 | from another version; not used |',
      '- a b c.txt',
    ])
      assert.ok(text.split('\n').includes(line), line);
  });
});

describe('the import report', () => {
  it('lists what was skipped and escapes foreign text', () => {
    const about = { kind: 'named', name: 'A # title\n- with <b>' } as const;
    const remarks = [{ about, problem: { kind: 'circularForks' } as const }];
    const imported = { added: 1, updated: 0, unchanged: 1200, remarks };
    assert.equal(
      importDocument('Roo Code', imported),
      `# Import from Roo Code

- Added: 1 conversation
- Completed with missing messages: 0 conversations
- Unchanged: 1,200 conversations

Imported costs are shown in their conversations. They don’t count toward your limits.

## Skipped or changed

- **A \\# title - with \\<b\\>:** Its chain of forks is circular.
`,
    );
    assert.match(importDocument('x', { ...imported, remarks: [] }), /Everything was imported\.\n$/);
  });
});
