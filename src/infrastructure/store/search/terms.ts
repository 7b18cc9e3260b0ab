import type { SearchTerm } from '../../../domain/search';
import { type Word, composed, isWholeWord, wordsOf } from './words';

/**
 * A term as the index sees it: consecutive words. A message matches if its content, its reasoning or the parts of its
 * identifiers (see `wordsOf`) contain them.
 */
export interface Pattern {
  /** At least one. */
  readonly words: readonly string[];
  /** The last word may be longer. */
  readonly prefix: boolean;
}

/** An occurrence of a pattern in a text, in UTF-16 units. */
export interface Occurrence {
  readonly pattern: number;
  readonly start: number;
  readonly end: number;
}

/** Each pattern once. Terms without a word, for example `->` or `!=`, are ignored. */
export function patternsOf(terms: readonly SearchTerm[]): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const term of terms) {
    const pattern = patternOf(term);
    if (pattern) patterns.set(quoted(pattern), pattern);
  }
  return [...patterns.values()];
}

/** For FTS4's MATCH, with all patterns required. Quoted text is never an operator. */
export const matchExpression = (patterns: readonly Pattern[]): string => patterns.map(quoted).join(' ');

/** In `text`, as `composed` returns it. By start, the longer first. */
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
  // After `foo.` the next word begins.
  const isOpen = last.end === text.length && !isWholeWord(last.text);
  return { words: words.map((word) => word.text), prefix: term.kind === 'word' && term.prefix && isOpen };
}

const quoted = ({ words, prefix }: Pattern): string => `"${words.join(' ')}${prefix ? '*' : ''}"`;
