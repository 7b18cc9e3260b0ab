import { l10n } from 'vscode';
import { formatNumber, plural, sentences } from './format';

/** Texts of the export and import commands. */

export const exportDialog = () => ({
  title: l10n.t('Export Conversation'),
  markdown: l10n.t('Markdown, for reading'),
  json: l10n.t('JSON, complete'),
});

export const noConversations = (): string => l10n.t('There are no conversations yet.');

export const exported = (title: string): string => l10n.t('“{0}” was exported.', title);

export const exportForms = (count: number) => ({
  title: plural(count, {
    one: l10n.t('Export {0} Conversation', formatNumber(count)),
    other: l10n.t('Export {0} Conversations', formatNumber(count)),
  }),
  json: {
    label: l10n.t('JSON, complete'),
    detail: l10n.t('Everything, including branches, costs and personas. Can be imported again.'),
  },
  markdown: {
    label: l10n.t('Folder of Markdown files'),
    detail: l10n.t('One file per conversation, for reading. Contains the active branch.'),
  },
});

export const exportAllDialog = () => ({
  title: l10n.t('Export All Conversations'),
  openLabel: l10n.t('Export Here'),
  progress: l10n.t('Exporting conversations'),
});

export const exportedAll = (files: number): string =>
  sentences(
    l10n.t('All conversations were exported.'),
    files === 1 ? '' : l10n.t('The export has {0} files; import all of them to restore it.', formatNumber(files)),
  );

export const exportStopped = (folder: string): string =>
  l10n.t('The export was stopped. The files written so far are in {0}.', folder);

export const exportedTo = (count: number, folder: string): string =>
  plural(count, {
    one: l10n.t('{0} conversation was exported to {1}.', formatNumber(count), folder),
    other: l10n.t('{0} conversations were exported to {1}.', formatNumber(count), folder),
  });

export const exportFailed = (file: string, reason: string): string =>
  l10n.t('The export couldn’t be written to {0}: {1}. An existing file was not changed.', file, reason);

export const chargesDialog = () => ({
  title: l10n.t('Export Charges'),
  progress: l10n.t('Exporting charges'),
});

export const chargesExported = (file: string): string => l10n.t('The charges were exported to {0}.', file);

export const openLabel = (): string => l10n.t('Open');

export const importSources = () => ({
  title: l10n.t('Import Conversations'),
  placeHolder: l10n.t('Files of other extensions are only read. Nothing in your history is overwritten.'),
  file: { label: l10n.t('File…'), description: l10n.t('JSON exported by Neural Terminal') },
});

export const foundOnMachine = (count: number): string =>
  plural(count, {
    one: l10n.t('{0} conversation found', formatNumber(count)),
    other: l10n.t('{0} conversations found', formatNumber(count)),
  });

export const importDialog = () => ({ title: l10n.t('Import Conversations'), openLabel: l10n.t('Import') });

export const importing = (source: string): string => l10n.t('Importing from {0}', source);

export const showImportReport = (): string => l10n.t('Show Report');

/** `total` is null when it is unknown. */
export const progressText = (done: number, total: number | null): string =>
  total === null ? formatNumber(done) : `${formatNumber(done)} / ${formatNumber(total)}`;
