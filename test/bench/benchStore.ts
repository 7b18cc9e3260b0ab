import type { Logger } from '../../src/domain/ports/system';
import type { JournalFiles } from '../../src/infrastructure/store/journal/files';
import { JournaledConversationStore } from '../../src/infrastructure/store/journaledConversationStore';
import { WorkerProjection } from '../../src/infrastructure/store/workerProjection';
import { systemClock } from '../../src/infrastructure/system/system';

/** Where the bundles are that the editor would load from the extension's folder. */
export interface BenchBundles {
  readonly workerPath: string;
  readonly wasmPath: string;
}

const log: Logger = {
  info: () => undefined,
  warn: (message) => console.log(message),
  error: (message) => console.log(message),
};

/** The store as the extension opens it: the projection on a thread of its own. */
export function openBenchStore(
  directory: string,
  bundles: BenchBundles,
  files?: JournalFiles,
): { readonly store: JournaledConversationStore; readonly projection: WorkerProjection } {
  const projection = new WorkerProjection({ ...bundles, directory, log });
  return {
    projection,
    store: new JournaledConversationStore({
      directory,
      projection,
      clock: systemClock,
      log,
      ...(files ? { files } : {}),
    }),
  };
}
