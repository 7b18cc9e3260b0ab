import {
  type Conversation,
  type ConversationStatus,
  type ConversationSummary,
  type Message,
  activeBranch,
} from '../../domain/conversation';
import { applyEvent, withNewer } from '../../domain/conversationMutator';
import type { ConversationId, MessageId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import {
  type ConversationQuery,
  type ConversationReader,
  type EventWriter,
  type HistorySearch,
  type StoreChanges,
  type StoreInspector,
  StoreWriteError,
  type TurnClaimer,
} from '../../domain/ports/store';
import type { EventBus } from '../../domain/coreEvent';
import type { SearchQuery, SearchResult } from '../../domain/search';
import { type ConversationEvent, type StoreEvent, isConversationEvent } from '../../domain/storeEvent';
import { type StoreWarning, isSameWarnings } from '../../domain/storeTrouble';
import { ConversationCache } from './cache';
import { WriteQueue } from './writeQueue';

/** What a list of conversations shows does not change with the text of a running reply or the branch that is shown. */
const changesHistory = (event: StoreEvent): boolean =>
  isConversationEvent(event) && event.type !== 'reply.appended' && event.type !== 'branch.chosen';

/**
 * The open conversations of this window. Every change goes through here: stored first, then applied with the
 * domain's mutator, then told. Text of a running reply is applied at once and stored in steps (`applyLive`).
 * What other windows write is read anew, and never takes away what this window knows and the disk does not.
 */
export class Conversations implements Disposable {
  private readonly open = new ConversationCache();
  /** Replies that stream in this window. */
  private readonly live = new Map<MessageId, ConversationId>();
  private readonly loading = new Map<ConversationId, Promise<Conversation | undefined>>();
  private readonly reloading = new Map<ConversationId, { again: boolean }>();
  /** Reloads that have replaced something, ever: a record that was on its way meanwhile may have been overtaken. */
  private reloads = 0;
  private readonly queue: WriteQueue;
  private readonly subscription: Disposable;
  private warnings: readonly StoreWarning[] = [];

  constructor(
    private readonly store: EventWriter &
      ConversationReader &
      HistorySearch &
      TurnClaimer &
      StoreChanges &
      Pick<StoreInspector, 'state'>,
    private readonly bus: EventBus,
  ) {
    this.queue = new WriteQueue(
      store,
      (lost) => this.reportTrouble(lost ? [{ kind: 'notSaved', reason: lost }] : []),
      () => void this.flush(),
    );
    this.subscription = store.onDidChange(({ conversationIds }) => this.changedElsewhere(conversationIds));
  }

  /** Current problems of the store; empty while everything is stored. */
  get storeWarnings(): readonly StoreWarning[] {
    return this.warnings;
  }

  /** Asks the store for its state and reports problems on the bus. */
  async checkStore(): Promise<void> {
    const state = await this.store.state();
    this.reportTrouble(state.kind === 'readOnly' ? [state] : state.warnings);
  }

  /** Undefined for one that is not there or was deleted. */
  async get(id: ConversationId): Promise<Conversation | undefined> {
    const conversation = await this.getEvenDeleted(id);
    return conversation?.deleted ? undefined : conversation;
  }

  /** Also one that was deleted and can come back. */
  async getEvenDeleted(id: ConversationId): Promise<Conversation | undefined> {
    const known = this.open.get(id);
    if (known) return known;
    const loading = this.loading.get(id) ?? this.load(id).finally(() => this.loading.delete(id));
    this.loading.set(id, loading);
    return loading;
  }

  /** What is in memory now, without a wait in which it could change. */
  known(id: ConversationId): Conversation | undefined {
    const conversation = this.open.get(id);
    return conversation?.deleted ? undefined : conversation;
  }

  /** Keeps the conversation in memory once it is loaded, and so in step with other windows, until disposed. */
  hold(id: ConversationId): Disposable {
    return this.open.hold(id);
  }

  async list(query?: ConversationQuery): Promise<readonly ConversationSummary[]> {
    const stored = await this.store.conversations(query);
    return stored.map((summary) => {
      const open = this.open.get(summary.id);
      if (!open || open.runNumber === summary.runNumber) return open ?? summary;
      // Two windows took the same number at once, and this one's is the next now.
      this.reload(summary.id);
      return summary;
    });
  }

  count(status?: ConversationStatus): Promise<number> {
    return this.store.countConversations(status);
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return this.store.search(query);
  }

  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]> {
    return this.store.searchTitles(query);
  }

  /** The conversation that a message was written in, whichever forks share it. */
  ownerOf(id: MessageId): Promise<ConversationId | undefined> {
    return this.store.conversationOf(id);
  }

  async activeBranch(id: ConversationId): Promise<readonly Message[] | undefined> {
    const conversation = await this.get(id);
    return conversation && activeBranch(conversation);
  }

  /** Durable before it is applied. @throws StoreWriteError and applies nothing. */
  async record(events: readonly StoreEvent[]): Promise<void> {
    const reloads = this.reloads;
    await this.queue.write(events, false);
    this.apply(events);
    for (const id of conversationsIn(events)) {
      const reloading = this.reloading.get(id);
      if (reloading) reloading.again = true;
      else if (this.reloads !== reloads) this.reload(id);
    }
  }

  /** Applied at once; the caller stores it later with `storeLive`. */
  applyLive(event: ConversationEvent): void {
    this.apply([event]);
  }

  /**
   * Stores what has been applied before. A failed write loses nothing: the events stay in memory, the trouble
   * is told, and they go out with the next write.
   */
  async storeLive(events: readonly StoreEvent[]): Promise<void> {
    try {
      await this.queue.write(events, true);
    } catch (error) {
      if (!(error instanceof StoreWriteError)) throw error;
      this.reportTrouble([{ kind: 'notSaved', reason: error.reason }]);
    }
  }

  nextRunNumber(): Promise<number> {
    return this.store.nextRunNumber();
  }

  /** Another window, or an import, has written these into the store: what is open of them is read anew. */
  changedElsewhere(ids: ReadonlySet<ConversationId>): void {
    for (const id of ids) if (this.open.has(id) || this.loading.has(id)) this.reload(id);
    if (ids.size > 0) this.bus.fire({ type: 'historyChanged' });
  }

  /** @returns undefined while another window has a turn there. */
  claimTurn(id: ConversationId): Promise<Disposable | undefined> {
    return this.store.claimTurn(id);
  }

  /** Tries once more to store what is only in memory: also the last thing before the window closes. */
  async flush(): Promise<void> {
    this.queue.cancelRetry();
    if (this.queue.hasUnsaved) await this.storeLive([]);
  }

  dispose(): void {
    this.subscription.dispose();
    this.queue.cancelRetry();
  }

  private reportTrouble(warnings: readonly StoreWarning[]): void {
    if (isSameWarnings(warnings, this.warnings)) return;
    this.warnings = warnings;
    this.bus.fire({ type: 'storeTrouble', warnings });
  }

  private apply(events: readonly StoreEvent[]): void {
    for (const event of events.filter(isConversationEvent)) {
      if (event.type === 'message.added' && event.state === 'streaming')
        this.live.set(event.messageId, event.conversationId);
      if (event.type === 'reply.ended') this.live.delete(event.messageId);
      const before = this.open.get(event.conversationId);
      // The mutator alone knows no messages that a fork shares: a new fork is read from the store when it is asked for.
      const after = event.type === 'conversation.created' && event.forkedFrom ? before : applyEvent(before, event);
      if (!after || after === before) continue;
      this.keep(after);
      this.bus.fire({ type: 'conversationChanged', conversation: after, change: event });
      // Another window deleted it while its reply streamed here, and it stayed until that was over.
      if (event.type === 'reply.ended' && after.deleted)
        this.bus.fire({ type: 'conversationReloaded', conversationId: after.id, conversation: undefined });
    }
    if (events.some(changesHistory)) this.bus.fire({ type: 'historyChanged' });
  }

  private async load(id: ConversationId): Promise<Conversation | undefined> {
    const loaded = await this.store.load(id);
    // A reply may have started, or another window written, while the load ran: what is open is newer than what was read.
    const conversation = this.open.get(id) ?? loaded;
    if (conversation) this.keep(conversation);
    return conversation;
  }

  /** One at a time; however often it is asked for meanwhile, it runs once more. */
  private reload(id: ConversationId): void {
    const running = this.reloading.get(id);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: false };
    this.reloading.set(id, state);
    this.reloadOnce(id)
      .catch((error: unknown) => this.reportTrouble([{ kind: 'reloadFailed', detail: String(error) }]))
      .finally(() => {
        this.reloading.delete(id);
        if (state.again) this.reload(id);
      });
  }

  private async reloadOnce(id: ConversationId): Promise<void> {
    const aheadBefore = this.aheadIn(id);
    const read = await this.store.load(id);
    const known = this.open.get(id);
    if (!read) return;
    const ahead = new Set([...aheadBefore, ...this.aheadIn(id)]);
    const newer = known
      ? [...ahead].map((message) => known.messages.get(message)).filter((message) => message !== undefined)
      : [];
    const conversation = withNewer(read, newer, known?.updatedAtMs ?? 0);
    this.reloads += 1;
    this.keep(conversation);
    const isGone = conversation.deleted && !this.streamsIn(id);
    this.bus.fire({
      type: 'conversationReloaded',
      conversationId: id,
      conversation: isGone ? undefined : conversation,
    });
  }

  /** Messages of which this window knows more than the disk does. */
  private aheadIn(id: ConversationId): readonly MessageId[] {
    const streaming = [...this.live].filter(([, conversation]) => conversation === id).map(([message]) => message);
    const unstored = this.queue.ahead.flatMap((event) =>
      'messageId' in event && 'conversationId' in event && event.conversationId === id ? [event.messageId] : [],
    );
    return [...streaming, ...unstored];
  }

  private streamsIn(id: ConversationId): boolean {
    return [...this.live.values()].includes(id);
  }

  private keep(conversation: Conversation): void {
    this.open.keep(conversation, [...this.live.values(), ...conversationsIn(this.queue.ahead)]);
  }
}

const conversationsIn = (events: readonly StoreEvent[]): ReadonlySet<ConversationId> =>
  new Set(events.filter(isConversationEvent).map((event) => event.conversationId));
