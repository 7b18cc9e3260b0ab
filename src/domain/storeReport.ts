import type { StoreReason } from './storeTrouble';

/** Result of inspecting the store's folder. Names and numbers only: no text of a message, no key. */
export interface StoreReport {
  readonly directory: string;
  /** Every file was read completely. */
  readonly journals: readonly JournalReport[];
  readonly snapshots: readonly SnapshotReport[];
  /** Files that the store did not create. */
  readonly unknownFiles: readonly string[];
  readonly conversations: number;
  readonly messages: number;
  /** Records that this version can't read. */
  readonly unreadableRecords: number;
  /**
   * Whether the projection matches all journals when they are read again. Null if something unreadable makes the
   * comparison impossible.
   */
  readonly projectionMatches: boolean | null;
  /** Undefined if the folder can be written. */
  readonly notWritable: StoreReason | undefined;
  /** The folder is on a network file system, where changes by other windows may be seen late. */
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
  /** An incomplete write, of which nothing was acknowledged. */
  | { readonly kind: 'cutTail'; readonly bytes: number }
  /** Bytes were changed after they were written. Everything around them is used. `acknowledged`: by the user. */
  | { readonly kind: 'damaged'; readonly places: number; readonly bytes: number; readonly acknowledged: boolean }
  | { readonly kind: 'foreign'; readonly acknowledged: boolean }
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: StoreReason };

export interface SnapshotReport {
  readonly name: string;
  readonly bytes: number;
  readonly finding: 'whole' | 'damaged' | 'otherVersion';
}

/** Whether `repair` can fix something. */
export function needsRepair({ journals, snapshots }: StoreReport): boolean {
  const isOpen = ({ finding }: JournalReport): boolean =>
    (finding.kind === 'damaged' || finding.kind === 'foreign') && !finding.acknowledged;
  return journals.some(isOpen) || snapshots.some(({ finding }) => finding === 'damaged');
}
