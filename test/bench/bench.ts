import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerProjection } from '../../src/infrastructure/store/workerProjection';
import { BENCH_MESSAGES, writeBenchHistory } from './benchHistory';
import { type BenchBundles, openBenchStore } from './benchStore';
import { type BenchRow, benchTable, isMet } from './benchTable';
import { commitRows } from './commitBench';
import { GeneratedText } from './generatedText';
import { measured, timed } from './measure';
import { coldRow, warmRow } from './openBench';
import { searchRows } from './searchBench';
import { streamRows } from './streamBench';
import { tokenRows } from './tokenBench';

/**
 * Compares the store and the token counter with the alternatives, in one run on one machine. `npm run bench` starts it
 * as a bundle with the paths of the projection's worker, of `sql-wasm.wasm` and of the token counter's worker.
 */
const SEED = 1;

/** Resolves once the projection's thread has answered at once for a second, so its background work is done. */
async function idle(projection: WorkerProjection): Promise<void> {
  for (let quick = 0; quick < 20; await delay(50))
    quick = (await timed(() => projection.ask('nextRunNumber'))) < 5 ? quick + 1 : 0;
}

async function historyRows(folder: string, bundles: BenchBundles): Promise<readonly BenchRow[]> {
  const text = new GeneratedText(SEED);
  const history = path.join(folder, 'history');
  const texts = writeBenchHistory(history, text);
  const cold = await coldRow(history, bundles, BENCH_MESSAGES);
  const { store, projection } = openBenchStore(history, bundles);
  await store.conversations();
  const firstSearch: BenchRow = {
    what: 'the first search after that, which finishes the index',
    ours: measured([
      await timed(() =>
        store.search({
          terms: [{ kind: 'word', text: text.wordOfRank(5_000), prefix: false }],
          tags: [],
          models: [],
          roles: [],
          beforeMs: null,
          afterMs: null,
          costAboveNanoUsd: null,
          limit: 50,
        }),
      ),
    ]),
  };
  await idle(projection);
  const searches = await searchRows(folder, store, text, texts);
  await projection.save();
  await store.close();
  return [await warmRow(history, bundles, BENCH_MESSAGES), cold, firstSearch, ...searches];
}

async function run(): Promise<void> {
  const [workerPath = '', wasmPath = '', tokenWorkerPath = ''] = process.argv.slice(2);
  const bundles = { workerPath, wasmPath };
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const rows = [
      ...(await streamRows(bundles)),
      ...(await tokenRows(tokenWorkerPath)),
      ...(await commitRows(path.join(folder), bundles)),
      ...(await historyRows(folder, bundles)),
    ];
    console.log(
      `\nNode ${process.version}, SQLite ${process.versions['sqlite']} in node:sqlite, ${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'processor'}`,
    );
    console.log('Medians; in brackets the tenth and the ninetieth percentile.\n');
    console.log(benchTable(rows));
    const missed = rows.filter((row) => isMet(row) === false).length;
    console.log(
      missed === 0
        ? '\nEvery goal is met.'
        : `\n${missed} of ${rows.filter(({ goal }) => goal).length} goals are missed.`,
    );
    process.exitCode = missed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void run();
