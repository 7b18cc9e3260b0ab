import type { ChargeTotals } from '../../domain/charge';
import { type NanoUsd, ZERO_USD, addUsd, formatUsd, nanoUsd } from '../../domain/money';
import type { SpendChart } from '../../protocol/ledger';
import { monthOf } from '../../domain/budget';
import { daysBetween, monthsBetween } from './periods';

/** With more days than this a bar would be thinner than a pixel in a narrow tab. */
const MAX_DAYS = 92;
/** A limit higher than so many times the highest bar would flatten the bars to nothing. */
const LIMIT_WITHIN = 3;
const MAX_STEPS = 4;

export interface ChartLimits {
  readonly dailyLimitNanoUsd: NanoUsd | null;
  readonly monthlyLimitNanoUsd: NanoUsd | null;
}

interface Slot {
  readonly label: string;
  readonly settledNanoUsd: NanoUsd;
  readonly pendingNanoUsd: NanoUsd;
  readonly charges: number;
}

/** Spend over time from `fromDayUtc` (absent: from the first charge) to the budget's day, every slot in it. */
export function spendChart(
  byDay: ChargeTotals['byDay'],
  fromDayUtc: string | undefined,
  budgetDayUtc: string,
  limits: ChartLimits,
): SpendChart {
  const first = fromDayUtc ?? byDay[0]?.dayUtc ?? budgetDayUtc;
  const last = [budgetDayUtc, byDay.at(-1)?.dayUtc ?? budgetDayUtc].reduce((a, b) => (a > b ? a : b));
  const days = daysBetween(first, last);
  const byMonth = days.length > MAX_DAYS;
  const slots = filled(byDay, byMonth ? monthsBetween(first, last) : days, byMonth ? monthOf : (day) => day);
  const limit = byMonth ? limits.monthlyLimitNanoUsd : limits.dailyLimitNanoUsd;
  const highest = Math.max(0, ...slots.map((s) => addUsd(s.settledNanoUsd, s.pendingNanoUsd)));
  const isLimitInScale = limit !== null && (highest === 0 || limit <= highest * LIMIT_WITHIN);
  const axis = roundAxis(Math.max(highest, isLimitInScale ? limit : 0));
  const partOf = (amount: number): number => amount / axis.top;
  return {
    unit: byMonth ? 'month' : 'day',
    slots: slots.map((s) => ({
      label: s.label,
      charges: s.charges,
      ...sumTexts(s),
      settledFraction: partOf(s.settledNanoUsd),
      pendingFraction: partOf(s.pendingNanoUsd),
    })),
    axis: axis.ticks.map((tick) => ({ fraction: partOf(tick), text: formatUsd(tick, 'coarse') })),
    limit: limit === null ? null : { fraction: isLimitInScale ? partOf(limit) : null, text: formatUsd(limit, 'exact') },
  };
}

/** What may still come is a worst case and marked so; nothing pending is empty. */
export function sumTexts(sum: { readonly settledNanoUsd: NanoUsd; readonly pendingNanoUsd: NanoUsd }): {
  settledText: string;
  pendingText: string;
} {
  return { settledText: formatUsd(sum.settledNanoUsd), pendingText: atMost(sum.pendingNanoUsd) };
}

/** `≤ $0.0146`; empty for nothing. */
export const atMost = (worstCase: NanoUsd): string => (worstCase === 0 ? '' : `≤ ${formatUsd(worstCase)}`);

function filled(byDay: ChargeTotals['byDay'], labels: readonly string[], labelOf: (dayUtc: string) => string): Slot[] {
  const slots = new Map<string, Slot>(
    labels.map((label) => [label, { label, settledNanoUsd: ZERO_USD, pendingNanoUsd: ZERO_USD, charges: 0 }]),
  );
  for (const day of byDay) {
    const label = labelOf(day.dayUtc);
    const slot = slots.get(label);
    if (!slot) continue;
    slots.set(label, {
      label,
      settledNanoUsd: addUsd(slot.settledNanoUsd, day.settledNanoUsd),
      pendingNanoUsd: addUsd(slot.pendingNanoUsd, day.pendingNanoUsd),
      charges: slot.charges + day.charges,
    });
  }
  return [...slots.values()];
}

/** Steps of 1, 2 or 5 times a power of ten, at most four, up to or above the highest amount. A cent where all is zero. */
function roundAxis(highest: number): { readonly top: NanoUsd; readonly ticks: readonly NanoUsd[] } {
  const wanted = Math.max(1, (highest === 0 ? 10_000_000 : highest) / MAX_STEPS);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= wanted) ?? 10 * power;
  const steps = Math.max(1, Math.ceil((highest === 0 ? 10_000_000 : highest) / step));
  return { top: nanoUsd(step * steps), ticks: Array.from({ length: steps + 1 }, (_, index) => nanoUsd(step * index)) };
}
