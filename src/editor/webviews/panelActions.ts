import * as vscode from 'vscode';
import type { PanelActions } from '../../application/panel/requests';
import type { MoreExpensiveModel } from '../../application/panel/turns';
import type { NoticeView } from '../../protocol/views';
import type { ModelId } from '../../domain/ids';
import { formatUsd } from '../../domain/money';
import { showLedger } from '../commands/budgetMenu';
import { COMMANDS } from '../contributions';
import type { KeyCommands } from '../commands/keyCommands';
import { confirmAndOpenLink } from '../links';
import type { OutputLog } from '../log';
import { SETTINGS, settingId } from '../settings/definitions';
import { type ModelPickerServices, pickModel } from '../commands/modelPicker';

export interface EditorPanelActionsOptions {
  readonly models: ModelPickerServices;
  readonly keys: KeyCommands;
  readonly log: OutputLog;
  readonly openBudgetMenu: () => Promise<void>;
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

/** The editor's side of what a panel may ask for. */
export class EditorPanelActions implements PanelActions {
  constructor(private readonly options: EditorPanelActionsOptions) {}

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }

  /** Into the editor used last: while the panel has the focus, none is active. */
  async insertAtCursor(text: string): Promise<boolean> {
    const editor =
      vscode.window.activeTextEditor ??
      vscode.window.visibleTextEditors.find((e) => e.document.uri.scheme !== 'output');
    if (!editor) return false;
    const inserted = await editor.edit((edit) => edit.replace(editor.selection, text));
    if (inserted)
      await vscode.window.showTextDocument(editor.document, {
        ...(editor.viewColumn ? { viewColumn: editor.viewColumn } : {}),
        preserveFocus: false,
      });
    return inserted;
  }

  async openInNewFile(text: string, languageId: string): Promise<void> {
    const known = await vscode.languages.getLanguages();
    const language = LANGUAGE_ALIASES[languageId] ?? languageId;
    const document = await vscode.workspace.openTextDocument({
      content: text,
      ...(known.includes(language) ? { language } : {}),
    });
    await vscode.window.showTextDocument(document);
  }

  openLink(href: string): Promise<void> {
    return confirmAndOpenLink(href);
  }

  setApiKey(): Promise<void> {
    return this.options.keys.setApiKey();
  }

  openBudgetMenu(): Promise<void> {
    return this.options.openBudgetMenu();
  }

  pickModel(current: ModelId, promptTokens: number | null): Promise<ModelId | undefined> {
    return pickModel(this.options.models, { current, promptTokens });
  }

  allowOverrun(model: ModelId): Promise<void> {
    return this.options.allowOverrun(model);
  }

  async showLedger(): Promise<void> {
    await showLedger();
  }

  async runDiagnostics(): Promise<void> {
    await vscode.commands.executeCommand(COMMANDS.runDiagnostics);
  }

  async confirmUnknownPrice(model: ModelId): Promise<boolean> {
    const allow = vscode.l10n.t('Allow');
    const detail = vscode.l10n.t(
      'Its replies are sent without a worst case, so the daily limit cannot hold for them. This applies to this conversation only.',
    );
    return (
      (await vscode.window.showWarningMessage(
        vscode.l10n.t('Use {0} without knowing its price?', model),
        { modal: true, detail },
        allow,
      )) === allow
    );
  }

  async confirmMoreExpensiveModel({
    model,
    priceText,
    insteadOf,
    insteadOfPriceText,
    worstCaseNanoUsd,
  }: MoreExpensiveModel): Promise<boolean> {
    const { t } = vscode.l10n;
    const ask = t('Ask it');
    const most =
      worstCaseNanoUsd === null
        ? t('Nothing limits what this reply can cost.')
        : t('This reply can cost {0} at most.', formatUsd(worstCaseNanoUsd));
    const prices = [`${model}: ${priceText}`, `${insteadOf}: ${insteadOfPriceText}`].join('\n');
    const detail = [
      prices,
      `${most} ${t('The conversation keeps its model; to change it for good, choose {0} in the model list.', model)}`,
    ].join('\n\n');
    return (
      (await vscode.window.showWarningMessage(
        t('{0} may cost more than {1}. Ask it this once?', model, insteadOf),
        { modal: true, detail },
        ask,
      )) === ask
    );
  }

  async openBaseUrlSetting(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openSettings', settingId(SETTINGS.baseUrl));
  }

  tell(notice: NoticeView): void {
    void vscode.window.showWarningMessage([notice.title, notice.detail].filter((part) => part !== '').join(' '));
  }

  showLog(): void {
    this.options.log.show();
  }
}

/** Names that models write behind a fence, by the editor's own ids. */
const LANGUAGE_ALIASES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  jsx: 'javascriptreact',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'shellscript',
  bash: 'shellscript',
  zsh: 'shellscript',
  yml: 'yaml',
  md: 'markdown',
  cs: 'csharp',
  'c++': 'cpp',
  kt: 'kotlin',
};
