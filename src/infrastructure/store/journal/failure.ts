import { StoreWriteError } from '../../../domain/ports/store';
import type { StoreReason } from '../../../domain/storeTrouble';
import { systemCode } from './files';

const REASONS: Readonly<Record<string, StoreReason>> = {
  ENOSPC: { kind: 'diskFull' },
  EDQUOT: { kind: 'quotaExceeded' },
  EFBIG: { kind: 'fileTooLarge' },
  EACCES: { kind: 'accessDenied' },
  EPERM: { kind: 'accessDenied' },
  EROFS: { kind: 'readOnlyDisk' },
  ENOENT: { kind: 'folderDeleted' },
  ENOTDIR: { kind: 'notAFolder' },
  EEXIST: { kind: 'notAFolder' },
  EIO: { kind: 'diskError' },
  EMFILE: { kind: 'tooManyOpenFiles' },
  ENFILE: { kind: 'tooManyOpenFiles' },
};

/** Maps a file system error to a reason for the user. */
export function storeReasonOf(error: unknown): StoreReason {
  const code = systemCode(error);
  const known = code === undefined ? undefined : REASONS[code];
  return known ?? { kind: 'other', detail: code ?? (error instanceof Error ? error.message : String(error)) };
}

export const storeWriteError = (error: unknown): StoreWriteError =>
  error instanceof StoreWriteError ? error : new StoreWriteError(storeReasonOf(error), { cause: error });
