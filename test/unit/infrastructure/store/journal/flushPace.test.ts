import assert from 'node:assert/strict';
import { FlushPace } from '../../../../../src/infrastructure/store/journal/flushPace';

/** Flushes one after the other, each `[pause before it, how long it took]` in milliseconds. */
function paceAfter(flushes: readonly (readonly [number, number])[]): {
  readonly pace: FlushPace;
  readonly nowMs: number;
} {
  const pace = new FlushPace();
  let nowMs = 1_000;
  for (const [pauseMs, tookMs] of flushes) {
    nowMs += pauseMs;
    pace.took(nowMs, nowMs + tookMs);
    nowMs += tookMs;
  }
  return { pace, nowMs };
}

const times = (count: number, flush: readonly [number, number]): (readonly [number, number])[] =>
  Array.from({ length: count }, () => flush);

describe('FlushPace', () => {
  const table: readonly {
    readonly what: string;
    readonly flushes: readonly (readonly [number, number])[];
    readonly laterMs?: number;
    readonly quick: boolean;
  }[] = [
    { what: 'nothing is known at first', flushes: [], quick: false },
    { what: 'two quick ones prove nothing', flushes: times(2, [1000, 0.1]), quick: false },
    { what: 'three do', flushes: times(3, [1000, 0.1]), quick: true },
    { what: 'a millisecond is quick', flushes: times(3, [1000, 1]), quick: true },
    { what: 'more is not', flushes: times(20, [1000, 1.01]), quick: false },
    { what: 'one slow one ends it', flushes: [...times(30, [10, 0.1]), [10, 4]], quick: false },
    {
      what: 'two after it are too few',
      flushes: [...times(30, [10, 0.1]), [10, 4], ...times(2, [10, 0.1])],
      quick: false,
    },
    {
      what: 'three after it are enough',
      flushes: [...times(30, [10, 0.1]), [10, 4], ...times(3, [10, 0.1])],
      quick: true,
    },
    { what: 'it holds for less than five seconds', flushes: times(3, [10, 0.1]), laterMs: 4_999, quick: true },
    { what: 'and no longer', flushes: times(3, [10, 0.1]), laterMs: 5_000, quick: false },
    { what: 'quick ones before a pause do not count', flushes: [...times(3, [10, 0.1]), [5_000, 0.1]], quick: false },
    {
      what: 'two before a pause and one after are not three',
      flushes: [...times(2, [10, 0.1]), [6_000, 0.1]],
      quick: false,
    },
  ];
  for (const { what, flushes, laterMs = 1, quick } of table) {
    it(what, () => {
      const { pace, nowMs } = paceAfter(flushes);
      assert.equal(pace.isQuick(nowMs + laterMs), quick);
    });
  }
});
