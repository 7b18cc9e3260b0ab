import { HISTORY_PAGE } from '../../src/protocol/messages';
import type { PanelMessage } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';

export type ArchiveFilter = Extract<PanelMessage, { type: 'listConversations' }>['filter'];

/** One page as received from the host. */
export interface ArchivePage {
  readonly offset: number;
  readonly conversations: readonly HistoryEntryView[];
  /** Length of the whole list. */
  readonly total: number;
}

/** The pages loaded so far. Places count from 0 in the host's order; unloaded ones are absent. */
export interface ArchivePages {
  /** Null before the first page. */
  readonly total: number | null;
  readonly known: ReadonlyMap<number, HistoryEntryView>;
}

export const unknownPages: ArchivePages = { total: null, known: new Map() };

/**
 * Adds a page. A conversation that has moved leaves its old place unknown, so that it is never
 * shown twice.
 */
export function withPage(pages: ArchivePages, page: ArchivePage): ArchivePages {
  const ids = new Set(page.conversations.map(({ id }) => id));
  const known = new Map([...pages.known].filter(([place, { id }]) => place < page.total && !ids.has(id)));
  page.conversations.forEach((conversation, index) => known.set(page.offset + index, conversation));
  return { total: page.total, known };
}

export function withChange(pages: ArchivePages, id: string, change: Partial<HistoryEntryView>): ArchivePages {
  const known = new Map(
    [...pages.known].map(([place, entry]) => [place, entry.id === id ? { ...entry, ...change } : entry]),
  );
  return { ...pages, known };
}

/** Removes the conversation; the ones after it move up. */
export function withoutConversation(pages: ArchivePages, id: string): ArchivePages {
  const gap = [...pages.known].find(([, entry]) => entry.id === id)?.[0];
  if (gap === undefined || pages.total === null) return pages;
  const rest = [...pages.known]
    .filter(([place]) => place !== gap)
    .map(([place, entry]) => [place > gap ? place - 1 : place, entry] as const);
  return { total: pages.total - 1, known: new Map(rest) };
}

/** Offsets of the pages that contain unknown places among these. */
export function missingPages({ total, known }: ArchivePages, places: readonly number[]): number[] {
  const offsets = new Set<number>();
  for (const place of places)
    if (place >= 0 && place < (total ?? 1) && !known.has(place)) offsets.add(pageOffset(place));
  return [...offsets];
}

export const pageOffset = (place: number): number => Math.floor(place / HISTORY_PAGE) * HISTORY_PAGE;
