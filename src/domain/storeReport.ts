import type { StoreReason } from './storeTrouble';

/** What a thorough look at the store's folder found. Names and numbers only: no text of a message, no key. */
export interface StoreReport {
  readonly directory: string;
  /** Every file was read from its first byte to its last. */
  readonly journals: readonly JournalReport[];
  readonly snapshots: readonly SnapshotReport[];
  /** Files that belong to nobody here. */
  readonly unknownFiles: readonly string[];
  readonly conversations: number;
  readonly messages: number;
  /** Records of a known file that no rule of this version can read. */
  readonly unreadableRecords: number;
  /** What the window shows is what all journals say when they are read anew. Null: something unreadable forbids the comparison. */
  readonly projectionMatches: boolean | null;
  /** Undefined: it can be written. */
  readonly notWritable: StoreReason | undefined;
  /** The folder is on a network file system, where other windows' writes may be seen late. */
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
  /** A write was cut; nothing of it had been acknowledged. */
  | { readonly kind: 'cutTail'; readonly bytes: number }
  /** Bytes changed after they were written. What stands around them is used. `noted`: the person knows. */
  | { readonly kind: 'damaged'; readonly places: number; readonly bytes: number; readonly acknowledged: boolean }
  | { readonly kind: 'foreign'; readonly acknowledged: boolean }
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: StoreReason };

export interface SnapshotReport {
  readonly name: string;
  readonly bytes: number;
  readonly finding: 'whole' | 'damaged' | 'otherVersion';
}

/** Something that `repair` can put right is among the findings. */
export function needsRepair({ journals, snapshots }: StoreReport): boolean {
  const isOpen = ({ finding }: JournalReport): boolean =>
    (finding.kind === 'damaged' || finding.kind === 'foreign') && !finding.acknowledged;
  return journals.some(isOpen) || snapshots.some(({ finding }) => finding === 'damaged');
}
