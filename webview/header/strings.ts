import * as l10n from '@vscode/l10n';
import type { BudgetView } from '../../src/protocol/views';

type BudgetPeriod = BudgetView['period'];

export const strings = {
  newConversation: () => l10n.t('New conversation'),
  telemetry: () => l10n.t('Telemetry'),
  chooseModel: (id: string, price: string) => l10n.t('{0}, {1}. Choose another model.', id, price),
  contextUsed: (percent: string) => l10n.t('{0} of the context window used', percent),
  requestsGoTo: (origin: string) => l10n.t('Requests go to {0}', origin),
  keyNeeded: (origin: string) => l10n.t('No API key is stored for {0}.', origin),
  setApiKey: () => l10n.t('Set API key'),
  pinnedMark: () => l10n.t('pinned'),

  budget: () => l10n.t('Budget'),
  budgetOf: (period: BudgetPeriod) => (period === 'day' ? l10n.t('Budget · today') : l10n.t('Budget · this month')),
  spentIn: (period: BudgetPeriod) => (period === 'day' ? l10n.t('Spent today') : l10n.t('Spent this month')),
  changeLimits: () => l10n.t('Change limits'),
  reserved: (amount: string) => l10n.t('{0} reserved', amount),
  pending: (amount: string) => l10n.t('{0} pending', amount),
  ofLimit: (percent: string, limit: string) => l10n.t('{0} of {1}', percent, limit),
  keyAllowance: (text: string) => l10n.t('key: {0}', text),
  limitReached: () => l10n.t('limit reached'),
};
