import type { StoreReason } from '../../../domain/storeTrouble';
import { type JournalFiles, writerOf } from './files';
import {
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  type Frame,
  LONGEST_RESERVE_BYTES,
  MAX_FRAME_BYTES,
  claimedEnd,
  findFrame,
  hasWrongLength,
  isZero,
  lengthWithoutZeros,
  readFileHeader,
  readFrame,
} from './frame';
import { storeReasonOf } from './failure';

const FIRST_READ_BYTES = 16 * 1024;
const LARGEST_READ_BYTES = 1024 * 1024;
/**
 * How much is searched at a time for the next frame behind damage. A frame that starts near the end may need the next
 * portion.
 */
const SEARCHED_BYTES = 4 * MAX_FRAME_BYTES;
const EMPTY = Buffer.alloc(0);

/** Where reading continues: all frames before it were returned. A snapshot stores one per journal. */
export interface JournalPosition {
  /** Bytes from the start of the file; 0 until its header was read. */
  readonly offset: number;
  readonly nextSeq: number;
}

export const JOURNAL_START: JournalPosition = { offset: 0, nextSeq: 0 };

/** Bytes that were changed or lost after they were written. What follows them was read. */
export interface Damage {
  readonly from: number;
  /** Exclusive; equal to `from` where frames are missing without a trace. */
  readonly to: number;
}

/** What follows the last readable frame. `to`: the offset behind its last byte that is not zero. */
export type JournalEnd =
  /** Nothing, or the zeros of a reserve. */
  | { readonly kind: 'whole' }
  /** An incomplete write: it was cut or is still in progress. Nothing of it was acknowledged. */
  | { readonly kind: 'cutTail'; readonly offset: number; readonly to: number }
  /** Damage up to the end of what was written. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly to: number }
  | { readonly kind: 'foreign' }
  /** The file's format is newer than this program. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: StoreReason };

/**
 * Reads one journal from a position on, in batches: every frame with the right checksum, writer and sequence number.
 * Invalid bytes are skipped up to the next such frame and listed in `damages`; at the end of the file they are
 * described by `end`, and later calls read them again, because the writer may still be running.
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
  /** Only zeros were found up to here. An earlier version fills them from the front. */
  private zerosTo = 0;
  /** Offset of damage found once. It is read again, because a frame that is being written can look damaged. */
  private doubtedOffset: number | undefined;

  constructor(
    private readonly files: JournalFiles,
    readonly name: string,
    start: JournalPosition = JOURNAL_START,
  ) {
    this.writer = writerOf(name);
    this.offset = start.offset;
    this.nextSeq = start.nextSeq;
  }

  get position(): JournalPosition {
    return { offset: this.offset, nextSeq: this.nextSeq };
  }

  /**
   * Skips to `position`: the process that wrote the journal has passed on what comes before it. Has no effect while a
   * read is in progress; those frames are then returned as well.
   */
  advanceTo(position: JournalPosition): void {
    if (this.isReading || position.offset <= this.offset) return;
    this.offset = position.offset;
    this.nextSeq = position.nextSeq;
    this.buffer = EMPTY;
    this.end = { kind: 'whole' };
  }

  /** In file order. */
  get damages(): readonly Damage[] {
    return this.end.kind === 'damaged' ? [...this.found, { from: this.end.offset, to: this.end.to }] : this.found;
  }

  /** Updates the file's length. Frames are read up to there, so that reading a growing file ends. */
  async refresh(): Promise<void> {
    try {
      // A deleted file has nothing new. A shorter one was cut by its writer behind what it acknowledged.
      const size = (await this.files.size(this.name)) ?? this.size;
      // Frames written into a reserve leave the length as it is.
      const mayHaveMore = size !== this.size || (isUnfinished(this.end) && size - this.offset <= LONGEST_RESERVE_BYTES);
      if (this.end.kind === 'unreadable' || (mayHaveMore && this.end.kind !== 'newer')) this.end = { kind: 'whole' };
      this.size = size;
      this.readBytes = FIRST_READ_BYTES;
    } catch (error) {
      this.end = { kind: 'unreadable', reason: storeReasonOf(error) };
    }
  }

  /** The next frames in file order. Empty at the end of what can be read. */
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
      if (needed !== 'damage' && (await this.fill(needed))) continue;
      if (this.isAtReserve || !(await this.passDamage())) break;
    }
    if (frames.length === 0) this.buffer = EMPTY;
    return frames;
  }

  /** Moves complete frames from the buffer into `frames`. @returns the buffer length needed for the next one. */
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

  /** A valid frame in the wrong place is damage too: a journal has one writer and each frame once. */
  private accepts(frame: Frame, at: number): boolean {
    if (frame.writer !== this.writer || frame.seq < this.nextSeq) return false;
    const from = this.offset + at;
    if (frame.seq > this.nextSeq && this.found.at(-1)?.to !== from) this.found.push({ from, to: from });
    return true;
  }

  /** Reads until the buffer holds `needed` bytes. @returns false at the end of the file. */
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
      this.end = { kind: 'unreadable', reason: storeReasonOf(error) };
      return true;
    }
  }

  private get isAtReserve(): boolean {
    return this.zerosTo >= this.size && isZero(this.buffer.subarray(0, FRAME_HEADER_BYTES));
  }

  /**
   * No frame starts at `offset`: skips to the next one, or determines what the rest of the file is.
   * @returns whether there is more to read.
   */
  private async passDamage(): Promise<boolean> {
    const start = this.offset;
    const verdict = start === 0 ? readFileHeader(this.buffer) : undefined;
    const claimed = start + claimedEnd(this.buffer, 0);
    let to = start;
    for (;;) {
      while (this.buffer.length < SEARCHED_BYTES && (await this.fill(SEARCHED_BYTES)))
        if (this.end.kind !== 'whole') return this.stayAt(start);
      const next = this.nextOwnFrame();
      if (next !== undefined) {
        if (this.isDoubted(start)) return true;
        this.skip(next);
        this.found.push({ from: start, to: this.offset });
        return true;
      }
      const written = lengthWithoutZeros(this.buffer);
      if (written > 0) to = this.offset + written;
      if (this.buffer.length < SEARCHED_BYTES) break;
      this.skip(this.buffer.length - MAX_FRAME_BYTES);
    }
    const isCut = to < claimed && !(this.offset === start && hasWrongLength(this.buffer.subarray(0, to - start), 0));
    if (verdict === 'foreign') this.end = { kind: 'foreign' };
    else if (verdict === 'incomplete') this.end = { kind: 'cutTail', offset: start, to: this.size };
    else if (to === start) this.zerosTo = this.offset + this.buffer.length;
    else if (isCut) this.end = { kind: 'cutTail', offset: start, to };
    else if (this.isDoubted(start)) return true;
    else this.end = { kind: 'damaged', offset: start, to };
    return this.stayAt(start);
  }

  /** @returns true the first time: the place is then read again, and a frame that was being written is complete. */
  private isDoubted(start: number): boolean {
    if (this.doubtedOffset === start) return false;
    this.doubtedOffset = start;
    this.stayAt(start);
    return true;
  }

  private stayAt(offset: number): false {
    this.offset = offset;
    this.buffer = EMPTY;
    return false;
  }

  private nextOwnFrame(): number | undefined {
    for (let at = findFrame(this.buffer, 1); at !== undefined; at = findFrame(this.buffer, at + 1)) {
      const reading = readFrame(this.buffer, at);
      if (reading.kind === 'frame' && reading.frame.writer === this.writer && reading.frame.seq >= this.nextSeq)
        return at;
    }
    return undefined;
  }

  private skip(bytes: number): void {
    this.buffer = this.buffer.subarray(bytes);
    this.offset += bytes;
  }
}

/** More may follow without the file growing. */
const isUnfinished = ({ kind }: JournalEnd): boolean => kind === 'cutTail' || kind === 'damaged';
