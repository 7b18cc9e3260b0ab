import { l10n } from 'vscode';
import {
  type JournalFinding,
  type JournalReport,
  type SnapshotReport,
  type StoreReport,
  needsRepair,
} from '../../domain/storeReport';
import { formatNumber, plural, sentences } from './format';
import { storeReasonText } from './storeText';

/** Versions and platform of the running program; nothing personal. */
export interface ProgramFacts {
  readonly extensionVersion: string;
  readonly editorVersion: string;
  readonly platform: string;
  /** ISO 8601. */
  readonly at: string;
}

export const diagnosticsLabels = () => ({
  verifying: l10n.t('Verifying the history…'),
  repairing: l10n.t('Repairing the history…'),
  showReport: l10n.t('Show Report'),
  repair: l10n.t('Repair'),
});

/** The result in one or two sentences, for a notification. */
export function summaryOf(report: StoreReport): string {
  if (needsRepair(report))
    return l10n.t(
      'Some history files are damaged. Everything readable is shown, and nothing was changed. Repair acknowledges the damage and makes new copies.',
    );
  if (report.notWritable !== undefined)
    return sentences(l10n.t('The history can be read but not written.'), storeReasonText(report.notWritable));
  if (report.journals.some(({ finding }) => finding.kind === 'unreadable'))
    return l10n.t('A history file can’t be read. The others are shown, and nothing was changed.');
  if (report.journals.some(({ finding }) => finding.kind === 'newer'))
    return l10n.t('The history was written by a newer version of Neural Terminal. Update this one to write again.');
  if (report.projectionMatches === false)
    return l10n.t(
      'All history files are intact, but the saved copies contain more than the files. Nothing is missing in the panel; export all conversations to be safe.',
    );
  return l10n.t('All history files are intact.');
}

/** The whole report as Markdown. Contains file names, sizes and counts, but no message text and no key. */
export function diagnosticsReport(report: StoreReport, facts: ProgramFacts): string {
  return [
    `# ${l10n.t('Neural Terminal diagnostics')}`,
    summaryOf(report),
    overview(report, facts)
      .map((line) => `- ${line}`)
      .join('\n'),
    `## ${l10n.t('History files')}`,
    l10n.t('Each window writes its own file. Together they are the history; no window changes another window’s file.'),
    table(
      [l10n.t('File'), l10n.t('Bytes'), l10n.t('Records'), l10n.t('Finding')],
      report.journals.map((journal) => [journal.name, journal.bytes, journal.records, journalFinding(journal)]),
    ),
    `## ${l10n.t('Saved copies')}`,
    l10n.t('They speed up starting and can be recreated at any time.'),
    table(
      [l10n.t('File'), l10n.t('Bytes'), l10n.t('Finding')],
      report.snapshots.map((snapshot) => [snapshot.name, snapshot.bytes, snapshotFinding(snapshot)]),
    ),
    ...(report.unknownFiles.length === 0
      ? []
      : [
          `## ${l10n.t('Other files in the folder')}`,
          report.unknownFiles.map((name) => `- ${oneLine(name)}`).join('\n'),
        ]),
    `${l10n.t('This report contains no message text and no API key.')}\n`,
  ].join('\n\n');
}

function overview(report: StoreReport, facts: ProgramFacts): readonly string[] {
  return [
    l10n.t('Created: {0}', facts.at),
    l10n.t('Neural Terminal {0}, VS Code {1}, {2}', facts.extensionVersion, facts.editorVersion, facts.platform),
    l10n.t('Folder: {0}', report.directory),
    l10n.t('Conversations: {0}', formatNumber(report.conversations)),
    l10n.t('Messages: {0}', formatNumber(report.messages)),
    projectionMatch(report.projectionMatches),
    l10n.t('Records that could not be read: {0}', formatNumber(report.unreadableRecords)),
    ...(report.notWritable === undefined ? [] : [l10n.t('Not writable: {0}', storeReasonText(report.notWritable))]),
    ...(report.isOnNetwork
      ? [l10n.t('The folder is on a network drive, so changes from other windows may appear late.')]
      : []),
  ];
}

function projectionMatch(matches: boolean | null): string {
  if (matches === null) return l10n.t('The panel matches the files: not checked, because a file can’t be read');
  return matches ? l10n.t('The panel matches the files: yes') : l10n.t('The panel matches the files: no');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return l10n.t('None.');
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? formatNumber(cell) : oneLine(cell))).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const oneLine = (text: string): string => text.replace(/[\r\n|]/g, ' ');

function journalFinding({ finding }: JournalReport): string {
  const text = findingText(finding);
  const isAcknowledged = (finding.kind === 'damaged' || finding.kind === 'foreign') && finding.acknowledged;
  return isAcknowledged ? l10n.t('{0}; acknowledged', text) : text;
}

function findingText(finding: JournalFinding): string {
  switch (finding.kind) {
    case 'whole':
      return l10n.t('intact');
    case 'cutTail':
      return l10n.t('intact; ends with an unfinished write of {0} bytes', formatNumber(finding.bytes));
    case 'damaged':
      return plural(finding.places, {
        one: l10n.t('damaged in {0} place, {1} bytes; the rest is used', finding.places, formatNumber(finding.bytes)),
        other: l10n.t(
          'damaged in {0} places, {1} bytes; the rest is used',
          formatNumber(finding.places),
          formatNumber(finding.bytes),
        ),
      });
    case 'foreign':
      return l10n.t('not a history file, or damaged from the first byte; not used');
    case 'newer':
      return l10n.t('written by a newer version; read only');
    case 'unreadable':
      return l10n.t('can’t be read: {0}', storeReasonText(finding.reason));
  }
}

function snapshotFinding({ finding }: SnapshotReport): string {
  switch (finding) {
    case 'whole':
      return l10n.t('intact');
    case 'damaged':
      return l10n.t('damaged; not used');
    case 'otherVersion':
      return l10n.t('from another version; not used');
  }
}
