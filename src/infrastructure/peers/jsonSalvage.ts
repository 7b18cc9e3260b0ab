export type JsonReading =
  | { readonly kind: 'whole'; readonly value: unknown }
  /** The file was cut or something stands behind its end: `value` holds what came before, in whole list elements. */
  | { readonly kind: 'salvaged'; readonly value: unknown }
  | { readonly kind: 'unreadable' };

/**
 * Reads JSON that may have been cut while it was written. Histories are lists, or objects with a list in them: what
 * is kept ends with the last element of that list that is whole, and half an element is never shown.
 */
export function readJson(text: string): JsonReading {
  const whole = parsed(text);
  if (whole !== undefined) return { kind: 'whole', value: whole };
  const end = lastWholeElement(text);
  const value = end && parsed(`${text.slice(0, end.at)}${end.closing}`);
  return value === undefined ? { kind: 'unreadable' } : { kind: 'salvaged', value };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

interface Cut {
  readonly at: number;
  /** What is to be written behind it to make it whole. */
  readonly closing: string;
}

/** One pass over the text; only brackets and quotes matter, the parser judges the rest. */
function lastWholeElement(text: string): Cut | undefined {
  const open: string[] = [];
  let last: Cut | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (c === '"') {
      at = endOfString(text, at);
    } else if (c === '{' || c === '[') {
      open.push(c);
    } else if (c === '}' || c === ']') {
      open.pop();
      if (open.length === 0) return { at: at + 1, closing: '' };
      if (isOuterList(open)) last = { at: at + 1, closing: open.length === 1 ? ']' : ']}' };
    }
  }
  return last;
}

const isOuterList = (open: readonly string[]): boolean =>
  open.at(-1) === '[' && (open.length === 1 || (open.length === 2 && open[0] === '{'));

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
