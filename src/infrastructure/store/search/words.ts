/**
 * What search takes for a word. Index, query and excerpt all ask here, so a hit is always something that can be shown.
 *
 * - A word is an unbroken run of letters, numbers and marks of any script; everything else stands between words,
 *   also `_`, `.` and `/`, so a path or `foo_bar.baz()` is a phrase of its words.
 * - Scripts that are written without spaces, and Korean, whose particles hang on the word: each character is a word,
 *   so any piece of a sentence is found as a phrase. An emoji is a word, too.
 * - Words are compared folded: without case, accents and compatibility forms (full-width, ligatures, superscripts).
 *   Only the first `COMPARED_UNITS` of a longer run count.
 * - Parts: an identifier in camelCase is a word as a whole, and its humps are words of a second text beside the first.
 */
export interface Word {
  /** Folded. */
  readonly text: string;
  /** Where it stands in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Words {
  readonly words: readonly Word[];
  readonly parts: readonly Word[];
}

/** Nobody searches for the far end of a base64 run, and the index would hold all of it. */
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
/** Marks that belong to no one script: accents, Arabic vowel signs. Not the Japanese voicing marks, which make another letter. */
const ACCENT = /[\p{Script=Inherited}--[\u3099\u309a]]/gv;
const NOT_IN_WORD = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const CAPITAL_INSIDE = /.\p{Lu}/u;

/** By far the quickest way to ask for a long text. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Texts are split in this form: a letter is one character however its accent is written. */
export const composed = (text: string): string => (isAscii(text) ? text : text.normalize('NFC'));

/** @param text as `composed` gives it. */
export function wordsOf(text: string): Words {
  return asciiWordsOf(text) ?? anyWordsOf(text);
}

/** Most texts are all ASCII, where the same rules need no tables of Unicode: a quarter of the time. Undefined for others. */
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

/** A digit or a letter of ASCII. */
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

/** True where the next character typed starts a new word instead of making this one longer. */
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

/** Upper case first: it writes `ß` as `SS`. Greek has two small sigmas for one capital. */
function fold(run: string): string {
  const compared = run.length > COMPARED_UNITS ? run.slice(0, COMPARED_UNITS) : run;
  if (isAscii(compared)) return compared.toLowerCase();
  const bare = compared.normalize('NFKD').replace(ACCENT, '');
  return bare.toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC').replace(NOT_IN_WORD, '');
}
