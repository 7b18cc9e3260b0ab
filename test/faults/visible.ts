import { createHash } from 'node:crypto';
import type { Conversation } from '../../src/domain/conversation';
import { conversationId } from '../../src/domain/ids';
import type { ConversationStore } from '../../src/domain/ports/store';
import { bookOf } from '../unit/infrastructure/store/projection/spendOracle';

/** Everything that a user could see in the store, to compare two windows. */
export async function everythingVisible(store: ConversationStore, conversations: readonly string[]): Promise<object> {
  const loaded = await Promise.all(conversations.map((id) => store.load(conversationId(id))));
  return {
    listed: await store.conversations(),
    archived: await store.conversations({ status: 'archived' }),
    count: await store.countConversations(),
    nextRunNumber: await store.nextRunNumber(),
    loaded: loaded.map((conversation) => conversation && comparable(conversation)),
    // What the budget makes of it: a window that began with a snapshot gets fewer events in another order, and the same sums.
    spend: bookOf((await store.spendEvents()).events),
    charges: await store.charges({ limit: 1000, offset: 0 }),
    totals: await store.chargeTotals({}),
  };
}

export const hashOf = (visible: object): string => createHash('sha256').update(JSON.stringify(visible)).digest('hex');

/** A reply that grows in this window is one that another window takes for interrupted: that is meant to differ. */
function comparable(conversation: Conversation): object {
  const messages = [...conversation.messages.values()].map((message) =>
    message.state === 'interrupted' ? { ...message, state: 'streaming' } : message,
  );
  return { ...conversation, messages };
}
