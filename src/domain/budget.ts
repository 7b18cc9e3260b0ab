import { settlementRank } from './charge';
import type { ConversationId, GenerationId, ModelId, ReservationId } from './ids';
import { type NanoUsd, ZERO_USD, nanoUsd } from './money';
import type { SpendEvent } from './storeEvent';

type Reserved = Extract<SpendEvent, { type: 'spend.reserved' }>;
type Settled = Extract<SpendEvent, { type: 'spend.settled' }>;

/** One reservation. It is unsettled until a settlement or a release replaces it. */
export interface Reservation {
  readonly reserved: Reserved;
  /** The one that counts where several were journaled. */
  readonly settled: Settled | undefined;
  /** A release has no effect on a settled reservation. */
  readonly released: boolean;
  /** The provider's id of the generation once known; the bill is requested with it. */
  readonly generationId: GenerationId | null;
}

export interface SpendSums {
  readonly settledNanoUsd: NanoUsd;
  /** Worst cases of everything that is neither settled nor released: reserved for running requests, or pending. */
  readonly unsettledNanoUsd: NanoUsd;
}

/** A bill above the request's worst case. */
export interface Overrun {
  readonly model: ModelId;
  readonly billedNanoUsd: NanoUsd;
  readonly worstCaseNanoUsd: NanoUsd;
  /** When it was settled, wall clock. */
  readonly atMs: number;
}

const NOTHING: SpendSums = { settledNanoUsd: ZERO_USD, unsettledNanoUsd: ZERO_USD };

interface Entry {
  reserved: Reserved | undefined;
  settled: Settled | undefined;
  released: boolean;
  generationId: GenerationId | null;
}

/**
 * What all windows together have reserved and settled. Events may be applied in any order between journals (a
 * settlement waits for its reservation) and any number of times: the same events always give the same book. Sums are
 * kept up to date, so reading them is cheap.
 */
export class SpendBook {
  private readonly entries = new Map<ReservationId, Entry>();
  private readonly open = new Set<ReservationId>();
  private readonly overrun = new Set<ReservationId>();
  private readonly acceptedAtMs = new Map<ModelId, number>();
  private readonly byDay = new Map<string, SpendSums>();
  private readonly byConversation = new Map<ConversationId, SpendSums>();
  private latest: string | undefined;

  /** Latest UTC day that any window has ever used; undefined before the first reservation. */
  get latestDay(): string | undefined {
    return this.latest;
  }

  apply(events: readonly SpendEvent[]): void {
    for (const event of events) {
      if (event.type === 'spend.overrunAccepted')
        this.acceptedAtMs.set(event.model, Math.max(event.atMs, this.acceptedAtMs.get(event.model) ?? event.atMs));
      else this.change(event);
    }
  }

  /**
   * Spend of a UTC day (`2026-11-20`) or month (`2026-11`) and everything after it. Later dates come from a wrong clock;
   * that money was spent all the same, so it counts now.
   */
  spentIn(period: string): SpendSums {
    let sums = NOTHING;
    for (const [day, ofDay] of this.byDay) if (day >= period) sums = plus(sums, ofDay);
    return sums;
  }

  ofConversation(id: ConversationId): SpendSums {
    return this.byConversation.get(id) ?? NOTHING;
  }

  /** Undefined while only a settlement or release is known. */
  get(id: ReservationId): Reservation | undefined {
    return asReservation(this.entries.get(id));
  }

  /** Neither settled nor released. */
  unsettled(): readonly Reservation[] {
    return [...this.open].map((id) => this.get(id)).filter((reservation) => reservation !== undefined);
  }

  /** The last overrun of each model, unless the user has accepted it since. */
  overruns(): readonly Overrun[] {
    const last = new Map<ModelId, Overrun>();
    for (const id of this.overrun) {
      const entry = this.entries.get(id);
      if (!entry?.reserved || !entry.settled) continue;
      const { model, worstCaseNanoUsd } = entry.reserved;
      const { costNanoUsd: billedNanoUsd, atMs } = entry.settled;
      if ((this.acceptedAtMs.get(model) ?? -Infinity) >= atMs) continue;
      const known = last.get(model);
      if (
        !known ||
        firstDifference([
          atMs - known.atMs,
          billedNanoUsd - known.billedNanoUsd,
          known.worstCaseNanoUsd - worstCaseNanoUsd,
        ]) > 0
      ) {
        last.set(model, { model, billedNanoUsd, worstCaseNanoUsd, atMs });
      }
    }
    return [...last.values()];
  }

  private change(event: Exclude<SpendEvent, { type: 'spend.overrunAccepted' }>): void {
    const entry = this.entries.get(event.reservationId) ?? {
      reserved: undefined,
      settled: undefined,
      released: false,
      generationId: null,
    };
    this.entries.set(event.reservationId, entry);
    const before = sumsOf(entry);
    switch (event.type) {
      case 'spend.reserved':
        entry.reserved ??= event;
        if (this.latest === undefined || event.dayUtc > this.latest) this.latest = event.dayUtc;
        break;
      case 'spend.identified':
        entry.generationId ??= event.generationId;
        break;
      case 'spend.settled':
        if (!entry.settled || outranks(event, entry.settled)) entry.settled = event;
        break;
      case 'spend.released':
        entry.released = true;
        break;
    }
    if (entry.reserved) this.count(event.reservationId, entry, entry.reserved, before);
  }

  private count(
    id: ReservationId,
    entry: Entry,
    { dayUtc, conversationId, worstCaseNanoUsd }: Reserved,
    before: SpendSums,
  ): void {
    const change = minus(sumsOf(entry), before);
    this.byDay.set(dayUtc, plus(this.byDay.get(dayUtc) ?? NOTHING, change));
    this.byConversation.set(conversationId, plus(this.ofConversation(conversationId), change));
    if (entry.settled || entry.released) this.open.delete(id);
    else this.open.add(id);
    if (entry.settled && entry.settled.costNanoUsd > worstCaseNanoUsd) this.overrun.add(id);
    else this.overrun.delete(id);
  }
}

/** Decides which of several settlements counts, in whatever order they are found. See `settlementRank`. */
function outranks(a: Settled, b: Settled): boolean {
  return firstDifference([settlementRank(a) - settlementRank(b), a.costNanoUsd - b.costNanoUsd, a.atMs - b.atMs]) > 0;
}

const firstDifference = (differences: readonly number[]): number =>
  differences.find((difference) => difference !== 0) ?? 0;

function sumsOf({ reserved, settled, released }: Entry): SpendSums {
  if (!reserved) return NOTHING;
  if (settled) return { settledNanoUsd: settled.costNanoUsd, unsettledNanoUsd: ZERO_USD };
  return { settledNanoUsd: ZERO_USD, unsettledNanoUsd: released ? ZERO_USD : reserved.worstCaseNanoUsd };
}

const asReservation = (entry: Entry | undefined): Reservation | undefined =>
  entry?.reserved && {
    reserved: entry.reserved,
    settled: entry.settled,
    released: entry.released,
    generationId: entry.generationId,
  };

const plus = (a: SpendSums, b: SpendSums): SpendSums => ({
  settledNanoUsd: nanoUsd(a.settledNanoUsd + b.settledNanoUsd),
  unsettledNanoUsd: nanoUsd(a.unsettledNanoUsd + b.unsettledNanoUsd),
});

const minus = (a: SpendSums, b: SpendSums): SpendSums => ({
  settledNanoUsd: nanoUsd(a.settledNanoUsd - b.settledNanoUsd),
  unsettledNanoUsd: nanoUsd(a.unsettledNanoUsd - b.unsettledNanoUsd),
});

/** Budgets follow UTC, as the provider's own limits do, so a day stays the same day while traveling. */
export const dayUtcOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);
/** The month of a UTC day. */
export const monthOf = (dayUtc: string): string => dayUtc.slice(0, 7);

export type BudgetLevel = 'unlimited' | 'ok' | 'warning' | 'exhausted';

export function budgetLevel(spent: NanoUsd, limit: NanoUsd | null, warnAtPercent: number): BudgetLevel {
  if (limit === null) return 'unlimited';
  if (spent >= limit) return 'exhausted';
  return spent * 100 >= limit * warnAtPercent ? 'warning' : 'ok';
}
