import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock, Logger } from '../../../../src/domain/ports/system';
import type { JournalFiles } from '../../../../src/infrastructure/store/journal/files';
import { JournaledConversationStore } from '../../../../src/infrastructure/store/journaledConversationStore';
import { NodeJournalFiles } from '../../../../src/infrastructure/store/journal/nodeFiles';
import { LocalProjection } from '../../../../src/infrastructure/store/storeProjection';

const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export const wasmBinary = (): Promise<Uint8Array> => Promise.resolve(readFileSync(wasmPath));

/** Deletes all rows but the search index. */
export const EMPTY_PROJECTION =
  'DELETE FROM conversation; DELETE FROM message; DELETE FROM reservation; DELETE FROM charge_sum; DELETE FROM accepted_overrun';

export const testClock: Clock = { nowMs: () => 1_795_000_000_000, monotonicMs: () => performance.now() };

export const silentLog: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface OpenOptions {
  readonly files?: JournalFiles;
  readonly wasmBinary?: () => Promise<Uint8Array>;
  readonly clock?: Clock;
}

export const openStore = (directory: string, options: OpenOptions = {}): JournaledConversationStore =>
  openStoreWithProjection(directory, options).store;

/** With the projection, for tests that refresh or save snapshots. */
export function openStoreWithProjection(
  directory: string,
  options: OpenOptions = {},
): { readonly store: JournaledConversationStore; readonly projection: LocalProjection } {
  const { files = new NodeJournalFiles(directory), clock = testClock } = options;
  const projection = new LocalProjection({
    files,
    clock,
    log: silentLog,
    wasmBinary: options.wasmBinary ?? wasmBinary,
  });
  return { projection, store: new JournaledConversationStore({ directory, files, projection, clock, log: silentLog }) };
}

/** Runs the test with a temporary folder. */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'journals-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
