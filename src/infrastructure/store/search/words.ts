/**
 * A word for search. Index, query and excerpt share this definition, so every hit can be highlighted.
 *
 * - A word is a run of letters, numbers and marks of any script. All other characters separate words, including `_`,
 *   `.` and `/`, so a path or `foo_bar.baz()` is a phrase.
 * - In scripts written without spaces, and in Korean, where particles are attached to words, each character is a word,
 *   so any part of a sentence is found as a phrase. An emoji is a word, too.
 * - Words are compared folded: without case, accents and compatibility forms (full-width, ligatures, superscripts).
 *   Only the first `COMPARED_UNITS` of a longer run count.
 * - Parts: a camelCase identifier is one word, and its components are indexed in addition, as a separate text.
 */
export interface Word {
  /** Folded. */
  readonly text: string;
  /** Position in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Words {
  readonly words: readonly Word[];
  readonly parts: readonly Word[];
}

/** Keeps base64 and similar data, which is not searched for in full, from bloating the index. */
const COMPARED_UNITS = 64;
/** Longer runs of mixed case are data, not identifiers. */
const LONGEST_IDENTIFIER_UNITS = 48;

const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
const LETTER = String.raw`\p{L}\p{N}\p{M}`;
const WORD = new RegExp(
  String.raw`[[${LETTER}]--[${UNSPACED}]]+|[[${LETTER}]&&[${UNSPACED}]][\uff9e\uff9f]?|\p{Extended_Pictographic}`,
  'gv',
);
const UNSPACED_CHARACTER = new RegExp(`^[${UNSPACED}]`, 'v');
/** Marks shared by scripts: accents, Arabic vowel signs. Excludes Japanese voicing marks, which change the letter. */
const ACCENT = /[\p{Script=Inherited}--[\u3099\u309a]]/gv;
const NOT_IN_WORD = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const CAPITAL_INSIDE = /.\p{Lu}/u;

/** By far the fastest check for a long text. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Normalizes a text for splitting, so that an accented letter is one character in either encoding. */
export const composed = (text: string): string => (isAscii(text) ? text : text.normalize('NFC'));

/** @param text as returned by `composed`. */
export function wordsOf(text: string): Words {
  return asciiWordsOf(text) ?? anyWordsOf(text);
}

/** The same rules without Unicode tables, in a quarter of the time. @returns undefined if the text is not ASCII. */
function asciiWordsOf(text: string): Words | undefined {
  const folded = text.toLowerCase();
  const words: Word[] = [];
  const parts: Word[] = [];
  let start = -1;
  let hasCapitalInside = false;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 0;
    if (code > 127) return undefined;
    if (isAsciiWord(code)) {
      if (start === -1) [start, hasCapitalInside] = [at, false];
      else hasCapitalInside ||= code >= 65 && code <= 90;
    } else if (start !== -1) {
      words.push({ text: folded.slice(start, Math.min(at, start + COMPARED_UNITS)), start, end: at });
      if (hasCapitalInside && at - start <= LONGEST_IDENTIFIER_UNITS) addParts(text.slice(start, at), start, parts);
      start = -1;
    }
  }
  return { words, parts };
}

/** Whether the code is an ASCII digit or letter. */
const isAsciiWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);

function anyWordsOf(text: string): Words {
  const words: Word[] = [];
  const parts: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const [run] = match;
    const start = match.index;
    const folded = fold(run);
    if (folded === '') continue;
    words.push({ text: folded, start, end: start + run.length });
    if (run.length <= LONGEST_IDENTIFIER_UNITS && CAPITAL_INSIDE.test(run)) addParts(run, start, parts);
  }
  return { words, parts };
}

/** Whether the next typed character starts a new word instead of extending this one. */
export const isWholeWord = (word: string): boolean => UNSPACED_CHARACTER.test(word);

function addParts(run: string, start: number, parts: Word[]): void {
  const humps = run.split(HUMP);
  if (humps.length === 1) return;
  let at = start;
  for (const hump of humps) {
    const text = fold(hump);
    if (text.length > 1) parts.push({ text, start: at, end: at + hump.length });
    at += hump.length;
  }
}

/** Converts to upper case first, so that `ß` matches `ss`. Greek final sigma matches sigma. */
function fold(run: string): string {
  const compared = run.length > COMPARED_UNITS ? run.slice(0, COMPARED_UNITS) : run;
  if (isAscii(compared)) return compared.toLowerCase();
  const bare = compared.normalize('NFKD').replace(ACCENT, '');
  return bare.toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC').replace(NOT_IN_WORD, '');
}
