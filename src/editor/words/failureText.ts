import type { StoreWarning } from '../../domain/storeTrouble';
import { storeReasonText, storeWarningsText } from './storeText';
import * as vscode from 'vscode';
import type { FailedReply } from '../../application/panel/entryPresenter';
import { contextNumbers } from '../../domain/contextWindow';
import type { SpendGap, Failure, Refusal, SettlementProblem, TagProblem } from '../../domain/failure';
import { formatUsd, nanoUsd } from '../../domain/money';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import { wholeSeconds } from './attemptText';
import { explainFailure } from './networkText';

const t = vscode.l10n.t;

type Severity = NoticeView['severity'];
type Actions = NoticeView['actions'];

const action = (name: NoticeAction, label: string): Actions[number] => ({ action: name, label });
const notice = (
  code: string,
  severity: Severity,
  title: string,
  detail: string,
  actions: Actions = [],
): NoticeView => ({ code, severity, title, detail, waitUntilMs: null, actions });

const usd = (amount: number): string => formatUsd(nanoUsd(amount));
const count = (value: number): string => value.toLocaleString('en');

/** What was refused before sending: nothing was charged, and the text is still in the composer. @param nowMs epoch, wall clock */
export function describeRefusal(refusal: Refusal, nowMs = Date.now()): NoticeView {
  const { code } = refusal;
  switch (code) {
    case 'EMPTY_INPUT':
      return notice(code, 'info', t('There is nothing to send yet.'), t('Type a message first.'));
    case 'INPUT_TOO_LONG':
      return notice(
        code,
        'warning',
        t('The message is too long.'),
        t(
          'It has {0} characters; the limit is {1}. Shorten it, or attach the long part as a selection.',
          count(refusal.characters),
          count(refusal.limit),
        ),
      );
    case 'TOO_SOON':
      return notice(
        code,
        'info',
        t('That was sent a moment ago.'),
        t(
          'A second send within {0} s counts as a double click. Your text is kept; send it again.',
          wholeSeconds(refusal.waitMs),
        ),
      );
    case 'BUSY':
      return notice(
        code,
        'info',
        t('A reply is still streaming here.'),
        t('Wait for it or stop it, then try again. What you typed is kept.'),
      );
    case 'NO_KEY':
      return notice(
        code,
        'warning',
        t('No API key for {0}.', refusal.origin),
        t('Nothing was sent. Your text is kept.'),
        [action('setApiKey', t('Set API key'))],
      );
    case 'BUDGET_EXCEEDED':
      return budgetExceeded(refusal);
    case 'SPEND_UNSURE':
      return notice(
        code,
        'error',
        t('What was spent cannot be seen in full, so no limit can be promised.'),
        refusal.gaps.map(gapText).join(' '),
        [action('runDiagnostics', t('Run diagnostics')), action('openBudgetMenu', t('Budget'))],
      );
    case 'PRICE_UNKNOWN':
      return priceUnknown(refusal);
    case 'CONTEXT_TOO_LONG':
      return notice(
        code,
        'warning',
        t('This does not fit the model’s window.'),
        t(
          'It needs about {0} tokens; the window leaves {1}. Shorten the message or its attachments, or choose a model with a larger window.',
          count(refusal.tokens),
          count(refusal.limitTokens),
        ),
        [action('selectModel', t('Choose another model'))],
      );
    case 'CIRCUIT_OPEN':
      return {
        ...notice(
          code,
          'warning',
          t('This model has failed repeatedly.'),
          t('It is left alone for a while; then one message may try it. Nothing was sent, your text is kept.'),
          [action('selectModel', t('Choose another model'))],
        ),
        waitUntilMs: nowMs + refusal.waitMs,
      };
    case 'NOT_FOUND':
      return notFound(refusal.what);
    case 'NOTHING_TO_CONTINUE':
      return notice(
        code,
        'info',
        t('There is nothing to go on from.'),
        t(
          'Only a reply with text that was cut or stopped, or that reached its length limit, can be continued. Nothing was sent.',
        ),
      );
    case 'TITLE_INVALID':
      return notice(
        code,
        'info',
        refusal.characters === 0 ? t('A title needs at least one character.') : t('The title is too long.'),
        t('It may have up to {0} characters. The old title stays.', refusal.limit),
      );
    case 'TAGS_INVALID':
      return notice(
        code,
        'info',
        t('These tags cannot be kept.'),
        t('{0} The old tags stay.', tagProblem(refusal.problem)),
      );
    case 'NO_EDITOR':
      return notice(
        code,
        'info',
        t('No editor is open to insert into.'),
        t('Open a file and place the cursor, or use “new file”.'),
      );
    case 'SETTLEMENT_INVALID':
      return notice(code, 'warning', t('The charge was not settled.'), settlementProblem(refusal.problem));
    case 'STORE_READ_ONLY':
      return notice(
        code,
        'error',
        t('This could not be stored, so it was not done.'),
        t('{0}. Nothing was sent, and what you typed is kept here.', sentence(storeReasonText(refusal.reason))),
        [action('showLog', t('Show log'))],
      );
  }
}

function gapText(gap: SpendGap): string {
  switch (gap.kind) {
    case 'unreadable':
      return t('A file of the history cannot be read: {0}', storeReasonText(gap.reason));
    case 'damaged':
      return t(
        'A file of the history is damaged. Diagnostics says what was lost; once you have seen it, sending goes on.',
      );
    case 'network':
      return t('The history is on a network disk, where windows may see each other’s spending too late.');
  }
}

function settlementProblem(problem: SettlementProblem): string {
  switch (problem.kind) {
    case 'notAnAmount':
      return t('Type an amount in dollars such as 0.0123, with a point and without a sign.');
    case 'tooHigh':
      return t(
        'The request cannot have cost more than {0}, its worst case. Check that the provider’s log shows the same request.',
        usd(problem.limitNanoUsd),
      );
    case 'notPending':
      return t('Its bill is known by now, or it was never charged. The list shows what counts.');
    case 'running':
      return t('Its reply is still streaming. The bill comes with its end.');
  }
}

function tagProblem(problem: TagProblem): string {
  switch (problem.kind) {
    case 'tooMany':
      return t('There are {0}; a conversation has up to {1}.', problem.count, problem.limit);
    case 'tooLong':
      return t('“{0}” is longer than {1} characters.', problem.tag, problem.limit);
    case 'comma':
      return t('“{0}” has a comma in it; a comma separates two tags.', problem.tag);
  }
}

function notFound(what: 'conversation' | 'message' | 'model'): NoticeView {
  switch (what) {
    case 'conversation':
      return notice('NOT_FOUND', 'warning', t('This conversation is not in the store.'), t('Nothing was changed.'));
    case 'message':
      return notice('NOT_FOUND', 'warning', t('This message is not in the conversation.'), t('Nothing was changed.'));
    case 'model':
      return notice(
        'NOT_FOUND',
        'warning',
        t('The provider does not list this model.'),
        t('Nothing was sent. Choose a model from the list; your text is kept.'),
        [action('selectModel', t('Choose a model'))],
      );
  }
}

function budgetExceeded(refusal: Extract<Refusal, { code: 'BUDGET_EXCEEDED' }>): NoticeView {
  if (refusal.period === 'model') {
    const why = t(
      'Its last bill was {0}, though the most it should have cost was {1}. Nothing was sent, your text is kept.',
      usd(refusal.billedNanoUsd),
      usd(refusal.worstCaseNanoUsd),
    );
    return notice(refusal.code, 'error', t('{0} is blocked: it went beyond its worst case.', refusal.model), why, [
      action('selectModel', t('Choose another model')),
      action('acceptOverrun', t('Allow it again')),
    ]);
  }
  const { title, why } = budgetWords(refusal);
  const needed = t(
    'Even a short reply could cost up to {0} here. Nothing was sent, your text is kept.',
    usd(refusal.worstCaseNanoUsd),
  );
  return notice(refusal.code, 'error', title, `${why} ${needed}`, [
    action('openBudgetMenu', t('Raise the limit')),
    action('selectModel', t('Choose a cheaper model')),
    action('newConversation', t('Start a shorter context')),
  ]);
}

/** What counts against a limit is what was billed and what is held back for replies that run or have no bill yet. */
function budgetWords({
  period,
  limitNanoUsd,
  spentNanoUsd,
}: Exclude<Extract<Refusal, { code: 'BUDGET_EXCEEDED' }>, { period: 'model' }>): { title: string; why: string } {
  const limit = usd(limitNanoUsd);
  const spent = usd(spentNanoUsd);
  switch (period) {
    case 'day':
      return {
        title: t('Today’s budget does not cover this.'),
        why: t('Of {0} for today (UTC), {1} is spent or held back for replies without a bill yet.', limit, spent),
      };
    case 'month':
      return {
        title: t('This month’s budget does not cover this.'),
        why: t('Of {0} for this month (UTC), {1} is spent or held back for replies without a bill yet.', limit, spent),
      };
    case 'conversation':
      return {
        title: t('This conversation’s budget is too small.'),
        why: t(
          'Of {0} for it with all its branches, {1} is spent or held back for replies without a bill yet.',
          limit,
          spent,
        ),
      };
    case 'reply':
      return { title: t('The limit per reply is too low for this.'), why: t('A single reply may cost {0}.', limit) };
  }
}

function priceUnknown(refusal: Extract<Refusal, { code: 'PRICE_UNKNOWN' }>): NoticeView {
  const accept = action('acceptUnknownPrice', t('Allow it in this conversation'));
  if (refusal.listFailure) {
    const why = describeFailure(refusal.listFailure);
    return notice(
      refusal.code,
      'warning',
      t('The price list could not be read, so nothing was sent.'),
      `${why.title} ${t('Your text is kept.')}`,
      [...why.actions.filter((a) => a.action !== 'retry'), accept],
    );
  }
  return notice(
    refusal.code,
    'warning',
    t('The price of {0} is not known.', refusal.model),
    t('A budget cannot hold for a model without a price, so nothing was sent. Your text is kept.'),
    [action('selectModel', t('Choose another model')), accept],
  );
}

/** What became of a request that went out: what happened, what was kept, what to do. Without `reply`: of one that belongs to no message. */
export function describeFailure(failure: Failure, reply?: FailedReply): NoticeView {
  const view = failureNotice(failure, reply);
  return reply && failure.retryAfterMs !== undefined && WAITS.has(failure.code)
    ? { ...view, waitUntilMs: reply.endedAtMs + failure.retryAfterMs }
    : view;
}

/** Failures that time lifts, if the provider says when. */
const WAITS: ReadonlySet<Failure['code']> = new Set(['RATE_LIMIT', 'IN_FLIGHT', 'DAILY_QUOTA', 'OVERLOADED']);

function failureNotice(failure: Failure, reply: FailedReply | undefined): NoticeView {
  const { code } = failure;
  const retry = action('retry', t('Try again'));
  const said = saidBy(failure);
  switch (code) {
    case 'AUTH':
      return notice(
        code,
        'error',
        t('The provider did not accept the API key.'),
        words(t('It may be mistyped, deleted or of another server.'), said),
        [action('setApiKey', t('Set API key')), retry],
      );
    case 'CREDITS':
      return notice(
        code,
        'error',
        t('The account’s credits do not cover this request.'),
        words(
          t(
            'This is the account’s balance at the provider, not a limit of yours here. Credits are added in the provider’s settings.',
          ),
          said,
        ),
        [action('selectModel', t('Choose a cheaper model')), retry],
      );
    case 'KEY_LIMIT':
      return notice(
        code,
        'error',
        t('This key’s own limit at the provider is reached.'),
        words(t('It is set for the key, and raised, in the provider’s key settings.'), said),
        [action('setApiKey', t('Use another key')), retry],
      );
    case 'IN_FLIGHT':
      return notice(
        code,
        'warning',
        t('Other running requests hold the account’s credits.'),
        words(waitText(failure, reply), said),
        [retry],
      );
    case 'RATE_LIMIT':
      return notice(code, 'warning', t('The provider asks to slow down.'), words(waitText(failure, reply), said), [
        retry,
        otherModel(reply),
      ]);
    case 'DAILY_QUOTA':
      return notice(
        code,
        'error',
        t('The free quota of today is used up.'),
        words(t('It is the provider’s quota and comes back with its next day.'), said),
        [otherModel(reply)],
      );
    case 'MODERATION':
      return notice(code, 'error', t('The provider’s moderation refused this message.'), said);
    case 'CONTEXT_TOO_LONG':
      return contextTooLong(failure, reply);
    case 'MODEL_NOT_FOUND':
      return notice(code, 'error', t('The provider does not offer this model.'), said, [otherModel(reply)]);
    case 'BAD_REQUEST':
      return notice(code, 'error', t('The provider refused the request.'), said, [action('showLog', t('Show log'))]);
    case 'OVERLOADED':
      return notice(
        code,
        'warning',
        reply?.model === undefined
          ? t('The model is overloaded or down.')
          : t('{0} is overloaded or down.', reply.model),
        words(waitText(failure, reply), said),
        [retry, otherModel(reply)],
      );
    default:
      return describeTransport(failure, reply, retry);
  }
}

function describeTransport(failure: Failure, reply: FailedReply | undefined, retry: Actions[number]): NoticeView {
  const { code, host } = failure;
  const server = host ?? t('the server');
  const goOn = reply?.canContinue ? [action('continueReply', t('Continue'))] : [];
  switch (code) {
    case 'TIMEOUT':
      return notice(
        code,
        'warning',
        t('No answer came in time.'),
        t('The question is stored; the provider may still bill it.'),
        [retry, ...switchTo(reply)],
      );
    case 'STALLED':
      return notice(
        code,
        'warning',
        t('The reply stopped coming.'),
        t('The text so far is kept; its cost is pending.'),
        [...goOn, retry],
      );
    case 'TRUNCATED':
      return notice(
        code,
        'warning',
        t('The reply was cut off.'),
        t('The text so far is kept; its cost is pending. Trying again is a new purchase.'),
        [...goOn, retry],
      );
    case 'NETWORK':
      return notice(
        code,
        'error',
        t('Cannot reach {0}.', server),
        words(explainFailure(failure, t('Check the network.')), t('The question is stored.')),
        [...goOn, retry, action('openBaseUrlSetting', t('Check the address'))],
      );
    case 'PROTOCOL':
      return notice(
        code,
        'error',
        t('{0} did not answer as a model provider does.', server),
        explainFailure(failure, t('Check the base URL.')),
        [action('openBaseUrlSetting', t('Check the address')), retry],
      );
    case 'BUDGET_EXCEEDED':
      return notice(
        code,
        'error',
        t('The reply reached the most it may cost and was stopped.'),
        t('The text so far is kept; its cost is pending.'),
        [...goOn, action('openBudgetMenu', t('Change the limit')), action('showLedger', t('Show ledger'))],
      );
    default:
      return notice(code, 'error', t('The provider reported an error.'), saidBy(failure), [
        ...goOn,
        retry,
        ...switchTo(reply),
      ]);
  }
}

/** With the numbers that the provider named it can be asked for less. */
function contextTooLong(failure: Failure, reply: FailedReply | undefined): NoticeView {
  const { code } = failure;
  const title = t('The conversation is longer than the model’s window.');
  const elsewhere = [action('newConversation', t('New conversation')), otherModel(reply)];
  const named = contextNumbers(failure.detail);
  if (!named) return notice(code, 'error', title, saidBy(failure), elsewhere);
  const { limitTokens, requestedTokens } = named;
  const numbers =
    requestedTokens === null
      ? t('The provider’s window holds {0} tokens.', count(limitTokens))
      : t(
          'The provider’s window holds {0} tokens; about {1} were asked for.',
          count(limitTokens),
          count(requestedTokens),
        );
  return notice(
    code,
    'error',
    title,
    words(numbers, t('Shortening leaves out the earliest messages; nothing is deleted.')),
    [...(reply ? [action('shorten', t('Shorten and retry'))] : []), ...elsewhere],
  );
}

const switchTo = (reply: FailedReply | undefined): Actions =>
  reply?.nextModel === undefined ? [] : [action('switchModel', t('Ask {0}', reply.nextModel))];

/** The person's own chain first. */
const otherModel = (reply: FailedReply | undefined): Actions[number] =>
  switchTo(reply)[0] ?? action('selectModel', t('Choose another model'));

const saidBy = (failure: Failure): string => {
  if (failure.reason) return explainFailure(failure, '');
  return failure.detail === '' ? '' : t('The provider says: {0}', failure.detail);
};

/** Beside a message a countdown says it. */
const waitText = ({ retryAfterMs }: Failure, reply: FailedReply | undefined): string =>
  retryAfterMs === undefined || reply ? '' : t('It asks to wait {0} s.', wholeSeconds(retryAfterMs));

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

const sentence = (text: string): string => (text.charAt(0).toUpperCase() + text.slice(1)).replace(/[.\s]+$/, '');

/** The banner while the store has something to say. */
export function describeStoreTrouble(warnings: readonly StoreWarning[]): NoticeView {
  return notice(
    'STORE_TROUBLE',
    'error',
    t('The history needs attention.'),
    t(
      '{0}. Nothing is overwritten; what cannot be stored now stays in memory and is written as soon as that works.',
      sentence(storeWarningsText(warnings)),
    ),
    [action('showLog', t('Show log'))],
  );
}

/** The ledger's page shows this in place of what it could not read. */
export function describeLedgerTrouble(error: unknown): NoticeView {
  const detail = t(
    '{0}. No charge is lost: each stands in the journals since before it was sent.',
    sentence(error instanceof Error ? error.message : String(error)),
  );
  return notice('LEDGER_TROUBLE', 'error', t('The ledger cannot be read.'), detail, [
    action('showLog', t('Show log')),
    action('runDiagnostics', t('Run diagnostics')),
  ]);
}

/** For what should not happen: the person still learns that nothing was lost. */
export function describeError(error: unknown): NoticeView {
  return notice(
    'INTERNAL',
    'error',
    t('Something went wrong inside Neural Terminal.'),
    `${sentence(String(error))}. ${t('Your text is kept.')}`,
    [action('showLog', t('Show log'))],
  );
}
