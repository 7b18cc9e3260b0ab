import { type Conversation, isInherited } from '../../domain/conversation';
import type { ConversationId, MessageId } from '../../domain/ids';
import { sharedPrefixEntry, wholeEntry } from './exchangeEntry';

/**
 * The conversations as JSON, ordered by number. If one of them was forked from a conversation that is not among `ids`,
 * the shared part of that conversation is added (see exchangeSchema.ts).
 *
 * @param existing loads one of `ids`, or throws. @param load loads a source, which may no longer exist.
 */
export async function collectEntries(
  ids: ReadonlySet<ConversationId>,
  existing: (id: ConversationId) => Promise<Conversation>,
  load: (id: ConversationId) => Promise<Conversation | undefined>,
): Promise<readonly string[]> {
  const entries: { readonly runNumber: number; readonly id: string; readonly json: string }[] = [];
  const shared = new Map<ConversationId, Set<MessageId>>();
  const sources: ConversationId[] = [];
  for (const id of ids) {
    const conversation = await existing(id);
    entries.push({ runNumber: conversation.runNumber, id, json: wholeEntry(conversation) });
    noteShared(conversation, shared);
    if (conversation.forkedFrom) sources.push(conversation.forkedFrom.conversationId);
  }
  // The list grows while it is walked, because a source may be a fork itself.
  const walked = new Set<ConversationId>(ids);
  for (const id of sources) {
    if (walked.has(id)) continue;
    walked.add(id);
    const source = await load(id);
    if (!source) continue;
    entries.push({ runNumber: source.runNumber, id, json: sharedPrefixEntry(source, shared.get(id) ?? new Set()) });
    if (source.forkedFrom) sources.push(source.forkedFrom.conversationId);
  }
  entries.sort((a, b) => a.runNumber - b.runNumber || (a.id < b.id ? -1 : 1));
  return entries.map((entry) => entry.json);
}

function noteShared(conversation: Conversation, shared: Map<ConversationId, Set<MessageId>>): void {
  for (const m of conversation.messages.values()) {
    if (!isInherited(conversation, m)) continue;
    const ids = shared.get(m.conversationId) ?? new Set();
    shared.set(m.conversationId, ids.add(m.id));
  }
}
