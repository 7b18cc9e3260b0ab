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
}

/** What is compared takes turns in small blocks, so that a busy moment of the machine meets both. */
export async function inTurns(
  contestants: readonly (() => unknown)[],
  { blocks, runsPerBlock, warmUp }: Turns,
): Promise<readonly Measured[]> {
  const comparison = new Comparison(contestants);
  await comparison.warmUp(warmUp);
  for (let block = 0; block < blocks; block++) await comparison.block(runsPerBlock);
  return comparison.results();
}

/** Of works that do the same. */
export class Comparison {
  private readonly samples: readonly number[][];

  constructor(private readonly contestants: readonly (() => unknown)[]) {
    this.samples = contestants.map((): number[] => []);
  }

  /** Of each so many runs, but no more after `atMostMs`. */
  async warmUp(runs: number, atMostMs = Infinity): Promise<void> {
    for (const work of this.contestants) {
      const endMs = performance.now() + atMostMs;
      for (let i = 0; i < runs && performance.now() < endMs; i++) await work();
    }
  }

  async block(runs: number): Promise<void> {
    for (const [c, work] of this.contestants.entries()) {
      for (let run = 0; run < runs; run++) this.samples[c]?.push(await timed(work));
    }
  }

  /** In the order of the contestants. */
  results(): readonly Measured[] {
    return this.samples.map(measured);
  }
}
