import { createHash } from 'node:crypto';
import type { Conversation } from '../../src/domain/conversation';
import { conversationId } from '../../src/domain/ids';
import type { ConversationStore } from '../../src/domain/ports';
import type { SpendEvent } from '../../src/domain/storeEvent';
import { reservationsIn } from '../support/reservations';

/** Everything a person could see in the store, for comparing what two windows show. */
export async function everythingVisible(store: ConversationStore, conversations: readonly string[]): Promise<object> {
  const loaded = await Promise.all(conversations.map((id) => store.load(conversationId(id))));
  return {
    listed: await store.conversations(),
    archived: await store.conversations({ status: 'archived' }),
    count: await store.countConversations(),
    nextRunNumber: await store.nextRunNumber(),
    loaded: loaded.map((conversation) => conversation && comparable(conversation)),
    spend: spendIn((await store.spendEvents()).events),
  };
}

export const hashOf = (visible: object): string => createHash('sha256').update(JSON.stringify(visible)).digest('hex');

/** What the budget makes of it: a window that began with a snapshot gets fewer events in another order, and the same sums. */
const spendIn = (events: readonly SpendEvent[]): readonly unknown[] =>
  reservationsIn(events).map(({ reserved, settled, released }) => [reserved.reservationId, reserved.worstCaseNanoUsd, settled ? settled.costNanoUsd : released ? 'released' : 'outstanding']);

/** A reply that grows in this window is one that another window takes for interrupted: that is meant to differ. */
function comparable(conversation: Conversation): object {
  const messages = [...conversation.messages.values()].map((message) => (message.state === 'interrupted' ? { ...message, state: 'streaming' } : message));
  return { ...conversation, messages };
}
