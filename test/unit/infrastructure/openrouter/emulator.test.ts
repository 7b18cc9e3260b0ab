import assert from 'node:assert/strict';
import { modelId } from '../../../../src/domain/ids';
import { toDecimalUsd, toNanoUsd } from '../../../../src/domain/money';
import type { ChatRequest, ProviderEvent } from '../../../../src/domain/ports';
import { type OpenRouterEmulator, type OpenRouterEmulatorOptions, startOpenRouterEmulator } from '../../../support/openRouterEmulator';
import { CANARY_KEY, collect, providerAt, summary } from './harness';

const FAST: OpenRouterEmulatorOptions = { tokensPerSecond: Infinity, billDelayMs: 0 };
const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({ model: modelId('anthropic/claude-sonnet-5'), turns: [{ role: 'user', content }], maxTokens: 10_000, ...more });

describe('the provider against the emulator', () => {
  let emulator: OpenRouterEmulator;
  const stream = (content: string, more: Partial<ChatRequest> = {}, signal?: AbortSignal): Promise<ProviderEvent[]> => collect(providerAt(emulator.baseUrl), signal, ask(content, more));
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
    assert.deepEqual([usage.usage.promptTokens, usage.usage.completionTokens], [bill.promptTokens, bill.completionTokens]);
    const opened = events.find((event) => event.type === 'opened');
    assert.equal(opened?.generationId, bill.generationId);
    assert.equal(events.find((event) => event.type === 'started')?.generationId, bill.generationId);
  });

  const SPECIAL: readonly { readonly prompt: string; readonly outcome: string; readonly httpStatus?: number; readonly text?: RegExp; readonly costUsd?: string }[] = [
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
      // The bill of a broken connection follows the break.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (costUsd !== undefined) assert.equal(emulator.bills[0]?.costUsd, costUsd);
      assert.equal(emulator.bills.length, httpStatus !== undefined && prompt !== '[[midstream-error]]' ? 0 : 1);
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
    setTimeout(() => controller.abort(), 100);
    const read = summary(await stream('[[stall]]', {}, controller.signal));
    assert.deepEqual([read.outcome?.kind, read.text.length > 0], ['aborted', true]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [bill] = emulator.bills;
    assert.deepEqual([bill?.cancelled, bill?.completionTokens], [true, 12]);
  });

  it('stops at max_tokens and says so', async () => {
    const events = await stream('Hello', { maxTokens: 10 });
    assert.equal(summary(events).finish, 'length');
    assert.equal(emulator.bills[0]?.completionTokens, 10);
  });

  it('refuses what the model’s window does not hold, and unknown models', async () => {
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
    assert.deepEqual(priceOf('openai/gpt-6-astra')?.prompt, { digits: 5n, scale: 6 });
  });

  it('thinks first, then writes at its pace', async () => {
    const paced = await startOpenRouterEmulator({ tokensPerSecond: 100, timeToFirstTokenMs: 60, replyText: 'word'.repeat(12) });
    try {
      const startedAtMs = performance.now();
      const events = await collect(providerAt(paced.baseUrl), undefined, ask('Hello'));
      const tookMs = performance.now() - startedAtMs;
      assert.ok(tookMs > 150 && tookMs < 2_000, `${tookMs} ms`);
      const kinds = events.map((event) => event.type);
      assert.ok(kinds.indexOf('waiting') < kinds.indexOf('text') && kinds.includes('waiting'));
      assert.equal(kinds.filter((kind) => kind === 'text').length, 12);
    } finally {
      await paced.dispose();
    }
  });

  it('answers for a bill by its id', async () => {
    await stream('Hello');
    const [bill] = emulator.bills;
    const response = await fetch(`${emulator.baseUrl}/generation?id=${bill?.generationId}`);
    const record = (await response.json()) as { readonly data: { readonly total_cost: number } };
    assert.equal(record.data.total_cost, Number(bill?.costUsd));
    assert.equal((await fetch(`${emulator.baseUrl}/generation?id=gen-none`)).status, 404);
  });

  it('wants its key where it has one', async () => {
    const locked = await startOpenRouterEmulator({ ...FAST, key: CANARY_KEY });
    try {
      const check = (key: string | undefined) => providerAt(locked.baseUrl, { key }).checkKey(new AbortController().signal);
      assert.equal((await check(CANARY_KEY)).kind, 'ok');
      for (const [key, detail] of [[undefined, /Missing Authentication/], ['wrong-key', /User not found/]] as const) {
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
