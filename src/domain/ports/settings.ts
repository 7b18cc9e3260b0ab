import type { ModelId } from '../ids';
import type { NanoUsd } from '../money';

export interface Settings {
  readonly defaultModel: ModelId;
  readonly temperature: number | null;
  readonly maxOutputTokens: number;
  readonly minIntervalMs: number;
  readonly reserveTokens: number;
  /** Null: no limit. */
  readonly replyLimitNanoUsd: NanoUsd | null;
  readonly conversationLimitNanoUsd: NanoUsd | null;
  readonly dailyLimitNanoUsd: NanoUsd | null;
  readonly monthlyLimitNanoUsd: NanoUsd | null;
  readonly warnAtPercent: number;
  /** `hard`: a request that could pass the limit is not sent. `warn`: it is sent and shown. */
  readonly budgetMode: 'hard' | 'warn';
  /** Asked one after the other when the chosen model is down, as far as they are no dearer. */
  readonly fallbackModels: readonly ModelId[];
  /** Failures in a row after which a model is left alone, and for how long. */
  readonly circuitFailureThreshold: number;
  readonly circuitRecoveryMs: number;
}

export interface SettingsSource {
  current(): Settings;
}
