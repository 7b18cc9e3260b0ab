import MarkdownIt from 'markdown-it';
import type { Env, MarkdownIt as Parser, Token } from 'markdown-it';
import { strings } from './strings';

export type References = NonNullable<Env['references']>;

/** Only web addresses become links. `command:`, `vscode:`, `data:` and relative addresses stay text. */
export function isWebAddress(href: string): boolean {
  return /^https?:\/\//i.test(href);
}

/**
 * The parser of replies: no HTML, no remote picture, only web links.
 * Bare host names are not linked: in this field `README.md` and `main.py` are files.
 */
export function createParser(): Parser {
  const parser = new MarkdownIt({ html: false, linkify: true, breaks: false, typographer: false });
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  parser.validateLink = isWebAddress;
  const shortenLink = parser.normalizeLinkText.bind(parser);
  // A link must not look like another host: non-ASCII hosts are shown in their ASCII form.
  parser.normalizeLinkText = (url) => (hasPlainHost(url) ? shortenLink(url) : parser.normalizeLink(url));
  parser.renderer.rules['image'] = (tokens, index) => parser.utils.escapeHtml(imageText(tokens[index]));
  parser.renderer.rules['fence'] = (tokens, index) =>
    codeHtml(parser, tokens[index], fenceLanguage(tokens[index]?.info ?? ''));
  parser.renderer.rules['code_block'] = (tokens, index) => codeHtml(parser, tokens[index], '');
  parser.renderer.rules['th_open'] = (tokens, index) => cellHtml(tokens[index]);
  parser.renderer.rules['td_open'] = (tokens, index) => cellHtml(tokens[index]);
  return parser;
}

/** `ts` of an opening line's `ts title="a.ts"`. */
export function fenceLanguage(info: string): string {
  return /^[\w+#.-]{1,32}/.exec(info.trim())?.[0].toLowerCase() ?? '';
}

function hasPlainHost(url: string): boolean {
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  return /^[\x21-\x7e]*$/.test(host) && !/(^|\.)xn--/i.test(host);
}

function imageText(token: Token | undefined): string {
  const source = String(token?.attrGet('src') ?? '');
  const alt = token?.content ?? '';
  const text = strings.image(hostOf(source));
  return alt === '' ? text : `${text} ${alt}`;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : '';
}

function codeHtml(parser: Parser, token: Token | undefined, language: string): string {
  const code = parser.utils.escapeHtml(token?.content ?? '');
  return `<pre><code data-language="${parser.utils.escapeHtml(language)}">${code}</code></pre>\n`;
}

/** Aligns columns by a data attribute because the page's policy forbids style attributes. */
function cellHtml(token: Token | undefined): string {
  const align = /text-align:(left|center|right)/.exec(String(token?.attrGet('style') ?? ''))?.[1];
  const attribute = align === undefined ? '' : ` data-align="${align}"`;
  return `<${token?.tag === 'th' ? 'th' : 'td'}${attribute}>`;
}
