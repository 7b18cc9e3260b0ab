import type { Excerpt } from '../../../domain/search';
import { type Occurrence, type Pattern, occurrencesIn } from './terms';
import { composed, wordsOf } from './words';

const EXCERPT_UNITS = 160;
/** Maximum length of the text before the first hit. */
const LEAD_UNITS = 48;
/** A long text is searched in slices until one contains every pattern. Slices overlap by `EXCERPT_UNITS`. */
const SLICE_UNITS = 65_536;

/** A section of a text and the occurrences in it. `from` and `to` are UTF-16 offsets into `text`. */
interface Passage {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly occurrences: readonly Occurrence[];
  /** Number of different patterns in it. */
  readonly patternCount: number;
}

/**
 * Returns about 160 characters around the passage with the most patterns. Ties go to the content over the reasoning,
 * then to the first passage. Without patterns or occurrences, returns the beginning of the content. White space is
 * collapsed, surrogate pairs are kept together, and `…` marks omitted text.
 */
export function excerptOf(content: string, reasoning: string, patterns: readonly Pattern[]): Excerpt {
  const inContent = bestPassage(composed(content), patterns);
  if (inContent.patternCount === patterns.length || reasoning === '') return partsOf(inContent);
  const inReasoning = bestPassage(composed(reasoning), patterns);
  return partsOf(inReasoning.patternCount > inContent.patternCount ? inReasoning : inContent);
}

function bestPassage(text: string, patterns: readonly Pattern[]): Passage {
  let best: Passage | undefined;
  for (let at = 0; at < text.length && (best?.patternCount ?? 0) < patterns.length; at += SLICE_UNITS) {
    const found = passageIn(text, at, patterns);
    if (found && found.patternCount > (best?.patternCount ?? 0)) best = found;
  }
  return best ?? { text, from: 0, to: wordEnd(text, 0), occurrences: [], patternCount: 0 };
}

function passageIn(text: string, at: number, patterns: readonly Pattern[]): Passage | undefined {
  const slice = at === 0 && text.length <= SLICE_UNITS ? text : text.slice(at, at + SLICE_UNITS + EXCERPT_UNITS);
  const occurrences = occurrencesIn(slice, patterns);
  const first = bestStart(occurrences, patterns.length);
  if (!first) return undefined;
  const from = at + startOfLead(slice, first.start);
  const hitEnd = at + first.end;
  const to = Math.max(wordEnd(text, from), hitEnd <= from + EXCERPT_UNITS ? hitEnd : 0);
  const inside: Occurrence[] = [];
  const different = new Set<number>();
  for (const { pattern, start, end } of occurrences) {
    if (at + start < from || at + start >= to) continue;
    inside.push({ pattern, start: at + start, end: at + end });
    different.add(pattern);
  }
  return { text, from, to, occurrences: inside, patternCount: different.size };
}

/** The first occurrence that is followed, within one excerpt, by the most different patterns. */
function bestStart(occurrences: readonly Occurrence[], patternCount: number): Occurrence | undefined {
  if (patternCount === 1) return occurrences[0];
  let best: Occurrence | undefined;
  let most = 0;
  for (const [index, first] of occurrences.entries()) {
    if (most === patternCount) break;
    const different = new Set([first.pattern]);
    for (let i = index + 1; i < occurrences.length; i += 1) {
      const later = occurrences[i];
      if (!later || later.start > first.start + EXCERPT_UNITS - LEAD_UNITS) break;
      if (later.end <= first.start + EXCERPT_UNITS - LEAD_UNITS) different.add(later.pattern);
    }
    if (different.size > most) [best, most] = [first, different.size];
  }
  return best;
}

/** Where an excerpt around `hit` starts: at the beginning of a word. */
function startOfLead(text: string, hit: number): number {
  if (hit <= LEAD_UNITS) return 0;
  // Include one more character, to detect a word that started earlier.
  const before = hit - LEAD_UNITS - 1;
  const from = before - (isInsidePair(text, before) ? 1 : 0);
  const first = wordsOf(text.slice(from, hit)).words.find((word) => from + word.start >= hit - LEAD_UNITS);
  return first ? from + first.start : hit;
}

/** Where an excerpt that starts at `from` ends: at a space if one is near, never inside a surrogate pair. */
function wordEnd(text: string, from: number): number {
  const limit = from + EXCERPT_UNITS;
  if (limit >= text.length) return text.length;
  const space = text.slice(limit - LEAD_UNITS / 2, limit + 1).search(/\s\S*$/u);
  if (space !== -1) return limit - LEAD_UNITS / 2 + space;
  return isInsidePair(text, limit) ? limit - 1 : limit;
}

const isInsidePair = (text: string, at: number): boolean => (text.codePointAt(at - 1) ?? 0) > 0xffff;

function partsOf({ text, from, to, occurrences }: Passage): Excerpt {
  const piece = (start: number, end: number): string => {
    const shown = text.slice(start, end).replace(/\s+/gu, ' ');
    const trimmed = start === from ? shown.trimStart() : shown;
    return end === to ? trimmed.trimEnd() : trimmed;
  };
  const parts: string[] = [];
  let at = from;
  let around = text.slice(0, from).trim() === '' ? '' : '… ';
  for (const { start, end } of occurrences) {
    if (start < at) continue;
    around += piece(at, start);
    at = Math.min(end, to);
    parts.push(around, piece(start, at));
    around = '';
  }
  around += piece(at, to);
  if (text.slice(to).trim() !== '') around += ' …';
  if (around !== '') parts.push(around);
  return parts;
}
