import type { MessageState } from './conversation';
import type { FailureCode } from './failure';
import type { ModelId } from './ids';

/**
 * Statistics of the replies requested on this machine, including deleted ones, excluding imported ones. A reply left by
 * a dead process counts as interrupted. Computed from the store; never leaves the machine.
 *
 * A percentile p is the smallest value that at least p percent of the values do not exceed. The median of an even number
 * of values is the mean of the two in the middle.
 */

export interface TelemetryQuery {
  /** Epoch milliseconds. Null: everything. */
  readonly sinceMs: number | null;
  /** The model of the reply, or of the failed request. Null: all models. */
  readonly model: ModelId | null;
}

export interface Telemetry {
  /** Finished replies by state. */
  readonly ended: Readonly<Record<Exclude<MessageState, 'streaming'>, number>>;
  /** Most frequent first. `ended`: replies that ended with it. `retried`: requests that another one followed. */
  readonly failures: readonly { readonly code: FailureCode; readonly ended: number; readonly retried: number }[];
  /** Stopped and interrupted replies, with the text they continue, in UTF-16 units. `empty`: those without any text. */
  readonly partial: { readonly count: number; readonly empty: number; readonly medianCharacters: number | null };
  /** Replies with a first token. `counts[i]` are below `FIRST_TOKEN_BOUNDS_MS[i]` and not below the previous bound; the last count is above all bounds. */
  readonly firstToken: {
    readonly counts: readonly number[];
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
  };
  /** Replies whose tokens the provider counted, measured from the first token to the end. */
  readonly tokensPerSecond: { readonly count: number; readonly median: number | null; readonly p10: number | null };
}

/** A faster reply arrived in one piece, so its speed means nothing. */
export const SHORTEST_STREAM_MS = 50;

/**
 * Speed of a reply from its first token to its end. Null where one of the figures is unknown or the reply came in one
 * piece. The projection's generated column `tokens_per_second` follows the same rule.
 */
export function tokensPerSecond(
  tokens: number | null | undefined,
  timeToFirstTokenMs: number | null | undefined,
  latencyMs: number | null | undefined,
): number | null {
  const streamedMs = (latencyMs ?? NaN) - (timeToFirstTokenMs ?? NaN);
  return streamedMs >= SHORTEST_STREAM_MS && typeof tokens === 'number' ? (tokens * 1000) / streamedMs : null;
}

export const FIRST_TOKEN_BOUNDS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000] as const;
