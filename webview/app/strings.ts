import * as l10n from '@vscode/l10n';

/** What a screen reader announces. */
export const strings = {
  codeBlock: () => l10n.t('Code block.'),
  codeBlockIn: (codeLanguage: string) => l10n.t('Code block, {0}.', codeLanguage),
  complete: (cost: string) => l10n.t('Reply complete: {0}.', cost),
  stopped: (cost: string) => l10n.t('Reply stopped: {0}.', cost),
  interrupted: (cost: string) => l10n.t('Reply interrupted: {0}.', cost),
  failed: (cost: string) => l10n.t('Reply failed: {0}.', cost),
  budgetWarning: (percent: string) => l10n.t('Budget: {0} of the limit is spent.', percent),
  budgetExhausted: () => l10n.t('Budget: limit reached.'),
};
