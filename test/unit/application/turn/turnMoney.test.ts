import assert from 'node:assert/strict';
import type { SendInput } from '../../../../src/application/turn/orchestrator';
import { conversationId, modelId } from '../../../../src/domain/ids';
import { nanoUsd, parseDecimal } from '../../../../src/domain/money';
import type { SpendEvent } from '../../../../src/domain/storeEvent';
import type { TestCore, TestCoreOptions } from '../../../support/testCore';
import { ScriptedProvider, type Step, aModel, reply } from '../../../support/scriptedProvider';
import { FillingDisk } from '../panelWithoutPage';
import { TestCores, branchOf, eventually, refusal } from '../useCases';

/** 'Hi' is bounded by 2 + 16 tokens of prompt at 3,000 nano-dollars; a token of reply costs 15,000. */
const PROMPT = 54_000;
const TOKEN = 15_000;
const local: TestCoreOptions['connection'] = {
  baseUrl: 'http://localhost:1/v1',
  origin: 'http://localhost:1',
  keyRequired: false,
};
const withModel = (overrides: Parameters<typeof aModel>[0], script?: readonly Step[]): ScriptedProvider => {
  const provider = new ScriptedProvider(script);
  provider.models = [aModel(overrides)];
  return provider;
};

describe('the money of a turn', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());
  const send = (p: TestCore, over: Partial<SendInput> = {}) =>
    p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [], ...over });
  const spend = async <T extends SpendEvent['type']>(p: TestCore, type: T) => {
    const { events } = await p.store.spendEvents();
    return events.filter((event): event is Extract<SpendEvent, { type: T }> => event.type === type);
  };

  it('asks for as much as the budget leaves, and reserves that', async () => {
    const p = cores.make({ settings: { dailyLimitNanoUsd: nanoUsd(PROMPT + 300 * TOKEN) } });
    await (
      await send(p)
    ).done;
    assert.deepEqual(
      p.provider.requests.map((r) => r.maxTokens),
      [300],
    );
    const [reserved] = await spend(p, 'spend.reserved');
    assert.deepEqual(
      [reserved?.worstCaseNanoUsd, reserved?.quote],
      [PROMPT + 300 * TOKEN, { promptTokens: 8, maxTokens: 300 }],
    );
  });

  it('settles with the reported amount and its own estimate', async () => {
    const p = cores.make();
    const turn = await send(p);
    await turn.done;
    const [settled] = await spend(p, 'spend.settled');
    // 8 tokens of prompt and, of five characters, two of reply.
    const expected = {
      costNanoUsd: 64_000,
      source: 'reported',
      settledBy: 'stream',
      estimateNanoUsd: 8 * 3_000 + 2 * TOKEN,
      provider: 'Anthropic',
      generationId: 'gen-1',
    };
    assert.deepEqual(
      settled && {
        costNanoUsd: settled.costNanoUsd,
        source: settled.source,
        settledBy: settled.settledBy,
        estimateNanoUsd: settled.estimateNanoUsd,
        provider: settled.provider,
        generationId: settled.generationId,
      },
      expected,
    );
  });

  const prices: readonly (readonly [
    string,
    TestCoreOptions['connection'],
    number,
    readonly [string, string, string] | undefined,
    string,
  ])[] = [
    // (2 + 16) × 60,000 + 1,000 × 240,000 + 20,000,000
    [
      'computes with the ceiling where OpenRouter lists no price',
      {},
      261_080_000,
      ['0.00006', '0.00024', '0.02'],
      'pending',
    ],
    ['reserves nothing for an unknown price elsewhere, without a known ceiling', local, 0, undefined, 'unknown'],
  ];
  for (const [name, connection, worstCase, ceiling, source] of prices) {
    it(name, async () => {
      const p = cores.make({
        provider: withModel({ price: null }, reply('Hello', null)),
        connection: connection ?? {},
      });
      assert.equal((await refusal(send(p))).code, 'PRICE_UNKNOWN');
      p.orchestrator.acceptUnknownPrice(null);
      const turn = await send(p);
      await turn.done;
      assert.deepEqual(
        (await spend(p, 'spend.reserved')).map((event) => event.worstCaseNanoUsd),
        [worstCase],
      );
      assert.deepEqual(
        p.provider.requests[0]?.ceiling,
        ceiling && {
          prompt: parseDecimal(ceiling[0]),
          completion: parseDecimal(ceiling[1]),
          request: parseDecimal(ceiling[2]),
        },
      );
      assert.deepEqual((await branchOf(p, turn.conversationId)).at(-1)?.cost, { costNanoUsd: null, source });
      assert.deepEqual(await spend(p, 'spend.settled'), []);
    });
  }

  it('does not report an overrun for an unknown price elsewhere', async () => {
    const p = cores.make({ provider: withModel({ price: null }), connection: local });
    for (let i = 0; i < 2; i++) {
      p.orchestrator.acceptUnknownPrice(null);
      await (
        await send(p)
      ).done;
    }
    assert.deepEqual([p.ledger.summary().todayNanoUsd, p.events.filter((e) => e.type === 'overran')], [128_000, []]);
  });

  it('reports a bill above the worst case once, and blocks the model until that is accepted', async () => {
    const p = cores.make({
      provider: new ScriptedProvider(reply('Hello', '0.5')),
      settings: { maxOutputTokens: 300 },
    });
    const worst = PROMPT + 300 * TOKEN;
    const { conversationId: id, done } = await send(p);
    await done;
    const model = 'anthropic/claude-sonnet-5';
    assert.deepEqual(
      p.events.filter((e) => e.type === 'overran'),
      [{ type: 'overran', model, billedNanoUsd: 500_000_000, worstCaseNanoUsd: worst }],
    );
    const blocked = {
      code: 'BUDGET_EXCEEDED',
      period: 'model',
      model,
      billedNanoUsd: 500_000_000,
      worstCaseNanoUsd: worst,
    };
    assert.deepEqual(await refusal(send(p, { conversationId: id })), blocked);
    assert.deepEqual(
      (await p.orchestrator.quote({ conversationId: id, text: 'Hi', attachments: [] })).refusal,
      blocked,
    );
    const other = cores.make({ directory: p.directory });
    assert.deepEqual(await refusal(send(other)), blocked);
    await other.ledger.acceptOverrun(modelId(model));
    await (
      await send(p, { conversationId: id })
    ).done;
    assert.equal(p.provider.requests.length, 2);
  });

  describe('while the reply runs', () => {
    const endless = (text: string, then: readonly Step[] = [{ type: 'untilAborted' }]): ScriptedProvider =>
      new ScriptedProvider([{ type: 'opened', generationId: null }, { type: 'text', text }, ...then]);

    it('ends a reply whose text alone exceeds the worst case, keeps its text and leaves its cost pending', async () => {
      // What the worst case leaves after the prompt as it was counted, at eight characters a token.
      const characters = 8 * Math.floor((PROMPT + 300 * TOKEN - 8 * 3_000) / TOKEN);
      for (const [length, state, code] of [
        [characters, 'cancelled', undefined],
        [characters + 1, 'interrupted', 'BUDGET_EXCEEDED'],
      ] as const) {
        const p = cores.make({ provider: endless('x'.repeat(length)), settings: { maxOutputTokens: 300 } });
        const turn = await send(p);
        if (code === undefined) {
          await eventually(
            async () => (await branchOf(p, turn.conversationId)).at(-1)?.content.length === length,
            'the text arrives',
          );
          await p.orchestrator.stop(turn.conversationId);
        }
        await turn.done;
        const answer = (await branchOf(p, turn.conversationId)).at(-1);
        assert.deepEqual(
          [answer?.state, answer?.failure?.code, answer?.content.length, answer?.cost],
          [state, code, length, { costNanoUsd: null, source: 'pending' }],
        );
        assert.equal(p.ledger.summary().pendingNanoUsd, PROMPT + 300 * TOKEN);
      }
    });

    it('does not take a reply for too long that uses all of its tokens', async () => {
      const p = cores.make({
        provider: endless('word '.repeat(300), reply('', '0.004').slice(-3)),
        settings: { maxOutputTokens: 300 },
      });
      const turn = await send(p);
      await turn.done;
      assert.equal((await branchOf(p, turn.conversationId)).at(-1)?.state, 'complete');
    });

    it('shows the reservation apart from what is spent, and what runs elsewhere as pending', async () => {
      const p = cores.make({ provider: endless('so far'), settings: { maxOutputTokens: 300 } });
      const turn = await send(p);
      const other = cores.make({ directory: p.directory });
      await other.ledger.refresh();
      const figures = ({ ledger }: TestCore) => [
        ledger.summary().todayNanoUsd,
        ledger.summary().reservedNanoUsd,
        ledger.summary().pendingNanoUsd,
        ledger.pending().length,
      ];
      const worst = PROMPT + 300 * TOKEN;
      assert.deepEqual(
        [figures(p), figures(other)],
        [
          [0, worst, 0, 0],
          [0, 0, worst, 1],
        ],
      );
      await p.orchestrator.stop(turn.conversationId);
      assert.deepEqual(figures(p), [0, 0, worst, 1]);
    });
  });

  describe('settled by hand', () => {
    const pending = async () => {
      const p = cores.make({
        provider: new ScriptedProvider([
          { type: 'opened', generationId: null },
          { type: 'text', text: 'Half' },
        ]),
        settings: { maxOutputTokens: 300 },
      });
      const turn = await send(p);
      await turn.done;
      const [reservation] = p.ledger.pending();
      return { p, turn, id: reservation?.reserved.reservationId ?? assert.fail('nothing is pending') };
    };

    it('shows and counts the user’s amount, here and in another window', async () => {
      const { p, turn, id } = await pending();
      assert.equal(await p.ledger.settleByUser(id, nanoUsd(1_234_000)), true);
      for (const window of [p, cores.make({ directory: p.directory })]) {
        await window.ledger.refresh();
        assert.deepEqual(
          [window.ledger.summary().todayNanoUsd, window.ledger.summary().pendingNanoUsd, window.ledger.pending()],
          [1_234_000, 0, []],
        );
      }
      assert.deepEqual((await branchOf(p, turn.conversationId)).at(-1)?.cost, {
        costNanoUsd: 1_234_000,
        source: 'estimated',
      });
      const [settled] = await spend(p, 'spend.settled');
      assert.deepEqual([settled?.source, settled?.settledBy, settled?.costNanoUsd], ['estimated', 'person', 1_234_000]);
      assert.equal(await p.ledger.settleByUser(id, nanoUsd(5)), false, 'only once');
    });

    it('gives way to a bill that a full disk had kept in another window, even beyond its worst case', async () => {
      let full = false;
      const provider = new ScriptedProvider(reply('Hello', '0.5'));
      const stream = provider.stream.bind(provider);
      // From the moment on at which the request goes out: what it reserved is stored, its id and its bill are not.
      provider.stream = (request, signal) => {
        full = true;
        return stream(request, signal);
      };
      const p = cores.make({
        provider,
        settings: { maxOutputTokens: 300 },
        files: (directory) => new FillingDisk(directory, () => full),
      });
      const turn = await send(p);
      await turn.done;
      const other = cores.make({ directory: p.directory });
      await other.ledger.refresh();
      const worst = PROMPT + 300 * TOKEN;
      const [open] = other.ledger.pending();
      assert.deepEqual([open?.reserved.worstCaseNanoUsd, open?.generationId], [worst, null]);
      assert.equal(
        await other.ledger.settleByUser(open?.reserved.reservationId ?? assert.fail(), nanoUsd(worst)),
        true,
      );
      assert.deepEqual([other.ledger.summary().todayNanoUsd, other.ledger.book.overruns()], [worst, []]);
      full = false;
      await p.conversations.flush();
      for (const window of [other, p, cores.make({ directory: p.directory })]) {
        await window.ledger.refresh();
        await window.projection.refresh();
        const { todayNanoUsd, pendingNanoUsd } = window.ledger.summary();
        assert.deepEqual(
          [todayNanoUsd, pendingNanoUsd, (await window.store.chargeTotals({})).all.settledNanoUsd],
          [500_000_000, 0, 500_000_000],
        );
        assert.deepEqual(
          window.ledger.book.overruns().map((overrun) => [overrun.billedNanoUsd, overrun.worstCaseNanoUsd]),
          [[500_000_000, worst]],
        );
        const answerOf = async () => (await window.store.load(turn.conversationId))?.messages.get(turn.replyId);
        await eventually(async () => (await answerOf())?.cost.source === 'reported', 'the reply shows its bill');
        assert.deepEqual([(await answerOf())?.cost.costNanoUsd, (await answerOf())?.state], [500_000_000, 'complete']);
      }
    });

    it('takes from nothing to the worst case and nothing else', async () => {
      const worst = PROMPT + 300 * TOKEN;
      const { p, id } = await pending();
      for (const amount of [-1, worst + 1])
        await assert.rejects(p.ledger.settleByUser(id, nanoUsd(amount)), RangeError);
      assert.equal(await p.ledger.settleByUser(id, nanoUsd(worst)), true);
      const again = await pending();
      assert.equal(await again.p.ledger.settleByUser(again.id, nanoUsd(0)), true);
      assert.deepEqual([again.p.ledger.summary().todayNanoUsd, again.p.ledger.pending()], [0, []]);
    });
  });

  describe('quoted', () => {
    const quote = (p: TestCore, over: Partial<SendInput> = {}) =>
      p.orchestrator.quote({ conversationId: null, text: 'Hi', attachments: [], ...over });
    const full = {
      promptTokens: 8,
      maxTokens: 1_000,
      isShortened: false,
      omittedMessages: 0,
      worstCaseNanoUsd: PROMPT + 1_000 * TOKEN,
      refusal: undefined,
    };
    const limited = (limit: number): TestCoreOptions => ({ settings: { dailyLimitNanoUsd: nanoUsd(limit) } });
    const least = PROMPT + 256 * TOKEN;

    const rows: readonly (readonly [string, TestCoreOptions, Partial<SendInput>, object])[] = [
      ['shows what a send would cost', {}, {}, full],
      [
        'says when the budget shortens the reply',
        limited(PROMPT + 300 * TOKEN),
        {},
        { ...full, maxTokens: 300, isShortened: true, worstCaseNanoUsd: PROMPT + 300 * TOKEN },
      ],
      [
        'says when the budget refuses',
        limited(least - 1),
        {},
        {
          ...full,
          refusal: {
            code: 'BUDGET_EXCEEDED',
            period: 'day',
            limitNanoUsd: least - 1,
            spentNanoUsd: 0,
            worstCaseNanoUsd: least,
          },
        },
      ],
      [
        'needs no key for its figures',
        { connection: { key: undefined } },
        {},
        { ...full, refusal: { code: 'NO_KEY', origin: 'https://openrouter.ai' } },
      ],
      [
        'counts nothing yet typed',
        {},
        { text: '' },
        { ...full, promptTokens: 7, worstCaseNanoUsd: PROMPT - 2 * 3_000 + 1_000 * TOKEN },
      ],
      [
        'counts tokens without a price',
        { provider: withModel({ price: null }) },
        {},
        { ...full, worstCaseNanoUsd: null, refusal: { code: 'PRICE_UNKNOWN', model: 'anthropic/claude-sonnet-5' } },
      ],
      [
        'names a model that is not listed',
        { settings: { defaultModel: modelId('no/such') } },
        {},
        { ...full, worstCaseNanoUsd: null, refusal: { code: 'NOT_FOUND', what: 'model' } },
      ],
      [
        'says what does not fit the window',
        { provider: withModel({ contextLength: 20 }) },
        { text: 'x'.repeat(400) },
        {
          promptTokens: 107,
          maxTokens: 0,
          isShortened: false,
          omittedMessages: 0,
          worstCaseNanoUsd: null,
          refusal: { code: 'CONTEXT_TOO_LONG', tokens: 107, limitTokens: 10 },
        },
      ],
      [
        'says what is longer than a message',
        {},
        { text: 'x'.repeat(32_001) },
        {
          ...full,
          promptTokens: 8_008,
          worstCaseNanoUsd: (32_001 + 16) * 3_000 + 1_000 * TOKEN,
          refusal: { code: 'INPUT_TOO_LONG', characters: 32_001, limit: 32_000 },
        },
      ],
      [
        'knows no conversation of that name',
        {},
        { conversationId: conversationId('nowhere') },
        {
          promptTokens: 0,
          maxTokens: 0,
          isShortened: false,
          omittedMessages: 0,
          worstCaseNanoUsd: null,
          refusal: { code: 'NOT_FOUND', what: 'conversation' },
        },
      ],
    ];
    for (const [name, options, input, expected] of rows) {
      it(name, async () => {
        const p = cores.make(options);
        assert.deepEqual(await quote(p, input), expected);
        assert.deepEqual([await spend(p, 'spend.reserved'), p.provider.requests], [[], []]);
      });
    }

    it('counts the branch that is shown', async () => {
      const p = cores.make();
      const turn = await send(p);
      await turn.done;
      // 'Hi', 'Hello' and 'Hi': 1 + 2 + 1 tokens, 4 around each and 3 around all.
      assert.equal((await quote(p, { conversationId: turn.conversationId })).promptTokens, 19);
    });
  });
});
