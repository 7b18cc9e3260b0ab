import { strings } from './strings';
import { buildCodeBlock } from './codeBlock';
import { hasHidden, revealHidden } from '../shared/hiddenCharacters';

/**
 * Turns sanitised nodes into the nodes shown: links that only report clicks, boxes around tables and code, marks at
 * invisible characters. Deterministic: the same text gives equal nodes.
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

/** Inserts a mark before each invisible character. The character stays in the text, not rendered. */
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

/** Drops the line feeds between top-level blocks. */
function dropWhitespace(fragment: DocumentFragment): void {
  for (const node of [...fragment.childNodes]) if (node instanceof Text && node.data.trim() === '') node.remove();
}

/** Removes `href`, so that no click, middle click or drag can follow the link. The entry reports clicks to the host. */
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
