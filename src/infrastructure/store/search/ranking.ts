/** Columns of the full-text table in their order, with the weight of an occurrence in each. */
export const SEARCHED_COLUMNS = ['content', 'reasoning', 'part'] as const;
const COLUMN_WEIGHTS = [1, 0.3, 0.5];

/** BM25's usual constants: how soon more occurrences stop counting, and how much a long text loses. */
const SATURATION = 1.2;
const LENGTH_LOSS = 0.75;
/** The newest message gains this much over the oldest: enough to decide between equals, not to beat a better one. */
const RECENCY_GAIN = 0.25;

/** A message that matches. */
export interface Candidate {
  readonly ordinal: number;
  /** Its row in the index: larger for what was indexed later. */
  readonly row: number;
  /** Length of its text. */
  readonly words: number;
  /** Occurrences per pattern and column, patterns first, as `matchinfo` returns them: 32 bits each, little-endian in WebAssembly. */
  readonly occurrences: Uint8Array;
}

/**
 * Best first: BM25 over the candidates (the average length is theirs), times a mild preference for recent messages.
 * @param rarities one weight per pattern, larger for rarer ones.
 * @param lastRow the newest row of the index.
 * @returns ordinals.
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

/** BM25's weight of a pattern that `count` of `sampleSize` messages contain; positive. */
export const rarityOf = (count: number, sampleSize: number): number =>
  Math.log(1 + (Math.max(0, sampleSize - count) + 0.5) / (count + 0.5));
