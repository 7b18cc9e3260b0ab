import type { JournalFiles } from './journalFiles';
import { FILE_HEADER_BYTES, type Frame, findFrame, isZero, readFileHeader, readFrame } from './journalFrame';
import { failureWords } from './storeFailure';

const FIRST_READ_BYTES = 16 * 1024;
const LARGEST_READ_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

/** Where reading goes on: everything before has been handed out. A snapshot will keep one of these per journal. */
export interface JournalPosition {
  /** Bytes from the start of the file; 0 before its header was read. */
  readonly offset: number;
  readonly nextSeq: number;
}

export const JOURNAL_START: JournalPosition = { offset: 0, nextSeq: 0 };

/** What stands behind the last frame that could be read. */
export type JournalEnd =
  | { readonly kind: 'whole' }
  /** A write that was cut or is still going on. Nothing of it was acknowledged. */
  | { readonly kind: 'tornTail'; readonly offset: number }
  /** Bytes were changed or lost after they had been written. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly framesBehind: boolean }
  | { readonly kind: 'foreign' }
  /** The file's format is newer than this program. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads one journal from a position on: the longest valid prefix, in pieces. What cannot be read ends the prefix
 * and is named in `end`; later calls look again, because the file of a living window grows.
 */
export class JournalCursor {
  end: JournalEnd = { kind: 'whole' };
  private writer: string | undefined;
  private offset: number;
  private nextSeq: number;
  /** Bytes of the file from `offset` on, as far as they were read. */
  private buffer = EMPTY;
  private size = 0;
  private readBytes = FIRST_READ_BYTES;

  constructor(private readonly files: JournalFiles, readonly name: string, start: JournalPosition = JOURNAL_START) {
    this.offset = start.offset;
    this.nextSeq = start.nextSeq;
  }

  get position(): JournalPosition {
    return { offset: this.offset, nextSeq: this.nextSeq };
  }

  /** Looks how long the file is now. Frames are read up to there, so that a pass over a growing file ends. */
  async refresh(): Promise<void> {
    try {
      // A vanished file has nothing new; a shorter one was cut back by its writer behind what it acknowledged.
      const size = (await this.files.size(this.name)) ?? this.size;
      const changed = size !== this.size;
      if (this.end.kind === 'unreadable' || (this.end.kind === 'tornTail' && changed)) this.end = { kind: 'whole' };
      this.size = size;
    } catch (error) {
      this.end = { kind: 'unreadable', reason: failureWords(error) };
    }
  }

  /** The next frames in file order; none when the end of what can be read is reached. */
  async readBatch(): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    while (frames.length === 0 && this.end.kind === 'whole' && this.offset < this.size) {
      const needed = this.take(frames);
      if (frames.length === 0 && this.end.kind === 'whole' && !(await this.fill(needed))) this.judgeRest();
    }
    if (frames.length === 0) this.buffer = EMPTY;
    return frames;
  }

  /** Moves whole frames from the buffer into `frames`. @returns how long the buffer has to be for the next one. */
  private take(frames: Frame[]): number {
    let at = 0;
    let needed = 0;
    if (this.offset === 0) {
      if (this.buffer.length < Math.min(FILE_HEADER_BYTES, this.size)) return FILE_HEADER_BYTES;
      if (!this.acceptHeader()) return needed;
      at = FILE_HEADER_BYTES;
    }
    for (;;) {
      const reading = readFrame(this.buffer, at);
      if (reading.kind !== 'frame' || !this.follows(reading.frame)) {
        // Behind a bad frame only the whole rest tells a cut end from damage.
        needed = reading.kind === 'incomplete' ? reading.end - at : this.size - this.offset - at;
        break;
      }
      frames.push(reading.frame);
      this.nextSeq += 1;
      at = reading.end;
    }
    this.buffer = this.buffer.subarray(at);
    this.offset += at;
    return needed;
  }

  private acceptHeader(): boolean {
    const header = readFileHeader(this.buffer);
    if (header === 'ok') return true;
    if (header === 'incomplete') this.end = { kind: 'tornTail', offset: 0 };
    else if (header === 'damaged') this.end = { kind: 'damaged', offset: 0, framesBehind: true };
    else this.end = { kind: header };
    return false;
  }

  /** A right checksum in the wrong place is damage too: a journal has one writer and no gaps. */
  private follows(frame: Frame): boolean {
    this.writer ??= frame.writer;
    return frame.writer === this.writer && frame.seq === this.nextSeq;
  }

  /** Reads on until the buffer holds `needed` bytes. @returns false at the end of the file, with all of it read. */
  private async fill(needed: number): Promise<boolean> {
    const wanted = Math.max(needed, this.buffer.length + this.readBytes);
    this.readBytes = Math.min(this.readBytes * 4, LARGEST_READ_BYTES);
    const from = this.offset + this.buffer.length;
    const length = Math.min(this.offset + wanted, this.size) - from;
    if (length <= 0) return false;
    try {
      const bytes = await this.files.read(this.name, from, length);
      this.buffer = Buffer.concat([this.buffer, bytes]);
      return bytes.length > 0;
    } catch (error) {
      this.end = { kind: 'unreadable', reason: failureWords(error) };
      return true;
    }
  }

  /** The buffer holds the rest of the file and no frame begins it. */
  private judgeRest(): void {
    const { buffer, offset } = this;
    if (buffer.length === 0) return;
    const framesBehind = findFrame(buffer, 1) !== undefined;
    const cut = !framesBehind && (readFrame(buffer, 0).kind === 'incomplete' || isZero(buffer));
    this.end = cut ? { kind: 'tornTail', offset } : { kind: 'damaged', offset, framesBehind };
  }
}
