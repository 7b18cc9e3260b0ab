/** Entries drawn at first, and how many more when the person comes near an end of them. */
const FIRST_ENTRIES = 24;
const MORE_ENTRIES = 30;
/** Drawn before and after an entry that is shown on purpose, so that it has its surroundings. */
const ENTRIES_BEFORE = 8;
const ENTRIES_AFTER = 24;

/** The entries that are in the page: indexes from `first`, up to but without `end`. */
export interface DrawnRange {
  readonly first: number;
  /** Null: up to the end, also while it grows. */
  readonly end: number | null;
}

export const tailRange = (count: number): DrawnRange => ({ first: Math.max(0, count - FIRST_ENTRIES), end: null });

/** The range for a conversation that has become longer or shorter. */
export function fittedRange(range: DrawnRange, count: number): DrawnRange {
  const end = range.end !== null && range.end >= count ? null : range.end;
  return range.first >= count ? tailRange(count) : { first: range.first, end };
}

export const withEarlier = ({ first, end }: DrawnRange): DrawnRange => ({
  first: Math.max(0, first - MORE_ENTRIES),
  end,
});

export function withLater({ first, end }: DrawnRange, count: number): DrawnRange {
  return fittedRange({ first, end: end === null ? null : end + MORE_ENTRIES }, count);
}

/**
 * A range that holds the entry: grown when it is near, else only its surroundings, because drawing everything in
 * between would take seconds in a long conversation. `keeps`: what is drawn must stay, however long it takes.
 */
export function withEntry(range: DrawnRange, index: number, count: number, keeps: boolean): DrawnRange {
  const end = range.end ?? count;
  if (index >= range.first && index < end) return range;
  const isNear = index > range.first - MORE_ENTRIES - ENTRIES_BEFORE && index < end + MORE_ENTRIES;
  const around = { first: Math.max(0, index - ENTRIES_BEFORE), end: index + ENTRIES_AFTER };
  if (!isNear && !keeps) return fittedRange(around, count);
  return fittedRange({ first: Math.min(range.first, around.first), end: Math.max(end, around.end) }, count);
}
