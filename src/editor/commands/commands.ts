import * as vscode from 'vscode';
import { RefusedError } from '../../domain/failure';
import type { Disposable } from '../../domain/emitter';
import { askLimit, showBudgetMenu } from './budgetMenu';
import { attachSelection, newConversation, refreshModels, selectModel, stop } from './chatCommands';
import { COMMANDS, type CommandId } from '../contributions';
import type { CommandServices } from './commandServices';
import { runDiagnostics } from './diagnostics';
import { exportAllConversations, exportConversation, importConversations } from './exchangeCommands';
import { describeError, describeRefusal } from '../words/failureText';
import {
  archive,
  continueReply,
  deleteConversation,
  fork,
  openConversation,
  regenerate,
  rename,
  searchHistory,
  tag,
} from './historyCommands';

/** The contributed commands. A type check fails when one of them has no handler here. */
export function registerCommands(services: CommandServices): Disposable {
  const handlers: Record<CommandId, () => Promise<unknown>> = {
    [COMMANDS.focusChat]: () => services.views.focus(),
    [COMMANDS.newConversation]: () => newConversation(services),
    [COMMANDS.openConversation]: () => openConversation(services),
    [COMMANDS.search]: () => searchHistory(services),
    [COMMANDS.regenerate]: () => regenerate(services),
    [COMMANDS.continueReply]: () => continueReply(services),
    [COMMANDS.fork]: () => fork(services),
    [COMMANDS.rename]: () => rename(services),
    [COMMANDS.tag]: () => tag(services),
    [COMMANDS.archive]: () => archive(services),
    [COMMANDS.delete]: () => deleteConversation(services),
    [COMMANDS.export]: () => exportConversation(services.exchange),
    [COMMANDS.exportAll]: () => exportAllConversations(services.exchange),
    [COMMANDS.import]: () => importConversations(services.exchange),
    [COMMANDS.askAboutSelection]: () => attachSelection(services, true),
    [COMMANDS.addSelection]: () => attachSelection(services, false),
    [COMMANDS.stop]: () => stop(services),
    [COMMANDS.selectModel]: () => selectModel(services),
    [COMMANDS.setBudget]: () => askLimit(services.settings, 'dailyUsd'),
    [COMMANDS.budgetMenu]: () => showBudgetMenu(services.budget),
    [COMMANDS.showLedger]: () => Promise.resolve(services.ledgerTab.show()),
    [COMMANDS.openInEditor]: () => services.views.openTab(services.views.existing?.session.conversation ?? null),
    [COMMANDS.setApiKey]: () => services.keys.setApiKey(),
    [COMMANDS.clearApiKey]: () => services.keys.clearApiKey(),
    [COMMANDS.refreshModels]: () => refreshModels(services),
    [COMMANDS.showLog]: () => Promise.resolve(services.log.show()),
    [COMMANDS.runDiagnostics]: () => runDiagnostics(services.diagnostics),
  };
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, () => saying(handler)),
  );
  return vscode.Disposable.from(...registered);
}

/** What goes wrong in a command is said in the same words as in the panel. */
async function saying(handler: () => Promise<unknown>): Promise<void> {
  try {
    await handler();
  } catch (error) {
    const { title, detail } = error instanceof RefusedError ? describeRefusal(error.refusal) : describeError(error);
    void vscode.window.showWarningMessage(`${title} ${detail}`);
  }
}
