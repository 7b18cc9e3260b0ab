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
  /** `hard`: a request that could exceed a limit is not sent. `warn`: limits only change the meter. */
  readonly budgetMode: 'hard' | 'warn';
  /** Tried in order when the selected model is unavailable. More expensive ones are never tried automatically. */
  readonly fallbackModels: readonly ModelId[];
  /** Consecutive failures after which a model is paused, and for how long. */
  readonly circuitFailureThreshold: number;
  readonly circuitRecoveryMs: number;
}

export interface SettingsSource {
  current(): Settings;
}
