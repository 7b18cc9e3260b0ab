import * as l10n from '@vscode/l10n';
import { formatCount } from '../shared/format';
import { plural } from '../shared/localization';

export interface Example {
  readonly label: string;
  /** Put into the composer; the user completes it. */
  readonly draft: string;
}

export const strings = {
  conversation: () => l10n.t('Conversation'),
  you: () => l10n.t('You'),
  systemRole: () => l10n.t('System'),
  entryName: (speaker: string, time: string) => l10n.t('{0}, {1}', speaker, time),
  jumpToLatest: () => l10n.t('Jump to latest'),
  showEarlier: (count: number) =>
    plural(count, {
      one: l10n.t('Show {0} earlier message', formatCount(count)),
      other: l10n.t('Show {0} earlier messages', formatCount(count)),
    }),
  showLater: (count: number) =>
    plural(count, {
      one: l10n.t('Show {0} later message', formatCount(count)),
      other: l10n.t('Show {0} later messages', formatCount(count)),
    }),

  interrupted: () => l10n.t('interrupted'),
  stopped: () => l10n.t('stopped'),
  failed: () => l10n.t('failed'),
  omitted: (count: number) =>
    plural(count, {
      one: l10n.t('{0} earlier message omitted', formatCount(count)),
      other: l10n.t('{0} earlier messages omitted', formatCount(count)),
    }),
  omittedHint: () => l10n.t('Earlier messages did not fit into the context window and were not sent.'),
  firstTokenAfter: (duration: string) => l10n.t('First token after {0}', duration),
  continues: (cost: string) => l10n.t('continues a reply that cost {0}', cost),
  continuesUnknown: (cost: string) => l10n.t('continues another reply ({0})', cost),
  attempts: () => l10n.t('Earlier attempts'),
  reasoning: () => l10n.t('Reasoning'),
  emptyReply: () => l10n.t('The reply is empty.'),

  entryTools: () => l10n.t('Message actions'),
  copyReply: () => l10n.t('Copy reply'),
  copyQuestion: () => l10n.t('Copy question'),
  copy: () => l10n.t('Copy'),
  continueReply: () => l10n.t('Continue reply'),
  continueShort: () => l10n.t('Continue'),
  regenerate: () => l10n.t('Regenerate'),
  editQuestion: () => l10n.t('Edit question'),
  edit: () => l10n.t('Edit'),
  forkHere: () => l10n.t('Fork from here'),
  fork: () => l10n.t('Fork'),
  unavailableWhileStreaming: (action: string) => l10n.t('{0}: unavailable while a reply is streaming', action),
  copied: () => l10n.t('Copied'),
  done: () => l10n.t('Done'),

  previousBranch: () => l10n.t('Previous branch'),
  nextBranch: () => l10n.t('Next branch'),
  branchOf: (number: string, count: string) => l10n.t('Branch {0} of {1}', number, count),
  branchShort: (number: string, count: string) => l10n.t('{0}/{1}', number, count),

  editHint: () => l10n.t('Enter: send as a new branch'),
  editHintBusy: () => l10n.t('A reply is streaming. Your text is kept.'),

  emptyLead: () =>
    l10n.t(
      'A research terminal for paid models: exact cost per reply, limits enforced before sending, history that survives crashes.',
    ),
  key: () => l10n.t('API key'),
  keyMissing: () => l10n.t('not set'),
  keyReady: () => l10n.t('ready'),
  budget: () => l10n.t('Budget'),
  spentOf: (spent: string, limit: string) => l10n.t('{0} of {1} spent', spent, limit),
  spentWithoutLimit: (spent: string) => l10n.t('{0} spent, no limit', spent),
  endpoint: () => l10n.t('Endpoint'),
  examplesTitle: () => l10n.t('Examples'),
  examples: (): readonly Example[] => [
    {
      label: l10n.t('Explain a piece of code'),
      draft: `${l10n.t('Explain what this code does, step by step, and where it could fail:')}\n\n`,
    },
    {
      label: l10n.t('Find the cause of an error'),
      draft: `${l10n.t('Find the most likely cause of this error and how to verify it:')}\n\n`,
    },
    {
      label: l10n.t('Compare two approaches'),
      draft: `${l10n.t('Compare these two approaches by correctness, cost and maintainability:')}\n\n1. \n2. `,
    },
  ],
};
