import { l10n } from 'vscode';
import type { FailedReply } from '../../application/panel/panelWords';
import { contextNumbers } from '../../domain/contextWindow';
import type { Failure } from '../../domain/failure';
import type { NoticeView } from '../../protocol/views';
import {
  checkBaseUrl,
  chooseAnotherModel,
  chooseCheaperModel,
  newConversation,
  retry,
  setApiKey,
  showLog,
} from './actionLabels';
import { formatNumber, sentences, wholeSeconds } from './format';
import { explainFailure } from './networkText';
import { type NoticeActions, action, notice } from './notice';

/** A request failed: what happened, what was kept, what to do. Without `reply`, the request belongs to no message. */
export function describeFailure(failure: Failure, reply?: FailedReply): NoticeView {
  const view = failureNotice(failure, reply);
  return reply && failure.retryAfterMs !== undefined && WAITS.has(failure.code)
    ? { ...view, waitUntilMs: reply.endedAtMs + failure.retryAfterMs }
    : view;
}

/** Failures that pass with time, if the provider says when. */
const WAITS: ReadonlySet<Failure['code']> = new Set(['RATE_LIMIT', 'IN_FLIGHT', 'DAILY_QUOTA', 'OVERLOADED']);

function failureNotice(failure: Failure, reply: FailedReply | undefined): NoticeView {
  switch (failure.code) {
    case 'AUTH':
    case 'CREDITS':
    case 'KEY_LIMIT':
    case 'IN_FLIGHT':
    case 'DAILY_QUOTA':
      return accountFailure(failure, failure.code, reply);
    case 'RATE_LIMIT':
    case 'MODERATION':
    case 'CONTEXT_TOO_LONG':
    case 'MODEL_NOT_FOUND':
    case 'BAD_REQUEST':
    case 'OVERLOADED':
    case 'UPSTREAM':
      return modelFailure(failure, failure.code, reply);
    case 'TIMEOUT':
    case 'NETWORK':
    case 'PROTOCOL':
      return connectionFailure(failure, failure.code, reply);
    case 'STALLED':
    case 'TRUNCATED':
    case 'BUDGET_EXCEEDED':
      return partialReply(failure.code, reply);
  }
}

type AccountCode = 'AUTH' | 'CREDITS' | 'KEY_LIMIT' | 'IN_FLIGHT' | 'DAILY_QUOTA';

function accountFailure(failure: Failure, code: AccountCode, reply: FailedReply | undefined): NoticeView {
  const said = saidBy(failure);
  switch (code) {
    case 'AUTH':
      return notice(
        code,
        'error',
        l10n.t('The provider rejected the API key.'),
        sentences(l10n.t('It may be mistyped, revoked, or meant for another server.'), said),
        [setApiKey(), retry()],
      );
    case 'CREDITS':
      return notice(
        code,
        'error',
        l10n.t('Your account doesn’t have enough credits for this request.'),
        sentences(
          l10n.t('This is your balance at the provider, not a limit set here. Add credits on the provider’s website.'),
          said,
        ),
        [chooseCheaperModel(), retry()],
      );
    case 'KEY_LIMIT':
      return notice(
        code,
        'error',
        l10n.t('The API key has reached its spending limit at the provider.'),
        sentences(l10n.t('You can raise the limit in the provider’s key settings.'), said),
        [action('setApiKey', l10n.t('Use another key')), retry()],
      );
    case 'IN_FLIGHT':
      return notice(
        code,
        'warning',
        l10n.t('Other running requests have reserved your credits.'),
        sentences(waitText(failure, reply), said),
        [retry()],
      );
    case 'DAILY_QUOTA':
      return notice(
        code,
        'error',
        l10n.t('Today’s free quota is used up.'),
        sentences(l10n.t('The provider resets it daily.'), said),
        [otherModel(reply)],
      );
  }
}

type ModelCode =
  'RATE_LIMIT' | 'MODERATION' | 'CONTEXT_TOO_LONG' | 'MODEL_NOT_FOUND' | 'BAD_REQUEST' | 'OVERLOADED' | 'UPSTREAM';

function modelFailure(failure: Failure, code: ModelCode, reply: FailedReply | undefined): NoticeView {
  const said = saidBy(failure);
  switch (code) {
    case 'RATE_LIMIT':
      return notice(code, 'warning', l10n.t('Rate limit reached.'), sentences(waitText(failure, reply), said), [
        retry(),
        otherModel(reply),
      ]);
    case 'MODERATION':
      return notice(code, 'error', l10n.t('The provider’s moderation rejected this message.'), said);
    case 'CONTEXT_TOO_LONG':
      return contextTooLong(failure, reply);
    case 'MODEL_NOT_FOUND':
      return notice(code, 'error', l10n.t('The provider doesn’t offer this model.'), said, [otherModel(reply)]);
    case 'BAD_REQUEST':
      return notice(code, 'error', l10n.t('The provider rejected the request.'), said, [showLog()]);
    case 'OVERLOADED':
      return notice(
        code,
        'warning',
        reply?.model === undefined
          ? l10n.t('The model is overloaded or down.')
          : l10n.t('{0} is overloaded or down.', reply.model),
        sentences(waitText(failure, reply), said),
        [retry(), otherModel(reply)],
      );
    case 'UPSTREAM':
      return notice(code, 'error', l10n.t('The provider reported an error.'), said, [
        ...continueAction(reply),
        retry(),
        ...switchTo(reply),
      ]);
  }
}

function connectionFailure(
  failure: Failure,
  code: 'TIMEOUT' | 'NETWORK' | 'PROTOCOL',
  reply: FailedReply | undefined,
): NoticeView {
  const { host } = failure;
  switch (code) {
    case 'TIMEOUT':
      return notice(
        code,
        'warning',
        l10n.t('The model didn’t respond in time.'),
        l10n.t('Your message is saved. The provider may still bill the request.'),
        [retry(), ...switchTo(reply)],
      );
    case 'NETWORK':
      return notice(
        code,
        'error',
        host === undefined ? l10n.t('Can’t reach the server.') : l10n.t('Can’t reach {0}.', host),
        sentences(explainFailure(failure, l10n.t('Check your network connection.')), l10n.t('Your message is saved.')),
        [...continueAction(reply), retry(), checkBaseUrl()],
      );
    case 'PROTOCOL':
      return notice(
        code,
        'error',
        host === undefined
          ? l10n.t('The server doesn’t look like an OpenAI-compatible API.')
          : l10n.t('{0} doesn’t look like an OpenAI-compatible API.', host),
        explainFailure(failure, l10n.t('Check the base URL.')),
        [checkBaseUrl(), retry()],
      );
  }
}

function partialReply(code: 'STALLED' | 'TRUNCATED' | 'BUDGET_EXCEEDED', reply: FailedReply | undefined): NoticeView {
  const kept = l10n.t('The text received so far is kept; its cost is pending.');
  switch (code) {
    case 'STALLED':
      return notice(code, 'warning', l10n.t('The reply stalled.'), kept, [...continueAction(reply), retry()]);
    case 'TRUNCATED':
      return notice(
        code,
        'warning',
        l10n.t('The reply was cut off.'),
        sentences(kept, l10n.t('Trying again is charged as a new request.')),
        [...continueAction(reply), retry()],
      );
    case 'BUDGET_EXCEEDED':
      return notice(code, 'error', l10n.t('The reply reached its maximum cost and was stopped.'), kept, [
        ...continueAction(reply),
        action('openBudgetMenu', l10n.t('Change the limit')),
        action('showLedger', l10n.t('Show ledger')),
      ]);
  }
}

/** If the provider named its limit, the request can be shortened to fit. */
function contextTooLong(failure: Failure, reply: FailedReply | undefined): NoticeView {
  const title = l10n.t('The conversation exceeds the model’s context window.');
  const elsewhere = [newConversation(), otherModel(reply)];
  const named = contextNumbers(failure.detail);
  if (!named) return notice('CONTEXT_TOO_LONG', 'error', title, saidBy(failure), elsewhere);
  const limit = formatNumber(named.limitTokens);
  const numbers =
    named.requestedTokens === null
      ? l10n.t('The provider’s limit is {0} tokens.', limit)
      : l10n.t(
          'The provider’s limit is {0} tokens; this request needs about {1}.',
          limit,
          formatNumber(named.requestedTokens),
        );
  return notice(
    'CONTEXT_TOO_LONG',
    'error',
    title,
    sentences(numbers, l10n.t('Shortening omits the oldest messages from the request; nothing is deleted.')),
    [...(reply ? [action('shorten', l10n.t('Shorten and retry'))] : []), ...elsewhere],
  );
}

const continueAction = (reply: FailedReply | undefined): NoticeActions =>
  reply?.canContinue ? [action('continueReply', l10n.t('Continue'))] : [];

const switchTo = (reply: FailedReply | undefined): NoticeActions =>
  reply?.nextModel === undefined ? [] : [action('switchModel', l10n.t('Ask {0}', reply.nextModel))];

/** The next fallback model if there is one, else the model list. */
const otherModel = (reply: FailedReply | undefined): NoticeActions[number] =>
  switchTo(reply)[0] ?? chooseAnotherModel();

function saidBy(failure: Failure): string {
  if (failure.reason) return explainFailure(failure, '');
  return failure.detail === '' ? '' : l10n.t('The provider says: {0}', failure.detail);
}

/** Empty beside a message, which shows a countdown instead. */
const waitText = ({ retryAfterMs }: Failure, reply: FailedReply | undefined): string =>
  retryAfterMs === undefined || reply ? '' : l10n.t('Try again in {0} s.', wholeSeconds(retryAfterMs));
