import { type BenchBundles, openBenchStore } from './benchStore';
import type { BenchRow } from './benchTable';
import { measured, timed } from './measure';

const WARM_RUNS = 7;
const COLD_RUNS = 2;

/** From nothing to the list of conversations, as the panel asks for it: thread, engine, projection, question. */
async function openingMs(folder: string, bundles: BenchBundles): Promise<number> {
  const { store } = openBenchStore(folder, bundles);
  const tookMs = await timed(() => store.conversations({ limit: 50 }));
  await store.close();
  return tookMs;
}

/** Folds the journals again each time, then publishes a snapshot. */
export async function coldRow(folder: string, bundles: BenchBundles, messages: number): Promise<BenchRow> {
  const samples: number[] = [];
  for (let i = 0; i < COLD_RUNS; i++) samples.push(await openingMs(folder, bundles));
  return { what: `opening ${messages.toLocaleString('en-US')} messages without a snapshot`, ours: measured(samples) };
}

export async function warmRow(folder: string, bundles: BenchBundles, messages: number): Promise<BenchRow> {
  const samples: number[] = [];
  for (let i = 0; i < WARM_RUNS; i++) samples.push(await openingMs(folder, bundles));
  return {
    what: `opening ${messages.toLocaleString('en-US')} messages with a snapshot`,
    ours: measured(samples),
    goal: { atMostMs: 1000 },
  };
}
