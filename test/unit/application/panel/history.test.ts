import assert from 'node:assert/strict';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { HISTORY_PAGE, type HostMessage, type PanelRequest } from '../../../../src/protocol/messages';
import type { PanelView } from '../../../../src/protocol/views';
import type { TestCoreOptions } from '../../../support/testCore';
import { Gate, ScriptedProvider, reply } from '../../../support/scriptedProvider';
import { aPanel, notice } from '../panelWithoutPage';
import { TestCores, asked, eventually } from '../useCases';

const requestId = 'r';
const send = (text: string): PanelRequest => ({ type: 'send', requestId, clientMessageId: text, text });

describe('panel and history', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());
  const panel = async (options?: TestCoreOptions) => {
    const p = cores.make(options);
    const made = aPanel(p);
    await made.session.ready(true);
    const ask = (request: PanelRequest) => made.requests.answer(request);
    const done = async (request: PanelRequest): Promise<void> => {
      assert.deepEqual(await ask(request), { kind: 'ok' }, request.type);
      await made.settled();
    };
    const contents = (): string[] => made.view().conversation.entries.map((e) => e.content);
    const entryId = (index: number): string =>
      made.view().conversation.entries.at(index)?.id ?? assert.fail(`no entry ${index}`);
    const id = (): string => made.view().conversation.id ?? assert.fail('no conversation');
    return { p, ...made, ask, done, contents, entryId, id };
  };
  const header = ({ conversation }: PanelView): unknown => [
    conversation.costText,
    conversation.branchCostText,
    conversation.tags,
    conversation.pinned,
    conversation.archived,
  ];
  const revealed = (posted: readonly HostMessage[]): readonly string[] =>
    posted.flatMap((m) => (m.type === 'reveal' ? [m.entryId] : []));

  it('numbers siblings, walks them, and tells the branch’s cost beside the conversation’s', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    assert.deepEqual(header(t.view()), ['$0.000064', '', [], false, false]);
    t.p.provider.script = reply('Other');
    await t.done({ type: 'regenerate', requestId, entryId: t.entryId(1) });
    assert.deepEqual(
      t.view().conversation.entries.map((e) => [e.content, e.siblingNumber, e.siblingCount, e.isInherited]),
      [
        ['Why?', 1, 1, false],
        ['Other', 2, 2, false],
      ],
    );
    assert.deepEqual(header(t.view()), ['$0.00013', '$0.000064', [], false, false]);
    await t.done({ type: 'chooseSibling', requestId, entryId: t.entryId(1), step: -1 });
    assert.deepEqual(t.contents(), ['Why?', 'Hello']);
    await t.done({ type: 'edit', requestId, clientMessageId: 'e', entryId: t.entryId(0), text: 'Why not?' });
    assert.deepEqual(
      t.view().conversation.entries.map((e) => [e.content, e.siblingNumber, e.siblingCount]),
      [
        ['Why not?', 2, 2],
        ['Other', 1, 1],
      ],
    );
    assert.deepEqual(t.view(), await t.fresh());
    assert.equal(t.resyncs(), 0);
  });

  it('edits once, however often it is asked, and again after a refusal', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const edit: PanelRequest = {
      type: 'edit',
      requestId,
      clientMessageId: 'same',
      entryId: t.entryId(0),
      text: 'Why not?',
    };
    const limit = t.p.settings.value.dailyLimitNanoUsd;
    t.p.settings.value = { ...t.p.settings.value, dailyLimitNanoUsd: t.p.ledger.summary().todayNanoUsd };
    assert.deepEqual(await t.ask(edit), { kind: 'refused', notice: notice('BUDGET_EXCEEDED') });
    t.p.settings.value = { ...t.p.settings.value, dailyLimitNanoUsd: limit };
    assert.deepEqual(
      (await Promise.all([t.ask(edit), t.ask(edit)])).map((a) => a.kind),
      ['ok', 'ok'],
    );
    await t.settled();
    assert.equal(t.p.provider.requests.length, 2);
    assert.deepEqual(t.contents(), ['Why not?', 'Hello']);
  });

  it('shows another panel of the conversation the new branch too', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const other = aPanel(t.p);
    await other.session.show(t.session.conversation);
    await other.session.ready(true);
    await t.done({ type: 'regenerate', requestId, entryId: t.entryId(1) });
    await other.settled();
    assert.deepEqual(other.view().conversation, t.view().conversation);
  });

  it('lets a reply go on unseen on another branch than the one that is shown', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const [goOn, end] = [new Gate(), new Gate()];
    t.p.provider.script = [
      { type: 'text', text: 'going' },
      { type: 'gate', gate: goOn },
      { type: 'text', text: ' on' },
      { type: 'gate', gate: end },
      { type: 'ended', outcome: { kind: 'complete' } },
    ];
    await t.ask({ type: 'regenerate', requestId, entryId: t.entryId(1) });
    await eventually(() => t.contents()[1] === 'going', 'it streams');
    const unseenReply = messageId(t.entryId(1));
    await t.ask({ type: 'chooseSibling', requestId, entryId: unseenReply, step: -1 });
    goOn.open();
    await eventually(
      () => t.p.conversations.known(conversationId(t.id()))?.messages.get(unseenReply)?.content === 'going on',
      'it goes on',
    );
    t.frame();
    end.open();
    await t.settled();
    assert.deepEqual(t.contents(), ['Why?', 'Hello']);
    const unseen = t.posted
      .flatMap((m) => (m.type === 'patch' ? m.changes : []))
      .filter(
        (c) => (c.type === 'entry' && c.entry.content.endsWith(' on')) || (c.type === 'text' && c.content === ' on'),
      );
    assert.deepEqual(unseen, []);
    assert.deepEqual(t.view().conversation, (await t.fresh()).conversation);
  });

  it('goes into a fork, names its source and follows the source’s name; a deleted source leaves it readable', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const source = t.id();
    const forkedAt = t.entryId(1);
    await t.done({ type: 'fork', requestId, entryId: forkedAt });
    assert.notEqual(t.id(), source);
    assert.deepEqual(t.view().conversation.forkedFrom, {
      conversationId: source,
      messageId: forkedAt,
      runLabel: 'R·0001',
      title: 'Why?',
    });
    await t.done(send('And?'));
    assert.deepEqual(
      t.view().conversation.entries.map((e) => [e.content, e.isInherited]),
      [
        ['Why?', true],
        ['Hello', true],
        ['And?', false],
        ['Hello', false],
      ],
    );
    assert.equal(t.view().conversation.costText, '$0.000064');
    await t.done({ type: 'rename', requestId, conversationId: source, title: 'Source' });
    assert.equal(t.view().conversation.forkedFrom?.title, 'Source');
    await t.done({ type: 'delete', requestId, conversationId: source, deleted: true });
    assert.deepEqual(t.view().conversation.forkedFrom, {
      conversationId: source,
      messageId: forkedAt,
      runLabel: '',
      title: '',
    });
    assert.deepEqual(t.view(), await t.fresh());
    assert.equal(t.contents().length, 4);
  });

  it('files the conversation that is shown, and leaves it when it is deleted', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const conversationId = t.id();
    await t.done({ type: 'rename', requestId, conversationId, title: ' New  name ' });
    await t.done({ type: 'tag', requestId, conversationId, tags: ['b', 'a', 'B'] });
    await t.done({ type: 'pin', requestId, conversationId, pinned: true });
    await t.done({ type: 'archive', requestId, conversationId, archived: true });
    assert.deepEqual(
      [t.view().conversation.title, header(t.view())],
      ['New name', ['$0.000064', '', ['b', 'a'], true, true]],
    );
    await t.done({ type: 'delete', requestId, conversationId, deleted: true });
    assert.deepEqual([t.view().conversation.id, t.contents()], [null, []]);
    await t.done({ type: 'delete', requestId, conversationId, deleted: false });
    await t.done({ type: 'openConversation', requestId, conversationId });
    assert.deepEqual(t.contents(), ['Why?', 'Hello']);
  });

  const refused: readonly (readonly [string, (t: Awaited<ReturnType<typeof panel>>) => PanelRequest, string])[] = [
    ['a fork without a conversation', () => ({ type: 'fork', requestId, entryId: 'x' }), 'NOT_FOUND'],
    [
      'an edit without a conversation',
      () => ({ type: 'edit', requestId, clientMessageId: 'c', entryId: 'x', text: 'x' }),
      'NOT_FOUND',
    ],
    [
      'a message of a conversation that is not there',
      () => ({ type: 'openMessage', requestId, conversationId: 'x', messageId: 'y' }),
      'NOT_FOUND',
    ],
    ['an empty name', () => ({ type: 'rename', requestId, conversationId: 'x', title: ' ' }), 'TITLE_INVALID'],
    [
      'deleting what is not there',
      () => ({ type: 'delete', requestId, conversationId: 'x', deleted: true }),
      'NOT_FOUND',
    ],
  ];
  for (const [name, request, code] of refused) {
    it(`answers with words: ${name}`, async () => {
      const t = await panel();
      assert.deepEqual(await t.ask(request(t)), { kind: 'refused', notice: notice(code) });
    });
  }

  it('lists active and archived conversations in pages, pinned ones first, with totals', async () => {
    const t = await panel();
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push((await asked(t.p, text)).id);
    const [one, two] = [ids[0] ?? '', ids[1] ?? ''];
    await t.done({ type: 'pin', requestId, conversationId: one, pinned: true });
    await t.done({ type: 'archive', requestId, conversationId: two, archived: true });
    const list = async (filter: 'active' | 'archived', offset: number) => {
      const answer = await t.ask({ type: 'listConversations', requestId, filter, offset });
      return answer.kind === 'conversations'
        ? [answer.conversations.map((c) => [c.title, c.pinned, c.archived]), answer.total, answer.archivedTotal]
        : assert.fail();
    };
    assert.deepEqual(await list('active', 0), [
      [
        ['one', true, false],
        ['three', false, false],
      ],
      2,
      1,
    ]);
    assert.deepEqual(await list('archived', 0), [[['two', false, true]], 1, 1]);
    assert.deepEqual(await list('active', 1), [[['three', false, false]], 2, 1]);
    assert.ok(HISTORY_PAGE >= 2);
  });

  it('finds messages and titles, and opens a hit in its branch', async () => {
    const t = await panel();
    await t.done(send('Where is the walrus?'));
    t.p.provider.script = reply('On the ice');
    await t.done({ type: 'regenerate', requestId, entryId: t.entryId(1) });
    const conversationId = t.id();
    await t.done({ type: 'newConversation', requestId });
    const answer = await t.ask({ type: 'search', requestId, text: 'hello' });
    const hit = answer.kind === 'hits' ? (answer.hits[0] ?? assert.fail('no hit')) : assert.fail();
    assert.deepEqual(
      [hit.runLabel, hit.role, hit.costText, hit.excerpt.filter((_, i) => i % 2 === 1)],
      ['R·0001', 'assistant', '$0.000064', ['Hello']],
    );
    const titles = await t.ask({ type: 'search', requestId, text: 'walrus' });
    assert.deepEqual(titles.kind === 'hits' && [titles.conversations.map((c) => c.id), titles.complete], [
      [conversationId],
      true,
    ]);
    await t.done({ type: 'openMessage', requestId, conversationId, messageId: hit.messageId });
    assert.deepEqual(t.contents(), ['Where is the walrus?', 'Hello']);
    assert.deepEqual(revealed(t.posted), [hit.messageId]);
    const order = t.posted.map((m) => m.type);
    assert.ok(order.lastIndexOf('reveal') > order.lastIndexOf('snapshot'), 'the entry is there when it is revealed');
    // In the conversation that is shown already, on another branch.
    const other = await t.ask({ type: 'search', requestId, text: 'ice' });
    const otherHit = other.kind === 'hits' ? (other.hits[0]?.messageId ?? assert.fail()) : assert.fail();
    await t.done({ type: 'openMessage', requestId, conversationId, messageId: otherHit });
    assert.deepEqual(
      [t.contents(), revealed(t.posted)],
      [
        ['Where is the walrus?', 'On the ice'],
        [hit.messageId, otherHit],
      ],
    );
  });

  it('tells a visible panel that the history changed, once for many changes, and a hidden one nothing', async () => {
    const t = await panel();
    const hidden = aPanel(t.p);
    await hidden.session.ready(false);
    await asked(t.p, 'One');
    await t.settled();
    const told = (): number => t.posted.filter((m) => m.type === 'historyChanged').length;
    const before = told();
    const [listed] = await t.p.conversations.list();
    for (const pinned of [true, false, true, false, true]) await t.p.filing.pin(listed?.id ?? assert.fail(), pinned);
    await t.settled();
    assert.equal(told(), before + 1);
    assert.deepEqual(hidden.posted, []);
  });

  it('goes to a new conversation when the one it remembers is not there', async () => {
    const t = await panel();
    await t.done(send('Why?'));
    const id = t.session.conversation;
    await t.p.filing.delete(id ?? assert.fail());
    const other = aPanel(t.p);
    const shown: unknown[] = [];
    other.session.onDidShowConversation((conversation) => shown.push(conversation));
    await other.session.show(id);
    await other.session.ready(true);
    assert.deepEqual([other.session.conversation, shown], [null, [id, null]]);
  });

  it('keeps a conversation that is shown in memory and in step, however many others are opened', async () => {
    const t = await panel({ provider: new ScriptedProvider(reply('Yes')) });
    await t.done(send('Shown'));
    const id = t.session.conversation ?? assert.fail();
    for (let i = 0; i < 20; i++) await t.p.conversations.get(await t.p.orchestrator.create({ title: String(i) }));
    assert.ok(t.p.conversations.known(id));
    await t.session.show(null);
    for (let i = 0; i < 20; i++) await t.p.conversations.get(await t.p.orchestrator.create({ title: String(i) }));
    assert.equal(t.p.conversations.known(id), undefined);
  });
});
