import * as vscode from 'vscode';
import type { PanelActions } from '../../application/panel/requests';
import type { MoreExpensiveModel } from '../../application/panel/turns';
import type { NoticeView } from '../../protocol/views';
import type { ModelId } from '../../domain/ids';
import { showLedger } from '../commands/budgetMenu';
import { COMMANDS } from '../contributions';
import type { KeyCommands } from '../commands/keyCommands';
import { confirmed, notifyUser } from '../dialogs';
import { confirmAndOpenLink } from '../links';
import type { OutputLog } from '../log';
import { SETTINGS, settingId } from '../settings/definitions';
import { type ModelPickerServices, pickModel } from '../commands/modelPicker';
import { confirmMoreExpensiveText, confirmUnknownPriceText } from '../words/modelText';

export interface EditorPanelActionsOptions {
  readonly models: ModelPickerServices;
  readonly keys: KeyCommands;
  readonly log: OutputLog;
  readonly openBudgetMenu: () => Promise<void>;
  readonly allowOverrun: (model: ModelId) => Promise<void>;
}

/** Implements what a panel needs from the editor. */
export class EditorPanelActions implements PanelActions {
  constructor(private readonly options: EditorPanelActionsOptions) {}

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }

  /** Uses a visible editor if none is active, which is the case while a panel tab has the focus. */
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

  confirmUnknownPrice(model: ModelId): Promise<boolean> {
    return confirmed(confirmUnknownPriceText(model));
  }

  confirmMoreExpensiveModel(model: MoreExpensiveModel): Promise<boolean> {
    return confirmed(confirmMoreExpensiveText(model));
  }

  async openBaseUrlSetting(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openSettings', settingId(SETTINGS.baseUrl));
  }

  notify(notice: NoticeView): void {
    notifyUser(notice);
  }

  showLog(): void {
    this.options.log.show();
  }
}

/** Common fence labels → the editor's language ids. */
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
