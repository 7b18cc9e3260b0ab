import {
  type JournalFinding,
  type JournalReport,
  type SnapshotReport,
  type StoreReport,
  needsRepair,
} from '../../domain/storeReport';

/** What runs here: versions, no names of people or places. */
export interface ProgramFacts {
  readonly extensionVersion: string;
  readonly editorVersion: string;
  readonly platform: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The finding in one sentence, for a notification. */
export function summaryOf(report: StoreReport): string {
  if (needsRepair(report))
    return 'Some history files are damaged. Everything that can be read is shown, and nothing was changed. Repair notes the damage and makes new copies.';
  if (report.notWritable !== undefined)
    return `The history can be read but not written (${report.notWritable.kind}).`;
  if (report.journals.some(({ finding }) => finding.kind === 'unreadable'))
    return 'A history file cannot be read. The others are shown, and nothing was changed.';
  if (report.journals.some(({ finding }) => finding.kind === 'newer'))
    return 'A newer version of Neural Terminal has written here. Update this one to go on writing.';
  if (report.projectionMatches === false)
    return 'Every file is whole, but saved copies know more than the history files themselves. Nothing is missing in the panel; export it all to be safe.';
  return 'Every history file is whole.';
}

/** The whole report as Markdown. File names, sizes and counts only: no text of a message, no key. */
export function diagnosticsReport(report: StoreReport, facts: ProgramFacts): string {
  const { conversations, messages, journals, snapshots, unknownFiles } = report;
  return [
    '# Neural Terminal diagnostics',
    '',
    summaryOf(report),
    '',
    `- Made: ${facts.at}`,
    `- Neural Terminal ${facts.extensionVersion}, VS Code ${facts.editorVersion}, ${facts.platform}`,
    `- Folder: ${report.directory}`,
    `- Conversations: ${conversations}, messages: ${messages}`,
    `- What is shown is what the files say: ${report.projectionMatches === null ? 'not compared, something cannot be read' : report.projectionMatches ? 'yes' : 'no'}`,
    `- Records that could not be understood: ${report.unreadableRecords}`,
    ...(report.notWritable === undefined ? [] : [`- Not writable: ${report.notWritable.kind}`]),
    ...(report.isOnNetwork ? ['- The folder is on a network disk: what other windows write may be seen late.'] : []),
    '',
    '## History files',
    '',
    'Each window writes one. Together they are the history; none is ever changed by another window.',
    '',
    ...table(
      ['File', 'Bytes', 'Records', 'Finding'],
      journals.map((journal) => [journal.name, journal.bytes, journal.records, journalWords(journal)]),
    ),
    '## Saved copies',
    '',
    'They make starting fast and can be made again at any time.',
    '',
    ...table(
      ['File', 'Bytes', 'Finding'],
      snapshots.map((snapshot) => [snapshot.name, snapshot.bytes, snapshotWords(snapshot)]),
    ),
    ...(unknownFiles.length === 0
      ? []
      : ['## Other files in the folder', '', ...unknownFiles.map((name) => `- ${oneLine(name)}`), '']),
    'This report holds no text of any message and no key.',
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  if (rows.length === 0) return ['None.', ''];
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : oneLine(cell))).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

const oneLine = (text: string): string => text.replace(/[\r\n|]/g, ' ');

const journalWords = ({ finding }: JournalReport): string => findingWords(finding);

function findingWords(finding: JournalFinding): string {
  switch (finding.kind) {
    case 'whole':
      return 'whole';
    case 'cutTail':
      return `whole; a write of ${finding.bytes} bytes was cut at the end, and nothing of it had been confirmed`;
    case 'damaged':
      return `damaged in ${finding.places === 1 ? 'one place' : `${finding.places} places`}, ${finding.bytes} bytes; the rest is used${finding.acknowledged ? '; noted' : ''}`;
    case 'foreign':
      return `not a history file, or damaged from its first byte on; not used${finding.acknowledged ? '; noted' : ''}`;
    case 'newer':
      return 'written by a newer version; only read';
    case 'unreadable':
      return `could not be read: ${finding.reason.kind}`;
  }
}

function snapshotWords({ finding }: SnapshotReport): string {
  switch (finding) {
    case 'whole':
      return 'whole';
    case 'damaged':
      return 'damaged; not used';
    case 'otherVersion':
      return 'of another version; not used';
  }
}
