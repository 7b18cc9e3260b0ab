import { type SpendBook, dayUtcOf, foldSpend, monthUtcOf, totalsOf } from '../domain/budget';
import type { Refusal } from '../domain/failure';
import type { ConversationId, MessageId, ModelId, ReservationId } from '../domain/ids';
import { type NanoUsd, ZERO_USD, addUsd } from '../domain/money';
import type { Clock, ConversationStore, Disposable, SettingsSource } from '../domain/ports';
import type { EventBus } from '../domain/productEvent';
import type { SpendEvent } from '../domain/storeEvent';

export interface SpendSummary {
  /** Settled today (UTC) in all windows. */
  readonly todayNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
  /** Running estimate of this window's streaming replies, not yet settled. */
  readonly runningNanoUsd: NanoUsd;
  /** Worst case of this window's running requests. */
  readonly reservedNanoUsd: NanoUsd;
  /** Worst case of requests that ended, or belong to a window that is gone, without a bill. */
  readonly pendingNanoUsd: NanoUsd;
  readonly dailyLimitNanoUsd: NanoUsd | null;
  readonly monthlyLimitNanoUsd: NanoUsd | null;
  /** UTC day whose budget counts: today, or later when a window's clock was once ahead. */
  readonly dayUtc: string;
  /** The account's own view of the key; null: not asked yet, or no limit. */
  readonly key: KeyAllowance | null;
}

/** What the provider says that the key may spend. */
export interface KeyAllowance {
  readonly limitNanoUsd: NanoUsd;
  readonly remainingNanoUsd: NanoUsd;
  /** `daily`, `weekly`, `monthly`; null: never. */
  readonly reset: string | null;
}

export interface ReservationRequest {
  readonly reservationId: ReservationId;
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly model: ModelId;
  readonly worstCaseNanoUsd: NanoUsd;
}

/**
 * The budget's gate and its book. A request is sent only after its worst case is durable and everything that
 * any window has settled or reserved still fits the limit: reserve first, then look, so that two windows that
 * do it at once see each other.
 */
export class SpendLedger implements Disposable {
  private book: SpendBook = new Map();
  private readonly running = new Map<ReservationId, NanoUsd>();
  private readonly subscription: Disposable;
  /** Another window has spent: a look is under way, and `again` when it spent once more meanwhile. */
  private looking: { again: boolean } | undefined;

  constructor(
    private readonly store: ConversationStore,
    private readonly settings: SettingsSource,
    private readonly clock: Clock,
    private readonly bus: EventBus,
  ) {
    this.subscription = store.onDidChange(({ spend }) => {
      if (spend) void this.follow();
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Reads what all windows have journaled since the last look. */
  async refresh(): Promise<void> {
    this.book = foldSpend(new Map(), (await this.store.spendEvents()).events);
    this.bus.fire({ type: 'spendChanged' });
  }

  summary(): SpendSummary {
    const now = this.clock.nowMs();
    const own = new Set(this.running.keys());
    const day = totalsOf(this.book, dayUtcOf(now), own);
    const { dailyLimitNanoUsd, monthlyLimitNanoUsd } = this.settings.current();
    return {
      todayNanoUsd: day.settledNanoUsd,
      monthNanoUsd: totalsOf(this.book, monthUtcOf(now)).settledNanoUsd,
      runningNanoUsd: addUsd(...this.running.values()),
      reservedNanoUsd: addUsd(...[...own].map((id) => this.book.get(id)?.event.worstCaseNanoUsd ?? ZERO_USD)),
      pendingNanoUsd: day.outstandingNanoUsd,
      dailyLimitNanoUsd,
      monthlyLimitNanoUsd,
      dayUtc: dayUtcOf(now),
      key: null,
    };
  }

  /** @returns why the request may not be sent; undefined when it may. @throws StoreWriteError. */
  async reserve(request: ReservationRequest): Promise<Refusal | undefined> {
    const atMs = this.clock.nowMs();
    await this.store.commit([{ type: 'spend.reserved', ...request, quote: null, dayUtc: dayUtcOf(atMs), atMs }]);
    this.running.set(request.reservationId, ZERO_USD);
    await this.refresh();
    const refusal = this.overLimit(request.worstCaseNanoUsd, atMs);
    if (refusal) await this.release(request.reservationId);
    return refusal;
  }

  /** The running estimate of a streaming reply, for the meters. */
  meter(id: ReservationId, estimate: NanoUsd): void {
    if (!this.running.has(id)) return;
    this.running.set(id, estimate);
    this.bus.fire({ type: 'spendChanged' });
  }

  /** The request is over; its settlement, if any, is already stored. Without one its worst case stays pending. */
  async ended(id: ReservationId): Promise<void> {
    this.running.delete(id);
    await this.refresh();
  }

  /** Only for what was provably never sent or never charged. */
  async release(id: ReservationId): Promise<void> {
    await this.store.commit([releaseOf(id, this.clock.nowMs())]);
    await this.ended(id);
  }

  /** The meters of all windows agree within moments of a charge; one look at a time, and one more for what came meanwhile. */
  private async follow(): Promise<void> {
    if (this.looking) {
      this.looking.again = true;
      return;
    }
    const looking = { again: false };
    this.looking = looking;
    try {
      await this.refresh();
    } catch {
      // The meter keeps what it knows. The next send looks again before it spends, and says why it cannot.
    }
    this.looking = undefined;
    if (looking.again) await this.follow();
  }

  private overLimit(worstCaseNanoUsd: NanoUsd, atMs: number): Refusal | undefined {
    const settings = this.settings.current();
    if (settings.budgetMode !== 'hard') return undefined;
    const periods = [
      { period: 'day', prefix: dayUtcOf(atMs), limit: settings.dailyLimitNanoUsd },
      { period: 'month', prefix: monthUtcOf(atMs), limit: settings.monthlyLimitNanoUsd },
    ] as const;
    for (const { period, prefix, limit } of periods) {
      if (limit === null) continue;
      const totals = totalsOf(this.book, prefix);
      // The book already holds this request's own reservation.
      if (addUsd(totals.settledNanoUsd, totals.outstandingNanoUsd) <= limit) continue;
      return { code: 'BUDGET_EXCEEDED', period, limitNanoUsd: limit, spentNanoUsd: totals.settledNanoUsd, worstCaseNanoUsd };
    }
    return undefined;
  }
}

export const releaseOf = (reservationId: ReservationId, atMs: number): SpendEvent => ({ type: 'spend.released', reservationId, atMs });
