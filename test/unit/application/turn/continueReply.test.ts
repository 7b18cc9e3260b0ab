import assert from 'node:assert/strict';
import { type Conversation, type Message, continuedCost, siblingsOf } from '../../../../src/domain/conversation';
import type { FailureCode } from '../../../../src/domain/failure';
import { type ConversationId, type MessageId, messageId, modelId } from '../../../../src/domain/ids';
import { nanoUsd, parseDecimal } from '../../../../src/domain/money';
import { CONTINUE_REQUEST, OMISSION_MARKER } from '../../../../src/domain/prompt';
import { parseSearch } from '../../../../src/domain/searchParser';
import type { TestCore } from '../../../support/testCore';
import { ScriptedProvider, type Step, aModel, reply, usage } from '../../../support/scriptedProvider';
import { aPanel } from '../panelWithoutPage';
import { NOWHERE, TestCores, asked, eventually, found, refusal, texts } from '../useCases';

const opened: Step = { type: 'opened', generationId: null };
const text = (piece: string): Step => ({ type: 'text', text: piece });
const billed = (cost: string): Step => ({ type: 'usage', usage: usage(12, 4), cost: parseDecimal(cost)! });
const failed = (code: FailureCode, httpStatus?: number): Step => ({
  type: 'ended',
  outcome: {
    kind: 'failed',
    sent: true,
    failure: { code, detail: '', ...(httpStatus === undefined ? {} : { httpStatus }) },
  },
});
/** A connection that breaks after its bill came. */
const cut = (...pieces: readonly string[]): Step[] => [
  opened,
  ...pieces.map(text),
  billed('0.00001'),
  failed('TRUNCATED'),
];
const atLength = (piece: string): Step[] =>
  reply(piece, '0.00001', null).map((step) => (step.type === 'finished' ? { ...step, reason: 'length' } : step));

const PREFILLED = modelId('anthropic/claude-sonnet-4.5');

describe('a continued reply', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  /** A question whose reply came to `first`. */
  async function begun(
    first: readonly Step[] = cut('hel'),
    options: Parameters<typeof cores.make>[0] = {},
  ): Promise<{ p: TestCore; id: ConversationId; question: MessageId; old: MessageId }> {
    const p = cores.make(options);
    p.provider.script = first;
    const { id, question, reply: old } = await asked(p, 'Say hello');
    return { p, id, question, old };
  }

  async function continued(
    p: TestCore,
    id: ConversationId,
    from: MessageId,
    script: readonly Step[],
  ): Promise<Message> {
    p.provider.script = script;
    const turn = await p.orchestrator.continueReply(id, from);
    await turn.done;
    return messageOf(await found(p, id), turn.replyId);
  }

  const endings: readonly (readonly [string, readonly Step[], string, string | undefined])[] = [
    ['was cut', cut('hel'), 'interrupted', undefined],
    ['ran into its length limit', atLength('hel'), 'complete', 'length'],
    ['failed half way', [opened, text('hel'), billed('0.00001'), failed('UPSTREAM', 502)], 'failed', undefined],
  ];
  for (const [how, script, state, finishReason] of endings) {
    it(`goes on from one that ${how}, as its sibling, and both costs stay`, async () => {
      const { p, id, question, old } = await begun(script);
      const before = messageOf(await found(p, id), old);
      assert.deepEqual([before.state, before.finishReason, before.content], [state, finishReason, 'hel']);
      const next = await continued(p, id, old, reply('lo'));
      assert.deepEqual([next.content, next.state, next.parentId, next.continues], ['hello', 'complete', question, old]);
      assert.deepEqual(next.cost, { costNanoUsd: 64_000, source: 'reported' });
      const conversation = await found(p, id);
      assert.deepEqual(messageOf(conversation, old), before);
      assert.deepEqual(
        siblingsOf(conversation, next).map((m) => m.id),
        [old, next.id],
      );
      assert.deepEqual(await texts(p, id), ['Say hello', 'hello']);
      assert.equal(conversation.costNanoUsd, 74_000);
      assert.deepEqual(continuedCost(conversation, next), { costNanoUsd: 10_000, source: 'reported' });
      assert.equal(continuedCost(conversation, before), undefined);
      await p.ledger.refresh();
      assert.deepEqual([p.ledger.summary().todayNanoUsd, p.ledger.summary().pendingNanoUsd], [74_000, 0]);
    });
  }

  it('continues a stopped reply, whose unknown bill is not zero', async () => {
    const p = cores.make({ provider: new ScriptedProvider([opened, text('hel'), { type: 'untilAborted' }]) });
    const turn = await p.orchestrator.send({ conversationId: null, text: 'Say hello', attachments: [] });
    const { conversationId: id, replyId } = turn;
    await eventually(async () => (await texts(p, id))[1] === 'hel', 'the text is there');
    assert.deepEqual(await refusal(p.orchestrator.continueReply(id, replyId)), { code: 'BUSY' });
    await p.orchestrator.stop(id);
    const next = await continued(p, id, replyId, reply('lo'));
    assert.equal(next.content, 'hello');
    assert.deepEqual(continuedCost(await found(p, id), next), { costNanoUsd: null, source: 'pending' });
  });

  it('sends only the text to a model with prefill, and an instruction to others', async () => {
    const models = [aModel(), aModel({ id: PREFILLED })];
    for (const model of models) {
      const provider = new ScriptedProvider(cut('hel \n'));
      provider.models = models;
      const { p, id, old } = await begun(provider.script, { provider, settings: { defaultModel: model.id } });
      assert.equal((await continued(p, id, old, reply('lo'))).content, 'hel \nlo');
      const asked = [
        { role: 'user', content: 'Say hello' },
        { role: 'assistant', content: 'hel' },
      ];
      assert.deepEqual(
        provider.requests[1]?.turns,
        model.id === PREFILLED ? asked : [...asked, { role: 'user', content: CONTINUE_REQUEST }],
      );
    }
  });

  it('asks the model that the conversation has now', async () => {
    const provider = new ScriptedProvider(cut('hel'));
    provider.models = [aModel(), aModel({ id: PREFILLED })];
    const { p, id, old } = await begun(provider.script, { provider });
    await p.orchestrator.chooseModel(id, PREFILLED);
    const next = await continued(p, id, old, [opened, text('lo'), failed('TRUNCATED')]);
    assert.deepEqual(
      [provider.requests[1]?.model, provider.requests[1]?.turns.length, next.model],
      [PREFILLED, 2, PREFILLED],
    );
  });

  it('reserves for the text that it sends again', async () => {
    const { p, id } = await begun(reply('An earlier reply'));
    p.provider.script = cut('x'.repeat(4_000));
    const { reply: from } = await asked(p, 'Something long', id);
    await continued(p, id, from, reply('lo'));
    const [, first, second] = (await p.store.spendEvents()).events.flatMap((e) =>
      e.type === 'spend.reserved' ? [e] : [],
    );
    // A quarter of the characters, and 4 for each of two messages more.
    assert.equal(
      (second?.quote?.promptTokens ?? 0) - (first?.quote?.promptTokens ?? 0),
      1_000 + Math.ceil(CONTINUE_REQUEST.length / 4) + 8,
    );
    // By its bytes and 16 a message, at $3 a million.
    assert.equal(
      (second?.worstCaseNanoUsd ?? 0) - (first?.worstCaseNanoUsd ?? 0),
      (4_000 + CONTINUE_REQUEST.length + 32) * 3_000,
    );
  });

  it('keeps the question and the text in a small window, drops older turns, and refuses what cannot fit', async () => {
    const p = cores.make({ settings: { reserveTokens: 100 } });
    p.provider.models = [aModel({ contextLength: 1_000 })];
    const { id } = await asked(p, 'a'.repeat(1_600));
    p.provider.script = cut('b'.repeat(2_000));
    const { reply: from } = await asked(p, 'Now long', id);
    const next = await continued(p, id, from, reply('c'));
    assert.deepEqual(p.provider.requests[2]?.turns, [
      { role: 'system', content: OMISSION_MARKER },
      { role: 'user', content: 'Now long' },
      { role: 'assistant', content: 'b'.repeat(2_000) },
      { role: 'user', content: CONTINUE_REQUEST },
    ]);
    assert.equal(next.omittedMessages, 2);
    p.provider.models = [aModel({ contextLength: 400 })];
    await p.catalogue.list({ refresh: true });
    assert.equal((await refusal(p.orchestrator.continueReply(id, from))).code, 'CONTEXT_TOO_LONG');
  });

  it('has its beginning on disk before the request goes out, and its text within a second', async () => {
    const { p, id, old } = await begun();
    const seen: (readonly string[])[] = [];
    p.provider.stream = async function* () {
      const other = cores.make({ directory: p.directory });
      seen.push(await texts(other, id));
      yield { type: 'text', text: 'lo' };
      yield { type: 'text', text: '!'.repeat(5_000) };
      await eventually(
        async () =>
          (await other.store.load(id))?.messages.size === 3 &&
          (await texts(cores.make({ directory: p.directory }), id))[1] === `hello${'!'.repeat(5_000)}`,
        'the text is stored',
      );
      yield { type: 'ended', outcome: { kind: 'aborted' } };
    };
    const turn = await p.orchestrator.continueReply(id, old);
    await turn.done;
    assert.deepEqual(seen, [['Say hello', 'hel']]);
    assert.deepEqual(await texts(p, id), ['Say hello', `hello${'!'.repeat(5_000)}`]);
  });

  it('can be continued itself, and counts what all its parts cost', async () => {
    const { p, id, old } = await begun(cut('One, '));
    const second = await continued(p, id, old, cut('two, '));
    const third = await continued(p, id, second.id, reply('three'));
    assert.equal(third.content, 'One, two, three');
    assert.deepEqual(p.provider.requests[2]?.turns.slice(1), [
      { role: 'assistant', content: 'One, two,' },
      { role: 'user', content: CONTINUE_REQUEST },
    ]);
    const conversation = await found(p, id);
    assert.deepEqual(continuedCost(conversation, third), { costNanoUsd: 20_000, source: 'reported' });
    assert.deepEqual(
      siblingsOf(conversation, third).map((m) => m.content),
      ['One, ', 'One, two, ', 'One, two, three'],
    );
  });

  const failures: readonly (readonly [string, readonly Step[], string, string])[] = [
    ['before anything came', [failed('UPSTREAM', 500)], 'failed', 'hel'],
    ['after some text', [opened, text('lo'), failed('UPSTREAM', 502)], 'failed', 'hello'],
    ['with a cut', [opened, text('lo'), failed('TRUNCATED')], 'interrupted', 'hello'],
  ];
  for (const [when, script, state, content] of failures) {
    it(`keeps everything when it fails ${when}, and can be tried again from there`, async () => {
      const { p, id, old } = await begun();
      const next = await continued(p, id, old, script);
      assert.deepEqual([next.state, next.content], [state, content]);
      assert.equal(messageOf(await found(p, id), old).content, 'hel');
      assert.equal((await continued(p, id, next.id, reply(' there'))).content, `${content} there`);
    });
  }

  const said = 'It read events from a socket and dropped the last one.';
  const ends: readonly (readonly [string, readonly Step[], string])[] = [
    [
      'the end',
      [opened, ...[...` ${said} So.`].map(text), { type: 'ended', outcome: { kind: 'complete' } }],
      `Well. ${said} So.`,
    ],
    [
      'a cut in what looks like a repetition',
      [opened, text('Well. It read events'), failed('TRUNCATED')],
      `Well. ${said}Well. It read events`,
    ],
    [
      'a stop in it',
      [opened, text('read events from'), { type: 'ended', outcome: { kind: 'aborted' } }],
      `Well. ${said}read events from`,
    ],
  ];
  for (const [what, script, expected] of ends) {
    it(`shows withheld text at ${what}`, async () => {
      const { p, id, old } = await begun(cut(`Well. ${said}`));
      const next = await continued(p, id, old, script);
      assert.equal(next.content, expected);
      assert.equal((await p.store.load(id))?.messages.get(next.id)?.content, expected);
      const told = p.events.flatMap((e) =>
        e.type === 'conversationChanged' && e.change.type === 'reply.appended' ? [e.change.content] : [],
      );
      assert.ok(!told.includes(''), 'withheld text is not emitted');
    });
  }

  it('keeps the reasoning of both, each its own paragraph', async () => {
    const thought = (piece: string): Step => ({ type: 'reasoning', text: piece });
    const { p, id, old } = await begun([opened, thought('First.'), text('hel'), failed('TRUNCATED')]);
    const pieces: (readonly [number, string, number, string])[] = [];
    const commit = p.store.commit.bind(p.store);
    p.store.commit = (events) => {
      for (const e of events)
        if (e.type === 'reply.appended') pieces.push([e.contentOffset, e.content, e.reasoningOffset, e.reasoning]);
      return commit(events);
    };
    const next = await continued(p, id, old, [
      opened,
      thought('Then '),
      thought('more.'),
      text('lo'),
      failed('TRUNCATED'),
    ]);
    assert.deepEqual([next.reasoning, next.content], ['First.\n\nThen more.', 'hello']);
    assert.equal((await p.store.load(id))?.messages.get(next.id)?.reasoning, 'First.\n\nThen more.');
    const again = await continued(p, id, next.id, [opened, text('!'), failed('TRUNCATED')]);
    assert.equal(again.reasoning, 'First.\n\nThen more.');
    const stored = [
      [0, 'hel', 0, 'First.'],
      [3, 'lo', 6, '\n\nThen more.'],
      [0, 'hello', 0, 'First.\n\nThen more.'],
      [5, '!', 18, ''],
    ];
    assert.deepEqual(pieces, stored, 'what the old one said is stored once for each reply that begins with it');
  });

  it('is the same after a restart, in a fork and in the search', async () => {
    const { p, id, old } = await begun(cut('Alpha be'));
    const next = await continued(p, id, old, reply('ta gamma'));
    const other = cores.make({ directory: p.directory });
    assert.deepEqual(stored(await found(other, id)), stored(await found(p, id)));
    const fork = await p.branches.fork(next.id, id);
    assert.deepEqual(await texts(p, fork), ['Say hello', 'Alpha beta gamma']);
    const hits = async (word: string) =>
      (await other.conversations.search(parseSearch(word, 10))).hits.map((hit) => hit.messageId).sort();
    assert.deepEqual(await hits('gamma'), [next.id]);
    assert.deepEqual(await hits('alpha'), [next.id, old].sort());
  });

  it('goes on from a shared reply in a fork as the fork’s own', async () => {
    const { p, id, old } = await begun(cut('hel'));
    const fork = await p.branches.fork(old, id);
    const next = await continued(p, fork, old, reply('lo'));
    assert.deepEqual([next.conversationId, next.content, next.continues], [fork, 'hello', old]);
    assert.deepEqual(
      [await texts(p, fork), await texts(p, id)],
      [
        ['Say hello', 'hello'],
        ['Say hello', 'hel'],
      ],
    );
    assert.deepEqual(continuedCost(await found(p, fork), next), { costNanoUsd: 10_000, source: 'reported' });
    assert.equal((await found(p, fork)).costNanoUsd, 64_000);
  });

  describe('is refused, and nothing is stored or sent,', () => {
    const refusals: readonly (readonly [
      string,
      readonly Step[],
      (p: TestCore, id: ConversationId, question: MessageId, old: MessageId) => Promise<unknown>,
      object,
    ])[] = [
      [
        'for a reply that came to its end',
        reply('Hello'),
        (p, id, _, old) => p.orchestrator.continueReply(id, old),
        { code: 'NOTHING_TO_CONTINUE' },
      ],
      [
        'for one without text',
        cut(),
        (p, id, _, old) => p.orchestrator.continueReply(id, old),
        { code: 'NOTHING_TO_CONTINUE' },
      ],
      [
        'for one of white space',
        cut(' \n'),
        (p, id, _, old) => p.orchestrator.continueReply(id, old),
        { code: 'NOTHING_TO_CONTINUE' },
      ],
      [
        'for a question',
        cut('hel'),
        (p, id, question) => p.orchestrator.continueReply(id, question),
        { code: 'NOT_FOUND', what: 'message' },
      ],
      [
        'for a reply that is not there',
        cut('hel'),
        (p, id) => p.orchestrator.continueReply(id, messageId('nobody')),
        { code: 'NOT_FOUND', what: 'message' },
      ],
      [
        'for a conversation that is not there',
        cut('hel'),
        (p, _id, _, old) => p.orchestrator.continueReply(NOWHERE, old),
        { code: 'NOT_FOUND', what: 'conversation' },
      ],
      [
        'without money left',
        cut('hel'),
        (p, id, _, old) => {
          p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: nanoUsd(20_000) };
          return p.orchestrator.continueReply(id, old);
        },
        { code: 'BUDGET_EXCEEDED' },
      ],
    ];
    for (const [what, script, act, expected] of refusals) {
      it(what, async () => {
        const { p, id, question, old } = await begun(script);
        const before = stored(await found(p, id));
        const { code, ...more } = await refusal(act(p, id, question, old));
        assert.deepEqual('what' in expected ? { code, ...more } : { code }, expected);
        assert.deepEqual([stored(await found(p, id)), p.provider.requests.length], [before, 1]);
        assert.equal(p.ledger.summary().reservedNanoUsd, 0);
      });
    }
  });

  it('is asked for by the panel’s button and by a notice’s', async () => {
    const { p, id, old } = await begun(cut('One, '));
    const panel = aPanel(p);
    await panel.session.show(id);
    await panel.session.ready(true);
    p.provider.script = cut('two, ');
    assert.deepEqual(await panel.requests.answer({ type: 'continueReply', requestId: 'r-1', entryId: old }), {
      kind: 'ok',
    });
    assert.equal(panel.view().conversation.entries.at(-1)?.continues, old, 'it is shown with the answer');
    await panel.settled();
    const second = panel.view().conversation.entries.at(-1);
    assert.deepEqual([second?.content, second?.siblingNumber, second?.continues], ['One, two, ', 2, old]);
    p.provider.script = reply('three');
    assert.deepEqual(
      await panel.requests.answer({
        type: 'noticeAction',
        requestId: 'r-2',
        action: 'continueReply',
        entryId: second?.id ?? null,
      }),
      { kind: 'ok' },
    );
    await panel.settled();
    assert.deepEqual(
      panel.view().conversation.entries.map((e) => e.content),
      ['Say hello', 'One, two, three'],
    );
    for (const entryId of [null, second?.id ?? '', 'nobody']) {
      p.provider.script = [{ type: 'untilAborted' }];
      const answer = await panel.requests.answer({
        type: 'noticeAction',
        requestId: 'r-3',
        action: 'continueReply',
        entryId,
      });
      assert.equal(answer.kind, entryId === second?.id ? 'ok' : 'refused');
      await p.orchestrator.stop(id);
    }
    await panel.session.show(null);
    assert.equal(
      (await panel.requests.answer({ type: 'continueReply', requestId: 'r-4', entryId: old })).kind,
      'refused',
    );
  });
});

const messageOf = (conversation: Conversation, id: MessageId): Message =>
  conversation.messages.get(id) ?? assert.fail(`no ${id}`);

const stored = (conversation: Conversation): unknown => ({
  ...conversation,
  messages: [...conversation.messages.values()],
});
