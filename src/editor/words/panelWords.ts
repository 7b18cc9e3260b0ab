import { l10n } from 'vscode';
import type { LedgerWords } from '../../application/ledger/requests';
import type { PanelWords } from '../../application/panel/panelWords';
import type { Cost } from '../../domain/conversation';
import type { NanoUsd } from '../../domain/money';
import { describeAttempt, describeRetry, nameFailure } from './attemptText';
import { keyAllowance } from './budgetText';
import { describeFailure } from './failureText';
import { formatAtMost, formatEstimate, formatMoney, formatNumber, plural } from './format';
import { priceLoading, priceText } from './modelText';
import { describeRefusal } from './refusalText';
import { describeError, describeLedgerTrouble, describeStoreTrouble } from './troubleText';

const moneyWords = { money: formatMoney, estimated: formatEstimate, atMost: formatAtMost };

export function costText({ costNanoUsd, source }: Cost): string {
  if (costNanoUsd !== null) return source === 'estimated' ? formatEstimate(costNanoUsd) : formatMoney(costNanoUsd);
  return source === 'pending' ? l10n.t('cost pending') : l10n.t('cost unknown');
}

function worstCaseText(amount: NanoUsd | null): string {
  if (amount === null) return l10n.t('price unknown');
  return amount === 0 ? l10n.t('free') : formatAtMost(amount);
}

const shortenedText = (tokens: number): string =>
  l10n.t('The budget leaves ≈ {0} tokens for the reply.', formatNumber(tokens));

const omittedText = (messages: number): string =>
  plural(messages, {
    one: l10n.t('{0} earlier message doesn’t fit.', formatNumber(messages)),
    other: l10n.t('{0} earlier messages don’t fit.', formatNumber(messages)),
  });

export const panelWords: PanelWords = {
  ...moneyWords,
  cost: costText,
  price: priceText,
  priceLoading,
  approximately: (tokens) => `≈ ${formatNumber(tokens)}`,
  worstCase: worstCaseText,
  shortened: shortenedText,
  omitted: omittedText,
  keyAllowance,
  nameFailure,
  describeFailure,
  describeAttempt,
  describeRetry,
  describeRefusal,
  describeStoreTrouble,
  describeError,
};

export const ledgerWords: LedgerWords = { ...moneyWords, describeRefusal, describeLedgerTrouble };
