/**
 * Embeds untrusted text in a Markdown document without breaking its structure. Messages may contain headings,
 * unclosed fences and HTML tags.
 */

/** One line of plain text, with Markdown and tags escaped. */
export const inline = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');

/**
 * A message as a Markdown quotation. Every construct inside it ends with the quotation. Tags are escaped, because an
 * HTML comment or a `</details>` would reach beyond it.
 */
export function quoted(text: string): string {
  const lines = withoutTags(text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n'));
  return lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

function withoutTags(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  /** Per kind of fence, the length from which none is closed in the rest of the text; avoids a quadratic search. */
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

/** Line that closes the code block opened at `start`; undefined when there is no block or it stays open. */
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

/** Escapes what could open a tag, except in code spans, where the backslash would show. */
function escapeTags(line: string): string {
  const parts = line.split(/((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))/);
  // `split` with two groups: text, code span, its backticks, text, …
  return parts
    .map((part, at) => (at % 3 === 0 ? part.replace(/<(?=[a-z/!?])/gi, '\\<') : at % 3 === 1 ? part : ''))
    .join('');
}
