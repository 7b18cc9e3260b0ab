import { type Conversation, type ConversationSummary, type Message, activeBranch } from '../domain/conversation';
import { applyEvent } from '../domain/conversationMutator';
import type { ConversationId } from '../domain/ids';
import { type ConversationQuery, type ConversationStore, StoreWriteError } from '../domain/ports';
import type { EventBus } from '../domain/productEvent';
import type { ConversationEvent, StoreEvent } from '../domain/storeEvent';

/** Conversations kept in memory after they were last used; those with a running reply are kept beyond it. */
const KEPT_IN_MEMORY = 16;

/** Without a next write to carry them, unsaved events are tried again this often. */
const RETRY_MS = 5_000;
/** Unsaved events written in one record once writing works again; a record has an upper size. */
const EVENTS_PER_RECORD = 256;

interface Write {
  readonly events: readonly StoreEvent[];
  /** On screen already: kept in memory when the write fails, instead of dropped. */
  readonly keep: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const isConversationEvent = (event: StoreEvent): event is ConversationEvent => !event.type.startsWith('spend.');

/**
 * The open conversations of this window. Every change goes through here: stored first, then applied with the
 * domain's mutator, then told. Text of a running reply is applied at once and stored in steps (`applyLive`).
 */
export class Conversations {
  private readonly open = new Map<ConversationId, Conversation>();
  /** Events that are on screen and not on disk, because a write failed. They go first with the next write. */
  private unsaved: StoreEvent[] = [];
  private readonly writes: Write[] = [];
  private draining = false;
  private retryTimer: NodeJS.Timeout | undefined;
  private trouble: string | null = null;

  constructor(
    private readonly store: ConversationStore,
    private readonly bus: EventBus,
  ) {}

  /** Why something on screen is not on disk, or cannot be; null while all is well. */
  get storeTrouble(): string | null {
    return this.trouble;
  }

  /** Asks the store how it is, and tells whoever listens. */
  async checkStore(): Promise<void> {
    const state = await this.store.state();
    const reason = state.kind === 'readOnly' ? state.reason : state.warnings.join(' ');
    this.tellTrouble(reason === '' ? null : reason);
  }

  async get(id: ConversationId): Promise<Conversation | undefined> {
    const known = this.open.get(id);
    if (known) return known;
    const loaded = await this.store.load(id);
    // A reply may have started while the load ran: what is open is newer than what was read.
    const conversation = this.open.get(id) ?? loaded;
    if (conversation) this.keep(conversation);
    return conversation;
  }

  async list(query?: ConversationQuery): Promise<readonly ConversationSummary[]> {
    const stored = await this.store.conversations(query);
    return stored.map((summary) => this.open.get(summary.id) ?? summary);
  }

  async activeBranch(id: ConversationId): Promise<readonly Message[] | undefined> {
    const conversation = await this.get(id);
    return conversation && activeBranch(conversation);
  }

  /** Durable before it is applied. @throws StoreWriteError and applies nothing. */
  async record(events: readonly StoreEvent[]): Promise<void> {
    await this.write(events, false);
    this.apply(events);
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
      await this.write(events, true);
    } catch (error) {
      if (!(error instanceof StoreWriteError)) throw error;
      this.tellTrouble(error.reason);
    }
  }

  nextRunNumber(): Promise<number> {
    return this.store.nextRunNumber();
  }

  private write(events: readonly StoreEvent[], keep: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.writes.push({ events, keep, resolve, reject });
      if (!this.draining) void this.drain();
    });
  }

  /**
   * One write at a time, and what waits meanwhile goes out together. Two at once could store a later piece of a
   * reply after an earlier one has failed: on replay that piece would stand behind a gap.
   */
  private async drain(): Promise<void> {
    this.draining = true;
    while (this.writes.length > 0) {
      const batch = this.writes.splice(0);
      try {
        await this.writeUnsaved();
        const events = batch.flatMap((write) => write.events);
        if (events.length > 0) await this.store.commit(events);
        for (const write of batch) write.resolve();
      } catch (error) {
        for (const write of batch) {
          if (write.keep) this.unsaved.push(...write.events);
          write.reject(error);
        }
      }
    }
    this.draining = false;
    if (this.unsaved.length > 0) this.retrySoon();
  }

  private retrySoon(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.flush(), RETRY_MS);
    this.retryTimer.unref();
  }

  /** Tries once more to store what is only in memory: also the last thing before the window closes. */
  async flush(): Promise<void> {
    clearTimeout(this.retryTimer);
    if (this.unsaved.length > 0) await this.storeLive([]);
  }

  private async writeUnsaved(): Promise<void> {
    const hadUnsaved = this.unsaved.length > 0;
    while (this.unsaved.length > 0) {
      await this.store.commit(this.unsaved.slice(0, EVENTS_PER_RECORD));
      this.unsaved.splice(0, EVENTS_PER_RECORD);
    }
    if (hadUnsaved) this.tellTrouble(null);
  }

  private tellTrouble(reason: string | null): void {
    if (reason === this.trouble) return;
    this.trouble = reason;
    this.bus.fire({ type: 'storeTrouble', reason });
  }

  private apply(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (!isConversationEvent(event)) continue;
      const before = this.open.get(event.conversationId);
      const after = applyEvent(before, event);
      if (!after || after === before) continue;
      this.keep(after);
      this.bus.fire({ type: 'conversationChanged', conversation: after, change: event });
    }
  }

  private keep(conversation: Conversation): void {
    this.open.delete(conversation.id);
    this.open.set(conversation.id, conversation);
    for (const [id, candidate] of this.open) {
      if (this.open.size <= KEPT_IN_MEMORY) break;
      if (![...candidate.messages.values()].some((m) => m.state === 'streaming')) this.open.delete(id);
    }
  }
}
