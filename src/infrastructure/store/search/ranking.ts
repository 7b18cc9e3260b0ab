/** Columns of the full-text table, in order. `COLUMN_WEIGHTS` has the weight of an occurrence in each. */
export const SEARCHED_COLUMNS = ['content', 'reasoning', 'part'] as const;
const COLUMN_WEIGHTS = [1, 0.3, 0.5];

/** The usual BM25 constants k1 (term saturation) and b (length normalization). */
const SATURATION = 1.2;
const LENGTH_LOSS = 0.75;
/** Score bonus of the newest message over the oldest: enough to break ties, not to outrank a better match. */
const RECENCY_GAIN = 0.25;

/** A matching message. */
export interface Candidate {
  readonly ordinal: number;
  /** Row in the index; larger if indexed later. */
  readonly row: number;
  /** Number of words in its text. */
  readonly words: number;
  /**
   * Occurrences as returned by `matchinfo`: for each pattern, one 32-bit count per column, little-endian in
   * WebAssembly.
   */
  readonly occurrences: Uint8Array;
}

/**
 * Ranks by BM25, with the average length of the candidates, times a mild preference for recent messages.
 * @param rarities one weight per pattern, larger for rarer patterns.
 * @param lastRow the newest row of the index.
 * @returns ordinals, best first.
 */
export function ranked(
  candidates: readonly Candidate[],
  rarities: readonly number[],
  lastRow: number,
): readonly number[] {
  const words = candidates.reduce((sum, candidate) => sum + candidate.words, 0);
  const meanWords = Math.max(1, words / Math.max(1, candidates.length));
  return candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate, rarities, meanWords, lastRow) }))
    .sort((a, b) => b.score - a.score || b.candidate.row - a.candidate.row)
    .map(({ candidate }) => candidate.ordinal);
}

function scoreOf(
  { row, words, occurrences }: Candidate,
  rarities: readonly number[],
  meanWords: number,
  lastRow: number,
): number {
  const counts = new DataView(occurrences.buffer, occurrences.byteOffset, occurrences.byteLength);
  const damping = SATURATION * (1 - LENGTH_LOSS + (LENGTH_LOSS * words) / meanWords);
  let score = 0;
  for (const [pattern, rarity] of rarities.entries()) {
    const frequency = COLUMN_WEIGHTS.reduce(
      (sum, weight, column) => sum + weight * counts.getUint32(4 * (pattern * COLUMN_WEIGHTS.length + column), true),
      0,
    );
    score += (rarity * frequency) / (frequency + damping);
  }
  return score * (1 + (RECENCY_GAIN * row) / Math.max(1, lastRow));
}

/** BM25 weight (IDF) of a pattern found in `count` of `sampleSize` messages. Always positive. */
export const rarityOf = (count: number, sampleSize: number): number =>
  Math.log(1 + (Math.max(0, sampleSize - count) + 0.5) / (count + 0.5));
