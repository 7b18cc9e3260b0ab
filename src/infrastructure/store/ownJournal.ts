import type { AppendFile, JournalFiles } from './journalFiles';
import { encodeFileHeader } from './journalFrame';
import { journalName, newWriterId } from './journalName';

/** The journal that this process is writing. After a failed append it is given up and never written again. */
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
   * Writes the frames behind everything that was acknowledged, and returns only when they are on the disk.
   * @returns the offset behind each frame. @throws whatever failed; the caller then calls `abandon`.
   */
  async append(frames: readonly Uint8Array[]): Promise<readonly number[]> {
    const isNew = this.nextPosition === 0;
    const bytes = Buffer.concat(isNew ? [encodeFileHeader(), ...frames] : frames);
    await this.writeAll(bytes);
    await this.file.sync();
    if (isNew) await this.files.syncDirectory();
    if (!(await this.file.isLinked())) throw Object.assign(new Error('the journal was deleted'), { code: 'ENOENT' });
    let end = this.nextPosition + bytes.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    this.nextPosition += bytes.length;
    this.seq += frames.length;
    return frames.map((frame) => (end += frame.length));
  }

  /**
   * Cuts away what a failed append left and closes the file. Best effort, because the disk has just failed: if
   * whole frames stay behind, they are read at the next start, and events are made so that this does no harm.
   */
  async abandon(): Promise<void> {
    await ignoringFailure(() => this.file.truncate(this.nextPosition));
    await this.close();
    // Nothing in it was acknowledged: an empty file for each failed attempt would be litter.
    if (this.nextPosition === 0) await ignoringFailure(() => this.files.remove(journalName(this.writer)));
  }

  /** Everything acknowledged is on the disk already, so a failing close loses nothing. */
  close(): Promise<void> {
    return ignoringFailure(() => this.file.close());
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const taken = await this.file.write(bytes.subarray(written), this.nextPosition + written);
      if (taken <= 0) throw Object.assign(new Error('the disk took no bytes'), { code: 'ENOSPC' });
      written += taken;
    }
  }
}

async function ignoringFailure(attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch {
    // The failure that matters is reported by the append.
  }
}
