import type { StoreReason, StoreWarning } from '../../domain/storeTrouble';
import type { JournalEnd } from './journal/cursor';

export interface StoreFindings {
  /** The reason for each journal that could not be read. */
  readonly unreadable: readonly StoreReason[];
  /** Ends of damaged journals and foreign files, excluding acknowledged ones. */
  readonly damaged: readonly JournalEnd[];
  readonly damagedSnapshots: number;
  readonly unreadableEvents: number;
  readonly isOnNetwork: boolean;
  /** Why the last commit failed; undefined once one has succeeded. */
  readonly lastFailure: StoreReason | undefined;
}

/** Warnings about a working store. A cut tail is not one, because nothing acknowledged was lost. */
export function storeWarnings(findings: StoreFindings): readonly StoreWarning[] {
  const { unreadable, damaged, damagedSnapshots, unreadableEvents, isOnNetwork, lastFailure } = findings;
  const foreign = damaged.filter((end) => end.kind === 'foreign').length;
  const warnings: StoreWarning[] = [];
  if (damaged.length > foreign) warnings.push({ kind: 'damagedJournals', count: damaged.length - foreign });
  if (damagedSnapshots > 0) warnings.push({ kind: 'damagedSnapshot' });
  if (foreign > 0) warnings.push({ kind: 'foreignFiles', count: foreign });
  for (const reason of unreadable) warnings.push({ kind: 'unreadableJournal', reason });
  if (unreadableEvents > 0) warnings.push({ kind: 'unreadableRecords', count: unreadableEvents });
  if (isOnNetwork) warnings.push({ kind: 'networkDisk' });
  if (lastFailure !== undefined) warnings.push({ kind: 'notSaved', reason: lastFailure });
  return warnings;
}
