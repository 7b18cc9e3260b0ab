/** Milliseconds of a repeated piece of work. */
export interface Measured {
  readonly medianMs: number;
  /** A tenth of the runs were faster than the first, a tenth slower than the second. */
  readonly spreadMs: readonly [number, number];
  readonly runs: number;
}

export function measured(samplesMs: readonly number[]): Measured {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return { medianMs: at(0.5), spreadMs: [at(0.1), at(0.9)], runs: sorted.length };
}

/** @returns milliseconds by the monotonic clock. */
export async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

export interface Turns {
  readonly blocks: number;
  readonly runsPerBlock: number;
  /** Runs of each before any is measured: JavaScript and WebAssembly are made faster while they run. */
  readonly warmUp: number;
  /** No more of them after this time. */
  readonly warmUpMs?: number;
}

/** What is compared takes turns in small blocks, so that a busy moment of the machine meets both. */
export async function inTurns(contestants: readonly (() => unknown)[], { blocks, runsPerBlock, warmUp, warmUpMs = Infinity }: Turns): Promise<readonly Measured[]> {
  const samples = contestants.map((): number[] => []);
  for (const work of contestants) {
    const endMs = performance.now() + warmUpMs;
    for (let i = 0; i < warmUp && performance.now() < endMs; i++) await work();
  }
  for (let block = 0; block < blocks; block++) {
    for (const [c, work] of contestants.entries()) {
      for (let run = 0; run < runsPerBlock; run++) samples[c]?.push(await timed(work));
    }
  }
  return samples.map(measured);
}
