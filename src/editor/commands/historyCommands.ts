import * as vscode from 'vscode';
import { historyEntryView } from '../../application/panel/presenter';
import { runLabel, type Conversation, activeBranch } from '../../domain/conversation';
import type { CommandServices } from './commandServices';
import { RefusedError } from '../../domain/failure';
import { type MessageId, conversationId } from '../../domain/ids';
import { MAX_TITLE_CHARACTERS } from '../../protocol/messages';

/** A quick pick filters what it was given: with more it gets slow, and search finds the rest. */
const LISTED = 2_000;

interface ConversationItem extends vscode.QuickPickItem {
  /** Null: search instead. */
  readonly id: string | null;
}

export async function openConversation(services: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const { conversations, views } = services;
  const [list, total] = await Promise.all([conversations.list({ limit: LISTED }), conversations.count()]);
  if (list.length === 0) {
    void vscode.window.showInformationMessage(t('There are no conversations yet.'));
    return;
  }
  const items: ConversationItem[] = list.map(historyEntryView).map((entry) => ({
    id: entry.id,
    label: entry.pinned ? `$(pinned) ${entry.title}` : entry.title,
    description: [
      entry.runLabel,
      entry.costText,
      ...entry.tags.map((tag) => `#${tag}`),
      ...(entry.archived ? [t('archived')] : []),
    ].join(' · '),
    detail: `${new Date(entry.updatedAtMs).toLocaleString()} · ${entry.model}`,
  }));
  const rest: ConversationItem = {
    id: null,
    label: t('$(search) Search all {0} conversations…', total),
    detail: t('Only the newest {0} are listed here.', LISTED),
    alwaysShow: true,
  };
  const choice = await vscode.window.showQuickPick(total > LISTED ? [...items, rest] : items, {
    title: t('Open conversation'),
    matchOnDescription: true,
  });
  if (!choice) return;
  if (choice.id === null) return searchHistory(services);
  const host = await views.inSight();
  await host.session.show(conversationId(choice.id));
  host.post({ type: 'focusComposer' });
}

/** Opens the drawer with the focus in its search field. */
export async function searchHistory({ views }: CommandServices): Promise<void> {
  const host = await views.inSight();
  host.post({ type: 'openHistory' });
}

/** The same question once more; a new purchase. */
export async function regenerate(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (conversation) await services.orchestrator.regenerate(conversation.id, lastReply(conversation));
}

/** From where the last reply was cut or stopped. */
export async function continueReply(services: CommandServices): Promise<void> {
  const conversation = await shownConversation(services);
  if (conversation) await services.orchestrator.continueReply(conversation.id, lastReply(conversation));
}

function lastReply(conversation: Conversation): MessageId {
  const reply = activeBranch(conversation).findLast((m) => m.role === 'assistant');
  if (!reply) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
  return reply.id;
}

/** From the last message of the branch that is shown. */
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
  const { t } = vscode.l10n;
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const title = await vscode.window.showInputBox({
    title: t('Title of {0}', runLabel(conversation.runNumber)),
    value: conversation.title,
    validateInput: (text) =>
      text.trim() === '' || text.trim().length > MAX_TITLE_CHARACTERS
        ? t('One line of 1 to {0} characters.', MAX_TITLE_CHARACTERS)
        : undefined,
  });
  if (title !== undefined) await services.filing.rename(conversation.id, title);
}

export async function tag(services: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const tags = await vscode.window.showInputBox({
    title: t('Tags of {0}', runLabel(conversation.runNumber)),
    prompt: t('Separate them with commas. Empty removes them all.'),
    value: conversation.tags.join(', '),
  });
  if (tags !== undefined) await services.filing.tag(conversation.id, tags.split(','));
}

/** Into the archive or back from it. */
export async function archive(services: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const archived = conversation.status !== 'archived';
  await services.filing.archive(conversation.id, archived);
  const label = runLabel(conversation.runNumber);
  await offerUndo(archived ? t('{0} is archived.', label) : t('{0} is back from the archive.', label), () =>
    services.filing.archive(conversation.id, !archived),
  );
}

export async function deleteConversation(services: CommandServices): Promise<void> {
  const { t } = vscode.l10n;
  const conversation = await shownConversation(services);
  if (!conversation) return;
  const label = runLabel(conversation.runNumber);
  const remove = t('Delete');
  const detail = t(
    'It can be undone until this window closes. Conversations that were forked from it keep what they share.',
  );
  if (
    (await vscode.window.showWarningMessage(
      t('Delete {0} “{1}”?', label, conversation.title),
      { modal: true, detail },
      remove,
    )) !== remove
  )
    return;
  await services.filing.delete(conversation.id);
  await offerUndo(t('{0} “{1}” is deleted.', label, conversation.title), async () => {
    await services.filing.undelete(conversation.id);
    await services.views.existing?.session.show(conversation.id);
  });
}

async function offerUndo(message: string, undo: () => Promise<void>): Promise<void> {
  const label = vscode.l10n.t('Undo');
  if ((await vscode.window.showInformationMessage(message, label)) === label) await undo();
}

/** The conversation of the panel used last; without one the person is told what to do. */
async function shownConversation({ views, conversations }: CommandServices): Promise<Conversation | undefined> {
  const id = views.existing?.session.conversation;
  const conversation = id && (await conversations.get(id));
  if (!conversation) void vscode.window.showInformationMessage(vscode.l10n.t('Open a conversation first.'));
  return conversation ?? undefined;
}
