import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Conversation } from '../../../../src/domain/conversation';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { type ConversationStore, StoreWriteError } from '../../../../src/domain/ports/store';
import { encodeFileHeader, encodeFrame } from '../../../../src/infrastructure/store/journal/frame';
import { journals, onlyJournal } from './journal/journalFolder';
import { MemoryJournalFiles } from './journal/memoryJournalFiles';
import { added, appended, created, ended, renamed, reserved, settled, shell } from './storeEvents';
import { bookOf } from './projection/spendOracle';
import { openStore, wasmBinary, withFolder } from './storeFixtures';

const c1 = conversationId('c1');
const WRITER = 'f'.repeat(32);

async function everything(store: ConversationStore): Promise<readonly (Conversation | undefined)[]> {
  return Promise.all((await store.conversations()).map((summary) => store.load(summary.id)));
}

describe('JournaledConversationStore', () => {
  it('returns committed events after a restart', () =>
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
      assert.deepEqual((await again.spendEvents()).events, [reserved('r1'), settled('r1')]);
      assert.deepEqual(await again.state(), { kind: 'ready', warnings: [] });
      await again.close();
    }));

  it('shows a commit immediately, whether the projection was opened before or after it', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      assert.equal((await store.load(c1))?.title, 'Title of c1');
      await Promise.all([store.commit([renamed('c1', 'A')]), store.commit([renamed('c1', 'B')])]);
      assert.equal((await store.load(c1))?.title, 'B');
      await store.close();
    }));

  it('misses no commit made while the projection is being opened', async () => {
    const files = new MemoryJournalFiles();
    const other = openStore('memory', { files });
    await other.commit([created('c1')]);
    for (let i = 0; i < 50; i++) await other.commit([added('c1', `old${i}`)]);
    // The clock is so fast that the fold pauses after every frame, long enough to flush a commit.
    let now = 0;
    const clock = { nowMs: () => now, monotonicMs: () => (now += 1000) };
    const store = openStore('memory', { files, clock });
    const loading = store.load(c1);
    while (!files.calls.includes('read')) await new Promise((resolve) => setImmediate(resolve));
    await store.commit([added('c1', 'new')]);
    await loading;
    assert.equal((await store.load(c1))?.messages.size, 51);
  });

  it('is empty and ready if nothing was ever written, and creates no file', () =>
    withFolder(async (folder) => {
      const below = path.join(folder, 'not', 'there');
      const store = openStore(below);
      assert.deepEqual((await store.spendEvents()).events, []);
      assert.deepEqual(await store.conversations(), []);
      assert.equal(await store.load(c1), undefined);
      assert.equal(await store.conversationOf(messageId('m')), undefined);
      assert.equal(await store.nextRunNumber(), 1);
      assert.equal(existsSync(below), false);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
      await store.close();
      assert.deepEqual(readdirSync(below), []);
    }));

  it('rejects commits after it was closed and finishes earlier ones', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      const last = store.commit([renamed('c1', 'Last')]);
      await store.close();
      await last;
      onlyJournal(folder);
      await assert.rejects(store.commit([renamed('c1', 'Late')]), StoreWriteError);
      const again = openStore(folder);
      assert.equal((await again.load(c1))?.title, 'Last');
      await again.close();
    }));

  describe('with several windows', () => {
    it('shows a third window the commits of two others, regardless of their order', () =>
      withFolder(async (folder) => {
        const [a, b] = [openStore(folder), openStore(folder)];
        await a.commit([created('c1', { runNumber: 1 })]);
        await Promise.all([
          (async () => {
            for (let i = 0; i < 20; i++) await a.commit([added('c1', `a${i}`), reserved(`ra${i}`)]);
          })(),
          (async () => {
            await b.commit([created('c2', { runNumber: 1 })]);
            for (let i = 0; i < 20; i++) await b.commit([added('c2', `b${i}`), reserved(`rb${i}`)]);
          })(),
        ]);
        const opened = [openStore(folder), openStore(folder)];
        const [one, two] = await Promise.all(opened.map(everything));
        assert.deepEqual(one, two);
        assert.deepEqual(
          one?.map((c) => c?.messages.size),
          [20, 20],
        );
        assert.deepEqual(one?.map((c) => c?.runNumber).sort(), [1, 2], 'a run number belongs to one conversation');
        assert.equal(journals(folder).length, 2);
        for (const store of [a, b, ...opened]) assert.equal((await store.spendEvents()).events.length, 40);
        assert.deepEqual(bookOf((await a.spendEvents()).events), bookOf((await b.spendEvents()).events));
        await Promise.all([a, b, ...opened].map((store) => store.close()));
      }));

    it('orders events causally: the rename of a later window wins', () =>
      withFolder(async (folder) => {
        for (const title of ['first', 'second', 'third', 'fourth']) {
          const store = openStore(folder);
          await store.commit(title === 'first' ? [created('c1'), renamed('c1', title)] : [renamed('c1', title)]);
          await store.close();
        }
        const reader = openStore(folder);
        assert.equal((await reader.load(c1))?.title, 'fourth');
        await reader.close();
      }));

    it('sees the reservation of another window as soon as it is acknowledged', () =>
      withFolder(async (folder) => {
        const [a, b] = [openStore(folder), openStore(folder)];
        for (let i = 0; i < 10; i++) {
          await a.commit([reserved(`a${i}`)]);
          await b.commit([reserved(`b${i}`)]);
          const seen = await Promise.all([a.spendEvents(), b.spendEvents()]);
          for (const { events } of seen) assert.deepEqual(events.length, 2 * (i + 1));
        }
        await Promise.all([a.close(), b.close()]);
      }));

    it('sees commits acknowledged before the call even while an earlier scan is running', async () => {
      const files = new GatedFiles();
      const [a, b] = [openStore('memory', { files }), openStore('memory', { files })];
      await a.commit([reserved('r1')]);
      const open = files.shut();
      const early = b.spendEvents();
      await files.waiting;
      await a.commit([reserved('r2')]);
      const late = b.spendEvents();
      open();
      assert.deepEqual((await early).events[0], reserved('r1'));
      assert.deepEqual((await late).events, [reserved('r1'), reserved('r2')]);
    });

    it('waits for the rest of a frame that another window is writing', () =>
      withFolder(async (folder) => {
        const file = path.join(folder, `j-${WRITER}.log`);
        const frame = (seq: number): Buffer =>
          encodeFrame({ writer: WRITER, seq, lamport: seq + 1, schema: 1 }, JSON.stringify([reserved(`r${seq}`)]));
        const reader = openStore(folder);
        writeFileSync(file, encodeFileHeader().subarray(0, 5));
        assert.deepEqual((await reader.spendEvents()).events, []);
        appendFileSync(file, encodeFileHeader().subarray(5));
        appendFileSync(file, frame(0).subarray(0, 20));
        assert.deepEqual((await reader.spendEvents()).events, []);
        appendFileSync(file, frame(0).subarray(20));
        appendFileSync(file, frame(1).subarray(0, 3));
        assert.deepEqual((await reader.spendEvents()).events, [reserved('r0')]);
        appendFileSync(file, frame(1).subarray(3));
        assert.deepEqual((await reader.spendEvents()).events, [reserved('r0'), reserved('r1')]);
        assert.deepEqual(await reader.state(), { kind: 'ready', warnings: [] });
        await reader.close();
      }));

    it('leaves another window’s streaming reply to that window', () =>
      withFolder(async (folder) => {
        const owner = openStore(folder);
        await owner.commit([created('c1'), shell('c1', 'm1'), appended('c1', 'm1', 0, 'so far')]);
        const [journal = ''] = journals(folder);
        const written = (): Buffer => readFileSync(journal);
        const before = written();
        const other = openStore(folder);
        assert.equal((await other.load(c1))?.messages.get(messageId('m1'))?.content, 'so far');
        assert.equal((await owner.load(c1))?.messages.get(messageId('m1'))?.state, 'streaming');
        assert.deepEqual(written(), before);
        assert.equal(journals(folder).length, 1);
        await owner.commit([appended('c1', 'm1', 6, ' and on'), ended('c1', 'm1')]);
        await Promise.all([owner.close(), other.close()]);
        const third = openStore(folder);
        const message = (await third.load(c1))?.messages.get(messageId('m1'));
        assert.deepEqual([message?.state, message?.content], ['complete', 'so far and on']);
        await third.close();
      }));
  });

  describe('without the database', () => {
    const noDatabase = { wasmBinary: (): Promise<Uint8Array> => Promise.reject(new Error('no engine')) };

    it('commits and knows the spend of all windows', () =>
      withFolder(async (folder) => {
        const other = openStore(folder);
        await other.commit([reserved('r1')]);
        const store = openStore(folder, noDatabase);
        await store.commit([added('c1', 'm "spend. in a text'), reserved('r2')]);
        await other.commit([settled('r1')]);
        const { events } = await store.spendEvents();
        const types = events.map(({ type }) => type);
        assert.deepEqual(types.toSorted(), ['spend.reserved', 'spend.reserved', 'spend.settled']);
        assert.deepEqual(
          events.filter((event) => 'reservationId' in event && event.reservationId === 'r1'),
          [reserved('r1'), settled('r1')],
          'events of one journal are in order',
        );
        assert.deepEqual(bookOf((await other.spendEvents()).events), bookOf(events));
        assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
        await Promise.all([store.close(), other.close()]);
      }));

    it('fails instead of showing an empty history, then recovers', () =>
      withFolder(async (folder) => {
        let works = false;
        const store = openStore(folder, { wasmBinary: () => (works ? wasmBinary() : noDatabase.wasmBinary()) });
        await store.commit([created('c1')]);
        await assert.rejects(store.conversations(), /no engine/);
        await store.commit([renamed('c1', 'Still writing')]);
        works = true;
        assert.equal((await store.load(c1))?.title, 'Still writing');
        await store.close();
      }));

    it('does not read data again in later scans', async () => {
      const files = new PlacedReads();
      const other = openStore('memory', { files });
      const store = openStore('memory', { files });
      for (let i = 0; i < 10; i++) await other.commit([reserved(`r${i}`)]);
      const [journal = ''] = files.names;
      const written = (): number => files.content(journal)?.length ?? 0;
      const before = written();
      await store.spendEvents();
      files.positions.length = 0;
      for (let i = 0; i < 5; i++) await store.spendEvents();
      await other.commit([reserved('new')]);
      assert.equal((await store.spendEvents()).events.length, 11);
      assert.deepEqual(files.positions, [before]);
    });
  });
});

/** Records the positions of reads. */
class PlacedReads extends MemoryJournalFiles {
  readonly positions: number[] = [];

  override read(name: string, position: number, length: number): Promise<Buffer> {
    this.positions.push(position);
    return super.read(name, position, length);
  }
}

/** Blocks reads while it is closed. */
class GatedFiles extends MemoryJournalFiles {
  waiting: Promise<void> = Promise.resolve();
  private gate: Promise<void> = Promise.resolve();
  private arrived: () => void = () => undefined;

  shut(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    this.waiting = new Promise((resolve) => (this.arrived = resolve));
    return () => open();
  }

  override async read(name: string, position: number, length: number): Promise<Buffer> {
    this.arrived();
    await this.gate;
    return super.read(name, position, length);
  }
}
