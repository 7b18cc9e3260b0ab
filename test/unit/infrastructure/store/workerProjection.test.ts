import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { conversationId } from '../../../../src/domain/ids';
import { JournaledConversationStore } from '../../../../src/infrastructure/store/journaledConversationStore';
import { WorkerProjection } from '../../../../src/infrastructure/store/workerProjection';
import { added, created, renamed } from './storeEvents';
import { openStoreWithProjection, silentLog, testClock, withFolder } from './storeFixtures';

const c1 = conversationId('c1');

describe('WorkerProjection', () => {
  const built = mkdtempSync(path.join(tmpdir(), 'store-worker-'));
  const workerPath = path.join(built, 'storeWorker.cjs');
  const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

  before(() => {
    esbuild.buildSync({
      entryPoints: ['src/infrastructure/store/storeWorker.ts'],
      outfile: workerPath,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  });

  after(() => rmSync(built, { recursive: true, force: true }));

  const openOnThread = (directory: string): { store: JournaledConversationStore; projection: WorkerProjection } => {
    const projection = new WorkerProjection({ workerPath, wasmPath, directory, log: silentLog });
    return {
      projection,
      store: new JournaledConversationStore({ directory, projection, clock: testClock, log: silentLog }),
    };
  };

  it('returns the same as the projection on this thread, includes commits, and reports other windows’ changes', () =>
    withFolder(async (folder) => {
      const [onThread, local] = [openOnThread(folder), openStoreWithProjection(folder)];
      await onThread.store.commit([created('c1'), added('c1', 'm1')]);
      assert.equal((await onThread.store.load(c1))?.messages.size, 1);
      await onThread.store.commit([added('c1', 'm2')]);
      assert.deepEqual(await onThread.store.load(c1), await local.store.load(c1));
      const told = new Promise((resolve) => void onThread.store.onDidChange(resolve));
      await local.store.commit([renamed('c1', 'Theirs')]);
      await onThread.projection.refresh();
      assert.deepEqual(await told, { conversationIds: new Set(['c1']), spend: false });
      assert.equal((await onThread.store.conversations())[0]?.title, 'Theirs');
      await onThread.projection.save();
      await onThread.store.close();
      await local.store.close();
    }));

  it('rejects what the projection rejects', () =>
    withFolder(async (folder) => {
      const { store, projection } = openOnThread(path.join(folder, 'x'.repeat(300)));
      await assert.rejects(store.conversations(), /ENAMETOOLONG/);
      await projection.close();
    }));

  it('starts again after its thread has died', () =>
    withFolder(async (folder) => {
      const broken = new WorkerProjection({
        workerPath: path.join(built, 'missing.cjs'),
        wasmPath,
        directory: folder,
        log: silentLog,
      });
      await assert.rejects(broken.ask('conversations'), /missing.cjs/);
      await broken.close();
    }));
});
