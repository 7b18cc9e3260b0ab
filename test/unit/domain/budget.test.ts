import assert from 'node:assert/strict';
import { budgetLevel, dayUtcOf, foldSpend, totalsOf } from '../../../src/domain/budget';
import { conversationId, messageId, modelId, reservationId } from '../../../src/domain/ids';
import { nanoUsd } from '../../../src/domain/money';
import type { SpendEvent } from '../../../src/domain/storeEvent';

const reserved = (id: string, amount: number, dayUtc = '2026-11-20'): SpendEvent => ({
  type: 'spend.reserved',
  reservationId: reservationId(id),
  conversationId: conversationId('c'),
  messageId: messageId('m'),
  model: modelId('x/y'),
  worstCaseNanoUsd: nanoUsd(amount),
  quote: null,
  dayUtc,
  atMs: 0,
});
const settled = (id: string, amount: number): SpendEvent => ({ type: 'spend.settled', reservationId: reservationId(id), costNanoUsd: nanoUsd(amount), source: 'reported', settledBy: 'stream', estimateNanoUsd: null, usage: null, provider: null, generationId: null, atMs: 0 });
const released = (id: string): SpendEvent => ({ type: 'spend.released', reservationId: reservationId(id), atMs: 0 });

describe('budget', () => {
  const rows: readonly (readonly [string, readonly SpendEvent[], number, number])[] = [
    ['a reservation is outstanding', [reserved('a', 100)], 0, 100],
    ['a settlement replaces it', [reserved('a', 100), settled('a', 40)], 40, 0],
    ['the same events twice change nothing', [reserved('a', 100), reserved('a', 100), settled('a', 40), settled('a', 40)], 40, 0],
    ['a release frees it', [reserved('a', 100), released('a')], 0, 0],
    ['a release after the settlement frees nothing', [reserved('a', 100), settled('a', 40), released('a')], 40, 0],
    ['a settlement after a release counts', [reserved('a', 100), released('a'), settled('a', 40)], 40, 0],
    ['a settlement without a reservation is ignored', [settled('a', 40)], 0, 0],
    ['another day does not count', [reserved('a', 100, '2026-11-19'), settled('a', 40)], 0, 0],
  ];
  for (const [name, events, settledSum, outstanding] of rows) {
    it(name, () => assert.deepEqual(totalsOf(foldSpend(new Map(), events), '2026-11-20'), { settledNanoUsd: settledSum, outstandingNanoUsd: outstanding }));
  }

  it('adds a month by the prefix of its days', () => {
    const book = foldSpend(new Map(), [reserved('a', 1, '2026-11-19'), reserved('b', 2, '2026-11-20'), reserved('c', 4, '2026-12-01')]);
    assert.equal(totalsOf(book, '2026-11').outstandingNanoUsd, 3);
  });

  it('counts days in UTC', () => assert.equal(dayUtcOf(Date.UTC(2026, 10, 20, 23, 59, 59, 999)), '2026-11-20'));

  it('knows its levels', () => {
    const level = (spent: number, limit: number | null): string => budgetLevel(nanoUsd(spent), limit === null ? null : nanoUsd(limit), 80);
    assert.deepEqual([level(79, 100), level(80, 100), level(100, 100), level(5, 0), level(5, null)], ['ok', 'warning', 'exhausted', 'exhausted', 'unlimited']);
  });
});
