import * as vscode from 'vscode';
import type { LedgerActions } from '../../application/ledger/requests';
import type { ConversationId, MessageId } from '../../domain/ids';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import type { ChatViews } from './chatViews';
import { COMMANDS, type CommandId } from '../contributions';
import { dayToday, offerToOpen, proposed, written } from '../exportFiles';

/** The buttons that a notice in the ledger can have. */
const NOTICE_COMMANDS: Partial<Record<NoticeAction, CommandId>> = {
  setApiKey: COMMANDS.setApiKey,
  openBudgetMenu: COMMANDS.budgetMenu,
  showLog: COMMANDS.showLog,
  runDiagnostics: COMMANDS.runDiagnostics,
};

/** The editor's side of what the ledger may ask for. */
export class EditorLedgerActions implements LedgerActions {
  constructor(private readonly views: Pick<ChatViews, 'inSight'>) {}

  async showConversation(id: ConversationId): Promise<void> {
    const host = await this.views.inSight();
    await host.session.show(id);
  }

  async showMessage(id: ConversationId, message: MessageId): Promise<void> {
    const host = await this.views.inSight();
    await host.session.reveal(id, message);
  }

  async saveCsv(text: () => Promise<string>): Promise<void> {
    const { t } = vscode.l10n;
    const uri = await vscode.window.showSaveDialog({
      title: t('Export charges'),
      defaultUri: proposed(`neural-terminal-ledger-${dayToday()}.csv`),
      filters: { CSV: ['csv'] },
    });
    if (!uri) return;
    const content = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Exporting charges') },
      text,
    );
    if (await written([[uri, content]])) await offerToOpen(uri, t('The charges were exported to {0}.', uri.fsPath));
  }

  async act(action: NoticeAction): Promise<void> {
    const command = NOTICE_COMMANDS[action];
    if (command !== undefined) await vscode.commands.executeCommand(command);
  }

  tell(notice: NoticeView): void {
    void vscode.window.showWarningMessage(`${notice.title} ${notice.detail}`);
  }
}
