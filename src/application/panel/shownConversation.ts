import { type Conversation, type ConversationSummary, activeBranch } from '../../domain/conversation';
import { type ConversationId, type MessageId, type ModelId, messageId } from '../../domain/ids';
import type { TurnProgress } from '../../domain/coreEvent';
import type { ConversationEvent } from '../../domain/storeEvent';
import type { PanelChange } from '../../protocol/messages';
import type { PanelView } from '../../protocol/views';
import { differenceOf } from './conversationDifference';
import { costText } from './entryPresenter';
import type { PatchStream } from './patchStream';
import type { ViewModels } from './viewModels';

export interface ShownConversationOptions {
  readonly patches: PatchStream;
  readonly product: ViewModels;
  /** The model that answers the next message. */
  readonly model: () => ModelId;
  /** Patches cannot bring the panel to what is shown now. */
  readonly snapshot: () => void;
  /** It was deleted. */
  readonly leave: () => void;
  /** Its title, cost, model or branch may be others than before. */
  readonly onHeader: () => void;
}

/** The conversation that one panel shows, what the panel has of it, and the patches that bring it the rest. */
export class ShownConversation {
  private conversation: Conversation | undefined;
  /** The conversation that the one shown was forked from. */
  private source: ConversationSummary | undefined;
  private live: TurnProgress | null = null;
  /** Entries that the panel has or is about to get. */
  private entries: readonly MessageId[] = [];

  constructor(private readonly options: ShownConversationOptions) {}

  get current(): Conversation | undefined {
    return this.conversation;
  }

  get progress(): TurnProgress | null {
    return this.live;
  }

  has(id: MessageId): boolean {
    return this.entries.includes(id);
  }

  /** The panel goes to another conversation, of which it has nothing yet. */
  clear(): void {
    this.conversation = undefined;
    this.source = undefined;
    this.live = null;
    this.entries = [];
  }

  /** Before a snapshot is made of it. */
  load(conversation: Conversation | undefined, source: ConversationSummary | undefined): void {
    this.conversation = conversation;
    this.source = source;
  }

  /** The panel gets this view as its snapshot. */
  posted(view: PanelView): void {
    this.entries = view.conversation.entries.map((entry) => messageId(entry.id));
  }

  changed(conversation: Conversation, change: ConversationEvent): void {
    const { patches, snapshot, leave } = this.options;
    this.conversation = conversation;
    if (change.type === 'reply.appended') this.onText(change.messageId);
    else if (change.type === 'conversation.deleted' && change.deleted) leave();
    else if (
      change.type === 'branch.chosen' ||
      (change.type === 'message.added' && change.parentId !== (this.entries.at(-1) ?? null))
    ) {
      // Another branch than the one that the panel has.
      if (patches.isInStep) snapshot();
    } else {
      if (change.type === 'message.added') this.entries = [...this.entries, change.messageId];
      if ('messageId' in change) this.onEntry(change.messageId);
      this.onHeader();
    }
  }

  /** Another window has written in it. */
  reloaded(conversation: Conversation | undefined): void {
    const { patches, snapshot, leave } = this.options;
    if (!conversation) return leave();
    const before = this.conversation;
    this.conversation = conversation;
    if (!patches.isInStep || !before) return;
    const difference = differenceOf(before, conversation);
    if (difference.kind === 'snapshot') return snapshot();
    this.entries = activeBranch(conversation).map((m) => m.id);
    for (const id of difference.grown) this.onText(id);
    for (const id of difference.changed) this.onEntry(id);
    this.onHeader();
  }

  /** Another conversation changed: the one that this was forked from, perhaps. Undefined: it is gone. */
  sourceChanged(id: ConversationId, source: Conversation | undefined): void {
    if (id !== this.conversation?.forkedFrom?.conversationId) return;
    this.source = source?.deleted ? undefined : source;
    this.options.patches.change('header', () => this.headerChange());
  }

  progressed(progress: TurnProgress | null): void {
    const before = this.live;
    this.live = progress;
    // The entry of a running reply names whom its next request goes to, and what it is going to cost.
    for (const id of new Set([before?.replyId, progress?.replyId])) {
      if (id === undefined) continue;
      const own = this.conversation?.messages.get(id)?.model;
      const asked = (of: TurnProgress | null): ModelId | undefined => (of?.replyId === id ? of.model : own);
      if (asked(before) === asked(progress)) this.onText(id);
      else this.onEntry(id);
    }
    this.options.patches.change('live', () => ({ type: 'live', live: this.options.product.live(this.live) }));
  }

  onHeader(): void {
    this.options.patches.change('header', () => this.headerChange());
    this.options.onHeader();
  }

  /** A reply that streams on another branch than the one that is shown goes on unseen. */
  private onText(id: MessageId): void {
    if (this.has(id)) this.options.patches.change(`text:${id}`, () => this.textChange(id));
  }

  private onEntry(id: MessageId): void {
    if (!this.has(id)) return;
    // The whole entry follows, so what is still to be sent of its text goes with it.
    this.options.patches.drop(`text:${id}`);
    this.options.patches.change(`entry:${id}`, () => this.entryChange(id));
  }

  private entryChange(id: MessageId): PanelChange | undefined {
    const { patches, product } = this.options;
    const message = this.conversation?.messages.get(id);
    return this.conversation && message && patches.entry(product.entry(this.conversation, message, this.live));
  }

  private textChange(id: MessageId): PanelChange | undefined {
    const { patches } = this.options;
    const message = this.conversation?.messages.get(id);
    return (message && patches.text(message, costText(message, this.live))) ?? this.entryChange(id);
  }

  private headerChange(): PanelChange {
    return {
      type: 'header',
      header: this.options.product.header(this.conversation, this.source, this.options.model()),
    };
  }
}
