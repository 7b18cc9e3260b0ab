import type { Reservation } from '../../domain/budget';
import type { Message } from '../../domain/conversation';
import type { GenerationId, ReservationId } from '../../domain/ids';
import { type NanoUsd, toNanoUsd } from '../../domain/money';
import type { Disposable } from '../../domain/emitter';
import type { ChatProvider, GenerationAnswer } from '../../domain/ports/provider';
import type { Logger, Timers } from '../../domain/ports/system';
import { estimateSoFar, estimateCost } from '../../domain/price';
import type { EventBus } from '../../domain/coreEvent';
import type { Conversations } from '../conversations/conversations';
import type { ModelCatalogue } from '../models/catalogue';
import type { SpendLedger } from './ledger';

export interface BillReconcilerOptions {
  readonly provider: Pick<ChatProvider, 'generation'>;
  readonly ledger: SpendLedger;
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly bus: EventBus;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Records appear late, even later after a stop. After these waits the bill is requested every ten minutes. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
const LAST_WAIT_MS = 600_000;

/** What to do after a response. */
type Next = { readonly kind: 'done' } | { readonly kind: 'later'; readonly leastMs: number };

const DONE: Next = { kind: 'done' };
const LATER: Next = { kind: 'later', leastMs: 0 };

/**
 * Requests bills that did not arrive with their replies: after a stop, an interruption, or the crash of any window. Until
 * a bill arrives, the worst case counts. Several windows may request the same bill; settling twice changes nothing.
 */
export class BillReconciler implements Disposable {
  /** Timers by request, from the first wait until it is settled or given up: one query per request at a time. */
  private readonly waiting = new Map<ReservationId, Disposable>();
  /** Requests for which this key and address can't provide a bill. */
  private readonly givenUp = new Set<ReservationId>();
  private isKeyRefused = false;
  /** One query at a time, so that many pending bills don't cause a burst of requests. */
  private asking: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly subscription: Disposable;

  constructor(private readonly options: BillReconcilerOptions) {
    this.subscription = options.bus.event((event) => {
      if (event.type === 'turnEnded') this.start();
      else if (event.type === 'settingsChanged') this.startAnew();
      else if (event.type === 'storeTrouble') void this.refreshAndStart();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.closing.abort();
    for (const timer of this.waiting.values()) timer.dispose();
  }

  /** Schedules queries for all pending bills that have none. Does nothing if there are none. */
  start(): void {
    if (this.isKeyRefused) return;
    for (const { reserved, generationId } of this.options.ledger.pending()) {
      const id = reserved.reservationId;
      if (generationId !== null && !this.waiting.has(id) && !this.givenUp.has(id)) this.scheduleQuery(id, 0, 0);
    }
  }

  /** Another key or address may provide what the last one did not. */
  private startAnew(): void {
    this.isKeyRefused = false;
    this.givenUp.clear();
    this.start();
  }

  /** What could not be stored before may be stored now, including generation ids, without which no bill can be requested. */
  private async refreshAndStart(): Promise<void> {
    try {
      await this.options.ledger.refresh();
      this.start();
    } catch (error) {
      this.options.log.warn(`could not look for pending bills: ${String(error)}`);
    }
  }

  private scheduleQuery(id: ReservationId, tries: number, leastMs: number): void {
    if (this.closing.signal.aborted) return;
    const waitMs = Math.max(WAITS_MS[tries] ?? LAST_WAIT_MS, leastMs);
    const timer = this.options.timers.after(waitMs, () => {
      this.asking = this.asking.then(() => this.ask(id, tries));
    });
    this.waiting.set(id, timer);
  }

  /** Never throws; errors are retried. */
  private async ask(id: ReservationId, tries: number): Promise<void> {
    const next = await this.askOnce(id).catch((error: unknown) => {
      this.options.log.warn(`could not settle a bill: ${String(error)}`);
      return LATER;
    });
    if (next.kind === 'done') this.waiting.delete(id);
    else this.scheduleQuery(id, tries + 1, next.leastMs);
  }

  private async askOnce(id: ReservationId): Promise<Next> {
    const reservation = this.options.ledger.pending().find(({ reserved }) => reserved.reservationId === id);
    if (!reservation?.generationId || this.isKeyRefused || this.closing.signal.aborted) return DONE;
    const answer = await this.options.provider.generation(reservation.generationId, this.closing.signal);
    switch (answer.kind) {
      case 'billed':
        return this.settleReported(reservation, reservation.generationId, answer);
      case 'unsupported':
        return this.settleEstimated(reservation, reservation.generationId);
      case 'notYet':
        return LATER;
      case 'failed':
        this.isKeyRefused = answer.failure.code === 'AUTH';
        return this.isKeyRefused ? DONE : { kind: 'later', leastMs: answer.failure.retryAfterMs ?? 0 };
    }
  }

  private async settleReported(
    reservation: Reservation,
    generationId: GenerationId,
    bill: Extract<GenerationAnswer, { kind: 'billed' }>,
  ): Promise<Next> {
    const { usage, provider } = bill;
    const estimateNanoUsd = await this.ownEstimate(reservation);
    const costNanoUsd = toNanoUsd(bill.cost, 'nearest');
    await this.options.ledger.settle(reservation, {
      costNanoUsd,
      source: 'reported',
      settledBy: 'generation',
      estimateNanoUsd,
      usage,
      provider,
      generationId,
    });
    return DONE;
  }

  /** The server keeps no records, so the reply's tokens are priced by the price list. */
  private async settleEstimated(reservation: Reservation, generationId: GenerationId): Promise<Next> {
    const { reserved } = reservation;
    const usage = (await this.replyOf(reservation))?.usage;
    const listing = usage && (await this.options.catalogue.list());
    const price = usage && this.options.catalogue.known(reserved.model)?.price;
    if (price) {
      const estimateNanoUsd = await this.ownEstimate(reservation);
      const costNanoUsd = estimateCost(price, usage, reserved.atMs);
      await this.options.ledger.settle(reservation, {
        costNanoUsd,
        source: 'estimated',
        settledBy: 'stream',
        estimateNanoUsd,
        usage,
        provider: null,
        generationId,
      });
    } else if (listing?.kind === 'stale') {
      return LATER;
    } else {
      this.givenUp.add(reserved.reservationId);
    }
    return DONE;
  }

  /** This program's own estimate from the text. Null if the price or the prompt's length is unknown. */
  private async ownEstimate(reservation: Reservation): Promise<NanoUsd | null> {
    const { model, quote, atMs } = reservation.reserved;
    const price = this.options.catalogue.known(model)?.price;
    const reply = price && quote && (await this.replyOf(reservation));
    return reply ? estimateSoFar(price, quote.promptTokens, reply.content.length + reply.reasoning.length, atMs) : null;
  }

  private async replyOf({ reserved }: Reservation): Promise<Message | undefined> {
    return (await this.options.conversations.getEvenDeleted(reserved.conversationId))?.messages.get(reserved.messageId);
  }
}
