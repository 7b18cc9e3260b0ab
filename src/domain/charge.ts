import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { TokenUsage } from './price';
import type { SettledBy, SpendEvent } from './storeEvent';

/** One request that the budget let through, as the ledger shows it. */
export interface Charge {
  readonly reservationId: ReservationId;
  readonly conversationId: ConversationId;
  readonly runNumber: number;
  readonly conversationTitle: string;
  readonly messageId: MessageId;
  /** The one that was asked. */
  readonly model: ModelId;
  readonly provider: string | null;
  readonly generationId: GenerationId | null;
  readonly worstCaseNanoUsd: NanoUsd;
  readonly quote: Extract<SpendEvent, { type: 'spend.reserved' }>['quote'];
  readonly usage: TokenUsage | null;
  readonly state: ChargeState;
  /** UTC day whose budget it counts against. */
  readonly dayUtc: string;
  readonly reservedAtMs: number;
}

export type ChargeState =
  /** Runs, or ended without a bill: its worst case counts. */
  | { readonly kind: 'pending' }
  | {
      readonly kind: 'settled';
      readonly costNanoUsd: NanoUsd;
      readonly source: 'reported' | 'estimated';
      readonly settledBy: SettledBy;
      readonly estimateNanoUsd: NanoUsd | null;
      readonly atMs: number;
    };

/**
 * Of several settlements of one reservation the one with the higher rank counts, whichever came first; of equal rank
 * the larger amount, then the later time: what is settled is never lowered by anything that knows no more.
 */
export function settlementRank({
  source,
  settledBy,
}: Pick<Extract<SpendEvent, { type: 'spend.settled' }>, 'source' | 'settledBy'>): 0 | 1 | 2 {
  if (source === 'reported') return 2;
  return settledBy === 'person' ? 0 : 1;
}

/** Both ends belong to it; absent: open. UTC days, `2026-11-20`. */
export interface ChargePeriod {
  readonly fromDayUtc?: string;
  readonly toDayUtc?: string;
}

export interface ChargeQuery extends ChargePeriod {
  readonly conversationId?: ConversationId;
  readonly model?: ModelId;
  readonly onlyPending?: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface ChargePage {
  /** Newest first. What was released is not a charge and not in it. */
  readonly charges: readonly Charge[];
  /** Of all pages. */
  readonly total: number;
}

export interface ChargeSum {
  readonly settledNanoUsd: NanoUsd;
  /** Worst case of what is not settled. */
  readonly pendingNanoUsd: NanoUsd;
  readonly charges: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface ChargeTotals {
  readonly all: ChargeSum;
  /** Oldest first; days without a charge are left out. */
  readonly byDay: readonly (ChargeSum & { readonly dayUtc: string })[];
  /** Dearest first, as the next. */
  readonly byModel: readonly (ChargeSum & { readonly model: ModelId })[];
  readonly byConversation: readonly (ChargeSum & {
    readonly conversationId: ConversationId;
    readonly runNumber: number;
    readonly title: string;
  })[];
  /** How far off the program's own reckoning was: sums over charges that have both amounts. */
  readonly estimates: {
    readonly charges: number;
    readonly estimatedNanoUsd: NanoUsd;
    readonly reportedNanoUsd: NanoUsd;
  };
}

/** What the person's own replies say about one model. Medians over the newest 100 complete ones; null without any. */
export interface ModelRecord {
  readonly model: ModelId;
  /** With a settled charge, whole or not. */
  readonly replies: number;
  readonly settledNanoUsd: NanoUsd;
  readonly medianCostNanoUsd: NanoUsd | null;
  readonly medianCompletionTokens: number | null;
  readonly medianTimeToFirstTokenMs: number | null;
  readonly medianTokensPerSecond: number | null;
}
