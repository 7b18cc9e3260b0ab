/** Position of a match in an entry's text, in UTF-16 units. */
export interface TextMatch {
  readonly start: number;
  readonly end: number;
}

/** Separates blocks and other content that no match may span. */
export const BOUNDARY = '\u0000';

/** Pattern for the typed text: case-insensitive, white space matches any white space. Null if it is blank. */
export function findPattern(text: string): RegExp | null {
  const words = text.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '') return null;
  return new RegExp(words.map((word) => word.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')).join('\\s+'), 'giu');
}

export function matchesIn(text: string, pattern: RegExp): TextMatch[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
