import type { JournalFiles } from './journalFiles';
import { FILE_HEADER_BYTES, type Frame, MAX_FRAME_BYTES, findFrame, isZero, readFileHeader, readFrame } from './journalFrame';
import { writerOf } from './journalName';
import { failureWords } from './storeFailure';

const FIRST_READ_BYTES = 16 * 1024;
const LARGEST_READ_BYTES = 1024 * 1024;
/** Searched at once for the next frame behind damage; a frame that begins in the last of it may need the next. */
const SEARCHED_BYTES = 4 * MAX_FRAME_BYTES;
const EMPTY = Buffer.alloc(0);

/** Where reading goes on: everything before has been handed out. A snapshot keeps one of these per journal. */
export interface JournalPosition {
  /** Bytes from the start of the file; 0 before its header was read. */
  readonly offset: number;
  readonly nextSeq: number;
}

export const JOURNAL_START: JournalPosition = { offset: 0, nextSeq: 0 };

/** Bytes that were changed or lost after they had been written. What stands behind them has been read. */
export interface Damage {
  readonly from: number;
  /** Exclusive; equal to `from` where frames are missing without a trace. */
  readonly to: number;
}

/** What stands behind the last frame that could be read. */
export type JournalEnd =
  | { readonly kind: 'whole' }
  /** A write that was cut or is still going on. Nothing of it was acknowledged. */
  | { readonly kind: 'tornTail'; readonly offset: number }
  /** Damage up to the end of the file. */
  | { readonly kind: 'damaged'; readonly offset: number }
  | { readonly kind: 'foreign' }
  /** The file's format is newer than this program. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads one journal from a position on, in pieces: every frame whose checksum, writer and place are right. Bytes
 * that are not right are passed over up to the next such frame and named in `damages`; at the end of the file they
 * are named in `end`. Later calls look there again, because the file of a living window grows.
 */
export class JournalCursor {
  end: JournalEnd = { kind: 'whole' };
  private readonly found: Damage[] = [];
  private readonly writer: string;
  private offset: number;
  private nextSeq: number;
  /** Bytes of the file from `offset` on, as far as they were read. */
  private buffer = EMPTY;
  private size = 0;
  private readBytes = FIRST_READ_BYTES;
  private isReading = false;

  constructor(private readonly files: JournalFiles, readonly name: string, start: JournalPosition = JOURNAL_START) {
    this.writer = writerOf(name);
    this.offset = start.offset;
    this.nextSeq = start.nextSeq;
  }

  get position(): JournalPosition {
    return { offset: this.offset, nextSeq: this.nextSeq };
  }

  /**
   * What stands before `position` came another way: from the process that wrote it. While a read is under way the
   * cursor stays where it is, and will hand out again what came that way.
   */
  advanceTo(position: JournalPosition): void {
    if (this.isReading || position.offset <= this.offset) return;
    this.offset = position.offset;
    this.nextSeq = position.nextSeq;
    this.buffer = EMPTY;
    this.end = { kind: 'whole' };
  }

  /** In the order of the file. */
  get damages(): readonly Damage[] {
    return this.end.kind === 'damaged' ? [...this.found, { from: this.end.offset, to: this.size }] : this.found;
  }

  /** Looks how long the file is now. Frames are read up to there, so that a pass over a growing file ends. */
  async refresh(): Promise<void> {
    try {
      // A vanished file has nothing new; a shorter one was cut back by its writer behind what it acknowledged.
      const size = (await this.files.size(this.name)) ?? this.size;
      if (this.end.kind === 'unreadable' || (size !== this.size && this.end.kind !== 'newer')) this.end = { kind: 'whole' };
      this.size = size;
    } catch (error) {
      this.end = { kind: 'unreadable', reason: failureWords(error) };
    }
  }

  /** The next frames in file order; none when the end of what can be read is reached. */
  async readBatch(): Promise<readonly Frame[]> {
    this.isReading = true;
    try {
      return await this.readFrames();
    } finally {
      this.isReading = false;
    }
  }

  private async readFrames(): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    while (frames.length === 0 && this.end.kind === 'whole' && this.offset < this.size) {
      const needed = this.take(frames);
      if (frames.length > 0 || this.end.kind !== 'whole' || this.offset >= this.size) break;
      if (needed === 'damage' || !(await this.fill(needed))) await this.passDamage();
    }
    if (frames.length === 0) this.buffer = EMPTY;
    return frames;
  }

  /** Moves whole frames from the buffer into `frames`. @returns how long the buffer has to be for the next one. */
  private take(frames: Frame[]): number | 'damage' {
    let at = 0;
    let needed: number | 'damage' = 'damage';
    if (this.offset === 0) {
      if (this.buffer.length < Math.min(FILE_HEADER_BYTES, this.size)) return FILE_HEADER_BYTES;
      const header = readFileHeader(this.buffer);
      if (header === 'newer') this.end = { kind: 'newer' };
      if (header !== 'ok') return 'damage';
      at = FILE_HEADER_BYTES;
    }
    for (;;) {
      const reading = readFrame(this.buffer, at);
      if (reading.kind === 'incomplete') needed = reading.end - at;
      if (reading.kind !== 'frame' || !this.accepts(reading.frame, at)) break;
      frames.push(reading.frame);
      this.nextSeq = reading.frame.seq + 1;
      at = reading.end;
    }
    this.buffer = this.buffer.subarray(at);
    this.offset += at;
    return needed;
  }

  /** A right checksum in the wrong place is damage too: a journal has one writer, and a frame comes once. */
  private accepts(frame: Frame, at: number): boolean {
    if (frame.writer !== this.writer || frame.seq < this.nextSeq) return false;
    const from = this.offset + at;
    if (frame.seq > this.nextSeq && this.found.at(-1)?.to !== from) this.found.push({ from, to: from });
    return true;
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

  /** No frame begins at `offset`: goes to the next one behind, or says what the rest of the file is. */
  private async passDamage(): Promise<void> {
    const start: JournalPosition = this.position;
    const verdict = this.offset === 0 ? readFileHeader(this.buffer) : undefined;
    let isCut = readFrame(this.buffer, 0).kind === 'incomplete' || isZero(this.buffer);
    for (;;) {
      while (this.buffer.length < SEARCHED_BYTES && (await this.fill(SEARCHED_BYTES))) if (this.end.kind !== 'whole') return;
      const next = this.nextOwnFrame();
      if (next !== undefined) {
        this.skip(next);
        this.found.push({ from: start.offset, to: this.offset });
        return;
      }
      isCut &&= readFrame(this.buffer, 0).kind === 'incomplete' || isZero(this.buffer);
      if (this.offset + this.buffer.length >= this.size) break;
      this.skip(this.buffer.length - MAX_FRAME_BYTES);
    }
    this.offset = start.offset;
    this.buffer = EMPTY;
    if (verdict === 'foreign') this.end = { kind: 'foreign' };
    else if (isCut || verdict === 'incomplete') this.end = { kind: 'tornTail', offset: start.offset };
    else this.end = { kind: 'damaged', offset: start.offset };
  }

  private nextOwnFrame(): number | undefined {
    for (let at = findFrame(this.buffer, 1); at !== undefined; at = findFrame(this.buffer, at + 1)) {
      const reading = readFrame(this.buffer, at);
      if (reading.kind === 'frame' && reading.frame.writer === this.writer && reading.frame.seq >= this.nextSeq) return at;
    }
    return undefined;
  }

  private skip(bytes: number): void {
    this.buffer = this.buffer.subarray(bytes);
    this.offset += bytes;
  }
}
