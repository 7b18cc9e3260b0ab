import highlight from 'highlight.js/lib/common';
import { sanitizeCode } from './sanitizer';

/** Longer code is not highlighted: the grammars are not linear on every input. */
const MAX_CHARACTERS = 60_000;
const MAX_LINE_CHARACTERS = 2_000;

const MEMO_ENTRIES = 64;
const memo = new Map<string, string>();

/** Highlighted code; plain text if the language is unknown or the code too long. */
export function highlightCode(code: string, language: string): Node {
  if (!canHighlight(code, language)) return document.createTextNode(code);
  return sanitizeCode(highlightedHtml(code, language));
}

function canHighlight(code: string, language: string): boolean {
  if (language === '' || code.length > MAX_CHARACTERS || highlight.getLanguage(language) === undefined) return false;
  return !code.split('\n').some((line) => line.length > MAX_LINE_CHARACTERS);
}

/** Cached because the last block of a streaming reply is rendered many times with the same code. */
function highlightedHtml(code: string, language: string): string {
  const key = `${language}\n${code}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const html = highlight.highlight(code, { language, ignoreIllegals: true }).value;
  memo.set(key, html);
  const oldest = memo.keys().next();
  if (memo.size > MEMO_ENTRIES && oldest.done !== true) memo.delete(oldest.value);
  return html;
}
