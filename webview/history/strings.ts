import * as l10n from '@vscode/l10n';
import type { SearchHitView } from '../../src/protocol/views';
import { formatCount } from '../shared/format';
import { plural } from '../shared/localization';

const ROLES: Readonly<Record<SearchHitView['role'], () => string>> = {
  system: () => l10n.t('system'),
  user: () => l10n.t('you'),
  assistant: () => l10n.t('reply'),
};

export const strings = {
  search: () => l10n.t('Search history'),
  filtersHint: (examples: string) => l10n.t('Filters: {0}. Put a phrase in quotes.', examples),
  close: () => l10n.t('Close history'),
  filter: () => l10n.t('Filter'),
  active: () => l10n.t('Active'),
  archived: () => l10n.t('Archived'),
  noConversations: () => l10n.t('No conversations yet. Your first message starts one.'),
  noArchived: () => l10n.t('The archive is empty. Archived conversations stay searchable.'),

  noResults: (text: string) => l10n.t('No results for “{0}”.', text),
  noResultsHint: () => l10n.t('Every word must occur in the message. Try fewer words or just the start of a word.'),
  results: (count: number) =>
    plural(count, {
      one: l10n.t('{0} result', formatCount(count)),
      other: l10n.t('{0} results', formatCount(count)),
    }),
  /** The search stopped at its limit. */
  resultsAtLeast: (count: string) => l10n.t('{0}+ results', count),
  moreResults: (count: string) =>
    l10n.t('These are the best {0} results. Add a word or a filter to narrow them.', count),
  inTitles: () => l10n.t('In titles'),
  inMessages: () => l10n.t('In messages'),
  role: (role: SearchHitView['role']) => ROLES[role](),
  fork: () => l10n.t('fork'),

  pinned: () => l10n.t('Pinned'),
  today: () => l10n.t('Today'),
  yesterday: () => l10n.t('Yesterday'),
  thisWeek: () => l10n.t('This week'),
  older: () => l10n.t('Older'),

  rename: () => l10n.t('Rename'),
  renameOf: (conversation: string) => l10n.t('Rename {0}', conversation),
  editTags: () => l10n.t('Edit tags'),
  editTagsOf: (conversation: string) => l10n.t('Edit tags of {0}', conversation),
  pin: () => l10n.t('Pin'),
  pinOf: (conversation: string) => l10n.t('Pin {0}', conversation),
  unpin: () => l10n.t('Unpin'),
  unpinOf: (conversation: string) => l10n.t('Unpin {0}', conversation),
  archive: () => l10n.t('Archive'),
  archiveOf: (conversation: string) => l10n.t('Archive {0}', conversation),
  restore: () => l10n.t('Restore'),
  restoreOf: (conversation: string) => l10n.t('Restore {0}', conversation),
  delete: () => l10n.t('Delete'),
  deleteOf: (conversation: string) => l10n.t('Delete {0}', conversation),
  confirmDelete: (conversation: string) => l10n.t('Delete {0}?', conversation),
  deleted: (conversation: string) => l10n.t('Deleted {0}', conversation),
  undo: () => l10n.t('Undo'),
  undoDelete: (conversation: string) => l10n.t('Undo deletion of {0}', conversation),
  titleOf: (conversation: string) => l10n.t('Title of {0}', conversation),
  tagsOf: (conversation: string) => l10n.t('Tags of {0}, separated by commas', conversation),
  tagsPlaceholder: () => l10n.t('parser, budget'),
  keySave: () => l10n.t('save'),
  keyCancel: () => l10n.t('cancel'),
  keyRename: () => l10n.t('rename'),
  keyTag: () => l10n.t('tag'),
  keyPin: () => l10n.t('pin'),
  keyArchive: () => l10n.t('archive'),
  keyRestore: () => l10n.t('restore'),
  keyDelete: () => l10n.t('delete'),
};
