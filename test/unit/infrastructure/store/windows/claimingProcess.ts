import { readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { conversationId } from '../../../../../src/domain/ids';
import type { Disposable } from '../../../../../src/domain/emitter';
import { JournaledConversationStore } from '../../../../../src/infrastructure/store/journaledConversationStore';
import { isRunning } from '../../../../../src/infrastructure/store/windows/liveFiles';
import { NodeJournalFiles } from '../../../../../src/infrastructure/store/journal/nodeFiles';
import { LocalProjection } from '../../../../../src/infrastructure/store/storeProjection';

/**
 * A window that claims conversations. Argument: the folder of the store. Commands, one per line, and their output:
 *
 *     claim            got | refused
 *     release          released
 *     close            closed
 *     fight <folder>   claims and releases until it is killed: got | refused | both. Each process keeps a file in
 *                      <folder> while it has the claim; `both` means that two living processes had it at once
 */
const [directory = ''] = process.argv.slice(2);
const C = conversationId('c1');

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const wasmBinary = (): Promise<Uint8Array> => Promise.reject(new Error('not needed here'));
const projection = new LocalProjection({ files: new NodeJournalFiles(directory), clock, log, wasmBinary });
const store = new JournaledConversationStore({ directory, projection, clock, log });
const print = (line: string): void => void writeSync(1, `${line}\n`);

let claim: Disposable | undefined;

async function fight(folder: string): Promise<never> {
  const own = path.join(folder, `${process.pid}`);
  for (;;) {
    const mine = await store.claimTurn(C);
    if (!mine) {
      print('refused');
      await delay(Math.random() * 10);
      continue;
    }
    writeFileSync(own, '');
    const others = readdirSync(folder)
      .map(Number)
      .filter((pid) => pid !== process.pid && isRunning(pid));
    print(others.length > 0 ? 'both' : 'got');
    await delay(Math.random() * 10);
    rmSync(own);
    mine.dispose();
    await delay(Math.random() * 10);
  }
}

async function perform(command: string, argument = ''): Promise<string> {
  switch (command) {
    case 'claim':
      claim = await store.claimTurn(C);
      return claim ? 'got' : 'refused';
    case 'release':
      claim?.dispose();
      return 'released';
    case 'close':
      await store.close();
      return 'closed';
    default:
      return fight(argument);
  }
}

createInterface({ input: process.stdin }).on(
  'line',
  (line) => void perform(...(line.split(' ') as [string, string?])).then(print),
);
