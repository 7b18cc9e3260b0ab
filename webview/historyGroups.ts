import type { HistoryEntryView } from '../src/protocol/views';
import { strings } from './strings';

export interface HistoryGroup {
  readonly label: string;
  readonly conversations: readonly HistoryEntryView[];
}

const DAY_MS = 86_400_000;

/**
 * Conversations whose title, run or model holds every word of the filter, newest first, by age.
 * Days are calendar days of the person's own time zone; "this week" is the six days before yesterday's end.
 */
export function groupHistory(conversations: readonly HistoryEntryView[], filter: string, nowMs: number): HistoryGroup[] {
  const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const hits = conversations
    .filter((conversation) => matches(conversation, words))
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  const groups = new Map<string, HistoryEntryView[]>();
  for (const hit of hits) {
    const label = ageLabel(hit.updatedAtMs, nowMs);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [hit]);
    else group.push(hit);
  }
  return [...groups].map(([label, members]) => ({ label, conversations: members }));
}

function matches(conversation: HistoryEntryView, words: readonly string[]): boolean {
  const haystack = `${conversation.title} ${conversation.runLabel} ${conversation.model}`.toLocaleLowerCase();
  return words.every((word) => haystack.includes(word));
}

function ageLabel(timeMs: number, nowMs: number): string {
  const days = Math.round((startOfDay(nowMs) - startOfDay(timeMs)) / DAY_MS);
  if (days <= 0) return strings.today;
  if (days === 1) return strings.yesterday;
  return days < 7 ? strings.thisWeek : strings.older;
}

function startOfDay(timeMs: number): number {
  return new Date(timeMs).setHours(0, 0, 0, 0);
}
