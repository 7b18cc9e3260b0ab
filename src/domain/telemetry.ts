import type { MessageState } from './conversation';
import type { FailureCode } from './failure';
import type { ModelId } from './ids';

/**
 * What this person's own replies say about how it goes: those that were asked for here, deleted ones too, imported ones
 * not. A reply that a dead process left is one that was cut. It is worked out from the store and leaves the machine never.
 *
 * A percentile is the smallest value that at least so many percent do not exceed; of an even number the median is the
 * mean of the two in the middle.
 */

export interface TelemetryQuery {
  /** Epoch milliseconds; null: all there is. */
  readonly sinceMs: number | null;
  /** That answered; of a request that failed, that was asked. Null: all of them. */
  readonly model: ModelId | null;
}

export interface Telemetry {
  /** Replies that have ended, by how. */
  readonly ended: Readonly<Record<Exclude<MessageState, 'streaming'>, number>>;
  /** Most frequent first. `ended`: replies that ended with it; `retried`: requests after which another one followed. */
  readonly failures: readonly { readonly code: FailureCode; readonly ended: number; readonly retried: number }[];
  /** Of replies that were stopped or cut, in UTF-16 units of their text, with what they went on from: `empty` of them had none at all. */
  readonly partial: { readonly count: number; readonly empty: number; readonly medianCharacters: number | null };
  /** Of replies that got a first token. `counts[i]` lie under `FIRST_TOKEN_BOUNDS_MS[i]` and not under the one before, the last beyond all. */
  readonly firstToken: {
    readonly counts: readonly number[];
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
  };
  /** Of replies whose tokens the provider counted, over the time from the first token to the end. */
  readonly tokensPerSecond: { readonly count: number; readonly median: number | null; readonly p10: number | null };
}

/** A reply that came faster than this came in one piece: its speed says nothing. */
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
