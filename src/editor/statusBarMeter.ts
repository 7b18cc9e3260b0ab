import * as vscode from 'vscode';
import { isDayAhead, shownBudgetStatus, budgetStatuses } from '../application/spend/budgetStatus';
import type { Conversations } from '../application/conversations/conversations';
import type { SpendLedger } from '../application/spend/ledger';
import type { Disposable, Event } from '../domain/emitter';
import type { SettingsSource } from '../domain/ports/settings';
import type { Clock } from '../domain/ports/system';
import type { ConversationId } from '../domain/ids';
import type { EventBus } from '../domain/coreEvent';
import { COMMANDS } from './contributions';
import { meterText } from './words/budgetText';
import { type TooltipRow, dayAheadText, meterLabel, meterName, tooltipRows } from './words/meterText';
import { PRODUCT } from './words/viewText';

/** Time between redraws while a reply streams. */
const REDRAW_MS = 250;
const ICON = '$(pulse)';

export interface StatusBarMeterOptions {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly conversations: Pick<Conversations, 'known'>;
  /** Conversation of the panel used last; null while it is new. */
  readonly current: () => ConversationId | null;
  readonly onDidChangeConversation: Event<unknown>;
}

/** Shows spending and the limit in the status bar. */
export class StatusBarMeter implements Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'neuralTerminal.budget',
    vscode.StatusBarAlignment.Right,
    100,
  );
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: StatusBarMeterOptions) {
    this.item.name = meterName();
    this.item.command = COMMANDS.budgetMenu;
    const redrawSoon = (): void => void (this.timer ??= setTimeout(() => this.redraw(), REDRAW_MS));
    this.subscription = vscode.Disposable.from(
      options.bus.event((event) => {
        if (event.type === 'spendChanged' || event.type === 'settingsChanged') redrawSoon();
      }),
      options.onDidChangeConversation(redrawSoon),
    );
    this.item.text = `${ICON} $…`;
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
    const text = meterText(shown, isEstimated);
    this.item.text = `${ICON} ${text}`;
    this.item.tooltip = tooltip(
      tooltipRows({
        spend,
        statuses: budgetStatuses(spend, limits),
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
    this.item.accessibilityInformation = { label: meterLabel(text), role: 'button' };
  }
}

/** @param dayAhead UTC day of the budget, when it lies in the future. */
function tooltip(rows: readonly TooltipRow[], dayAhead: string | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString(`**${PRODUCT}**\n\n| | |\n|:--|--:|\n`);
  for (const [label, amount] of rows) text.appendMarkdown(`| ${label} | ${amount.replaceAll('$', '\\$')} |\n`);
  if (dayAhead !== undefined) text.appendMarkdown(`\n${dayAheadText(dayAhead)}\n`);
  return text;
}
