import { NO_RANK, type RankTable } from './rankTable';

/** Ranks and positions share one number of a heap: rank × this + position. Both stay exact far beyond any text. */
const POSITIONS = 2 ** 32;
const NONE = -1;

/** Between two pauses of a long piece: a few milliseconds. */
const MERGES_PER_STEP = 8_192;
const PAIRS_PER_STEP = 65_536;

/**
 * Byte-pair merging of one piece at a time: of all neighbouring parts whose bytes together are a token, the pair with
 * the lowest rank is joined, the leftmost of equals, until none is left. The pairs wait in a heap and the parts in a
 * linked list, so that a piece of n bytes takes n log n steps; looking for the lowest pair anew each time would take n².
 */
export class PieceMerge {
  /** A part is known by the position of its first byte; -1 stands behind the last and before the first. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Rank of a part joined with the next one. What the heap holds with another rank is out of date. */
  private readonly pairRank: Int32Array;
  /** Each merge takes one pair out and adds at most two, and there are fewer merges than bytes. */
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

  /** Merges the bytes from `start` up to `end`, pausing now and then. @returns how many tokens they are. */
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

  /** The same without a pause, for pieces that are short. */
  tokens(bytes: Uint8Array, start: number, end: number): number {
    this.offerBytes(bytes, start, end, start, end);
    return end - start - this.merge(bytes, start, end, Infinity);
  }

  /** Makes every byte a part of its own, those from `from` up to `to` of the piece. */
  private offerBytes(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    for (let byte = from; byte < to; byte++) {
      const at = byte - start;
      const isLast = byte + 1 === end;
      this.previous[at] = at - 1;
      this.next[at] = isLast ? NONE : at + 1;
      this.offer(at, isLast ? NO_RANK : this.ranks.rankOf(bytes, byte, byte + 2));
    }
  }

  /** @returns how many merges were done: fewer than `limit` only at the end. */
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
