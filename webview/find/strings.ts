import * as l10n from '@vscode/l10n';

export const strings = {
  find: () => l10n.t('Find'),
  findInConversation: () => l10n.t('Find in conversation'),
  noResults: () => l10n.t('No results'),
  place: (place: string, count: string) => l10n.t('{0}/{1}', place, count),
  nextMatch: () => l10n.t('Next match'),
  previousMatch: () => l10n.t('Previous match'),
  close: () => l10n.t('Close find'),
};
