/** Rank of bytes that are not a token. */
export const NO_RANK = -1;

/**
 * Maps the tokens of an encoding to their ranks. A flat byte array with an open-addressed hash table takes a fifth of
 * the memory of a map of strings, and lookups create no garbage.
 */
export class RankTable {
  /** The bytes of all tokens, concatenated; token `i` ends where `i + 1` starts. */
  private readonly tokenBytes: Uint8Array;
  private readonly starts: Int32Array;
  private readonly ranks: Int32Array;
  /** Index of a token, plus one; 0 is a free slot. */
  private readonly slots: Int32Array;
  private readonly slotHashes: Int32Array;
  private longest = 0;

  /**
   * @param ranks in js-tiktoken's format: lines of `! <first rank> <token> <token> …`, tokens in Base64 with
   * consecutive ranks. A duplicate token has the later rank, as in js-tiktoken.
   */
  constructor(ranks: string) {
    const lines = ranks.split('\n').map((line) => line.split(' '));
    const count = lines.reduce((sum, words) => sum + Math.max(0, words.length - 2), 0);
    this.tokenBytes = new Uint8Array(Math.ceil((ranks.length * 3) / 4));
    this.starts = new Int32Array(count + 1);
    this.ranks = new Int32Array(count);
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, count * 2)));
    this.slots = new Int32Array(size);
    this.slotHashes = new Int32Array(size);
    let token = 0;
    for (const [, first = '', ...words] of lines) {
      let rank = Number.parseInt(first, 10);
      for (const word of words) this.add(token++, word, rank++);
    }
    this.tokenBytes = this.tokenBytes.slice(0, this.starts[count]);
  }

  /** @returns the rank of the bytes from `start` up to `end`, or `NO_RANK` */
  rankOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.longest) return NO_RANK;
    const token = (this.slots[this.slotOf(bytes, start, end)] ?? 0) - 1;
    return token < 0 ? NO_RANK : (this.ranks[token] ?? NO_RANK);
  }

  private add(token: number, word: string, rank: number): void {
    const start = this.starts[token] ?? 0;
    const end = decodeBase64(word, this.tokenBytes, start);
    this.starts[token + 1] = end;
    this.ranks[token] = rank;
    this.longest = Math.max(this.longest, end - start);
    const slot = this.slotOf(this.tokenBytes, start, end);
    this.slots[slot] = token + 1;
    this.slotHashes[slot] = hashOf(this.tokenBytes, start, end);
  }

  /** The slot of these bytes, or the free slot for them. */
  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let token = this.slots[slot] ?? 0; token !== 0; token = this.slots[slot] ?? 0) {
      if (this.slotHashes[slot] === hash && this.isToken(token - 1, bytes, start, end)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private isToken(token: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[token] ?? 0;
    if ((this.starts[token + 1] ?? 0) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (bytes[i] !== this.tokenBytes[from + i - start]) return false;
    return true;
  }
}

/** FNV-1a, with the high bits folded into the low ones, which select the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SEXTETS = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, BASE64.indexOf(String.fromCharCode(code))));

/** Decodes into `target` from `at`. @returns the end position */
function decodeBase64(word: string, target: Uint8Array, at: number): number {
  const length = word.endsWith('==') ? word.length - 2 : word.endsWith('=') ? word.length - 1 : word.length;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 6) | (SEXTETS[word.charCodeAt(i)] ?? 0);
    // After 2, 3 and 4 sextets a byte is complete, with 4, 2 and 0 bits left.
    const left = (3 - (i % 4)) * 2;
    if (left < 6) target[at++] = bits >> left;
  }
  return at;
}
