import { l10n } from 'vscode';
import type { Refusal, SettlementProblem, TagProblem } from '../../domain/failure';
import { nanoUsd } from '../../domain/money';
import type { NoticeView } from '../../protocol/views';
import { chooseAnotherModel, setApiKey, showLog } from './actionLabels';
import { formatMoney, formatNumber, sentences, wholeSeconds } from './format';
import { storeReasonText } from './storeText';
import { action, notice } from './notice';
import { budgetExceeded, priceUnknown, spendUnsure } from './spendRefusalText';

/** Refused before sending: nothing was charged, and the text is still in the composer. @param nowMs epoch, wall clock */
export function describeRefusal(refusal: Refusal, nowMs = Date.now()): NoticeView {
  switch (refusal.code) {
    case 'BUDGET_EXCEEDED':
      return budgetExceeded(refusal);
    case 'SPEND_UNSURE':
      return spendUnsure(refusal);
    case 'PRICE_UNKNOWN':
      return priceUnknown(refusal);
    case 'NO_KEY':
    case 'CONTEXT_TOO_LONG':
    case 'CIRCUIT_OPEN':
      return modelRefusal(refusal, nowMs);
    case 'EMPTY_INPUT':
    case 'INPUT_TOO_LONG':
    case 'TOO_SOON':
    case 'BUSY':
      return inputRefusal(refusal);
    default:
      return editRefusal(refusal);
  }
}

type RefusalOf<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>;

function inputRefusal(refusal: RefusalOf<'EMPTY_INPUT' | 'INPUT_TOO_LONG' | 'TOO_SOON' | 'BUSY'>): NoticeView {
  const { code } = refusal;
  switch (code) {
    case 'EMPTY_INPUT':
      return notice(code, 'info', l10n.t('There is nothing to send.'), l10n.t('Type a message first.'));
    case 'INPUT_TOO_LONG':
      return notice(
        code,
        'warning',
        l10n.t('The message is too long.'),
        l10n.t(
          'It has {0} characters; the limit is {1}. Shorten it, or attach the long part as a selection.',
          formatNumber(refusal.characters),
          formatNumber(refusal.limit),
        ),
      );
    case 'TOO_SOON':
      return notice(
        code,
        'info',
        l10n.t('You just sent a message.'),
        l10n.t(
          'A second message this soon counts as a double click. Your text is kept; send it again in {0} s.',
          wholeSeconds(refusal.waitMs),
        ),
      );
    case 'BUSY':
      return notice(
        code,
        'info',
        l10n.t('A reply is still streaming in this conversation.'),
        l10n.t('Wait for it to finish or stop it, then try again. Your text is kept.'),
      );
  }
}

function modelRefusal(refusal: RefusalOf<'NO_KEY' | 'CONTEXT_TOO_LONG' | 'CIRCUIT_OPEN'>, nowMs: number): NoticeView {
  const { code } = refusal;
  switch (code) {
    case 'NO_KEY':
      return notice(
        code,
        'warning',
        l10n.t('No API key for {0}.', refusal.origin),
        l10n.t('Nothing was sent, and your text is kept.'),
        [setApiKey()],
      );
    case 'CONTEXT_TOO_LONG':
      return notice(
        code,
        'warning',
        l10n.t('This doesn’t fit the model’s context window.'),
        l10n.t(
          'It needs about {0} tokens, but only {1} are available. Shorten the message or its attachments, or choose a model with a larger context window.',
          formatNumber(refusal.tokens),
          formatNumber(refusal.limitTokens),
        ),
        [chooseAnotherModel()],
      );
    case 'CIRCUIT_OPEN': {
      const paused = notice(
        code,
        'warning',
        l10n.t('This model keeps failing and is paused.'),
        l10n.t('After the pause, one message is let through as a test. Nothing was sent, and your text is kept.'),
        [chooseAnotherModel()],
      );
      return { ...paused, waitUntilMs: nowMs + refusal.waitMs };
    }
  }
}

type EditRefusal = RefusalOf<
  | 'NOT_FOUND'
  | 'NOTHING_TO_CONTINUE'
  | 'TITLE_INVALID'
  | 'TAGS_INVALID'
  | 'NO_EDITOR'
  | 'SETTLEMENT_INVALID'
  | 'STORE_READ_ONLY'
>;

function editRefusal(refusal: EditRefusal): NoticeView {
  const { code } = refusal;
  switch (code) {
    case 'NOT_FOUND':
      return notFound(refusal.what);
    case 'NOTHING_TO_CONTINUE':
      return notice(
        code,
        'info',
        l10n.t('There is nothing to continue.'),
        l10n.t(
          'Only a reply that was interrupted, stopped, or cut off at its length limit can be continued. Nothing was sent.',
        ),
      );
    case 'TITLE_INVALID':
      return notice(
        code,
        'info',
        refusal.characters === 0 ? l10n.t('The title is empty.') : l10n.t('The title is too long.'),
        l10n.t('A title has 1 to {0} characters. The old title is kept.', formatNumber(refusal.limit)),
      );
    case 'TAGS_INVALID':
      return notice(
        code,
        'info',
        l10n.t('These tags can’t be saved.'),
        sentences(tagProblem(refusal.problem), l10n.t('The old tags are kept.')),
      );
    case 'NO_EDITOR':
      return notice(
        code,
        'info',
        l10n.t('No editor is open.'),
        l10n.t('Open a file and place the cursor, or use “new file”.'),
      );
    case 'SETTLEMENT_INVALID':
      return notice(code, 'warning', l10n.t('The charge was not settled.'), settlementProblem(refusal.problem));
    case 'STORE_READ_ONLY':
      return notice(
        code,
        'error',
        l10n.t('This couldn’t be saved, so nothing was done.'),
        sentences(storeReasonText(refusal.reason), l10n.t('Nothing was sent, and your text is kept.')),
        [showLog()],
      );
  }
}

function notFound(what: RefusalOf<'NOT_FOUND'>['what']): NoticeView {
  switch (what) {
    case 'conversation':
      return notice('NOT_FOUND', 'warning', l10n.t('This conversation doesn’t exist.'), l10n.t('Nothing was changed.'));
    case 'message':
      return notice(
        'NOT_FOUND',
        'warning',
        l10n.t('This message isn’t in the conversation.'),
        l10n.t('Nothing was changed.'),
      );
    case 'model':
      return notice(
        'NOT_FOUND',
        'warning',
        l10n.t('The provider doesn’t list this model.'),
        l10n.t('Nothing was sent, and your text is kept. Choose a model from the list.'),
        [action('selectModel', l10n.t('Choose a model'))],
      );
  }
}

function tagProblem(problem: TagProblem): string {
  switch (problem.kind) {
    case 'tooMany':
      return l10n.t(
        '{0} tags are too many; the limit is {1}.',
        formatNumber(problem.count),
        formatNumber(problem.limit),
      );
    case 'tooLong':
      return l10n.t('“{0}” is longer than {1} characters.', problem.tag, formatNumber(problem.limit));
    case 'comma':
      return l10n.t('“{0}” contains a comma, which separates tags.', problem.tag);
  }
}

function settlementProblem(problem: SettlementProblem): string {
  switch (problem.kind) {
    case 'notAnAmount':
      return l10n.t('Enter an amount in dollars, for example 0.0123, without a sign or a currency symbol.');
    case 'tooHigh':
      return l10n.t(
        'The request can’t have cost more than its worst case, {0}. Check that you are looking at the same request in the provider’s log.',
        formatMoney(nanoUsd(problem.limitNanoUsd)),
      );
    case 'notPending':
      return l10n.t('It has been settled in the meantime, or was never billed. See the updated list.');
    case 'running':
      return l10n.t('Its reply is still streaming. The charge is settled when the reply ends.');
  }
}
