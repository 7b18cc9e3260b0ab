import type { Disposable } from '../emitter';
import type { ModelId } from '../ids';

export interface Clock {
  /** Wall clock, epoch milliseconds: for display and for the UTC day of a charge. */
  nowMs(): number;
  /** Monotonic milliseconds: for every duration and timer. */
  monotonicMs(): number;
}

/** Waiting that tests can do by hand. */
export interface Timers {
  /** Runs `action` once, unless disposed before. */
  after(ms: number, action: () => void): Disposable;
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface TokenCounter {
  /**
   * Tokens of each text in the encoding nearest to the model's. An estimate for foreign tokenizers.
   * Never blocks the caller's thread for longer than a few milliseconds.
   */
  count(texts: readonly string[], model: ModelId): Promise<readonly number[]>;
}

export interface IdSource {
  next(): string;
}
