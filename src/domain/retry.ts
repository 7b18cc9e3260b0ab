import type { Failure } from './failure';
import type { ModelId } from './ids';
import type { StreamOutcome } from './ports/provider';

/** What follows a request that failed and cannot have been charged. */
export type NextStep =
  /** The reply ends with this failure. */
  | { readonly kind: 'end' }
  /** The same model after a wait: so many milliseconds, or longer from time to time. */
  | { readonly kind: 'retry'; readonly waitMs: number | 'backoff' }
  /** The next model of the person's chain at once; where there is none, `otherwise`. */
  | { readonly kind: 'fallback'; readonly otherwise: Exclude<NextStep, { readonly kind: 'fallback' }> };

/** A longer wait is the person's to take: the reply ends and says how long it is. */
export const LONGEST_WAIT_MS = 60_000;
/** Requests to the same model again, over the whole reply. */
const MOST_RETRIES = 3;
/** A connection that could not be made: a network that changes is back within a second or not soon. */
const NETWORK_WAITS_MS: readonly number[] = [250, 1_000];

const END = { kind: 'end' } as const;

/**
 * By the failure and how often this reply has asked the same model again already. Only for what `isUncharged`: after
 * anything else a retry would be a second purchase. Source of the retryable codes: OpenRouter's errors-and-debugging page.
 */
export function nextStep({ failure, sent }: FailedOutcome, retries: number): NextStep {
  switch (failure.code) {
    case 'RATE_LIMIT':
    case 'IN_FLIGHT':
      return waitFor(failure, retries);
    case 'OVERLOADED':
      return { kind: 'fallback', otherwise: waitFor(failure, retries) };
    case 'NETWORK': {
      const waitMs = NETWORK_WAITS_MS[retries];
      return sent || waitMs === undefined ? END : { kind: 'retry', waitMs };
    }
    case 'DAILY_QUOTA':
    case 'AUTH':
    case 'CREDITS':
    case 'KEY_LIMIT':
    case 'MODERATION':
    case 'CONTEXT_TOO_LONG':
    case 'MODEL_NOT_FOUND':
    case 'BAD_REQUEST':
    case 'TIMEOUT':
    case 'STALLED':
    case 'TRUNCATED':
    case 'PROTOCOL':
    case 'UPSTREAM':
    case 'BUDGET_EXCEEDED':
      return END;
  }
}

function waitFor({ retryAfterMs }: Failure, retries: number): Exclude<NextStep, { kind: 'fallback' }> {
  if (retries >= MOST_RETRIES || (retryAfterMs ?? 0) > LONGEST_WAIT_MS) return END;
  return { kind: 'retry', waitMs: retryAfterMs ?? 'backoff' };
}

export type FailedOutcome = Extract<StreamOutcome, { kind: 'failed' }>;

/**
 * Of a request that was not accepted: never sent, or refused with an HTTP error before any answer. 504 and 524 are
 * gateways giving up: the model behind them may have worked and been billed.
 */
export function isUncharged({ failure: { httpStatus }, sent }: FailedOutcome): boolean {
  if (!sent) return true;
  return httpStatus !== undefined && httpStatus >= 400 && httpStatus !== 504 && httpStatus !== 524;
}

/** Those that stand after the model in the person's chain, or all of it where the model is not in it; each once. */
export function chainAfter(chain: readonly ModelId[], model: ModelId): readonly ModelId[] {
  return [...new Set(chain.slice(chain.indexOf(model) + 1))].filter((other) => other !== model);
}
