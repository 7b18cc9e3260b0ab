import { l10n } from 'vscode';
import type { HistoryEntryView } from '../../protocol/views';
import type { Confirmation } from './confirmation';
import { facts, formatDateTime, formatNumber } from './format';

/** Texts of the commands on conversations. */

export const openConversationTitle = (): string => l10n.t('Open Conversation');

/** Both lines below the title of a conversation in a list. */
export const listItem = (entry: HistoryEntryView) => ({
  description: facts(
    entry.runLabel,
    entry.costText,
    ...entry.tags.map((tag) => `#${tag}`),
    entry.archived ? l10n.t('archived') : '',
  ),
  detail: facts(formatDateTime(entry.updatedAtMs), entry.model),
});

export const searchItem = (total: number, listed: number) => ({
  label: l10n.t('Search all {0} conversations…', formatNumber(total)),
  detail: l10n.t('Only the newest {0} are listed here.', formatNumber(listed)),
});

export const renameInput = (numberLabel: string) => ({ title: l10n.t('Title of {0}', numberLabel) });

export const invalidTitle = (limit: number): string =>
  l10n.t('Enter one line of 1 to {0} characters.', formatNumber(limit));

export const tagInput = (numberLabel: string) => ({
  title: l10n.t('Tags of {0}', numberLabel),
  prompt: l10n.t('Separate tags with commas. Leave empty to remove all tags.'),
});

export const archivedText = (numberLabel: string, isArchived: boolean): string =>
  isArchived ? l10n.t('{0} was archived.', numberLabel) : l10n.t('{0} was restored from the archive.', numberLabel);

export const confirmDelete = (numberLabel: string, title: string): Confirmation => ({
  message: l10n.t('Delete {0} “{1}”?', numberLabel, title),
  detail: l10n.t('You can undo this until the window closes. Forks of the conversation keep the messages they share.'),
  confirm: l10n.t('Delete'),
});

export const deletedText = (numberLabel: string, title: string): string =>
  l10n.t('{0} “{1}” was deleted.', numberLabel, title);

export const undoLabel = (): string => l10n.t('Undo');

export const noConversationOpen = (): string => l10n.t('Open a conversation first.');
