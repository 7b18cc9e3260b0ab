import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Conversation } from '../../../../src/domain/conversation';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { type ConversationStore, StoreWriteError } from '../../../../src/domain/ports';
import { FILE_HEADER_BYTES, FORMAT_VERSION, encodeFileHeader, encodeFrame } from '../../../../src/infrastructure/store/journalFrame';
import { MemoryJournalFiles, systemError } from './memoryJournalFiles';
import { added, appended, created, ended, openStore, renamed, reserved, settled, shell, wasmBinary, withFolder } from './storeFixtures';

const c1 = conversationId('c1');
const WRITER = 'f'.repeat(32);

async function everything(store: ConversationStore): Promise<readonly (Conversation | undefined)[]> {
  return Promise.all((await store.conversations()).map((summary) => store.load(summary.id)));
}

const journals = (folder: string): readonly string[] => readdirSync(folder).map((name) => path.join(folder, name));

const onlyJournal = (folder: string): string => {
  const [name, ...others] = journals(folder);
  assert.deepEqual(others, []);
  assert.ok(name);
  return name;
};

/** The folder's files with their content, to see that nothing was touched. */
const snapshot = (folder: string): ReadonlyMap<string, string> => new Map(journals(folder).map((file) => [file, readFileSync(file, 'hex')]));

async function withWarnings(store: ConversationStore, ...patterns: readonly RegExp[]): Promise<void> {
  const state = await store.state();
  assert.equal(state.kind, 'ready');
  if (state.kind !== 'ready') return;
  assert.equal(state.warnings.length, patterns.length, state.warnings.join('\n'));
  patterns.forEach((pattern, i) => assert.match(state.warnings[i] ?? '', pattern));
}

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
      assert.deepEqual(await again.state(), { kind: 'ready', warnings: [] });
      await again.close();
    }));

  it('shows a commit at once, whether the view was folded before or after it', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      assert.equal((await store.load(c1))?.title, 'Title of c1');
      await Promise.all([store.commit([renamed('c1', 'A')]), store.commit([renamed('c1', 'B')])]);
      assert.equal((await store.load(c1))?.title, 'B');
      await store.close();
    }));

  it('misses no commit that is made while the view is being folded', () =>
    withFolder(async (folder) => {
      const first = openStore(folder);
      await first.commit([created('c1')]);
      for (let i = 0; i < 300; i++) await first.commit([added('c1', `old${i}`)]);
      await first.close();
      const store = openStore(folder);
      const [conversation] = await Promise.all([store.load(c1), ...Array.from({ length: 20 }, (_, i) => store.commit([added('c1', `new${i}`)]))]);
      assert.ok((conversation?.messages.size ?? 0) >= 300);
      assert.equal((await store.load(c1))?.messages.size, 320);
      await store.close();
    }));

  it('is empty and ready where nothing was ever written, and leaves no file behind', () =>
    withFolder(async (folder) => {
      const below = path.join(folder, 'not', 'there');
      const store = openStore(below);
      assert.deepEqual(await store.spendEvents(), []);
      assert.deepEqual(await store.conversations(), []);
      assert.equal(await store.load(c1), undefined);
      assert.equal(await store.conversationOf(messageId('m')), undefined);
      assert.equal(await store.nextRunNumber(), 1);
      assert.equal(existsSync(below), false);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
      await store.close();
      assert.deepEqual(readdirSync(below), []);
    }));

  it('takes nothing after it was closed, and keeps what was under way', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      const last = store.commit([renamed('c1', 'Last')]);
      await store.close();
      await last;
      await assert.rejects(store.commit([renamed('c1', 'Late')]), StoreWriteError);
      const again = openStore(folder);
      assert.equal((await again.load(c1))?.title, 'Last');
      await again.close();
    }));

  describe('with several windows', () => {
    it('shows a third window everything of two, the same whichever wrote first', () =>
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
        assert.deepEqual(one?.map((c) => c?.messages.size), [20, 20]);
        assert.deepEqual(one?.map((c) => c?.runNumber).sort(), [1, 2], 'a run number belongs to one conversation');
        assert.equal(journals(folder).length, 2);
        for (const store of [a, b, ...opened]) assert.equal((await store.spendEvents()).length, 40);
        assert.deepEqual(await a.spendEvents(), await b.spendEvents());
        await Promise.all([a, b, ...opened].map((store) => store.close()));
      }));

    it('orders by what each had seen: a later window\'s rename wins', () =>
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

    it('sees another window\'s reservation in the call after it was acknowledged', () =>
      withFolder(async (folder) => {
        const [a, b] = [openStore(folder), openStore(folder)];
        for (let i = 0; i < 10; i++) {
          await a.commit([reserved(`a${i}`)]);
          await b.commit([reserved(`b${i}`)]);
          const seen = await Promise.all([a.spendEvents(), b.spendEvents()]);
          for (const events of seen) assert.deepEqual(events.length, 2 * (i + 1));
        }
        await Promise.all([a.close(), b.close()]);
      }));

    it('waits for the rest of what another window is just writing', () =>
      withFolder(async (folder) => {
        const file = path.join(folder, `j-${WRITER}.log`);
        const frame = (seq: number): Buffer => encodeFrame({ writer: WRITER, seq, lamport: seq + 1, schema: 1, opId: 'x' }, JSON.stringify([reserved(`r${seq}`)]));
        const reader = openStore(folder);
        writeFileSync(file, encodeFileHeader().subarray(0, 5));
        assert.deepEqual(await reader.spendEvents(), []);
        appendFileSync(file, encodeFileHeader().subarray(5));
        appendFileSync(file, frame(0).subarray(0, 20));
        assert.deepEqual(await reader.spendEvents(), []);
        appendFileSync(file, frame(0).subarray(20));
        appendFileSync(file, frame(1).subarray(0, 3));
        assert.deepEqual(await reader.spendEvents(), [reserved('r0')]);
        appendFileSync(file, frame(1).subarray(3));
        assert.deepEqual(await reader.spendEvents(), [reserved('r0'), reserved('r1')]);
        assert.deepEqual(await reader.state(), { kind: 'ready', warnings: [] });
        await reader.close();
      }));

    it('does not take over a reply that another window is streaming', () =>
      withFolder(async (folder) => {
        const owner = openStore(folder);
        await owner.commit([created('c1'), shell('c1', 'm1'), appended('c1', 'm1', 0, 'so far')]);
        const before = snapshot(folder);
        const other = openStore(folder);
        assert.equal((await other.load(c1))?.messages.get(messageId('m1'))?.state, 'interrupted');
        assert.equal((await owner.load(c1))?.messages.get(messageId('m1'))?.state, 'streaming');
        assert.deepEqual(snapshot(folder), before);
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

    it('commits, and knows all windows\' spend', () =>
      withFolder(async (folder) => {
        const other = openStore(folder);
        await other.commit([reserved('r1')]);
        const store = openStore(folder, noDatabase);
        await store.commit([added('c1', 'm "spend. in a text'), reserved('r2')]);
        await other.commit([settled('r1')]);
        const events = await store.spendEvents();
        assert.deepEqual(events.map((event) => `${event.type} ${event.reservationId}`), ['spend.reserved r1', 'spend.reserved r2', 'spend.settled r1']);
        assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
        await Promise.all([store.close(), other.close()]);
      }));

    it('fails instead of showing an empty history, and recovers', () =>
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

    it('reads only what is new in later scans', async () => {
      const files = new MemoryJournalFiles();
      const other = openStore('memory', { files });
      const store = openStore('memory', { files });
      for (let i = 0; i < 10; i++) await other.commit([reserved(`r${i}`)]);
      await store.spendEvents();
      const before = files.calls.filter((call) => call === 'read').length;
      for (let i = 0; i < 5; i++) await store.spendEvents();
      assert.equal(files.calls.filter((call) => call === 'read').length, before);
      await other.commit([reserved('new')]);
      assert.equal((await store.spendEvents()).length, 11);
      assert.equal(files.calls.filter((call) => call === 'read').length, before + 1);
    });
  });

  describe('with files that are not right', () => {
    async function filled(folder: string): Promise<string> {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      for (let i = 0; i < 10; i++) await store.commit([added('c1', `m${i}`)]);
      await store.close();
      return onlyJournal(folder);
    }

    it('keeps everything before damage, says so, changes nothing and goes on', () =>
      withFolder(async (folder) => {
        const file = await filled(folder);
        const bytes = readFileSync(file);
        const middle = bytes.indexOf('Text of m5');
        bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
        writeFileSync(file, bytes);
        const store = openStore(folder);
        assert.deepEqual([...((await store.load(c1))?.messages.keys() ?? [])], ['m0', 'm1', 'm2', 'm3', 'm4']);
        await withWarnings(store, /damaged/);
        await store.commit([added('c1', 'after')]);
        await store.close();
        assert.deepEqual(readFileSync(file), bytes);
        const again = openStore(folder);
        assert.equal((await again.load(c1))?.messages.size, 6);
        await again.close();
      }));

    it('takes a cut end for what it is: nothing that was saved is gone', () =>
      withFolder(async (folder) => {
        const file = await filled(folder);
        truncateSync(file, readFileSync(file).length - 5);
        const cut = readFileSync(file);
        const store = openStore(folder);
        assert.equal((await store.load(c1))?.messages.size, 9);
        await store.commit([added('c1', 'after')]);
        await withWarnings(store);
        await store.close();
        assert.deepEqual(readFileSync(file), cut, 'a new journal is written, never the cut one');
        const again = openStore(folder);
        assert.equal((await again.load(c1))?.messages.size, 10);
        await again.close();
      }));

    it('passes over files that are empty or not its own', () =>
      withFolder(async (folder) => {
        await filled(folder);
        writeFileSync(path.join(folder, `j-${'a'.repeat(32)}.log`), '');
        writeFileSync(path.join(folder, `j-${'b'.repeat(32)}.log`), 'SQLite format 3\0');
        writeFileSync(path.join(folder, 'j-notes.log'), 'x');
        writeFileSync(path.join(folder, 'README'), 'x');
        const before = snapshot(folder);
        const store = openStore(folder);
        assert.equal((await store.load(c1))?.messages.size, 10);
        await withWarnings(store, /not from Neural Terminal/);
        await store.close();
        assert.deepEqual(snapshot(folder), before);
      }));

    it('shows the others when one file cannot be read', () =>
      withFolder(async (folder) => {
        await filled(folder);
        mkdirSync(path.join(folder, `j-${'a'.repeat(32)}.log`));
        const store = openStore(folder);
        assert.equal((await store.load(c1))?.messages.size, 10);
        await withWarnings(store, /could not be read/);
        await store.close();
      }));

    it('uses the readable events of a frame and warns of the others', () =>
      withFolder(async (folder) => {
        const frame = encodeFrame({ writer: WRITER, seq: 0, lamport: 1, schema: 1, opId: 'x' }, JSON.stringify([created('c1'), { type: 'conversation.painted' }]));
        writeFileSync(path.join(folder, `j-${WRITER}.log`), Buffer.concat([encodeFileHeader(), frame]));
        const store = openStore(folder);
        assert.equal((await store.conversations()).length, 1);
        await withWarnings(store, /1 saved record/);
        await store.close();
      }));

    it('only reads a folder with events or files of a newer version, and leaves every byte', () =>
      withFolder(async (folder) => {
        await filled(folder);
        const header = encodeFileHeader();
        const newer = encodeFrame({ writer: WRITER, seq: 0, lamport: 99, schema: 2, opId: 'x' }, '[{"type":"conversation.painted"}]');
        const file = path.join(folder, `j-${WRITER}.log`);
        const variants = [Buffer.concat([header, newer]), newerFormat()];
        for (const variant of variants) {
          writeFileSync(file, variant);
          const before = snapshot(folder);
          const store = openStore(folder);
          assert.equal((await store.load(c1))?.messages.size, 10);
          const state = await store.state();
          assert.equal(state.kind, 'readOnly');
          assert.match(state.kind === 'readOnly' ? state.reason : '', /newer version/);
          await assert.rejects(store.commit([added('c1', 'm')]), /newer version/);
          await store.close();
          assert.deepEqual(snapshot(folder), before);
        }
      }));

    it('stores what is streaming when a newer window appears, and says that nothing new should be sent', () =>
      withFolder(async (folder) => {
        const store = openStore(folder);
        await store.commit([created('c1'), shell('c1', 'm1')]);
        const newer = encodeFrame({ writer: WRITER, seq: 0, lamport: 99, schema: 2, opId: 'x' }, '[]');
        writeFileSync(path.join(folder, `j-${WRITER}.log`), Buffer.concat([encodeFileHeader(), newer]));
        assert.equal((await store.state()).kind, 'readOnly');
        await store.commit([appended('c1', 'm1', 0, 'paid text')]);
        await store.close();
      }));
  });

  describe('with a folder that is not right', () => {
    it('is read-only with a reason where the folder cannot be made', () =>
      withFolder(async (folder) => {
        writeFileSync(path.join(folder, 'file'), '');
        const store = openStore(path.join(folder, 'file', 'journals'));
        const reason = 'a file stands where the history folder should be';
        assert.deepEqual(await store.state(), { kind: 'readOnly', reason });
        await assert.rejects(store.commit([created('c1')]), { name: 'StoreWriteError', reason });
        await store.close();
      }));

    it('reads a folder that it may not write, and writes once it may', async () => {
      let readOnly = true;
      const files = new MemoryJournalFiles((_, name) => (readOnly && (name === 'checkWritable' || name === 'create') ? systemError('EROFS') : undefined));
      const writer = openStore('memory', { files });
      readOnly = false;
      await writer.commit([created('c1')]);
      readOnly = true;
      const store = openStore('memory', { files });
      assert.equal((await store.load(c1))?.title, 'Title of c1');
      const reason = 'the history folder is on a read-only disk';
      assert.deepEqual(await store.state(), { kind: 'readOnly', reason });
      await assert.rejects(store.commit([renamed('c1', 'x')]), { reason });
      readOnly = false;
      await store.commit([renamed('c1', 'x')]);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
    });

    it('never takes a folder that cannot be listed for an empty one', async () => {
      let broken = true;
      const files = new MemoryJournalFiles((_, name) => (broken && name === 'list' ? systemError('EACCES') : undefined));
      const store = openStore('memory', { files });
      await assert.rejects(store.conversations());
      await assert.rejects(store.spendEvents());
      assert.equal((await store.state()).kind, 'readOnly');
      await assert.rejects(store.commit([created('c1')]), StoreWriteError);
      broken = false;
      await store.commit([created('c1')]);
      assert.equal((await store.conversations()).length, 1);
    });

    it('goes on in a new folder when the old one is deleted while it runs', () =>
      withFolder(async (parent) => {
        const folder = path.join(parent, 'journals');
        const store = openStore(folder);
        await store.commit([created('c1')]);
        await store.load(c1);
        rmSync(folder, { recursive: true });
        await assert.rejects(store.commit([added('c1', 'm1')]), { reason: 'the history folder was deleted' });
        await store.commit([added('c1', 'm2')]);
        assert.equal((await store.load(c1))?.messages.size, 1);
        assert.equal(journals(folder).length, 1);
        await store.close();
      }));

    it('keeps journals to their owner', function () {
      if (process.platform === 'win32') return this.skip();
      return withFolder(async (folder) => {
        const store = openStore(folder);
        await store.commit([created('c1')]);
        await store.close();
        assert.equal(statSync(onlyJournal(folder)).mode & 0o077, 0);
      });
    });
  });
});

/** A file whose header says a later format, with a right checksum. */
function newerFormat(): Buffer {
  const header = encodeFileHeader();
  header.writeUInt32LE(FORMAT_VERSION + 1, 8);
  header.writeUInt32LE(crc32(header.subarray(0, FILE_HEADER_BYTES - 4)), FILE_HEADER_BYTES - 4);
  return Buffer.concat([header, Buffer.from('whatever comes then')]);
}
