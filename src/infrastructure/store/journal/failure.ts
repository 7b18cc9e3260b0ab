import { StoreWriteError } from '../../../domain/ports/store';
import { systemCode } from './files';

/** What went wrong with a file, in the person's words; they follow "could not be saved:" or stand alone. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file system allows no larger file',
  EACCES: 'access to the history folder is denied',
  EPERM: 'access to the history folder is denied',
  EROFS: 'the history folder is on a read-only disk',
  ENOENT: 'the history folder was deleted',
  ENOTDIR: 'a file stands where the history folder should be',
  EEXIST: 'a file stands where the history folder should be',
  EIO: 'the disk reported an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

export function failureWords(error: unknown): string {
  const code = systemCode(error);
  const words = code === undefined ? undefined : WORDS[code];
  if (words !== undefined) return words;
  const detail = code ?? (error instanceof Error ? error.message : String(error));
  return `the history folder cannot be used (${detail})`;
}

export const storeWriteError = (error: unknown): StoreWriteError =>
  error instanceof StoreWriteError ? error : new StoreWriteError(failureWords(error), { cause: error });
