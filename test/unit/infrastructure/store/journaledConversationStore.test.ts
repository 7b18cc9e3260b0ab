import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { StoreWriteError } from '../../../../src/domain/ports';
import { added, appended, created, ended, openStore, renamed, reserved, settled, shell, withFolder } from './storeFixtures';

const c1 = conversationId('c1');

describe('JournaledConversationStore', () => {
  it('gives back after a restart what was committed', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([created('c1', { runNumber: 7 }), added('c1', 'm1')]);
      await store.commit([shell('c1', 'm2', 'm1'), reserved('r1')]);
      await store.commit([appended('c1', 'm2', 0, 'Hello')]);
      await store.commit([ended('c1', 'm2'), settled('r1')]);
      const live = await store.load(c1);
      await store.close();

      const again = openStore(folder);
      const loaded = await again.load(c1);
      assert.deepEqual(loaded, live);
      assert.equal(loaded?.messages.get(messageId('m2'))?.content, 'Hello');
      assert.equal(loaded?.costNanoUsd, 64_000);
      assert.equal(loaded?.totalTokens, 15);
      assert.equal(await again.nextRunNumber(), 8);
      assert.equal(await again.conversationOf(messageId('m2')), c1);
      assert.deepEqual(await again.spendEvents(), [reserved('r1'), settled('r1')]);
      await again.close();
    }));
});
