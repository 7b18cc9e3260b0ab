import type { StoreWarning } from '../../domain/storeTrouble';
import type { Cost, FailedAttempt } from '../../domain/conversation';
import type { TurnProgress } from '../../domain/coreEvent';
import type { Failure, FailureCode, Refusal } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { NanoUsd } from '../../domain/money';
import type { NoticeView } from '../../protocol/views';
import type { MoneyWords } from '../models/moneyWords';
import type { KeyAllowance } from '../spend/ledger';

/** The texts of a panel's view models. The editor implements them. */
export interface PanelWords extends MoneyWords {
  /** `$0.0162`, `≈ $0.0019` when estimated, `cost pending`, `cost unknown`. */
  cost(cost: Cost): string;
  /** Dollars per million tokens in and out: `3/15 $/M`, `free`, `price unknown`. */
  price(model: Pick<Model, 'price'> | undefined): string;
  /** While the price list is loading. */
  priceLoading(): string;
  /** `≈ 1,240` */
  approximately(tokens: number): string;
  /** `≤ $0.0451`, `free`; null: `price unknown`. */
  worstCase(amount: NanoUsd | null): string;
  /** The budget leaves only this many tokens for the reply. */
  shortened(tokens: number): string;
  /** Earlier messages that don't fit the context window. */
  omitted(messages: number): string;
  /** `$20.00 left of $25.00, monthly` */
  keyAllowance(key: KeyAllowance): string;
  nameFailure(code: FailureCode): string;
  /** Without `reply`, for a request that belongs to no message. */
  describeFailure(failure: Failure, reply?: FailedReply): NoticeView;
  /** One sentence on a failed request that was followed by one to `next`. */
  describeAttempt(failed: FailedAttempt, next: ModelId): string;
  /** Why a running reply needed another request. Undefined during the first request. */
  describeRetry(progress: TurnProgress): string | undefined;
  describeRefusal(refusal: Refusal): NoticeView;
  describeStoreTrouble(warnings: readonly StoreWarning[]): NoticeView;
  /** For unexpected errors. */
  describeError(error: unknown): NoticeView;
}

/** The reply that a failure belongs to. */
export interface FailedReply {
  /** The model that was asked. */
  readonly model: ModelId | undefined;
  /** The first fallback model that this reply has not asked yet. */
  readonly nextModel: ModelId | undefined;
  /** Epoch milliseconds, wall clock. */
  readonly endedAtMs: number;
  readonly canContinue: boolean;
}
