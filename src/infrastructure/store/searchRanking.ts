/** Columns of the full-text table in their order, with what an occurrence in each weighs. */
export const SEARCHED_COLUMNS = ['content', 'reasoning', 'part'] as const;
const COLUMN_WEIGHTS = [1, 0.3, 0.5];

/** BM25's usual constants: how soon more occurrences stop counting, and how much a long text loses. */
const SATURATION = 1.2;
const LENGTH_LOSS = 0.75;
/** The newest message gains this much over the oldest: between equals, not against a better one. */
const RECENCY_GAIN = 0.25;

export interface Candidate {
  readonly ordinal: number;
  readonly wordCount: number;
  /** Occurrences per pattern and column, patterns first: as `matchinfo` gives them, 32 bits each, in the machine's order, which is little-endian in WebAssembly. */
  readonly occurrences: Uint8Array;
}

/**
 * Best first. BM25 over the candidates (whose average is the average length), times a mild preference for recent.
 * @param rarities one weight per pattern, larger for rarer ones.
 * @param lastOrdinal the newest message's.
 */
export function rankedOrdinals(candidates: readonly Candidate[], rarities: readonly number[], lastOrdinal: number): readonly number[] {
  const meanWords = candidates.reduce((sum, { wordCount }) => sum + wordCount, 0) / Math.max(1, candidates.length);
  const scored = candidates.map((candidate) => ({ ordinal: candidate.ordinal, score: scoreOf(candidate, rarities, meanWords, lastOrdinal) }));
  return scored.sort((a, b) => b.score - a.score || b.ordinal - a.ordinal).map(({ ordinal }) => ordinal);
}

function scoreOf({ ordinal, wordCount, occurrences }: Candidate, rarities: readonly number[], meanWords: number, lastOrdinal: number): number {
  const damping = SATURATION * (1 - LENGTH_LOSS + (LENGTH_LOSS * wordCount) / Math.max(1, meanWords));
  let score = 0;
  let at = 0;
  for (const rarity of rarities) {
    let frequency = 0;
    for (const weight of COLUMN_WEIGHTS) {
      frequency += weight * uint32At(occurrences, at);
      at += 4;
    }
    score += (rarity * frequency) / (frequency + damping);
  }
  return score * (1 + (RECENCY_GAIN * ordinal) / Math.max(1, lastOrdinal));
}

const uint32At = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 0x100 + (bytes[at + 2] ?? 0) * 0x1_0000 + (bytes[at + 3] ?? 0) * 0x100_0000;

/** BM25's weight of a pattern that `count` of `sampleSize` messages contain; positive. */
export const rarityOf = (count: number, sampleSize: number): number => Math.log(1 + (Math.max(0, sampleSize - count) + 0.5) / (count + 0.5));
