import * as l10n from '@vscode/l10n';

export const strings = {
  code: () => l10n.t('Code'),
  codeIn: (codeLanguage: string) => l10n.t('Code, {0}', codeLanguage),
  plainText: () => l10n.t('plain text'),
  copyCode: () => l10n.t('Copy code'),
  copy: () => l10n.t('Copy'),
  insertAtCursor: () => l10n.t('Insert at cursor'),
  insert: () => l10n.t('Insert'),
  openInNewFile: () => l10n.t('Open in new file'),
  newFile: () => l10n.t('New file'),
  table: () => l10n.t('Table'),
  image: (host: string) => l10n.t('[image: {0}]', host),
};
