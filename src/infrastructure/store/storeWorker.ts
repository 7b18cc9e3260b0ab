import { parentPort, workerData } from 'node:worker_threads';
import { readFile } from 'node:fs/promises';
import type { Clock, Logger } from '../../domain/ports/system';
import { NodeJournalFiles } from './journal/nodeFiles';
import { LocalView } from './storeProjection';
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './workerProjection';

/** Runs on a thread of its own: folding, searching and saving never hold the editor. */

const post = (answer: WorkerAnswer): void => parentPort?.postMessage(answer);

const log: Logger = {
  info: (message) => post({ kind: 'log', level: 'info', message }),
  warn: (message) => post({ kind: 'log', level: 'warn', message }),
  error: (message) => post({ kind: 'log', level: 'error', message }),
};
const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const { directory, wasmPath, ownWriters }: WorkerSetup = workerData;
const view = new LocalView({
  files: new NodeJournalFiles(directory),
  wasmBinary: () => readFile(wasmPath),
  clock,
  log,
});
for (const writer of ownWriters) view.own(writer);
view.onDidChange((change) => post({ kind: 'changed', change }));

async function perform(request: WorkerRequest): Promise<unknown> {
  switch (request.kind) {
    case 'ask':
      return view.ask(request.question, ...request.parameters);
    case 'look':
      return view.look();
    case 'save':
      return view.save();
    case 'findings':
      return view.findings();
    case 'inspect':
      return view.inspect();
    case 'repair':
      return view.repair();
    case 'close':
      return view.close();
  }
}

parentPort?.on(
  'message',
  (
    message: WorkerRequest | { readonly kind: 'apply'; readonly frames: readonly Parameters<LocalView['apply']>[0][] },
  ) => {
    if (message.kind === 'apply') {
      for (const frame of message.frames) view.apply(frame);
      return;
    }
    const { id } = message;
    perform(message).then(
      (value) => post({ kind: 'answer', id, value }),
      (error: unknown) => post({ kind: 'failure', id, error }),
    );
  },
);
