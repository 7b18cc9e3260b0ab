import * as vscode from 'vscode';
import { keyText } from '../../application/panel/presenter';
import type { SpendLedger } from '../../application/spend/ledger';
import type { ModelId } from '../../domain/ids';
import { type NanoUsd, formatUsd, toDecimalUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import { COMMANDS, CONFIGURATION_SECTION } from '../contributions';
import type { LimitName } from '../settings/definitions';
import type { EditorSettings } from '../settings/editorSettings';

export interface BudgetMenuServices {
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: Pick<EditorSettings, 'current' | 'setLimit'>;
  /** Models that may not send, because a bill of theirs went beyond its worst case. */
  readonly overruns: () => readonly ModelId[];
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

interface MenuItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

export const showLedger = (): Thenable<unknown> => vscode.commands.executeCommand(COMMANDS.showLedger);

/** What a click on the meter opens. */
export async function showBudgetMenu(services: BudgetMenuServices): Promise<void> {
  const { t } = vscode.l10n;
  const spend = services.ledger.summary();
  const placeHolder = [
    t('{0} today', formatUsd(spend.todayNanoUsd)),
    t('{0} this month', formatUsd(spend.monthNanoUsd)),
    ...(spend.pendingNanoUsd > 0 ? [t('up to {0} pending', formatUsd(spend.pendingNanoUsd))] : []),
    ...(spend.key === null ? [] : [t('key: {0}', keyText(spend.key))]),
  ].join(' · ');
  const choice = await vscode.window.showQuickPick(menuItems(services, spend.pendingNanoUsd), {
    title: t('Budget'),
    placeHolder,
  });
  await choice?.run?.();
}

function menuItems(services: BudgetMenuServices, pending: NanoUsd): MenuItem[] {
  const { t } = vscode.l10n;
  const heading = (label: string): MenuItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const limits = services.settings.current();
  return [
    ...services.overruns().map((model) => ({
      label: t('$(unlock) Allow {0} again…', model),
      description: t('blocked: a bill went beyond its worst case'),
      run: () => services.allowOverrun(model),
    })),
    heading(t('Limits')),
    ...LIMIT_ORDER.map((name) => ({
      label: `$(edit) ${limitTexts(name).item}`,
      description: limitText(limitOf(limits, name)),
      run: () => askLimit(services.settings, name),
    })),
    heading(t('Spending')),
    ...(pending > 0
      ? [
          {
            label: t('$(question) Settle pending charges…'),
            description: t('up to {0}', formatUsd(pending)),
            run: showLedger,
          },
        ]
      : []),
    { label: t('$(graph) Show ledger'), run: showLedger },
    {
      label: t('$(arrow-swap) Choose another model…'),
      run: () => vscode.commands.executeCommand(COMMANDS.selectModel),
    },
    heading(t('More')),
    { label: t('$(comment-discussion) Open chat'), run: () => vscode.commands.executeCommand(COMMANDS.focusChat) },
    {
      label: t('$(settings-gear) All budget settings'),
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', `${CONFIGURATION_SECTION}.budget`),
    },
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

function limitTexts(name: LimitName): { readonly item: string; readonly title: string; readonly prompt: string } {
  const { t } = vscode.l10n;
  switch (name) {
    case 'dailyUsd':
      return {
        item: t('Set daily limit…'),
        title: t('Daily limit in USD'),
        prompt: t('Over all windows; 0 removes the limit. The day is UTC.'),
      };
    case 'monthlyUsd':
      return {
        item: t('Set monthly limit…'),
        title: t('Monthly limit in USD'),
        prompt: t('Over all windows; 0 removes the limit. The month is UTC.'),
      };
    case 'perConversationUsd':
      return {
        item: t('Set limit per conversation…'),
        title: t('Limit per conversation in USD'),
        prompt: t('For each conversation with all its branches; 0 removes the limit.'),
      };
    case 'perReplyUsd':
      return {
        item: t('Set limit per reply…'),
        title: t('Limit per reply in USD'),
        prompt: t('For each single reply; 0 removes the limit.'),
      };
  }
}

const limitText = (limit: NanoUsd | null): string =>
  limit === null ? vscode.l10n.t('no limit') : vscode.l10n.t('now {0}', formatUsd(limit, 'exact'));

/** The new limit acts at once, in every window: it is a user setting. */
export async function askLimit(settings: BudgetMenuServices['settings'], name: LimitName): Promise<void> {
  const { t } = vscode.l10n;
  const { title, prompt } = limitTexts(name);
  const now = limitOf(settings.current(), name);
  const entered = await vscode.window.showInputBox({
    title,
    prompt,
    value: now === null ? '0' : toDecimalUsd(now),
    validateInput: (text) => (parseUsd(text) === undefined ? t('Enter an amount such as 5 or 2.50.') : undefined),
  });
  const usd = entered === undefined ? undefined : parseUsd(entered);
  if (usd !== undefined) await settings.setLimit(name, usd);
}

/** A person's amount: `5`, `2.50`, `$5`. Undefined for anything else. */
export function parseUsd(text: string): number | undefined {
  const match = /^\s*\$?\s*(\d{1,6}(?:\.\d{1,9})?)\s*$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Letting a model send again is a decision about money, so it is explained before it is taken. */
export async function confirmOverrun(model: ModelId, accept: (model: ModelId) => Promise<void>): Promise<void> {
  const { t } = vscode.l10n;
  const allow = t('Allow Again');
  const detail = t(
    'A bill of this model was higher than the most it should have cost. If that happens again, a limit can be passed by as much. The model’s prices may have changed: refresh the model list first.',
  );
  const choice = await vscode.window.showWarningMessage(
    t('Let {0} send again?', model),
    { modal: true, detail },
    allow,
  );
  if (choice === allow) await accept(model);
}
