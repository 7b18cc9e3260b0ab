import * as vscode from 'vscode';
import { historyEntryView } from '../../application/panel/presenter';
import { runLabel, type Conversation, activeBranch } from '../../domain/conversation';
import type { CommandServices } from './commandServices';
import { RefusedError } from '../../domain/failure';
import { type MessageId, conversationId } from '../../domain/ids';
import { MAX_TITLE_CHARACTERS } from '../../protocol/messages';
import { confirmed } from '../dialogs';
import { noConversations } from '../words/exchangeText';
import {
  archivedText,
  confirmDelete,
  deletedText,
  invalidTitle,
  listItem,
  noConversationOpen,
  openConversationTitle,
  renameInput,
  searchItem,
  tagInput,
  undoLabel,
} from '../words/historyText';
import { panelWords } from '../words/panelWords';

/** A quick pick with more items gets slow; search finds the rest. */
const LISTED = 2_000;

interface ConversationItem extends vscode.QuickPickItem {
  /** Null for the item that opens the search. */
  readonly id: string | null;
}

export async function openConversation(services: CommandServices): Promise<void> {
  const { conversations, views } = services;
  const [list, total] = await Promise.all([conversations.list({ limit: LISTED }), conversations.count()]);
  if (list.length === 0) {
    void vscode.window.showInformationMessage(noConversations());
    return;
  }
  const items: ConversationItem[] = list
    .map((summary) => historyEntryView(panelWords, summary))
    .map((entry) => ({
      id: entry.id,
      label: entry.pinned ? `$(pinned) ${entry.title}` : entry.title,
      ...listItem(entry),
    }));
  const { label, detail } = searchItem(total, LISTED);
  const rest: ConversationItem = { id: null, label: `$(search) ${label}`, detail, alwaysShow: true };
  const choice = await vscode.window.showQuickPick(total > LISTED ? [...items, rest] : items, {
    title: openConversationTitle(),
    matchOnDescription: true,
  });
  if (!choice) return;
  if (choice.id === null) return searchHistory(services);
  const host = await views.inSight();
  await host.session.show(conversationId(choice.id));
  host.post({ type: 'focusComposer' });
}

/** Opens the history with the focus in its search field. */
export async function searchHistory({ views }: CommandServices): Promise<void> {
  const host = await views.inSight();
  host.post({ type: 'openHistory' });
}

/** Asks the same question again, charged as a new request. */
export async function regenerate(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (conversation) await services.orchestrator.regenerate(conversation.id, lastReply(conversation));
}

/** Continues the last reply where it was interrupted or stopped. */
export async function continueReply(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (conversation) await services.orchestrator.continueReply(conversation.id, lastReply(conversation));
}

function lastReply(conversation: Conversation): MessageId {
  const reply = activeBranch(conversation).findLast((m) => m.role === 'assistant');
  if (!reply) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
  return reply.id;
}

/** Forks from the last message of the active branch. */
export async function fork(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const last = activeBranch(conversation).at(-1);
  if (!last) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
  const id = await services.branches.fork(last.id, conversation.id);
  const host = await services.views.inSight();
  await host.session.show(id);
  host.post({ type: 'focusComposer' });
}

export async function rename(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const title = await vscode.window.showInputBox({
    ...renameInput(runLabel(conversation.runNumber)),
    value: conversation.title,
    validateInput: (text) =>
      text.trim() === '' || text.trim().length > MAX_TITLE_CHARACTERS ? invalidTitle(MAX_TITLE_CHARACTERS) : undefined,
  });
  if (title !== undefined) await services.filing.rename(conversation.id, title);
}

export async function tag(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const tags = await vscode.window.showInputBox({
    ...tagInput(runLabel(conversation.runNumber)),
    value: conversation.tags.join(', '),
  });
  if (tags !== undefined) await services.filing.tag(conversation.id, tags.split(','));
}

/** Archives the conversation, or restores it from the archive. */
export async function archive(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const archived = conversation.status !== 'archived';
  await services.filing.archive(conversation.id, archived);
  const label = runLabel(conversation.runNumber);
  await offerUndo(archivedText(label, archived), () => services.filing.archive(conversation.id, !archived));
}

export async function deleteConversation(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const label = runLabel(conversation.runNumber);
  if (!(await confirmed(confirmDelete(label, conversation.title)))) return;
  await services.filing.delete(conversation.id);
  await offerUndo(deletedText(label, conversation.title), async () => {
    await services.filing.undelete(conversation.id);
    await services.views.existing?.session.show(conversation.id);
  });
}

async function offerUndo(message: string, undo: () => Promise<void>): Promise<void> {
  const label = undoLabel();
  if ((await vscode.window.showInformationMessage(message, label)) === label) await undo();
}

/** The conversation of the panel used last. If there is none, the user is asked to open one. */
async function shownConversation({ views, conversations }: CommandServices): Promise<Conversation | undefined> {
  const id = views.existing?.session.conversation;
  const conversation = id && (await conversations.get(id));
  if (!conversation) void vscode.window.showInformationMessage(noConversationOpen());
  return conversation ?? undefined;
}
