import type { StoreWarning } from '../../../../src/domain/storeTrouble';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { conversationId } from '../../../../src/domain/ids';
import { type ConversationStore, StoreWriteError } from '../../../../src/domain/ports/store';
import {
  FILE_HEADER_BYTES,
  FORMAT_VERSION,
  encodeFileHeader,
  encodeFrame,
} from '../../../../src/infrastructure/store/journal/frame';
import { EVENT_SCHEMA_VERSION } from '../../../../src/infrastructure/store/journal/eventSchema';
import { journals, onlyJournal, snapshot } from './journal/journalFolder';
import { MemoryJournalFiles, systemError } from './journal/memoryJournalFiles';
import { added, appended, created, renamed, shell } from './storeEvents';
import { openStore, withFolder } from './storeFixtures';

const c1 = conversationId('c1');
const WRITER = 'f'.repeat(32);

async function withWarnings(store: ConversationStore, ...warnings: readonly StoreWarning[]): Promise<void> {
  assert.deepEqual(await store.state(), { kind: 'ready', warnings });
}

describe('JournaledConversationStore', () => {
  describe('with damaged files', () => {
    async function filled(folder: string): Promise<string> {
      const store = openStore(folder);
      await store.commit([created('c1')]);
      for (let i = 0; i < 10; i++) await store.commit([added('c1', `m${i}`)]);
      await store.close();
      return onlyJournal(folder);
    }

    it('keeps everything around the damage, reports it, changes nothing and continues', () =>
      withFolder(async (folder) => {
        const file = await filled(folder);
        const bytes = readFileSync(file);
        const middle = bytes.indexOf('Text of m5');
        bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
        writeFileSync(file, bytes);
        const store = openStore(folder);
        assert.deepEqual(
          [...((await store.load(c1))?.messages.keys() ?? [])],
          ['m0', 'm1', 'm2', 'm3', 'm4', 'm6', 'm7', 'm8', 'm9'],
        );
        await withWarnings(store, { kind: 'damagedJournals', count: 1 });
        await store.commit([added('c1', 'after')]);
        await store.close();
        assert.deepEqual(readFileSync(file), bytes);
        const again = openStore(folder);
        assert.equal((await again.load(c1))?.messages.size, 10);
        await again.close();
      }));

    it('does not report a cut tail: nothing saved is lost', () =>
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

    it('skips empty and foreign files', () =>
      withFolder(async (folder) => {
        await filled(folder);
        writeFileSync(path.join(folder, `j-${'a'.repeat(32)}.log`), '');
        writeFileSync(path.join(folder, `j-${'b'.repeat(32)}.log`), 'SQLite format 3\0');
        writeFileSync(path.join(folder, 'j-notes.log'), 'x');
        writeFileSync(path.join(folder, 'README'), 'x');
        const before = snapshot(folder);
        const store = openStore(folder);
        assert.equal((await store.load(c1))?.messages.size, 10);
        await withWarnings(store, { kind: 'foreignFiles', count: 1 });
        await store.close();
        assert.deepEqual(snapshot(folder), before);
      }));

    it('shows the other files when one can’t be read', () =>
      withFolder(async (folder) => {
        await filled(folder);
        mkdirSync(path.join(folder, `j-${'a'.repeat(32)}.log`));
        const store = openStore(folder);
        assert.equal((await store.load(c1))?.messages.size, 10);
        await withWarnings(store, { kind: 'unreadableJournal', reason: { kind: 'other', detail: 'EISDIR' } });
        await store.close();
      }));

    it('uses the readable events of a frame and warns about the others', () =>
      withFolder(async (folder) => {
        const frame = encodeFrame(
          { writer: WRITER, seq: 0, lamport: 1, schema: 1 },
          JSON.stringify([created('c1'), { type: 'conversation.painted' }]),
        );
        writeFileSync(path.join(folder, `j-${WRITER}.log`), Buffer.concat([encodeFileHeader(), frame]));
        const store = openStore(folder);
        assert.equal((await store.conversations()).length, 1);
        await withWarnings(store, { kind: 'unreadableRecords', count: 1 });
        await store.close();
      }));

    it('does not write to a folder with events or files of a newer version', () =>
      withFolder(async (folder) => {
        await filled(folder);
        const header = encodeFileHeader();
        const newer = encodeFrame(
          { writer: WRITER, seq: 0, lamport: 99, schema: EVENT_SCHEMA_VERSION + 1 },
          '[{"type":"conversation.painted"}]',
        );
        const file = path.join(folder, `j-${WRITER}.log`);
        const variants = [Buffer.concat([header, newer]), newerFormat()];
        for (const variant of variants) {
          writeFileSync(file, variant);
          const before = snapshot(folder);
          const store = openStore(folder);
          assert.equal((await store.load(c1))?.messages.size, 10);
          const state = await store.state();
          assert.equal(state.kind, 'readOnly');
          assert.deepEqual(state, { kind: 'readOnly', reason: { kind: 'newerVersion' } });
          await assert.rejects(store.commit([added('c1', 'm')]), { reason: { kind: 'newerVersion' } });
          await store.close();
          assert.deepEqual(snapshot(folder), before);
        }
      }));

    it('stores streaming replies when a newer window appears, and is read-only for new sends', async () => {
      let failing = false;
      const files = new MemoryJournalFiles((_, name) => (failing && name === 'sync' ? systemError('EIO') : undefined));
      const store = openStore('memory', { files });
      await store.commit([created('c1'), shell('c1', 'm1')]);
      const newer = encodeFrame({ writer: WRITER, seq: 0, lamport: 99, schema: EVENT_SCHEMA_VERSION + 1 }, '[]');
      files.put(`j-${WRITER}.log`, Buffer.concat([encodeFileHeader(), newer]));
      assert.equal((await store.state()).kind, 'readOnly');
      await store.commit([appended('c1', 'm1', 0, 'paid')]);
      failing = true;
      await assert.rejects(store.commit([appended('c1', 'm1', 4, ' text')]), { reason: { kind: 'diskError' } });
      failing = false;
      await store.commit([appended('c1', 'm1', 4, ' text')]);
      assert.deepEqual(
        [...((await store.load(c1))?.messages.values() ?? [])].map((m) => m.content),
        ['paid text'],
      );
    });
  });

  describe('with an unusable folder', () => {
    it('is read-only with a reason if the folder can’t be created', () =>
      withFolder(async (folder) => {
        writeFileSync(path.join(folder, 'file'), '');
        const store = openStore(path.join(folder, 'file', 'journals'));
        const reason = { kind: 'notAFolder' };
        assert.deepEqual(await store.state(), { kind: 'readOnly', reason });
        await assert.rejects(store.commit([created('c1')]), { name: 'StoreWriteError', reason });
        await store.close();
      }));

    it('reads a read-only folder, and writes once it is writable', async () => {
      let readOnly = true;
      const files = new MemoryJournalFiles((_, name) =>
        readOnly && (name === 'checkWritable' || name === 'create') ? systemError('EROFS') : undefined,
      );
      const writer = openStore('memory', { files });
      readOnly = false;
      await writer.commit([created('c1')]);
      readOnly = true;
      const store = openStore('memory', { files });
      assert.equal((await store.load(c1))?.title, 'Title of c1');
      const reason = { kind: 'readOnlyDisk' };
      assert.deepEqual(await store.state(), { kind: 'readOnly', reason });
      await assert.rejects(store.commit([renamed('c1', 'x')]), { reason });
      readOnly = false;
      await store.commit([renamed('c1', 'x')]);
      assert.deepEqual(await store.state(), { kind: 'ready', warnings: [] });
    });

    it('never treats a folder that can’t be listed as empty', async () => {
      let broken = true;
      const files = new MemoryJournalFiles((_, name) =>
        broken && name === 'list' ? systemError('EACCES') : undefined,
      );
      const store = openStore('memory', { files });
      await assert.rejects(store.conversations());
      await assert.rejects(store.spendEvents());
      assert.equal((await store.state()).kind, 'readOnly');
      await assert.rejects(store.commit([created('c1')]), StoreWriteError);
      broken = false;
      await store.commit([created('c1')]);
      assert.equal((await store.conversations()).length, 1);
    });

    it('continues in a new folder when the old one is deleted', () =>
      withFolder(async (parent) => {
        const folder = path.join(parent, 'journals');
        const store = openStore(folder);
        await store.commit([created('c1')]);
        await store.load(c1);
        rmSync(folder, { recursive: true });
        await assert.rejects(store.commit([added('c1', 'm1')]), { reason: { kind: 'folderDeleted' } });
        await store.commit([added('c1', 'm2')]);
        assert.equal((await store.load(c1))?.messages.size, 1);
        assert.equal(journals(folder).length, 1);
        await store.close();
      }));

    it('creates journals that only the user can read', function () {
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
