import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Exchange } from '../../../../src/application/exchange/exchange';
import { readJson } from '../../../../src/infrastructure/peers/jsonSalvage';
import { peerHistories } from '../../../../src/infrastructure/peers/peerHistories';
import { toolCall, toolOutput } from '../../../../src/infrastructure/peers/toolText';
import { defaultSettings } from '../../../support/testCore';
import { openStore, withFolder } from '../store/storeFixtures';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/peers', import.meta.url));
const TASK = 'globalStorage/rooveterinaryinc.roo-cline/tasks/0b2e9d1c-6a5f-4c1e-9b7a-2f8d3c4e5f60';
const SESSION = 'home/.cline/data/sessions/1760000000500_Ab-9z';
const FILES = [
  `${TASK}/ui_messages.json`,
  `${TASK}/api_conversation_history.json`,
  `${SESSION}/1760000000500_Ab-9z.messages.json`,
  'home/.continue/sessions/7f1c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8.json',
];

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function withChange(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const inner = Array.isArray(value) ? [...value] : { ...Object(value) };
  inner[key] = withChange(inner[key], rest, to);
  return inner;
}

describe('damaged histories', () => {
  it('never stop an import, and imported conversations can be exported and imported again', async () => {
    const change = fc.record({
      file: fc.nat(FILES.length - 1),
      place: fc.nat(10_000),
      to: fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1e308, '__proto__', '\ud800', [], {}, [null])),
    });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        await withFolder(async (folder) => {
          for (const [number, file] of FILES.entries()) {
            let value: unknown = JSON.parse(readFileSync(path.join(FIXTURES, file), 'utf8'));
            for (const { place, to } of changes.filter((c) => c.file === number)) {
              const paths = pathsIn(value);
              value = withChange(value, paths[place % paths.length] ?? [], to);
            }
            mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
            writeFileSync(path.join(folder, file), JSON.stringify(value) ?? 'undefined');
          }
          const store = openStore(path.join(folder, 'store'));
          const exchange = new Exchange({
            store,
            settings: { current: () => defaultSettings },
            onImported: () => undefined,
          });
          const report = await exchange.importPeers(
            peerHistories({
              globalStorage: path.join(folder, 'globalStorage'),
              home: path.join(folder, 'home'),
              env: {},
            }),
          );
          taken += report.added;
          const again = await exchange.importJson(await exchange.exportJson('all'));
          assert.deepEqual(again, { added: 0, updated: 0, unchanged: report.added, remarks: [] });
          await store.close();
        });
      }),
      { seed: 11, numRuns: 60 },
    );
    assert.ok(taken > 100, `${taken} conversations were imported`);
  });

  const CUTS: readonly (readonly [string, unknown])[] = [
    ['[{"a":1},{"b":[2', [{ a: 1 }]],
    ['[{"a":"]}\\""},{"b"', [{ a: ']}"' }]],
    ['{"v":1,"messages":[{"a":[1]},{"b', { v: 1, messages: [{ a: [1] }] }],
    ['{"v":{"w":[1,2]},"messages":[{"a":1}', { v: { w: [1, 2] }, messages: [{ a: 1 }] }],
    ['[{"a":1}] [{"older":2}]', [{ a: 1 }]],
    ['[{"a":1}]}]', [{ a: 1 }]],
    ['[{"a":1},{"b":[{"c":1},{"d":2}', [{ a: 1 }]],
    ['[1,2,', undefined],
    ['{"a":"text', undefined],
    ['<html>', undefined],
    ['"\\', undefined],
    ['['.repeat(100_000), undefined],
  ];
  for (const [text, value] of CUTS) {
    it(`are read up to the damage: ${text.slice(0, 40)}`, () =>
      assert.deepEqual(readJson(text), value === undefined ? { kind: 'unreadable' } : { kind: 'salvaged', value }));
  }

  const TOOLS: readonly (readonly [string, string])[] = [
    [
      toolCall('read', { path: 'a`b', lines: [1, 2], nothing: undefined, empty: '' }),
      '**Tool** `read`\n- path: `a´b`\n- lines: `[1,2]`',
    ],
    [toolCall('run`\nrm', '{"a":'), '**Tool** `run rm`\n- input: `{"a":`'],
    [toolCall('', '{"text":"```\\nx"}'), '**Tool** `unnamed`\n\ntext:\n\n````\n```\nx\n````'],
    [toolOutput('Output', ' \n'), '**Output** (nothing)'],
    [
      toolOutput('Output', 'x'.repeat(50_001)),
      `**Output**\n\n\`\`\`\n${'x'.repeat(50_000)}\n… 1 more characters were left out on import\n\`\`\``,
    ],
  ];
  for (const [said, expected] of TOOLS)
    it(`show a tool as ${JSON.stringify(expected.slice(0, 50))}`, () => assert.equal(said, expected));
});
