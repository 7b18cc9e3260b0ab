import type { SpendEvent } from '../../../../../src/domain/storeEvent';
import type { EventOf } from '../storeEvents';

type Settlement = EventOf<'spend.settled'>;

export interface OracleCharge {
  readonly reserved: EventOf<'spend.reserved'>;
  readonly state: 'pending' | 'settled' | 'released';
  /** The settlement that counts. If several are equal in rank, amount and time, the store may choose another one. */
  readonly settled: Settlement | undefined;
}

/** Worse first. */
const SURENESS = ['estimated person', 'estimated generation', 'reported'];
const surenessOf = ({ source, settledBy }: Settlement): number =>
  SURENESS.indexOf(source === 'reported' ? source : `${source} ${settledBy === 'stream' ? 'generation' : settledBy}`);

/** The state of each reservation, computed from all events at once, so that their order can't matter. */
export function chargesOf(events: readonly SpendEvent[]): ReadonlyMap<string, OracleCharge> {
  const charges = new Map<string, OracleCharge>();
  for (const reserved of events) {
    if (reserved.type !== 'spend.reserved' || charges.has(reserved.reservationId)) continue;
    const about = events.filter(
      (event) => event.type !== 'spend.overrunAccepted' && event.reservationId === reserved.reservationId,
    );
    const [settled] = about
      .filter((event) => event.type === 'spend.settled')
      .sort((a, b) => surenessOf(b) - surenessOf(a) || b.costNanoUsd - a.costNanoUsd || b.atMs - a.atMs);
    const state = settled ? 'settled' : about.some(({ type }) => type === 'spend.released') ? 'released' : 'pending';
    charges.set(reserved.reservationId, { reserved, state, settled });
  }
  return charges;
}

/** Time of the latest accepted overrun of each model. */
export function acceptancesOf(events: readonly SpendEvent[]): ReadonlyMap<string, number> {
  const accepted = new Map<string, number>();
  for (const event of events)
    if (event.type === 'spend.overrunAccepted')
      accepted.set(event.model, Math.max(event.atMs, accepted.get(event.model) ?? event.atMs));
  return accepted;
}

/** The budget computed from the events, as canonical text for comparison. */
export function bookOf(events: readonly SpendEvent[]): readonly string[] {
  const charges = [...chargesOf(events).values()].map(({ reserved, state, settled }) =>
    [
      reserved.reservationId,
      reserved.dayUtc,
      reserved.model,
      reserved.worstCaseNanoUsd,
      JSON.stringify(reserved.quote),
      state,
      settled?.costNanoUsd,
      settled && surenessOf(settled),
      settled?.atMs,
    ].join(),
  );
  return [...charges, ...[...acceptancesOf(events)].map((accepted) => accepted.join())].sort();
}
