import type { Cost } from '../../domain/conversation';
import type { GenerationId, ReservationId } from '../../domain/ids';
import { type Decimal, type NanoUsd, toNanoUsd } from '../../domain/money';
import type { StreamOutcome } from '../../domain/ports/provider';
import { type TokenUsage, estimateCost } from '../../domain/price';
import { type FailedOutcome, isUncharged } from '../../domain/retry';
import type { StoreEvent } from '../../domain/storeEvent';
import { releaseOf } from '../spend/ledger';
import type { Plan } from './planner';

/** Progress of a request, as far as it matters for its bill. */
export type RequestStage =
  /** Reserved, and not passed to the provider yet. */
  | 'unsent'
  | 'sent'
  /** Something arrived that is not a refusal. From now on the provider may charge, whatever happens next. */
  | 'accepted'
  /** Failed without a charge, and its reservation was released durably. */
  | 'released';

/** What decides a request's bill. */
export interface Billing {
  readonly stage: RequestStage;
  readonly provider: string | null;
  readonly generationId: GenerationId | null;
  readonly usage: TokenUsage | null;
  readonly cost: Decimal | null;
  readonly outcome: StreamOutcome;
}

export interface Charge {
  readonly cost: Cost;
  readonly settle:
    { readonly amount: NanoUsd; readonly source: 'reported' | 'estimated' } | 'release' | 'pending' | 'released';
}

/** The failure, if nothing can have been charged: another request is then no second purchase. */
export function failedUncharged({ stage, outcome }: Billing): FailedOutcome | undefined {
  return outcome.kind === 'failed' && stage === 'sent' && isUncharged(outcome) ? outcome : undefined;
}

/**
 * A reported amount wins. Tokens without an amount are priced by the price list only if the provider keeps no record that
 * could be requested. In all other cases the bill is pending and the worst case keeps counting.
 */
export function chargeOf(plan: Plan, billing: Billing, atMs: number): Charge {
  const { stage, cost, usage, generationId } = billing;
  if (stage === 'released') return uncharged('released');
  if (cost !== null) return settled(toNanoUsd(cost, 'nearest'), 'reported');
  if (usage !== null && plan.price !== null && generationId === null)
    return settled(estimateCost(plan.price, usage, atMs), 'estimated');
  // Without a price nothing was reserved, so no bill is pending.
  if (stage === 'unsent' || failedUncharged(billing) || !plan.effectivePrice) return uncharged('release');
  return { cost: { costNanoUsd: null, source: 'pending' }, settle: 'pending' };
}

const settled = (amount: NanoUsd, source: 'reported' | 'estimated'): Charge => ({
  cost: { costNanoUsd: amount, source },
  settle: { amount, source },
});

const uncharged = (settle: 'release' | 'released'): Charge => ({
  cost: { costNanoUsd: null, source: 'unknown' },
  settle,
});

/** The events that settle or release a request's reservation. */
export function settlementOf(
  reservationId: ReservationId,
  { settle }: Charge,
  { usage, provider, generationId }: Billing,
  estimateNanoUsd: NanoUsd | null,
  atMs: number,
): readonly StoreEvent[] {
  if (settle === 'pending' || settle === 'released') return [];
  if (settle === 'release') return [releaseOf(reservationId, atMs)];
  return [
    {
      type: 'spend.settled',
      reservationId,
      costNanoUsd: settle.amount,
      source: settle.source,
      settledBy: 'stream',
      estimateNanoUsd,
      usage,
      provider,
      generationId,
      atMs,
    },
  ];
}
