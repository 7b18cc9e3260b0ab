import * as vscode from 'vscode';
import type { SpendLedger } from '../../application/spend/ledger';
import type { ModelId } from '../../domain/ids';
import { type NanoUsd, toDecimalUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import { COMMANDS, CONFIGURATION_SECTION } from '../contributions';
import { confirmed } from '../dialogs';
import type { LimitName } from '../settings/definitions';
import type { EditorSettings } from '../settings/editorSettings';
import {
  allowItem,
  confirmOverrunText,
  invalidAmount,
  limitText,
  limitTexts,
  menuHead,
  menuLabels,
  pendingText,
} from '../words/budgetText';

export interface BudgetMenuServices {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: Pick<EditorSettings, 'current' | 'setLimit'>;
  /** Models that are blocked because a bill exceeded its worst case. */
  readonly overruns: () => readonly ModelId[];
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

interface MenuItem extends vscode.QuickPickItem {
  /** Undefined for headings. */
  readonly run?: () => Thenable<unknown>;
}

export const showLedger = (): Thenable<unknown> => vscode.commands.executeCommand(COMMANDS.showLedger);

/** Opened by a click on the meter. */
export async function showBudgetMenu(services: BudgetMenuServices): Promise<void> {
  const spend = services.ledger.summary();
  const choice = await vscode.window.showQuickPick(menuItems(services, spend.pendingNanoUsd), menuHead(spend));
  await choice?.run?.();
}

function menuItems(services: BudgetMenuServices, pending: NanoUsd): MenuItem[] {
  const labels = menuLabels();
  const heading = (label: string): MenuItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const item = (icon: string, label: string, run: () => Thenable<unknown>, description = ''): MenuItem => ({
    label: `$(${icon}) ${label}`,
    description,
    run,
  });
  const limits = services.settings.current();
  return [
    ...services.overruns().map((model) => {
      const { label, description } = allowItem(model);
      return item('unlock', label, () => services.allowOverrun(model), description);
    }),
    heading(labels.limits),
    ...LIMIT_ORDER.map((name) =>
      item('edit', limitTexts(name).item, () => askLimit(services.settings, name), limitText(limitOf(limits, name))),
    ),
    heading(labels.spending),
    ...(pending > 0 ? [item('question', labels.settlePending, showLedger, pendingText(pending))] : []),
    item('graph', labels.showLedger, showLedger),
    item('arrow-swap', labels.chooseModel, () => vscode.commands.executeCommand(COMMANDS.selectModel)),
    heading(labels.more),
    item('comment-discussion', labels.openChat, () => vscode.commands.executeCommand(COMMANDS.focusChat)),
    item('settings-gear', labels.allSettings, () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `${CONFIGURATION_SECTION}.budget`),
    ),
  ];
}

const LIMIT_ORDER: readonly LimitName[] = ['dailyUsd', 'monthlyUsd', 'perConversationUsd', 'perReplyUsd'];

function limitOf(settings: Settings, name: LimitName): NanoUsd | null {
  switch (name) {
    case 'dailyUsd':
      return settings.dailyLimitNanoUsd;
    case 'monthlyUsd':
      return settings.monthlyLimitNanoUsd;
    case 'perConversationUsd':
      return settings.conversationLimitNanoUsd;
    case 'perReplyUsd':
      return settings.replyLimitNanoUsd;
  }
}

/** The limit is a user setting, so a new value applies to every window at once. */
export async function askLimit(settings: BudgetMenuServices['settings'], name: LimitName): Promise<void> {
  const { title, prompt } = limitTexts(name);
  const now = limitOf(settings.current(), name);
  const entered = await vscode.window.showInputBox({
    title,
    prompt,
    value: now === null ? '0' : toDecimalUsd(now),
    validateInput: (text) => (parseUsd(text) === undefined ? invalidAmount() : undefined),
  });
  const usd = entered === undefined ? undefined : parseUsd(entered);
  if (usd !== undefined) await settings.setLimit(name, usd);
}

/** Parses `5`, `2.50` or `$5`. @returns undefined for anything else. */
export function parseUsd(text: string): number | undefined {
  const match = /^\s*\$?\s*(\d{1,6}(?:\.\d{1,9})?)\s*$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Unblocks a model after explaining the risk. */
export async function confirmOverrun(model: ModelId, accept: (model: ModelId) => Promise<void>): Promise<void> {
  if (await confirmed(confirmOverrunText(model))) await accept(model);
}
