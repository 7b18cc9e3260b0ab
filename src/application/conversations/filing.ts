import { type Conversation } from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { Clock } from '../../domain/ports/system';
import type { ConversationEvent } from '../../domain/storeEvent';
import { MAX_TAGS, MAX_TAG_CHARACTERS, MAX_TITLE_CHARACTERS } from '../../protocol/messages';
import type { Conversations } from './conversations';
import { storedOrRefused } from './writeQueue';

export interface ConversationFilingOptions {
  readonly conversations: Conversations;
  readonly clock: Clock;
  /** A reply is streaming or being prepared in this window. */
  readonly isBusy: (id: ConversationId) => boolean;
}

/**
 * Changes to a conversation's title, tags, pin and archive state. Each is one durable event. Nothing is erased: deleted
 * conversations can be restored.
 */
export class ConversationFiling {
  constructor(private readonly options: ConversationFilingOptions) {}

  /** White space is collapsed to single spaces. @throws RefusedError NOT_FOUND, TITLE_INVALID, STORE_READ_ONLY */
  rename(id: ConversationId, title: string): Promise<void> {
    const line = oneLine(title);
    if (line === '' || line.length > MAX_TITLE_CHARACTERS) {
      return Promise.reject(
        new RefusedError({ code: 'TITLE_INVALID', characters: line.length, limit: MAX_TITLE_CHARACTERS }),
      );
    }
    return this.file(id, (conversation) =>
      conversation.title === line
        ? undefined
        : { type: 'conversation.renamed', conversationId: id, title: line, atMs: this.nowMs() },
    );
  }

  /** Replaces all tags. @throws RefusedError NOT_FOUND, TAGS_INVALID, STORE_READ_ONLY */
  tag(id: ConversationId, tags: readonly string[]): Promise<void> {
    return this.file(id, () => ({
      type: 'conversation.tagged',
      conversationId: id,
      tags: tidyTags(tags),
      atMs: this.nowMs(),
    }));
  }

  /** @throws RefusedError NOT_FOUND, STORE_READ_ONLY */
  pin(id: ConversationId, pinned: boolean): Promise<void> {
    return this.file(id, (conversation) =>
      conversation.pinned === pinned
        ? undefined
        : { type: 'conversation.pinned', conversationId: id, pinned, atMs: this.nowMs() },
    );
  }

  /** `archived: false` restores it. @throws RefusedError NOT_FOUND, STORE_READ_ONLY */
  archive(id: ConversationId, archived: boolean): Promise<void> {
    return this.file(id, (conversation) =>
      (conversation.status === 'archived') === archived
        ? undefined
        : { type: 'conversation.archived', conversationId: id, archived, atMs: this.nowMs() },
    );
  }

  /** Hides it from all lists and searches. Its forks keep the shared messages. @throws RefusedError NOT_FOUND, BUSY, STORE_READ_ONLY */
  delete(id: ConversationId): Promise<void> {
    return this.file(id, () => {
      if (this.options.isBusy(id)) throw new RefusedError({ code: 'BUSY' });
      return { type: 'conversation.deleted', conversationId: id, deleted: true, atMs: this.nowMs() };
    });
  }

  /** Undoes a deletion. @throws RefusedError NOT_FOUND, STORE_READ_ONLY */
  async undelete(id: ConversationId): Promise<void> {
    const conversation = await this.options.conversations.getEvenDeleted(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    if (conversation.deleted)
      await this.record({ type: 'conversation.deleted', conversationId: id, deleted: false, atMs: this.nowMs() });
  }

  private async file(
    id: ConversationId,
    eventFor: (conversation: Conversation) => ConversationEvent | undefined,
  ): Promise<void> {
    const conversation = await this.options.conversations.get(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    const event = eventFor(conversation);
    if (event) await this.record(event);
  }

  private record(event: ConversationEvent): Promise<void> {
    return storedOrRefused(() => this.options.conversations.record([event]));
  }

  private nowMs(): number {
    return this.options.clock.nowMs();
  }
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** Trims tags and removes empty ones and, ignoring case, duplicates; the first spelling is kept. @throws RefusedError TAGS_INVALID */
function tidyTags(tags: readonly string[]): readonly string[] {
  const tidy = new Map<string, string>();
  for (const tag of tags.map(oneLine)) {
    if (tag === '') continue;
    if (tag.includes(',')) throw new RefusedError({ code: 'TAGS_INVALID', problem: { kind: 'comma', tag } });
    if (tag.length > MAX_TAG_CHARACTERS)
      throw new RefusedError({ code: 'TAGS_INVALID', problem: { kind: 'tooLong', tag, limit: MAX_TAG_CHARACTERS } });
    const key = tag.toLowerCase();
    if (!tidy.has(key)) tidy.set(key, tag);
  }
  if (tidy.size > MAX_TAGS)
    throw new RefusedError({ code: 'TAGS_INVALID', problem: { kind: 'tooMany', count: tidy.size, limit: MAX_TAGS } });
  return [...tidy.values()];
}
