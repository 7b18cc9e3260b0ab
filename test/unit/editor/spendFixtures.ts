import type { SpendSummary } from '../../../src/application/spend/ledger';
import { nanoUsd } from '../../../src/domain/money';
import type { Settings } from '../../../src/domain/ports/settings';
import { defaultSettings } from '../../support/testCore';

export const usd = (amount: number) => nanoUsd(Math.round(amount * 1e9));

/** Nothing spent on 20 November 2026, with a daily limit of $5. */
export const spendOf = (changes: Partial<SpendSummary> = {}): SpendSummary => ({
  todayNanoUsd: usd(0),
  monthNanoUsd: usd(0),
  runningNanoUsd: usd(0),
  reservedNanoUsd: usd(0),
  pendingNanoUsd: usd(0),
  dailyLimitNanoUsd: usd(5),
  monthlyLimitNanoUsd: null,
  dayUtc: '2026-11-20',
  key: null,
  ...changes,
});

/** A ledger and settings whose values a test changes. */
export class FakeBudget {
  spend = spendOf();
  limits: Settings = defaultSettings;
  readonly ledger = { summary: () => this.spend };
  readonly settings = { current: () => this.limits };
}
