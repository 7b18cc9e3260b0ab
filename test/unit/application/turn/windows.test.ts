import assert from 'node:assert/strict';
import type { ConversationId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { TestCore } from '../../../support/testCore';
import { ScriptedProvider, type Step } from '../../../support/scriptedProvider';
import { FillingDisk, aPanel } from '../panelWithoutPage';
import { TestCores, asked, eventually, found, refusal, texts } from '../useCases';

const streaming = (text: string): ScriptedProvider =>
  new ScriptedProvider([
    { type: 'opened', generationId: null },
    { type: 'text', text },
    { type: 'untilAborted' },
  ] satisfies Step[]);
const send = (p: TestCore, text: string, id: ConversationId | null = null) =>
  p.orchestrator.send({ conversationId: id, text, attachments: [] });

describe('two windows on one history', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());
  /** Both have read the history, so both follow it. */
  const twoWindows = async (
    a: Parameters<typeof cores.make>[0] = {},
    b: Parameters<typeof cores.make>[0] = {},
  ): Promise<[TestCore, TestCore]> => {
    const first = cores.make(a);
    const second = cores.make({ ...b, directory: first.directory });
    await Promise.all([first.conversations.list(), second.conversations.list()]);
    return [first, second];
  };

  it('shows a new conversation of the other window: title, text, end and cost', async () => {
    const [a, b] = await twoWindows({ provider: streaming('so far') });
    const turn = await send(a, 'Why?');
    await eventually(async () => (await b.conversations.list()).length === 1, 'the conversation is listed');
    await eventually(() => b.events.some((e) => e.type === 'historyChanged'), 'the list is said to have changed');
    assert.equal((await texts(b, turn.conversationId))[0], 'Why?');
    await eventually(async () => (await texts(b, turn.conversationId))[1] === 'so far', 'the text arrives');
    await a.filing.rename(turn.conversationId, 'Renamed');
    await eventually(async () => (await found(b, turn.conversationId)).title === 'Renamed', 'the name arrives');
    await eventually(() => b.ledger.summary().pendingNanoUsd > 0, 'the reservation counts here too');
    await a.orchestrator.stop(turn.conversationId);
    await eventually(
      async () => (await found(b, turn.conversationId)).messages.get(turn.replyId)?.state === 'cancelled',
      'the end arrives',
    );
    const reloads = b.events.flatMap((e) => (e.type === 'conversationReloaded' ? [e.conversation?.id] : []));
    assert.ok(reloads.length > 0 && reloads.every((id) => id === turn.conversationId));
  });

  it('follows a reply of the other window in a panel by patches, without a snapshot each time', async () => {
    const [a, b] = await twoWindows({ provider: streaming('so far') });
    const { id } = await asked(b, 'First');
    await eventually(async () => (await a.conversations.get(id)) !== undefined, 'the other window knows it');
    const panel = aPanel(b);
    await panel.session.show(id);
    await panel.session.ready(true);
    const snapshots = (): number => panel.posted.filter((m) => m.type === 'snapshot').length;
    const before = snapshots();
    const turn = await send(a, 'Second', id);
    await eventually(() => panel.view().conversation.entries.at(-1)?.content === 'so far', 'the text is shown');
    await a.orchestrator.stop(turn.conversationId);
    await eventually(() => panel.view().conversation.entries.at(-1)?.state === 'cancelled', 'the end is shown');
    assert.deepEqual([snapshots(), panel.resyncs()], [before, 0]);
    assert.deepEqual(panel.view().conversation, (await panel.fresh()).conversation);
  });

  it('shows another branch that the other window makes', async () => {
    const [a, b] = await twoWindows();
    const { id, reply } = await asked(b, 'Why?');
    await eventually(async () => (await a.conversations.get(id)) !== undefined, 'the other window knows it');
    const panel = aPanel(b);
    await panel.session.show(id);
    await panel.session.ready(true);
    const again = await a.orchestrator.regenerate(id, reply);
    await again.done;
    await eventually(() => panel.view().conversation.entries.at(-1)?.id === again.replyId, 'the new reply is shown');
    await panel.settled();
    assert.deepEqual(
      panel.view().conversation.entries.map((e) => [e.content, e.siblingNumber, e.siblingCount]),
      [
        ['Why?', 1, 1],
        ['Hello', 2, 2],
      ],
    );
    assert.deepEqual(panel.view().conversation, (await panel.fresh()).conversation);
  });

  it('refuses a turn and a fork where a reply streams in the other window, until that ends', async () => {
    const [a, b] = await twoWindows({ provider: streaming('so far') });
    const turn = await send(a, 'Why?');
    const { conversationId: id, replyId } = turn;
    await eventually(
      async () => (await b.conversations.get(id))?.messages.get(replyId)?.state === 'streaming',
      'the other window sees it stream',
    );
    const question = (await found(b, id)).messages.get(replyId)?.parentId ?? assert.fail();
    const acts = [
      () => send(b, 'Me too', id),
      () => b.orchestrator.regenerate(id, replyId),
      () => b.orchestrator.edit(id, question, 'Me too'),
      () => b.branches.fork(replyId, id),
    ];
    for (const act of acts) assert.deepEqual(await refusal(act()), { code: 'BUSY' });
    assert.deepEqual(b.provider.requests, []);
    await a.orchestrator.stop(id);
    await eventually(async () => (await found(b, id)).messages.get(replyId)?.state === 'cancelled', 'the end arrives');
    await asked(b, 'Me too', id);
    assert.deepEqual((await texts(b, id)).slice(0, 3), ['Why?', 'so far', 'Me too']);
  });

  it('never lets both spend what is left for one of them', async () => {
    const prompt = 18 * 3_000;
    const one = prompt + 256 * 15_000;
    const settings = { maxOutputTokens: 256, dailyLimitNanoUsd: nanoUsd(one) };
    const [a, b] = await twoWindows({ settings, provider: streaming('') }, { settings, provider: streaming('') });
    let accepted = 0;
    for (let round = 1; round <= 12; round++) {
      const results = await Promise.allSettled([send(a, 'Hi'), send(b, 'Hi')]);
      for (const result of results)
        if (result.status === 'rejected')
          assert.equal((await refusal(Promise.reject(result.reason))).code, 'BUDGET_EXCEEDED');
      const inRound = results.filter((result) => result.status === 'fulfilled').length;
      assert.ok(inRound <= 1, `both in round ${round}`);
      accepted += inRound;
      // What was accepted stays reserved, so there is room for exactly one more.
      for (const p of [a, b])
        p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: nanoUsd((accepted + 1) * one) };
    }
    assert.ok(accepted >= 6, `only ${accepted} of 12 rounds let one through`);
    assert.equal(a.provider.requests.length + b.provider.requests.length, accepted);
  });

  it('numbers conversations alike that both windows made at once', async () => {
    const [a, b] = await twoWindows();
    const [ofA, ofB] = await Promise.all([asked(a, 'A'), asked(b, 'B')]);
    const numbers = async (p: TestCore) => new Map((await p.conversations.list()).map((c) => [c.id, c.runNumber]));
    await eventually(async () => (await numbers(a)).size === 2 && (await numbers(b)).size === 2, 'both know both');
    assert.deepEqual([...(await numbers(a)).values()].sort(), [1, 2]);
    assert.deepEqual(await numbers(a), await numbers(b));
    for (const [p, { id }] of [
      [a, ofA],
      [b, ofB],
    ] as const)
      await eventually(
        async () => (await found(p, id)).runNumber === (await numbers(p)).get(id),
        'the open conversation too',
      );
  });

  it('keeps the text of its own reply that is not on disk when the other window writes', async () => {
    let full = false;
    const [a, b] = await twoWindows(
      {},
      { provider: streaming('Half'), files: (directory) => new FillingDisk(directory, () => full) },
    );
    const turn = await send(b, 'Hi');
    full = true;
    await eventually(async () => (await texts(b, turn.conversationId))[1] === 'Half', 'the text is here');
    await eventually(
      async () => (await a.conversations.get(turn.conversationId)) !== undefined,
      'the other window knows it',
    );
    await a.filing.rename(turn.conversationId, 'Renamed');
    await eventually(async () => (await found(b, turn.conversationId)).title === 'Renamed', 'the name arrives');
    assert.deepEqual(
      [
        (await texts(b, turn.conversationId))[1],
        (await b.store.load(turn.conversationId))?.messages.get(turn.replyId)?.content,
      ],
      ['Half', ''],
    );
    await b.orchestrator.stop(turn.conversationId);
    await a.filing.rename(turn.conversationId, 'Renamed again');
    await eventually(
      async () => (await found(b, turn.conversationId)).title === 'Renamed again',
      'the second name arrives',
    );
    const kept = (await found(b, turn.conversationId)).messages.get(turn.replyId);
    assert.deepEqual([kept?.content, kept?.state], ['Half', 'cancelled']);
    full = false;
    await b.conversations.flush();
    await eventually(
      async () => (await texts(a, turn.conversationId))[1] === 'Half',
      'it reaches the disk and the other window',
    );
  });

  it('leaves a conversation that the other window deletes, and says so in the list', async () => {
    const [a, b] = await twoWindows();
    const { id } = await asked(b, 'Doomed');
    const panel = aPanel(b);
    await panel.session.show(id);
    await panel.session.ready(true);
    await eventually(async () => (await a.conversations.get(id)) !== undefined, 'the other window knows it');
    await a.filing.delete(id);
    await eventually(() => panel.session.conversation === null, 'the panel is in a new conversation');
    await panel.settled();
    assert.deepEqual(
      [panel.view().conversation.id, panel.view().conversation.entries, await b.conversations.list()],
      [null, [], []],
    );
    assert.equal(panel.posted.filter((m) => m.type === 'draft').length, 0);
    await a.filing.undelete(id);
    await eventually(async () => (await b.conversations.list()).length === 1, 'it is back');
  });

  it('stays with its own running reply until that ends when the other window deletes the conversation', async () => {
    const [a, b] = await twoWindows({}, { provider: streaming('Half') });
    const turn = await send(b, 'Hi');
    const panel = aPanel(b);
    await panel.session.show(turn.conversationId);
    await panel.session.ready(true);
    await eventually(
      async () => (await a.conversations.get(turn.conversationId)) !== undefined,
      'the other window knows it',
    );
    await a.filing.delete(turn.conversationId);
    await eventually(
      async () => (await b.conversations.getEvenDeleted(turn.conversationId))?.deleted === true,
      'the deletion arrives',
    );
    assert.equal(panel.session.conversation, turn.conversationId);
    await b.orchestrator.stop(turn.conversationId);
    assert.equal(panel.session.conversation, null);
  });

  it('reloads a conversation at most once more, however often the other window writes meanwhile', async () => {
    const [a, b] = await twoWindows();
    const { id } = await asked(b, 'Hi');
    await eventually(async () => (await a.conversations.get(id)) !== undefined, 'the other window knows it');
    let running = 0;
    let most = 0;
    let loads = 0;
    const load = b.store.load.bind(b.store);
    b.store.load = async (conversation) => {
      loads += 1;
      most = Math.max(most, (running += 1));
      try {
        return await load(conversation);
      } finally {
        running -= 1;
      }
    };
    for (let i = 0; i < 20; i++) b.conversations.changedElsewhere(new Set([id]));
    await a.filing.rename(id, 'Last');
    await eventually(async () => (await found(b, id)).title === 'Last', 'the name arrives');
    assert.equal(most, 1);
    assert.ok(loads <= 4, `${loads} loads`);
  });
});
