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

/** A provider's record comes late, more so after a stop. Afterwards it is asked for every ten minutes. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
const LAST_WAIT_MS = 600_000;

/** What to do after an answer. */
type Next = { readonly kind: 'done' } | { readonly kind: 'later'; readonly leastMs: number };

const DONE: Next = { kind: 'done' };
const LATER: Next = { kind: 'later', leastMs: 0 };

/**
 * Asks the provider for the bills that did not come with their replies: after a stop, a cut, or the crash of this
 * or another window. Until one comes, the worst case counts. Other windows may ask for the same: whoever hears
 * first settles, and hearing it twice changes nothing.
 */
export class BillReconciler implements Disposable {
  /** From the first wait until it is settled or given up: never two questions about one request at a time. */
  private readonly waiting = new Map<ReservationId, Disposable>();
  /** No answer can be had there with this key and address. */
  private readonly givenUp = new Set<ReservationId>();
  private isKeyRefused = false;
  /** One question at a time altogether, so that many open bills are not a burst of requests. */
  private asking: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly subscription: Disposable;

  constructor(private readonly options: BillReconcilerOptions) {
    this.subscription = options.bus.event((event) => {
      if (event.type === 'turnEnded') this.start();
      else if (event.type === 'settingsChanged') this.startAnew();
      else if (event.type === 'storeTrouble') void this.lookAgain();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.closing.abort();
    for (const timer of this.waiting.values()) timer.dispose();
  }

  /** Begins to ask for every bill that is open in the ledger's book and not asked for yet. Costs nothing without any. */
  start(): void {
    if (this.isKeyRefused) return;
    for (const { reserved, generationId } of this.options.ledger.pending()) {
      const id = reserved.reservationId;
      if (generationId !== null && !this.waiting.has(id) && !this.givenUp.has(id)) this.scheduleQuery(id, 0, 0);
    }
  }

  /** Another key or address may answer what the last one did not. */
  private startAnew(): void {
    this.isKeyRefused = false;
    this.givenUp.clear();
    this.start();
  }

  /** What could not be stored may be now, also the provider's id for a request: only with that can its bill be asked for. */
  private async lookAgain(): Promise<void> {
    try {
      await this.options.ledger.refresh();
      this.start();
    } catch (error) {
      this.options.log.warn(`open bills could not be looked for: ${String(error)}`);
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

  /** Never throws: what goes wrong is tried again. */
  private async ask(id: ReservationId, tries: number): Promise<void> {
    const next = await this.askOnce(id).catch((error: unknown) => {
      this.options.log.warn(`a bill could not be settled: ${String(error)}`);
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

  /** The server keeps no records: the reply's own tokens by the price list are the best that can be known. */
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

  /** What this program had worked out by itself from the text; null where the price or the question's length is not known. */
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
