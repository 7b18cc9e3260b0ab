import { createHash, randomBytes } from 'node:crypto';

const JOURNAL_NAME = /^j-[0-9a-f]{32}\.log$/;

/** 128 random bits from the system, so that no two windows choose the same journal name. */
export const newWriterId = (): string => randomBytes(16).toString('hex');

export const journalName = (writer: string): string => `j-${writer}.log`;

export const isJournalName = (name: string): boolean => JOURNAL_NAME.test(name);

/** The writer id in the file name of a journal. */
export const writerOf = (name: string): string => name.slice('j-'.length, -'.log'.length);

/** A file that only the process that created it writes. */
export interface AppendFile {
  /** @returns the number of bytes written, possibly fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Resolves when everything written so far is on disk (fdatasync). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** False if the file has been deleted. Bytes written to it can never be read. */
  isLinked(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The folder with the journals and snapshots. The interface is narrow so that tests can make any call fail.
 * Names are file names without a path. Errors are Node's system errors with a `code`.
 */
export interface JournalFiles {
  /** Creates the folder and missing parents durably. */
  createDirectory(): Promise<void>;
  /** @throws if the system reports that files can't be created in the folder. */
  checkWritable(): Promise<void>;
  /** Names in the folder; empty if it does not exist. */
  list(): Promise<readonly string[]>;
  /** Creates a new file. @throws EEXIST if it exists. */
  create(name: string): Promise<AppendFile>;
  /** Makes created and removed names durable (fsync of the folder, if the system supports it). */
  syncDirectory(): Promise<void>;
  /** Only for files that can be recreated and for the writer's own journal before its first acknowledged commit. */
  remove(name: string): Promise<void>;
  /** Bytes; undefined if the file does not exist. */
  size(name: string): Promise<number | undefined>;
  /** Modification time in epoch milliseconds; undefined if the file does not exist. */
  modifiedMs(name: string): Promise<number | undefined>;
  /** Sets the modification time to now. Creates an empty file if it does not exist. */
  touch(name: string): Promise<void>;
  /** Moves an unusable file to the folder `quarantine`, which is never read. */
  quarantine(name: string): Promise<void>;
  /** True if the system reports that the folder is on a network file system. */
  isOnNetwork(): Promise<boolean>;
  /** Up to `length` bytes; fewer only at the end of the file. */
  read(name: string, position: number, length: number): Promise<Buffer>;
}

/** Creates and flushes a file. Its name is durable after `syncDirectory`. @throws system errors such as EEXIST. */
export async function writeWhole(files: JournalFiles, name: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(name);
  try {
    let written = 0;
    while (written < bytes.length) {
      const taken = await file.write(bytes.subarray(written), written);
      if (taken <= 0) throw Object.assign(new Error('no bytes written'), { code: 'ENOSPC' });
      written += taken;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The `code` of a system error, such as `ENOSPC`. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** In hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
