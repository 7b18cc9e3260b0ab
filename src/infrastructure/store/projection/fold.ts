import { type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import { type EventOrigin, stampOf } from '../journal/fold';
import type { SqlDatabase } from '../sql/engine';
import { ConversationFold } from './conversationFold';
import { MessageFold } from './messageFold';
import { SpendFold } from './spendFold';

/**
 * Applies events to the projection with the same meaning as domain/conversationMutator in fold order: an event that
 * does not fit changes nothing, and an event applied twice changes nothing the second time.
 *
 * Events of different journals may arrive out of fold order. Those of one journal, and those that the writer of an
 * event had seen, arrive before it. Stamps make the result the same: a late event does not replace the result of one
 * that is later in fold order.
 */
export class ProjectionFold {
  readonly conversations: ConversationFold;
  private readonly messages: MessageFold;
  private readonly spend: SpendFold;

  constructor(database: SqlDatabase) {
    this.conversations = new ConversationFold(database);
    this.messages = new MessageFold(database, this.conversations);
    this.spend = new SpendFold(database);
  }

  /** @returns false if what the event refers to has not arrived; nothing was changed then. */
  apply(origin: EventOrigin, event: StoreEvent): boolean {
    const stamp = stampOf(origin);
    if (isSpendEvent(event)) return this.spend.apply(stamp, event);
    switch (event.type) {
      case 'conversation.created':
        return this.conversations.created(stamp, event);
      case 'conversation.renamed':
        return this.conversations.set(stamp, event, 'title', event.title);
      case 'conversation.modelChosen':
        return this.conversations.set(stamp, event, 'model', event.model);
      case 'conversation.tagged':
        return this.conversations.set(stamp, event, 'tags_json', JSON.stringify(event.tags));
      case 'conversation.pinned':
        return this.conversations.set(stamp, event, 'pinned', Number(event.pinned));
      case 'conversation.archived':
        return this.conversations.set(stamp, event, 'archived', Number(event.archived));
      case 'conversation.deleted':
        return this.conversations.set(stamp, event, 'deleted', Number(event.deleted));
      case 'branch.chosen':
        return this.conversations.set(stamp, event, 'active_leaf_id', event.leafId);
      case 'message.added':
        return this.messages.added(stamp, origin.writer, event);
      case 'attempt.failed':
        return this.messages.attempted(stamp, event);
      case 'reply.appended':
        return this.messages.appended(stamp, event);
      case 'reply.ended':
        return this.messages.ended(stamp, event);
      case 'reply.billed':
        return this.messages.billed(stamp, event);
    }
  }
}
