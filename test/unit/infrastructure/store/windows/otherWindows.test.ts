import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { conversationId, messageId } from '../../../../../src/domain/ids';
import type { ConversationStore, StoreChange } from '../../../../../src/domain/ports/store';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { encodeFileHeader, encodeFrame } from '../../../../../src/infrastructure/store/journal/frame';
import { isJournalName, journalName } from '../../../../../src/infrastructure/store/journal/files';
import { SIGNAL_FILE } from '../../../../../src/infrastructure/store/journal/set';
import { thisMachine } from '../../../../../src/infrastructure/store/windows/liveFiles';
import { EVENT_SCHEMA_VERSION } from '../../../../../src/infrastructure/store/journal/eventSchema';
import { added, appended, created, ended, renamed, reserved, shell } from '../storeEvents';
import { openStoreWithProjection, withFolder } from '../storeFixtures';

const c1 = conversationId('c1');

function changesOf(store: ConversationStore): StoreChange[] {
  const changes: StoreChange[] = [];
  store.onDidChange((change) => changes.push(change));
  return changes;
}

const stateOf = async (store: ConversationStore, id: string): Promise<string | undefined> =>
  (await store.load(c1))?.messages.get(messageId(id))?.state;

describe('another window', () => {
  it('sees a commit, and is notified of its conversations and whether it is about money', () =>
    withFolder(async (folder) => {
      const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
      const changes = changesOf(b.store);
      assert.equal((await b.store.conversations()).length, 0);
      await a.store.commit([created('c1'), added('c1', 'm1'), shell('c1', 'm2', 'm1')]);
      await b.projection.refresh();
      assert.deepEqual(changes, [{ conversationIds: new Set(['c1']), spend: false }]);
      assert.equal((await b.store.load(c1))?.messages.size, 2);
      await a.store.commit([appended('c1', 'm2', 0, 'text'), reserved('r1')]);
      await b.projection.refresh();
      assert.equal((await b.store.load(c1))?.messages.get(messageId('m2'))?.content, 'text');
      assert.equal(changes.at(-1)?.spend, true);
      await b.projection.refresh();
      assert.equal(changes.length, 2, 'no notification without a change');
      await a.store.close();
      await b.store.close();
    }));

  it('is noticed within a second', () =>
    withFolder(async (folder) => {
      const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
      await b.store.conversations();
      const told = new Promise<StoreChange>((resolve) => void b.store.onDidChange(resolve));
      await a.store.commit([created('c1')]);
      assert.deepEqual((await told).conversationIds, new Set(['c1']));
      await a.store.close();
      await b.store.close();
    }));

  for (const [what, opensFirst] of [
    ['was there before', false],
    ['appears now', true],
  ] as const) {
    it(`is noticed at once although its journal, which ${what}, has a time of another year`, () =>
      withFolder(async (folder) => {
        const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
        const open = async (): Promise<void> => {
          await b.store.conversations();
          // The first refresh reads everything.
          await b.projection.refresh();
        };
        if (opensFirst) await open();
        await a.store.commit([created('c1')]);
        await until(() => readdirSync(folder).includes(SIGNAL_FILE));
        const longAgo = new Date(Date.now() - 365 * 24 * 60 * 60_000);
        for (const name of readdirSync(folder).filter(isJournalName))
          utimesSync(path.join(folder, name), longAgo, longAgo);
        if (!opensFirst) await open();
        await b.projection.refresh();
        assert.equal((await b.store.conversations()).length, 1);
        await a.store.commit([added('c1', 'm1')]);
        await b.projection.refresh();
        assert.equal((await b.store.load(c1))?.messages.size, 1);
        await a.store.close();
        await b.store.close();
      }));
  }

  it('that responds to what it has seen writes later in fold order', () =>
    withFolder(async (folder) => {
      const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
      await b.store.conversations();
      await a.store.commit([created('c1')]);
      for (let i = 0; i < 20; i++) await a.store.commit([renamed('c1', `a${i}`)]);
      await b.projection.refresh();
      await b.store.commit([renamed('c1', 'b')]);
      await a.projection.refresh();
      for (const { store } of [a, b, openStoreWithProjection(folder)]) {
        assert.equal((await store.load(c1))?.title, 'b');
        await store.close();
      }
    }));

  it('that commits while this one opens its projection is not missed', () =>
    withFolder(async (folder) => {
      const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
      await a.store.commit([created('c1')]);
      let n = 0;
      const write = async (store: ConversationStore, name: string): Promise<void> => {
        for (let i = 0; i < 30; i++)
          await store.commit([added('c1', `${name}${i}`, { content: 'x'.repeat(500) })]).then(() => (n += 1));
      };
      await Promise.all([write(a.store, 'a'), write(b.store, 'b'), b.store.conversations(), a.store.conversations()]);
      await Promise.all([a.projection.refresh(), b.projection.refresh()]);
      for (const { store } of [a, b]) {
        assert.equal((await store.load(c1))?.messages.size, n);
        await store.close();
      }
    }));

  it('that writes while this one reads, writes and saves a snapshot loses nothing', () =>
    withFolder(async (folder) => {
      const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
      await a.store.commit([created('c1')]);
      await b.store.conversations();
      let written = 0;
      const write = (store: ConversationStore, name: string, count: number): Promise<unknown> =>
        Promise.all(
          Array.from({ length: count }, (_, i) =>
            store
              .commit([added('c1', `${name}${i}`, { content: 'x'.repeat(300) }), reserved(`${name}${i}`)])
              .then(() => (written += 1)),
          ),
        );
      for (let round = 0; round < 6; round++) {
        await write(a.store, `a${round}-`, 300);
        const save = new Promise((resolve) => setImmediate(resolve)).then(() => b.projection.save());
        await Promise.all([b.projection.refresh(), save, write(b.store, `b${round}-`, 50)]);
        const next = openStoreWithProjection(folder);
        assert.equal((await next.store.load(c1))?.messages.size, written, `round ${round}`);
        const reservations = (await next.store.spendEvents()).events.flatMap((event) =>
          'reservationId' in event ? [event.reservationId] : [],
        );
        assert.equal(new Set(reservations).size, written, `round ${round}`);
        assert.equal(reservations.length, written, 'each is reported once');
        assert.deepEqual(await next.store.state(), { kind: 'ready', warnings: [] });
        await next.store.close();
      }
      await a.store.close();
      await b.store.close();
    }));

  describe('with a running reply', () => {
    it('shows it as running to others until it ends', () =>
      withFolder(async (folder) => {
        const [a, b] = [openStoreWithProjection(folder), openStoreWithProjection(folder)];
        await a.store.commit([created('c1'), shell('c1', 'm1')]);
        await until(() => readdirSync(folder).some((name) => name.startsWith('live-')));
        assert.equal(await stateOf(b.store, 'm1'), 'streaming');
        await a.store.commit([ended('c1', 'm1')]);
        await b.projection.refresh();
        assert.equal(await stateOf(b.store, 'm1'), 'complete');
        await a.store.close();
        assert.deepEqual(
          readdirSync(folder).filter((name) => name.startsWith('live-')),
          [],
        );
        await b.store.close();
      }));

    it('that has died leaves it interrupted, which is reported', () =>
      withFolder(async (folder) => {
        const process_ = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
        const writer = 'd'.repeat(32);
        const frame = (seq: number, events: readonly StoreEvent[]): Buffer =>
          encodeFrame({ writer, seq, lamport: seq + 1, schema: EVENT_SCHEMA_VERSION }, JSON.stringify(events));
        const journal = path.join(folder, journalName(writer));
        writeFileSync(
          journal,
          Buffer.concat([
            encodeFileHeader(),
            frame(0, [created('c1'), shell('c1', 'm1'), appended('c1', 'm1', 0, 'half')]),
          ]),
        );
        writeFileSync(path.join(folder, `live-${writer}-${await thisMachine()}-${process_.pid}`), '');
        const { store, projection } = openStoreWithProjection(folder, {
          clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
        });
        const changes = changesOf(store);
        assert.equal(await stateOf(store, 'm1'), 'streaming');
        await projection.refresh();
        appendFileSync(journal, frame(1, [appended('c1', 'm1', 4, ' a word')]));
        process_.kill('SIGKILL');
        await once(process_, 'exit');
        await projection.refresh();
        assert.deepEqual(
          changes.map(({ conversationIds }) => [...conversationIds]),
          [['c1']],
        );
        assert.equal(await stateOf(store, 'm1'), 'interrupted');
        assert.equal(
          (await store.load(c1))?.messages.get(messageId('m1'))?.content,
          'half a word',
          'written without a signal',
        );
        assert.deepEqual(
          readdirSync(folder).filter((name) => name.startsWith('live-')),
          [],
          'what the dead process left is cleared away',
        );
        await store.close();
      }));

    it('that no longer touches its file is considered dead, wherever it runs', () =>
      withFolder(async (folder) => {
        const writer = 'd'.repeat(32);
        writeFileSync(
          path.join(folder, `j-${writer}.log`),
          Buffer.concat([
            encodeFileHeader(),
            encodeFrame(
              { writer, seq: 0, lamport: 1, schema: EVENT_SCHEMA_VERSION },
              JSON.stringify([created('c1'), shell('c1', 'm1')]),
            ),
          ]),
        );
        const live = path.join(folder, `live-${writer}-${'e'.repeat(16)}-1`);
        writeFileSync(live, '');
        let nowMs = 0;
        const { store, projection } = openStoreWithProjection(folder, {
          clock: { nowMs: () => Date.now(), monotonicMs: () => nowMs },
        });
        assert.equal(await stateOf(store, 'm1'), 'streaming');
        nowMs += 11_000;
        await projection.refresh();
        assert.equal(await stateOf(store, 'm1'), 'streaming');
        utimesSync(live, new Date(), new Date());
        await projection.refresh();
        nowMs += 11_000;
        await projection.refresh();
        assert.equal(await stateOf(store, 'm1'), 'streaming');
        nowMs += 2_000;
        await projection.refresh();
        assert.equal(await stateOf(store, 'm1'), 'interrupted');
        await store.close();
      }));
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
