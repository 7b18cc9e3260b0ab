import * as l10n from '@vscode/l10n';
import type { NoticeView } from '../../src/protocol/views';
import { formatCount } from './format';
import { plural } from './localization';

const SEVERITY: Readonly<Record<NoticeView['severity'], () => string>> = {
  info: () => l10n.t('Note'),
  warning: () => l10n.t('Warning'),
  error: () => l10n.t('Error'),
};

/** Texts that several features show. */
export const sharedStrings = {
  history: () => l10n.t('History'),
  model: () => l10n.t('Model'),
  contextWindow: () => l10n.t('Context window'),
  untitled: () => l10n.t('Untitled conversation'),
  noLimit: () => l10n.t('no limit'),
  branchCost: (amount: string) => l10n.t('branch {0}', amount),
  archivedMark: () => l10n.t('archived'),
  cancel: () => l10n.t('Cancel'),
  dismiss: () => l10n.t('Dismiss'),
  loading: () => l10n.t('Loading…'),
  send: () => l10n.t('Transmit'),
  sending: () => l10n.t('Sending…'),
  hintStop: () => l10n.t('Esc: stop the reply'),
  wait: (duration: string) => l10n.t('Wait {0}', duration),
  waitOver: () => l10n.t('The wait is over.'),

  tokensShort: (count: string) => l10n.t('{0} tok', count),
  tokensInOut: (input: string, output: string) => l10n.t('{0} tokens in, {1} out', input, output),
  tokensPerSecond: (rate: string) => l10n.t('{0} tok/s', rate),
  characters: (count: number) =>
    plural(count, {
      one: l10n.t('{0} character', formatCount(count)),
      other: l10n.t('{0} characters', formatCount(count)),
    }),

  forkedFrom: (conversation: string) => l10n.t('forked from {0}', conversation),
  forkedFromDeleted: () => l10n.t('forked from a deleted conversation'),
  tags: () => l10n.t('Tags:'),
  moreTags: (count: string) => l10n.t('+{0}', count),

  severity: (severity: NoticeView['severity']) => SEVERITY[severity](),
  noAnswerTitle: () => l10n.t('The extension did not respond.'),
  noAnswerDetail: () => l10n.t('Your text is kept. Try again. If this keeps happening, reload the window.'),
  unreadableTitle: () => l10n.t('The page and the extension have different versions.'),
  unreadableDetail: () => l10n.t('Reload the window. Nothing is lost.'),
};
