import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import { type ConversationEvent, type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import type { EventOrigin } from '../journal/fold';
import type { Frame } from '../journal/frame';
import type { ProjectionFold } from './fold';

/** Maximum number of events that wait for their subject; far more than windows can lag behind each other. */
const WAITING_EVENTS = 10_000;
/** If the subject of an event has not appeared after this time, it is lost. */
const HOPELESS_MS = 60_000;

interface WaitingEvent {
  readonly origin: EventOrigin;
  readonly event: StoreEvent;
  /** Monotonic. */
  readonly sinceMs: number;
}

/**
 * Passes events to the projection's fold and keeps those whose conversation, message or reservation does not exist
 * yet. Journals are read one after the other, so an event can be read before the event it depends on.
 */
export class EventBuffer {
  private waiting: WaitingEvent[] = [];

  constructor(
    private readonly fold: ProjectionFold,
    private readonly clock: Clock,
  ) {}

  place({ writer, lamport }: Pick<Frame, 'writer' | 'lamport'>, events: readonly StoreEvent[]): void {
    events.forEach((event, index) => {
      const origin: EventOrigin = { writer, lamport, index };
      if (!this.fold.apply(origin, event)) this.waiting.push({ origin, event, sinceMs: this.clock.monotonicMs() });
    });
    if (this.waiting.length > MAX_WAITING_EVENTS) this.waiting.splice(0, this.waiting.length - MAX_WAITING_EVENTS);
  }

  /** Applies waiting events again. @returns the conversation events that could now be applied. */
  retry(): readonly ConversationEvent[] {
    const placed: ConversationEvent[] = [];
    for (let before = -1; before !== this.waiting.length && this.waiting.length > 0;) {
      before = this.waiting.length;
      this.waiting = this.waiting.filter(({ origin, event }) => {
        const isApplied = this.fold.apply(origin, event);
        if (isApplied && !isSpendEvent(event)) placed.push(event);
        return !isApplied;
      });
    }
    return placed;
  }

  /** @returns the conversations renumbered since the last call. */
  takeRenumbered(): readonly ConversationId[] {
    return this.fold.conversations.takeRenumbered();
  }

  /** Call after all journals are read: creates conversations for messages without one, so that they stay visible. */
  adoptOrphans(): void {
    this.retry();
    for (const { event } of this.waiting) if (event.type === 'message.added') this.fold.conversations.adopt(event);
    this.retry();
  }

  /** Whether waiting events may still become applicable. A snapshot taken now would lose them. */
  get isExpecting(): boolean {
    const nowMs = this.clock.monotonicMs();
    return this.waiting.some(({ sinceMs }) => nowMs - sinceMs < LOST_AFTER_MS);
  }
}
