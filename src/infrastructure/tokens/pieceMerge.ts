import { NO_RANK, type RankTable } from './rankTable';

/** A heap entry is rank × this + position in one number, which is exact for texts of any realistic length. */
const POSITIONS = 2 ** 32;
const NONE = -1;

/** Merges between two pauses in a long piece; a few milliseconds. */
const MERGES_PER_STEP = 8_192;
const PAIRS_PER_STEP = 65_536;

/**
 * Byte-pair merging of one piece. Of all adjacent parts whose bytes form a token, the pair with the lowest rank is
 * merged (the leftmost of equals), until there is none. With pairs in a heap and parts in a linked list, a piece of n
 * bytes takes n log n steps; a new search for each merge would take n².
 */
export class PieceMerge {
  /** A part is identified by the position of its first byte; -1 is after the last and before the first. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Rank of a part merged with the next one. Heap entries with another rank are outdated. */
  private readonly pairRank: Int32Array;
  /** Each merge removes one pair and adds at most two, and there are fewer merges than bytes. */
  private readonly heap: Float64Array;
  private heapSize = 0;

  /** @param capacity longest piece, in bytes. */
  constructor(
    private readonly ranks: RankTable,
    capacity: number,
  ) {
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
    this.pairRank = new Int32Array(capacity);
    this.heap = new Float64Array(2 * capacity);
  }

  /** Merges the bytes from `start` up to `end`, with pauses. @returns the number of tokens */
  *steps(bytes: Uint8Array, start: number, end: number): Generator<undefined, number> {
    for (let from = start; from < end; from += PAIRS_PER_STEP) {
      this.offerBytes(bytes, start, end, from, Math.min(end, from + PAIRS_PER_STEP));
      yield;
    }
    let tokens = end - start;
    for (
      let done = this.merge(bytes, start, end, MERGES_PER_STEP);
      done > 0;
      done = this.merge(bytes, start, end, MERGES_PER_STEP)
    ) {
      tokens -= done;
      yield;
    }
    return tokens;
  }

  /** The same without pauses, for short pieces. */
  tokens(bytes: Uint8Array, start: number, end: number): number {
    this.offerBytes(bytes, start, end, start, end);
    return end - start - this.merge(bytes, start, end, Infinity);
  }

  /** Makes each byte from `from` up to `to` a part. */
  private offerBytes(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    for (let byte = from; byte < to; byte++) {
      const at = byte - start;
      const isLast = byte + 1 === end;
      this.previous[at] = at - 1;
      this.next[at] = isLast ? NONE : at + 1;
      this.offer(at, isLast ? NO_RANK : this.ranks.rankOf(bytes, byte, byte + 2));
    }
  }

  /** @returns the number of merges; fewer than `limit` only at the end */
  private merge(bytes: Uint8Array, start: number, end: number, limit: number): number {
    const { next, previous, pairRank, ranks } = this;
    const endOf = (part: number): number => (part === NONE ? end : start + part);
    let merges = 0;
    while (this.heapSize > 0 && merges < limit) {
      const lowest = this.takeLowest();
      const rank = Math.floor(lowest / POSITIONS);
      const left = lowest - rank * POSITIONS;
      if (pairRank[left] !== rank) continue;
      merges++;
      const right = next[left] ?? NONE;
      const after = next[right] ?? NONE;
      const before = previous[left] ?? NONE;
      next[left] = after;
      pairRank[right] = NO_RANK;
      if (after !== NONE) {
        previous[after] = left;
        this.offer(left, ranks.rankOf(bytes, start + left, endOf(next[after] ?? NONE)));
      }
      if (before !== NONE) this.offer(before, ranks.rankOf(bytes, start + before, endOf(after)));
    }
    return merges;
  }

  private offer(part: number, rank: number): void {
    this.pairRank[part] = rank;
    if (rank === NO_RANK) return;
    const { heap } = this;
    const key = rank * POSITIONS + part;
    let at = this.heapSize++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= key) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = key;
  }

  private takeLowest(): number {
    const { heap } = this;
    const lowest = heap[0] ?? 0;
    const size = --this.heapSize;
    const key = heap[size] ?? 0;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const below = heap[child] ?? 0;
      if (below >= key) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = key;
    return lowest;
  }
}
