import { type AppendFile, type JournalFiles, journalName, newWriterId } from './files';
import { encodeFileHeader } from './frame';

/** The journal that this process writes. After a failed append it is abandoned and never written again. */
export class OwnJournal {
  private nextPosition = 0;
  private seq = 0;

  private constructor(
    private readonly files: JournalFiles,
    private readonly file: AppendFile,
    readonly writer: string,
  ) {}

  static async create(files: JournalFiles): Promise<OwnJournal> {
    const writer = newWriterId();
    return new OwnJournal(files, await files.create(journalName(writer)), writer);
  }

  get nextSeq(): number {
    return this.seq;
  }

  /**
   * Appends the frames and resolves when they are on disk.
   * @returns the offset after each frame. @throws the first error; the caller must then call `abandon`.
   */
  async append(frames: readonly Uint8Array[]): Promise<readonly number[]> {
    const isNew = this.nextPosition === 0;
    const bytes = Buffer.concat(isNew ? [encodeFileHeader(), ...frames] : frames);
    await this.writeAll(bytes);
    // The name is checked during the flush, which saves a round trip to the thread pool. `isLinked` never rejects.
    const linked = this.file.isLinked();
    await this.file.sync();
    if (isNew) await this.files.syncDirectory();
    if (!(await linked)) throw Object.assign(new Error('the journal was deleted'), { code: 'ENOENT' });
    let end = this.nextPosition + bytes.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    this.nextPosition += bytes.length;
    this.seq += frames.length;
    return frames.map((frame) => (end += frame.length));
  }

  /**
   * Truncates the file to the last acknowledged frame and closes it. Best effort, because the disk has just failed.
   * Complete frames that remain are read at the next start, which is harmless because events are idempotent.
   */
  async abandon(): Promise<void> {
    await ignoringFailure(() => this.file.truncate(this.nextPosition));
    await this.close();
    // Don't leave an empty file for each failed attempt.
    if (this.nextPosition === 0) await ignoringFailure(() => this.files.remove(journalName(this.writer)));
  }

  /** A failed close loses nothing, because everything acknowledged is already on disk. */
  close(): Promise<void> {
    return ignoringFailure(() => this.file.close());
  }

  private async writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const taken = await this.file.write(bytes.subarray(written), this.nextPosition + written);
      if (taken <= 0) throw Object.assign(new Error('no bytes written'), { code: 'ENOSPC' });
      written += taken;
    }
  }
}

async function ignoringFailure(attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch {
    // The error of `append` is the one that is reported.
  }
}
