import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AcceptedTurn } from '../../../../src/application/turn/orchestrator';
import { nanoUsd } from '../../../../src/domain/money';
import { StoreWriteError } from '../../../../src/domain/ports/store';
import type { Clock } from '../../../../src/domain/ports/system';
import type { StoreEvent } from '../../../../src/domain/storeEvent';
import { RefusedError } from '../../../../src/domain/failure';
import type { TestCore, TestCoreOptions } from '../../../support/testCore';
import { ScriptedProvider, type Step, reply } from '../../../support/scriptedProvider';
import {
  HandTime,
  MODELS,
  type ModelName,
  chain,
  failing,
  http,
  moneyOf,
  nameOf,
  opened,
  passWaits,
  tick,
  timedCore,
  told,
} from '../attemptFixtures';
import { TestCores, branchOf, eventually } from '../useCases';

/** 'Hi' is bounded by 2 + 16 tokens of prompt at 3,000 nano-dollars; a token of reply costs 15,000. */
const PROMPT = 54_000;
const TOKEN = 15_000;
const BUSY = [http(429, 'RATE_LIMIT', 2_000), http(429, 'RATE_LIMIT', 2_000), reply('Hello')];

describe('the requests of a reply', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());
  const send = (p: TestCore): Promise<AcceptedTurn> =>
    p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });

  /** Nothing is reserved, nothing runs, and another window reads the same. */
  async function settledEverywhere(p: TestCore, turn: AcceptedTurn, clock: Clock): Promise<void> {
    assert.deepEqual([p.ledger.summary().reservedNanoUsd, p.orchestrator.isBusy(turn.conversationId)], [0, false]);
    const other = cores.make({ directory: p.directory, clock, settings: p.settings.value });
    await other.ledger.refresh();
    assert.deepEqual(other.ledger.summary(), p.ledger.summary());
    assert.equal(
      (await branchOf(other, turn.conversationId)).at(-1)?.state,
      (await branchOf(p, turn.conversationId)).at(-1)?.state,
    );
  }

  describe('stopped', () => {
    for (const count of [1, 2]) {
      it(`in wait ${count}: ends at once, cancelled, with nothing pending`, async () => {
        const { p, time } = timedCore(cores);
        p.provider.upcoming = [...BUSY];
        let stopped: Promise<boolean> | undefined;
        const turns: AcceptedTurn[] = [];
        passWaits(p, time, async (_, wait) => {
          if (wait !== count) return;
          await eventually(() => turns.length === 1, 'the turn is known');
          stopped = p.orchestrator.stop(turns[0]!.conversationId);
          await turns[0]!.done;
        });
        turns.push(await send(p));
        await turns[0]!.done;
        assert.equal(await stopped, true);
        const expected = {
          state: 'cancelled',
          code: undefined,
          failed: Array(count).fill('asked RATE_LIMIT'),
          model: 'asked',
          requests: Array(count).fill('asked'),
          money: Array(count).fill('released'),
        };
        assert.deepEqual(await told(p, turns[0]!.conversationId), expected);
        const answer = (await branchOf(p, turns[0]!.conversationId)).at(-1);
        assert.deepEqual([answer?.cost, answer?.latencyMs], [{ costNanoUsd: null, source: 'unknown' }, undefined]);
        await settledEverywhere(p, turns[0]!, time.clock);
        await tick();
        assert.equal(p.provider.requests.length, count, 'nothing follows');
      });
    }

    it('while the gate refuses the next: cancelled, not failed', async () => {
      const { p, time } = timedCore(cores);
      p.provider.upcoming = [...BUSY];
      const turns: AcceptedTurn[] = [];
      passWaits(p, time, async () => {
        await eventually(() => turns.length === 1, 'the turn is known');
        p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: nanoUsd(1) };
        const { spendEvents } = p.store;
        p.store.spendEvents = (position) => {
          void p.orchestrator.stop(turns[0]!.conversationId);
          return spendEvents.call(p.store, position);
        };
      });
      turns.push(await send(p));
      await turns[0]!.done;
      assert.deepEqual(await told(p, turns[0]!.conversationId), {
        state: 'cancelled',
        code: undefined,
        failed: ['asked RATE_LIMIT'],
        model: 'asked',
        requests: ['asked'],
        money: ['released'],
      });
    });

    /** At each moment at which the store is at work, before and after it. */
    for (let call = 1; call <= 12; call++) {
      it(`at call ${call} of the store: every reservation is accounted for`, async () => {
        const { p, time } = timedCore(cores);
        p.provider.upcoming = [...BUSY];
        passWaits(p, time);
        let calls = 0;
        const { commit, spendEvents } = p.store;
        const turn = await send(p);
        const stopAt = (): void => {
          calls += 1;
          if (calls === call) void p.orchestrator.stop(turn.conversationId);
        };
        p.store.commit = (events) => (stopAt(), commit.call(p.store, events));
        p.store.spendEvents = async (position) => {
          const read = await spendEvents.call(p.store, position);
          stopAt();
          return read;
        };
        await turn.done;
        const { state, money, requests } = await told(p, turn.conversationId);
        // A stopped one that had gone out may have been charged; one that had not is taken back.
        assert.deepEqual(
          money.filter((was) => was !== 'released').length,
          requests.length === 3 ? 1 : 0,
          `${state} ${money.join()}`,
        );
        assert.ok(state === 'cancelled' || (state === 'complete' && money.at(-1) === 'settled'), state);
        await settledEverywhere(p, turn, time.clock);
      });
    }
  });

  it('belong each to the day it is reserved on', async () => {
    const time = new HandTime(Date.parse('2026-11-20T23:59:59Z'));
    const { p } = timedCore(cores, {}, time);
    p.provider.upcoming = [http(429, 'RATE_LIMIT', 2_000)];
    passWaits(p, time);
    await (
      await send(p)
    ).done;
    const { events } = await p.store.spendEvents();
    assert.deepEqual(
      events.flatMap((e) => (e.type === 'spend.reserved' ? [e.dayUtc] : [])),
      ['2026-11-20', '2026-11-21'],
    );
    assert.deepEqual(
      [await moneyOf(p), p.ledger.summary().todayNanoUsd, p.ledger.book.spentIn('2026-11-20').settledNanoUsd],
      [['released', 'settled'], 64_000, 64_000],
    );
  });

  const limits: readonly (readonly [
    string,
    limit: number,
    Partial<Awaited<ReturnType<typeof told>>>,
    maxTokens: readonly number[],
  ])[] = [
    [
      'is shortened by a limit that was lowered meanwhile',
      PROMPT + 300 * TOKEN,
      { state: 'complete', requests: ['asked', 'asked'], money: ['released', 'settled'] },
      [1_000, 300],
    ],
    [
      'does not go out where a lowered limit leaves too little; the reply ends with its own failure',
      PROMPT + 255 * TOKEN,
      { state: 'failed', code: 'RATE_LIMIT', requests: ['asked'], money: ['released'] },
      [1_000],
    ],
  ];
  for (const [name, limit, expected, maxTokens] of limits) {
    it(`the next one ${name}`, async () => {
      const { p, time } = timedCore(cores);
      p.provider.upcoming = [http(429, 'RATE_LIMIT', 2_000)];
      passWaits(p, time, () => (p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: nanoUsd(limit) }));
      const turn = await send(p);
      await turn.done;
      assert.deepEqual(await told(p, turn.conversationId), {
        code: undefined,
        failed: ['asked RATE_LIMIT'],
        model: 'asked',
        ...expected,
      });
      assert.deepEqual(
        p.provider.requests.map((r) => r.maxTokens),
        maxTokens,
      );
      await settledEverywhere(p, turn, time.clock);
    });
  }

  it('reserve nothing while they wait, so that another conversation can use it', async () => {
    const { p, time } = timedCore(cores, { settings: { dailyLimitNanoUsd: nanoUsd(PROMPT + 300 * TOKEN) } });
    p.provider.upcoming = [http(429, 'RATE_LIMIT', 2_000)];
    let between: AcceptedTurn | undefined;
    passWaits(p, time, async () => {
      assert.equal(p.ledger.summary().reservedNanoUsd, 0);
      between = await p.orchestrator.send({ conversationId: null, text: 'Yo', attachments: [] });
      await between.done;
    });
    const turn = await send(p);
    await turn.done;
    assert.deepEqual(
      p.provider.requests.map((r) => r.maxTokens),
      [300, 300, 295],
      '64,000 of it is spent',
    );
    assert.equal((await branchOf(p, turn.conversationId)).at(-1)?.state, 'complete');
  });

  describe('when the store fails', () => {
    const isAbout = (events: readonly StoreEvent[], type: StoreEvent['type']): boolean =>
      events.some((event) => event.type === type);
    const rows: readonly (readonly [
      string,
      type: StoreEvent['type'],
      which: number,
      Partial<Awaited<ReturnType<typeof told>>>,
    ])[] = [
      [
        'as it records the failed request: the reply ends with its failure',
        'attempt.failed',
        1,
        { failed: [], requests: ['asked'], money: ['released'] },
      ],
      [
        'as it reserves the next: the reply ends with its failure',
        'spend.reserved',
        2,
        { failed: ['asked RATE_LIMIT'], requests: ['asked'], money: ['released'] },
      ],
      [
        'as it records the second failed request',
        'attempt.failed',
        2,
        { failed: ['asked RATE_LIMIT'], requests: ['asked', 'asked'], money: ['released', 'released'] },
      ],
    ];
    for (const [name, type, which, expected] of rows) {
      for (const stays of [false, true]) {
        it(`${name} (${stays ? 'until it is over' : 'once'})`, async () => {
          const { p, time } = timedCore(cores);
          p.provider.upcoming = [...BUSY];
          passWaits(p, time);
          const { commit } = p.store;
          let count = 0;
          let isFull = false;
          p.store.commit = async (events) => {
            if (isAbout(events, type)) count += 1;
            if (isAbout(events, type) && count === which) isFull = true;
            const fails = isFull;
            isFull &&= stays;
            if (fails) throw new StoreWriteError({ kind: 'diskFull' });
            return commit.call(p.store, events);
          };
          const turn = await send(p);
          await turn.done;
          p.store.commit = commit;
          await p.conversations.flush();
          await p.ledger.refresh();
          assert.deepEqual(await told(p, turn.conversationId), {
            state: 'failed',
            code: 'RATE_LIMIT',
            model: 'asked',
            ...expected,
          });
          await settledEverywhere(p, turn, time.clock);
        });
      }
    }
  });

  it('report progress, and keep the times of the request that succeeded', async () => {
    const { p, time } = timedCore(cores);
    p.provider.upcoming = [http(429, 'RATE_LIMIT', 2_000)];
    const { stream } = p.provider;
    p.provider.stream = async function* (request, signal) {
      time.pass(100);
      for await (const event of stream.call(p.provider, request, signal)) {
        if (event.type === 'text') time.pass(50);
        yield event;
      }
    };
    const told: unknown[] = [];
    passWaits(p, time, ({ retryOf, model, elapsedMs, waitMs, estimateNanoUsd }) =>
      told.push([retryOf?.failure.code, retryOf?.attempt, nameOf(model), elapsedMs, waitMs, estimateNanoUsd]),
    );
    const turn = await send(p);
    await turn.done;
    const answer = (await branchOf(p, turn.conversationId)).at(-1);
    assert.deepEqual(told, [['RATE_LIMIT', 1, 'asked', 100, 2_000, null]]);
    assert.deepEqual(
      [answer?.timeToFirstTokenMs, answer?.latencyMs, answer?.failedAttempts[0]?.elapsedMs],
      [150, 350, 100],
    );
    const last = p.events
      .filter((event) => event.type === 'turnProgressed')
      .map(({ progress }) => progress)
      .at(-1);
    assert.deepEqual(
      [last?.phase, last?.waitMs, last?.retryOf?.failure.code, last?.elapsedMs],
      ['connecting', null, 'RATE_LIMIT', 2_100],
    );
  });

  it('of a chain name the next model and the one that replied', async () => {
    const { p } = timedCore(cores, chain('cheap'));
    p.provider.upcoming = [http(503, 'OVERLOADED'), reply('Hello').filter(({ type }) => type !== 'started')];
    const turn = await send(p);
    await turn.done;
    const models = p.events.flatMap((event) =>
      event.type === 'turnProgressed' ? [`${event.progress.phase} ${nameOf(event.progress.model)}`] : [],
    );
    assert.deepEqual([...new Set(models)], ['connecting asked', 'waiting cheap', 'connecting cheap']);
    assert.equal(nameOf((await branchOf(p, turn.conversationId)).at(-1)?.model), 'cheap');
    assert.equal(
      nameOf((await p.conversations.get(turn.conversationId))?.model),
      'asked',
      'the conversation keeps its own',
    );
    assert.deepEqual(
      [p.provider.requests[1]?.turns, p.provider.requests[1]?.maxTokens],
      [p.provider.requests[0]?.turns, p.provider.requests[0]?.maxTokens],
    );
  });

  it('of a chain do not go to a model that would see less of the conversation', async () => {
    const { p, time } = timedCore(cores, chain('narrow'));
    passWaits(p, time);
    const turn = await send(p);
    await turn.done;
    p.provider.upcoming = [http(503, 'OVERLOADED')];
    await (
      await p.orchestrator.regenerate(turn.conversationId, turn.replyId)
    ).done;
    p.provider.upcoming = [http(503, 'OVERLOADED')];
    await (
      await p.orchestrator.send({ conversationId: turn.conversationId, text: 'Hi', attachments: [] })
    ).done;
    assert.deepEqual((await told(p, turn.conversationId)).requests, ['asked', 'asked', 'narrow', 'asked', 'asked']);
  });

  it('are not more expensive than the first one, even if its price has risen meanwhile', async () => {
    const { p, time } = timedCore(cores);
    p.provider.upcoming = [http(429, 'RATE_LIMIT', 2_000)];
    passWaits(p, time, () => {
      p.provider.models = p.provider.models.map((model) =>
        model.price ? { ...model, price: { ...model.price, completion: { digits: 1n, scale: 3 } } } : model,
      );
      return p.catalogue.list({ refresh: true });
    });
    const turn = await send(p);
    await turn.done;
    assert.deepEqual(await told(p, turn.conversationId), {
      state: 'failed',
      code: 'RATE_LIMIT',
      failed: ['asked RATE_LIMIT'],
      model: 'asked',
      requests: ['asked'],
      money: ['released'],
    });
  });

  const LOCAL = { baseUrl: 'http://localhost:1/v1', origin: 'http://localhost:1', keyRequired: false };
  const unpriced: readonly (readonly [string, TestCoreOptions, readonly string[]])[] = [
    [
      'to the same model alone where nothing limits what it costs',
      { ...chain('unknown', 'cheap'), connection: LOCAL },
      ['unpriced', 'unpriced'],
    ],
    [
      'to a model with a price where a ceiling stands in for the first one’s',
      chain('unknown', 'cheap'),
      ['unpriced', 'cheap'],
    ],
  ];
  for (const [name, options, requests] of unpriced) {
    it(`go ${name}, once the user agreed to that`, async () => {
      const { p, time } = timedCore(cores, {
        ...options,
        settings: { ...options.settings, defaultModel: MODELS.unpriced },
      });
      p.provider.upcoming = [http(503, 'OVERLOADED')];
      passWaits(p, time);
      p.orchestrator.acceptUnknownPrice(null);
      const turn = await send(p);
      await turn.done;
      assert.deepEqual((await told(p, turn.conversationId)).requests, requests);
    });
  }

  it('of a chain send no more of the conversation than the first', async () => {
    const { p } = timedCore(cores, { settings: { ...chain('cheap').settings, defaultModel: MODELS.narrow } });
    p.provider.script = reply('Hello', '0.00001');
    const { conversationId, done } = await send(p);
    await done;
    p.provider.upcoming = [http(503, 'OVERLOADED')];
    await (
      await p.orchestrator.send({ conversationId, text: 'Hi', attachments: [] })
    ).done;
    assert.deepEqual(
      p.provider.requests.map(({ model, turns }) => [nameOf(model), turns.length]),
      [
        ['narrow', 1],
        ['narrow', 2],
        ['cheap', 2],
      ],
    );
  });

  it('of a chain ask for no longer a reply than the first', async () => {
    const { p } = timedCore(cores, { settings: { ...chain('cheap').settings, defaultModel: MODELS.short } });
    p.provider.upcoming = [http(503, 'OVERLOADED')];
    await (
      await send(p)
    ).done;
    assert.deepEqual(
      p.provider.requests.map(({ model, maxTokens }) => [nameOf(model), maxTokens]),
      [
        ['short', 300],
        ['cheap', 300],
      ],
    );
  });

  it('are chosen anew when the user retries with other settings', async () => {
    const { p } = timedCore(cores);
    const turn = await send(p);
    await turn.done;
    const over = await p.orchestrator.regenerate(turn.conversationId, turn.replyId, { model: MODELS.dear });
    await over.done;
    assert.deepEqual(
      [nameOf(p.provider.requests[1]?.model), nameOf((await p.conversations.get(turn.conversationId))?.model)],
      ['dear', 'asked'],
    );
    const long = await p.orchestrator.send({
      conversationId: turn.conversationId,
      text: 'x'.repeat(400),
      attachments: [],
    });
    await long.done;
    // The conversation has 118 tokens. Half of the context window is reserved for the reply; filler takes the other
    // half.
    const shortened = await p.orchestrator.regenerate(turn.conversationId, long.replyId, { contextLength: 230 });
    await shortened.done;
    assert.deepEqual(
      p.provider.requests.slice(2).map(({ turns, maxTokens }) => [turns.length, maxTokens]),
      [
        [3, 1_000],
        [2, 115],
      ],
    );
    const tooSmall = p.orchestrator.regenerate(turn.conversationId, long.replyId, { contextLength: 200 });
    await assert.rejects(
      tooSmall,
      (error) => error instanceof RefusedError && error.refusal.code === 'CONTEXT_TOO_LONG',
    );
  });

  it('are accounted for exactly once, and at most one of them can be charged, whatever happens', async function () {
    this.timeout(120_000);
    const outcome: fc.Arbitrary<readonly Step[]> = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          http(429, 'RATE_LIMIT', 1_000),
          http(429, 'RATE_LIMIT'),
          http(402, 'IN_FLIGHT', 10),
          http(503, 'OVERLOADED'),
          http(502, 'OVERLOADED', 70_000),
          failing('NETWORK', {}, false),
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          http(500, 'UPSTREAM'),
          http(504, 'TIMEOUT'),
          failing('NETWORK'),
          http(400, 'BAD_REQUEST'),
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom<readonly Step[]>(
          reply('Hi'),
          reply('Hi', null),
          reply('Hi', null, null),
          [opened, ...http(503, 'OVERLOADED')],
          [opened, { type: 'text', text: 'x' }, ...failing('TRUNCATED')],
        ),
      },
    );
    const course = fc.record({
      scripts: fc.array(outcome, { maxLength: 7 }),
      fallbacks: fc.uniqueArray(fc.constantFrom<ModelName>('cheap', 'same', 'dear', 'unlisted', 'small'), {
        maxLength: 4,
      }),
      threshold: fc.integer({ min: 1, max: 6 }),
      stopAtWait: fc.option(fc.integer({ min: 1, max: 4 })),
      limitTokens: fc.constantFrom(256, 400, 5_000),
      failingCommit: fc.option(fc.integer({ min: 3, max: 9 })),
    });
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(course, async ({ scripts, fallbacks, threshold, stopAtWait, limitTokens, failingCommit }) => {
        const settings: TestCoreOptions['settings'] = {
          fallbackModels: fallbacks.map((name) => MODELS[name]),
          circuitFailureThreshold: threshold,
          dailyLimitNanoUsd: nanoUsd(PROMPT + limitTokens * TOKEN),
        };
        const { p, time } = timedCore(cores, {
          provider: new ScriptedProvider(http(429, 'RATE_LIMIT', 500)),
          settings,
        });
        p.provider.upcoming = [...scripts];
        const { commit } = p.store;
        let commits = 0;
        p.store.commit = async (events) => {
          if ((commits += 1) === failingCommit) throw new StoreWriteError({ kind: 'diskFull' });
          return commit.call(p.store, events);
        };
        const turns: AcceptedTurn[] = [];
        passWaits(p, time, async (_, wait) => {
          if (wait !== stopAtWait) return;
          await eventually(() => turns.length === 1, 'the turn is known');
          await p.orchestrator.stop(turns[0]!.conversationId);
        });
        const turn = await send(p);
        turns.push(turn);
        await turn.done;
        await p.conversations.flush();
        await p.ledger.refresh();
        const { state, money, requests, failed } = await told(p, turn.conversationId);
        ends.add(state).add(money.at(-1) ?? '');
        assert.ok(money.length >= requests.length, 'each request has a reservation of its own');
        assert.ok(
          money.slice(0, -1).every((was) => was === 'released'),
          money.join(),
        );
        assert.ok(
          failed.length === requests.length - 1 || failed.length === requests.length,
          `${failed.length} of ${requests.length}`,
        );
        assert.ok(!requests.includes('dear') && !requests.includes('unlisted') && !requests.includes('small'));
        assert.ok(requests.length <= 1 + fallbacks.length + 3);
        await settledEverywhere(p, turn, time.clock);
        await cores.endAll();
      }),
      { seed: 417, numRuns: 120 },
    );
    assert.deepEqual([...ends].sort(), [
      'cancelled',
      'complete',
      'failed',
      'interrupted',
      'pending',
      'released',
      'settled',
    ]);
  });
});
