import { PieceMerge } from './pieceMerge';
import { NO_RANK, RankTable } from './rankTable';

/** The part of js-tiktoken's tables that is needed for counting. */
export interface EncodingTables {
  /** Regular expression whose matches are the pieces to merge. */
  readonly pat_str: string;
  readonly bpe_ranks: string;
}

/** Bytes. Most pieces are words. Longer pieces get their own memory and are merged with pauses. */
const SHORT_PIECE = 4_096;
/** Pieces between two pauses; a few milliseconds. */
const PIECES_PER_STEP = 4_096;

/**
 * Returns the same token count as js-tiktoken's `encode(text, [], [])` for every text, with the same pattern, ranks and
 * order of merges. Special tokens in the text count as plain text.
 */
export class TokenEncoding {
  private readonly ranks: RankTable;
  private readonly pattern: RegExp;
  private readonly shortPieces: PieceMerge;

  constructor(tables: EncodingTables) {
    this.ranks = new RankTable(tables.bpe_ranks);
    this.pattern = new RegExp(tables.pat_str, 'uy');
    this.shortPieces = new PieceMerge(this.ranks, SHORT_PIECE);
  }

  /** Takes n log n time and pauses every few milliseconds. Several counts may run at once. */
  *steps(text: string): Generator<undefined, number> {
    const { pattern } = this;
    const bytes = new TextEncoder().encode(text);
    let tokens = 0;
    let from = 0;
    let start = 0;
    for (let pieces = 1; from < text.length; pieces++) {
      pattern.lastIndex = from;
      const isPiece = pattern.test(text);
      // Text that the pattern doesn't match is ignored, as in js-tiktoken.
      const to = isPiece ? pattern.lastIndex : from + characterLength(text, from);
      const end = start + utf8Length(text, from, to);
      if (isPiece) {
        if (this.ranks.rankOf(bytes, start, end) !== NO_RANK) tokens += 1;
        else if (end - start <= SHORT_PIECE) tokens += this.shortPieces.tokens(bytes, start, end);
        else tokens += yield* new PieceMerge(this.ranks, end - start).steps(bytes, start, end);
      }
      from = to;
      start = end;
      if (pieces % PIECES_PER_STEP === 0) yield;
    }
    return tokens;
  }

  /** The same without pauses. */
  count(text: string): number {
    const steps = this.steps(text);
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  }
}

const characterLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** UTF-8 bytes of `text` from `from` up to `to`. A lone surrogate is encoded as U+FFFD, which also has three bytes. */
function utf8Length(text: string, from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else {
      if ((text.codePointAt(at) ?? 0) > 0xffff) {
        length += 4;
        at++;
      } else length += 3;
    }
  }
  return length;
}
