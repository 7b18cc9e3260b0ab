import type { Attachment, Conversation } from '../domain/conversation';
import { Emitter } from '../domain/emitter';
import { type ConversationId, type ModelId, messageId } from '../domain/ids';
import type { ConnectionSource, Disposable, SettingsSource } from '../domain/ports';
import type { EventBus, ProductEvent, TurnProgress } from '../domain/productEvent';
import type { HostMessage, PanelChange } from '../protocol/messages';
import type { NoticeView, PanelView } from '../protocol/views';
import type { Conversations } from './conversations';
import type { ModelCatalogue } from './modelCatalogue';
import * as present from './presenter';
import type { SpendLedger } from './spendLedger';

/** Time between two patches: the panel gets at most one message per frame. */
const FRAME_MS = 16;

export interface PanelSessionOptions {
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly settings: SettingsSource;
  readonly connections: ConnectionSource;
  readonly bus: EventBus;
  readonly describeFailure: present.DescribeFailure;
  readonly describeStoreTrouble: (reason: string) => NoticeView;
  readonly isOpenRouter: (origin: string) => boolean;
  /** Gets ready what the first message needs (database, encoder, prices), now that somebody looks. */
  readonly warmUp: () => void;
  readonly exposure: () => PanelView['exposure'];
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
  private live: TurnProgress | null = null;
  private epoch = 0;
  /** The snapshot that was asked for last is the one that is posted. */
  private snapshotRuns = 0;
  private seq = 0;
  private visible = false;
  /** A snapshot has been posted and patches may follow it. */
  private inStep = false;
  private readonly pending = new Map<string, () => PanelChange | undefined>();
  /** Length of the text that the panel has of each streaming entry. */
  private readonly sent = new Map<string, { content: number; reasoning: number }>();
  private shown: Conversation | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscription: Disposable;
  private readonly shownConversation = new Emitter<ConversationId | null>();
  readonly onDidShowConversation = this.shownConversation.event;

  constructor(private readonly options: PanelSessionOptions) {
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

  async show(id: ConversationId | null): Promise<void> {
    if (id === null) this.chosenModel = this.shown?.model ?? this.chosenModel;
    this.conversationId = id;
    this.shown = undefined;
    this.live = null;
    this.shownConversation.fire(id);
    await this.snapshot();
  }

  /** The first message of a new conversation has been stored: the panel is now in that conversation. */
  async adopt(id: ConversationId): Promise<void> {
    if (this.conversationId !== id) await this.show(id);
  }

  chooseModel(model: ModelId): void {
    this.chosenModel = model;
    this.change('model', () => this.modelChange());
  }

  setAttachments(attachments: readonly Attachment[]): void {
    this.attachments = attachments;
    this.change('attachments', () => ({ type: 'attachments', attachments: this.attachments.map(present.attachmentView) }));
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (!visible) this.inStep = false;
    else if (!this.inStep) void this.snapshot();
  }

  /** A page has loaded and knows nothing yet, whatever was posted before. */
  async ready(visible: boolean): Promise<void> {
    this.visible = visible;
    await this.snapshot();
    this.options.warmUp();
  }

  /** Everything the panel shows. Also the answer to a gap. */
  async snapshot(): Promise<void> {
    this.inStep = false;
    const run = ++this.snapshotRuns;
    const id = this.conversationId;
    const connection = await this.options.connections.current();
    // Last, so that nothing can happen to it between here and the post.
    const conversation = id ? await this.options.conversations.get(id) : undefined;
    if (run !== this.snapshotRuns || !this.visible) return;
    this.shown = conversation;
    const { ledger, settings, catalogue, describeFailure, isOpenRouter, exposure } = this.options;
    const model = catalogue.known(this.model);
    const view: PanelView = {
      conversation: present.conversationView(conversation, model, describeFailure),
      live: this.live && present.liveView(this.live),
      budget: present.budgetView(ledger.summary(), settings.current()),
      connection: present.connectionView(connection, isOpenRouter(connection.origin)),
      model: present.modelView(this.model, model, catalogue.isRead),
      attachments: this.attachments.map(present.attachmentView),
      banner: this.banner(),
      exposure: exposure(),
    };
    this.pending.clear();
    this.sent.clear();
    for (const entry of view.conversation.entries) this.noteSent(entry);
    this.epoch += 1;
    this.seq = 0;
    this.inStep = true;
    this.options.post({ type: 'snapshot', epoch: this.epoch, seq: 0, view });
  }

  dispose(): void {
    this.subscription.dispose();
    this.shownConversation.dispose();
    clearTimeout(this.timer);
  }

  private onProductEvent(event: ProductEvent): void {
    switch (event.type) {
      case 'conversationChanged':
        if (event.conversation.id === this.conversationId) this.onConversation(event.conversation, event.change);
        break;
      case 'turnProgressed':
        if (event.progress.conversationId === this.conversationId) this.onProgress(event.progress);
        break;
      case 'turnEnded':
        if (event.conversationId === this.conversationId) this.onProgress(null);
        break;
      case 'spendChanged':
        this.change('budget', () => this.budgetChange());
        break;
      case 'modelsChanged':
        this.change('model', () => this.modelChange());
        this.change('header', () => this.headerChange());
        break;
      case 'settingsChanged':
        if (this.visible) void this.snapshot();
        break;
      case 'storeTrouble':
        this.change('banner', () => ({ type: 'banner', banner: this.banner() }));
        break;
    }
  }

  private onConversation(conversation: Conversation, change: Extract<ProductEvent, { type: 'conversationChanged' }>['change']): void {
    this.shown = conversation;
    if (change.type === 'reply.appended') {
      this.change(`text:${change.messageId}`, () => this.textChange(change.messageId));
      return;
    }
    if (change.type === 'message.added' || change.type === 'reply.ended') {
      // The whole entry follows, so what is still to be sent of its text goes with it.
      this.pending.delete(`text:${change.messageId}`);
      this.change(`entry:${change.messageId}`, () => this.entryChange(change.messageId));
    }
    this.change('header', () => this.headerChange());
    this.change('model', () => this.modelChange());
  }

  private onProgress(progress: TurnProgress | null): void {
    this.live = progress;
    this.change('live', () => ({ type: 'live', live: this.live && present.liveView(this.live) }));
  }

  private entryChange(id: string): PanelChange | undefined {
    const message = this.shown?.messages.get(messageId(id));
    if (!message) return undefined;
    const entry = present.entryView(message, this.options.describeFailure, this.estimateFor(id));
    this.noteSent(entry);
    return { type: 'entry', entry };
  }

  private textChange(id: string): PanelChange | undefined {
    const message = this.shown?.messages.get(messageId(id));
    const sent = this.sent.get(id);
    if (!message || !sent) return this.entryChange(id);
    const change: PanelChange = {
      type: 'text',
      entryId: id,
      contentOffset: sent.content,
      content: message.content.slice(sent.content),
      reasoningOffset: sent.reasoning,
      reasoning: message.reasoning.slice(sent.reasoning),
      costText: present.costText(message, this.estimateFor(id)),
    };
    this.noteSent(message);
    return change;
  }

  private estimateFor(id: string): TurnProgress['estimateNanoUsd'] {
    return this.live?.replyId === id ? this.live.estimateNanoUsd : null;
  }

  private noteSent(entry: { readonly id: string; readonly content: string; readonly reasoning: string }): void {
    this.sent.set(entry.id, { content: entry.content.length, reasoning: entry.reasoning.length });
  }

  private headerChange(): PanelChange {
    return { type: 'header', header: present.headerView(this.shown, this.options.catalogue.known(this.model)) };
  }

  private modelChange(): PanelChange {
    return { type: 'model', model: present.modelView(this.model, this.options.catalogue.known(this.model), this.options.catalogue.isRead) };
  }

  private banner(): NoticeView | null {
    const trouble = this.options.conversations.storeTrouble;
    return trouble === null ? null : this.options.describeStoreTrouble(trouble);
  }

  private budgetChange(): PanelChange {
    return { type: 'budget', budget: present.budgetView(this.options.ledger.summary(), this.options.settings.current()) };
  }

  /** `make` runs when the patch leaves, so that a patch always carries the newest state. */
  private change(key: string, make: () => PanelChange | undefined): void {
    if (!this.inStep) return;
    this.pending.set(key, make);
    this.timer ??= setTimeout(() => this.flush(), FRAME_MS);
  }

  private flush(): void {
    this.timer = undefined;
    if (!this.inStep || this.pending.size === 0) return;
    const changes = [...this.pending.values()].map((make) => make()).filter((change) => change !== undefined);
    this.pending.clear();
    this.seq += 1;
    this.options.post({ type: 'patch', epoch: this.epoch, seq: this.seq, changes });
  }
}
