/** The part of an encoder that counting needs. */
export interface Encoder {
  encode(text: string, allowedSpecial: string[], disallowedSpecial: string[]): readonly number[];
}

/** Far above any word of a language or a program, far below where the encoder's quadratic merge hurts. */
const LONGEST_RUN = 64;

/** Runs that the encoders' own patterns keep in one piece: letters with marks, white space, everything else. */
const LONG_RUN = /(?:[\p{L}\p{M}]{65,}|\s{65,}|[^\s\p{L}\p{M}\p{N}]{65,})/gu;

/**
 * Tokens of a text, in time that grows with its length. The encoder's merge is quadratic in a piece without a
 * break (32,000 times one letter takes it most of a minute), so such runs are cut. Text whose runs are shorter
 * counts exactly as the encoder would. Words that look like special tokens are counted as the text they are.
 */
export function safeCount(encoder: Encoder, text: string): number {
  let tokens = 0;
  for (const piece of pieces(text)) tokens += encoder.encode(piece, [], []).length;
  return tokens;
}

export function* pieces(text: string): Generator<string> {
  let from = 0;
  for (const match of text.matchAll(LONG_RUN)) {
    const end = match.index + match[0].length;
    for (let at = match.index + LONGEST_RUN; at < end; at += LONGEST_RUN) {
      // A cut never falls between the halves of a surrogate pair.
      const cut = isLowSurrogate(text, at) ? at + 1 : at;
      if (cut >= end) break;
      yield text.slice(from, cut);
      from = cut;
    }
  }
  if (from < text.length) yield text.slice(from);
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};
