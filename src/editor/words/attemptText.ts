import * as vscode from 'vscode';
import type { FailedAttempt } from '../../domain/conversation';
import type { Failure, FailureCode } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { TurnProgress } from '../../domain/coreEvent';

const t = vscode.l10n.t;

/** A code in two or three words, for tables and short sentences. */
export function nameFailure(code: FailureCode): string {
  switch (code) {
    case 'AUTH':
      return t('Key not accepted');
    case 'CREDITS':
      return t('Out of credits');
    case 'KEY_LIMIT':
      return t('Key’s limit reached');
    case 'IN_FLIGHT':
      return t('Credits held');
    case 'RATE_LIMIT':
      return t('Rate limited');
    case 'DAILY_QUOTA':
      return t('Daily quota used up');
    case 'MODERATION':
      return t('Moderated');
    case 'CONTEXT_TOO_LONG':
      return t('Window too small');
    case 'MODEL_NOT_FOUND':
      return t('No such model');
    case 'BAD_REQUEST':
      return t('Request refused');
    case 'OVERLOADED':
      return t('Overloaded');
    case 'TIMEOUT':
      return t('No answer in time');
    case 'STALLED':
      return t('Stalled');
    case 'NETWORK':
      return t('Not reached');
    case 'TRUNCATED':
      return t('Cut off');
    case 'PROTOCOL':
      return t('Not understood');
    case 'UPSTREAM':
      return t('Provider’s error');
    case 'BUDGET_EXCEEDED':
      return t('Worst case reached');
  }
}

/** What became of a request that another one followed. */
export function describeAttempt({ model, failure }: FailedAttempt, next: ModelId): string {
  if (next !== model) return t('{0}, so {1} was asked.', whatHappened(failure, model), next);
  const { retryAfterMs } = failure;
  if (retryAfterMs === undefined) return t('{0}; asked again.', nameFailure(failure.code));
  return t('{0}; asked again after {1} s.', nameFailure(failure.code), wholeSeconds(retryAfterMs));
}

/** Why a running reply needs another request, and whom it goes to. Undefined: it is its first. */
export function describeRetry({ retryOf, model, phase }: TurnProgress): string | undefined {
  if (!retryOf) return undefined;
  const { failure } = retryOf;
  if (retryOf.model !== model)
    return phase === 'waiting'
      ? t('{0}; {1} is next', whatHappened(failure, retryOf.model), model)
      : t('{0}; asking {1}', whatHappened(failure, retryOf.model), model);
  return phase === 'waiting'
    ? t('{0}; trying again', nameFailure(failure.code))
    : t('{0}; asking again', nameFailure(failure.code));
}

function whatHappened(failure: Failure, model: ModelId): string {
  switch (failure.code) {
    case 'OVERLOADED':
      return t('{0} was overloaded', model);
    case 'RATE_LIMIT':
      return t('{0} was rate limited', model);
    case 'NETWORK':
      return t('{0} could not be reached', model);
    default:
      return t('{0} failed ({1})', model, nameFailure(failure.code));
  }
}

/** Rounded up, so that nobody comes too early; at least one. */
export const wholeSeconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)));
