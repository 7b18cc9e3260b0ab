import { l10n } from 'vscode';
import type { Refusal, SpendGap } from '../../domain/failure';
import { nanoUsd } from '../../domain/money';
import type { NoticeView } from '../../protocol/views';
import { chooseAnotherModel, chooseCheaperModel, newConversation, runDiagnostics } from './actionLabels';
import { describeFailure } from './failureText';
import { formatMoney, sentences } from './format';
import { storeReasonText } from './storeText';
import { action, notice } from './notice';

type RefusalOf<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>;
type PeriodExceeded = Exclude<RefusalOf<'BUDGET_EXCEEDED'>, { period: 'model' }>;

const usd = (amount: number): string => formatMoney(nanoUsd(amount));

export function budgetExceeded(refusal: RefusalOf<'BUDGET_EXCEEDED'>): NoticeView {
  if (refusal.period === 'model') {
    const why = l10n.t(
      'Its last bill was {0}, but it should have cost {1} at most. Nothing was sent, and your text is kept.',
      usd(refusal.billedNanoUsd),
      usd(refusal.worstCaseNanoUsd),
    );
    return notice(
      refusal.code,
      'error',
      l10n.t('{0} is blocked because a bill exceeded its worst case.', refusal.model),
      why,
      [chooseAnotherModel(), action('acceptOverrun', l10n.t('Allow it again'))],
    );
  }
  const { title, why } = exceededWords(refusal);
  const needed = l10n.t(
    'Even a short reply could cost up to {0}. Nothing was sent, and your text is kept.',
    usd(refusal.worstCaseNanoUsd),
  );
  return notice(refusal.code, 'error', title, sentences(why, needed), [
    action('openBudgetMenu', l10n.t('Raise the limit')),
    chooseCheaperModel(),
    newConversation(),
  ]);
}

function exceededWords({ period, limitNanoUsd, spentNanoUsd }: PeriodExceeded): {
  readonly title: string;
  readonly why: string;
} {
  const limit = usd(limitNanoUsd);
  const spent = usd(spentNanoUsd);
  switch (period) {
    case 'day':
      return {
        title: l10n.t('This would exceed today’s limit.'),
        why: l10n.t('{0} of today’s {1} limit (UTC) is spent, reserved or pending.', spent, limit),
      };
    case 'month':
      return {
        title: l10n.t('This would exceed this month’s limit.'),
        why: l10n.t('{0} of this month’s {1} limit (UTC) is spent, reserved or pending.', spent, limit),
      };
    case 'conversation':
      return {
        title: l10n.t('This would exceed the limit per conversation.'),
        why: l10n.t('{0} of its {1} limit is spent, reserved or pending, all branches included.', spent, limit),
      };
    case 'reply':
      return {
        title: l10n.t('This would exceed the limit per reply.'),
        why: l10n.t('A single reply may cost up to {0}.', limit),
      };
  }
}

export function spendUnsure({ code, gaps }: RefusalOf<'SPEND_UNSURE'>): NoticeView {
  return notice(
    code,
    'error',
    l10n.t('Total spending can’t be verified, so the limit can’t be guaranteed.'),
    sentences(...gaps.map(gapText)),
    [runDiagnostics(), action('openBudgetMenu', l10n.t('Budget'))],
  );
}

function gapText(gap: SpendGap): string {
  switch (gap.kind) {
    case 'unreadable':
      return l10n.t('A history file can’t be read: {0}', storeReasonText(gap.reason));
    case 'damaged':
      return l10n.t(
        'A history file is damaged. Run diagnostics to see what was lost, then choose Repair to be able to send again.',
      );
    case 'network':
      return l10n.t('The history is on a network drive, so spending in other windows may be noticed too late.');
  }
}

export function priceUnknown({ code, model, listFailure }: RefusalOf<'PRICE_UNKNOWN'>): NoticeView {
  const accept = action('acceptUnknownPrice', l10n.t('Allow in this conversation'));
  if (listFailure) {
    const why = describeFailure(listFailure);
    return notice(
      code,
      'warning',
      l10n.t('The price list couldn’t be loaded, so nothing was sent.'),
      sentences(why.title, l10n.t('Your text is kept.')),
      [...why.actions.filter((a) => a.action !== 'retry'), accept],
    );
  }
  return notice(
    code,
    'warning',
    l10n.t('The price of {0} is unknown.', model),
    l10n.t('A limit can’t be enforced for a model without a known price, so nothing was sent. Your text is kept.'),
    [chooseAnotherModel(), accept],
  );
}
