import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type Refusal, RefusedError } from '../../../../src/domain/failure';
import { conversationId, generationId, modelId } from '../../../../src/domain/ids';
import { nanoUsd, parseDecimal } from '../../../../src/domain/money';
import { OMISSION_MARKER } from '../../../../src/domain/prompt';
import { type TestCore, type TestCoreOptions, testCore } from '../../../support/testCore';
import { ScriptedProvider, type Step, aModel, reply, usage } from '../../../support/scriptedProvider';

describe('orchestrator', () => {
  const open: TestCore[] = [];
  const core = (options?: TestCoreOptions): TestCore => {
    const made = testCore(options);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of open.splice(0)) {
      await made.dispose();
      rmSync(made.directory, { recursive: true, force: true });
    }
  });
  const send = (p: TestCore, text: string, id: string | null = null) =>
    p.orchestrator.send({ conversationId: id === null ? null : conversationId(id), text, attachments: [] });
  const refusal = async (promise: Promise<unknown>): Promise<Refusal> => {
    const error: unknown = await promise.then(
      () => assert.fail('was not refused'),
      (e: unknown) => e,
    );
    assert.ok(error instanceof RefusedError, String(error));
    return error.refusal;
  };
  const branch = async (p: TestCore, id: string) => (await p.conversations.activeBranch(conversationId(id))) ?? [];

  it('streams, prices and stores a turn that another window then reads', async () => {
    const p = core();
    const turn = await send(p, 'Why?');
    await turn.done;
    const other = core({ directory: p.directory });
    const [question, answer] = await branch(other, turn.conversationId);
    assert.deepEqual([question?.role, question?.content, question?.state], ['user', 'Why?', 'complete']);
    assert.deepEqual(
      [answer?.role, answer?.content, answer?.state, answer?.provider],
      ['assistant', 'Hello', 'complete', 'Anthropic'],
    );
    assert.deepEqual(answer?.cost, { costNanoUsd: 64_000, source: 'reported' });
    assert.deepEqual([answer?.usage?.promptTokens, answer?.finishReason, answer?.generationId], [12, 'stop', 'gen-1']);
    const [listed] = await other.conversations.list();
    assert.deepEqual(
      [listed?.title, listed?.runNumber, listed?.costNanoUsd, listed?.totalTokens],
      ['Why?', 1, 64_000, 16],
    );
    await other.ledger.refresh();
    assert.deepEqual([other.ledger.summary().todayNanoUsd, other.ledger.summary().pendingNanoUsd], [64_000, 0]);
  });

  it('has the question and the reservation on disk before the request goes out', async () => {
    const provider = new ScriptedProvider();
    const p = core({ provider });
    let onDisk: string[] = [];
    provider.stream = async function* () {
      const other = core({ directory: p.directory });
      const [listed] = await other.conversations.list();
      onDisk = [
        ...(await branch(other, listed?.id ?? '')).map((m) => m.content),
        ...(await other.store.spendEvents()).events.map((e) => e.type),
      ];
      yield { type: 'ended', outcome: { kind: 'complete' } } as const;
    };
    await (
      await send(p, 'First')
    ).done;
    assert.deepEqual(onDisk, ['First', '', 'spend.reserved']);
  });

  it('sends the whole branch, the cap and no temperature unless one is set', async () => {
    const p = core();
    const first = await send(p, 'One');
    await first.done;
    await (
      await send(p, 'Two', first.conversationId)
    ).done;
    assert.deepEqual(p.provider.requests[1], {
      model: 'anthropic/claude-sonnet-5',
      turns: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Two' },
      ],
      maxTokens: 1000,
      ceiling: { prompt: parseDecimal('0.000003'), completion: parseDecimal('0.000015') },
    });
  });

  const refused: readonly (readonly [string, TestCoreOptions, string, Refusal['code']])[] = [
    ['nothing', {}, '', 'EMPTY_INPUT'],
    ['white space', {}, ' \n\t ', 'EMPTY_INPUT'],
    ['32,001 characters', {}, 'x'.repeat(32_001), 'INPUT_TOO_LONG'],
    ['without a key', { connection: { key: undefined } }, 'Hi', 'NO_KEY'],
    ['an unlisted model', { settings: { defaultModel: modelId('no/such') } }, 'Hi', 'NOT_FOUND'],
    [
      'more than the window holds',
      { provider: withModel({ contextLength: 600 }) },
      'x'.repeat(2000),
      'CONTEXT_TOO_LONG',
    ],
    ['a model without a price', { provider: withModel({ price: null }) }, 'Hi', 'PRICE_UNKNOWN'],
    [
      'what the day’s limit does not cover',
      { settings: { dailyLimitNanoUsd: nanoUsd(1_000_000) } },
      'Hi',
      'BUDGET_EXCEEDED',
    ],
    [
      'what the month’s limit does not cover',
      { settings: { monthlyLimitNanoUsd: nanoUsd(1_000_000) } },
      'Hi',
      'BUDGET_EXCEEDED',
    ],
  ];
  for (const [name, options, text, code] of refused) {
    it(`refuses ${name}, sends nothing and stores no message`, async () => {
      const p = core(options);
      assert.equal((await refusal(send(p, text))).code, code);
      assert.deepEqual(p.provider.requests, []);
      assert.deepEqual(await p.conversations.list(), []);
      await p.ledger.refresh();
      assert.deepEqual([p.ledger.summary().pendingNanoUsd, p.ledger.summary().reservedNanoUsd], [0, 0]);
    });
  }

  it('takes exactly 32,000 characters', async () => {
    const p = core();
    await (
      await send(p, 'x'.repeat(32_000))
    ).done;
    assert.equal(p.provider.requests.length, 1);
  });

  it('says which list failed when no price is known', async () => {
    const provider = new ScriptedProvider();
    provider.listResult = {
      kind: 'failed',
      failure: { code: 'NETWORK', detail: 'connection refused', host: '127.0.0.1' },
    };
    const r = await refusal(send(core({ provider }), 'Hi'));
    assert.ok(r.code === 'PRICE_UNKNOWN' && r.listFailure?.code === 'NETWORK');
  });

  it('sends to a model of unknown price once that was accepted, in that conversation only', async () => {
    const p = core({ provider: withModel({ price: null }) });
    p.orchestrator.acceptUnknownPrice(null);
    const turn = await send(p, 'Hi');
    await turn.done;
    await (
      await send(p, 'Again', turn.conversationId)
    ).done;
    assert.equal((await refusal(send(p, 'Other'))).code, 'PRICE_UNKNOWN');
  });

  it('refuses a double click and a second send while one streams; other conversations go on', async () => {
    const p = core({
      settings: { minIntervalMs: 60_000 },
      provider: new ScriptedProvider([{ type: 'untilAborted' }]),
    });
    const turn = await send(p, 'One');
    assert.equal((await refusal(send(p, 'Two', turn.conversationId))).code, 'BUSY');
    assert.equal((await refusal(send(p, 'One'))).code, 'TOO_SOON');
    const other = await p.orchestrator.create({ title: 'Other' });
    await send(p, 'Three', other);
    await p.orchestrator.stop(turn.conversationId);
    assert.equal((await refusal(send(p, 'Four', turn.conversationId))).code, 'TOO_SOON');
  });

  it('lets only one of two simultaneous sends through', async () => {
    const p = core();
    const id = await p.orchestrator.create();
    const results = await Promise.allSettled([send(p, 'A', id), send(p, 'B', id)]);
    assert.deepEqual(results.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
  });

  const endings: readonly (readonly [
    string,
    readonly Step[],
    { state: string; code?: string; source: string; content: string; pending: boolean },
  ])[] = [
    [
      'a cost that was not reported',
      reply('Hello', null),
      { state: 'complete', source: 'pending', content: 'Hello', pending: true },
    ],
    [
      'a cost without a record',
      reply('Hello', null, null),
      { state: 'complete', source: 'estimated', content: 'Hello', pending: false },
    ],
    [
      'a cut',
      [opened(), text('Par'), ended('TRUNCATED')],
      { state: 'interrupted', code: 'TRUNCATED', source: 'pending', content: 'Par', pending: true },
    ],
    [
      'a stall',
      [opened(), text('Par'), ended('STALLED')],
      { state: 'interrupted', code: 'STALLED', source: 'pending', content: 'Par', pending: true },
    ],
    [
      'an error in mid-stream',
      [opened(), text('Par'), ended('UPSTREAM', 502)],
      { state: 'failed', code: 'UPSTREAM', source: 'pending', content: 'Par', pending: true },
    ],
    [
      'a wrong key',
      [ended('AUTH', 401)],
      { state: 'failed', code: 'AUTH', source: 'unknown', content: '', pending: false },
    ],
    [
      'a gateway timeout',
      [ended('TIMEOUT', 504)],
      { state: 'failed', code: 'TIMEOUT', source: 'pending', content: '', pending: true },
    ],
    [
      'a stream that just ends',
      [opened(), text('Par')],
      { state: 'interrupted', code: 'TRUNCATED', source: 'pending', content: 'Par', pending: true },
    ],
    [
      'usage and then a cut',
      [opened(null), text('Par'), { type: 'usage', usage: usage(1, 1), cost: null }, ended('TRUNCATED')],
      { state: 'interrupted', code: 'TRUNCATED', source: 'estimated', content: 'Par', pending: false },
    ],
  ];
  for (const [name, script, expected] of endings) {
    it(`ends ${name} in a defined state with its text and its money`, async () => {
      const p = core({ provider: new ScriptedProvider(script) });
      const turn = await send(p, 'Hi');
      await turn.done;
      const other = core({ directory: p.directory });
      const answer = (await branch(other, turn.conversationId)).at(-1);
      assert.deepEqual(
        [answer?.state, answer?.failure?.code, answer?.cost.source, answer?.content],
        [expected.state, expected.code, expected.source, expected.content],
      );
      await other.ledger.refresh();
      assert.equal(other.ledger.summary().pendingNanoUsd > 0, expected.pending);
      assert.deepEqual(p.ledger.summary(), other.ledger.summary());
    });
  }

  it('keeps the text of a stopped reply and leaves its money pending', async () => {
    const p = core({ provider: new ScriptedProvider([opened(), text('Half'), { type: 'untilAborted' }]) });
    const turn = await send(p, 'Hi');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await p.orchestrator.stop(turn.conversationId), true);
    assert.equal(await p.orchestrator.stop(turn.conversationId), false);
    const answer = (await branch(p, turn.conversationId)).at(-1);
    assert.deepEqual(
      [answer?.state, answer?.content, answer?.cost],
      ['cancelled', 'Half', { costNanoUsd: null, source: 'pending' }],
    );
    assert.ok(p.ledger.summary().pendingNanoUsd > 0);
  });

  it('stores partial text within a second, so that a crash leaves it', async () => {
    const p = core({ provider: new ScriptedProvider([opened(), text('Half'), { type: 'untilAborted' }]) });
    const turn = await send(p, 'Hi');
    const asReadAfterACrash = async () => (await branch(core({ directory: p.directory }), turn.conversationId)).at(-1);
    let answer = await asReadAfterACrash();
    // The limit is a second; a busy machine gets more before this counts as a failure.
    for (let tries = 0; answer?.content === '' && tries < 20; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      answer = await asReadAfterACrash();
    }
    // Its window is alive, so other windows see it stream; with its window gone it would be interrupted.
    assert.deepEqual([answer?.state, answer?.content], ['streaming', 'Half']);
  });

  it('drops the oldest turns for a small window, marks the place and says how many', async () => {
    const p = core({
      provider: withModel({ contextLength: 1200 }),
      settings: { maxOutputTokens: 100, reserveTokens: 100 },
    });
    const first = await send(p, 'a'.repeat(2000));
    await first.done;
    const second = await send(p, 'b'.repeat(2000), first.conversationId);
    await second.done;
    const third = await send(p, 'c'.repeat(2000), first.conversationId);
    await third.done;
    const turns = p.provider.requests[2]?.turns ?? [];
    assert.deepEqual(
      turns.map((t) => `${t.role} ${t.content.slice(0, 8)}`),
      [`system ${OMISSION_MARKER.slice(0, 8)}`, 'user bbbbbbbb', 'assistant Hello', 'user cccccccc'],
    );
    assert.equal((await branch(p, first.conversationId)).at(-1)?.omittedMessages, 2);
  });

  it('asks again as a sibling without repeating the question', async () => {
    const p = core();
    const turn = await send(p, 'Hi');
    await turn.done;
    const again = await p.orchestrator.regenerate(turn.conversationId, turn.replyId);
    await again.done;
    const conversation = await p.conversations.get(turn.conversationId);
    assert.deepEqual((await branch(p, turn.conversationId)).map((m) => m.id).slice(1), [again.replyId]);
    assert.equal(conversation?.messages.size, 3);
    assert.equal(conversation?.costNanoUsd, 128_000);
    assert.deepEqual(p.provider.requests[1], p.provider.requests[0]);
  });

  // Earlier versions stored the second title.
  for (const title of [undefined, 'Untitled run']) {
    it(`names an empty conversation after its first question (title ${title ?? 'by default'})`, async () => {
      const p = core();
      const id = await p.orchestrator.create({ systemPrompt: 'Be brief.', ...(title && { title }) });
      assert.equal((await p.conversations.get(id))?.title, title ?? 'Untitled conversation');
      const turn = await send(p, 'What is SSE?', id);
      await turn.done;
      assert.equal((await p.conversations.get(id))?.title, 'What is SSE?');
      assert.deepEqual(p.provider.requests[0]?.turns[0], { role: 'system', content: 'Be brief.' });
    });
  }

  it('keeps the title that the user gave an empty conversation', async () => {
    const p = core();
    const id = await p.orchestrator.create({ title: 'SSE' });
    const turn = await send(p, 'What is SSE?', id);
    await turn.done;
    assert.equal((await p.conversations.get(id))?.title, 'SSE');
  });

  it('refuses to send into a conversation that does not exist', async () => {
    assert.equal((await refusal(send(core(), 'Hi', 'nowhere'))).code, 'NOT_FOUND');
  });
});

function withModel(overrides: Parameters<typeof aModel>[0]): ScriptedProvider {
  const provider = new ScriptedProvider();
  provider.models = [aModel(overrides)];
  return provider;
}

function opened(id: string | null = 'gen-1'): Step {
  return { type: 'opened', generationId: id === null ? null : generationId(id) };
}

function text(part: string): Step {
  return { type: 'text', text: part };
}

function ended(
  code: 'TRUNCATED' | 'STALLED' | 'UPSTREAM' | 'AUTH' | 'NETWORK' | 'TIMEOUT',
  httpStatus?: number,
  sent = true,
): Step {
  return {
    type: 'ended',
    outcome: {
      kind: 'failed',
      sent,
      failure: { code, detail: '', ...(httpStatus === undefined ? {} : { httpStatus }) },
    },
  };
}
