import { type Conversation, type ConversationSummary, activeBranch } from '../../domain/conversation';
import { type ConversationId, type MessageId, type ModelId, messageId } from '../../domain/ids';
import type { TurnProgress } from '../../domain/coreEvent';
import type { ConversationEvent } from '../../domain/storeEvent';
import type { PanelChange } from '../../protocol/messages';
import type { PanelView } from '../../protocol/views';
import { differenceOf } from './conversationDifference';
import type { PatchStream } from './patchStream';
import type { ViewModels } from './viewModels';

export interface ShownConversationOptions {
  readonly patches: PatchStream;
  readonly views: ViewModels;
  /** The model that answers the next message. */
  readonly model: () => ModelId;
  /** Requests a snapshot when patches can't express the change. */
  readonly snapshot: () => void;
  /** Called when the conversation was deleted. */
  readonly leave: () => void;
  /** Called when its title, cost, model or branch may have changed. */
  readonly onHeader: () => void;
}

/** The conversation of one panel, and the patches that keep the panel's copy up to date. */
export class ShownConversation {
  private conversation: Conversation | undefined;
  /** The conversation that the one shown was forked from. */
  private source: ConversationSummary | undefined;
  private live: TurnProgress | null = null;
  /** Entries that were posted or are queued for the panel. */
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

  /** The panel switches to another conversation. */
  clear(): void {
    this.conversation = undefined;
    this.source = undefined;
    this.live = null;
    this.entries = [];
  }

  /** Called before a snapshot. */
  load(conversation: Conversation | undefined, source: ConversationSummary | undefined): void {
    this.conversation = conversation;
    this.source = source;
  }

  /** Called when the view is posted as a snapshot. */
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
      // The active branch changed.
      if (patches.isInStep) snapshot();
    } else {
      if (change.type === 'message.added') this.entries = [...this.entries, change.messageId];
      if ('messageId' in change) this.onEntry(change.messageId);
      this.onHeader();
    }
  }

  /** Another window has changed the conversation. */
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

  /** Another conversation changed, possibly the one that this was forked from. Undefined: it was deleted. */
  sourceChanged(id: ConversationId, source: Conversation | undefined): void {
    if (id !== this.conversation?.forkedFrom?.conversationId) return;
    this.source = source?.deleted ? undefined : source;
    this.options.patches.change('header', () => this.headerChange());
  }

  progressed(progress: TurnProgress | null): void {
    const before = this.live;
    this.live = progress;
    // The entry of a running reply shows the model of its next request and the estimated cost.
    for (const id of new Set([before?.replyId, progress?.replyId])) {
      if (id === undefined) continue;
      const own = this.conversation?.messages.get(id)?.model;
      const asked = (of: TurnProgress | null): ModelId | undefined => (of?.replyId === id ? of.model : own);
      if (asked(before) === asked(progress)) this.onText(id);
      else this.onEntry(id);
    }
    this.options.patches.change('live', () => ({ type: 'live', live: this.options.views.live(this.live) }));
  }

  onHeader(): void {
    this.options.patches.change('header', () => this.headerChange());
    this.options.onHeader();
  }

  /** Ignores replies on branches that are not shown. */
  private onText(id: MessageId): void {
    if (this.has(id)) this.options.patches.change(`text:${id}`, () => this.textChange(id));
  }

  private onEntry(id: MessageId): void {
    if (!this.has(id)) return;
    // The whole entry follows and includes its text.
    this.options.patches.drop(`text:${id}`);
    this.options.patches.change(`entry:${id}`, () => this.entryChange(id));
  }

  private entryChange(id: MessageId): PanelChange | undefined {
    const { patches, views } = this.options;
    const message = this.conversation?.messages.get(id);
    return this.conversation && message && patches.entry(views.entry(this.conversation, message, this.live));
  }

  private textChange(id: MessageId): PanelChange | undefined {
    const { patches, views } = this.options;
    const message = this.conversation?.messages.get(id);
    return (message && patches.text(message, views.costText(message, this.live))) ?? this.entryChange(id);
  }

  private headerChange(): PanelChange {
    return {
      type: 'header',
      header: this.options.views.header(this.conversation, this.source, this.options.model()),
    };
  }
}
