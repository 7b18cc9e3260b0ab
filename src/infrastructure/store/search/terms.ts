import type { SearchTerm } from '../../../domain/search';
import { type Word, composed, isWholeWord, wordsOf } from './words';

/**
 * A search term as a sequence of words. A message contains it if the words occur in this order, without others between
 * them, in its content, its reasoning or the parts of its identifiers (see `wordsOf`).
 */
export interface Pattern {
  /** At least one. */
  readonly words: readonly string[];
  /** Whether the last word is a prefix. */
  readonly prefix: boolean;
}

/** Position of a pattern in a text, in UTF-16 units. */
export interface Occurrence {
  readonly pattern: number;
  readonly start: number;
  readonly end: number;
}

/** Returns each pattern once. Terms without words (`->`, `!=`) are ignored. */
export function patternsOf(terms: readonly SearchTerm[]): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const term of terms) {
    const pattern = patternOf(term);
    if (pattern) patterns.set(quoted(pattern), pattern);
  }
  return [...patterns.values()];
}

/** FTS4 MATCH expression that requires all patterns. Quoting prevents words from being read as operators. */
export const matchExpression = (patterns: readonly Pattern[]): string => patterns.map(quoted).join(' ');

/** @param text as returned by `composed`. @returns occurrences sorted by start, longer ones first. */
export function occurrencesIn(text: string, patterns: readonly Pattern[]): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const { words, parts } = wordsOf(text);
  for (const [index, pattern] of patterns.entries()) {
    addOccurrences(words, index, pattern, found);
    addOccurrences(parts, index, pattern, found);
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

function addOccurrences(words: readonly Word[], index: number, pattern: Pattern, found: Occurrence[]): void {
  const span = pattern.words.length;
  for (let at = 0; at + span <= words.length; at += 1) {
    if (!standsAt(words, at, pattern)) continue;
    const [first, last] = [words[at], words[at + span - 1]];
    if (first && last) found.push({ pattern: index, start: first.start, end: last.end });
  }
}

function standsAt(words: readonly Word[], at: number, { words: wanted, prefix }: Pattern): boolean {
  const last = wanted.length - 1;
  return wanted.every((text, i) => {
    const word = words[at + i]?.text;
    return prefix && i === last ? word?.startsWith(text) === true : word === text;
  });
}

function patternOf(term: SearchTerm): Pattern | undefined {
  const text = composed(term.text);
  const { words } = wordsOf(text);
  const last = words.at(-1);
  if (!last) return undefined;
  // After `foo.`, the next character starts a new word, so `foo` is complete.
  const isOpen = last.end === text.length && !isWholeWord(last.text);
  return { words: words.map((word) => word.text), prefix: term.kind === 'word' && term.prefix && isOpen };
}

const quoted = ({ words, prefix }: Pattern): string => `"${words.join(' ')}${prefix ? '*' : ''}"`;
