import type { ChargePeriod } from '../../domain/charge';
import { dayUtcOf, monthOf } from '../../domain/budget';
import type { LedgerPeriod } from '../../protocol/ledger';

const DAY_MS = 86_400_000;

/** The UTC day that is `days` later; negative for earlier. */
export const dayAfter = (dayUtc: string, days: number): string => dayUtcOf(Date.parse(dayUtc) + days * DAY_MS);

/** The end is open, because no charge is dated after the budget's day. */
export function daysOf(period: LedgerPeriod, budgetDayUtc: string): ChargePeriod {
  switch (period) {
    case '7days':
      return { fromDayUtc: dayAfter(budgetDayUtc, -6) };
    case '30days':
      return { fromDayUtc: dayAfter(budgetDayUtc, -29) };
    case 'month':
      return { fromDayUtc: `${monthOf(budgetDayUtc)}-01` };
    case 'all':
      return {};
  }
}

/** Every day from the first to the last, both included. */
export function daysBetween(firstDayUtc: string, lastDayUtc: string): string[] {
  const count = Math.max(0, Math.round((Date.parse(lastDayUtc) - Date.parse(firstDayUtc)) / DAY_MS)) + 1;
  return Array.from({ length: count }, (_, index) => dayAfter(firstDayUtc, index));
}

/** Every month from the first day's to the last day's, as `2026-11`. */
export function monthsBetween(firstDayUtc: string, lastDayUtc: string): string[] {
  const numberOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const first = numberOf(firstDayUtc);
  const count = Math.max(0, numberOf(lastDayUtc) - first) + 1;
  return Array.from({ length: count }, (_, index) => {
    const month = first + index;
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}
