import { l10n } from 'vscode';
import type { StoreReason, StoreWarning } from '../../domain/storeTrouble';
import { formatNumber, plural, sentences } from './format';

/** One sentence. */
export function storeReasonText(reason: StoreReason): string {
  switch (reason.kind) {
    case 'diskFull':
      return l10n.t('The disk is full.');
    case 'quotaExceeded':
      return l10n.t('The disk quota is exceeded.');
    case 'fileTooLarge':
      return l10n.t('The file system doesn’t allow a larger file.');
    case 'accessDenied':
      return l10n.t('Access to the history folder is denied.');
    case 'readOnlyDisk':
      return l10n.t('The history folder is on a read-only drive.');
    case 'folderDeleted':
      return l10n.t('The history folder was deleted.');
    case 'notAFolder':
      return l10n.t('A file has the name of the history folder.');
    case 'diskError':
      return l10n.t('The disk reported an error.');
    case 'tooManyOpenFiles':
      return l10n.t('Too many files are open.');
    case 'newerVersion':
      return l10n.t(
        'The history was written by a newer version of Neural Terminal. Update the extension or reload the window to continue.',
      );
    case 'closed':
      return l10n.t('The history is closed.');
    case 'invalidRecord':
      return l10n.t('The record has a value that can’t be stored.');
    case 'recordTooLarge':
      return l10n.t('The record is larger than {0} MB.', formatNumber(reason.limitBytes / 1024 / 1024));
    case 'other':
      return l10n.t('The history folder can’t be used ({0}).', reason.detail);
  }
}

/** One or more sentences. */
export function storeWarningText(warning: StoreWarning): string {
  switch (warning.kind) {
    case 'readOnly':
      return storeReasonText(warning.reason);
    case 'notSaved':
      return sentences(l10n.t('The last change couldn’t be saved.'), storeReasonText(warning.reason));
    case 'damagedJournals':
      return plural(warning.count, {
        one: l10n.t('A history file is damaged. Everything around the damage is shown. Run Diagnostics for details.'),
        other: l10n.t(
          '{0} history files are damaged. Everything around the damage is shown. Run Diagnostics for details.',
          formatNumber(warning.count),
        ),
      });
    case 'damagedSnapshot':
      return l10n.t(
        'A saved copy of the history is damaged and not used. The history itself is complete. Run Diagnostics for details.',
      );
    case 'foreignFiles':
      return plural(warning.count, {
        one: l10n.t('A file in the history folder isn’t a history file or is completely damaged. It is not used.'),
        other: l10n.t(
          '{0} files in the history folder aren’t history files or are completely damaged. They are not used.',
          formatNumber(warning.count),
        ),
      });
    case 'unreadableJournal':
      return sentences(l10n.t('A history file can’t be read; the others are shown.'), storeReasonText(warning.reason));
    case 'unreadableRecords':
      return plural(warning.count, {
        one: l10n.t('A saved record can’t be read. It is kept as it is.'),
        other: l10n.t('{0} saved records can’t be read. They are kept as they are.', formatNumber(warning.count)),
      });
    case 'reloadFailed':
      return l10n.t('Changes made in another window can’t be read ({0}).', warning.detail);
    case 'networkDisk':
      return l10n.t(
        'The history is on a network drive, so changes by other windows may be seen late. For exact budgets, use one window at a time.',
      );
  }
}

export const storeWarningsText = (warnings: readonly StoreWarning[]): string =>
  warnings.map(storeWarningText).join(' ');
