import assert from 'node:assert/strict';
import type { SearchQuery } from '../../../../../src/domain/search';
import { SearchedTables, query, word } from './searchFixtures';

/**
 * a1 ← a2 ← a3 in `first`, a2x beside a2; `second` forks `first` at a2 and goes on with b1; `third` forks `second` at
 * b1; `fourth` forks `first` at a3. The columns: what is deleted, and where each message is then found.
 */
const CASES: readonly (readonly [deleted: readonly string[], found: Readonly<Record<string, string>>])[] = [
  [[], { a1: 'first', a2: 'first', a2x: 'first', a3: 'first', b1: 'second' }],
  [['second'], { a1: 'first', a2: 'first', a2x: 'first', a3: 'first', b1: 'third' }],
  [['first'], { a1: 'fourth', a2: 'fourth', a3: 'fourth', b1: 'second' }],
  [['first', 'fourth'], { a1: 'second', a2: 'second', b1: 'second' }],
  [['first', 'second', 'fourth'], { a1: 'third', a2: 'third', b1: 'third' }],
  [['first', 'third', 'fourth'], { a1: 'second', a2: 'second', b1: 'second' }],
  [['first', 'second', 'third', 'fourth'], {}],
];

describe('search in messages that forks share with a deleted conversation', () => {
  let tables: SearchedTables;
  const sharesFrom = (fork: string, conversation: string, message: string): number =>
    tables.database.run('UPDATE conversation SET source_conversation_id = ?, source_message_id = ? WHERE id = ?', [
      conversation,
      message,
      fork,
    ]);
  const found = (over: Partial<SearchQuery>, terms = [word('x')]): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...tables.index.search(query(terms, over)).hits]
        .sort((a, b) => (a.messageId < b.messageId ? -1 : 1))
        .map((hit) => [hit.messageId, hit.conversationId]),
    );

  beforeEach(async () => {
    tables = await SearchedTables.create();
    for (const [id, updatedAtMs] of [
      ['first', 9],
      ['second', 1],
      ['third', 2],
      ['fourth', 3],
    ] as const)
      tables.addConversation(id, { updatedAtMs, tags: [id], model: `vendor/${id}` });
    for (const [id, conversation, parent] of [
      ['a1', 'first', null],
      ['a2', 'first', 'a1'],
      ['a2x', 'first', 'a1'],
      ['a3', 'first', 'a2'],
      ['b1', 'second', 'a2'],
    ] as const) {
      tables.addMessage(id, { conversation, content: 'x' });
      tables.database.run('UPDATE message SET parent_id = ? WHERE id = ?', [parent, id]);
    }
    sharesFrom('second', 'first', 'a2');
    sharesFrom('third', 'second', 'b1');
    sharesFrom('fourth', 'first', 'a3');
  });

  for (const [deleted, expected] of CASES) {
    it(`finds them in the forks: ${deleted.join(', ') || 'nothing'} deleted`, () => {
      for (const id of deleted) tables.database.run('UPDATE conversation SET deleted = 1 WHERE id = ?', [id]);
      assert.deepEqual(found({}), expected);
      assert.deepEqual(found({ afterMs: 0 }), expected, 'with a filter');
      assert.deepEqual(found({}, []), expected, 'without terms');
    });
  }

  it('applies filters to the fork’s tags and model', () => {
    tables.database.run(`UPDATE conversation SET deleted = 1 WHERE id IN ('first', 'fourth')`, []);
    assert.deepEqual(found({ tags: ['second'] }), { a1: 'second', a2: 'second', b1: 'second' });
    assert.deepEqual(found({ models: ['second'] }), { a1: 'second', a2: 'second', b1: 'second' });
    assert.deepEqual(found({ models: ['vendor', 'second'] }), { a1: 'second', a2: 'second', b1: 'second' });
    assert.deepEqual([found({ tags: ['first'] }), found({ models: ['first'] })], [{}, {}]);
  });

  it('ends in a cycle of messages', () => {
    tables.database.run(`UPDATE message SET parent_id = 'a2' WHERE id = 'a1'`, []);
    tables.database.run(`UPDATE conversation SET deleted = 1 WHERE id = 'first'`, []);
    assert.deepEqual(found({}), { a1: 'fourth', a2: 'fourth', a3: 'fourth', b1: 'second' });
  });
});
