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

/** Streamed text and the selected branch don't appear in the list of conversations. */
const changesHistory = (event: StoreEvent): boolean =>
  isConversationEvent(event) && event.type !== 'reply.appended' && event.type !== 'branch.chosen';

/**
 * The loaded conversations of this window. All changes go through here: they are stored, applied with the domain's mutator,
 * then reported. Text of a running reply is applied at once and stored in steps (`applyLive`). Changes by other windows are
 * reloaded without losing what this window has not stored yet.
 */
export class Conversations implements Disposable {
  private readonly open = new ConversationCache();
  /** Replies streaming in this window. */
  private readonly live = new Map<MessageId, ConversationId>();
  private readonly loading = new Map<ConversationId, Promise<Conversation | undefined>>();
  private readonly reloading = new Map<ConversationId, { again: boolean }>();
  /** Number of reloads so far. A write during which it grew may have been overtaken by a reload. */
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

  /** Undefined if it does not exist or was deleted. */
  async get(id: ConversationId): Promise<Conversation | undefined> {
    const conversation = await this.getEvenDeleted(id);
    return conversation?.deleted ? undefined : conversation;
  }

  /** Like `get`, but also returns deleted conversations, which can be restored. */
  async getEvenDeleted(id: ConversationId): Promise<Conversation | undefined> {
    const known = this.open.get(id);
    if (known) return known;
    const loading = this.loading.get(id) ?? this.load(id).finally(() => this.loading.delete(id));
    this.loading.set(id, loading);
    return loading;
  }

  /** The conversation if it is in memory. Synchronous, so it can't change meanwhile. */
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
      // Two windows took the same number at once, so this one now has the next.
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

  /** The conversation that a message belongs to, even if forks share it. */
  ownerOf(id: MessageId): Promise<ConversationId | undefined> {
    return this.store.conversationOf(id);
  }

  async activeBranch(id: ConversationId): Promise<readonly Message[] | undefined> {
    const conversation = await this.get(id);
    return conversation && activeBranch(conversation);
  }

  /** Stores the events durably, then applies them. @throws StoreWriteError: nothing is applied. */
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

  /** Applies an event at once. The caller stores it later with `storeLive`. */
  applyLive(event: ConversationEvent): void {
    this.apply([event]);
  }

  /**
   * Stores events that are already applied. If a write fails, they stay in memory, the problem is reported, and the next
   * write includes them.
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

  /** Another window or an import changed these conversations. Reloads those in memory. */
  changedElsewhere(ids: ReadonlySet<ConversationId>): void {
    for (const id of ids) if (this.open.has(id) || this.loading.has(id)) this.reload(id);
    if (ids.size > 0) this.bus.fire({ type: 'historyChanged' });
  }

  /** @returns undefined while another window runs a turn in it. */
  claimTurn(id: ConversationId): Promise<Disposable | undefined> {
    return this.store.claimTurn(id);
  }

  /** Tries again to store what is only in memory. Also called before the window closes. */
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
      // The mutator does not know the messages that a fork shares, so a new fork is loaded from the store when needed.
      const after = event.type === 'conversation.created' && event.forkedFrom ? before : applyEvent(before, event);
      if (!after || after === before) continue;
      this.keep(after);
      this.bus.fire({ type: 'conversationChanged', conversation: after, change: event });
      // Another window deleted it while a reply streamed here, so it was kept until now.
      if (event.type === 'reply.ended' && after.deleted)
        this.bus.fire({ type: 'conversationReloaded', conversationId: after.id, conversation: undefined });
    }
    if (events.some(changesHistory)) this.bus.fire({ type: 'historyChanged' });
  }

  private async load(id: ConversationId): Promise<Conversation | undefined> {
    const loaded = await this.store.load(id);
    // A conversation that was loaded or changed meanwhile is newer than what was read.
    const conversation = this.open.get(id) ?? loaded;
    if (conversation) this.keep(conversation);
    return conversation;
  }

  /** One reload at a time. Requests during it cause exactly one more. */
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

  /** Messages that are newer in this window than in the store. */
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
