import assert from 'node:assert/strict';
import type { FailureCode } from '../../../../src/domain/failure';
import { modelId } from '../../../../src/domain/ids';
import { parseDecimal } from '../../../../src/domain/money';
import type { ModelPrice } from '../../../../src/domain/price';
import type { Telemetry, TelemetryQuery } from '../../../../src/domain/telemetry';
import type { NoticeAction } from '../../../../src/protocol/views';
import { ScriptedProvider, aModel, reply, type Step } from '../../../support/scriptedProvider';
import { aPanel } from '../panelWithoutPage';
import { TestCores, eventually } from '../useCases';

const price = (prompt: string, completion: string, request = '0'): ModelPrice => ({
  prompt: parseDecimal(prompt)!,
  completion: parseDecimal(completion)!,
  request: parseDecimal(request)!,
});
const failing = (code: FailureCode, detail = ''): Step[] => [
  { type: 'ended', outcome: { kind: 'failed', sent: true, failure: { code, detail, httpStatus: 400 } } },
];

const OTHER = modelId('openai/y');

describe('what a notice offers', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  /** A reply that failed as told, with a chain of one model at that price. */
  const failed = async (
    code: FailureCode,
    detail = '',
    otherPrice: ModelPrice | null = price('0.000002', '0.000010'),
  ) => {
    const provider = new ScriptedProvider(failing(code, detail));
    provider.models = [aModel(), aModel({ id: OTHER, price: otherPrice })];
    const p = cores.make({ provider, settings: { fallbackModels: [aModel().id, OTHER] } });
    const t = aPanel(p);
    await t.session.ready(true);
    await t.requests.answer({ type: 'send', requestId: 'r', clientMessageId: 'c', text: 'Why?' });
    await t.settled();
    const entryId = t.view().conversation.entries.at(-1)!.id;
    provider.script = reply('It works');
    t.actions.calls.length = 0;
    const act = (action: NoticeAction, id: string | null = entryId) =>
      t.requests.answer({ type: 'noticeAction', requestId: 'r', action, entryId: id });
    return { ...t, p, provider, act };
  };

  const asked = (t: Awaited<ReturnType<typeof failed>>) => t.provider.requests.map((request) => request.model);

  it('switchModel asks the next of the chain that was not asked yet, at once where it is no dearer, and for this reply only', async () => {
    const t = await failed('UPSTREAM');
    assert.deepEqual(await t.act('switchModel'), { kind: 'ok' });
    await t.settled();
    assert.deepEqual(
      [asked(t), t.actions.calls, t.view().model.id],
      [['anthropic/claude-sonnet-5', OTHER], [], 'anthropic/claude-sonnet-5'],
    );
  });

  const dearer: readonly [string, ModelPrice][] = [
    ['tokens of the prompt', price('0.0000031', '0.000015')],
    ['tokens of the reply', price('0.000001', '0.000016')],
    ['requests', price('0.000001', '0.000001', '0.001')],
  ];
  for (const [what, otherPrice] of dearer) {
    it(`switchModel asks the person where ${what} are dearer`, async () => {
      const t = await failed('UPSTREAM', '', otherPrice);
      assert.deepEqual(await t.act('switchModel'), { kind: 'ok' });
      await eventually(() => asked(t).length === 2, 'it is asked');
      assert.match(
        t.actions.calls[0] ?? '',
        /^more expensive openai\/y \S+ \$\/M.* than anthropic\/claude-sonnet-5 3\/15 \$\/M at most [1-9]\d+$/,
      );
      await t.settled();
    });
  }

  it('switchModel sends nothing when the person does not want it', async () => {
    const t = await failed('UPSTREAM', '', price('0.000004', '0.000016'));
    t.actions.consents = false;
    await t.act('switchModel');
    await eventually(() => t.actions.calls.length > 0, 'the question');
    await t.settled();
    assert.deepEqual([asked(t).length, t.view().conversation.entries.length], [1, 2]);
  });

  it('switchModel says why it cannot be: no price, or nobody left', async () => {
    const t = await failed('UPSTREAM', '', null);
    const answer = await t.act('switchModel');
    assert.deepEqual(
      [answer.kind === 'refused' && answer.notice.code, t.actions.calls, asked(t).length],
      ['PRICE_UNKNOWN', [], 1],
    );
    t.p.settings.value = { ...t.p.settings.value, fallbackModels: [aModel().id] };
    const none = await t.act('switchModel');
    assert.equal(none.kind === 'refused' && none.notice.code, 'NOT_FOUND');
  });

  it('shorten sends what fits the window that the provider named', async () => {
    const t = await failed(
      'CONTEXT_TOO_LONG',
      'maximum context length is 700 tokens. However, you requested about 1004 tokens',
    );
    assert.deepEqual(await t.act('shorten'), { kind: 'ok' });
    await t.settled();
    const [first, second] = t.provider.requests;
    assert.ok(first && second && first.maxTokens === 1000 && second.maxTokens < 700, `asked for ${second?.maxTokens}`);
    assert.equal(t.view().conversation.entries.at(-1)?.content, 'It works');
  });

  const nowhere: readonly [NoticeAction, string | null][] = [
    ['shorten', null],
    ['shorten', 'm-none'],
    ['switchModel', null],
    ['switchModel', 'm-none'],
  ];
  for (const [action, id] of nowhere) {
    it(`${action} of ${id} is refused`, async () => {
      const t = await failed('CONTEXT_TOO_LONG', 'no numbers');
      const answer = await t.act(action, id);
      assert.deepEqual([answer.kind === 'refused' && answer.notice.code, asked(t).length], ['NOT_FOUND', 1]);
    });
  }

  it('shorten without numbers is refused', async () => {
    const t = await failed('CONTEXT_TOO_LONG', 'no numbers');
    const answer = await t.act('shorten');
    assert.equal(answer.kind === 'refused' && answer.notice.code, 'NOT_FOUND');
  });
});

describe('a panel’s telemetry', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  const telemetry: Telemetry = {
    ended: { complete: 7, interrupted: 1, cancelled: 2, failed: 3 },
    failures: [{ code: 'OVERLOADED', ended: 1, retried: 4 }],
    partial: { count: 2, empty: 1, medianCharacters: 90 },
    firstToken: { counts: [1, 2, 3, 4, 5, 6, 7, 8, 9], medianMs: 400, p95Ms: 900 },
    tokensPerSecond: { count: 5, median: 80, p10: 30 },
  };

  for (const [scope, model] of [
    ['model', 'anthropic/claude-sonnet-5'],
    ['all', null],
  ] as const) {
    it(`asks the store about ${scope}, thirty days back, and names the failures`, async () => {
      const nowMs = Date.UTC(2026, 10, 21);
      const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
      const p = cores.make({ clock });
      const queries: TelemetryQuery[] = [];
      Object.assign(p.store, { telemetry: async (query: TelemetryQuery) => (queries.push(query), telemetry) });
      const t = aPanel(p, { clock });
      await t.session.ready(true);
      const answer = await t.requests.answer({ type: 'telemetry', requestId: 'r', scope });
      assert.deepEqual(queries, [{ sinceMs: Date.UTC(2026, 9, 22), model }]);
      assert.deepEqual(answer, {
        kind: 'telemetry',
        telemetry: {
          ...telemetry,
          failures: [{ code: 'OVERLOADED', label: 'named OVERLOADED', ended: 1, retried: 4 }],
          firstToken: { ...telemetry.firstToken, boundsMs: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000] },
        },
      });
    });
  }
});
