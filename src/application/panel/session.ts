import { type Attachment, activeBranch } from '../../domain/conversation';
import { type Disposable, Emitter } from '../../domain/emitter';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Timers } from '../../domain/ports/system';
import type { ConversationId, MessageId, ModelId } from '../../domain/ids';
import type { EventBus, CoreEvent } from '../../domain/coreEvent';
import type { HostMessage } from '../../protocol/messages';
import type { Conversations } from '../conversations/conversations';
import { attachmentView } from './entryPresenter';
import { PatchStream } from './patchStream';
import { contextTokens } from './presenter';
import type { ViewModels } from './viewModels';
import { QuoteMeter, type QuoteMeterOptions } from './quoteMeter';
import { ShownConversation } from './shownConversation';

/** Minimum time between two notifications that the history list has changed. */
const HISTORY_EVERY_MS = 100;

export interface PanelSessionOptions {
  readonly views: ViewModels;
  readonly conversations: Conversations;
  readonly settings: SettingsSource;
  readonly bus: EventBus;
  readonly quoting: Pick<QuoteMeterOptions, 'quote' | 'timers'>;
  /** For patches and history notifications. */
  readonly timers: Timers;
  /** Loads what the first message needs (database, encoder, prices), called when a panel appears. */
  readonly warmUp: () => void;
  /** Not awaited, because a hidden view drops messages and a busy one responds late. */
  readonly post: (message: HostMessage) => void;
}

/**
 * The state of one panel, kept in sync with the core. The panel is a replica: it gets a snapshot when it appears, then
 * patches with a rising `seq`. A hidden panel gets nothing until it is visible again, then a new snapshot.
 */
export class PanelSession implements Disposable {
  private conversationId: ConversationId | null = null;
  private chosenModel: ModelId | undefined;
  private attachments: readonly Attachment[] = [];
  /** Unsent text, as last reported by the page. */
  private draft = '';
  /** The quote of the draft. */
  readonly quotes: QuoteMeter;
  /** Only the most recently requested snapshot is posted. */
  private snapshotRuns = 0;
  private visible = false;
  private readonly patches: PatchStream;
  private readonly views: ViewModels;
  private readonly shown: ShownConversation;
  /** Revealed once a snapshot contains it. */
  private toReveal: MessageId | undefined;
  private hold: Disposable | undefined;
  private historyTimer: Disposable | undefined;
  private readonly subscription: Disposable;
  private readonly shownConversation = new Emitter<ConversationId | null>();
  readonly onDidShowConversation = this.shownConversation.event;

  constructor(private readonly options: PanelSessionOptions) {
    this.patches = new PatchStream(options.post, options.timers);
    this.views = options.views;
    this.shown = new ShownConversation({
      patches: this.patches,
      views: this.views,
      model: () => this.model,
      snapshot: () => void this.snapshot(),
      leave: () => void this.show(null),
      onHeader: () => this.onModel(),
    });
    this.quotes = new QuoteMeter({
      ...options.quoting,
      budgetKey: () => this.views.budgetKey(),
      input: () =>
        this.visible
          ? { conversationId: this.conversationId, text: this.draft, attachments: this.attachments, model: this.model }
          : undefined,
      onChange: () =>
        this.patches.change('quote', () => ({
          type: 'quote',
          quote: this.views.quote(this.quotes.current, this.model),
        })),
    });
    this.subscription = options.bus.event((event) => this.onCoreEvent(event));
  }

  get conversation(): ConversationId | null {
    return this.conversationId;
  }

  get pendingAttachments(): readonly Attachment[] {
    return this.attachments;
  }

  /** The model that answers the next message. */
  get model(): ModelId {
    return this.shown.current?.model ?? this.chosenModel ?? this.options.settings.current().defaultModel;
  }

  /** Prompt tokens of the next message, from the last quote or the last reply; null when neither is known. */
  get promptTokens(): number | null {
    const quoted = this.quotes.current?.promptTokens;
    return quoted || (this.shown.current ? contextTokens(activeBranch(this.shown.current)) : null);
  }

  async show(id: ConversationId | null): Promise<void> {
    this.enter(id);
    await this.snapshot();
  }

  /** Shows the conversation, scrolled to the message, which must be on the active branch. */
  async reveal(id: ConversationId, message: MessageId): Promise<void> {
    if (this.conversationId !== id) this.enter(id);
    this.toReveal = message;
    await this.snapshot();
  }

  /** Switches to a new conversation after its first message was stored. */
  async adopt(id: ConversationId): Promise<void> {
    if (this.conversationId !== id) await this.show(id);
  }

  chooseModel(model: ModelId): void {
    this.chosenModel = model;
    this.onModel();
  }

  setDraft(text: string): void {
    this.draft = text;
    this.quotes.changed();
  }

  setAttachments(attachments: readonly Attachment[]): void {
    this.attachments = attachments;
    this.quotes.changed();
    this.patches.change('attachments', () => ({
      type: 'attachments',
      attachments: this.attachments.map(attachmentView),
    }));
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (!visible) this.patches.pause();
    else if (!this.patches.isInStep) void this.snapshot();
  }

  /** A page has loaded and needs a snapshot. */
  async ready(visible: boolean): Promise<void> {
    this.visible = visible;
    await this.snapshot();
    this.options.warmUp();
  }

  /** Posts the whole view. Also used when the page has missed a patch. */
  async snapshot(): Promise<void> {
    this.patches.pause();
    const run = ++this.snapshotRuns;
    const { conversations } = this.options;
    const id = this.conversationId;
    const connection = await this.views.connection();
    const found = id ? await conversations.get(id) : undefined;
    const source = found?.forkedFrom && (await conversations.get(found.forkedFrom.conversationId));
    if (run !== this.snapshotRuns) return;
    // It was deleted, or remembered from another store: show a new conversation.
    if (id !== null && !found) return this.show(null);
    if (!this.visible) return;
    // No await from here to the post, so it can't change in between.
    const conversation = id ? (conversations.known(id) ?? found) : undefined;
    this.shown.load(conversation, source);
    this.quotes.changed();
    const view = this.views.panel({
      conversation,
      source,
      model: this.model,
      live: this.shown.progress,
      connection,
      quote: this.quotes.current,
      attachments: this.attachments,
    });
    this.shown.posted(view);
    this.patches.start(view);
    this.revealNow();
  }

  dispose(): void {
    this.subscription.dispose();
    this.shownConversation.dispose();
    this.hold?.dispose();
    this.patches.dispose();
    this.quotes.dispose();
    this.historyTimer?.dispose();
  }

  private enter(id: ConversationId | null): void {
    if (id === null) this.chosenModel = this.shown.current?.model ?? this.chosenModel;
    this.conversationId = id;
    this.shown.clear();
    this.toReveal = undefined;
    this.hold?.dispose();
    this.hold = id ? this.options.conversations.hold(id) : undefined;
    this.shownConversation.fire(id);
  }

  private revealNow(): void {
    const entryId = this.toReveal;
    if (entryId === undefined) return;
    this.toReveal = undefined;
    if (this.shown.has(entryId)) this.options.post({ type: 'reveal', entryId });
  }

  private onCoreEvent(event: CoreEvent): void {
    switch (event.type) {
      case 'conversationChanged':
        if (event.conversation.id === this.conversationId) this.shown.changed(event.conversation, event.change);
        else this.shown.sourceChanged(event.conversation.id, event.conversation);
        break;
      case 'conversationReloaded':
        if (event.conversationId === this.conversationId) this.shown.reloaded(event.conversation);
        else this.shown.sourceChanged(event.conversationId, event.conversation);
        break;
      case 'historyChanged':
        this.historyTimer ??= this.options.timers.after(HISTORY_EVERY_MS, () => this.notifyHistory());
        break;
      case 'turnProgressed':
        if (event.progress.conversationId === this.conversationId) this.shown.progressed(event.progress);
        break;
      case 'turnEnded':
        if (event.conversationId === this.conversationId) this.shown.progressed(null);
        break;
      case 'spendChanged':
        this.patches.change('budget', () => ({ type: 'budget', budget: this.views.budget() }));
        this.quotes.budgetChanged();
        break;
      case 'modelsChanged':
        this.shown.onHeader();
        break;
      case 'settingsChanged':
        if (this.visible) void this.snapshot();
        break;
      case 'circuitChanged':
        this.onCircuit();
        this.quotes.changed();
        break;
      case 'overran':
      case 'storeTrouble':
        this.patches.change('banner', () => ({ type: 'banner', banner: this.views.banner() }));
        break;
    }
  }

  private onModel(): void {
    this.patches.change('model', () => ({ type: 'model', model: this.views.model(this.model) }));
    this.onCircuit();
    this.quotes.changed();
  }

  private onCircuit(): void {
    this.patches.change('circuit', () => ({ type: 'circuit', circuit: this.views.circuit(this.model) }));
  }

  private notifyHistory(): void {
    this.historyTimer = undefined;
    if (this.visible) this.options.post({ type: 'historyChanged' });
  }
}
