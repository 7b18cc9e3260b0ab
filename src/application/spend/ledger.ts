import { type Reservation, SpendBook, dayUtcOf, monthOf } from '../../domain/budget';
import type { ConversationId, ModelId, ReservationId } from '../../domain/ids';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import type { Disposable } from '../../domain/emitter';
import type { SpendGap } from '../../domain/failure';
import type { SettingsSource } from '../../domain/ports/settings';
import type { EventWriter, SpendSource, StoreChanges } from '../../domain/ports/store';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import type { SpendEvent } from '../../domain/storeEvent';
import type { Conversations } from '../conversations/conversations';
import { storedOrRefused } from '../conversations/writeQueue';

export interface SpendSummary {
  /** Settled on `dayUtc` and later, in all windows. */
  readonly todayNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
  /** Running estimate of this window's streaming replies, not yet settled. */
  readonly runningNanoUsd: NanoUsd;
  /** Worst case of this window's running requests. */
  readonly reservedNanoUsd: NanoUsd;
  /** Worst case of the day's requests that are not running in this window and have no bill: they count against its limit. */
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

export type Settlement = Omit<Extract<SpendEvent, { type: 'spend.settled' }>, 'type' | 'reservationId' | 'atMs'>;

export interface SpendLedgerOptions {
  readonly store: EventWriter & SpendSource & StoreChanges;
  readonly conversations: Pick<Conversations, 'record'>;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  readonly bus: EventBus;
}

/** This window's copy of the book that all windows write together, and what this window writes into it. */
export class SpendLedger implements Disposable {
  /** To be read; only this ledger applies to it. */
  readonly book = new SpendBook();
  private position: number | undefined;
  private lastGaps: readonly SpendGap[] = [];
  /** Conversations whose old charges have been read. */
  private readonly recalled = new Set<ConversationId>();
  private readonly running = new Map<ReservationId, NanoUsd>();
  private key: KeyAllowance | null = null;
  private readonly subscription: Disposable;
  /** Another window has spent: a look is under way, and `again` when it spent once more meanwhile. */
  private looking: { again: boolean } | undefined;

  constructor(private readonly options: SpendLedgerOptions) {
    this.subscription = options.store.onDidChange(({ spend }) => {
      if (spend) void this.follow();
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Where spend may be that the last look could not see. */
  get gaps(): readonly SpendGap[] {
    return this.lastGaps;
  }

  /** UTC day that spending counts on now: never before one that any window has used. */
  get dayUtc(): string {
    const today = dayUtcOf(this.options.clock.nowMs());
    const { latestDay } = this.book;
    return latestDay !== undefined && latestDay > today ? latestDay : today;
  }

  /**
   * Reads what all windows have journaled since the last look. @returns where spend may be that could not be seen.
   * @throws when the journals cannot be listed.
   */
  async refresh(): Promise<readonly SpendGap[]> {
    const { events, position, gaps } = await this.options.store.spendEvents(this.position);
    this.book.apply(events);
    // Two looks at once may end in either order; events that come twice change nothing.
    this.position = Math.max(position, this.position ?? position);
    this.lastGaps = gaps;
    this.options.bus.fire({ type: 'spendChanged' });
    return gaps;
  }

  /** Charges of a conversation that are too old for the journals' reading, once. @throws when the database cannot be read. */
  async loadOldCharges(id: ConversationId): Promise<void> {
    if (this.recalled.has(id)) return;
    this.book.apply(await this.options.store.spendOf(id));
    this.recalled.add(id);
  }

  summary(): SpendSummary {
    const { dayUtc } = this;
    const day = this.book.spentIn(dayUtc);
    const own = [...this.running.keys()]
      .map((id) => this.book.get(id))
      .filter((reservation) => reservation !== undefined)
      .filter(isOpen);
    const { dailyLimitNanoUsd, monthlyLimitNanoUsd } = this.options.settings.current();
    return {
      todayNanoUsd: day.settledNanoUsd,
      monthNanoUsd: this.book.spentIn(monthOf(dayUtc)).settledNanoUsd,
      runningNanoUsd: addUsd(...this.running.values()),
      reservedNanoUsd: worstOf(own),
      pendingNanoUsd: nanoUsd(day.unsettledNanoUsd - worstOf(own.filter(({ reserved }) => reserved.dayUtc >= dayUtc))),
      dailyLimitNanoUsd,
      monthlyLimitNanoUsd,
      dayUtc,
      key: this.key,
    };
  }

  setKeyAllowance(key: KeyAllowance | null): void {
    this.key = key;
    this.options.bus.fire({ type: 'spendChanged' });
  }

  /** Requests without a bill that do not run in this window. They may still run in another one. */
  pending(): readonly Reservation[] {
    return this.book.unsettled().filter(({ reserved }) => !this.running.has(reserved.reservationId));
  }

  /** Durable when it resolves, and running from then on. @throws StoreWriteError: nothing is reserved. */
  async reserve(reservation: Omit<Extract<SpendEvent, { type: 'spend.reserved' }>, 'type' | 'atMs'>): Promise<void> {
    await this.options.store.commit([{ type: 'spend.reserved', ...reservation, atMs: this.options.clock.nowMs() }]);
    this.running.set(reservation.reservationId, ZERO_USD);
  }

  /** The running estimate of a streaming reply, for the meters. */
  meter(id: ReservationId, estimate: NanoUsd): void {
    if (!this.running.has(id)) return;
    this.running.set(id, estimate);
    this.options.bus.fire({ type: 'spendChanged' });
  }

  /**
   * The request is over. `settledNanoUsd` is its settlement, which is already stored; without one its worst case
   * stays pending.
   */
  async ended(id: ReservationId, settledNanoUsd?: NanoUsd): Promise<void> {
    this.running.delete(id);
    await this.refresh();
    if (settledNanoUsd !== undefined) this.reportOverrun(id, settledNanoUsd);
  }

  /** Only for what was provably never sent or never charged. @throws StoreWriteError: it stays pending. */
  async release(id: ReservationId): Promise<void> {
    this.running.delete(id);
    await this.options.store.commit([releaseOf(id, this.options.clock.nowMs())]);
    await this.refresh();
  }

  /** The bill came after the end: settlement and what the reply shows are one record. @throws StoreWriteError */
  async settle({ reserved }: Reservation, settlement: Settlement): Promise<void> {
    const { reservationId, conversationId, messageId } = reserved;
    const { costNanoUsd, source, usage, provider } = settlement;
    const atMs = this.options.clock.nowMs();
    await this.options.conversations.record([
      { type: 'spend.settled', reservationId, ...settlement, atMs },
      { type: 'reply.billed', conversationId, messageId, cost: { costNanoUsd, source }, usage, provider, atMs },
    ]);
    await this.refresh();
    this.reportOverrun(reservationId, costNanoUsd);
  }

  /**
   * The person says what a request has cost whose bill never came. A bill that comes later replaces it.
   * @returns false when it is not outstanding any more. @throws RangeError unless 0 ≤ amount ≤ its worst case.
   * @throws RefusedError when it cannot be stored.
   */
  async settleByUser(id: ReservationId, costNanoUsd: NanoUsd): Promise<boolean> {
    const reservation = this.book.get(id);
    if (!reservation || !isOpen(reservation) || this.running.has(id)) return false;
    if (costNanoUsd < 0 || costNanoUsd > reservation.reserved.worstCaseNanoUsd)
      throw new RangeError(`not within its worst case: ${costNanoUsd}`);
    const { generationId } = reservation;
    await storedOrRefused(() =>
      this.settle(reservation, {
        costNanoUsd,
        source: 'estimated',
        settledBy: 'person',
        estimateNanoUsd: null,
        usage: null,
        provider: null,
        generationId,
      }),
    );
    return true;
  }

  /** The person lets a model send again whose bill was higher than its worst case. @throws RefusedError when it cannot be stored. */
  async acceptOverrun(model: ModelId): Promise<void> {
    const overrun = this.book.overruns().find((candidate) => candidate.model === model);
    // Not before the settlement, even where the clock was set back since.
    const atMs = Math.max(this.options.clock.nowMs(), overrun?.atMs ?? 0);
    await storedOrRefused(() => this.options.store.commit([{ type: 'spend.overrunAccepted', model, atMs }]));
    await this.refresh();
  }

  private reportOverrun(id: ReservationId, billedNanoUsd: NanoUsd): void {
    const reserved = this.book.get(id)?.reserved;
    if (!reserved || billedNanoUsd <= reserved.worstCaseNanoUsd) return;
    this.options.bus.fire({
      type: 'overran',
      model: reserved.model,
      billedNanoUsd,
      worstCaseNanoUsd: reserved.worstCaseNanoUsd,
    });
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
}

export const releaseOf = (reservationId: ReservationId, atMs: number): SpendEvent => ({
  type: 'spend.released',
  reservationId,
  atMs,
});

const isOpen = ({ settled, released }: Reservation): boolean => !settled && !released;

const worstOf = (reservations: readonly Reservation[]): NanoUsd =>
  addUsd(...reservations.map(({ reserved }) => reserved.worstCaseNanoUsd));
