import assert from 'node:assert/strict';
import type { Conversation } from '../../../../src/domain/conversation';
import type { Refusal } from '../../../../src/domain/failure';
import type { ConversationId } from '../../../../src/domain/ids';
import type { TestCore } from '../../../support/testCore';
import { ScriptedProvider } from '../../../support/scriptedProvider';
import { FillingDisk } from '../panelWithoutPage';
import { NOWHERE, TestCores, asked, found, refusal } from '../useCases';

type Act = (p: TestCore, id: ConversationId) => Promise<void>;

describe('conversation filing', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  const done: readonly (readonly [string, Act, (c: Conversation) => unknown, unknown])[] = [
    ['renames', (p, id) => p.filing.rename(id, '  A  new\nname '), (c) => c.title, 'A new name'],
    ['takes a title of 200 characters', (p, id) => p.filing.rename(id, 'x'.repeat(200)), (c) => c.title.length, 200],
    [
      'tags, each once whatever its case',
      (p, id) => p.filing.tag(id, [' Rust ', 'rust', 'two  words', '', ' \t']),
      (c) => c.tags,
      ['Rust', 'two words'],
    ],
    [
      'takes sixteen tags of forty characters',
      (p, id) =>
        p.filing.tag(
          id,
          Array.from({ length: 16 }, (_, i) => String(i).padStart(40, 'x')),
        ),
      (c) => c.tags.length,
      16,
    ],
    [
      'replaces the whole set of tags',
      async (p, id) => {
        await p.filing.tag(id, ['a', 'b']);
        await p.filing.tag(id, ['c']);
      },
      (c) => c.tags,
      ['c'],
    ],
    ['pins', (p, id) => p.filing.pin(id, true), (c) => c.pinned, true],
    [
      'unpins',
      async (p, id) => {
        await p.filing.pin(id, true);
        await p.filing.pin(id, false);
      },
      (c) => c.pinned,
      false,
    ],
    ['archives', (p, id) => p.filing.archive(id, true), (c) => c.status, 'archived'],
    [
      'restores',
      async (p, id) => {
        await p.filing.archive(id, true);
        await p.filing.archive(id, false);
      },
      (c) => c.status,
      'active',
    ],
    [
      'takes a deletion back',
      async (p, id) => {
        await p.filing.delete(id);
        await p.filing.undelete(id);
      },
      (c) => c.deleted,
      false,
    ],
  ];
  for (const [name, act, read, expected] of done) {
    it(`${name}, durably, and says that the history changed; the place in the list stays`, async () => {
      const p = cores.make();
      const { id } = await asked(p, 'Why?');
      const before = await found(p, id);
      const told = p.events.length;
      await act(p, id);
      assert.deepEqual(read(await found(p, id)), expected);
      assert.ok(p.events.slice(told).some((e) => e.type === 'historyChanged'));
      assert.equal((await found(p, id)).updatedAtMs, before.updatedAtMs);
      const later = cores.make({ directory: p.directory });
      assert.deepEqual(read(await found(later, id)), expected);
    });
  }

  const tooMany = Array.from({ length: 17 }, (_, i) => `tag ${i}`);
  const refused: readonly (readonly [string, Act, Refusal])[] = [
    ['an empty title', (p, id) => p.filing.rename(id, ' \n '), { code: 'TITLE_INVALID', characters: 0, limit: 200 }],
    [
      'a title of 201 characters',
      (p, id) => p.filing.rename(id, 'x'.repeat(201)),
      { code: 'TITLE_INVALID', characters: 201, limit: 200 },
    ],
    [
      'a tag with a comma',
      (p, id) => p.filing.tag(id, ['a', 'b,c']),
      { code: 'TAGS_INVALID', problem: { kind: 'comma', tag: 'b,c' } },
    ],
    [
      'a tag of 41 characters',
      (p, id) => p.filing.tag(id, ['x'.repeat(41)]),
      { code: 'TAGS_INVALID', problem: { kind: 'tooLong', tag: 'x'.repeat(41), limit: 40 } },
    ],
    [
      'seventeen tags',
      (p, id) => p.filing.tag(id, tooMany),
      { code: 'TAGS_INVALID', problem: { kind: 'tooMany', count: 17, limit: 16 } },
    ],
    ...(['rename', 'tag', 'pin', 'archive', 'delete', 'undelete'] as const).map(
      (use): readonly [string, Act, Refusal] => [
        `${use} of a conversation that is not there`,
        (p) =>
          ({
            rename: () => p.filing.rename(NOWHERE, 'x'),
            tag: () => p.filing.tag(NOWHERE, []),
            pin: () => p.filing.pin(NOWHERE, true),
            archive: () => p.filing.archive(NOWHERE, true),
            delete: () => p.filing.delete(NOWHERE),
            undelete: () => p.filing.undelete(NOWHERE),
          })[use](),
        { code: 'NOT_FOUND', what: 'conversation' },
      ],
    ),
    [
      'naming a deleted one',
      async (p, id) => {
        await p.filing.delete(id);
        await p.filing.rename(id, 'x');
      },
      { code: 'NOT_FOUND', what: 'conversation' },
    ],
    [
      'deleting it twice',
      async (p, id) => {
        await p.filing.delete(id);
        await p.filing.delete(id);
      },
      { code: 'NOT_FOUND', what: 'conversation' },
    ],
  ];
  for (const [name, act, expected] of refused) {
    it(`refuses ${name}`, async () => {
      const p = cores.make();
      const { id } = await asked(p, 'Why?');
      const before = await found(p, id);
      assert.deepEqual(await refusal(act(p, id)), expected);
      const after = await p.conversations.getEvenDeleted(id);
      assert.deepEqual(
        [after?.title, after?.tags, after?.pinned, after?.status],
        [before.title, before.tags, before.pinned, before.status],
      );
    });
  }

  it('hides deleted conversations from list, count, opening and sending', async () => {
    const p = cores.make();
    const { id } = await asked(p, 'Why?');
    await asked(p, 'Stays');
    await p.filing.delete(id);
    assert.deepEqual(
      (await p.conversations.list()).map((c) => c.title),
      ['Stays'],
    );
    assert.equal(await p.conversations.count(), 1);
    assert.equal(await p.conversations.get(id), undefined);
    assert.deepEqual(await refusal(p.orchestrator.send({ conversationId: id, text: 'Hi', attachments: [] })), {
      code: 'NOT_FOUND',
      what: 'conversation',
    });
  });

  it('refuses to delete where a reply streams, and does it afterwards', async () => {
    const p = cores.make({ provider: new ScriptedProvider([{ type: 'untilAborted' }]) });
    const turn = await p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });
    assert.deepEqual(await refusal(p.filing.delete(turn.conversationId)), { code: 'BUSY' });
    await p.orchestrator.stop(turn.conversationId);
    await p.filing.delete(turn.conversationId);
    assert.deepEqual(await p.conversations.list(), []);
  });

  it('changes nothing that cannot be stored, and reports the reason', async () => {
    let full = false;
    const p = cores.make({ files: (directory) => new FillingDisk(directory, () => full) });
    const { id } = await asked(p, 'Why?');
    full = true;
    assert.deepEqual(await refusal(p.filing.rename(id, 'New')), {
      code: 'STORE_READ_ONLY',
      reason: { kind: 'diskFull' },
    });
    assert.equal((await found(p, id)).title, 'Why?');
  });
});
