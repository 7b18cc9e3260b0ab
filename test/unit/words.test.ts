import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

/** Words that docs/glossary.md retires, as parts of identifiers too, with the words that replace them. */
const RETIRED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/dear(?:er|est)/i, 'more expensive, cheaper, highest, worst case'],
  [/reckon/i, 'compute, estimate'],
  [/\b(?:person|persons)\b|[a-z]Persons?(?![a-z])/i, 'the user'],
  [/\b(?:somebody|whoever|nobody)\b/i, 'the user, a caller, no one'],
  [/\b(?:is|are|was|were|be|been|being) told\b/i, 'notified, reported, shown'],
  [/\bleft alone\b/i, 'paused, unchanged'],
  [/\bseldomer\b/i, 'less often'],
  [/\bbells?\b|bellMs|BELL_/i, 'change signal'],
  [/(?<![-\w])strokes?(?![-\w:=;])/i, 'change signal'],
  [/(?:(?<![a-zA-Z])[sS]|[a-z]S)hel(?:f|ves)(?![a-z])/, 'archive filter, group, section'],
  [/\bstandings?\b|[a-z]Standings?\b/i, 'status, stage'],
  [/outstanding/i, 'reserved, pending'],
  [/probing/i, 'half-open, testing'],
];

/** Stored names, which stay readable, and the glossary itself. */
const KEPT: readonly RegExp[] = [/[`']person[`']/g, /OLD_SIGNAL_FILE = 'bell'/g, /\bperson: \(\) =>/g];
const GLOSSARY = 'docs/glossary.md';

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|css|md|json|mjs)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'));
}

const ROOT_FILES = [
  'package.json',
  'package.nls.json',
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
];

/** `file:line word (instead: …)` */
function retiredIn(file: string, text: string): readonly string[] {
  const kept = KEPT.reduce((rest, pattern) => rest.replace(pattern, ''), text);
  return kept.split('\n').flatMap((line, index) =>
    RETIRED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${file}:${index + 1} ${found} (instead: ${instead})`];
    }),
  );
}

describe('words', () => {
  it('are those of the glossary', () => {
    const files = [...['src', 'webview', 'docs', 'l10n'].flatMap(filesIn), ...ROOT_FILES];
    assert.ok(files.length > 300, 'the files were read');
    const found = files
      .filter((file) => file !== GLOSSARY)
      .flatMap((file) => retiredIn(file, readFileSync(file, 'utf8')));
    assert.deepEqual(found, []);
  });

  for (const [text, count] of [
    ['the dearest rates', 1],
    ['const reckonedPrice = 1;', 1],
    ["/** The person's own words. */", 1],
    ['settleByPerson()', 1],
    ['class ShelfElement {}', 1],
    ['const archivedShelf = 1;', 1],
    ['interface BudgetStanding {}', 1],
    ['stroke="currentColor" stroke-width: 1', 0],
    ["settledBy: z.enum(['stream', 'person'])", 0],
    ['the user is notified', 0],
  ] as const) {
    it(`finds ${count === 0 ? 'nothing' : 'a retired word'} in “${text}”`, () =>
      assert.equal(retiredIn('', text).length, count));
  }
});
