import * as l10n from '@vscode/l10n';
import { formatCount } from '../shared/format';
import { plural } from '../shared/localization';

export const strings = {
  message: () => l10n.t('Message'),
  placeholder: () => l10n.t('Ask a question'),
  tokens: (count: string) => l10n.t('{0} tokens', count),
  noQuote: () => l10n.t('≈ – tok · ≤ $ –'),
  hintKeys: () => l10n.t('Shift+Enter: new line'),
  hintBusy: () => l10n.t('A reply is streaming. Press Esc to stop it. Your text is kept.'),

  attachments: () => l10n.t('Attachments'),
  removeAttachment: (label: string) => l10n.t('Remove {0}', label),
  showAttachment: (label: string) => l10n.t('Show the attached text of {0}', label),
  sentAsShown: () => l10n.t('Sent exactly as shown'),
  lines: (count: number) =>
    plural(count, { one: l10n.t('{0} line', formatCount(count)), other: l10n.t('{0} lines', formatCount(count)) }),
};
