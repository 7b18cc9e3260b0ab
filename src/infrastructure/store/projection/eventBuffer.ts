import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import { type ConversationEvent, type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import type { EventOrigin } from '../journal/fold';
import type { Frame } from '../journal/frame';
import type { ProjectionFold } from './fold';

/** Events kept for what they are about to come; far more than windows can be apart. */
const WAITING_EVENTS = 10_000;
/** What an event is about has been lost when it did not come in this time. */
const HOPELESS_MS = 60_000;

interface WaitingEvent {
  readonly origin: EventOrigin;
  readonly event: StoreEvent;
  /** Monotonic. */
  readonly sinceMs: number;
}

/**
 * Brings events to the projection's fold and keeps those whose conversation, message or reservation is not there yet:
 * journals are read one after the other, so an event may be met before what another window wrote first.
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
    if (this.waiting.length > WAITING_EVENTS) this.waiting.splice(0, this.waiting.length - WAITING_EVENTS);
  }

  /** Tries those that wait again. @returns the conversation events that found their place now. */
  retry(): readonly ConversationEvent[] {
    const placed: ConversationEvent[] = [];
    for (let before = -1; before !== this.waiting.length && this.waiting.length > 0;) {
      before = this.waiting.length;
      this.waiting = this.waiting.filter(({ origin, event }) => {
        const fits = this.fold.apply(origin, event);
        if (fits && !isSpendEvent(event)) placed.push(event);
        return !fits;
      });
    }
    return placed;
  }

  /** @returns the conversations that took another run number since. */
  takeRenumbered(): readonly ConversationId[] {
    return this.fold.conversations.takeRenumbered();
  }

  /** After everything was read: messages whose conversation is nowhere get one, because they must be seen. */
  adoptOrphans(): void {
    this.retry();
    for (const { event } of this.waiting) if (event.type === 'message.added') this.fold.conversations.adopt(event);
    this.retry();
  }

  /** Some may still find their place. A snapshot now would stand behind them, and they would never. */
  get isExpecting(): boolean {
    const nowMs = this.clock.monotonicMs();
    return this.waiting.some(({ sinceMs }) => nowMs - sinceMs < HOPELESS_MS);
  }
}
