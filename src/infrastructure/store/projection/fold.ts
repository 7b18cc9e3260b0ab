import { type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import { type EventOrigin, stampOf } from '../journal/fold';
import type { SqlDatabase } from '../sql/engine';
import { ConversationFold } from './conversationFold';
import { MessageFold } from './messageFold';
import { SpendFold } from './spendFold';

/**
 * Applies events to the projection with the meaning that domain/conversationMutator gives them in fold order: an event that
 * does not fit changes nothing, and one applied twice changes nothing the second time. `SpendFold` does it for money.
 *
 * Windows hear of each other late, so events of different journals may come out of that order; those of one
 * journal, and those an event was written in knowledge of, come before it. The stamps make the result the same:
 * a late event loses against what is later in fold order.
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

  /** @returns false when what the event is about is not there (yet); then nothing was changed. */
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
