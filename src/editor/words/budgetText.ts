import { l10n } from 'vscode';
import type { BudgetAlert, BudgetStatus } from '../../application/spend/budgetStatus';
import type { KeyAllowance, SpendSummary } from '../../application/spend/ledger';
import type { CoreEvent } from '../../domain/coreEvent';
import type { ModelId } from '../../domain/ids';
import type { NanoUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import type { Confirmation } from './confirmation';
import { facts, formatMoney, formatPercent, sentences } from './format';

/** Names of the limit settings. */
type LimitName = 'perReplyUsd' | 'perConversationUsd' | 'dailyUsd' | 'monthlyUsd';

/** `$20.00 left of $25.00, monthly` */
export function keyAllowance({ limitNanoUsd, remainingNanoUsd, reset }: KeyAllowance): string {
  const [left, limit] = [formatMoney(remainingNanoUsd, 'coarse'), formatMoney(limitNanoUsd, 'exact')];
  switch (reset) {
    case null:
      return l10n.t('{0} left of {1}', left, limit);
    case 'daily':
      return l10n.t('{0} left of {1}, daily', left, limit);
    case 'weekly':
      return l10n.t('{0} left of {1}, weekly', left, limit);
    case 'monthly':
      return l10n.t('{0} left of {1}, monthly', left, limit);
    default:
      return l10n.t('{0} left of {1} ({2})', left, limit, reset);
  }
}

export const notificationLabels = () => ({
  raiseLimit: l10n.t('Raise Limit'),
  showLedger: l10n.t('Show Ledger'),
  allowAgain: l10n.t('Allow Again…'),
});

type AlertSettings = Pick<Settings, 'budgetMode' | 'warnAtPercent'>;

export function alertText({ status, level }: BudgetAlert, { budgetMode, warnAtPercent }: AlertSettings): string {
  const isDay = status.period === 'day';
  const spent = formatMoney(status.spentNanoUsd, 'coarse');
  const limit = status.limitNanoUsd === null ? '' : formatMoney(status.limitNanoUsd, 'exact');
  if (level === 'warning') {
    const percent = formatPercent(warnAtPercent);
    return isDay
      ? l10n.t('{0} of today’s limit is spent: {1} of {2}.', percent, spent, limit)
      : l10n.t('{0} of this month’s limit is spent: {1} of {2}.', percent, spent, limit);
  }
  return sentences(
    isDay
      ? l10n.t('Today’s limit is reached: {0} of {1} spent.', spent, limit)
      : l10n.t('This month’s limit is reached: {0} of {1} spent.', spent, limit),
    consequence(isDay, budgetMode),
  );
}

function consequence(isDay: boolean, budgetMode: Settings['budgetMode']): string {
  if (budgetMode === 'warn') return l10n.t('You can still send messages, because limits are set to warn only.');
  return isDay
    ? l10n.t('Nothing more is sent before midnight UTC unless you raise the limit.')
    : l10n.t('Nothing more is sent this month (UTC) unless you raise the limit.');
}

export function overrunText(
  { model, billedNanoUsd, worstCaseNanoUsd }: Extract<CoreEvent, { type: 'overran' }>,
  isBlocked: boolean,
): string {
  return sentences(
    l10n.t(
      '{0} billed {1} for a reply that should have cost {2} at most.',
      model,
      formatMoney(billedNanoUsd),
      formatMoney(worstCaseNanoUsd),
    ),
    isBlocked ? l10n.t('The model is blocked until you allow it again.') : '',
  );
}

export const confirmOverrunText = (model: ModelId): Confirmation => ({
  message: l10n.t('Allow {0} again?', model),
  detail: l10n.t(
    'A bill for this model was higher than its worst case. If it happens again, a limit could be exceeded by the same amount. The model’s prices may have changed; refresh the model list first.',
  ),
  confirm: l10n.t('Allow Again'),
});

/** Title and figures above the budget menu. */
export const menuHead = (spend: SpendSummary) => ({
  title: l10n.t('Budget'),
  placeHolder: facts(
    l10n.t('{0} today', formatMoney(spend.todayNanoUsd)),
    l10n.t('{0} this month', formatMoney(spend.monthNanoUsd)),
    spend.pendingNanoUsd > 0 ? l10n.t('up to {0} pending', formatMoney(spend.pendingNanoUsd)) : '',
    spend.key === null ? '' : l10n.t('API key: {0}', keyAllowance(spend.key)),
  ),
});

export const menuLabels = () => ({
  limits: l10n.t('Limits'),
  spending: l10n.t('Spending'),
  more: l10n.t('More'),
  settlePending: l10n.t('Settle pending charges…'),
  showLedger: l10n.t('Show ledger'),
  chooseModel: l10n.t('Choose another model…'),
  openChat: l10n.t('Open chat'),
  allSettings: l10n.t('All budget settings'),
});

export const allowItem = (model: ModelId) => ({
  label: l10n.t('Allow {0} again…', model),
  description: l10n.t('blocked because a bill exceeded its worst case'),
});

export const pendingText = (pending: NanoUsd): string => l10n.t('up to {0}', formatMoney(pending));

export const limitText = (limit: NanoUsd | null): string =>
  limit === null ? l10n.t('no limit') : l10n.t('now {0}', formatMoney(limit, 'exact'));

export const invalidAmount = (): string => l10n.t('Enter an amount in dollars, for example 5 or 2.50.');

/** Texts of a limit's menu item and input box. */
export function limitTexts(name: LimitName): {
  readonly item: string;
  readonly title: string;
  readonly prompt: string;
} {
  switch (name) {
    case 'dailyUsd':
      return {
        item: l10n.t('Set daily limit…'),
        title: l10n.t('Daily limit in USD'),
        prompt: l10n.t('Applies to all windows together. Days are UTC. 0 means no limit.'),
      };
    case 'monthlyUsd':
      return {
        item: l10n.t('Set monthly limit…'),
        title: l10n.t('Monthly limit in USD'),
        prompt: l10n.t('Applies to all windows together. Months are UTC. 0 means no limit.'),
      };
    case 'perConversationUsd':
      return {
        item: l10n.t('Set limit per conversation…'),
        title: l10n.t('Limit per conversation in USD'),
        prompt: l10n.t('Applies to each conversation with all its branches. 0 means no limit.'),
      };
    case 'perReplyUsd':
      return {
        item: l10n.t('Set limit per reply…'),
        title: l10n.t('Limit per reply in USD'),
        prompt: l10n.t('Applies to each reply. 0 means no limit.'),
      };
  }
}

/** `$0.31 / $5.00`, `$18.20 / $20.00 this month`; `≈` while the estimate of a running reply is included. */
export function meterText({ spentNanoUsd, limitNanoUsd, period }: BudgetStatus, isEstimated: boolean): string {
  const amount = formatMoney(spentNanoUsd, 'coarse');
  const spent = isEstimated ? `≈ ${amount}` : amount;
  if (limitNanoUsd === null) return spent;
  const limit = formatMoney(limitNanoUsd, 'exact');
  return period === 'day' ? `${spent} / ${limit}` : l10n.t('{0} / {1} this month', spent, limit);
}
