import type { JournalFinding, JournalReport, SnapshotReport } from '../../domain/storeReport';
import { type Damage, JournalCursor } from './journal/cursor';
import { type JournalFiles, isJournalName } from './journal/files';
import { OLD_SIGNAL_FILE, SIGNAL_FILE } from './journal/set';
import { isAcknowledgementName, isAcknowledged, acknowledgeDamage } from './journal/acknowledgedDamage';
import { isPresenceName } from './windows/presence';
import { databaseNameOf, isDatabaseName, isManifestName, manifestNameOf } from './projection/snapshotManifest';
import type { Snapshots } from './projection/snapshots';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from './journal/eventSchema';
import { isClaimName } from './windows/turnClaims';

export interface FilesInspection {
  readonly journals: readonly JournalReport[];
  readonly snapshots: readonly SnapshotReport[];
  readonly unknownFiles: readonly string[];
  readonly unreadableRecords: number;
}

/** Reads every file in the store completely and reports its state. Changes nothing. */
export async function inspectFiles(files: JournalFiles, snapshots: Snapshots): Promise<FilesInspection> {
  const names = await files.list();
  const journals: JournalReport[] = [];
  let unreadableRecords = 0;
  for (const name of names.filter(isJournalName)) {
    const { report, unreadable } = await inspectJournal(files, name);
    journals.push(report);
    unreadableRecords += unreadable;
  }
  return {
    journals,
    snapshots: await snapshots.inspect(),
    unknownFiles: names.filter((name) => !isOurs(name)),
    unreadableRecords,
  };
}

/**
 * Acknowledges damage in journals, so that it is not reported again, and moves damaged snapshots, which are only
 * copies, to quarantine. Never changes, moves or removes a journal. @throws if a file can't be written.
 */
export async function repairFiles(files: JournalFiles, { journals, snapshots }: FilesInspection): Promise<void> {
  for (const { name, finding } of journals) {
    if (finding.kind !== 'damaged' && finding.kind !== 'foreign') continue;
    await acknowledgeDamage(files, (await readThrough(files, name)).cursor);
  }
  const damaged = snapshots.filter(({ finding }) => finding === 'damaged').map(({ name }) => name);
  for (const name of damaged) {
    for (const part of isDatabaseName(name) ? [name, manifestNameOf(name)] : [name, databaseNameOf(name)]) {
      if ((await files.size(part)) !== undefined) await files.quarantine(part);
    }
  }
  await files.syncDirectory();
}

const OUR_NAMES: ReadonlySet<string> = new Set([SIGNAL_FILE, OLD_SIGNAL_FILE, 'quarantine']);
const isOurs = (name: string): boolean =>
  OUR_NAMES.has(name) ||
  [isJournalName, isManifestName, isDatabaseName, isAcknowledgementName, isPresenceName, isClaimName].some((is) =>
    is(name),
  );

async function inspectJournal(
  files: JournalFiles,
  name: string,
): Promise<{ readonly report: JournalReport; readonly unreadable: number }> {
  const { cursor, records, unreadable } = await readThrough(files, name);
  const bytes = (await files.size(name).catch(() => undefined)) ?? 0;
  return { report: { name, bytes, records, finding: await findingOf(files, cursor) }, unreadable };
}

async function readThrough(
  files: JournalFiles,
  name: string,
): Promise<{ readonly cursor: JournalCursor; readonly records: number; readonly unreadable: number }> {
  const cursor = new JournalCursor(files, name);
  let records = 0;
  let unreadable = 0;
  await cursor.refresh();
  for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch()) {
    records += batch.length;
    for (const frame of batch)
      if (frame.schema <= EVENT_SCHEMA_VERSION)
        unreadable += parseStoreEvents(frame.eventsJson.toString('utf8')).unreadable;
  }
  return { cursor, records, unreadable };
}

async function findingOf(files: JournalFiles, cursor: JournalCursor): Promise<JournalFinding> {
  const { end, damages } = cursor;
  if (end.kind === 'newer') return { kind: 'newer' };
  if (end.kind === 'unreadable') return { kind: 'unreadable', reason: end.reason };
  if (end.kind === 'foreign') return { kind: 'foreign', acknowledged: await isAcknowledged(files, cursor) };
  if (damages.length > 0)
    return {
      kind: 'damaged',
      places: damages.length,
      bytes: bytesOf(damages),
      acknowledged: await isAcknowledged(files, cursor),
    };
  return end.kind === 'cutTail' ? { kind: 'cutTail', bytes: end.to - end.offset } : { kind: 'whole' };
}

const bytesOf = (damages: readonly Damage[]): number => damages.reduce((sum, { from, to }) => sum + to - from, 0);
