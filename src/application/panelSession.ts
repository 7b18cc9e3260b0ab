import { type Attachment, type Conversation, type ConversationSummary, activeBranch } from '../domain/conversation';
import { Emitter } from '../domain/emitter';
import { type ConversationId, type MessageId, type ModelId, messageId } from '../domain/ids';
import type { Disposable } from '../domain/ports';
import type { EventBus, ProductEvent, TurnProgress } from '../domain/productEvent';
import type { ConversationEvent } from '../domain/storeEvent';
import type { HostMessage, PanelChange } from '../protocol/messages';
import { differenceOf } from './conversationDifference';
import { PatchStream } from './patchStream';
import * as present from './presenter';
import { ProductViews, type ProductViewsOptions } from './productViews';
import { QuoteMeter, type QuoteMeterOptions } from './quoteMeter';

/** An open history drawer is told this often at most that its list has changed. */
const HISTORY_EVERY_MS = 100;

export interface PanelSessionOptions extends ProductViewsOptions {
  readonly bus: EventBus;
  readonly quoting: Pick<QuoteMeterOptions, 'quote' | 'timers'>;
  /** Gets ready what the first message needs (database, encoder, prices), now that somebody looks. */
  readonly warmUp: () => void;
  /** Never awaited: a hidden view drops messages and a busy one answers late. */
  readonly post: (message: HostMessage) => void;
}

/**
 * What one panel shows, kept in step with the product. The panel is a replica: a snapshot when it appears,
 * then patches with a rising `seq`. A hidden panel gets nothing and a fresh snapshot when it is seen again.
 */
export class PanelSession implements Disposable {
  private conversationId: ConversationId | null = null;
  private chosenModel: ModelId | undefined;
  private attachments: readonly Attachment[] = [];
  /** What is typed and not sent, as the page last told it. */
  private draft = '';
  /** What sending the draft would take. */
  readonly quotes: QuoteMeter;
  private live: TurnProgress | null = null;
  /** The snapshot that was asked for last is the one that is posted. */
  private snapshotRuns = 0;
  private visible = false;
  private readonly patches: PatchStream;
  private readonly product: ProductViews;
  private shown: Conversation | undefined;
  /** The conversation that the one shown was forked from. */
  private source: ConversationSummary | undefined;
  /** Entries that the panel has or is about to get. */
  private entries: MessageId[] = [];
  /** To be revealed once a snapshot holds it. */
  private toReveal: MessageId | undefined;
  private hold: Disposable | undefined;
  private historyTimer: NodeJS.Timeout | undefined;
  private readonly subscription: Disposable;
  private readonly shownConversation = new Emitter<ConversationId | null>();
  readonly onDidShowConversation = this.shownConversation.event;

  constructor(private readonly options: PanelSessionOptions) {
    this.patches = new PatchStream(options.post);
    this.product = new ProductViews(options);
    this.quotes = new QuoteMeter({
      ...options.quoting, budgetKey: () => this.product.budgetKey(),
      input: () => (this.visible ? { conversationId: this.conversationId, text: this.draft, attachments: this.attachments, model: this.model } : undefined),
      onChange: () => this.patches.change('quote', () => ({ type: 'quote', quote: this.product.quote(this.quotes.current) })),
    });
    this.subscription = options.bus.event((event) => this.onProductEvent(event));
  }

  get conversation(): ConversationId | null {
    return this.conversationId;
  }

  get pendingAttachments(): readonly Attachment[] {
    return this.attachments;
  }

  /** The model that answers the next message. */
  get model(): ModelId {
    return this.shown?.model ?? this.chosenModel ?? this.options.settings.current().defaultModel;
  }

  /** Tokens that a message here sends, by the last quote or else the last reply's own count; null when neither is known. */
  get promptTokens(): number | null {
    const quoted = this.quotes.current?.promptTokens;
    return quoted || (this.shown ? present.contextTokens(activeBranch(this.shown)) : null);
  }

  async show(id: ConversationId | null): Promise<void> {
    this.enter(id);
    await this.snapshot();
  }

  /** Shows the conversation with that message scrolled to and marked. The message is on the branch that is shown. */
  async reveal(id: ConversationId, message: MessageId): Promise<void> {
    if (this.conversationId !== id) this.enter(id);
    this.toReveal = message;
    await this.snapshot();
  }

  /** The first message of a new conversation has been stored: the panel is now in that conversation. */
  async adopt(id: ConversationId): Promise<void> {
    if (this.conversationId !== id) await this.show(id);
  }

  chooseModel(model: ModelId): void {
    this.chosenModel = model;
    this.patches.change('model', () => ({ type: 'model', model: this.product.model(this.model) }));
    this.quotes.changed();
  }

  setDraft(text: string): void {
    this.draft = text;
    this.quotes.changed();
  }

  setAttachments(attachments: readonly Attachment[]): void {
    this.attachments = attachments;
    this.quotes.changed();
    this.patches.change('attachments', () => ({ type: 'attachments', attachments: this.attachments.map(present.attachmentView) }));
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (!visible) this.patches.pause();
    else if (!this.patches.isInStep) void this.snapshot();
  }

  /** A page has loaded and knows nothing yet, whatever was posted before. */
  async ready(visible: boolean): Promise<void> {
    this.visible = visible;
    await this.snapshot();
    this.options.warmUp();
  }

  /** Everything the panel shows. Also the answer to a gap. */
  async snapshot(): Promise<void> {
    this.patches.pause();
    const run = ++this.snapshotRuns;
    const { conversations } = this.options;
    const id = this.conversationId;
    const connection = await this.product.connection();
    const found = id ? await conversations.get(id) : undefined;
    const source = found?.forkedFrom && (await conversations.get(found.forkedFrom.conversationId));
    if (run !== this.snapshotRuns) return;
    // It was deleted, or remembered from another store: what is typed goes into a new conversation.
    if (id !== null && !found) return this.show(null);
    if (!this.visible) return;
    // Nothing can happen to it between here and the post.
    const conversation = id ? (conversations.known(id) ?? found) : undefined;
    this.shown = conversation;
    this.source = source;
    this.quotes.changed();
    const view = this.product.panel({ conversation, source, model: this.model, live: this.live, connection, quote: this.quotes.current, attachments: this.attachments });
    this.entries = view.conversation.entries.map((entry) => messageId(entry.id));
    this.patches.start(view);
    this.revealNow();
  }

  dispose(): void {
    this.subscription.dispose();
    this.shownConversation.dispose();
    this.hold?.dispose();
    this.patches.dispose();
    this.quotes.dispose();
    clearTimeout(this.historyTimer);
  }

  private enter(id: ConversationId | null): void {
    if (id === null) this.chosenModel = this.shown?.model ?? this.chosenModel;
    this.conversationId = id;
    this.shown = undefined;
    this.source = undefined;
    this.live = null;
    this.entries = [];
    this.toReveal = undefined;
    this.hold?.dispose();
    this.hold = id ? this.options.conversations.hold(id) : undefined;
    this.shownConversation.fire(id);
  }

  private revealNow(): void {
    const entryId = this.toReveal;
    if (entryId === undefined) return;
    this.toReveal = undefined;
    if (this.entries.includes(entryId)) this.options.post({ type: 'reveal', entryId });
  }

  private onProductEvent(event: ProductEvent): void {
    switch (event.type) {
      case 'conversationChanged':
        if (event.conversation.id === this.conversationId) this.onConversation(event.conversation, event.change);
        else this.onSource(event.conversation.id, event.conversation);
        break;
      case 'conversationReloaded':
        if (event.conversationId === this.conversationId) this.onReloaded(event.conversation);
        else this.onSource(event.conversationId, event.conversation);
        break;
      case 'historyChanged':
        this.historyTimer ??= setTimeout(() => this.tellHistory(), HISTORY_EVERY_MS);
        break;
      case 'turnProgressed':
        if (event.progress.conversationId === this.conversationId) this.onProgress(event.progress);
        break;
      case 'turnEnded':
        if (event.conversationId === this.conversationId) this.onProgress(null);
        break;
      case 'spendChanged':
        this.patches.change('budget', () => ({ type: 'budget', budget: this.product.budget() }));
        this.quotes.budgetChanged();
        break;
      case 'modelsChanged':
        this.onHeader();
        break;
      case 'settingsChanged':
        if (this.visible) void this.snapshot();
        break;
      case 'overran':
      case 'circuitChanged':
      case 'storeTrouble':
        this.patches.change('banner', () => ({ type: 'banner', banner: this.product.banner() }));
        break;
    }
  }

  private onConversation(conversation: Conversation, change: ConversationEvent): void {
    this.shown = conversation;
    if (change.type === 'reply.appended') this.onText(change.messageId);
    else if (change.type === 'conversation.deleted' && change.deleted) void this.show(null);
    else if (change.type === 'branch.chosen' || (change.type === 'message.added' && change.parentId !== (this.entries.at(-1) ?? null))) {
      // Another branch than the one that the panel has.
      if (this.patches.isInStep) void this.snapshot();
    } else {
      if (change.type === 'message.added') this.entries.push(change.messageId);
      if (change.type === 'message.added' || change.type === 'reply.ended' || change.type === 'reply.billed') this.onEntry(change.messageId);
      this.onHeader();
    }
  }

  /** Another window has written in it. */
  private onReloaded(conversation: Conversation | undefined): void {
    if (!conversation) return void this.show(null);
    const before = this.shown;
    this.shown = conversation;
    if (!this.patches.isInStep || !before) return;
    const difference = differenceOf(before, conversation);
    if (difference.kind === 'snapshot') return void this.snapshot();
    this.entries = activeBranch(conversation).map((m) => m.id);
    for (const id of difference.grown) this.onText(id);
    for (const id of difference.changed) this.onEntry(id);
    this.onHeader();
  }

  private onSource(id: ConversationId, source: Conversation | undefined): void {
    if (id !== this.shown?.forkedFrom?.conversationId) return;
    this.source = source?.deleted ? undefined : source;
    this.patches.change('header', () => this.headerChange());
  }

  private onHeader(): void {
    this.patches.change('header', () => this.headerChange());
    this.patches.change('model', () => ({ type: 'model', model: this.product.model(this.model) }));
    this.quotes.changed();
  }

  /** A reply that streams on another branch than the one that is shown goes on unseen. */
  private onText(id: MessageId): void {
    if (this.entries.includes(id)) this.patches.change(`text:${id}`, () => this.textChange(id));
  }

  private onEntry(id: MessageId): void {
    if (!this.entries.includes(id)) return;
    // The whole entry follows, so what is still to be sent of its text goes with it.
    this.patches.drop(`text:${id}`);
    this.patches.change(`entry:${id}`, () => this.entryChange(id));
  }

  private onProgress(progress: TurnProgress | null): void {
    this.live = progress;
    this.patches.change('live', () => ({ type: 'live', live: this.live && present.liveView(this.live) }));
  }

  private tellHistory(): void {
    this.historyTimer = undefined;
    if (this.visible) this.options.post({ type: 'historyChanged' });
  }

  private entryChange(id: MessageId): PanelChange | undefined {
    const message = this.shown?.messages.get(id);
    if (!this.shown || !message) return undefined;
    return this.patches.entry(present.entryView(message, present.entryContext(this.shown, this.options.describeFailure, this.live)));
  }

  private textChange(id: MessageId): PanelChange | undefined {
    const message = this.shown?.messages.get(id);
    return (message && this.patches.text(message, present.costText(message, this.live))) ?? this.entryChange(id);
  }

  private headerChange(): PanelChange {
    return { type: 'header', header: present.headerView(this.shown, this.source, this.options.catalogue.known(this.model)) };
  }
}
