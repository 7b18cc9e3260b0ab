import { l10n } from 'vscode';
import type {
  FieldFlaw,
  ImportProblem,
  ImportRemark,
  ImportReport,
  ImportSubject,
} from '../../application/exchange/importReport';
import { inline } from '../../application/exchange/markdownText';
import { asSentence, formatMoney, formatNumber, plural, sentences } from './format';
import { peerItemText, peerProblemText } from './peerText';
import { storeReasonText } from './storeText';

export interface RemarkText {
  readonly about: string;
  readonly problem: string;
}

export const remarkText = ({ about, problem }: ImportRemark): RemarkText => ({
  about: subjectText(about),
  problem: problemText(problem),
});

function subjectText(about: ImportSubject): string {
  switch (about.kind) {
    case 'named':
      return about.name;
    case 'peer':
      return peerItemText(about.item);
    case 'untitled':
      return l10n.t('A conversation without a title');
    case 'file':
      return l10n.t('The file');
    case 'rest':
      return l10n.t('The rest');
  }
}

function problemText(problem: ImportProblem): string {
  switch (problem.kind) {
    case 'fileTooLong':
    case 'fileUnreadable':
    case 'notAnExport':
    case 'unknownVersion':
      return sentences(fileProblem(problem), l10n.t('Nothing was changed.'));
    case 'stopped':
      return sentences(l10n.t('You stopped the import.'), importAgain());
    case 'storeFailed':
      return sentences(l10n.t('The history couldn’t be written.'), storeReasonText(problem.reason), importAgain());
    case 'peer':
      return peerProblemText(problem.problem);
    case 'messageTooLarge':
    case 'duplicateMessage':
    case 'foreignMessage':
    case 'differing':
      return messageProblem(problem);
    default:
      return conversationProblem(problem);
  }
}

type ProblemOf<Kind extends ImportProblem['kind']> = Extract<ImportProblem, { kind: Kind }>;

function fileProblem(problem: ProblemOf<'fileTooLong' | 'fileUnreadable' | 'notAnExport' | 'unknownVersion'>): string {
  switch (problem.kind) {
    case 'fileTooLong':
      return l10n.t('It is longer than {0} characters.', formatNumber(problem.limitCharacters));
    case 'fileUnreadable':
      return l10n.t('It couldn’t be read: {0}', asSentence(problem.reason));
    case 'notAnExport':
      return l10n.t('It isn’t an export of Neural Terminal (format “{0}”), or it is damaged.', problem.format);
    case 'unknownVersion':
      return l10n.t('It was written by another version of Neural Terminal. Update the extension and try again.');
  }
}

const importAgain = (): string => l10n.t('Everything counted here is saved. Import again to continue.');

function messageProblem(
  problem: ProblemOf<'messageTooLarge' | 'duplicateMessage' | 'foreignMessage' | 'differing'>,
): string {
  switch (problem.kind) {
    case 'messageTooLarge':
      return l10n.t('Its message “{0}” is too large; the rest was imported.', problem.messageId);
    case 'duplicateMessage':
      return l10n.t('It contains two messages with the id “{0}”.', problem.messageId);
    case 'foreignMessage':
      return l10n.t('Its message “{0}” belongs to another conversation.', problem.messageId);
    case 'differing':
      return plural(problem.messages, {
        one: l10n.t(
          '{0} message differs from the saved version; the saved one was kept.',
          formatNumber(problem.messages),
        ),
        other: l10n.t(
          '{0} messages differ from the saved versions; the saved ones were kept.',
          formatNumber(problem.messages),
        ),
      });
  }
}

function conversationProblem(
  problem: ProblemOf<
    | 'notAConversation'
    | 'badField'
    | 'twiceInFile'
    | 'circularForks'
    | 'circularMessages'
    | 'costTooHigh'
    | 'conversationTooLarge'
  >,
): string {
  switch (problem.kind) {
    case 'notAConversation':
      return l10n.t('It isn’t a conversation.');
    case 'badField':
      return sentences(fieldProblem(problem.path, problem.flaw), l10n.t('The conversation was not imported.'));
    case 'twiceInFile':
      return l10n.t('It is in the file twice; the first one was imported.');
    case 'circularForks':
      return l10n.t('Its chain of forks is circular.');
    case 'circularMessages':
      return l10n.t('Its messages reply to each other in a circle.');
    case 'costTooHigh':
      return l10n.t('Its costs add up to more than {0}, which can’t be right.', formatMoney(problem.limitNanoUsd));
    case 'conversationTooLarge':
      return l10n.t('It is too large.');
  }
}

/** @param path field in the file, as in `messages[3].costUsd` */
function fieldProblem(path: string, flaw: FieldFlaw): string {
  switch (flaw) {
    case 'notAnId':
      return l10n.t('“{0}” isn’t a valid id.', path);
    case 'tooLong':
      return l10n.t('“{0}” is too long.', path);
    case 'notWhole':
      return l10n.t('“{0}” isn’t a whole number.', path);
    case 'negative':
      return l10n.t('“{0}” is negative.', path);
    case 'tooLarge':
      return l10n.t('“{0}” is too large.', path);
    case 'notATime':
      return l10n.t('“{0}” isn’t a valid time.', path);
    case 'notAnAmount':
      return l10n.t('“{0}” isn’t a valid amount.', path);
    case 'tooMany':
      return l10n.t('“{0}” has too many entries.', path);
    case 'notANumber':
      return l10n.t('“{0}” isn’t a valid conversation number.', path);
    case 'otherFormat':
      return l10n.t('“{0}” doesn’t match the format.', path);
  }
}

/** The notification after an import. */
export function importSummary(source: string, { added, updated, unchanged, remarks }: ImportReport): string {
  const counts = l10n.t(
    'Import from {0}: {1} added, {2} completed, {3} unchanged.',
    source,
    formatNumber(added),
    formatNumber(updated),
    formatNumber(unchanged),
  );
  const notes = plural(remarks.length, {
    one: l10n.t('{0} remark.', formatNumber(remarks.length)),
    other: l10n.t('{0} remarks.', formatNumber(remarks.length)),
  });
  return sentences(counts, remarks.length === 0 ? '' : notes);
}

/** What an import did, as a Markdown document: counts, then remarks. */
export function importDocument(source: string, { added, updated, unchanged, remarks }: ImportReport): string {
  const counts = [
    l10n.t('Added: {0}', conversationCount(added)),
    l10n.t('Completed with missing messages: {0}', conversationCount(updated)),
    l10n.t('Unchanged: {0}', conversationCount(unchanged)),
  ];
  const rows = remarks.map(remarkText).map(({ about, problem }) => `- **${inline(about)}:** ${inline(problem)}`);
  return `${[
    `# ${l10n.t('Import from {0}', inline(source))}`,
    counts.map((count) => `- ${count}`).join('\n'),
    l10n.t('Imported costs are shown in their conversations. They don’t count toward your limits.'),
    ...(rows.length === 0
      ? [l10n.t('Everything was imported.')]
      : [`## ${l10n.t('Skipped or changed')}`, rows.join('\n')]),
  ].join('\n\n')}\n`;
}

const conversationCount = (count: number): string =>
  plural(count, {
    one: l10n.t('{0} conversation', formatNumber(count)),
    other: l10n.t('{0} conversations', formatNumber(count)),
  });
