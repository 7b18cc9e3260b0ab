import type { Conversation } from '../../domain/conversation';
import type { Disposable } from '../../domain/emitter';
import type { ConversationId } from '../../domain/ids';

/** Most conversations in memory. Those that are held or needed stay even beyond it. */
const MAX_IN_MEMORY = 16;

/** The conversations in this window's memory. The least recently changed one is dropped first. */
export class ConversationCache {
  private readonly conversations = new Map<ConversationId, Conversation>();
  private readonly holds = new Map<ConversationId, number>();

  get(id: ConversationId): Conversation | undefined {
    return this.conversations.get(id);
  }

  has(id: ConversationId): boolean {
    return this.conversations.has(id);
  }

  /** Keeps a conversation from being dropped until disposed. It need not be loaded yet. */
  hold(id: ConversationId): Disposable {
    this.holds.set(id, (this.holds.get(id) ?? 0) + 1);
    let isHeld = true;
    const dispose = (): void => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.holds.get(id) ?? 1) - 1;
      if (left > 0) this.holds.set(id, left);
      else this.holds.delete(id);
    };
    return { dispose };
  }

  /** @param needed conversations with a streaming reply or with text that is not stored yet. */
  keep(conversation: Conversation, needed: Iterable<ConversationId>): void {
    this.conversations.delete(conversation.id);
    this.conversations.set(conversation.id, conversation);
    if (this.conversations.size <= MAX_IN_MEMORY) return;
    const staying = new Set([conversation.id, ...this.holds.keys(), ...needed]);
    for (const id of this.conversations.keys()) {
      if (this.conversations.size <= MAX_IN_MEMORY) break;
      if (!staying.has(id)) this.conversations.delete(id);
    }
  }
}
