import { type Conversation, type Message, activeBranch, latestLeafUnder, siblingsOf } from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import { type ConversationId, type MessageId, conversationId } from '../../domain/ids';
import type { Clock, IdSource } from '../../domain/ports/system';
import type { StoreEvent } from '../../domain/storeEvent';
import type { Conversations } from './conversations';
import { storedOrRefused } from './writeQueue';

export interface BranchesOptions {
  readonly conversations: Conversations;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Moving about in the tree of a conversation, and growing a new conversation from any of its messages. */
export class Branches {
  constructor(private readonly options: BranchesOptions) {}

  /**
   * A new conversation that begins with everything up to and including the message: shared, not copied, and not
   * billed again. It keeps title, model, system prompt, persona and tags.
   * @param within the conversation on screen. A fork shows messages that belong to another one.
   * Without it, the one that the message was written in.
   * @throws RefusedError NOT_FOUND, BUSY while the message streams, STORE_READ_ONLY
   */
  async fork(id: MessageId, within?: ConversationId): Promise<ConversationId> {
    const source = await this.sourceOf(id, within);
    // A fork shares what does not change any more.
    if (messageIn(source, id).state === 'streaming') throw new RefusedError({ code: 'BUSY' });
    const { clock, ids, conversations } = this.options;
    const fork = conversationId(ids.next());
    const atMs = clock.nowMs();
    const created: StoreEvent = {
      type: 'conversation.created',
      conversationId: fork,
      runNumber: await conversations.nextRunNumber(),
      title: source.title,
      model: source.model,
      systemPrompt: source.systemPrompt,
      personaId: source.personaId,
      forkedFrom: { conversationId: source.id, messageId: id },
      atMs,
    };
    const tagged: StoreEvent[] =
      source.tags.length === 0 ? [] : [{ type: 'conversation.tagged', conversationId: fork, tags: source.tags, atMs }];
    await storedOrRefused(() => conversations.record([created, ...tagged]));
    return fork;
  }

  /** Goes over to the branch of the sibling `step` places on, as it was continued last. Past the ends nothing happens. @throws RefusedError */
  async chooseSibling(id: ConversationId, message: MessageId, step: 1 | -1): Promise<void> {
    const conversation = await this.existing(id);
    const siblings = siblingsOf(conversation, messageIn(conversation, message));
    const sibling = siblings[siblings.findIndex((m) => m.id === message) + step];
    if (sibling) await this.choose(conversation, sibling.id);
  }

  /** The branch that holds the message becomes the one that is shown and continued, unless it is that already. @throws RefusedError */
  async showMessage(id: ConversationId, message: MessageId): Promise<void> {
    const conversation = await this.existing(id);
    messageIn(conversation, message);
    if (!activeBranch(conversation).some((m) => m.id === message)) await this.choose(conversation, message);
  }

  private async choose(conversation: Conversation, through: MessageId): Promise<void> {
    const leafId = latestLeafUnder(conversation, through);
    const atMs = this.options.clock.nowMs();
    await storedOrRefused(() =>
      this.options.conversations.record([{ type: 'branch.chosen', conversationId: conversation.id, leafId, atMs }]),
    );
  }

  /** Also a deleted one: its messages live on in its forks, where they can be forked again. */
  private async sourceOf(id: MessageId, within: ConversationId | undefined): Promise<Conversation> {
    if (within !== undefined) return this.existing(within);
    const owner = await this.options.conversations.ownerOf(id);
    const source = owner && (await this.options.conversations.getEvenDeleted(owner));
    if (!source) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    return source;
  }

  private async existing(id: ConversationId): Promise<Conversation> {
    const conversation = await this.options.conversations.get(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    return conversation;
  }
}

function messageIn(conversation: Conversation, id: MessageId): Message {
  const message = conversation.messages.get(id);
  if (!message) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
  return message;
}
