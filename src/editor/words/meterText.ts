import { l10n } from 'vscode';
import type { BudgetStatus } from '../../application/spend/budgetStatus';
import type { SpendSummary } from '../../application/spend/ledger';
import { type ConversationSummary, runLabel } from '../../domain/conversation';
import { keyAllowance } from './budgetText';
import { formatAtMost, formatMoney } from './format';

export const meterName = (): string => l10n.t('Neural Terminal: Budget');

/** For screen readers. */
export const meterLabel = (text: string): string => l10n.t('Budget: {0}', text);

export type TooltipRow = readonly [label: string, amount: string];

export interface TooltipParts {
  readonly spend: SpendSummary;
  readonly statuses: readonly [day: BudgetStatus, month: BudgetStatus];
  readonly conversation: Pick<ConversationSummary, 'runNumber' | 'costNanoUsd'> | undefined;
}

/** Leaves out rows that are zero. The day is always shown, also without a limit. */
export function tooltipRows({ spend, statuses: [day, month], conversation }: TooltipParts): readonly TooltipRow[] {
  const rows: readonly (TooltipRow | undefined)[] = [
    conversation && [
      l10n.t('This conversation ({0})', runLabel(conversation.runNumber)),
      formatMoney(conversation.costNanoUsd),
    ],
    [
      l10n.t('Today (UTC)'),
      day.limitNanoUsd === null ? l10n.t('{0}, no limit', formatMoney(day.spentNanoUsd)) : spentOfLimit(day),
    ],
    [l10n.t('This month'), spentOfLimit(month)],
    spend.reservedNanoUsd > 0
      ? [l10n.t('Reserved for running replies'), formatAtMost(spend.reservedNanoUsd)]
      : undefined,
    spend.pendingNanoUsd > 0 ? [l10n.t('Pending, not yet billed'), formatAtMost(spend.pendingNanoUsd)] : undefined,
    spend.key === null ? undefined : [l10n.t('API key'), keyAllowance(spend.key)],
  ];
  return rows.filter((row) => row !== undefined);
}

const spentOfLimit = ({ spentNanoUsd, limitNanoUsd }: BudgetStatus): string =>
  limitNanoUsd === null
    ? formatMoney(spentNanoUsd)
    : l10n.t('{0} of {1}', formatMoney(spentNanoUsd), formatMoney(limitNanoUsd, 'exact'));

/** @param day UTC day in the future that the budget counts for. */
export const dayAheadText = (day: string): string =>
  l10n.t('The clock was once ahead. The budget counts for {0} (UTC), and so does everything spent until then.', day);
