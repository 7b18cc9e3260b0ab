import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type SpendBook, budgetLevel, dayUtcOf, monthOf } from '../../../src/domain/budget';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../src/domain/ids';
import { nanoUsd } from '../../../src/domain/money';
import type { SpendEvent } from '../../../src/domain/storeEvent';
import { bookOf } from '../../support/reservations';

type Of<T extends SpendEvent['type']> = Extract<SpendEvent, { type: T }>;
const reserved = (
  id: string,
  amount: number,
  dayUtc = '2026-11-20',
  over: Partial<Of<'spend.reserved'>> = {},
): SpendEvent => ({
  type: 'spend.reserved',
  reservationId: reservationId(id),
  conversationId: conversationId('c'),
  messageId: messageId('m'),
  model: modelId('x/y'),
  worstCaseNanoUsd: nanoUsd(amount),
  quote: null,
  dayUtc,
  atMs: 0,
  ...over,
});
const settled = (id: string, amount: number, over: Partial<Of<'spend.settled'>> = {}): SpendEvent => ({
  type: 'spend.settled',
  reservationId: reservationId(id),
  costNanoUsd: nanoUsd(amount),
  source: 'reported',
  settledBy: 'stream',
  estimateNanoUsd: null,
  usage: null,
  provider: null,
  generationId: null,
  atMs: 0,
  ...over,
});
const released = (id: string): SpendEvent => ({ type: 'spend.released', reservationId: reservationId(id), atMs: 0 });
const identified = (id: string): SpendEvent => ({
  type: 'spend.identified',
  reservationId: reservationId(id),
  generationId: generationId(`gen-${id}`),
  atMs: 0,
});
const accepted = (atMs: number, model = 'x/y'): SpendEvent => ({
  type: 'spend.overrunAccepted',
  model: modelId(model),
  atMs,
});

/** All results of a book. */
const everything = (book: SpendBook) => ({
  latest: book.latestDay,
  days: ['2026-10', '2026-11', '2026-11-19', '2026-11-20', '2026-11-21', '2026-12'].map((period) =>
    book.spentIn(period),
  ),
  conversations: ['c', 'd'].map((id) => book.ofConversation(conversationId(id))),
  reservations: ['a', 'b', 'e'].map((id) => book.get(reservationId(id))),
  unsettled: new Set(
    book.unsettled().map(({ reserved: r, generationId: generation }) => `${r.reservationId} ${generation}`),
  ),
  overruns: new Set(book.overruns().map((overrun) => JSON.stringify(overrun))),
});

describe('budget', () => {
  const rows: readonly (readonly [string, readonly SpendEvent[], number, number])[] = [
    ['a reservation is unsettled', [reserved('a', 100)], 0, 100],
    ['a settlement replaces it', [reserved('a', 100), settled('a', 40)], 40, 0],
    [
      'the same events twice change nothing',
      [reserved('a', 100), reserved('a', 100), settled('a', 40), settled('a', 40)],
      40,
      0,
    ],
    ['a release frees it', [reserved('a', 100), released('a')], 0, 0],
    ['a release after the settlement frees nothing', [reserved('a', 100), settled('a', 40), released('a')], 40, 0],
    ['a settlement after a release counts', [reserved('a', 100), released('a'), settled('a', 40)], 40, 0],
    ['a settlement that comes before its reservation waits for it', [settled('a', 40), reserved('a', 100)], 40, 0],
    ['a release that comes before its reservation waits for it', [released('a'), reserved('a', 100)], 0, 0],
    ['a settlement without a reservation does not count', [settled('a', 40)], 0, 0],
    ['the day before does not count', [reserved('a', 100, '2026-11-19'), settled('a', 40)], 0, 0],
    [
      'what is dated in the future counts now',
      [reserved('a', 100, '2027-01-01'), reserved('b', 7, '2026-11-21'), settled('b', 5)],
      5,
      100,
    ],
    [
      'an amount of the same rank is never lowered',
      [reserved('a', 100), settled('a', 40), settled('a', 30, { atMs: 9 })],
      40,
      0,
    ],
    ['and raised', [reserved('a', 100), settled('a', 40), settled('a', 50)], 50, 0],
    [
      'a report replaces a larger estimate',
      [reserved('a', 100), settled('a', 60, { source: 'estimated' }), settled('a', 40, { settledBy: 'generation' })],
      40,
      0,
    ],
    [
      'an estimate does not replace a report',
      [reserved('a', 100), settled('a', 40), settled('a', 60, { source: 'estimated' })],
      40,
      0,
    ],
    [
      'an estimate replaces a person’s larger amount',
      [
        reserved('a', 100),
        settled('a', 60, { source: 'estimated', settledBy: 'person' }),
        settled('a', 40, { source: 'estimated' }),
      ],
      40,
      0,
    ],
    [
      'a person’s amount replaces no estimate',
      [
        reserved('a', 100),
        settled('a', 40, { source: 'estimated', settledBy: 'generation' }),
        settled('a', 60, { source: 'estimated', settledBy: 'person' }),
      ],
      40,
      0,
    ],
  ];
  for (const [name, events, settledNanoUsd, unsettledNanoUsd] of rows) {
    it(name, () => {
      assert.deepEqual(bookOf(events).spentIn('2026-11-20'), { settledNanoUsd, unsettledNanoUsd });
      assert.deepEqual(bookOf(events.toReversed()).spentIn('2026-11-20'), { settledNanoUsd, unsettledNanoUsd });
    });
  }

  it('adds a month, and what comes after it', () => {
    const book = bookOf([
      reserved('x', 8, '2026-10-31'),
      reserved('a', 1, '2026-11-19'),
      reserved('b', 2, '2026-11-20'),
      reserved('c', 4, '2026-12-01'),
    ]);
    assert.deepEqual(
      ['2026-10', '2026-11', '2026-12', '2027-01'].map((month) => book.spentIn(month).unsettledNanoUsd),
      [15, 7, 4, 0],
    );
    assert.equal(book.latestDay, '2026-12-01');
  });

  it('adds a conversation over all days', () => {
    const other = { conversationId: conversationId('d') };
    const book = bookOf([
      reserved('a', 1, '2025-01-01'),
      settled('a', 1),
      reserved('b', 2),
      reserved('e', 4, '2026-11-20', other),
    ]);
    assert.deepEqual(
      [book.ofConversation(conversationId('c')), book.ofConversation(conversationId('d')).unsettledNanoUsd],
      [{ settledNanoUsd: 1, unsettledNanoUsd: 2 }, 4],
    );
  });

  it('lists unsettled reservations with their generation ids', () => {
    const book = bookOf([
      identified('a'),
      reserved('a', 1),
      reserved('b', 2),
      reserved('e', 3),
      settled('e', 3),
      reserved('f', 4),
      released('f'),
      settled('g', 5),
    ]);
    assert.deepEqual(
      book.unsettled().map(({ reserved: r, generationId: id }) => [r.reservationId, id]),
      [
        ['a', 'gen-a'],
        ['b', null],
      ],
    );
  });

  const overruns: readonly (readonly [
    string,
    readonly SpendEvent[],
    readonly (readonly [string, number, number])[],
  ])[] = [
    ['none at the worst case itself', [reserved('a', 100), settled('a', 100)], []],
    ['a bill above it', [reserved('a', 100), settled('a', 101)], [['x/y', 101, 100]]],
    [
      'the last of one model',
      [reserved('a', 100), reserved('b', 7), settled('a', 150, { atMs: 5 }), settled('b', 8, { atMs: 6 })],
      [['x/y', 8, 7]],
    ],
    ['none once accepted', [reserved('a', 100), settled('a', 101, { atMs: 5 }), accepted(5)], []],
    [
      'one after it was accepted',
      [reserved('a', 100), settled('a', 101, { atMs: 5 }), accepted(4)],
      [['x/y', 101, 100]],
    ],
    [
      'the latest acceptance counts',
      [reserved('a', 100), accepted(9), settled('a', 101, { atMs: 5 }), accepted(4)],
      [],
    ],
    [
      'another model’s acceptance does not',
      [reserved('a', 100), settled('a', 101, { atMs: 5 }), accepted(9, 'x/z')],
      [['x/y', 101, 100]],
    ],
  ];
  for (const [name, events, expected] of overruns) {
    it(`knows overruns: ${name}`, () => {
      for (const order of [events, events.toReversed()]) {
        assert.deepEqual(
          bookOf(order)
            .overruns()
            .map((o) => [o.model, o.billedNanoUsd, o.worstCaseNanoUsd]),
          expected,
        );
      }
    });
  }

  it('is the same book for the same events in any order, any number of times, in any pieces', () => {
    const id = fc.constantFrom('a', 'b', 'e');
    const amount = fc.nat(4);
    const atMs = fc.nat(3);
    // Each reservation is made once: everything else may come more than once and differ.
    const reservations = fc
      .tuple(fc.tuple(amount, amount, amount), fc.constantFrom('2026-10-31', '2026-11-20', '2026-11-21'), fc.boolean())
      .map(([amounts, day, both]) =>
        ['a', 'b', 'e'].map((name, i) =>
          reserved(name, amounts[i] ?? 0, i === 0 ? day : '2026-11-20', {
            conversationId: conversationId(both && i > 1 ? 'd' : 'c'),
          }),
        ),
      );
    const later: fc.Arbitrary<SpendEvent> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .record({
            name: id,
            cost: amount,
            source: fc.constantFrom('reported' as const, 'estimated' as const),
            settledBy: fc.constantFrom('stream' as const, 'generation' as const, 'person' as const),
            atMs,
          })
          .map(({ name, cost, ...over }) => settled(name, cost, over)),
      },
      id.map(released),
      id.map(identified),
      atMs.map((ms) => accepted(ms)),
    );
    const shuffledTwice = fc.tuple(reservations, fc.array(later, { maxLength: 12 })).chain(([first, rest]) => {
      const events = [...first, ...rest];
      const anyOrder = fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length });
      return fc.tuple(fc.constant(events), anyOrder, fc.nat(2 * events.length));
    });
    fc.assert(
      fc.property(shuffledTwice, ([events, mixed, cut]) => {
        const book = bookOf(mixed.slice(0, cut));
        everything(book);
        book.apply(mixed.slice(cut));
        const expected = everything(bookOf(events));
        // Settlements that differ in nothing that the rule looks at are equal in what they cost.
        const costs = (all: ReturnType<typeof everything>) => ({
          ...all,
          reservations: all.reservations.map((r) => [
            r?.settled?.costNanoUsd,
            r?.settled?.atMs,
            r?.released,
            r?.generationId,
          ]),
        });
        assert.deepEqual(costs(everything(book)), costs(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts days in UTC', () =>
    assert.deepEqual(
      [dayUtcOf(Date.UTC(2026, 10, 20, 23, 59, 59, 999)), monthOf('2026-11-20')],
      ['2026-11-20', '2026-11'],
    ));

  it('knows its levels', () => {
    const level = (spent: number, limit: number | null): string =>
      budgetLevel(nanoUsd(spent), limit === null ? null : nanoUsd(limit), 80);
    assert.deepEqual(
      [level(79, 100), level(80, 100), level(100, 100), level(5, 0), level(5, null)],
      ['ok', 'warning', 'exhausted', 'exhausted', 'unlimited'],
    );
  });
});
