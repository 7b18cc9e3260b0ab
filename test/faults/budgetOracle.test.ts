import assert from 'node:assert/strict';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import type { SpendEvent } from '../../src/domain/storeEvent';
import type { Bill } from '../support/openRouterEmulator';
import type { BookEntry, BudgetReport } from './budgetJobs';
import { BudgetOracle } from './budgetOracle';

const WORST = 50_500;
const BILLED = 130_800;
const DAY = '2026-11-20';
const of = { reservationId: reservationId('res-1'), atMs: 1 };
const reserved: SpendEvent = {
  ...of,
  type: 'spend.reserved',
  conversationId: conversationId('c'),
  messageId: messageId('m'),
  model: modelId('x/y'),
  worstCaseNanoUsd: nanoUsd(WORST),
  quote: null,
  dayUtc: DAY,
};
const identified: SpendEvent = { ...of, type: 'spend.identified', generationId: generationId('gen-1') };
const settled = (costNanoUsd: number, settledBy: 'stream' | 'person'): SpendEvent => ({
  ...of,
  type: 'spend.settled',
  costNanoUsd: nanoUsd(costNanoUsd),
  source: settledBy === 'person' ? 'estimated' : 'reported',
  settledBy,
  estimateNanoUsd: null,
  usage: null,
  provider: null,
  generationId: null,
});
const bill = { question: 't1 r16', costUsd: '0.0001308' } as Bill;
const limits = {
  replyLimitNanoUsd: null,
  conversationLimitNanoUsd: null,
  dailyLimitNanoUsd: WORST,
  monthlyLimitNanoUsd: null,
};

/** One request that the server charges 2.59 times its worst case for. */
function aCase() {
  const mistakes: string[] = [];
  const oracle = new BudgetOracle({ limits, overcharge: 3, wrong: (what) => mistakes.push(what) });
  let commits = 0;
  const stored = (window: string, ...spend: readonly SpendEvent[]): void => {
    const commit = (commits += 1);
    const asked = spend.includes(reserved) ? [{ messageId: 'm', text: 't1 r16' }] : [];
    const reports: readonly BudgetReport[] = [
      { kind: 'committing', commit, spend, asked },
      { kind: 'committed', commit },
    ];
    for (const report of reports) oracle.take(window, report);
  };
  const look = (state: BookEntry['state'], costNanoUsd = 0): readonly number[] =>
    oracle
      .checkBook([bill], [{ reservation: 'res-1', state, costNanoUsd }], '2026-11')
      .map((byHand) => byHand.costNanoUsd);
  stored('w1', reserved);
  return { oracle, mistakes, stored, look };
}

describe('the oracle of the budget', () => {
  /** In order: what becomes durable, and what a book says then. */
  type Step = readonly ['stored', ...(readonly SpendEvent[])] | readonly ['book', BookEntry['state'], number];
  const saidByHand: readonly Step[] = [
    ['book', 'pending', 0],
    ['stored', settled(WORST, 'person')],
  ];
  const rows: readonly (readonly [string, readonly Step[], bookable: number, mistakes: readonly string[]])[] = [
    [
      'takes a bill',
      [
        ['stored', identified, settled(BILLED, 'stream')],
        ['book', 'settled', BILLED],
      ],
      BILLED,
      [],
    ],
    ['takes what the person said of a request without a bill', [...saidByHand, ['book', 'settled', WORST]], WORST, []],
    [
      'takes a bill that comes after the person’s word',
      [...saidByHand, ['stored', identified, settled(BILLED, 'stream')], ['book', 'settled', BILLED]],
      BILLED,
      [],
    ],
    [
      'takes a bill that was stored between the book and the person’s word',
      [
        ['book', 'pending', 0],
        ['stored', settled(BILLED, 'stream')],
        ['stored', settled(WORST, 'person')],
        ['book', 'settled', BILLED],
      ],
      BILLED,
      [],
    ],
    [
      'misses a bill in a book that keeps to the person’s word',
      [...saidByHand, ['stored', settled(BILLED, 'stream')], ['book', 'settled', WORST]],
      BILLED,
      [
        `res-1 is settled with ${WORST} instead of ${BILLED}: billed ${BILLED}, by hand ${WORST}, the bill is on the disk`,
      ],
    ],
    [
      'knows no bill that nobody has stored',
      [...saidByHand, ['book', 'settled', BILLED]],
      WORST,
      [
        `res-1 is settled with ${BILLED} instead of ${WORST}: billed ${BILLED}, by hand ${WORST}, the bill is not on the disk`,
      ],
    ],
    [
      'takes no other amount than the bill',
      [
        ['stored', identified, settled(BILLED, 'stream')],
        ['book', 'settled', WORST],
      ],
      BILLED,
      [
        `res-1 is settled with ${WORST} instead of ${BILLED}: billed ${BILLED}, by hand nothing, the bill is on the disk`,
      ],
    ],
  ];
  for (const [name, steps, bookable, mistakes] of rows) {
    it(name, () => {
      const c = aCase();
      for (const step of steps) {
        if (step[0] === 'stored') c.stored('w1', ...step.slice(1).filter((event) => typeof event === 'object'));
        else assert.deepEqual(c.look(step[1], step[2]), step[1] === 'pending' ? [WORST] : []);
      }
      assert.deepEqual([c.oracle.bookable([bill]), c.mistakes], [bookable, mistakes]);
    });
  }

  it('counts a request in flight until its bill is stored, whatever the person says', () => {
    const next: SpendEvent = { ...reserved, reservationId: reservationId('res-2'), messageId: messageId('m2') };
    const mistakesAfter = (settlement: SpendEvent): readonly string[] => {
      const c = aCase();
      c.stored('w1', settlement);
      c.stored('w2', next);
      c.oracle.take('w2', { kind: 'committing', commit: 9, spend: [], asked: [{ messageId: 'm2', text: 't2 r16' }] });
      // 0.0002 of both together, with a limit of 50,500 and twice what is in flight: 252,500 or 151,500.
      c.oracle.check([bill, { ...bill, question: 't2 r16', costUsd: '0.0000692' }]);
      return c.mistakes;
    };
    assert.deepEqual(mistakesAfter(settled(WORST, 'person')), []);
    assert.deepEqual(mistakesAfter(settled(BILLED, 'stream')), [
      `day ${DAY} is billed 200000, with a limit of ${WORST} and ${WORST} in flight`,
    ]);
  });
});
