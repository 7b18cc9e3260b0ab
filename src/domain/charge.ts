import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { TokenUsage } from './price';
import type { SettledBy, SpendEvent } from './storeEvent';

/** One request that passed the budget, as the ledger shows it. */
export interface Charge {
  readonly reservationId: ReservationId;
  readonly conversationId: ConversationId;
  readonly runNumber: number;
  readonly conversationTitle: string;
  readonly messageId: MessageId;
  /** The model the request was sent to. */
  readonly model: ModelId;
  readonly provider: string | null;
  readonly generationId: GenerationId | null;
  readonly worstCaseNanoUsd: NanoUsd;
  readonly quote: Extract<SpendEvent, { type: 'spend.reserved' }>['quote'];
  readonly usage: TokenUsage | null;
  readonly state: ChargeState;
  /** UTC day whose budget it counts toward. */
  readonly dayUtc: string;
  readonly reservedAtMs: number;
}

export type ChargeState =
  /** Running, or ended without a bill. Its worst case counts. */
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
 * Of several settlements of one reservation, the one with the highest rank counts, whichever came first; at equal rank,
 * the larger amount, then the later time. So a settled amount is never lowered by a source that knows no more.
 */
export function settlementRank({
  source,
  settledBy,
}: Pick<Extract<SpendEvent, { type: 'spend.settled' }>, 'source' | 'settledBy'>): 0 | 1 | 2 {
  if (source === 'reported') return 2;
  return settledBy === 'person' ? 0 : 1;
}

/** UTC days such as `2026-11-20`, both inclusive. Absent: no limit on that side. */
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
  /** Newest first. Released reservations are not charges. */
  readonly charges: readonly Charge[];
  /** On all pages. */
  readonly total: number;
}

export interface ChargeSum {
  readonly settledNanoUsd: NanoUsd;
  /** Worst cases of unsettled charges. */
  readonly pendingNanoUsd: NanoUsd;
  readonly charges: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface ChargeTotals {
  readonly all: ChargeSum;
  /** Oldest first; days without a charge are left out. */
  readonly byDay: readonly (ChargeSum & { readonly dayUtc: string })[];
  /** Most expensive first; so is `byConversation`. */
  readonly byModel: readonly (ChargeSum & { readonly model: ModelId })[];
  readonly byConversation: readonly (ChargeSum & {
    readonly conversationId: ConversationId;
    readonly runNumber: number;
    readonly title: string;
  })[];
  /** How accurate this program's estimates were: sums over the charges that have both amounts. */
  readonly estimates: {
    readonly charges: number;
    readonly estimatedNanoUsd: NanoUsd;
    readonly reportedNanoUsd: NanoUsd;
  };
}

/** Statistics of the user's own replies from one model. Medians over the newest 100 complete ones; null without any. */
export interface ModelRecord {
  readonly model: ModelId;
  /** Replies with a settled charge, complete or not. */
  readonly replies: number;
  readonly settledNanoUsd: NanoUsd;
  readonly medianCostNanoUsd: NanoUsd | null;
  readonly medianCompletionTokens: number | null;
  readonly medianTimeToFirstTokenMs: number | null;
  readonly medianTokensPerSecond: number | null;
}
