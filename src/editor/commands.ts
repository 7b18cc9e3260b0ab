import * as vscode from 'vscode';
import type { Conversations } from '../application/conversations';
import type { ModelCatalogue } from '../application/modelCatalogue';
import type { Orchestrator } from '../application/orchestrator';
import { historyEntryView } from '../application/presenter';
import type { SpendLedger } from '../application/spendLedger';
import { RefusedError } from '../domain/failure';
import { conversationId, modelId } from '../domain/ids';
import type { Disposable, IdSource } from '../domain/ports';
import { setDailyLimit, showBudgetMenu } from './budgetMenu';
import type { ChatViews } from './chatViews';
import { COMMANDS, type CommandId } from './contributions';
import { describeError, describeFailure, describeRefusal } from './failureText';
import type { KeyCommands } from './keyCommands';
import type { OutputLog } from './log';
import { pickModel } from './modelPicker';
import { attachmentFromEditor } from './selection';
import type { EditorSettings } from './settings';

export interface CommandServices {
  readonly views: ChatViews;
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly settings: EditorSettings;
  readonly keys: KeyCommands;
  readonly ids: IdSource;
  readonly log: OutputLog;
}

/** The contributed commands. A type check fails when one of them has no handler here. */
export function registerCommands(services: CommandServices): Disposable {
  const handlers: Record<CommandId, () => Promise<unknown>> = {
    [COMMANDS.focusChat]: () => services.views.focus(),
    [COMMANDS.newConversation]: () => newConversation(services),
    [COMMANDS.openConversation]: () => openConversation(services),
    [COMMANDS.askAboutSelection]: () => attachSelection(services, true),
    [COMMANDS.addSelection]: () => attachSelection(services, false),
    [COMMANDS.stop]: () => stop(services),
    [COMMANDS.selectModel]: () => selectModel(services),
    [COMMANDS.setBudget]: () => setDailyLimit(services.ledger, services.settings),
    [COMMANDS.budgetMenu]: () => showBudgetMenu(services.ledger, services.settings),
    [COMMANDS.openInEditor]: () => services.views.openTab(services.views.existing?.session.conversation ?? null),
    [COMMANDS.setApiKey]: () => services.keys.setApiKey(),
    [COMMANDS.clearApiKey]: () => services.keys.clearApiKey(),
    [COMMANDS.refreshModels]: () => refreshModels(services),
    [COMMANDS.showLog]: () => Promise.resolve(services.log.show()),
  };
  const registered = Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, () => saying(handler)));
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

async function newConversation({ views }: CommandServices): Promise<void> {
  const host = await views.current();
  await host.session.show(null);
  host.post({ type: 'focusComposer' });
}

async function openConversation({ views, conversations }: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const list = (await conversations.list({ limit: 500 })).map(historyEntryView);
  const items = list.map((entry) => ({
    id: entry.id,
    label: entry.title,
    description: `${entry.runLabel} · ${entry.costText}`,
    detail: `${new Date(entry.updatedAtMs).toLocaleString()} · ${entry.model}`,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('There are no conversations yet.'));
    return;
  }
  const choice = await vscode.window.showQuickPick(items, { title: t('Open conversation'), matchOnDescription: true });
  if (!choice) return;
  const host = await views.current();
  await host.session.show(conversationId(choice.id));
  host.post({ type: 'focusComposer' });
}

/** The selection becomes a chip of the message being written; the same piece is not attached twice. */
async function attachSelection({ views, ids }: CommandServices, focus: boolean): Promise<void> {
  const { t } = vscode.l10n;
  const editor = vscode.window.activeTextEditor;
  const attachment = editor && attachmentFromEditor(editor, ids);
  if (!attachment) {
    void vscode.window.showInformationMessage(t('Select some text in an editor first (at most 1,000,000 characters).'));
    return;
  }
  const { session } = focus ? await views.focus() : await views.current();
  const same = session.pendingAttachments.some((a) => a.path === attachment.path && a.startLine === attachment.startLine && a.text === attachment.text);
  if (!same) session.setAttachments([...session.pendingAttachments, attachment]);
}

async function stop({ views, orchestrator }: CommandServices): Promise<void> {
  const id = views.existing?.session.conversation;
  if (id) await orchestrator.stop(id);
}

async function selectModel({ views, orchestrator, catalogue, settings }: CommandServices): Promise<void> {
  const session = views.existing?.session;
  const picked = await pickModel(catalogue, session?.model ?? settings.current().defaultModel);
  if (picked === undefined) return;
  if (session?.conversation) await orchestrator.chooseModel(session.conversation, modelId(picked));
  if (session) session.chooseModel(modelId(picked));
  else await settings.setDefaultModel(picked);
}

async function refreshModels({ catalogue }: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const listing = await catalogue.list({ refresh: true });
  if (listing.kind === 'ok') void vscode.window.showInformationMessage(t('{0} models listed.', listing.models.length));
  else void vscode.window.showWarningMessage(t('The model list could not be read: {0}', describeFailure(listing.failure).title));
}
