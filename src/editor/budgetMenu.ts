import * as vscode from 'vscode';
import type { SpendLedger } from '../application/spendLedger';
import { NANO_PER_USD, formatUsd } from '../domain/money';
import { COMMANDS, CONFIGURATION_SECTION } from './contributions';
import type { EditorSettings } from './settings';

interface MenuItem extends vscode.QuickPickItem {
  readonly run: () => Thenable<unknown>;
}

/** What a click on the meter opens. */
export async function showBudgetMenu(ledger: SpendLedger, settings: EditorSettings): Promise<void> {
  const { t } = vscode.l10n;
  const spend = ledger.summary();
  const limit = spend.dailyLimitNanoUsd === null ? t('no limit') : formatUsd(spend.dailyLimitNanoUsd, 'coarse');
  const items: MenuItem[] = [
    { label: t('$(edit) Set daily limit…'), description: t('now {0}', limit), run: () => setDailyLimit(ledger, settings) },
    { label: t('$(comment-discussion) Open chat'), run: () => vscode.commands.executeCommand(COMMANDS.focusChat) },
    { label: t('$(settings-gear) All budget settings'), run: () => vscode.commands.executeCommand('workbench.action.openSettings', `${CONFIGURATION_SECTION}.budget`) },
  ];
  const spent = t('{0} today · {1} this month', formatUsd(spend.todayNanoUsd), formatUsd(spend.monthNanoUsd));
  const pending = spend.pendingNanoUsd > 0 ? t(' · up to {0} pending', formatUsd(spend.pendingNanoUsd)) : '';
  const choice = await vscode.window.showQuickPick(items, { title: t('Budget'), placeHolder: spent + pending });
  await choice?.run();
}

/** The new limit acts at once, in every window: it is a user setting. */
export async function setDailyLimit(ledger: SpendLedger, settings: EditorSettings): Promise<void> {
  const { t } = vscode.l10n;
  const now = ledger.summary().dailyLimitNanoUsd;
  const entered = await vscode.window.showInputBox({
    title: t('Daily limit in USD'),
    prompt: t('0 removes the limit. The day is UTC.'),
    value: now === null ? '0' : String(now / NANO_PER_USD),
    validateInput: (text) => (parseUsd(text) === undefined ? t('Enter an amount such as 5 or 2.50.') : undefined),
  });
  const usd = entered === undefined ? undefined : parseUsd(entered);
  if (usd !== undefined) await settings.setDailyLimit(usd);
}

/** A person's amount: `5`, `2.50`, `$5`. Undefined for anything else. */
export function parseUsd(text: string): number | undefined {
  const match = /^\s*\$?\s*(\d{1,6}(?:\.\d{1,9})?)\s*$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
