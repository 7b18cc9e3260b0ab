import * as vscode from 'vscode';
import type { LedgerActions } from '../../application/ledger/requests';
import type { ConversationId, MessageId } from '../../domain/ids';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import type { ChatViews } from './chatViews';
import { COMMANDS, type CommandId } from '../contributions';
import { notifyUser } from '../dialogs';
import { dayToday, offerToOpen, proposed, writeFiles } from '../exportFiles';
import { chargesDialog, chargesExported } from '../words/exchangeText';

/** Buttons of notices in the ledger. */
const NOTICE_COMMANDS: Partial<Record<NoticeAction, CommandId>> = {
  setApiKey: COMMANDS.setApiKey,
  openBudgetMenu: COMMANDS.budgetMenu,
  showLog: COMMANDS.showLog,
  runDiagnostics: COMMANDS.runDiagnostics,
};

/** Implements what the ledger needs from the editor. */
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
    const { title, progress } = chargesDialog();
    const uri = await vscode.window.showSaveDialog({
      title,
      defaultUri: proposed(`neural-terminal-ledger-${dayToday()}.csv`),
      filters: { CSV: ['csv'] },
    });
    if (!uri) return;
    const content = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: progress },
      text,
    );
    if (await writeFiles([[uri, content]])) await offerToOpen(uri, chargesExported(uri.fsPath));
  }

  async act(action: NoticeAction): Promise<void> {
    const command = NOTICE_COMMANDS[action];
    if (command !== undefined) await vscode.commands.executeCommand(command);
  }

  notify(notice: NoticeView): void {
    notifyUser(notice);
  }
}
