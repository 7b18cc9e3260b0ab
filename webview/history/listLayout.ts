import type { HistoryEntryView } from '../../src/protocol/views';
import { strings } from './strings';
import type { ArchivePages } from './archivePages';

/** Fixed heights in CSS pixels, so that positions are known without rendering. */
export interface RowHeights {
  readonly row: number;
  /** Height of a row with tags. */
  readonly taggedRow: number;
  readonly heading: number;
}

/** A row. Without a conversation it is a placeholder for one that is not loaded yet. */
export interface ListRow {
  readonly place: number;
  readonly conversation: HistoryEntryView | undefined;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly height: number;
}

export interface RowGroup {
  readonly label: string;
  /** Index of its first row. */
  readonly first: number;
  readonly count: number;
}

export interface ListLayout {
  readonly rows: readonly ListRow[];
  readonly groups: readonly RowGroup[];
  readonly height: number;
  readonly indexById: ReadonlyMap<string, number>;
}

/**
 * Computes the position of every row: pinned rows first, then the others in the host's order, grouped by age. Rows that
 * are not loaded belong to the group before them.
 */
export function layoutList(pages: ArchivePages, heights: RowHeights, nowMs: number): ListLayout {
  const labelOf = groupLabeller(nowMs);
  const rows: ListRow[] = [];
  const groups: { label: string; first: number; count: number }[] = [];
  const indexById = new Map<string, number>();
  const used = new Set<string>();
  let top = 0;
  for (const place of orderedPlaces(pages)) {
    const conversation = pages.known.get(place);
    let group = groups.at(-1);
    const label = conversation === undefined ? (group?.label ?? strings.older()) : labelOf(conversation);
    // Wrong clocks must not produce the same group twice.
    if (group === undefined || !used.has(label)) {
      used.add(label);
      group = { label, first: rows.length, count: 0 };
      groups.push(group);
      top += heights.heading;
    }
    group.count += 1;
    if (conversation !== undefined) indexById.set(conversation.id, rows.length);
    const height = conversation !== undefined && conversation.tags.length > 0 ? heights.taggedRow : heights.row;
    rows.push({ place, conversation, top, height });
    top += height;
  }
  return { rows, groups, height: top, indexById };
}

function orderedPlaces({ total, known }: ArchivePages): number[] {
  const places = Array.from({ length: total ?? 0 }, (_, place) => place);
  const isPinned = (place: number): boolean => known.get(place)?.pinned === true;
  return [...places.filter(isPinned), ...places.filter((place) => !isPinned(place))];
}

/** Groups by calendar days in the user's time zone. "This week" is the six days before today. */
function groupLabeller(nowMs: number): (conversation: HistoryEntryView) => string {
  const now = new Date(nowMs);
  const daysAgo = (days: number): number => new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();
  const [today, yesterday, week] = [daysAgo(0), daysAgo(1), daysAgo(6)];
  return ({ pinned, updatedAtMs }) => {
    if (pinned) return strings.pinned();
    if (updatedAtMs >= today) return strings.today();
    if (updatedAtMs >= yesterday) return strings.yesterday();
    return updatedAtMs >= week ? strings.thisWeek() : strings.older();
  };
}

/** Index of the row at a position, or of the nearest row; -1 without rows. */
export function rowAt({ rows }: ListLayout, topPx: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.top ?? 0) <= topPx) low = middle + 1;
    else high = middle;
  }
  return rows.length === 0 ? -1 : Math.max(0, low - 1);
}
