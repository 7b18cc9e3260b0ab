import type { Failure } from './failure';
import type { ModelId } from './ids';
import type { StreamOutcome } from './ports/provider';

/** What to do after a request that failed without a charge. */
export type NextStep =
  /** The reply ends with this failure. */
  | { readonly kind: 'end' }
  /** The same model after a fixed wait, or after one that grows with each retry. */
  | { readonly kind: 'retry'; readonly waitMs: number | 'backoff' }
  /** The next fallback model at once, or `otherwise` if there is none. */
  | { readonly kind: 'fallback'; readonly otherwise: Exclude<NextStep, { readonly kind: 'fallback' }> };

/** If the provider asks for a longer wait, the reply ends and shows it. The user decides. */
export const LONGEST_WAIT_MS = 60_000;
/** Retries with the same model, for the whole reply. */
const MOST_RETRIES = 3;
/** When the connection failed: a network change takes about a second, everything else takes longer. */
const NETWORK_WAITS_MS: readonly number[] = [250, 1_000];

const END = { kind: 'end' } as const;

/**
 * Only for failures that are `isUncharged`: after anything else a retry would be a second purchase. `retries`: how often
 * this reply has repeated a request to the same model. Source of the retryable codes: OpenRouter's errors-and-debugging page.
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
 * True if the request was never sent or was refused with an HTTP error. 504 and 524 are gateways giving up: the model
 * behind them may have run and been billed.
 */
export function isUncharged({ failure: { httpStatus }, sent }: FailedOutcome): boolean {
  if (!sent) return true;
  return httpStatus !== undefined && httpStatus >= 400 && httpStatus !== 504 && httpStatus !== 524;
}

/** The fallback models after `model`, or all of them if it is not in the chain. Without duplicates. */
export function chainAfter(chain: readonly ModelId[], model: ModelId): readonly ModelId[] {
  return [...new Set(chain.slice(chain.indexOf(model) + 1))].filter((other) => other !== model);
}
