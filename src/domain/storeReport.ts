import type { StoreReason } from './storeTrouble';

/** Result of an inspection of the store's folder. Names and numbers only: no message text, no API key. */
export interface StoreReport {
  readonly directory: string;
  /** Every journal was read completely. */
  readonly journals: readonly JournalReport[];
  readonly snapshots: readonly SnapshotReport[];
  /** Files that do not belong to the store. */
  readonly unknownFiles: readonly string[];
  readonly conversations: number;
  readonly messages: number;
  /** Number of records that this version can't read. */
  readonly unreadableRecords: number;
  /** The projection equals a new fold of all journals. Null if unreadable data prevents the comparison. */
  readonly projectionMatches: boolean | null;
  /** Undefined if the folder can be written. */
  readonly notWritable: StoreReason | undefined;
  /** The folder is on a network file system, where changes of other windows may arrive late. */
  readonly isOnNetwork: boolean;
}

export interface JournalReport {
  readonly name: string;
  readonly bytes: number;
  readonly records: number;
  readonly finding: JournalFinding;
}

export type JournalFinding =
  | { readonly kind: 'whole' }
  /** An incomplete write. It was never acknowledged. */
  | { readonly kind: 'cutTail'; readonly bytes: number }
  /** Bytes changed after they were written. The data around them is used. `acknowledged`: by the user. */
  | { readonly kind: 'damaged'; readonly places: number; readonly bytes: number; readonly acknowledged: boolean }
  | { readonly kind: 'foreign'; readonly acknowledged: boolean }
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: StoreReason };

export interface SnapshotReport {
  readonly name: string;
  readonly bytes: number;
  readonly finding: 'whole' | 'damaged' | 'otherVersion';
}

/** Whether the report has a finding that `repair` can handle. */
export function needsRepair({ journals, snapshots }: StoreReport): boolean {
  const isOpen = ({ finding }: JournalReport): boolean =>
    (finding.kind === 'damaged' || finding.kind === 'foreign') && !finding.acknowledged;
  return journals.some(isOpen) || snapshots.some(({ finding }) => finding === 'damaged');
}
