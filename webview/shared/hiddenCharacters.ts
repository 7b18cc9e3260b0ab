/** A run of text, or one invisible character. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hidden'; readonly character: string; readonly label: string };

/**
 * Controls (the escape of ANSI sequences among them), soft hyphen, bidirectional controls, zero-width characters,
 * invisible operators, fillers, annotation marks, supplementary variation selectors and tag characters.
 */
const HIDDEN =
  // eslint-disable-next-line no-misleading-character-class -- each of them is looked for by itself
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e01ef}]/u;
const EVERY_HIDDEN = new RegExp(HIDDEN, 'gu');

const JOINERS = '\u200c\u200d';
const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;
/** Scripts whose spelling needs joiners. */
const JOINING_LETTER =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Tibetan}]/u;

/** Whether {@link revealHidden} would find anything. Cheaper. */
export function hasHidden(text: string): boolean {
  return HIDDEN.test(text);
}

/** Splits the text at invisible characters. Joiners inside emoji and joining scripts count as text. */
export function revealHidden(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plainStart = 0;
  for (const match of text.matchAll(EVERY_HIDDEN)) {
    const character = match[0];
    const end = match.index + character.length;
    if (isOrdinary(text, match.index, end)) continue;
    if (match.index > plainStart) pieces.push({ kind: 'text', text: text.slice(plainStart, match.index) });
    pieces.push({ kind: 'hidden', character, label: codePointLabel(character) });
    plainStart = end;
  }
  if (plainStart < text.length) pieces.push({ kind: 'text', text: text.slice(plainStart) });
  return pieces;
}

function isOrdinary(text: string, start: number, end: number): boolean {
  if (!JOINERS.includes(text.slice(start, end))) return false;
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  if (EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after)) return true;
  return JOINING_LETTER.test(before.slice(-1)) && JOINING_LETTER.test(after.slice(0, 1));
}

/** `U+202E` */
function codePointLabel(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
