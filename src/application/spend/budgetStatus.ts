import { type BudgetLevel, budgetLevel, dayUtcOf, monthOf } from '../../domain/budget';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import type { SpendSummary } from './ledger';

/** How the budget of one period stands, running estimates included. */
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
  const standing = (
    period: BudgetStatus['period'],
    name: string,
    settled: NanoUsd,
    limitNanoUsd: NanoUsd | null,
  ): BudgetStatus => {
    const spentNanoUsd = addUsd(settled, spend.runningNanoUsd);
    return { period, name, spentNanoUsd, limitNanoUsd, level: budgetLevel(spentNanoUsd, limitNanoUsd, warnAtPercent) };
  };
  return [
    standing('day', spend.dayUtc, spend.todayNanoUsd, spend.dailyLimitNanoUsd),
    standing('month', monthOf(spend.dayUtc), spend.monthNanoUsd, spend.monthlyLimitNanoUsd),
  ];
}

const SEVERITY: Readonly<Record<BudgetLevel, number>> = { unlimited: 0, ok: 1, warning: 2, exhausted: 3 };

/** The one that the meters show: today's, unless the month's is nearer to stopping the person. */
export function shownBudgetStatus(spend: SpendSummary, settings: WarnAt): BudgetStatus {
  const [day, month] = budgetStatuses(spend, settings);
  return SEVERITY[month.level] > SEVERITY[day.level] ? month : day;
}

/** What is held back beyond what the meters count as spent: worst cases of running requests, and those without a bill. */
export const unsettledNanoUsd = (spend: SpendSummary): NanoUsd =>
  addUsd(nanoUsd(Math.max(ZERO_USD, spend.reservedNanoUsd - spend.runningNanoUsd)), spend.pendingNanoUsd);

/** A window's clock was once ahead: the day whose budget counts has not come yet. */
export const isDayAhead = (spend: SpendSummary, nowMs: number): boolean => spend.dayUtc > dayUtcOf(nowMs);

/** What the person has been told, by period: `{ day: '2026-11-20 5000000000 warning' }`. */
export type NotifiedLevels = Readonly<Partial<Record<BudgetStatus['period'], string>>>;

export interface BudgetAlert {
  readonly standing: BudgetStatus;
  readonly level: 'warning' | 'exhausted';
}

/**
 * What is to be told now: each level once per period and limit, and the worse one only. A raised limit starts anew.
 * @returns the alerts and what has been told with them.
 */
export function budgetAlerts(
  spend: SpendSummary,
  settings: WarnAt,
  told: NotifiedLevels,
): { readonly alerts: readonly BudgetAlert[]; readonly told: NotifiedLevels } {
  const alerts: BudgetAlert[] = [];
  let next = told;
  for (const standing of budgetStatuses(spend, settings)) {
    const { level, period, name, limitNanoUsd } = standing;
    if (level !== 'warning' && level !== 'exhausted') continue;
    const mark = (at: BudgetAlert['level']): string => `${name} ${limitNanoUsd ?? ''} ${at}`;
    if (told[period] === mark(level) || told[period] === mark('exhausted')) continue;
    alerts.push({ standing, level });
    next = { ...next, [period]: mark(level) };
  }
  return { alerts, told: next };
}
