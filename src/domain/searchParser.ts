import type { Role } from './conversation';
import { type NanoUsd, nanoUsd, parseDecimal, toNanoUsd } from './money';
import type { SearchQuery, SearchTerm } from './search';

/**
 * Parses the text of the search field. Never fails; takes linear time.
 *
 * - `word`: the last word is a prefix until white space follows it; so is `word*`.
 * - `"some words"`: a phrase. An unclosed quote extends to the end.
 * - `tag:work`, `model:sonnet`: all of them must match. `role:user` (or `you`), `role:assistant` (or `reply`),
 *   `role:system`: one of them must match.
 * - `before:2026`, `after:2026-03-14`: before, or from, the start of that year, month or day in local time.
 * - `cost>0.01`, `cost>=$0.01`: dollars with up to nine decimals, below a million.
 *
 * A value may be quoted: `tag:"two words"`. An unknown or invalid filter is treated as a word.
 *
 * @param limit maximum number of hits, at least 1.
 */
export function parseSearch(text: string, limit: number): SearchQuery {
  const terms: SearchTerm[] = [];
  const filters: Filter[] = [];
  for (const piece of piecesOf(text)) {
    const filter = filterOf(piece);
    const term = filter ? undefined : termOf(piece);
    if (filter) filters.push(filter);
    if (term) terms.push(term);
  }
  return {
    terms,
    tags: valuesOf(filters, 'tag'),
    models: valuesOf(filters, 'model'),
    roles: [...new Set(valuesOf(filters, 'role'))],
    beforeMs: least(valuesOf(filters, 'before')),
    afterMs: greatest(valuesOf(filters, 'after')),
    costAboveNanoUsd: greatest(valuesOf(filters, 'costAbove')),
    limit,
  };
}

/** `bare` is the text before a quote, or all of it if there is none. */
interface Piece {
  readonly bare: string;
  readonly quoted: string | null;
  /** The text ends with this piece, so the user may still be typing it. */
  readonly atEnd: boolean;
}

interface FilterValues {
  readonly tag: string;
  readonly model: string;
  readonly role: Role;
  /** Epoch milliseconds, like `after`. */
  readonly before: number;
  readonly after: number;
  readonly costAbove: NanoUsd;
}
type FilterOf<K extends keyof FilterValues> = { readonly kind: K; readonly value: FilterValues[K] };
type Filter = { [K in keyof FilterValues]: FilterOf<K> }[keyof FilterValues];

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['user', 'user'],
  ['you', 'user'],
  ['assistant', 'assistant'],
  ['reply', 'assistant'],
  ['system', 'system'],
]);

const SPACE = /\s/u;

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && text[at] !== '"' && !SPACE.test(text.charAt(at))) at += 1;
    const bare = text.slice(start, at);
    if (text[at] === '"' && (bare === '' || bare.endsWith(':'))) {
      const close = text.indexOf('"', at + 1);
      const end = close === -1 ? text.length : close;
      pieces.push({ bare, quoted: text.slice(at + 1, end), atEnd: end === text.length });
      at = end + 1;
    } else if (bare !== '') {
      pieces.push({ bare, quoted: null, atEnd: at === text.length });
    } else {
      at += 1;
    }
  }
  return pieces;
}

function termOf({ bare, quoted, atEnd }: Piece): SearchTerm | undefined {
  if (quoted !== null) {
    const text = (bare + quoted).trim();
    return text === '' ? undefined : { kind: 'phrase', text };
  }
  let end = bare.length;
  while (bare[end - 1] === '*') end -= 1;
  return end === 0 ? undefined : { kind: 'word', text: bare.slice(0, end), prefix: atEnd || end < bare.length };
}

function filterOf({ bare, quoted }: Piece): Filter | undefined {
  if (quoted === null && /^cost>/i.test(bare)) return costFilter(bare.slice('cost>'.length));
  const colon = bare.indexOf(':');
  if (colon === -1) return undefined;
  const value = (bare.slice(colon + 1) + (quoted ?? '')).trim();
  if (value === '') return undefined;
  switch (bare.slice(0, colon).toLowerCase()) {
    case 'tag':
      return { kind: 'tag', value };
    case 'model':
      return { kind: 'model', value };
    case 'role':
      return roleFilter(value);
    case 'before':
      return dateFilter('before', value);
    case 'after':
      return dateFilter('after', value);
    default:
      return undefined;
  }
}

function roleFilter(value: string): Filter | undefined {
  const role = ROLES.get(value.toLowerCase());
  return role && { kind: 'role', value: role };
}

/** `>=` is the same as `>` one nano-dollar less, because amounts are whole. */
function costFilter(text: string): Filter | undefined {
  const [, orEqual = '', dollars = ''] = /^(=?)\$?(\d{0,6}(?:\.\d{0,9})?)$/.exec(text) ?? [];
  const amount = parseDecimal(dollars);
  return amount && { kind: 'costAbove', value: nanoUsd(toNanoUsd(amount, 'nearest') - orEqual.length) };
}

function dateFilter(kind: 'before' | 'after', text: string): Filter | undefined {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? '01'), Number(match[3] ?? '01')];
  const start = new Date(2000, 0, 1);
  // The Date constructor maps the years 0 to 99 to 1900 to 1999.
  start.setFullYear(year, month - 1, day);
  const exists = start.getMonth() === month - 1 && start.getDate() === day;
  return exists ? { kind, value: start.getTime() } : undefined;
}

function valuesOf<K extends keyof FilterValues>(filters: readonly Filter[], kind: K): FilterValues[K][] {
  const isWanted = (filter: Filter): filter is Filter & FilterOf<K> => filter.kind === kind;
  return filters.filter(isWanted).map((filter) => filter.value);
}

/** No spread: a long text may contain more filters than a call takes arguments. */
const least = (values: readonly number[]): number | null =>
  values.reduce<number | null>((a, b) => (a === null || b < a ? b : a), null);
const greatest = <T extends number>(values: readonly T[]): T | null =>
  values.reduce<T | null>((a, b) => (a === null || b > a ? b : a), null);
