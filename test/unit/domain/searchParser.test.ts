import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SearchQuery, SearchTerm } from '../../../src/domain/search';
import { parseSearch } from '../../../src/domain/searchParser';

const NOTHING = {
  terms: [],
  tags: [],
  models: [],
  roles: [],
  beforeMs: null,
  afterMs: null,
  costAboveNanoUsd: null,
  limit: 50,
};
const word = (text: string): SearchTerm => ({ kind: 'word', text, prefix: false });
const prefix = (text: string): SearchTerm => ({ kind: 'word', text, prefix: true });
const phrase = (text: string): SearchTerm => ({ kind: 'phrase', text });
const local = (year: number, month = 1, day = 1): number => new Date(year, month - 1, day).getTime();

const CASES: readonly (readonly [text: string, expected: Partial<Record<keyof SearchQuery, unknown>>])[] = [
  ['', {}],
  ['  \t\n ', {}],
  ['hello', { terms: [prefix('hello')] }],
  ['hello ', { terms: [word('hello')] }],
  ['hello world', { terms: [word('hello'), prefix('world')] }],
  ['hel* world ', { terms: [prefix('hel'), word('world')] }],
  ['hel*', { terms: [prefix('hel')] }],
  ['* **', {}],
  ['a*b ', { terms: [word('a*b')] }],
  ['"two words"', { terms: [phrase('two words')] }],
  ['"two words" more ', { terms: [phrase('two words'), word('more')] }],
  ['before "never closed words', { terms: [word('before'), phrase('never closed words')] }],
  ['"" x ', { terms: [word('x')] }],
  ['"', {}],
  ['say"hi there"now ', { terms: [word('say'), phrase('hi there'), word('now')] }],
  ['foo_bar.baz()', { terms: [prefix('foo_bar.baz()')] }],
  ['src/a.ts:12 ', { terms: [word('src/a.ts:12')] }],

  ['tag:work', { tags: ['work'] }],
  ['TAG:Work tag:"two words"', { tags: ['Work', 'two words'] }],
  ['tag:', { terms: [prefix('tag:')] }],
  ['tag:"" ', { terms: [phrase('tag:')] }],
  ['tag:"open end', { tags: ['open end'] }],
  ['model:sonnet model:"gpt 5"', { models: ['sonnet', 'gpt 5'] }],
  ['model:vendor/model:free', { models: ['vendor/model:free'] }],
  ['role:user', { roles: ['user'] }],
  ['role:You role:reply role:assistant role:system', { roles: ['user', 'assistant', 'system'] }],
  ['role:pilot ', { terms: [word('role:pilot')] }],
  ['colour:red ', { terms: [word('colour:red')] }],
  ['colour:"dark red"', { terms: [phrase('colour:dark red')] }],
  [':', { terms: [prefix(':')] }],

  ['before:2026', { beforeMs: local(2026) }],
  ['after:2026-03', { afterMs: local(2026, 3) }],
  ['after:2024-02-29 before:2024-03-01', { afterMs: local(2024, 2, 29), beforeMs: local(2024, 3, 1) }],
  ['before:2026 before:2025 after:2020 after:2021-06', { beforeMs: local(2025), afterMs: local(2021, 6) }],
  ['before:"2026"', { beforeMs: local(2026) }],
  ['before:2025-02-29 ', { terms: [word('before:2025-02-29')] }],
  ['before:2025-13 ', { terms: [word('before:2025-13')] }],
  ['before:2025-1 ', { terms: [word('before:2025-1')] }],
  ['before:25 ', { terms: [word('before:25')] }],
  ['before:2025-00-10 ', { terms: [word('before:2025-00-10')] }],
  ['after:soon', { terms: [prefix('after:soon')] }],

  ['cost>0.01', { costAboveNanoUsd: 10_000_000 }],
  ['cost>$0.01', { costAboveNanoUsd: 10_000_000 }],
  ['COST>=0.01', { costAboveNanoUsd: 9_999_999 }],
  ['cost>=0', { costAboveNanoUsd: -1 }],
  ['cost>.5', { costAboveNanoUsd: 500_000_000 }],
  ['cost>2.', { costAboveNanoUsd: 2_000_000_000 }],
  ['cost>0.000000001', { costAboveNanoUsd: 1 }],
  ['cost>999999.999999999', { costAboveNanoUsd: 999_999_999_999_999 }],
  ['cost>1 cost>3 cost>2', { costAboveNanoUsd: 3_000_000_000 }],
  ['cost>0.0000000001 ', { terms: [word('cost>0.0000000001')] }],
  ['cost>1000000 ', { terms: [word('cost>1000000')] }],
  ['cost>-1 ', { terms: [word('cost>-1')] }],
  ['cost> ', { terms: [word('cost>')] }],
  ['cost>. ', { terms: [word('cost>.')] }],
  ['cost>$ ', { terms: [word('cost>$')] }],
  ['cost<1 ', { terms: [word('cost<1')] }],

  [
    'fix tag:work "out of memory" role:reply cost>0.5 lea',
    {
      terms: [word('fix'), phrase('out of memory'), prefix('lea')],
      tags: ['work'],
      roles: ['assistant'],
      costAboveNanoUsd: 500_000_000,
    },
  ],
];

describe('parseSearch', () => {
  for (const [text, expected] of CASES)
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseSearch(text, 50), { ...NOTHING, ...expected }));

  it('reads dates before the year 100 as written', () => {
    const start = new Date(2000, 0, 1);
    start.setFullYear(50);
    assert.equal(parseSearch('before:0050', 1).beforeMs, start.getTime());
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      ' ',
      '*',
      ':',
      '>',
      '=',
      '$',
      '-',
      '.',
      'tag:',
      'model:',
      'role:',
      'before:',
      'after:',
      'cost>',
      '2026',
      '02',
      'user',
      '\u3000',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );

  it('never fails, loses no word and finds none that was not typed', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        (text) => {
          const query = parseSearch(text, 7);
          assert.equal(query.limit, 7);
          for (const term of query.terms) {
            assert.equal(term.text, term.text.trim());
            assert.notEqual(term.text, '');
            if (term.kind === 'word') assert.ok(text.includes(term.text) && !/[\s"]/u.test(term.text));
          }
          const typed = text.split(/["\s]+/u).filter((part) => /^[a-z]+$/u.test(part));
          const kept = [...query.terms.map((term) => term.text), ...query.tags, ...query.models, ...query.roles].join(
            ' ',
          );
          for (const part of typed) assert.ok(kept.includes(part) || query.roles.length > 0, part);
        },
      ),
      { numRuns: 1000, seed: 20_261_121 },
    );
  });

  it('reads what it would have written itself', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
    fc.assert(
      fc.property(fc.array(name), fc.array(name), fc.array(name), (tags, models, phrases) => {
        const text = [
          ...tags.map((t) => `tag:"${t}"`),
          ...phrases.map((p) => `"${p}"`),
          ...models.map((m) => `model:"${m}"`),
        ].join(' ');
        assert.deepEqual(parseSearch(text, 50), { ...NOTHING, tags, models, terms: phrases.map(phrase) });
      }),
      { numRuns: 200, seed: 20_261_122 },
    );
  });

  it('takes a text of any length', () => {
    for (const unit of ['"', 'a ', 'tag:a ', 'cost>1 ', 'before:2026 ', '*', 'a:"']) {
      assert.equal(parseSearch(unit.repeat(50_000), 50).limit, 50);
    }
  });
});
