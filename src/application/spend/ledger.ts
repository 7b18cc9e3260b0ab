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
  /** Settled on `dayUtc` or later, in all windows. */
  readonly todayNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
  /** Running estimate of this window's streaming replies. */
  readonly runningNanoUsd: NanoUsd;
  /** Worst cases of this window's running requests. */
  readonly reservedNanoUsd: NanoUsd;
  /** Worst cases of the day's requests that have no bill and don't run in this window. They count toward the limit. */
  readonly pendingNanoUsd: NanoUsd;
  readonly dailyLimitNanoUsd: NanoUsd | null;
  readonly monthlyLimitNanoUsd: NanoUsd | null;
  /** UTC day whose budget counts: today, or a later day if a window's clock was once ahead. */
  readonly dayUtc: string;
  /** The provider's limit of the key. Null: not checked yet, or no limit. */
  readonly key: KeyAllowance | null;
}

/** The key's limit at the provider. */
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

/** This window's copy of the spend book of all windows. Writes this window's charges. */
export class SpendLedger implements Disposable {
  /** For reading. Only this ledger applies events to it. */
  readonly book = new SpendBook();
  private position: number | undefined;
  private lastGaps: readonly SpendGap[] = [];
  /** Conversations whose old charges are loaded. */
  private readonly conversationsLoaded = new Set<ConversationId>();
  private readonly running = new Map<ReservationId, NanoUsd>();
  private key: KeyAllowance | null = null;
  private readonly subscription: Disposable;
  /** Set while a refresh after another window's spending runs. `again`: another one must follow. */
  private refreshing: { again: boolean } | undefined;

  constructor(private readonly options: SpendLedgerOptions) {
    this.subscription = options.store.onDidChange(({ spend }) => {
      if (spend) void this.follow();
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Where the last refresh may have missed spending. */
  get gaps(): readonly SpendGap[] {
    return this.lastGaps;
  }

  /** UTC day that spending counts toward now. Never before a day that any window has used. */
  get dayUtc(): string {
    const today = dayUtcOf(this.options.clock.nowMs());
    const { latestDay } = this.book;
    return latestDay !== undefined && latestDay > today ? latestDay : today;
  }

  /**
   * Reads what all windows have journaled since the last refresh. @returns where spending may have been missed.
   * @throws if the journals can't be listed.
   */
  async refresh(): Promise<readonly SpendGap[]> {
    const { events, position, gaps } = await this.options.store.spendEvents(this.position);
    this.book.apply(events);
    // Two refreshes may end in either order. Repeated events change nothing.
    this.position = Math.max(position, this.position ?? position);
    this.lastGaps = gaps;
    this.options.bus.fire({ type: 'spendChanged' });
    return gaps;
  }

  /** Loads a conversation's charges that `refresh` does not read because of their age, once. @throws if the projection can't be read. */
  async loadOldCharges(id: ConversationId): Promise<void> {
    if (this.conversationsLoaded.has(id)) return;
    this.book.apply(await this.options.store.spendOf(id));
    this.conversationsLoaded.add(id);
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

  /** Requests without a bill that don't run in this window. They may still run in another one. */
  pending(): readonly Reservation[] {
    return this.book.unsettled().filter(({ reserved }) => !this.running.has(reserved.reservationId));
  }

  /** Durable when it resolves; the request then counts as running. @throws StoreWriteError: nothing is reserved. */
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
   * The request has ended. `settledNanoUsd` is its stored settlement; without one its worst case stays pending.
   */
  async ended(id: ReservationId, settledNanoUsd?: NanoUsd): Promise<void> {
    this.running.delete(id);
    await this.refresh();
    if (settledNanoUsd !== undefined) this.reportOverrun(id, settledNanoUsd);
  }

  /** Only for requests that were provably never sent or never charged. @throws StoreWriteError: it stays pending. */
  async release(id: ReservationId): Promise<void> {
    this.running.delete(id);
    await this.options.store.commit([releaseOf(id, this.options.clock.nowMs())]);
    await this.refresh();
  }

  /** Settles a request after its end. Settlement and the reply's cost are one record. @throws StoreWriteError */
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
   * The user enters the cost of a request whose bill never arrived. A later bill replaces it.
   * @returns false if it is no longer pending. @throws RangeError unless 0 ≤ amount ≤ worst case.
   * @throws RefusedError if it can't be stored.
   */
  async settleByUser(id: ReservationId, costNanoUsd: NanoUsd): Promise<boolean> {
    const reservation = this.book.get(id);
    if (!reservation || !isOpen(reservation) || this.running.has(id)) return false;
    if (costNanoUsd < 0 || costNanoUsd > reservation.reserved.worstCaseNanoUsd)
      throw new RangeError(`amount is not between 0 and the worst case: ${costNanoUsd}`);
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

  /** The user allows a model again whose bill was above its worst case. @throws RefusedError if it can't be stored. */
  async acceptOverrun(model: ModelId): Promise<void> {
    const overrun = this.book.overruns().find((candidate) => candidate.model === model);
    // Not before the settlement, even if the clock was set back since.
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

  /** Keeps the meters of all windows in step. One refresh at a time, and one more for changes during it. */
  private async follow(): Promise<void> {
    if (this.refreshing) {
      this.refreshing.again = true;
      return;
    }
    const looking = { again: false };
    this.refreshing = looking;
    try {
      await this.refresh();
    } catch {
      // The meter keeps its last values. The next send refreshes again and reports the error.
    }
    this.refreshing = undefined;
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
