import { l10n } from 'vscode';
import type { FailedAttempt } from '../../domain/conversation';
import type { TurnProgress } from '../../domain/coreEvent';
import type { FailureCode } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import { wholeSeconds } from './format';

/** A failure in two or three words, for tables and short sentences. */
export function nameFailure(code: FailureCode): string {
  switch (code) {
    case 'AUTH':
      return l10n.t('API key rejected');
    case 'CREDITS':
      return l10n.t('Out of credits');
    case 'KEY_LIMIT':
      return l10n.t('Key limit reached');
    case 'IN_FLIGHT':
      return l10n.t('Credits reserved');
    case 'RATE_LIMIT':
      return l10n.t('Rate limited');
    case 'DAILY_QUOTA':
      return l10n.t('Daily quota used up');
    case 'MODERATION':
      return l10n.t('Rejected by moderation');
    case 'CONTEXT_TOO_LONG':
      return l10n.t('Context too long');
    case 'MODEL_NOT_FOUND':
      return l10n.t('Unknown model');
    case 'BAD_REQUEST':
      return l10n.t('Request rejected');
    case 'OVERLOADED':
      return l10n.t('Overloaded');
    case 'TIMEOUT':
      return l10n.t('Timed out');
    case 'STALLED':
      return l10n.t('Stalled');
    case 'NETWORK':
      return l10n.t('Unreachable');
    case 'TRUNCATED':
      return l10n.t('Cut off');
    case 'PROTOCOL':
      return l10n.t('Invalid response');
    case 'UPSTREAM':
      return l10n.t('Provider error');
    case 'BUDGET_EXCEEDED':
      return l10n.t('Cost cap reached');
  }
}

/** A failed request that was followed by one to `next`. */
export function describeAttempt({ model, failure }: FailedAttempt, next: ModelId): string {
  const what = nameFailure(failure.code);
  if (next !== model) return l10n.t('{0}: {1}. {2} was asked instead.', model, what, next);
  return failure.retryAfterMs === undefined
    ? l10n.t('{0}; retried.', what)
    : l10n.t('{0}; retried after {1} s.', what, wholeSeconds(failure.retryAfterMs));
}

/** Why a running reply needed another request; while waiting, the panel adds the time left. Undefined during the first request. */
export function describeRetry({ retryOf, model, phase }: TurnProgress): string | undefined {
  if (!retryOf) return undefined;
  const what = nameFailure(retryOf.failure.code);
  if (retryOf.model !== model)
    return phase === 'waiting'
      ? l10n.t('{0}: {1}; trying {2}', retryOf.model, what, model)
      : l10n.t('{0}: {1}; asking {2}', retryOf.model, what, model);
  return phase === 'waiting' ? l10n.t('{0}; retrying', what) : l10n.t('{0}; retrying now', what);
}
