import * as vscode from 'vscode';
import type { SpendLedger, SpendSummary } from '../application/spendLedger';
import { budgetLevel } from '../domain/budget';
import { type NanoUsd, addUsd, formatUsd } from '../domain/money';
import type { Disposable, SettingsSource } from '../domain/ports';
import type { EventBus } from '../domain/productEvent';
import { COMMANDS } from './contributions';

/** Redraws while a reply streams: often enough to be alive, seldom enough to cost nothing. */
const REDRAW_MS = 250;

/** Today's spend against the daily limit, from start-up on. */
export class StatusBarMeter implements Disposable {
  private readonly item = vscode.window.createStatusBarItem('neuralTerminal.budget', vscode.StatusBarAlignment.Right, 100);
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ledger: SpendLedger,
    private readonly settings: SettingsSource,
    bus: EventBus,
  ) {
    this.item.name = vscode.l10n.t('Neural Terminal: Budget');
    this.item.command = COMMANDS.budgetMenu;
    this.subscription = bus.event((event) => {
      if (event.type === 'spendChanged' || event.type === 'settingsChanged') this.timer ??= setTimeout(() => this.redraw(), REDRAW_MS);
    });
    this.item.text = '$(pulse) $…';
    this.item.show();
  }

  redraw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const spend = this.ledger.summary();
    const spent = addUsd(spend.todayNanoUsd, spend.runningNanoUsd);
    this.item.text = meterText(spent, spend.dailyLimitNanoUsd, spend.runningNanoUsd > 0);
    this.item.tooltip = tooltip(spend, spent);
    const level = budgetLevel(spent, spend.dailyLimitNanoUsd, this.settings.current().warnAtPercent);
    this.item.backgroundColor = level === 'exhausted' ? new vscode.ThemeColor('statusBarItem.errorBackground') : level === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.accessibilityInformation = { label: vscode.l10n.t('Budget: {0} spent today', this.item.text.replace('$(pulse) ', '')), role: 'button' };
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.item.dispose();
  }
}

/** `$(pulse) $0.31 / $5.00`; `≈` while a running reply's estimate is in it. */
export function meterText(spent: NanoUsd, limit: NanoUsd | null, estimated: boolean): string {
  const amount = `${estimated ? '≈ ' : ''}${formatUsd(spent, 'coarse')}`;
  return `$(pulse) ${amount}${limit === null ? '' : ` / ${formatUsd(limit, 'coarse')}`}`;
}

function tooltip(spend: SpendSummary, spent: NanoUsd): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const rows: [string, string][] = [
    [t('Today (UTC)'), formatUsd(spent)],
    [t('This month'), formatUsd(addUsd(spend.monthNanoUsd, spend.runningNanoUsd))],
    ...(spend.reservedNanoUsd > 0 ? ([[t('Reserved for running replies'), formatUsd(spend.reservedNanoUsd)]] as [string, string][]) : []),
    ...(spend.pendingNanoUsd > 0 ? ([[t('Pending, not yet billed'), `≤ ${formatUsd(spend.pendingNanoUsd)}`]] as [string, string][]) : []),
    [t('Daily limit'), spend.dailyLimitNanoUsd === null ? t('none') : formatUsd(spend.dailyLimitNanoUsd, 'coarse')],
    ...(spend.monthlyLimitNanoUsd === null ? [] : ([[t('Monthly limit'), formatUsd(spend.monthlyLimitNanoUsd, 'coarse')]] as [string, string][])),
  ];
  const table = rows.map(([label, amount]) => `| ${label} | ${amount.replace('$', '\\$')} |`).join('\n');
  return new vscode.MarkdownString(`**Neural Terminal**\n\n| | |\n|:--|--:|\n${table}\n`);
}
