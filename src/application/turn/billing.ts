import type { Cost } from '../../domain/conversation';
import type { GenerationId, ReservationId } from '../../domain/ids';
import { type Decimal, type NanoUsd, toNanoUsd } from '../../domain/money';
import type { StreamOutcome } from '../../domain/ports/provider';
import { type TokenUsage, estimateCost } from '../../domain/price';
import { type FailedOutcome, isUncharged } from '../../domain/retry';
import type { StoreEvent } from '../../domain/storeEvent';
import { releaseOf } from '../spend/ledger';
import type { Plan } from './planner';

/** How far a request has come, as far as its bill goes. */
export type RequestStage =
  /** It has a reservation and was not handed to the provider. */
  | 'unsent'
  | 'sent'
  /** Something came that is not a refusal: from here on the provider may charge, whatever happens next. */
  | 'accepted'
  /** It failed without a charge, and its reservation was taken back durably. */
  | 'released';

/** What a request's bill follows from. */
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

/** Nothing can have been charged, so another request is no second purchase. */
export function failedUncharged({ stage, outcome }: Billing): FailedOutcome | undefined {
  return outcome.kind === 'failed' && stage === 'sent' && isUncharged(outcome) ? outcome : undefined;
}

/**
 * Reported wins. Tokens without an amount count by the price list only where the provider has no record that could
 * be asked for; everything else is open, and its worst case stays reserved.
 */
export function chargeOf(plan: Plan, billing: Billing, atMs: number): Charge {
  const { stage, cost, usage, generationId } = billing;
  if (stage === 'released') return uncharged('released');
  if (cost !== null) return settled(toNanoUsd(cost, 'nearest'), 'reported');
  if (usage !== null && plan.price !== null && generationId === null)
    return settled(estimateCost(plan.price, usage, atMs), 'estimated');
  // Without a price nothing was reserved, and there is nobody to ask: no bill is waited for.
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

/** What the budget's journal says of the end of a request. */
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
