import type { SearchTerm } from '../../../../../src/domain/search';

/**
 * A second implementation of search, without an index, to compare with. Supports the alphabet of the tests: Latin
 * letters with accents, digits, Chinese characters and Korean syllables.
 */
export interface SearchedText {
  readonly content: string;
  readonly reasoning: string;
}

export function containsTerm({ content, reasoning }: SearchedText, term: SearchTerm): boolean {
  const wanted = wordsIn(term.text);
  const ending = [...term.text.normalize('NFC')].at(-1) ?? '';
  const mayGoOn = term.kind === 'word' && term.prefix && isSpaced(ending);
  const lists = [wordsIn(content), wordsIn(reasoning), [...humpsIn(content), ...humpsIn(reasoning)]];
  return (
    wanted.length > 0 &&
    lists.some((list) =>
      list.some((_, at) =>
        wanted.every((text, i) => {
          const word = list[at + i] ?? '';
          return mayGoOn && i === wanted.length - 1 ? word.startsWith(text) : word === text;
        }),
      ),
    )
  );
}

/** Terms without words are ignored. */
export const asksForWords = (term: SearchTerm): boolean => wordsIn(term.text).length > 0;

const isUpper = (c: string): boolean => /^[A-Z\u00c0-\u00de]$/.test(c);
const isLower = (c: string): boolean => /^[a-z\u00df-\u00ff]$/.test(c);
const isDigit = (c: string): boolean => /^[0-9]$/.test(c);
const isSpaced = (c: string): boolean => isUpper(c) || isLower(c) || isDigit(c);
const isAlone = (c: string): boolean => /^[\u4e00-\u9fff\uac00-\ud7a3]$/.test(c);
const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');

function runsIn(text: string): readonly string[] {
  const runs: string[] = [''];
  for (const c of text.normalize('NFC')) {
    if (isSpaced(c)) runs.push((runs.pop() ?? '') + c);
    else if (isAlone(c)) runs.push(c, '');
    else runs.push('');
  }
  return runs.filter((run) => run !== '');
}

const wordsIn = (text: string): readonly string[] => runsIn(text).map(plain);

function humpsIn(text: string): readonly string[] {
  const all: string[] = [];
  for (const run of runsIn(text)) {
    if (run.length > 48) continue;
    const humps: string[] = [''];
    for (const [i, c] of [...run].entries()) {
      const [before, after] = [run[i - 1] ?? '', run[i + 1] ?? ''];
      if (i > 0 && isUpper(c) && (isLower(before) || isDigit(before) || (isUpper(before) && isLower(after))))
        humps.push('');
      humps.push((humps.pop() ?? '') + c);
    }
    if (humps.length > 1) all.push(...humps.filter((hump) => hump.length > 1).map(plain));
  }
  return all;
}
