import * as vscode from 'vscode';
import { type BudgetAlert, type NotifiedLevels, budgetAlerts } from '../application/spend/budgetStatus';
import type { SpendLedger } from '../application/spend/ledger';
import type { ModelId } from '../domain/ids';
import type { Disposable } from '../domain/emitter';
import type { SettingsSource } from '../domain/ports/settings';
import type { EventBus, CoreEvent } from '../domain/coreEvent';
import { showLedger } from './commands/budgetMenu';
import type { LimitName } from './settings/definitions';
import { alertText, notificationLabels, overrunText } from './words/budgetText';

/** Key in the memento; the name is part of stored data. */
const NOTIFIED = 'budgetTold';

export interface BudgetNotifierOptions {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly bus: EventBus;
  /** Shared by all windows, so that each warning is shown once. */
  readonly memento: vscode.Memento;
  readonly raiseLimit: (limit: LimitName) => Promise<void>;
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

/**
 * Notifies once when a limit is near and once when it is reached, in the focused window, and whenever a bill exceeds
 * its worst case.
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
      memento.get<NotifiedLevels>(NOTIFIED, {}),
    );
    if (alerts.length === 0) return;
    void memento.update(NOTIFIED, notified);
    for (const alert of alerts) void this.notify(alert);
  }

  private async notify(alert: BudgetAlert): Promise<void> {
    const { raiseLimit, showLedger: ledger } = notificationLabels();
    const show = alert.level === 'exhausted' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const choice = await show(alertText(alert, this.options.settings.current()), raiseLimit, ledger);
    if (choice === raiseLimit) await this.options.raiseLimit(alert.status.period === 'day' ? 'dailyUsd' : 'monthlyUsd');
    else if (choice === ledger) await showLedger();
  }

  private async notifyOverrun(overrun: Extract<CoreEvent, { type: 'overran' }>): Promise<void> {
    const { showLedger: ledger, allowAgain } = notificationLabels();
    const isBlocked = this.options.settings.current().budgetMode === 'hard';
    const choice = await vscode.window.showErrorMessage(
      overrunText(overrun, isBlocked),
      ledger,
      ...(isBlocked ? [allowAgain] : []),
    );
    if (choice === ledger) await showLedger();
    else if (choice === allowAgain) await this.options.allowOverrun(overrun.model);
  }
}
