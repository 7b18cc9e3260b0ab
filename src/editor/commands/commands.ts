import * as vscode from 'vscode';
import { RefusedError } from '../../domain/failure';
import type { Disposable } from '../../domain/emitter';
import { askLimit, showBudgetMenu } from './budgetMenu';
import { attachSelection, newConversation, refreshModels, selectModel, stop } from './chatCommands';
import { COMMANDS, type CommandId } from '../contributions';
import { notifyUser } from '../dialogs';
import type { CommandServices } from './commandServices';
import { runDiagnostics } from './diagnostics';
import { exportAllConversations, exportConversation, importConversations } from './exchangeCommands';
import { describeRefusal } from '../words/refusalText';
import { describeError } from '../words/troubleText';
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

/** Registers the contributed commands. The type check fails if one has no handler. */
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
    vscode.commands.registerCommand(id, () => reportingErrors(handler)),
  );
  return vscode.Disposable.from(...registered);
}

/** Shows errors of commands in the same words as the panel. */
async function reportingErrors(handler: () => Promise<unknown>): Promise<void> {
  try {
    await handler();
  } catch (error) {
    notifyUser(error instanceof RefusedError ? describeRefusal(error.refusal) : describeError(error));
  }
}
