import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { JournaledConversationStore } from '../../src/infrastructure/store/journaledConversationStore';
import { WorkerProjection } from '../../src/infrastructure/store/workerProjection';
import { Lane, WITNESS_CONVERSATION, commitNext } from './lane';
import type { WriterJob, WriterReport } from './writerJobs';

/**
 * A window in a process of its own. It waits, loaded and ready, for one job as a line of JSON, and reports in lines.
 * Arguments: the paths of the projection's worker and of `sql-wasm.wasm`.
 */
const [workerPath = '', wasmPath = ''] = process.argv.slice(2);

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function openStore(directory: string): {
  readonly store: JournaledConversationStore;
  readonly projection: WorkerProjection;
} {
  const projection = new WorkerProjection({ workerPath, directory, wasmPath, log });
  return { projection, store: new JournaledConversationStore({ directory, projection, clock, log }) };
}

/** Synchronous: a report that was given reaches the other end even if the next instruction never runs. */
const report = (line: WriterReport): void => void writeSync(1, `${JSON.stringify(line)}\n`);

/** More often than a window does by itself, so that kills meet snapshots in every state. */
const COMMITS_PER_SNAPSHOT = 6;

/** Commits until it is killed, and reports each acknowledgement. */
async function write({ directory, lanes, units, reads }: Extract<WriterJob, { kind: 'write' }>): Promise<void> {
  const { store, projection } = openStore(directory);
  if (reads) await store.conversations();
  await Promise.all(
    lanes.map(async (name, l) => {
      const lane = new Lane(name);
      for (let n = l; ; n++) {
        if (!(await commitNext(store, lane, units[n % units.length] ?? 0))) throw new Error('a commit failed');
        report({ kind: 'acknowledged', lane: name });
        if (!reads || n % COMMITS_PER_SNAPSHOT !== 0) continue;
        await store.load(WITNESS_CONVERSATION);
        // Another window's kill may have left what forbids it; that no record is lost is what counts here.
        await projection.save().catch(() => undefined);
      }
    }),
  );
}

/** Says how the folder looks to a window that opens it and tries to write. */
async function probe({ directory, lane }: Extract<WriterJob, { kind: 'probe' }>): Promise<void> {
  const { store } = openStore(directory);
  const messages = await store.load(WITNESS_CONVERSATION).then(
    (loaded) => loaded?.messages.size ?? 0,
    () => null,
  );
  const before = await store.state();
  const saved = await commitNext(store, new Lane(lane), 20);
  await store.close();
  report({ kind: 'probed', messages, state: before, saved });
}

async function run(job: WriterJob): Promise<void> {
  await (job.kind === 'write' ? write(job) : probe(job));
}

createInterface({ input: process.stdin }).once('line', (line) => {
  run(JSON.parse(line) as WriterJob).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
