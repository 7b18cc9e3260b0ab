/** A place of a match within one entry's text, in UTF-16 units. */
export interface TextMatch {
  readonly start: number;
  readonly end: number;
}

/** Stands in a text where two blocks meet or something is shown that is not text: no match reaches across. */
export const BOUNDARY = '\u0000';

/** What was typed, in any case; white space matches any white space. Null for nothing to look for. */
export function findPattern(text: string): RegExp | null {
  const words = text.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '') return null;
  return new RegExp(words.map((word) => word.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')).join('\\s+'), 'giu');
}

export function matchesIn(text: string, pattern: RegExp): TextMatch[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
