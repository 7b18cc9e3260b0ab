import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { branchTo, siblingsOf } from '../../../../src/domain/conversation';
import { conversationId, messageId } from '../../../../src/domain/ids';
import type { ConversationStore } from '../../../../src/domain/ports/store';
import type { StoreEvent } from '../../../../src/domain/storeEvent';
import { query } from './search/searchFixtures';
import { added, created, ended, shell } from './storeEvents';
import { openStore, withFolder } from './storeFixtures';

const fork = (id: string, of: string, at: string, runNumber: number): StoreEvent =>
  created(id, { runNumber, forkedFrom: { conversationId: conversationId(of), messageId: messageId(at) } });

/** c1: q1 → a1 → q2 → a2, and a2b beside a2. */
async function source(store: ConversationStore): Promise<void> {
  await store.commit([created('c1'), added('c1', 'q1'), shell('c1', 'a1', 'q1'), ended('c1', 'a1')]);
  await store.commit([
    added('c1', 'q2', { parentId: messageId('a1') }),
    shell('c1', 'a2', 'q2'),
    ended('c1', 'a2'),
    shell('c1', 'a2b', 'q2'),
    ended('c1', 'a2b'),
  ]);
}

const shape = async (store: ConversationStore, id: string): Promise<unknown> => {
  const conversation = await store.load(conversationId(id));
  return (
    conversation && {
      messages: [...conversation.messages.values()].map((m) => `${m.conversationId}/${m.id}`),
      leaf: conversation.activeLeafId,
      cost: conversation.costNanoUsd,
    }
  );
};

describe('a fork', () => {
  it('shares the messages up to its point at no cost and continues from there', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await source(store);
      await store.commit([fork('f1', 'c1', 'a2', 2)]);
      assert.deepEqual(await shape(store, 'f1'), {
        messages: ['c1/q1', 'c1/a1', 'c1/q2', 'c1/a2'],
        leaf: 'a2',
        cost: 0,
      });
      await store.commit([
        added('f1', 'q3', { parentId: messageId('a2') }),
        shell('f1', 'a3', 'q3'),
        ended('f1', 'a3'),
      ]);
      await store.commit([fork('f2', 'f1', 'q3', 3), shell('f2', 'a3x', 'q3'), ended('f2', 'a3x')]);
      await store.close();
      const again = openStore(folder);
      assert.deepEqual(await shape(again, 'f1'), {
        messages: ['c1/q1', 'c1/a1', 'c1/q2', 'c1/a2', 'f1/q3', 'f1/a3'],
        leaf: 'a3',
        cost: 64_000,
      });
      assert.deepEqual(await shape(again, 'f2'), {
        messages: ['c1/q1', 'c1/a1', 'c1/q2', 'c1/a2', 'f1/q3', 'f2/a3x'],
        leaf: 'a3x',
        cost: 64_000,
      });
      const f2 = await again.load(conversationId('f2'));
      assert.ok(f2);
      assert.equal(f2.status, 'forked');
      assert.deepEqual(
        branchTo(f2, f2.activeLeafId).map((m) => m.id),
        ['q1', 'a1', 'q2', 'a2', 'q3', 'a3x'],
      );
      await again.close();
    }));

  it('may answer a shared question again', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await source(store);
      await store.commit([fork('f1', 'c1', 'a2', 2), shell('f1', 'other', 'q2'), ended('f1', 'other')]);
      const loaded = await store.load(conversationId('f1'));
      const reply = loaded?.messages.get(messageId('other'));
      assert.ok(loaded && reply);
      assert.deepEqual(
        siblingsOf(loaded, reply).map((m) => m.id),
        ['a2', 'other'],
      );
      await store.close();
    }));

  it('stays complete when its source is deleted, also after a restart', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await source(store);
      await store.commit([fork('f1', 'c1', 'a2', 2)]);
      const before = await shape(store, 'f1');
      await store.commit([
        { type: 'conversation.deleted', conversationId: conversationId('c1'), deleted: true, atMs: 9_000 },
      ]);
      for (const opened of [store, openStore(folder)]) {
        assert.deepEqual(await shape(opened, 'f1'), before);
        assert.deepEqual(
          (await opened.conversations()).map(({ id }) => id),
          ['f1'],
        );
        assert.equal(await opened.countConversations(), 1);
        assert.equal((await opened.load(conversationId('c1')))?.deleted, true);
        const { hits } = await opened.search(query([], { roles: ['user', 'assistant'] }));
        assert.deepEqual(
          hits.map((hit) => `${hit.conversationId}/${hit.messageId}`).sort(),
          ['f1/a1', 'f1/a2', 'f1/q1', 'f1/q2'],
          'found where they still stand',
        );
        await opened.close();
      }
    }));
});

describe('a conversation', () => {
  it('that was deleted in one window is restored when another writes to it', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await source(store);
      await store.commit([
        { type: 'conversation.deleted', conversationId: conversationId('c1'), deleted: true, atMs: 9_000 },
      ]);
      assert.equal((await store.conversations()).length, 0);
      await store.commit([added('c1', 'q9')]);
      assert.equal((await store.conversations()).length, 1);
      await store.close();
    }));

  it('is listed by filter, pinned ones first', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      const at = (id: string): { conversationId: ReturnType<typeof conversationId>; atMs: number } => ({
        conversationId: conversationId(id),
        atMs: 1,
      });
      await store.commit(['a', 'b', 'c', 'd'].map((id, i) => created(id, { runNumber: i + 1, atMs: 1000 + i })));
      await store.commit([
        { type: 'conversation.archived', ...at('b'), archived: true },
        { type: 'conversation.pinned', ...at('a'), pinned: true },
      ]);
      const ids = async (query: Parameters<ConversationStore['conversations']>[0]): Promise<readonly string[]> =>
        (await store.conversations(query)).map(({ id }) => id);
      assert.deepEqual(await ids({ filter: 'active' }), ['a', 'd', 'c']);
      assert.deepEqual(await ids({ filter: 'archived' }), ['b']);
      assert.deepEqual(await ids({}), ['d', 'c', 'b', 'a'], 'without a shelf: newest first');
      assert.deepEqual(await ids({ status: 'archived' }), ['b']);
      assert.deepEqual(
        [
          await store.countConversations('archived'),
          await store.countConversations('active'),
          await store.countConversations(),
        ],
        [1, 3, 4],
      );
      await store.close();
    }));
});

describe('a store of the first version', () => {
  it('is read completely and continued', () =>
    withFolder(async (folder) => {
      cpSync('test/fixtures/stores/schema-1', folder, { recursive: true });
      const store = openStore(folder);
      const summaries = await store.conversations();
      assert.deepEqual(
        summaries.map(({ id, title, status, pinned, tags, costNanoUsd }) => [
          id,
          title,
          status,
          pinned,
          tags,
          costNanoUsd,
        ]),
        [
          ['c1', 'Schema one', 'active', false, [], 64_000],
          ['c2', 'Cut by a crash', 'active', false, [], 0],
        ],
      );
      const reply = (await store.load(conversationId('c2')))?.messages.get(messageId('n2'));
      assert.deepEqual([reply?.state, reply?.content], ['interrupted', 'Half of an ans']);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
      await store.commit([fork('f1', 'c1', 'm2', 3)]);
      assert.equal((await store.load(conversationId('f1')))?.messages.size, 2);
      await store.close();
    }));
});
