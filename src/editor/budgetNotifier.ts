import * as vscode from 'vscode';
import { type BudgetAlert, type NotifiedLevels, budgetAlerts } from '../application/spend/budgetStatus';
import type { SpendLedger } from '../application/spend/ledger';
import type { ModelId } from '../domain/ids';
import { formatUsd } from '../domain/money';
import type { Disposable } from '../domain/emitter';
import type { Settings, SettingsSource } from '../domain/ports/settings';
import type { EventBus, CoreEvent } from '../domain/coreEvent';
import { showLedger } from './commands/budgetMenu';
import type { LimitName } from './settings';

const TOLD = 'budgetTold';

export interface BudgetNotifierOptions {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly bus: EventBus;
  /** Shared by all windows: what one has told, the others do not tell again. */
  readonly memento: vscode.Memento;
  readonly raiseLimit: (limit: LimitName) => Promise<void>;
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

/**
 * Tells once when a limit is near and once when it is reached, in the window that the person looks at, and every
 * time that a bill went beyond what it could have cost.
 */
export class BudgetNotifier implements Disposable {
  private readonly subscription: Disposable;

  constructor(private readonly options: BudgetNotifierOptions) {
    this.subscription = vscode.Disposable.from(
      options.bus.event((event) => {
        if (event.type === 'spendChanged' || event.type === 'settingsChanged') this.check();
        else if (event.type === 'overran') void this.notifyOverrun(event);
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.check()),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private check(): void {
    if (!vscode.window.state.focused) return;
    const { ledger, settings, memento } = this.options;
    const { alerts, notified } = budgetAlerts(
      ledger.summary(),
      settings.current(),
      memento.get<NotifiedLevels>(TOLD, {}),
    );
    if (alerts.length === 0) return;
    void memento.update(TOLD, notified);
    for (const alert of alerts) void this.notify(alert);
  }

  private async notify(alert: BudgetAlert): Promise<void> {
    const { t } = vscode.l10n;
    const raise = t('Raise Limit');
    const ledger = t('Show Ledger');
    const show = alert.level === 'exhausted' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const choice = await show(alertText(alert, this.options.settings.current()), raise, ledger);
    if (choice === raise) await this.options.raiseLimit(alert.status.period === 'day' ? 'dailyUsd' : 'monthlyUsd');
    else if (choice === ledger) await showLedger();
  }

  private async notifyOverrun({
    model,
    billedNanoUsd,
    worstCaseNanoUsd,
  }: Extract<CoreEvent, { type: 'overran' }>): Promise<void> {
    const { t } = vscode.l10n;
    const ledger = t('Show Ledger');
    const allow = t('Allow Again…');
    const isBlocked = this.options.settings.current().budgetMode === 'hard';
    const text = t(
      '{0} billed {1}, though the most that reply should have cost was {2}.',
      model,
      formatUsd(billedNanoUsd),
      formatUsd(worstCaseNanoUsd),
    );
    const choice = await vscode.window.showErrorMessage(
      isBlocked ? t('{0} The model is blocked until you allow it again.', text) : text,
      ledger,
      ...(isBlocked ? [allow] : []),
    );
    if (choice === ledger) await showLedger();
    else if (choice === allow) await this.options.allowOverrun(model);
  }
}

function alertText(
  { status, level }: BudgetAlert,
  { budgetMode, warnAtPercent }: Pick<Settings, 'budgetMode' | 'warnAtPercent'>,
): string {
  const { t } = vscode.l10n;
  const spent = formatUsd(status.spentNanoUsd, 'coarse');
  const limit = status.limitNanoUsd === null ? '' : formatUsd(status.limitNanoUsd, 'exact');
  if (level === 'warning') {
    return status.period === 'day'
      ? t('{0} % of today’s budget is spent: {1} of {2}.', warnAtPercent, spent, limit)
      : t('{0} % of this month’s budget is spent: {1} of {2}.', warnAtPercent, spent, limit);
  }
  const reached =
    status.period === 'day'
      ? t('Today’s budget is spent: {0} of {1}.', spent, limit)
      : t('This month’s budget is spent: {0} of {1}.', spent, limit);
  if (budgetMode === 'warn') return t('{0} Sending goes on, because the budget’s mode is “warn”.', reached);
  return status.period === 'day'
    ? t('{0} Nothing more is sent before midnight UTC unless you raise the limit.', reached)
    : t('{0} Nothing more is sent this month (UTC) unless you raise the limit.', reached);
}
