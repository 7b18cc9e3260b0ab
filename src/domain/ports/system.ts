import type { Disposable } from '../emitter';
import type { ModelId } from '../ids';

export interface Clock {
  /** Wall clock, epoch milliseconds. For display and for the UTC day of a charge. */
  nowMs(): number;
  /** Monotonic milliseconds. For all durations and timers. */
  monotonicMs(): number;
}

/** Timers that tests can drive by hand. */
export interface Timers {
  /** Runs `action` once, unless disposed first. */
  after(ms: number, action: () => void): Disposable;
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface TokenCounter {
  /**
   * Number of tokens of each text, in the encoding closest to the model's; an estimate for other tokenizers. Never blocks
   * the caller's thread for longer than a few milliseconds.
   */
  count(texts: readonly string[], model: ModelId): Promise<readonly number[]>;
}

export interface IdSource {
  next(): string;
}
