import type { ReservationId } from './ids';
import { type NanoUsd, ZERO_USD, addUsd } from './money';
import type { SpendEvent } from './storeEvent';

/** One reservation as the fold knows it: outstanding until a settlement or a release replaces it. */
export interface ReservationState {
  readonly event: Extract<SpendEvent, { type: 'spend.reserved' }>;
  readonly settled: Extract<SpendEvent, { type: 'spend.settled' }> | undefined;
  readonly released: boolean;
}

export type SpendBook = ReadonlyMap<ReservationId, ReservationState>;

/** Folding an event twice changes nothing; a settlement of an unknown reservation is ignored. */
export function foldSpend(book: SpendBook, events: readonly SpendEvent[]): SpendBook {
  const next = new Map(book);
  for (const event of events) {
    if (event.type === 'spend.overrunAccepted') continue;
    const known = next.get(event.reservationId);
    if (event.type === 'spend.reserved') {
      if (!known) next.set(event.reservationId, { event, settled: undefined, released: false });
    } else if (known && event.type === 'spend.settled') {
      next.set(event.reservationId, { ...known, settled: event });
    } else if (known && event.type === 'spend.released' && !known.settled) {
      next.set(event.reservationId, { ...known, released: true });
    }
  }
  return next;
}

export interface SpendTotals {
  readonly settledNanoUsd: NanoUsd;
  /** Worst case of everything that is neither settled nor released. */
  readonly outstandingNanoUsd: NanoUsd;
}

/** `period` is a prefix of the UTC day: `2026-11-20` for a day, `2026-11` for a month. */
export function totalsOf(book: SpendBook, period: string, except?: ReadonlySet<ReservationId>): SpendTotals {
  let settled = ZERO_USD;
  let outstanding = ZERO_USD;
  for (const [id, state] of book) {
    if (!state.event.dayUtc.startsWith(period)) continue;
    if (state.settled) settled = addUsd(settled, state.settled.costNanoUsd);
    else if (!state.released && !except?.has(id)) outstanding = addUsd(outstanding, state.event.worstCaseNanoUsd);
  }
  return { settledNanoUsd: settled, outstandingNanoUsd: outstanding };
}

/** Budgets follow UTC, as the provider's own windows do: a person who travels keeps one day. */
export const dayUtcOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);
export const monthUtcOf = (epochMs: number): string => dayUtcOf(epochMs).slice(0, 7);

export type BudgetLevel = 'unlimited' | 'ok' | 'warning' | 'exhausted';

export function budgetLevel(spent: NanoUsd, limit: NanoUsd | null, warnAtPercent: number): BudgetLevel {
  if (limit === null) return 'unlimited';
  if (spent >= limit) return 'exhausted';
  return spent * 100 >= limit * warnAtPercent ? 'warning' : 'ok';
}
