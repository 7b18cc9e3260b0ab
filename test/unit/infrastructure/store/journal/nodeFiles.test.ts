import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NodeJournalFiles } from '../../../../../src/infrastructure/store/journal/nodeFiles';
import { withFolder } from '../storeFixtures';

describe('NodeJournalFiles', () => {
  it('creates the folder with its parents and accepts an existing one', () =>
    withFolder(async (parent) => {
      const folder = path.join(parent, 'a', 'b');
      const files = new NodeJournalFiles(folder);
      assert.deepEqual(await files.list(), []);
      await files.createDirectory();
      await files.createDirectory();
      await files.checkWritable();
      await files.syncDirectory();
      assert.ok(existsSync(folder));
    }));

  it('distinguishes a folder that can’t be listed from a missing one', () =>
    withFolder(async (folder) => {
      writeFileSync(path.join(folder, 'file'), '');
      await assert.rejects(new NodeJournalFiles(path.join(folder, 'file')).list(), { code: 'ENOTDIR' });
    }));

  it('never opens an existing file for writing', () =>
    withFolder(async (folder) => {
      writeFileSync(path.join(folder, 'taken'), 'content');
      await assert.rejects(new NodeJournalFiles(folder).create('taken'), { code: 'EEXIST' });
      assert.equal(readFileSync(path.join(folder, 'taken'), 'utf8'), 'content');
    }));

  it('writes, truncates, reads parts and notices a deletion', () =>
    withFolder(async (folder) => {
      const files = new NodeJournalFiles(folder);
      const file = await files.create('f');
      assert.equal(await file.write(Buffer.from('0123456789'), 0), 10);
      await file.sync();
      await file.truncate(6);
      assert.equal(await files.size('f'), 6);
      assert.equal((await files.read('f', 2, 3)).toString(), '234');
      assert.equal((await files.read('f', 4, 100)).toString(), '45');
      assert.equal(await file.isLinked(), true);
      await files.remove('f');
      if (process.platform !== 'win32') assert.equal(await file.isLinked(), false);
      await file.close();
      assert.equal(await files.size('f'), undefined);
    }));
});
