export type JsonReading =
  | { readonly kind: 'whole'; readonly value: unknown }
  /** The file is incomplete or has text after its end. `value` has the complete list elements before that. */
  | { readonly kind: 'salvaged'; readonly value: unknown }
  | { readonly kind: 'unreadable' };

/**
 * Reads JSON that may be incomplete, as after a crash while it was written. Histories are lists, or objects that
 * contain a list; everything up to the last complete element of that list is kept.
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
  /** Text that completes the JSON. */
  readonly closing: string;
}

/** One pass over brackets and quotes. The parser checks the rest. */
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
