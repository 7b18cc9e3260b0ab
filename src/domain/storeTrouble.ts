/** Why the store can't read or write. As data; the editor produces the text. */
export type StoreReason =
  | { readonly kind: StoreReasonKind }
  /** The record exceeds the maximum size. */
  | { readonly kind: 'recordTooLarge'; readonly limitBytes: number }
  /** Any other error. `detail`: the system's code or message. */
  | { readonly kind: 'other'; readonly detail: string };

type StoreReasonKind =
  | 'diskFull'
  | 'quotaExceeded'
  | 'fileTooLarge'
  | 'accessDenied'
  | 'readOnlyDisk'
  | 'folderDeleted'
  /** A file has the name of the history folder. */
  | 'notAFolder'
  | 'diskError'
  | 'tooManyOpenFiles'
  /** A newer version of the program has written to the history. */
  | 'newerVersion'
  /** The store has been closed. */
  | 'closed'
  /** The record holds a value that can't be read back. */
  | 'invalidRecord';

/** What the user should know about the history. */
export type StoreWarning =
  | { readonly kind: 'readOnly'; readonly reason: StoreReason }
  /** The last commit failed, so content on screen is not on disk. */
  | { readonly kind: 'notSaved'; readonly reason: StoreReason }
  /** Damaged journals, not counting acknowledged damage. */
  | { readonly kind: 'damagedJournals'; readonly count: number }
  | { readonly kind: 'damagedSnapshot' }
  /** Files that have the name of a journal but are not journals. */
  | { readonly kind: 'foreignFiles'; readonly count: number }
  | { readonly kind: 'unreadableJournal'; readonly reason: StoreReason }
  | { readonly kind: 'unreadableRecords'; readonly count: number }
  /** Changes of another window could not be read. */
  | { readonly kind: 'reloadFailed'; readonly detail: string }
  | { readonly kind: 'networkDisk' };

/** Every field is a string or a number, so equal problems have equal text. */
export const isSameWarnings = (a: readonly StoreWarning[], b: readonly StoreWarning[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
