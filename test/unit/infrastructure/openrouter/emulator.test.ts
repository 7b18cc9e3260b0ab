import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { generationId, modelId } from '../../../../src/domain/ids';
import { parseDecimal, toDecimalUsd, toNanoUsd } from '../../../../src/domain/money';
import type { ChatRequest, ProviderEvent } from '../../../../src/domain/ports/provider';
import type { PriceCeiling } from '../../../../src/domain/price';
import { EMULATOR_MODELS } from '../../../support/emulatorModels';
import { USAGE_SHAPES } from '../../../support/emulatorUsage';
import {
  type Bill,
  type OpenRouterEmulator,
  type OpenRouterEmulatorOptions,
  startOpenRouterEmulator,
} from '../../../support/openRouterEmulator';
import { CANARY_KEY, collect, providerAt, summary } from './harness';

const FAST: OpenRouterEmulatorOptions = { tokensPerSecond: Infinity, billDelayMs: 0 };
const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: modelId('anthropic/claude-sonnet-5'),
  turns: [{ role: 'user', content }],
  maxTokens: 10_000,
  ...more,
});

/** The bill of a broken connection comes after the break. Mocha's time limit ends the wait. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

describe('the provider against the emulator', () => {
  let emulator: OpenRouterEmulator;
  const stream = (content: string, more: Partial<ChatRequest> = {}, signal?: AbortSignal): Promise<ProviderEvent[]> =>
    collect(providerAt(emulator.baseUrl), signal, ask(content, more));
  beforeEach(async () => {
    emulator = await startOpenRouterEmulator(FAST);
  });
  afterEach(() => emulator.dispose());

  it('gives a reply whose price is on the bill, exactly', async () => {
    const events = await stream('What does a reply cost?');
    const { text, outcome, finish } = summary(events);
    assert.deepEqual([outcome, finish], [{ kind: 'complete' }, 'stop']);
    assert.match(text, /local emulator/);
    assert.match(text, /What does a reply cost\?/);
    const usage = events.find((event) => event.type === 'usage');
    const [bill] = emulator.bills;
    assert.ok(usage?.cost && bill && emulator.bills.length === 1);
    assert.equal(toDecimalUsd(toNanoUsd(usage.cost, 'nearest')), bill.costUsd);
    assert.deepEqual(
      [usage.usage.promptTokens, usage.usage.completionTokens],
      [bill.promptTokens, bill.completionTokens],
    );
    const opened = events.find((event) => event.type === 'opened');
    assert.equal(opened?.generationId, bill.generationId);
    assert.equal(events.find((event) => event.type === 'started')?.generationId, bill.generationId);
  });

  const SPECIAL: readonly {
    readonly prompt: string;
    readonly outcome: string;
    readonly httpStatus?: number;
    readonly text?: RegExp;
    readonly costUsd?: string;
  }[] = [
    { prompt: '[[long]]', outcome: 'complete', text: /^[^]{20000}$/ },
    { prompt: '[[empty]]', outcome: 'complete', text: /^$/ },
    { prompt: '[[cut]]', outcome: 'TRUNCATED', text: /^You asked/ },
    { prompt: '[[midstream-error]]', outcome: 'OVERLOADED', text: /^You asked/, httpStatus: 502, costUsd: '0' },
    { prompt: '[[html]]', outcome: 'PROTOCOL', httpStatus: 200 },
    { prompt: '[[error:429]]', outcome: 'RATE_LIMIT', httpStatus: 429 },
    { prompt: '[[error:429-daily]]', outcome: 'DAILY_QUOTA', httpStatus: 429 },
    { prompt: '[[error:401]]', outcome: 'AUTH', httpStatus: 401 },
    { prompt: '[[error:402]]', outcome: 'CREDITS', httpStatus: 402 },
    { prompt: '[[error:402-key-limit]]', outcome: 'KEY_LIMIT', httpStatus: 402 },
    { prompt: '[[error:402-in-flight]]', outcome: 'IN_FLIGHT', httpStatus: 402 },
    { prompt: '[[error:403]]', outcome: 'KEY_LIMIT', httpStatus: 403 },
    { prompt: '[[error:403-moderation]]', outcome: 'MODERATION', httpStatus: 403 },
    { prompt: '[[error:404]]', outcome: 'MODEL_NOT_FOUND', httpStatus: 404 },
    { prompt: '[[error:400-context]]', outcome: 'CONTEXT_TOO_LONG', httpStatus: 400 },
    { prompt: '[[error:408]]', outcome: 'TIMEOUT', httpStatus: 408 },
    { prompt: '[[error:500]]', outcome: 'UPSTREAM', httpStatus: 500 },
    { prompt: '[[error:503]]', outcome: 'OVERLOADED', httpStatus: 503 },
  ];
  for (const { prompt, outcome, httpStatus, text, costUsd } of SPECIAL) {
    it(`plays ${prompt}`, async () => {
      const read = summary(await stream(`please ${prompt}`));
      const failure = read.outcome?.kind === 'failed' ? read.outcome.failure : undefined;
      assert.equal(failure?.code ?? read.outcome?.kind, outcome);
      assert.equal(failure?.httpStatus, httpStatus);
      if (text) assert.match(read.text, text);
      const bills = httpStatus !== undefined && prompt !== '[[midstream-error]]' ? 0 : 1;
      await eventually(() => emulator.bills.length >= bills);
      if (costUsd !== undefined) assert.equal(emulator.bills[0]?.costUsd, costUsd);
      assert.equal(emulator.bills.length, bills);
    });
  }

  it('plays [[error-once:…]] once', async () => {
    assert.equal(summary(await stream('[[error-once:503]]')).outcome?.kind, 'failed');
    assert.equal(summary(await stream('[[error-once:503]]')).outcome?.kind, 'complete');
  });

  it('plays [[reasoning]] with its tokens in the usage', async () => {
    const events = await stream('[[reasoning]]');
    assert.notEqual(summary(events).reasoning, '');
    const usage = events.find((event) => event.type === 'usage')?.usage;
    assert.ok(usage && usage.reasoningTokens > 0 && usage.reasoningTokens < usage.completionTokens);
  });

  it('bills the part that was sent when the client stops in a stall', async () => {
    const controller = new AbortController();
    const outcomes: string[] = [];
    let pieces = 0;
    for await (const event of providerAt(emulator.baseUrl).stream(ask('[[stall]]'), controller.signal)) {
      // As many as come before the stall.
      if (event.type === 'text' && ++pieces === 12) controller.abort();
      if (event.type === 'ended') outcomes.push(event.outcome.kind);
    }
    assert.deepEqual(outcomes, ['aborted']);
    await eventually(() => emulator.bills.length > 0);
    const [bill] = emulator.bills;
    assert.deepEqual([bill?.cancelled, bill?.completionTokens], [true, 12]);
  });

  it('stops at max_tokens with that finish reason', async () => {
    const events = await stream('Hello', { maxTokens: 10 });
    assert.equal(summary(events).finish, 'length');
    assert.equal(emulator.bills[0]?.completionTokens, 10);
  });

  it('refuses requests beyond the context window, and unknown models', async () => {
    const small = modelId('microsoft/phi-5-mini');
    const tooLong = summary(await stream('word '.repeat(8000), { model: small, maxTokens: 100 })).outcome;
    assert.ok(tooLong?.kind === 'failed' && tooLong.failure.code === 'CONTEXT_TOO_LONG');
    const unknown = summary(await stream('Hello', { model: modelId('no/such') })).outcome;
    assert.ok(unknown?.kind === 'failed' && unknown.failure.code === 'MODEL_NOT_FOUND');
  });

  it('lists its models with prices, one of them unknown and one free', async () => {
    const list = await providerAt(emulator.baseUrl).listModels(new AbortController().signal);
    assert.ok(list.kind === 'ok' && list.models.length === 12);
    const priceOf = (id: string) => list.models.find((model) => model.id === id)?.price;
    assert.deepEqual(priceOf('anthropic/claude-sonnet-5')?.completion, { digits: 15n, scale: 6 });
    assert.equal(priceOf('openrouter/auto'), null);
    assert.deepEqual(priceOf('meta-llama/llama-4-scout:free')?.prompt, { digits: 0n, scale: 0 });
    assert.deepEqual(priceOf('openai/gpt-6-astra')?.prompt, { digits: 25n, scale: 7 });
    assert.deepEqual(
      priceOf('openai/gpt-6-astra')?.overrides?.map((o) => o.abovePromptTokens),
      [272_000],
    );
  });

  it('thinks first, then writes token by token', async () => {
    const paced = await startOpenRouterEmulator({
      tokensPerSecond: 100,
      timeToFirstTokenMs: 60,
      replyText: 'word'.repeat(12),
    });
    try {
      const events = await collect(providerAt(paced.baseUrl), undefined, ask('Hello'));
      const kinds = events.map((event) => event.type);
      assert.ok(kinds.indexOf('waiting') < kinds.indexOf('text') && kinds.includes('waiting'));
      assert.equal(kinds.filter((kind) => kind === 'text').length, 12);
    } finally {
      await paced.dispose();
    }
  });

  for (const shape of USAGE_SHAPES) {
    it(`reports usage as asked: ${shape}`, async () => {
      const events = await stream(`Hello [[usage:${shape}]]`);
      assert.deepEqual(summary(events).outcome, { kind: 'complete' });
      const told = events.flatMap((event) => (event.type === 'usage' ? [event] : []));
      const [bill] = emulator.bills;
      assert.ok(bill && emulator.bills.length === 1);
      assert.equal(told.length, shape === 'none' ? 0 : 1);
      if (shape === 'none') return;
      const [{ usage, cost } = assert.fail()] = told;
      assert.equal(
        cost && toDecimalUsd(toNanoUsd(cost, 'nearest')),
        shape === 'nocost' || shape === 'nullcost' ? null : bill.costUsd,
      );
      assert.deepEqual([usage.promptTokens, usage.completionTokens], [bill.promptTokens, bill.completionTokens]);
      assert.equal(usage.cachedTokens, shape === 'cached' ? Math.floor(bill.promptTokens / 2) : 0);
    });
  }

  it('charges cached tokens at their price', async () => {
    await stream('abcd [[usage:cached]]', { maxTokens: 2 });
    // 21 characters are 6 tokens, 4 for the message and 3 for the prompt: 13, of which 6 are cached.
    // 7 × 0.000003 + 6 × 0.0000003 + 2 × 0.000015 = 0.000021 + 0.0000018 + 0.00003
    assert.equal(emulator.bills[0]?.costUsd, '0.0000528');
  });

  it('plays a usage beside another case', async () => {
    const read = await stream('[[reasoning]] [[usage:nocost]]');
    assert.notEqual(summary(read).reasoning, '');
    assert.equal(summary(read).cost, null);
  });

  /** Leaves after the first text. */
  const leave = async (model: string): Promise<Bill> => {
    const provider = providerAt(emulator.baseUrl);
    for await (const event of provider.stream(
      ask('[[stall]]', { model: modelId(model) }),
      new AbortController().signal,
    )) {
      if (event.type === 'text') break;
    }
    await eventually(() => emulator.bills.length === 1);
    return emulator.bills[0]!;
  };

  it('bills what was sent when the client leaves a provider that stops', async () => {
    const bill = await leave('anthropic/claude-sonnet-5');
    assert.ok(bill.cancelled && bill.completionTokens > 0 && bill.completionTokens <= 12);
  });

  for (const model of ['google/gemini-3.5-flash', 'mistralai/mistral-small-4', 'perplexity/sonar-2']) {
    it(`bills the whole answer when the client leaves ${model}, which goes on`, async () => {
      const bill = await leave(model);
      assert.ok(bill.cancelled && bill.completionTokens > 100, String(bill.completionTokens));
    });
  }

  it('sums its bills exactly', async () => {
    assert.equal(emulator.billedUsd(), '0');
    await stream('abcd', { maxTokens: 1 });
    await stream('abcd', { model: modelId('deepseek/deepseek-v4'), maxTokens: 1 });
    // 1 + 4 + 3 = 8 tokens of prompt: 8 × 0.000003 + 0.000015 = 0.000039; 8 × 2.7e-7 + 4e-7 = 0.00000256
    assert.deepEqual(
      [emulator.bills.map((bill) => bill.costUsd), emulator.billedUsd()],
      [['0.000039', '0.00000256'], '0.00004156'],
    );
  });

  it('includes bills in the usage of the key', async () => {
    await stream('abcd', { maxTokens: 1 });
    const check = await providerAt(emulator.baseUrl).checkKey(new AbortController().signal);
    assert.ok(check.kind === 'ok');
    assert.deepEqual(
      [check.limit, check.limitRemaining, check.limitReset, check.usageDaily, check.usageMonthly],
      [
        { digits: 25n, scale: 0 },
        { digits: 24_999_961n, scale: 6 },
        'monthly',
        { digits: 39n, scale: 6 },
        { digits: 39n, scale: 6 },
      ],
    );
  });

  const other = async (
    options: OpenRouterEmulatorOptions,
    use: (emulator: OpenRouterEmulator) => Promise<void>,
  ): Promise<void> => {
    const emulated = await startOpenRouterEmulator({ ...FAST, ...options });
    try {
      await use(emulated);
    } finally {
      await emulated.dispose();
    }
  };

  it('charges more than the listed price if configured', () =>
    other({ overcharge: 2.5 }, async (dear) => {
      const events = await collect(providerAt(dear.baseUrl), undefined, ask('abcd', { maxTokens: 1 }));
      // 2.5 × 0.000039
      assert.deepEqual([dear.bills[0]?.costUsd, summary(events).cost], ['0.0000975', '975e-7']);
    }));

  it('has a key without a limit if configured', () =>
    other({ keyLimitUsd: null }, async (unlimited) => {
      const check = await providerAt(unlimited.baseUrl).checkKey(new AbortController().signal);
      assert.ok(
        check.kind === 'ok' && check.limit === null && check.limitRemaining === null && check.limitReset === null,
      );
    }));

  describe('with a ceiling', () => {
    const within = (model: string, ceiling: PriceCeiling, content = 'abcd'): Promise<ProviderEvent[]> =>
      collect(
        providerAt(emulator.baseUrl, { isOpenRouter: true }),
        undefined,
        ask(content, { model: modelId(model), maxTokens: 10, ceiling }),
      );
    const ceiling = (prompt: string, completion: string, request?: string): PriceCeiling => ({
      prompt: parseDecimal(prompt)!,
      completion: parseDecimal(completion)!,
      ...(request === undefined ? {} : { request: parseDecimal(request)! }),
    });
    const failureOf = (events: readonly ProviderEvent[]): string | undefined => {
      const { outcome } = summary(events);
      return outcome?.kind === 'failed' ? outcome.failure.code : undefined;
    };

    it('answers at exactly the listed price, whatever its digits', async () => {
      for (const { id, pricing } of EMULATOR_MODELS.filter((m) => Number(m.pricing.prompt) >= 0)) {
        assert.equal(
          failureOf(await within(id, ceiling(pricing.prompt, pricing.completion, pricing.request))),
          undefined,
          id,
        );
      }
    });

    const TOO_EXPENSIVE: readonly { readonly name: string; readonly model: string; readonly ceiling: PriceCeiling }[] =
      [
        { name: 'prompt', model: 'anthropic/claude-sonnet-5', ceiling: ceiling('0.0000029', '0.000015') },
        { name: 'completion', model: 'anthropic/claude-sonnet-5', ceiling: ceiling('0.000003', '0.0000149') },
        { name: 'request', model: 'perplexity/sonar-2', ceiling: ceiling('0.000001', '0.000001', '0.0049') },
      ];
    for (const { name, model, ceiling: limit } of TOO_EXPENSIVE) {
      it(`answers and bills nothing above it: ${name}`, async () => {
        assert.equal(failureOf(await within(model, limit)), 'MODEL_NOT_FOUND');
        assert.equal(emulator.bills.length, 0);
      });
    }

    it('takes the price at this length of prompt', async () => {
      const limit = ceiling('0.0000025', '0.000015');
      assert.equal(failureOf(await within('openai/gpt-6-astra', limit)), undefined);
      assert.equal(failureOf(await within('openai/gpt-6-astra', limit, 'word'.repeat(272_000))), 'MODEL_NOT_FOUND');
    });

    it('routes openrouter/auto to a model within it, or to none', async () => {
      await within('openrouter/auto', ceiling('0.00001', '0.0001'));
      await within('openrouter/auto', ceiling('0.0000001', '0.0000002'));
      assert.deepEqual(
        emulator.bills.map((bill) => bill.model),
        ['anthropic/claude-haiku-5', 'mistralai/mistral-small-4'],
      );
      assert.equal(failureOf(await within('openrouter/auto', ceiling('1e-9', '1e-9'))), 'MODEL_NOT_FOUND');
    });
  });

  const BILLS: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly cancelled: boolean;
    readonly free: boolean;
  }[] = [
    { name: 'a whole reply', prompt: 'Hello', cancelled: false, free: false },
    { name: 'one of which nothing was said in the stream', prompt: '[[usage:none]]', cancelled: false, free: false },
    { name: 'one with an own provider key', prompt: '[[usage:byok]]', cancelled: false, free: false },
    { name: 'one that broke off', prompt: '[[cut]]', cancelled: true, free: false },
    { name: 'one that failed', prompt: '[[midstream-error]]', cancelled: false, free: true },
  ];
  for (const { name, prompt, cancelled, free } of BILLS) {
    it(`answers for a bill by its id: ${name}`, async () => {
      await stream(prompt);
      await eventually(() => emulator.bills.length === 1);
      const [bill] = emulator.bills;
      const answer = await providerAt(emulator.baseUrl).generation(
        generationId(bill?.generationId ?? ''),
        new AbortController().signal,
      );
      assert.ok(answer.kind === 'billed');
      assert.equal(toDecimalUsd(toNanoUsd(answer.cost, 'nearest')), bill?.costUsd);
      assert.deepEqual([answer.cancelled, bill?.costUsd === '0', answer.provider], [cancelled, free, 'Anthropic']);
      assert.deepEqual(
        [answer.usage?.promptTokens, answer.usage?.completionTokens],
        [bill?.promptTokens, bill?.completionTokens],
      );
    });
  }

  it('responds with 404 for a bill that does not exist, or not yet', async () => {
    const generation = (at: OpenRouterEmulator, id: string | undefined) =>
      providerAt(at.baseUrl).generation(generationId(id ?? ''), new AbortController().signal);
    assert.deepEqual(await generation(emulator, 'gen-none'), { kind: 'notYet' });
    await other({ billDelayMs: ({ question }) => (question === 'never' ? Infinity : 0) }, async (slow) => {
      for (const question of ['never', 'at once']) await collect(providerAt(slow.baseUrl), undefined, ask(question));
      assert.deepEqual(
        [
          (await generation(slow, slow.bills[0]?.generationId)).kind,
          (await generation(slow, slow.bills[1]?.generationId)).kind,
        ],
        ['notYet', 'billed'],
      );
    });
  });

  it('requires its key if it has one', async () => {
    const locked = await startOpenRouterEmulator({ ...FAST, key: CANARY_KEY });
    try {
      const check = (key: string | undefined) =>
        providerAt(locked.baseUrl, { key }).checkKey(new AbortController().signal);
      assert.equal((await check(CANARY_KEY)).kind, 'ok');
      for (const [key, detail] of [
        [undefined, /Missing Authentication/],
        ['wrong-key', /User not found/],
      ] as const) {
        const refused = await check(key);
        assert.ok(refused.kind === 'failed' && refused.failure.code === 'AUTH');
        assert.match(refused.failure.detail, detail);
      }
      assert.equal((await fetch(`${locked.baseUrl}/models`)).status, 200);
    } finally {
      await locked.dispose();
    }
  });
});
