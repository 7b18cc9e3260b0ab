export interface FirstTokenFigures {
  readonly lastMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly count: number;
  /** Replies per bin of equal width, from the fastest to the slowest. */
  readonly bins: readonly number[];
}

const BINS = 6;

/** Null without a reply. Percentiles use the nearest rank. */
export function firstTokenFigures(timesMs: readonly number[]): FirstTokenFigures | null {
  const lastMs = timesMs.at(-1);
  if (lastMs === undefined) return null;
  const sorted = timesMs.toSorted((a, b) => a - b);
  const rank = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? lastMs;
  const low = sorted[0] ?? lastMs;
  const span = Math.max(1, (sorted.at(-1) ?? lastMs) - low);
  const bins = Array.from({ length: BINS }, () => 0);
  for (const time of sorted) {
    const bin = Math.min(BINS - 1, Math.floor(((time - low) / span) * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { lastMs, p50Ms: rank(0.5), p95Ms: rank(0.95), count: sorted.length, bins };
}
