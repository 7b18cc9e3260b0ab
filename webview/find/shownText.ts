import { BOUNDARY } from './findPattern';
import type { TextMatch } from './findPattern';

/** The visible text of rendered nodes, with the position of every text node. */
export interface ShownText {
  readonly text: string;
  readonly nodes: readonly { readonly node: Text; readonly start: number }[];
}

/** Not part of the message: heads of code blocks, buttons, marks of invisible characters. */
const LEFT_OUT = '.code-head, .hidden-mark, button';
const INLINE: ReadonlySet<string> = new Set(['a', 'code', 'em', 'mark', 's', 'span', 'strong']);

export function readShownText(root: Node): ShownText {
  const pieces: string[] = [];
  const nodes: { node: Text; start: number }[] = [];
  let length = 0;
  const put = (piece: string): void => {
    // One boundary for any number of boxes, so that rendered and unrendered texts are equal.
    if (piece === BOUNDARY && (pieces.at(-1) ?? BOUNDARY) === BOUNDARY) return;
    pieces.push(piece);
    length += piece.length;
  };
  const visit = (parent: Node): void => {
    for (const node of parent.childNodes) {
      if (node instanceof Text) {
        if (node.data === '') continue;
        nodes.push({ node, start: length });
        put(node.data);
      } else if (node instanceof Element) {
        const isInline = INLINE.has(node.localName);
        if (!isInline) put(node.localName === 'br' ? '\n' : BOUNDARY);
        if (node.matches(LEFT_OUT)) put(BOUNDARY);
        else visit(node);
        if (!isInline) put(node.localName === 'br' ? '' : BOUNDARY);
      }
    }
  };
  visit(root);
  return { text: pieces.join(''), nodes };
}

export function rangeOf({ nodes }: ShownText, { start, end }: TextMatch): Range | null {
  const first = nodes[placeOf(nodes, start)];
  const last = nodes[placeOf(nodes, end - 1)];
  if (first === undefined || last === undefined) return null;
  const range = new Range();
  range.setStart(first.node, Math.min(start - first.start, first.node.length));
  range.setEnd(last.node, Math.min(end - last.start, last.node.length));
  return range;
}

/** Index of the last node that begins at or before the position. */
function placeOf(nodes: ShownText['nodes'], place: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle]?.start ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
