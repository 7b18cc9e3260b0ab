/**
 * Foreign text inside a Markdown document that must keep its shape whatever the text says. Messages are written by
 * models and files: they hold headings, unclosed fences and tags.
 */

/** One line of plain words: nothing in it is Markdown, a tag or a line break. */
export const inline = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');

/**
 * Markdown of a message as a quotation: it reads as it was written, and every construct in it ends with the quotation.
 * Tags are shown instead of taken, because an HTML comment or a `</details>` would reach beyond it.
 */
export function quoted(text: string): string {
  const lines = withoutTags(text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n'));
  return lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

function withoutTags(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  /** Per kind of fence the length from which on none is closed any more: nobody looks for those again. */
  const openEnded = new Map<string, number>();
  let at = 0;
  while (at < lines.length) {
    const end = fenceEnd(lines, at, openEnded);
    if (end === undefined) shown.push(escapeTags(lines[at] ?? ''));
    else shown.push(...lines.slice(at, end + 1));
    at = (end ?? at) + 1;
  }
  return shown;
}

/** Index of the line that closes the code block opened at `start`; undefined where none is opened or it stays open. */
function fenceEnd(lines: readonly string[], start: number, openEnded: Map<string, number>): number | undefined {
  const [, fence = '', info = ''] = FENCE.exec(lines[start] ?? '') ?? [];
  const kind = fence.charAt(0);
  if (kind === '' || (kind === '`' && info.includes('`')) || fence.length >= (openEnded.get(kind) ?? Infinity))
    return undefined;
  const closes = new RegExp(`^ {0,3}${kind}{${fence.length},}[ \\t]*$`);
  const end = lines.findIndex((line, at) => at > start && closes.test(line));
  if (end !== -1) return end;
  openEnded.set(kind, fence.length);
  return undefined;
}

/** Backslashes before what could open a tag, except in code spans, where they would show. */
function escapeTags(line: string): string {
  const parts = line.split(/((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))/);
  // `split` with two groups: text, code span, its backticks, text, …
  return parts
    .map((part, at) => (at % 3 === 0 ? part.replace(/<(?=[a-z/!?])/gi, '\\<') : at % 3 === 1 ? part : ''))
    .join('');
}
