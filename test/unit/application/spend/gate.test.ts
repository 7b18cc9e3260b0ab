import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PaidRequest, SpendGate } from '../../../../src/application/spend/gate';
import { SpendLedger } from '../../../../src/application/spend/ledger';
import { Emitter } from '../../../../src/domain/emitter';
import type { Refusal } from '../../../../src/domain/failure';
import { conversationId, messageId, modelId, reservationId } from '../../../../src/domain/ids';
import { ZERO_USD, nanoUsd, parseDecimal } from '../../../../src/domain/money';
import type { Settings } from '../../../../src/domain/ports/settings';
import { StoreWriteError } from '../../../../src/domain/ports/store';
import type { ModelPrice } from '../../../../src/domain/price';
import type { CoreEvent } from '../../../../src/domain/coreEvent';
import type { SpendEvent } from '../../../../src/domain/storeEvent';
import { defaultSettings } from '../../../support/testCore';
import { HandTimers, SharedJournals } from '../../../support/sharedJournals';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const noLimits: Settings = { ...defaultSettings, dailyLimitNanoUsd: null };
/** A nano-dollar for a token of the prompt, ten for one of the reply. */
const price: ModelPrice = { prompt: parseDecimal('1e-9')!, completion: parseDecimal('1e-8')! };
const free: ModelPrice = { prompt: parseDecimal('0')!, completion: parseDecimal('0')! };
/** Up to 10,100 nano-dollars: 100 + 1,000 × 10; a useful reply up to 2,660: 100 + 256 × 10. */
const request = (over: Partial<PaidRequest> = {}): PaidRequest => ({
  conversationId: conversationId('c'),
  messageId: messageId('m'),
  model: modelId('x/y'),
  price,
  promptTokensBound: 100,
  promptTokens: 25,
  maxTokens: 1_000,
  minTokens: 256,
  ...over,
});

let made = 0;
/** One window's gate and book on journals that it shares. */
function aWindow(
  journals: SharedJournals,
  settings: Partial<Settings> = {},
  over: { random?: () => number; nowMs?: number; timers?: HandTimers } = {},
) {
  const name = `w${(made += 1)}`;
  const events: CoreEvent[] = [];
  const bus = new Emitter<CoreEvent>();
  bus.event((event) => events.push(event));
  const clock = { value: over.nowMs ?? NOON, nowMs: () => clock.value, monotonicMs: () => 0 };
  const current = { value: { ...noLimits, ...settings } };
  const store = journals.window();
  const source = { current: () => current.value };
  const ledger = new SpendLedger({
    store,
    conversations: { record: (recorded) => store.commit(recorded) },
    settings: source,
    clock,
    bus,
  });
  let next = 0;
  const timers = over.timers ?? new HandTimers();
  const gate = new SpendGate({
    ledger,
    settings: source,
    ids: { next: () => `${name}-${(next += 1)}` },
    timers,
    random: over.random ?? (() => 0),
  });
  return { gate, ledger, events, clock, settings: current, timers };
}
type Window = ReturnType<typeof aWindow>;

const spent = (
  id: string,
  amount: number,
  over: Partial<Extract<SpendEvent, { type: 'spend.reserved' }>> = {},
  costNanoUsd?: number,
): SpendEvent[] => [
  {
    type: 'spend.reserved',
    reservationId: reservationId(id),
    conversationId: conversationId('c'),
    messageId: messageId('m'),
    model: modelId('x/y'),
    worstCaseNanoUsd: nanoUsd(amount),
    quote: null,
    dayUtc: '2026-11-20',
    atMs: NOON,
    ...over,
  },
  ...(costNanoUsd === undefined ? [] : [settled(id, costNanoUsd)]),
];
const settled = (
  id: string,
  amount: number,
  over: Partial<Extract<SpendEvent, { type: 'spend.settled' }>> = {},
): SpendEvent => ({
  type: 'spend.settled',
  reservationId: reservationId(id),
  costNanoUsd: nanoUsd(amount),
  source: 'reported',
  settledBy: 'stream',
  estimateNanoUsd: null,
  usage: null,
  provider: null,
  generationId: null,
  atMs: NOON,
  ...over,
});
const types = (journals: SharedJournals): readonly string[] => journals.events.map((event) => event.type);
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('spend gate', () => {
  const exceeded = (
    period: 'reply' | 'conversation' | 'day' | 'month',
    limitNanoUsd: number,
    spentNanoUsd: number,
    worstCaseNanoUsd = 2_660,
  ): Refusal => ({ code: 'BUDGET_EXCEEDED', period, limitNanoUsd, spentNanoUsd, worstCaseNanoUsd });
  const limits = (
    over: Partial<
      Record<'replyLimitNanoUsd' | 'conversationLimitNanoUsd' | 'dailyLimitNanoUsd' | 'monthlyLimitNanoUsd', number>
    >,
  ): Partial<Settings> => Object.fromEntries(Object.entries(over).map(([name, value]) => [name, nanoUsd(value)]));
  const inOther = { conversationId: conversationId('d') };
  const overrun = spent('o', 10, { dayUtc: '2026-10-01' }, 11);

  const rows: readonly (readonly [
    string,
    Partial<Settings>,
    readonly SpendEvent[],
    Partial<PaidRequest>,
    number | Refusal,
  ])[] = [
    ['lets all of it through without a limit', {}, spent('a', 10 ** 12), {}, 1_000],
    ['lets all of it through where it just fits', limits({ dailyLimitNanoUsd: 10_100 }), [], {}, 1_000],
    ['shortens by a token where it does not', limits({ dailyLimitNanoUsd: 10_099 }), [], {}, 999],
    ['shortens to the least that is of use', limits({ dailyLimitNanoUsd: 2_660 }), [], {}, 256],
    ['refuses below that', limits({ dailyLimitNanoUsd: 2_659 }), [], {}, exceeded('day', 2_659, 0)],
    [
      'lets a short reply through where no more was asked for',
      limits({ dailyLimitNanoUsd: 200 }),
      [],
      { maxTokens: 10, minTokens: 10 },
      10,
    ],
    [
      'counts settled and unsettled amounts',
      limits({ dailyLimitNanoUsd: 10_000 }),
      [...spent('a', 5_000, {}, 1_000), ...spent('b', 2_000)],
      {},
      690,
    ],
    [
      'does not count yesterday',
      limits({ dailyLimitNanoUsd: 10_100 }),
      spent('a', 5_000, { dayUtc: '2026-11-19' }),
      {},
      1_000,
    ],
    [
      'refuses for the day',
      limits({ dailyLimitNanoUsd: 10_000 }),
      spent('a', 8_000),
      {},
      exceeded('day', 10_000, 8_000),
    ],
    [
      'refuses for the month',
      limits({ dailyLimitNanoUsd: 10_000, monthlyLimitNanoUsd: 10_000 }),
      spent('a', 9_000, { dayUtc: '2026-11-01' }, 8_000),
      {},
      exceeded('month', 10_000, 8_000),
    ],
    [
      'does not count last month',
      limits({ monthlyLimitNanoUsd: 10_100 }),
      spent('a', 5_000, { dayUtc: '2026-10-31' }),
      {},
      1_000,
    ],
    [
      'refuses for the conversation',
      limits({ conversationLimitNanoUsd: 5_000 }),
      spent('a', 3_000, { dayUtc: '2026-01-01' }),
      {},
      exceeded('conversation', 5_000, 3_000),
    ],
    [
      'does not count another conversation',
      limits({ conversationLimitNanoUsd: 5_000 }),
      spent('a', 3_000, inOther),
      {},
      490,
    ],
    [
      'refuses for the reply',
      limits({ replyLimitNanoUsd: 2_000, dailyLimitNanoUsd: 10_000 }),
      [],
      {},
      exceeded('reply', 2_000, 0),
    ],
    [
      'shortens for the smallest of all limits',
      limits({
        replyLimitNanoUsd: 9_000,
        conversationLimitNanoUsd: 8_000,
        dailyLimitNanoUsd: 6_000,
        monthlyLimitNanoUsd: 7_000,
      }),
      [],
      {},
      590,
    ],
    [
      'refuses by the limit that leaves least',
      limits({ replyLimitNanoUsd: 2_000, dailyLimitNanoUsd: 1_000 }),
      [],
      {},
      exceeded('day', 1_000, 0),
    ],
    [
      'lets a free model answer when a limit is passed',
      limits({ dailyLimitNanoUsd: 1_000 }),
      spent('a', 5_000),
      { price: free },
      1_000,
    ],
    [
      'lets what nothing limits through',
      limits({ dailyLimitNanoUsd: 1_000 }),
      spent('a', 5_000),
      { price: null },
      1_000,
    ],
    [
      'warns and refuses nothing in that mode',
      { ...limits({ dailyLimitNanoUsd: 1_000, replyLimitNanoUsd: 1 }), budgetMode: 'warn' },
      [...spent('a', 5_000), ...overrun],
      {},
      1_000,
    ],
    [
      'blocks a model that went beyond its worst case',
      {},
      overrun,
      {},
      { code: 'BUDGET_EXCEEDED', period: 'model', model: 'x/y', billedNanoUsd: 11, worstCaseNanoUsd: 10 },
    ],
    ['lets another model through then', {}, overrun, { model: modelId('x/z') }, 1_000],
    [
      'lets it through once that was accepted',
      {},
      [...overrun, { type: 'spend.overrunAccepted', model: modelId('x/y'), atMs: NOON }],
      {},
      1_000,
    ],
    [
      'counts spend that is dated in the future',
      limits({ dailyLimitNanoUsd: 10_000 }),
      spent('a', 8_000, { dayUtc: '2027-01-01' }),
      {},
      exceeded('day', 10_000, 8_000),
    ],
  ];
  for (const [name, settings, events, over, expected] of rows) {
    it(name, async () => {
      const journals = new SharedJournals();
      journals.events.push(...events);
      const { gate, ledger } = aWindow(journals, settings);
      const admission = await gate.admit(request(over));
      if (typeof expected === 'number') {
        assert.equal(admission.kind === 'admitted' && admission.maxTokens, expected);
        const { price: asked } = request(over);
        assert.equal(
          admission.kind === 'admitted' && admission.worstCaseNanoUsd,
          asked === price ? 100 + 10 * expected : 0,
        );
        assert.deepEqual(types(journals).slice(events.length), ['spend.reserved']);
      } else {
        assert.deepEqual(admission, { kind: 'refused', refusal: expected });
        assert.deepEqual(types(journals).slice(events.length), []);
      }
      const answer =
        admission.kind === 'admitted'
          ? { kind: 'fits', maxTokens: admission.maxTokens, worstCaseNanoUsd: admission.worstCaseNanoUsd }
          : admission;
      if (admission.kind === 'refused') assert.deepEqual(gate.preview(request(over)), answer);
      const before = aWindow(journals, settings);
      journals.events.splice(events.length);
      await before.ledger.refresh();
      assert.deepEqual(before.gate.preview(request(over)), answer, 'a preview gives the same');
      assert.equal(ledger.summary().reservedNanoUsd, admission.kind === 'admitted' ? admission.worstCaseNanoUsd : 0);
    });
  }

  it('journals what it asks for, on the latest day that any window has used', async () => {
    const journals = new SharedJournals();
    const first = aWindow(journals, {}, { nowMs: Date.parse('2026-11-23T00:00:01Z') });
    const second = aWindow(journals);
    await first.gate.admit(request());
    await second.gate.admit(request({ maxTokens: 500 }));
    const expected = {
      type: 'spend.reserved',
      reservationId: `w${made}-1`,
      conversationId: 'c',
      messageId: 'm',
      model: 'x/y',
      worstCaseNanoUsd: 5_100,
      quote: { promptTokens: 25, maxTokens: 500 },
      dayUtc: '2026-11-23',
      atMs: NOON,
    };
    assert.deepEqual(journals.events[1], expected);
    assert.equal(second.ledger.summary().dayUtc, '2026-11-23');
  });

  it('reads a conversation’s old charges once, and only for a limit on it', async () => {
    const journals = new SharedJournals();
    journals.old.set(conversationId('c'), spent('old', 5_000, { dayUtc: '2025-01-01' }, 4_000));
    const window = aWindow(journals);
    await window.gate.admit(request({ maxTokens: 0, minTokens: 0 }));
    assert.equal(journals.recalls, 0);
    window.settings.value = { ...window.settings.value, conversationLimitNanoUsd: nanoUsd(6_000) };
    const { reservationId: id, ...admission } = (await window.gate.admit(request({ minTokens: 1 }))) as Extract<
      Awaited<ReturnType<SpendGate['admit']>>,
      { kind: 'admitted' }
    >;
    // 6,000 less 4,000 of old, 100 of the first request and 100 of this one's prompt.
    assert.deepEqual(
      [admission, id.startsWith('w')],
      [{ kind: 'admitted', maxTokens: 180, worstCaseNanoUsd: 1_900 }, true],
    );
    await window.gate.admit(request());
    assert.equal(journals.recalls, 1);
  });

  it('counts a raised and a lowered limit at the next request', async () => {
    const window = aWindow(new SharedJournals(), limits({ dailyLimitNanoUsd: 1_000 }));
    const kinds = [];
    for (const limit of [1_000, 10_100, 10_100, 20_200, 20_199]) {
      window.settings.value = { ...window.settings.value, dailyLimitNanoUsd: nanoUsd(limit) };
      kinds.push((await window.gate.admit(request())).kind);
    }
    assert.deepEqual(kinds, ['refused', 'admitted', 'refused', 'admitted', 'refused']);
  });

  describe('with unreadable spend', () => {
    const gaps = [{ kind: 'damaged', journal: 'j-1.log' }] as const;
    const cases: readonly (readonly [string, Partial<Settings>, boolean])[] = [
      ['refuses with a limit', limits({ monthlyLimitNanoUsd: 10 ** 9 }), true],
      ['sends without one', {}, false],
      ['sends in warn mode', { ...limits({ monthlyLimitNanoUsd: 10 ** 9 }), budgetMode: 'warn' }, false],
    ];
    for (const [name, settings, refuses] of cases) {
      it(name, async () => {
        const journals = new SharedJournals();
        journals.gaps = gaps;
        const { gate } = aWindow(journals, settings);
        const admission = await gate.admit(request());
        assert.deepEqual(
          [admission.kind === 'refused' && admission.refusal, types(journals)],
          refuses ? [{ code: 'SPEND_UNSURE', gaps }, []] : [false, ['spend.reserved']],
        );
        assert.equal(gate.preview(request()).kind, refuses ? 'refused' : 'fits');
      });
    }

    it('releases the reservation if that shows only afterwards', async () => {
      let steps = 0;
      const journals = new SharedJournals(async () => {
        // One reading is two steps; the third and fourth are the commit's.
        if ((steps += 1) === 4) journals.gaps = gaps;
      });
      const admission = await aWindow(journals, limits({ dailyLimitNanoUsd: 10 ** 9 })).gate.admit(request());
      assert.deepEqual(
        [admission, types(journals)],
        [{ kind: 'refused', refusal: { code: 'SPEND_UNSURE', gaps } }, ['spend.reserved', 'spend.released']],
      );
    });

    it('refuses if the journals cannot be listed', async () => {
      const journals = new SharedJournals();
      journals.isUnlistable = true;
      const admission = await aWindow(journals, limits({ dailyLimitNanoUsd: 10 ** 9 })).gate.admit(request());
      const unreadable = [
        { kind: 'unreadable', journal: '', reason: { kind: 'other', detail: 'EACCES: permission denied' } },
      ];
      assert.deepEqual(
        [admission, types(journals)],
        [{ kind: 'refused', refusal: { code: 'SPEND_UNSURE', gaps: unreadable } }, []],
      );
    });
  });

  it('reserves nothing and runs nothing when the reservation cannot be stored, and goes on with the next', async () => {
    const journals = new SharedJournals();
    journals.isFull = true;
    const window = aWindow(journals, limits({ dailyLimitNanoUsd: 20_000 }));
    await assert.rejects(window.gate.admit(request()), StoreWriteError);
    assert.equal(window.ledger.summary().reservedNanoUsd, 0);
    journals.isFull = false;
    assert.equal((await window.gate.admit(request())).kind, 'admitted');
  });

  it('makes its reservation durable before it reads the reservations of others', async () => {
    const journals = new SharedJournals();
    const window = aWindow(journals, limits({ dailyLimitNanoUsd: 10_100 }));
    const order: string[] = [];
    const { reserve, refresh } = window.ledger;
    window.ledger.reserve = async (reservation) => {
      await reserve.call(window.ledger, reservation);
      order.push('durable');
    };
    window.ledger.refresh = () => {
      order.push('look');
      return refresh.call(window.ledger);
    };
    await window.gate.admit(request());
    assert.deepEqual(order, ['look', 'durable', 'look']);
  });

  describe('against another window at the same moment', () => {
    /**
     * The other window reserves most of the day just before each of the first `times` reservations of this one, and may
     * take it back too.
     */
    const disturbed = (times: number, yields: boolean, amount = 11_000) => {
      const journals = new SharedJournals();
      const timers = new HandTimers();
      const window = aWindow(journals, limits({ dailyLimitNanoUsd: 12_000 }), { timers, random: () => 0.5 });
      const { reserve, release } = window.ledger;
      let disturbances = 0;
      window.ledger.reserve = async (reservation) => {
        const id = `other-${(disturbances += 1)}`;
        if (disturbances <= times) journals.events.push(...spent(id, amount));
        await reserve.call(window.ledger, reservation);
      };
      window.ledger.release = async (id) => {
        if (yields)
          journals.events.push({
            type: 'spend.released',
            reservationId: reservationId(`other-${disturbances}`),
            atMs: NOON,
          });
        await release.call(window.ledger, id);
      };
      return { journals, window, timers, disturbances: () => disturbances };
    };
    const settle = async <T>(
      timers: HandTimers,
      admission: Promise<T>,
    ): Promise<{ readonly answer: T; readonly waits: readonly number[] }> => {
      const waits: number[] = [];
      let answer: { readonly value: T } | undefined;
      void admission.then((value) => (answer = { value }));
      for (let turn = 0; turn < 200 && !answer; turn++) {
        await tick();
        waits.push(...timers.waits);
        timers.pass(60);
      }
      return { answer: (answer ?? assert.fail('never answered')).value, waits };
    };

    it('releases its reservation, waits a random time and tries again under a new id', async () => {
      const { journals, window, timers } = disturbed(2, true);
      const { answer, waits } = await settle(timers, window.gate.admit(request()));
      assert.equal(answer.kind, 'admitted');
      assert.deepEqual(waits, [32.5, 32.5]);
      const own = journals.events.flatMap((event) =>
        'reservationId' in event && event.reservationId.startsWith('w')
          ? [[event.type, event.reservationId.split('-')[1]]]
          : [],
      );
      assert.deepEqual(own, [
        ['spend.reserved', '1'],
        ['spend.released', '1'],
        ['spend.reserved', '2'],
        ['spend.released', '2'],
        ['spend.reserved', '3'],
      ]);
    });

    it('keeps it if both fit', async () => {
      for (const [amount, tries] of [
        [1_900, 1],
        [1_901, 2],
      ] as const) {
        const { window, timers, disturbances } = disturbed(1, true, amount);
        const { answer } = await settle(timers, window.gate.admit(request()));
        assert.deepEqual([answer.kind, disturbances()], ['admitted', tries]);
      }
    });

    it('gives up after four tries', async () => {
      const { journals, window, timers, disturbances } = disturbed(99, true);
      const { answer } = await settle(timers, window.gate.admit(request()));
      assert.deepEqual(
        [answer, disturbances()],
        [{ kind: 'refused', refusal: exceeded('day', 12_000, 11_000, 10_100) }, 4],
      );
      assert.equal(types(journals).filter((type) => type === 'spend.released').length, 8);
      assert.deepEqual([window.ledger.summary().reservedNanoUsd, window.ledger.summary().pendingNanoUsd], [0, 0]);
    });

    it('is refused at the second try by what the other one keeps', async () => {
      const { window, timers, disturbances } = disturbed(1, false);
      const { answer } = await settle(timers, window.gate.admit(request()));
      assert.deepEqual([answer, disturbances()], [{ kind: 'refused', refusal: exceeded('day', 12_000, 11_000) }, 1]);
    });

    it('shortens the reply to what the other one leaves', async () => {
      const journals = new SharedJournals();
      const [a, b] = [
        aWindow(journals, limits({ dailyLimitNanoUsd: 15_000 })),
        aWindow(journals, limits({ dailyLimitNanoUsd: 15_000 })),
      ];
      await a.gate.admit(request());
      const admission = await b.gate.admit(request());
      assert.equal(admission.kind === 'admitted' && admission.maxTokens, 480);
    });
  });

  it('admits one at a time in one window', async () => {
    const journals = new SharedJournals(tick);
    const { gate } = aWindow(journals, limits({ dailyLimitNanoUsd: 20_000 }));
    const admissions = await Promise.all([1, 2, 3].map(() => gate.admit(request())));
    // The first gets everything, the second the rest, the third nothing. No reservation is released.
    assert.deepEqual(
      admissions.map((a) => (a.kind === 'admitted' ? a.maxTokens : a.refusal.code)),
      [1_000, 980, 'BUDGET_EXCEEDED'],
    );
    assert.deepEqual(types(journals), ['spend.reserved', 'spend.reserved']);
  });

  it('never lets windows together exceed a limit, in any order of steps', async () => {
    let admitted = 0;
    let refused = 0;
    const limit = 12_000;
    const anyRequest = fc.record({
      maxTokens: fc.integer({ min: 1, max: 1_000 }),
      least: fc.nat(1_000),
      cost: fc.double({ min: 0, max: 1, noNaN: true }),
      pause: fc.nat(2),
    });
    const plans = fc.array(fc.array(anyRequest, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 });
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, perWindow) => {
      const step = () => scheduler.schedule(Promise.resolve());
      const journals = new SharedJournals(step);
      const timers = {
        after: (_ms: number, action: () => void) => (void step().then(action), { dispose: () => undefined }),
      };
      /** What the provider has charged and may still charge. */
      const owed = new Map<string, number>();
      const run = async ({ gate, ledger }: Window, requests: (typeof perWindow)[number]): Promise<void> => {
        for (const { maxTokens, least, cost, pause } of requests) {
          const admission = await gate.admit(request({ maxTokens, minTokens: Math.min(least, maxTokens) }));
          if (admission.kind === 'refused') {
            refused += 1;
            continue;
          }
          admitted += 1;
          owed.set(admission.reservationId, admission.worstCaseNanoUsd);
          const total = [...owed.values()].reduce((sum, amount) => sum + amount, 0);
          assert.ok(total <= limit, `${total} of ${limit}`);
          for (let i = 0; i < pause; i++) await step();
          const bill = Math.round(admission.worstCaseNanoUsd * cost);
          owed.set(admission.reservationId, bill);
          const store = journals.window();
          await store.commit([settled(admission.reservationId, bill)]);
          await ledger.ended(admission.reservationId);
        }
      };
      const windows = perWindow.map(() =>
        aWindow(journals, limits({ dailyLimitNanoUsd: limit }), { timers: timers as unknown as HandTimers }),
      );
      await scheduler.waitFor(Promise.all(windows.map((window, i) => run(window, perWindow[i] ?? []))));
      const { book, refresh } = (windows[0] ?? assert.fail()).ledger;
      await scheduler.waitFor(refresh.call(windows[0]?.ledger));
      assert.deepEqual(
        [book.spentIn('2026-11-20').settledNanoUsd, book.unsettled()],
        [[...owed.values()].reduce((sum, amount) => sum + amount, ZERO_USD as number), []],
      );
    });
    await fc.assert(property, { numRuns: 300 });
    assert.ok(admitted > 300 && refused > 100, `${admitted} admitted, ${refused} refused`);
  });
});
