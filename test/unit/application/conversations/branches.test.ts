import assert from 'node:assert/strict';
import { type Conversation, type Message, activeBranch, branchCost } from '../../../../src/domain/conversation';
import type { Refusal } from '../../../../src/domain/failure';
import { type ConversationId, conversationId, messageId } from '../../../../src/domain/ids';
import type { TestCore } from '../../../support/testCore';
import { ScriptedProvider, reply } from '../../../support/scriptedProvider';
import { FillingDisk } from '../panelWithoutPage';
import { NOWHERE, TestCores, asked, branchOf, found, refusal, texts } from '../useCases';

/** Cost of one scripted reply. */
const REPLY_NANO_USD = 64_000;
const NO_MESSAGE = messageId('no such message');

describe('branches', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());
  const edited = async (p: TestCore, id: ConversationId, question: Message['id'], text: string) => {
    const turn = await p.orchestrator.edit(id, question, text);
    await turn.done;
    return turn.replyId;
  };
  const forked = async (p: TestCore, id: Message['id'], within?: ConversationId): Promise<Conversation> =>
    found(p, await p.branches.fork(id, within));

  it('edits a question as a sibling, with its attachments, and asks in the place of the old one', async () => {
    const p = cores.make();
    const first = await asked(p, 'One');
    const attachments = [
      { id: 'a1', kind: 'selection', path: 'a.ts', startLine: 1, endLine: 2, languageId: 'typescript', text: 'x = 1' },
    ] as const;
    const second = await p.orchestrator.send({ conversationId: first.id, text: 'Two', attachments });
    await second.done;
    const two = (await branchOf(p, first.id))[2] ?? assert.fail();
    await edited(p, first.id, two.id, 'Two, better');
    const branch = await branchOf(p, first.id);
    assert.deepEqual(
      branch.map((m) => m.content),
      ['One', 'Hello', 'Two, better', 'Hello'],
    );
    assert.deepEqual([branch[2]?.parentId, branch[2]?.attachments], [two.parentId, attachments]);
    const sent = p.provider.requests.at(-1)?.turns.filter((t) => t.role !== 'system') ?? [];
    assert.deepEqual(
      sent.map((t) => t.content.split('\n').at(-1)),
      ['One', 'Hello', 'Two, better'],
    );
    const conversation = await found(p, first.id);
    assert.deepEqual(
      [conversation.messages.size, conversation.costNanoUsd, branchCost(conversation, branch)],
      [6, 3 * REPLY_NANO_USD, 2 * REPLY_NANO_USD],
    );
  });

  it('edits the first question too', async () => {
    const p = cores.make();
    const { id, question } = await asked(p, 'One');
    await edited(p, id, question, 'Uno');
    assert.deepEqual(await texts(p, id), ['Uno', 'Hello']);
    await p.branches.chooseSibling(id, (await branchOf(p, id))[0]?.id ?? NO_MESSAGE, -1);
    assert.deepEqual(await texts(p, id), ['One', 'Hello']);
  });

  const refusedEdits: readonly (readonly [
    string,
    (p: TestCore, turn: Awaited<ReturnType<typeof asked>>) => Promise<unknown>,
    Refusal['code'],
  ])[] = [
    ['nothing', (p, { id, question }) => p.orchestrator.edit(id, question, ' '), 'EMPTY_INPUT'],
    [
      '32,001 characters',
      (p, { id, question }) => p.orchestrator.edit(id, question, 'x'.repeat(32_001)),
      'INPUT_TOO_LONG',
    ],
    [
      'a double click',
      async (p, { id, question }) => {
        p.settings.value = { ...p.settings.value, minIntervalMs: 60_000 };
        return p.orchestrator.edit(id, question, 'Again');
      },
      'TOO_SOON',
    ],
    [
      'in a conversation that is not there',
      (p, { question }) => p.orchestrator.edit(NOWHERE, question, 'x'),
      'NOT_FOUND',
    ],
    ['a message that is not there', (p, { id }) => p.orchestrator.edit(id, NO_MESSAGE, 'x'), 'NOT_FOUND'],
    ['a reply', (p, { id, reply: answer }) => p.orchestrator.edit(id, answer, 'x'), 'NOT_FOUND'],
    [
      'past the budget',
      async (p, { id, question }) => {
        p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: (await found(p, id)).costNanoUsd };
        return p.orchestrator.edit(id, question, 'x');
      },
      'BUDGET_EXCEEDED',
    ],
    [
      'while a reply streams',
      async (p, { id, question }) => {
        p.provider.script = [{ type: 'untilAborted' }];
        await p.orchestrator.regenerate(id, (await branchOf(p, id))[1]?.id ?? NO_MESSAGE);
        return p.orchestrator.edit(id, question, 'x');
      },
      'BUSY',
    ],
  ];
  for (const [name, act, code] of refusedEdits) {
    it(`refuses an edit: ${name}`, async () => {
      const p = cores.make();
      const turn = await asked(p, 'One');
      assert.equal((await refusal(act(p, turn))).code, code);
      assert.equal([...(await found(p, turn.id)).messages.values()].filter((m) => m.role === 'user').length, 1);
    });
  }

  it('switches between siblings and returns to the last position in each branch', async () => {
    const p = cores.make();
    const { id, reply: first } = await asked(p, 'One');
    await asked(p, 'Two', id);
    p.provider.script = reply('Other');
    const again = await p.orchestrator.regenerate(id, first);
    await again.done;
    const walk: readonly (readonly [Message['id'], 1 | -1, readonly string[]])[] = [
      [again.replyId, -1, ['One', 'Hello', 'Two', 'Hello']],
      [first, 1, ['One', 'Other']],
      [again.replyId, 1, ['One', 'Other']],
      [again.replyId, -1, ['One', 'Hello', 'Two', 'Hello']],
      [first, -1, ['One', 'Hello', 'Two', 'Hello']],
    ];
    for (const [message, step, expected] of walk) {
      await p.branches.chooseSibling(id, message, step);
      assert.deepEqual(await texts(p, id), expected);
      assert.deepEqual(await texts(cores.make({ directory: p.directory }), id), expected);
    }
    await asked(p, 'Three', id);
    assert.deepEqual(
      p.provider.requests.at(-1)?.turns.map((t) => t.content),
      ['One', 'Hello', 'Two', 'Hello', 'Three'],
    );
  });

  it('shows a message on another branch by making that branch the active one, and leaves the active one alone', async () => {
    const p = cores.make();
    const { id, question, reply: first } = await asked(p, 'One');
    const two = await asked(p, 'Two', id);
    await edited(p, id, question, 'Uno');
    await p.branches.showMessage(id, first);
    assert.deepEqual(await texts(p, id), ['One', 'Hello', 'Two', 'Hello']);
    const told = p.events.length;
    await p.branches.showMessage(id, two.question);
    assert.deepEqual(p.events.slice(told), []);
  });

  it('forks with the shared prefix, its own number and nothing to pay', async () => {
    const p = cores.make();
    const { id, reply: answer } = await asked(p, 'One');
    await asked(p, 'Two', id);
    await p.filing.tag(id, ['rust']);
    await p.filing.rename(id, 'A question');
    const fork = await forked(p, answer, id);
    assert.deepEqual(
      [fork.title, fork.tags, fork.status, fork.runNumber, fork.costNanoUsd, fork.totalTokens, fork.forkedFrom],
      ['A question', ['rust'], 'forked', 2, 0, 0, { conversationId: id, messageId: answer }],
    );
    assert.deepEqual(
      activeBranch(fork).map((m) => [m.content, m.conversationId === id]),
      [
        ['One', true],
        ['Hello', true],
      ],
    );
    await asked(p, 'Three', fork.id);
    assert.deepEqual(
      p.provider.requests.at(-1)?.turns.map((t) => t.content),
      ['One', 'Hello', 'Three'],
    );
    const grown = await found(p, fork.id);
    assert.deepEqual([grown.costNanoUsd, branchCost(grown, activeBranch(grown))], [REPLY_NANO_USD, REPLY_NANO_USD]);
    assert.deepEqual(await texts(p, id), ['One', 'Hello', 'Two', 'Hello']);
    assert.deepEqual(await texts(cores.make({ directory: p.directory }), fork.id), ['One', 'Hello', 'Three', 'Hello']);
  });

  it('forks a fork, and an inherited message of one', async () => {
    const p = cores.make();
    const { id, question, reply: answer } = await asked(p, 'One');
    const fork = await forked(p, answer, id);
    const mine = await asked(p, 'Two', fork.id);
    const deep = await forked(p, mine.reply, fork.id);
    assert.deepEqual(
      [await texts(p, deep.id), deep.forkedFrom?.conversationId],
      [['One', 'Hello', 'Two', 'Hello'], fork.id],
    );
    const inherited = await forked(p, question, fork.id);
    assert.deepEqual(
      [await texts(p, inherited.id), inherited.forkedFrom],
      [['One'], { conversationId: fork.id, messageId: question }],
    );
    const plain = await forked(p, question);
    assert.equal(plain.forkedFrom?.conversationId, id);
    await asked(p, 'Three', deep.id);
    assert.deepEqual(
      p.provider.requests.at(-1)?.turns.map((t) => t.content),
      ['One', 'Hello', 'Two', 'Hello', 'Three'],
    );
    assert.deepEqual(await texts(cores.make({ directory: p.directory }), deep.id), [
      'One',
      'Hello',
      'Two',
      'Hello',
      'Three',
      'Hello',
    ]);
  });

  it('regenerates and edits what a fork inherited as its own siblings', async () => {
    const p = cores.make();
    const { id, question, reply: answer } = await asked(p, 'One');
    const fork = await forked(p, answer, id);
    p.provider.script = reply('Mine');
    await (
      await p.orchestrator.regenerate(fork.id, answer)
    ).done;
    assert.deepEqual(await texts(p, fork.id), ['One', 'Mine']);
    await edited(p, fork.id, question, 'Uno');
    assert.deepEqual(await texts(p, fork.id), ['Uno', 'Mine']);
    const grown = await found(p, fork.id);
    assert.deepEqual([grown.messages.size, grown.costNanoUsd], [5, 2 * REPLY_NANO_USD]);
    assert.deepEqual([await texts(p, id), (await found(p, id)).costNanoUsd], [['One', 'Hello'], REPLY_NANO_USD]);
  });

  it('keeps a fork readable and sendable when its source is deleted', async () => {
    const p = cores.make();
    const { id, reply: answer } = await asked(p, 'One');
    const fork = await forked(p, answer, id);
    await p.filing.delete(id);
    const later = cores.make({ directory: p.directory });
    assert.deepEqual(await texts(later, fork.id), ['One', 'Hello']);
    await asked(later, 'Two', fork.id);
    assert.deepEqual(
      later.provider.requests.at(-1)?.turns.map((t) => t.content),
      ['One', 'Hello', 'Two'],
    );
    assert.deepEqual(await texts(later, (await forked(later, answer)).id), ['One', 'Hello']);
  });

  const refused: readonly (readonly [
    string,
    (p: TestCore, turn: Awaited<ReturnType<typeof asked>>) => Promise<unknown>,
    Refusal,
  ])[] = [
    ['a fork of a message that is nowhere', (p) => p.branches.fork(NO_MESSAGE), { code: 'NOT_FOUND', what: 'message' }],
    [
      'a fork of a message that is not in the conversation',
      (p, { id }) => p.branches.fork(NO_MESSAGE, id),
      { code: 'NOT_FOUND', what: 'message' },
    ],
    [
      'a fork in a conversation that is not there',
      (p, { reply: answer }) => p.branches.fork(answer, NOWHERE),
      { code: 'NOT_FOUND', what: 'conversation' },
    ],
    [
      'a sibling of a message that is not there',
      (p, { id }) => p.branches.chooseSibling(id, NO_MESSAGE, 1),
      { code: 'NOT_FOUND', what: 'message' },
    ],
    [
      'a sibling in a conversation that is not there',
      (p, { reply: answer }) => p.branches.chooseSibling(NOWHERE, answer, 1),
      { code: 'NOT_FOUND', what: 'conversation' },
    ],
    [
      'showing a message that is not there',
      (p, { id }) => p.branches.showMessage(id, NO_MESSAGE),
      { code: 'NOT_FOUND', what: 'message' },
    ],
  ];
  for (const [name, act, expected] of refused) {
    it(`refuses ${name}`, async () => {
      const p = cores.make();
      assert.deepEqual(await refusal(act(p, await asked(p, 'One'))), expected);
      assert.equal(await p.conversations.count(), 1);
    });
  }

  it('refuses to fork a reply that streams, and forks it once it has ended', async () => {
    const p = cores.make({
      provider: new ScriptedProvider([{ type: 'text', text: 'Half' }, { type: 'untilAborted' }]),
    });
    const turn = await p.orchestrator.send({ conversationId: null, text: 'One', attachments: [] });
    assert.deepEqual(await refusal(p.branches.fork(turn.replyId, turn.conversationId)), { code: 'BUSY' });
    await p.orchestrator.stop(turn.conversationId);
    assert.deepEqual(await texts(p, (await forked(p, turn.replyId)).id), ['One', 'Half']);
  });

  it('makes no fork that cannot be stored', async () => {
    let full = false;
    const p = cores.make({ files: (directory) => new FillingDisk(directory, () => full) });
    const { reply: answer } = await asked(p, 'One');
    full = true;
    assert.deepEqual(await refusal(p.branches.fork(answer)), { code: 'STORE_READ_ONLY', reason: { kind: 'diskFull' } });
    full = false;
    assert.equal(await p.conversations.count(), 1);
  });

  it('continues what is shown when the end of the branch, or the source of the fork, is lost', async () => {
    const p = cores.make();
    const lost = conversationId('lost');
    const { defaultModel: model } = p.settings.value;
    const created = {
      type: 'conversation.created',
      conversationId: lost,
      runNumber: 1,
      title: 'Lost',
      model,
      systemPrompt: '',
      personaId: null,
      forkedFrom: { conversationId: NOWHERE, messageId: NO_MESSAGE },
      atMs: 1,
    } as const;
    await p.store.commit([created]);
    const { question } = await asked(p, 'Still here', lost);
    assert.equal((await found(p, lost)).messages.get(question)?.parentId, null);
    await p.store.commit([{ type: 'branch.chosen', conversationId: lost, leafId: NO_MESSAGE, atMs: Date.now() }]);
    const later = cores.make({ directory: p.directory });
    await asked(later, 'And on', lost);
    assert.deepEqual(
      later.provider.requests.at(-1)?.turns.map((t) => t.content),
      ['Still here', 'Hello', 'And on'],
    );
  });
});
