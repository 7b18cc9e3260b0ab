import { strings } from './strings';
import { buildCodeBlock } from './codeBlock';
import { hasHidden, revealHidden } from '../shared/hiddenCharacters';

/**
 * Turns sanitised nodes into those that are shown: links that only report, tables and code in boxes of their own,
 * hidden characters marked. Deterministic: the same text gives equal nodes.
 */
export function decorate(fragment: DocumentFragment): DocumentFragment {
  dropWhitespace(fragment);
  for (const link of fragment.querySelectorAll('a')) disarmLink(link);
  for (const code of fragment.querySelectorAll<HTMLElement>('pre > code')) {
    code.parentElement?.replaceWith(buildCodeBlock(code.textContent, code.dataset['language'] ?? ''));
  }
  for (const table of fragment.querySelectorAll('table')) boxTable(table);
  markHidden(fragment);
  return fragment;
}

/** Puts a mark before each character that hides something. The character stays in the text, unrendered. */
export function markHidden(root: Node): void {
  if (!hasHidden(root.textContent ?? '')) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
  for (const text of texts) if (hasHidden(text.data)) text.replaceWith(...revealHidden(text.data).map(pieceNode));
}

function pieceNode(piece: ReturnType<typeof revealHidden>[number]): Node {
  if (piece.kind === 'text') return document.createTextNode(piece.text);
  const mark = document.createElement('span');
  mark.className = 'hidden-mark';
  mark.dataset['codePoint'] = piece.label;
  const original = document.createElement('span');
  original.textContent = piece.character;
  mark.append(original);
  return mark;
}

/** Line feeds between top-level blocks carry nothing. */
function dropWhitespace(fragment: DocumentFragment): void {
  for (const node of [...fragment.childNodes]) if (node instanceof Text && node.data.trim() === '') node.remove();
}

/** Without `href` nothing can follow the link: no click, no middle click, no drag; the entry reports it to the host. */
function disarmLink(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  link.removeAttribute('href');
  if (href === null) return;
  link.dataset['href'] = href;
  link.title = URL.canParse(href) ? new URL(href).href : href;
  link.setAttribute('role', 'link');
  link.tabIndex = 0;
}

function boxTable(table: HTMLTableElement): void {
  const box = document.createElement('div');
  box.className = 'table-box';
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', strings.table());
  table.replaceWith(box);
  box.append(table);
}
