import { writeSync } from 'node:fs';
import { JournaledConversationStore } from '../../../../../src/infrastructure/store/journaledConversationStore';
import { NodeJournalFiles } from '../../../../../src/infrastructure/store/journal/nodeFiles';
import { LocalProjection } from '../../../../../src/infrastructure/store/storeProjection';
import { added, reserved } from '../storeEvents';

/**
 * Commits until it is killed and prints each commit that was acknowledged, one line each.
 * Arguments: the folder and a name that makes its ids its own.
 */
const [directory = '', name = ''] = process.argv.slice(2);

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const wasmBinary = (): Promise<Uint8Array> => Promise.reject(new Error('not needed here'));
const projection = new LocalProjection({ files: new NodeJournalFiles(directory), clock, log, wasmBinary });
const store = new JournaledConversationStore({ directory, projection, clock, log });

/** Sizes from one page to many, so that a kill often meets a write. */
const sizeOf = (n: number): number => [10, 3_000, 60_000, 400_000][n % 4] ?? 10;

async function commitForever(lane: number): Promise<void> {
  for (let n = 0; ; n++) {
    const id = `${name}-${lane}-${n}`;
    await store.commit([added('c', id, { content: 'x'.repeat(sizeOf(n + lane)) }), reserved(id)]);
    writeSync(1, `${id}\n`);
  }
}

void Promise.all([0, 1, 2].map(commitForever));
