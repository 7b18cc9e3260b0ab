import { l10n } from 'vscode';
import type { DocumentFacts, DocumentWords } from '../../application/exchange/documentWords';
import type { Cost, Message } from '../../domain/conversation';
import { formatAtMost, formatEstimate, formatMoney, formatNumber, plural } from './format';
import { costText } from './panelWords';

/** Texts of an exported Markdown document. */

function roleName(role: Message['role']): string {
  switch (role) {
    case 'system':
      return l10n.t('System');
    case 'user':
      return l10n.t('You');
    case 'assistant':
      return l10n.t('Assistant');
  }
}

function documentFacts(facts: DocumentFacts): readonly string[] {
  return [
    l10n.t('Conversation: {0}', facts.numberLabel),
    l10n.t('Model: {0}', facts.model),
    l10n.t('Created: {0}', facts.createdAt),
    l10n.t('Updated: {0}', facts.updatedAt),
    costFact(facts),
    l10n.t('Tokens: {0}', formatNumber(facts.totalTokens)),
    ...(facts.tags.length > 0 ? [l10n.t('Tags: {0}', facts.tags.join(', '))] : []),
    ...(facts.fork ? [forkFact(facts.fork.source)] : []),
    ...(facts.hiddenBranches > 0 ? [hiddenBranches(facts.hiddenBranches)] : []),
  ];
}

/** A sum that lacks amounts says so. */
function costFact({ costNanoUsd, repliesWithoutCost, hiddenBranches: hidden }: DocumentFacts): string {
  const cost = formatMoney(costNanoUsd);
  const sum = hidden > 0 ? l10n.t('Cost: {0}, all branches', cost) : l10n.t('Cost: {0}', cost);
  if (repliesWithoutCost === 0) return sum;
  return plural(repliesWithoutCost, {
    one: l10n.t('{0} (plus {1} reply of unknown cost)', sum, formatNumber(repliesWithoutCost)),
    other: l10n.t('{0} (plus {1} replies of unknown cost)', sum, formatNumber(repliesWithoutCost)),
  });
}

const forkFact = (source: string | undefined): string =>
  source === undefined ? l10n.t('Forked from a deleted conversation') : l10n.t('Forked from: {0}', source);

const hiddenBranches = (count: number): string =>
  plural(count, {
    one: l10n.t('{0} other branch not shown', formatNumber(count)),
    other: l10n.t('{0} other branches not shown', formatNumber(count)),
  });

function stateName(state: Exclude<Message['state'], 'complete'>): string {
  switch (state) {
    case 'streaming':
      return l10n.t('still streaming');
    case 'interrupted':
      return l10n.t('interrupted');
    case 'cancelled':
      return l10n.t('stopped');
    case 'failed':
      return l10n.t('failed');
  }
}

function replyCost({ costNanoUsd, source }: Cost): string {
  if (costNanoUsd === null) return costText({ costNanoUsd, source });
  const amount = formatMoney(costNanoUsd);
  switch (source) {
    case 'reported':
      return l10n.t('{0} reported', amount);
    case 'estimated':
      return l10n.t('{0} estimated', amount);
    case 'pending':
      return l10n.t('{0} pending', amount);
    case 'unknown':
      return amount;
  }
}

const omittedText = (messages: number): string =>
  plural(messages, {
    one: l10n.t('{0} earlier message omitted', formatNumber(messages)),
    other: l10n.t('{0} earlier messages omitted', formatNumber(messages)),
  });

const failedRequests = (count: number, models: string): string =>
  plural(count, {
    one: l10n.t('after {0} failed request: {1}', formatNumber(count), models),
    other: l10n.t('after {0} failed requests: {1}', formatNumber(count), models),
  });

export const documentWords: DocumentWords = {
  money: formatMoney,
  estimated: formatEstimate,
  atMost: formatAtMost,
  cost: costText,
  role: roleName,
  forkedHere: (source) =>
    source === undefined ? l10n.t('Forked here from a deleted conversation.') : l10n.t('Forked here from {0}.', source),
  facts: documentFacts,
  systemPrompt: () => l10n.t('System prompt'),
  reasoning: () => l10n.t('Reasoning'),
  attachment: () => l10n.t('Attachment'),
  state: stateName,
  replyCost,
  modelAndProvider: (model, provider) => l10n.t('{0} by {1}', model, provider),
  omitted: omittedText,
  version: (number, count) => l10n.t('version {0} of {1}', formatNumber(number), formatNumber(count)),
  continues: (version) =>
    version === undefined
      ? l10n.t('continues a reply that is not included')
      : l10n.t('continues version {0}', formatNumber(version)),
  failedRequests,
};
