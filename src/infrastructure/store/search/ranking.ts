/** Columns of the full-text table in their order, with what an occurrence in each weighs. */
export const SEARCHED_COLUMNS = ['content', 'reasoning', 'part'] as const;
const COLUMN_WEIGHTS = [1, 0.3, 0.5];

/** BM25's usual constants: how soon more occurrences stop counting, and how much a long text loses. */
const SATURATION = 1.2;
const LENGTH_LOSS = 0.75;
/** The newest message gains this much over the oldest: between equals, not against a better one. */
const RECENCY_GAIN = 0.25;

/** A docid's lowest five bits. */
const LENGTH_STEPS = 32;
/** How many words a text of each step is taken to have. */
const WORDS_OF_STEP = Array.from({ length: LENGTH_STEPS }, (_, step) => 2 ** (step / 2) - 1);

/**
 * The number of a row of the index and, in the lowest bits, the length of its text in half doublings: as exact as the
 * ranking needs it. Texts of 45,000 words and more count as equally long.
 */
export const docidOf = (row: number, wordCount: number): number =>
  row * LENGTH_STEPS + Math.min(LENGTH_STEPS - 1, Math.round(2 * Math.log2(1 + wordCount)));

export interface Candidate {
  /** See `docidOf`. */
  readonly docid: number;
  /** Occurrences per pattern and column, patterns first: as `matchinfo` gives them, 32 bits each, in the machine's order, which is little-endian in WebAssembly. */
  readonly occurrences: Uint8Array;
}

/**
 * Best first. BM25 over the candidates (whose average is the average length), times a mild preference for recent.
 * @param rarities one weight per pattern, larger for rarer ones.
 * @param lastDocid of the newest row, whatever its length.
 * @returns docids.
 */
export function ranked(
  candidates: readonly Candidate[],
  rarities: readonly number[],
  lastDocid: number,
): readonly number[] {
  let words = 0;
  for (const { docid } of candidates) words += wordsIn(docid);
  const meanWords = Math.max(1, words / Math.max(1, candidates.length));
  const scored = candidates.map((candidate) => ({
    docid: candidate.docid,
    score: scoreOf(candidate, rarities, meanWords, lastDocid),
  }));
  return scored.sort((a, b) => b.score - a.score || b.docid - a.docid).map(({ docid }) => docid);
}

const wordsIn = (docid: number): number => WORDS_OF_STEP[docid % LENGTH_STEPS] ?? 0;

function scoreOf(
  { docid, occurrences }: Candidate,
  rarities: readonly number[],
  meanWords: number,
  lastDocid: number,
): number {
  const damping = SATURATION * (1 - LENGTH_LOSS + (LENGTH_LOSS * wordsIn(docid)) / meanWords);
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
  return score * (1 + (RECENCY_GAIN * docid) / Math.max(1, lastDocid));
}

const uint32At = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 0x100 + (bytes[at + 2] ?? 0) * 0x1_0000 + (bytes[at + 3] ?? 0) * 0x100_0000;

/** BM25's weight of a pattern that `count` of `sampleSize` messages contain; positive. */
export const rarityOf = (count: number, sampleSize: number): number =>
  Math.log(1 + (Math.max(0, sampleSize - count) + 0.5) / (count + 0.5));
