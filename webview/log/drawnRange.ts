/** Entries rendered at first, and how many more when the user scrolls near either end. */
const FIRST_ENTRIES = 24;
const MORE_ENTRIES = 30;
/** Entries rendered around a revealed entry. */
const ENTRIES_BEFORE = 8;
const ENTRIES_AFTER = 24;

/** Indexes of the rendered entries, from `first` up to but excluding `end`. */
export interface DrawnRange {
  readonly first: number;
  /** Null: up to the end, even while it grows. */
  readonly end: number | null;
}

export const tailRange = (count: number): DrawnRange => ({ first: Math.max(0, count - FIRST_ENTRIES), end: null });

/** Adapts the range to a new number of entries. */
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
 * A range that contains the entry: extended if the entry is near, else only its surroundings, because rendering all
 * entries in between could take seconds. `keeps`: rendered entries must stay rendered.
 */
export function withEntry(range: DrawnRange, index: number, count: number, keeps: boolean): DrawnRange {
  const end = range.end ?? count;
  if (index >= range.first && index < end) return range;
  const isNear = index > range.first - MORE_ENTRIES - ENTRIES_BEFORE && index < end + MORE_ENTRIES;
  const around = { first: Math.max(0, index - ENTRIES_BEFORE), end: index + ENTRIES_AFTER };
  if (!isNear && !keeps) return fittedRange(around, count);
  return fittedRange({ first: Math.min(range.first, around.first), end: Math.max(end, around.end) }, count);
}
