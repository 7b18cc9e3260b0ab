import type { Conversation, Message, MessageState } from '../../../../../src/domain/conversation';
import {
  FIRST_TOKEN_BOUNDS_MS,
  SHORTEST_STREAM_MS,
  type Telemetry,
  type TelemetryQuery,
} from '../../../../../src/domain/telemetry';

/** A reply requested here, and whether its window is alive. */
export interface OwnReply {
  readonly message: Message;
  readonly isAlive: boolean;
}

/** Computes `Telemetry` from the mutator's conversations by the plain definitions of its fields. */
export function telemetryOf(replies: readonly OwnReply[], { sinceMs, model }: TelemetryQuery): Telemetry {
  const over = replies
    .filter(
      ({ message, isAlive }) =>
        !(message.state === 'streaming' && isAlive) && (sinceMs === null || message.createdAtMs >= sinceMs),
    )
    .map(({ message }): Message => (message.state === 'streaming' ? { ...message, state: 'interrupted' } : message));
  const ofModel = over.filter((message) => model === null || message.model === model);
  const inState = (...states: readonly MessageState[]): readonly Message[] =>
    ofModel.filter(({ state }) => states.includes(state));

  const ends = ofModel.flatMap(({ state, failure }) =>
    failure ? [failure.code] : state === 'interrupted' ? ['TRUNCATED' as const] : [],
  );
  const tries = over
    .flatMap(({ failedAttempts }) => failedAttempts)
    .filter((attempt) => model === null || attempt.model === model)
    .map(({ failure }) => failure.code);
  const times = (codes: readonly string[], code: string): number => codes.filter((other) => other === code).length;
  const failures = [...new Set([...ends, ...tries])]
    .map((code) => ({ code, ended: times(ends, code), retried: times(tries, code) }))
    .sort((a, b) => b.ended + b.retried - (a.ended + a.retried) || a.code.localeCompare(b.code));

  const lengths = inState('cancelled', 'interrupted').map(({ content }) => content.length);
  const firsts = ofModel.flatMap(({ timeToFirstTokenMs }) => timeToFirstTokenMs ?? []);
  const speeds = ofModel.flatMap(({ usage, latencyMs, timeToFirstTokenMs }) => {
    if (
      !usage ||
      latencyMs === undefined ||
      timeToFirstTokenMs === undefined ||
      latencyMs - timeToFirstTokenMs < SHORTEST_STREAM_MS
    )
      return [];
    return (usage.completionTokens * 1000) / (latencyMs - timeToFirstTokenMs);
  });
  const bounds = [...FIRST_TOKEN_BOUNDS_MS, Infinity];
  return {
    ended: {
      complete: inState('complete').length,
      interrupted: inState('interrupted').length,
      cancelled: inState('cancelled').length,
      failed: inState('failed').length,
    },
    failures,
    partial: {
      count: lengths.length,
      empty: lengths.filter((length) => length === 0).length,
      medianCharacters: median(lengths),
    },
    firstToken: {
      counts: bounds.map((bound, i) => firsts.filter((ms) => ms < bound && ms >= (bounds[i - 1] ?? 0)).length),
      medianMs: median(firsts),
      p95Ms: percentile(firsts, 95),
    },
    tokensPerSecond: { count: speeds.length, median: median(speeds), p10: percentile(speeds, 10) },
  };
}

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

function median(values: readonly number[]): number | null {
  const all = sorted(values);
  const low = all[Math.floor((all.length - 1) / 2)];
  const high = all[Math.floor(all.length / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** The smallest value that is at least as large as the given percentage of all values. */
function percentile(values: readonly number[], percent: number): number | null {
  return (
    sorted(values).find((value) => values.filter((other) => other <= value).length * 100 >= percent * values.length) ??
    null
  );
}

/** Messages that were added as streaming replies. */
export function ownReplies(
  conversations: readonly Conversation[],
  begun: ReadonlyMap<string, string>,
  deadWriter: string,
): readonly OwnReply[] {
  return conversations.flatMap((conversation) =>
    [...conversation.messages.values()].flatMap((message) => {
      const writer = begun.get(`${conversation.id} ${message.id}`);
      return writer === undefined ? [] : [{ message, isAlive: writer !== deadWriter }];
    }),
  );
}
