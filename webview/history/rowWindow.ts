import { rowAt } from './listLayout';
import type { RowGroup, ListLayout, ListRow } from './listLayout';

/** Rows rendered above and below the visible ones. */
const OVERSCAN_ROWS = 6;

/** Row indexes, both inclusive. Empty if `last` is below `first`. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The rendered rows of a group. Its heading is always rendered because it sticks to the top of the list. */
export interface DrawnGroup {
  readonly group: RowGroup;
  readonly rows: readonly { readonly row: ListRow; readonly index: number }[];
}

export function rangeSeen(layout: ListLayout, topPx: number, heightPx: number): RowRange {
  return { first: rowAt(layout, topPx), last: rowAt(layout, topPx + heightPx) };
}

/** A few more rows than visible, so that scrolling shows no gaps. */
export function rangeDrawn({ rows }: ListLayout, seen: RowRange): RowRange {
  if (rows.length === 0) return { first: 0, last: -1 };
  return { first: Math.max(0, seen.first - OVERSCAN_ROWS), last: Math.min(rows.length - 1, seen.last + OVERSCAN_ROWS) };
}

export function drawnGroups({ rows, groups }: ListLayout, { first, last }: RowRange): DrawnGroup[] {
  return groups
    .filter((group) => group.first <= last && group.first + group.count > first)
    .map((group) => {
      const from = Math.max(first, group.first);
      const to = Math.min(last, group.first + group.count - 1);
      return { group, rows: rows.slice(from, to + 1).map((row, offset) => ({ row, index: from + offset })) };
    });
}

/** The row that a key leads to; -1 leaves the list at its top, null is another key. */
export function rowForKey(key: string, index: number, layout: ListLayout, pageRows: number): number | null {
  const last = layout.rows.length - 1;
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, index + 1);
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return Math.min(last, index + pageRows);
    case 'PageUp':
      return Math.max(0, index - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
