import { parentPort, workerData } from 'node:worker_threads';
import { readFile } from 'node:fs/promises';
import type { Clock, Logger } from '../../domain/ports/system';
import { NodeJournalFiles } from './journal/nodeFiles';
import { LocalProjection } from './storeProjection';
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './workerProjection';

/** Runs on its own thread, so that folding, searching and saving never block the editor. */

const post = (answer: WorkerAnswer): void => parentPort?.postMessage(answer);

const log: Logger = {
  info: (message) => post({ kind: 'log', level: 'info', message }),
  warn: (message) => post({ kind: 'log', level: 'warn', message }),
  error: (message) => post({ kind: 'log', level: 'error', message }),
};
const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const { directory, wasmPath, ownWriters }: WorkerSetup = workerData;
const projection = new LocalProjection({
  files: new NodeJournalFiles(directory),
  wasmBinary: () => readFile(wasmPath),
  clock,
  log,
});
for (const writer of ownWriters) projection.addOwnWriter(writer);
projection.onDidChange((change) => post({ kind: 'changed', change }));

async function perform(request: WorkerRequest): Promise<unknown> {
  switch (request.kind) {
    case 'ask':
      return projection.ask(request.question, ...request.parameters);
    case 'refresh':
      return projection.refresh();
    case 'save':
      return projection.save();
    case 'findings':
      return projection.findings();
    case 'inspect':
      return projection.inspect();
    case 'repair':
      return projection.repair();
    case 'close':
      return projection.close();
  }
}

parentPort?.on(
  'message',
  (
    message:
      WorkerRequest | { readonly kind: 'apply'; readonly frames: readonly Parameters<LocalProjection['apply']>[0][] },
  ) => {
    if (message.kind === 'apply') {
      for (const frame of message.frames) projection.apply(frame);
      return;
    }
    const { id } = message;
    perform(message).then(
      (value) => post({ kind: 'answer', id, value }),
      (error: unknown) => post({ kind: 'failure', id, error }),
    );
  },
);
