import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { activeBranch } from '../../../../src/domain/conversation';
import { conversationId, generationId, messageId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import { type TestCore, type TestCoreOptions, testCore } from '../../../support/testCore';
import { Gate, ScriptedProvider, type Step, reply } from '../../../support/scriptedProvider';
import { FillingDisk, aPanel, notice } from '../panelWithoutPage';
import { eventually } from '../useCases';

const send = (text: string, clientMessageId = text) =>
  ({ type: 'send', requestId: 'r', clientMessageId, text }) as const;

describe('panel session', () => {
  const open: TestCore[] = [];
  const panel = async (options?: TestCoreOptions) => {
    const p = testCore(options);
    open.push(p);
    const made = aPanel(p);
    await made.session.ready(true);
    return { p, ...made };
  };
  afterEach(async () => {
    for (const p of open.splice(0)) {
      await p.dispose();
      rmSync(p.directory, { recursive: true, force: true });
    }
  });

  it('follows a whole turn by patches and ends as a fresh snapshot would', async () => {
    const t = await panel({ provider: new ScriptedProvider(reply('Hello 🌍 wörld')) });
    assert.deepEqual(await t.requests.answer(send('Why?')), { kind: 'ok' });
    await t.settled();
    const followed = t.view();
    assert.deepEqual(
      followed.conversation.entries.map((e) => [e.role, e.content, e.state, e.costText]),
      [
        ['user', 'Why?', 'complete', ''],
        ['assistant', 'Hello 🌍 wörld', 'complete', '$0.000064'],
      ],
    );
    assert.equal(followed.budget.spentText, '$0.000064');
    assert.equal(followed.live, null);
    assert.deepEqual(followed, await t.fresh());
    assert.equal(t.resyncs(), 0);
  });

  it('shows a bill that comes after the reply’s end', async () => {
    const t = await panel();
    await t.requests.answer(send('Why?'));
    await t.settled();
    const id = t.session.conversation ?? assert.fail();
    const replyId = messageId(t.view().conversation.entries.at(-1)?.id ?? '');
    await t.p.conversations.record([
      {
        type: 'reply.billed',
        conversationId: id,
        messageId: replyId,
        cost: { costNanoUsd: nanoUsd(70_000_000), source: 'reported' },
        usage: null,
        provider: null,
        atMs: 1,
      },
    ]);
    await t.settled();
    assert.deepEqual(
      [t.view().conversation.entries.at(-1)?.costText, t.view().conversation.costText],
      ['$0.0700', '$0.0700'],
    );
  });

  it('posts at most one patch per frame', async () => {
    const words = Array.from({ length: 200 }, (): Step => ({ type: 'text', text: 'word ' }));
    const gate = new Gate();
    const t = await panel({
      provider: new ScriptedProvider([
        { type: 'opened', generationId: generationId('g') },
        ...words.slice(0, 100),
        { type: 'gate', gate },
        ...words.slice(100),
        ...reply('').slice(-3),
      ]),
    });
    await t.requests.answer(send('Go'));
    const received = async (count: number): Promise<void> => {
      const id = t.session.conversation ?? assert.fail();
      const content = (): string | undefined =>
        activeBranch(t.p.conversations.known(id) ?? assert.fail()).at(-1)?.content;
      await eventually(() => content() === 'word '.repeat(count), `${count} words`);
    };
    const patches = (): number => t.posted.filter((m) => m.type === 'patch').length;
    await received(100);
    const before = patches();
    assert.equal(t.view().conversation.entries.at(-1)?.content, 'word '.repeat(100));
    assert.equal(patches(), before + 1);
    gate.open();
    await received(200);
    assert.equal(patches(), before + 1);
    t.frame();
    assert.equal(patches(), before + 2);
    await t.settled();
    assert.equal(t.view().conversation.entries.at(-1)?.content, 'word '.repeat(200));
  });

  it('sends a hidden panel nothing, and everything when it is seen again', async () => {
    const t = await panel();
    await t.requests.answer(send('First'));
    await t.settled();
    t.session.setVisible(false);
    const before = t.posted.length;
    await t.requests.answer(send('Why?'));
    await t.settled();
    assert.equal(t.posted.length, before);
    t.session.setVisible(true);
    await t.settled();
    assert.equal(t.view().conversation.entries.at(-1)?.content, 'Hello');
  });

  it('shows a reply that was already streaming when the panel opened it, and goes on', async () => {
    const gate = new Gate();
    const t = await panel({
      provider: new ScriptedProvider([
        { type: 'opened', generationId: null },
        { type: 'text', text: 'so far' },
        { type: 'gate', gate },
        { type: 'text', text: ' and on' },
        ...reply('').slice(-3),
      ]),
    });
    await t.requests.answer(send('Go'));
    const id = t.session.conversation ?? assert.fail();
    const other = aPanel(t.p);
    await other.session.show(id);
    await other.session.ready(true);
    assert.deepEqual(
      other.view().conversation.entries.map((e) => [e.state, e.content]),
      [
        ['complete', 'Go'],
        ['streaming', 'so far'],
      ],
    );
    gate.open();
    await t.settled();
    assert.deepEqual(other.view().conversation, t.view().conversation);
    assert.equal(other.view().conversation.entries.at(-1)?.content, 'so far and on');
  });

  it('sends a message once, however often it is posted', async () => {
    const t = await panel();
    const answers = await Promise.all([t.requests.answer(send('Hi', 'same')), t.requests.answer(send('Hi', 'same'))]);
    await t.settled();
    assert.deepEqual(
      [...answers, await t.requests.answer(send('Hi', 'same'))].map((a) => a.kind),
      ['ok', 'ok', 'ok'],
    );
    assert.equal(t.p.provider.requests.length, 1);
  });

  it('answers a refusal with its words, and takes the same message again afterwards', async () => {
    const t = await panel({ settings: { dailyLimitNanoUsd: null }, connection: { key: undefined } });
    assert.deepEqual(await t.requests.answer(send('Hi', 'x')), { kind: 'refused', notice: notice('NO_KEY') });
    assert.deepEqual(await t.requests.answer(send('', 'y')), { kind: 'refused', notice: notice('EMPTY_INPUT') });
    assert.deepEqual(t.view().conversation.entries, []);
    Object.assign(await t.p.connections.current(), { key: 'sk-or-now' });
    assert.deepEqual(await t.requests.answer(send('Hi', 'x')), { kind: 'ok' });
  });

  it('sends the chips with the message and takes them away; a refused send keeps them', async () => {
    const t = await panel();
    t.session.setAttachments([
      { id: 'a1', kind: 'selection', path: 'a.ts', startLine: 1, endLine: 2, languageId: 'typescript', text: 'x = 1' },
    ]);
    await t.settled();
    assert.equal(t.view().attachments[0]?.label, 'a.ts:1–2');
    await t.requests.answer(send(' '));
    await t.settled();
    assert.equal(t.view().attachments.length, 1);
    await t.requests.answer(send('Explain'));
    await t.settled();
    assert.equal(t.view().attachments.length, 0);
    assert.ok(
      t.p.provider.requests[0]?.turns.at(-1)?.content.startsWith('<attachment id="a1" path="a.ts" lines="1-2"'),
    );
    assert.equal(t.view().conversation.entries[0]?.attachments[0]?.label, 'a.ts:1–2');
  });

  it('lists, opens and starts conversations; an unknown one is refused and nothing moves', async () => {
    const t = await panel();
    await t.requests.answer(send('First'));
    await t.settled();
    await t.requests.answer({ type: 'newConversation', requestId: 'r' });
    assert.equal(t.view().conversation.id, null);
    const list = await t.requests.answer({ type: 'listConversations', requestId: 'r', filter: 'active', offset: 0 });
    assert.ok(
      list.kind === 'conversations' &&
        list.conversations[0]?.title === 'First' &&
        list.conversations[0].runLabel === 'R·0001',
    );
    const answer = await t.requests.answer({ type: 'openConversation', requestId: 'r', conversationId: 'nope' });
    assert.equal(answer.kind, 'refused');
    await t.requests.answer({ type: 'openConversation', requestId: 'r', conversationId: list.conversations[0].id });
    assert.equal(t.view().conversation.entries.length, 2);
  });

  it('retries a failed reply in its place', async () => {
    const t = await panel({
      provider: new ScriptedProvider([
        { type: 'ended', outcome: { kind: 'failed', sent: false, failure: { code: 'NETWORK', detail: '' } } },
      ]),
    });
    await t.requests.answer(send('Hi'));
    await t.settled();
    const failed = t.view().conversation.entries.at(-1);
    assert.equal(failed?.failure?.code, 'NETWORK');
    t.p.provider.script = reply('Now it works');
    await t.requests.answer({ type: 'noticeAction', requestId: 'r', action: 'retry', entryId: failed?.id ?? null });
    await t.settled();
    assert.deepEqual(
      t.view().conversation.entries.map((e) => e.content),
      ['Hi', 'Now it works'],
    );
  });

  it('changes the model for the conversation, or for the next one', async () => {
    const t = await panel();
    t.actions.pick = 'openai/gpt-5';
    await t.requests.answer({ type: 'selectModel', requestId: 'r' });
    await t.settled();
    assert.equal(t.view().model.id, 'openai/gpt-5');
    await t.requests.answer({ type: 'newConversation', requestId: 'r' });
    assert.equal(t.view().model.id, 'openai/gpt-5');
  });

  it('keeps going on a full disk, says so, and stores everything when there is room again', async () => {
    let full = false;
    const gate = new Gate();
    const script: Step[] = [
      { type: 'opened', generationId: generationId('g') },
      { type: 'text', text: 'Par' },
      { type: 'gate', gate },
      { type: 'text', text: 'tial' },
      ...reply('').slice(-3),
    ];
    const t = await panel({
      provider: new ScriptedProvider(script),
      files: (directory) => new FillingDisk(directory, () => full),
    });
    await t.requests.answer(send('Hi'));
    full = true;
    gate.open();
    await t.settled();
    assert.deepEqual(
      t.view().conversation.entries.map((e) => [e.content, e.state]),
      [
        ['Hi', 'complete'],
        ['Partial', 'complete'],
      ],
    );
    assert.equal(t.view().banner?.code, 'notSaved');
    assert.deepEqual(await t.requests.answer(send('More')), { kind: 'refused', notice: notice('STORE_READ_ONLY') });
    full = false;
    assert.deepEqual(await t.requests.answer(send('More')), { kind: 'ok' });
    await t.settled();
    assert.equal(t.view().banner, null);
    const later = testCore({ directory: t.p.directory });
    open.push(later);
    const [stored] = await later.conversations.list();
    assert.deepEqual(
      (await later.conversations.activeBranch(conversationId(stored?.id ?? '')))?.map((m) => m.content),
      ['Hi', 'Partial', 'More', 'Partial'],
    );
  });

  it('passes what the editor does to the editor', async () => {
    const t = await panel();
    await t.requests.answer({ type: 'copy', requestId: 'r', text: 'abc' });
    t.actions.hasEditor = false;
    assert.deepEqual(await t.requests.answer({ type: 'insertAtCursor', requestId: 'r', text: 'abc' }), {
      kind: 'refused',
      notice: notice('NO_EDITOR'),
    });
    await t.requests.notify({ type: 'draftChanged', text: 'half a sentence' });
    assert.deepEqual(t.actions.calls, ['copy abc', 'insert abc', 'draft half a sentence']);
  });
});
