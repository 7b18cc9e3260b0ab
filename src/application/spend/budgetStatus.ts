import { type BudgetLevel, budgetLevel, dayUtcOf, monthOf } from '../../domain/budget';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import type { SpendSummary } from './ledger';

/** Budget of one period, including running estimates. */
export interface BudgetStatus {
  readonly period: 'day' | 'month';
  /** `2026-11-20` or `2026-11`, UTC. */
  readonly name: string;
  readonly spentNanoUsd: NanoUsd;
  readonly limitNanoUsd: NanoUsd | null;
  readonly level: BudgetLevel;
}

type WarnAt = Pick<Settings, 'warnAtPercent'>;

export function budgetStatuses(
  spend: SpendSummary,
  { warnAtPercent }: WarnAt,
): readonly [day: BudgetStatus, month: BudgetStatus] {
  const statusOf = (
    period: BudgetStatus['period'],
    name: string,
    settled: NanoUsd,
    limitNanoUsd: NanoUsd | null,
  ): BudgetStatus => {
    const spentNanoUsd = addUsd(settled, spend.runningNanoUsd);
    return { period, name, spentNanoUsd, limitNanoUsd, level: budgetLevel(spentNanoUsd, limitNanoUsd, warnAtPercent) };
  };
  return [
    statusOf('day', spend.dayUtc, spend.todayNanoUsd, spend.dailyLimitNanoUsd),
    statusOf('month', monthOf(spend.dayUtc), spend.monthNanoUsd, spend.monthlyLimitNanoUsd),
  ];
}

const SEVERITY: Readonly<Record<BudgetLevel, number>> = { unlimited: 0, ok: 1, warning: 2, exhausted: 3 };

/** The one that the meters show: today's, unless the month's has the higher level. */
export function shownBudgetStatus(spend: SpendSummary, settings: WarnAt): BudgetStatus {
  const [day, month] = budgetStatuses(spend, settings);
  return SEVERITY[month.level] > SEVERITY[day.level] ? month : day;
}

/** Reserved or pending beyond what the meters count as spent: worst cases of running requests and of those without a bill. */
export const unsettledNanoUsd = (spend: SpendSummary): NanoUsd =>
  addUsd(nanoUsd(Math.max(ZERO_USD, spend.reservedNanoUsd - spend.runningNanoUsd)), spend.pendingNanoUsd);

/** The day whose budget counts is in the future, because a window's clock was once ahead. */
export const isDayAhead = (spend: SpendSummary, nowMs: number): boolean => spend.dayUtc > dayUtcOf(nowMs);

/** Last notification by period: `{ day: '2026-11-20 5000000000 warning' }`. */
export type NotifiedLevels = Readonly<Partial<Record<BudgetStatus['period'], string>>>;

export interface BudgetAlert {
  readonly status: BudgetStatus;
  readonly level: 'warning' | 'exhausted';
}

/**
 * The notifications that are due: each level once per period and limit, and only the higher one. A changed limit starts
 * over. @returns the alerts, and `notified` including them.
 */
export function budgetAlerts(
  spend: SpendSummary,
  settings: WarnAt,
  notified: NotifiedLevels,
): { readonly alerts: readonly BudgetAlert[]; readonly notified: NotifiedLevels } {
  const alerts: BudgetAlert[] = [];
  let next = notified;
  for (const status of budgetStatuses(spend, settings)) {
    const { level, period, name, limitNanoUsd } = status;
    if (level !== 'warning' && level !== 'exhausted') continue;
    const mark = (at: BudgetAlert['level']): string => `${name} ${limitNanoUsd ?? ''} ${at}`;
    if (notified[period] === mark(level) || notified[period] === mark('exhausted')) continue;
    alerts.push({ status, level });
    next = { ...next, [period]: mark(level) };
  }
  return { alerts, notified: next };
}
