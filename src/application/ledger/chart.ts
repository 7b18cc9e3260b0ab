import type { ChargeTotals } from '../../domain/charge';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import type { SpendChart } from '../../protocol/ledger';
import { monthOf } from '../../domain/budget';
import type { MoneyWords } from '../models/moneyWords';
import { daysBetween, monthsBetween } from './periods';

/** With more days, bars would be thinner than a pixel in a narrow tab. */
const MAX_DAYS = 92;
/** A limit above this multiple of the highest bar is left out of the scale, because it would flatten the bars. */
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

/** Spending from `fromDayUtc` (or the first charge) to the budget's day, including empty slots. */
export function spendChart(
  words: MoneyWords,
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
      ...sumTexts(words, s),
      settledFraction: partOf(s.settledNanoUsd),
      pendingFraction: partOf(s.pendingNanoUsd),
    })),
    axis: axis.ticks.map((tick) => ({ fraction: partOf(tick), text: words.money(tick, 'coarse') })),
    limit:
      limit === null ? null : { fraction: isLimitInScale ? partOf(limit) : null, text: words.money(limit, 'exact') },
  };
}

/** Pending amounts are worst cases and marked as such; empty when nothing is pending. */
export function sumTexts(
  words: MoneyWords,
  sum: { readonly settledNanoUsd: NanoUsd; readonly pendingNanoUsd: NanoUsd },
): { settledText: string; pendingText: string } {
  return { settledText: words.money(sum.settledNanoUsd), pendingText: atMost(words, sum.pendingNanoUsd) };
}

/** `≤ $0.0146`; empty for zero. */
export const atMost = (words: MoneyWords, worstCase: NanoUsd): string =>
  worstCase === 0 ? '' : words.atMost(worstCase);

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

/** At most four steps of 1, 2 or 5 times a power of ten that reach the highest amount; one cent if all amounts are zero. */
function roundAxis(highest: number): { readonly top: NanoUsd; readonly ticks: readonly NanoUsd[] } {
  const wanted = Math.max(1, (highest === 0 ? 10_000_000 : highest) / MAX_STEPS);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= wanted) ?? 10 * power;
  const steps = Math.max(1, Math.ceil((highest === 0 ? 10_000_000 : highest) / step));
  return { top: nanoUsd(step * steps), ticks: Array.from({ length: steps + 1 }, (_, index) => nanoUsd(step * index)) };
}
