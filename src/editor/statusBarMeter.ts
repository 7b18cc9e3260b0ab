import * as vscode from 'vscode';
import { type BudgetStatus, isDayAhead, shownBudgetStatus, budgetStatuses } from '../application/spend/budgetStatus';
import type { Conversations } from '../application/conversations/conversations';
import { keyText } from '../application/panel/presenter';
import { runLabel, type ConversationSummary } from '../domain/conversation';
import type { SpendLedger, SpendSummary } from '../application/spend/ledger';
import type { Disposable, Event } from '../domain/emitter';
import type { SettingsSource } from '../domain/ports/settings';
import type { Clock } from '../domain/ports/system';
import type { ConversationId } from '../domain/ids';
import { formatUsd } from '../domain/money';
import type { EventBus } from '../domain/coreEvent';
import { COMMANDS } from './contributions';

/** Redraws while a reply streams: often enough to be alive, seldom enough to cost nothing. */
const REDRAW_MS = 250;

export interface StatusBarMeterOptions {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly conversations: Pick<Conversations, 'known'>;
  /** The one in the panel that was used last; null while it is new. */
  readonly current: () => ConversationId | null;
  readonly onDidChangeConversation: Event<unknown>;
}

/** What is spent against the limit, from start-up on. */
export class StatusBarMeter implements Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'neuralTerminal.budget',
    vscode.StatusBarAlignment.Right,
    100,
  );
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: StatusBarMeterOptions) {
    this.item.name = vscode.l10n.t('Neural Terminal: Budget');
    this.item.command = COMMANDS.budgetMenu;
    const redrawSoon = (): void => void (this.timer ??= setTimeout(() => this.redraw(), REDRAW_MS));
    this.subscription = vscode.Disposable.from(
      options.bus.event((event) => {
        if (event.type === 'spendChanged' || event.type === 'settingsChanged') redrawSoon();
      }),
      options.onDidChangeConversation(redrawSoon),
    );
    this.item.text = '$(pulse) $…';
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.item.dispose();
  }

  private redraw(): void {
    this.timer = undefined;
    const { ledger, settings, clock, conversations, current } = this.options;
    const id = current();
    const spend = ledger.summary();
    const limits = settings.current();
    const shown = shownBudgetStatus(spend, limits);
    const isEstimated = spend.runningNanoUsd > 0;
    this.item.text = meterText(shown, isEstimated);
    this.item.tooltip = tooltip(
      tooltipRows({
        spend,
        standings: budgetStatuses(spend, limits),
        conversation: id === null ? undefined : conversations.known(id),
      }),
      isDayAhead(spend, clock.nowMs()) ? spend.dayUtc : undefined,
    );
    this.item.backgroundColor =
      shown.level === 'exhausted'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : shown.level === 'warning'
          ? new vscode.ThemeColor('statusBarItem.warningBackground')
          : undefined;
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Budget: {0}', meterText(shown, isEstimated).replace('$(pulse) ', '')),
      role: 'button',
    };
  }
}

/** `$(pulse) $0.31 / $5.00`, `$(pulse) $18.20 / $20.00 this month`; `≈` while a running reply's estimate is in it. */
export function meterText({ spentNanoUsd, limitNanoUsd, period }: BudgetStatus, isEstimated: boolean): string {
  const { t } = vscode.l10n;
  const spent = `${isEstimated ? '≈ ' : ''}${formatUsd(spentNanoUsd, 'coarse')}`;
  if (limitNanoUsd === null) return `$(pulse) ${spent}`;
  const limit = formatUsd(limitNanoUsd, 'exact');
  return period === 'day' ? `$(pulse) ${spent} / ${limit}` : t('$(pulse) {0} / {1} this month', spent, limit);
}

type Row = readonly [label: string, amount: string];

interface TooltipParts {
  readonly spend: SpendSummary;
  readonly standings: readonly [day: BudgetStatus, month: BudgetStatus];
  readonly conversation: Pick<ConversationSummary, 'runNumber' | 'costNanoUsd'> | undefined;
}

/** Rows of nothing are left out, except a limit that does not exist: that is worth knowing. */
export function tooltipRows({ spend, standings: [day, month], conversation }: TooltipParts): readonly Row[] {
  const { t } = vscode.l10n;
  const ofLimit = ({ spentNanoUsd, limitNanoUsd }: BudgetStatus): string =>
    `${formatUsd(spentNanoUsd)}${limitNanoUsd === null ? '' : t(' of {0}', formatUsd(limitNanoUsd, 'exact'))}`;
  const rows: readonly (Row | undefined)[] = [
    conversation && [
      t('This conversation ({0})', runLabel(conversation.runNumber)),
      formatUsd(conversation.costNanoUsd),
    ],
    [t('Today (UTC)'), `${ofLimit(day)}${day.limitNanoUsd === null ? t(', no limit') : ''}`],
    [t('This month'), ofLimit(month)],
    spend.reservedNanoUsd > 0
      ? [t('Reserved for running replies'), `≤ ${formatUsd(spend.reservedNanoUsd)}`]
      : undefined,
    spend.pendingNanoUsd > 0 ? [t('Pending, not yet billed'), `≤ ${formatUsd(spend.pendingNanoUsd)}`] : undefined,
    spend.key === null ? undefined : [t('The key itself'), keyText(spend.key)],
  ];
  return rows.filter((row) => row !== undefined);
}

/** @param dayAhead the budget's day, when it has not come yet. */
function tooltip(rows: readonly Row[], dayAhead: string | undefined): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const text = new vscode.MarkdownString('**Neural Terminal**\n\n| | |\n|:--|--:|\n');
  for (const [label, amount] of rows) text.appendMarkdown(`| ${label} | ${amount.replaceAll('$', '\\$')} |\n`);
  if (dayAhead !== undefined)
    text.appendMarkdown(
      `\n${t('The clock was once ahead: the budget’s day is {0} (UTC), and what is spent until then counts for it.', dayAhead)}\n`,
    );
  return text;
}
