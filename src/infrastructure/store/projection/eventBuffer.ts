import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import { type ConversationEvent, type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import type { EventOrigin } from '../journal/fold';
import type { Frame } from '../journal/frame';
import type { ProjectionFold } from './fold';

/** Limit of buffered events, far more than windows can be apart. */
const MAX_WAITING_EVENTS = 10_000;
/** If the subject of an event has not arrived after this time, it is lost. */
const LOST_AFTER_MS = 60_000;

interface WaitingEvent {
  readonly origin: EventOrigin;
  readonly event: StoreEvent;
  /** Monotonic. */
  readonly sinceMs: number;
}

/**
 * Passes events to the fold and keeps those whose conversation, message or reservation has not arrived: journals are
 * read one after the other, so an event may be read before what it refers to.
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

  /** Tries the buffered events again. @returns the conversation events that were applied. */
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

  /** @returns the conversations that got another run number since the last call. */
  takeRenumbered(): readonly ConversationId[] {
    return this.fold.conversations.takeRenumbered();
  }

  /** When everything was read: creates conversations for messages that have none, so that they are visible. */
  adoptOrphans(): void {
    this.retry();
    for (const { event } of this.waiting) if (event.type === 'message.added') this.fold.conversations.adopt(event);
    this.retry();
  }

  /**
   * Whether buffered events may still be applied. A snapshot taken now would be positioned behind them, and they would
   * be lost.
   */
  get mayStillApply(): boolean {
    const nowMs = this.clock.monotonicMs();
    return this.waiting.some(({ sinceMs }) => nowMs - sinceMs < LOST_AFTER_MS);
  }
}
