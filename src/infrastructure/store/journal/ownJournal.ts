import type { AppendFile, JournalFiles } from './files';
import { LONGEST_RESERVE_BYTES, encodeFileHeader } from './frame';
import { journalName, newWriterId } from './name';

const FIRST_RESERVE_BYTES = 16 * 1024;
const BLOCK_BYTES = 4096;
/** A disk with less free space than this is not filled ahead: others need it more. */
const LEAST_SPARE_BYTES = 64 * 1024 * 1024;

/**
 * The journal that this process is writing. After a failed append it is given up and never written again.
 *
 * Where frames will stand it is filled with zeros in advance, flushed: a flush of bytes that are written over others
 * need not flush the file's length and where its blocks are, and takes half as long.
 */
export class OwnJournal {
  private nextPosition = 0;
  private seq = 0;
  /** End of the zeros, where it is behind `nextPosition`. */
  private reserveEnd = 0;
  /** How much was filled last. */
  private reserveBytes = 0;

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
    const parts = isNew ? [encodeFileHeader(), ...frames] : frames;
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    await this.writeAll(bytes);
    await this.file.sync();
    if (isNew) await this.files.syncDirectory();
    if (!(await this.file.isLinked())) throw Object.assign(new Error('the journal was deleted'), { code: 'ENOENT' });
    let end = this.nextPosition + bytes.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    this.nextPosition += bytes.length;
    this.seq += frames.length;
    return frames.map((frame) => (end += frame.length));
  }

  /** Half of what was filled in advance is used up. */
  get isReserveLow(): boolean {
    return this.nextPosition > 0 && this.reserveEnd - this.nextPosition <= this.reserveBytes / 2;
  }

  /**
   * Fills on, twice as far each time: a window that writes little takes little. A disk that does not take all of it gets it back: commits may still fit.
   * @returns whether the disk took it. @throws when it cannot be flushed; the caller then calls `abandon`.
   */
  async fillAhead(): Promise<boolean> {
    const wanted = Math.min(Math.max(this.reserveBytes * 2, FIRST_RESERVE_BYTES), LONGEST_RESERVE_BYTES);
    const from = Math.max(this.nextPosition, this.reserveEnd);
    const to = Math.floor((this.nextPosition + wanted) / BLOCK_BYTES) * BLOCK_BYTES;
    if (!(await this.takesZeros(from, to))) {
      await ignoringFailure(() => this.file.truncate(from));
      return false;
    }
    await this.file.sync();
    this.reserveEnd = to;
    this.reserveBytes = wanted;
    return true;
  }

  /**
   * Cuts away what a failed append left and closes the file. Best effort, because the disk has just failed: if
   * whole frames stay behind, they are read at the next start, and events are made so that this does no harm.
   */
  async abandon(): Promise<void> {
    await ignoringFailure(() => this.file.truncate(this.nextPosition));
    await this.closeFile();
    // Nothing in it was acknowledged: an empty file for each failed attempt would be litter.
    if (this.nextPosition === 0) await ignoringFailure(() => this.files.remove(journalName(this.writer)));
  }

  /** Gives the rest of the reserve back. Everything acknowledged is on the disk already, so a failing close loses nothing. */
  async close(): Promise<void> {
    if (this.reserveEnd > this.nextPosition) await ignoringFailure(() => this.file.truncate(this.nextPosition));
    await this.closeFile();
  }

  private async takesZeros(from: number, to: number): Promise<boolean> {
    try {
      if ((await this.files.spareBytes()) < LEAST_SPARE_BYTES) return false;
      return (await this.file.write(Buffer.alloc(to - from), from)) === to - from;
    } catch {
      return false;
    }
  }

  private closeFile(): Promise<void> {
    return ignoringFailure(() => this.file.close());
  }

  private async writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
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
