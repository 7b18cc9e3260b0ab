import assert from 'node:assert/strict';
import { type Candidate, ranked as rankedOrdinals } from '../../../../../src/infrastructure/store/search/ranking';

/** Counts as returned by `matchinfo` for one pattern: three columns, 32 bits each, little-endian. */
const bytesOf = (...counts: readonly number[]): Uint8Array =>
  new Uint8Array(counts.flatMap((count) => [count & 0xff, (count >> 8) & 0xff, (count >> 16) & 0xff, count >>> 24]));

const ranked = (candidates: readonly (readonly [counts: readonly number[], words: number])[]): readonly number[] =>
  rankedOrdinals(
    candidates.map(([counts, words], ordinal): Candidate => ({
      ordinal,
      row: ordinal,
      words,
      occurrences: bytesOf(...counts),
    })),
    [1],
    // Enough rows that recency hardly matters.
    1_000_000,
  );

describe('the ranking of candidates', () => {
  const table: readonly {
    readonly what: string;
    readonly candidates: Parameters<typeof ranked>[0];
    readonly order: readonly number[];
  }[] = [
    {
      what: 'more occurrences',
      candidates: [
        [[1, 0, 0], 1000],
        [[3, 0, 0], 1000],
        [[2, 0, 0], 1000],
      ],
      order: [1, 2, 0],
    },
    {
      what: 'a count above one byte',
      candidates: [
        [[256, 0, 0], 1000],
        [[200, 0, 0], 1000],
      ],
      order: [0, 1],
    },
    {
      what: 'a count above two bytes',
      candidates: [
        [[65_536, 0, 0], 100_000],
        [[300, 0, 0], 100_000],
      ],
      order: [0, 1],
    },
    {
      what: 'a count above three bytes',
      candidates: [
        [[16_777_216, 0, 0], 100_000],
        [[300, 0, 0], 100_000],
      ],
      order: [0, 1],
    },
    {
      what: 'content above parts of identifiers above reasoning',
      candidates: [
        [[0, 1, 0], 10],
        [[0, 0, 1], 10],
        [[1, 0, 0], 10],
      ],
      order: [2, 1, 0],
    },
    {
      what: 'a short text above a long one',
      candidates: [
        [[1, 0, 0], 100],
        [[1, 0, 0], 900],
      ],
      order: [0, 1],
    },
    {
      what: 'a text shorter by a quarter',
      candidates: [
        [[1, 0, 0], 100],
        [[1, 0, 0], 130],
      ],
      order: [0, 1],
    },
    {
      what: 'the newer of equal matches',
      candidates: [
        [[1, 0, 0], 10],
        [[1, 0, 0], 10],
      ],
      order: [1, 0],
    },
  ];
  for (const { what, candidates, order } of table)
    it(`ranks first: ${what}`, () => assert.deepEqual(ranked(candidates), order));
});
