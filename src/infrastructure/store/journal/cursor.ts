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
/** Bytes searched in one step for the next frame after damage. The last MAX_FRAME_BYTES are searched again. */
const SEARCHED_BYTES = 4 * MAX_FRAME_BYTES;
const EMPTY = Buffer.alloc(0);

/** Read position: everything before it has been returned. A snapshot stores one per journal. */
export interface JournalPosition {
  /** Bytes from the start of the file; 0 until the header has been read. */
  readonly offset: number;
  readonly nextSeq: number;
}

export const JOURNAL_START: JournalPosition = { offset: 0, nextSeq: 0 };

/** Range of bytes that were changed or lost after they were written. The frames after it have been read. */
export interface Damage {
  readonly from: number;
  /** Exclusive; equal to `from` if frames are missing entirely. */
  readonly to: number;
}

/** What follows the last readable frame. `to`: offset after the last non-zero byte. */
export type JournalEnd =
  /** Nothing, or preallocated zeros. */
  | { readonly kind: 'whole' }
  /** An incomplete write, aborted or still in progress. It was never acknowledged. */
  | { readonly kind: 'cutTail'; readonly offset: number; readonly to: number }
  /** Damage up to the end of the data. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly to: number }
  | { readonly kind: 'foreign' }
  /** The format of the file is newer than this program. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly reason: StoreReason };

/**
 * Reads one journal from a position in batches. Returns every frame with a valid checksum, the right writer and a
 * valid sequence number. Other bytes are skipped up to the next valid frame and reported in `damages`, or in `end`
 * at the end of the file. Later calls read the end again, because another window may still be writing there.
 */
export class JournalCursor {
  end: JournalEnd = { kind: 'whole' };
  private readonly found: Damage[] = [];
  private readonly writer: string;
  private offset: number;
  private nextSeq: number;
  /** Bytes read from `offset` onwards. */
  private buffer = EMPTY;
  private size = 0;
  private readBytes = FIRST_READ_BYTES;
  private isReading = false;
  /** End of the preallocated zeros that were found after the last frame. The writer overwrites them from the front. */
  private zerosTo = 0;
  /** Where damage was found once. A read is not atomic, so a frame that is being written can appear damaged. */
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
   * Skips frames that this process wrote and already knows. During a read the cursor does not move, so these frames
   * are returned a second time.
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

  /** Gets the size of the file. Frames are read up to that size, so that reading a growing file terminates. */
  async refresh(): Promise<void> {
    try {
      // A deleted file has nothing new. A shorter one was truncated by its writer, which keeps acknowledged frames.
      const size = (await this.files.size(this.name)) ?? this.size;
      // Writing over preallocated zeros does not change the size.
      const mayHaveMore = size !== this.size || (isUnfinished(this.end) && size - this.offset <= LONGEST_RESERVE_BYTES);
      if (this.end.kind === 'unreadable' || (mayHaveMore && this.end.kind !== 'newer')) this.end = { kind: 'whole' };
      this.size = size;
      this.readBytes = FIRST_READ_BYTES;
    } catch (error) {
      this.end = { kind: 'unreadable', reason: storeReasonOf(error) };
    }
  }

  /** The next frames in file order; empty at the end of the readable data. */
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

  /** Moves complete frames from the buffer to `frames`. @returns the buffer length needed for the next frame. */
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

  /** A valid frame of another writer, or one that is repeated, is damage too. */
  private accepts(frame: Frame, at: number): boolean {
    if (frame.writer !== this.writer || frame.seq < this.nextSeq) return false;
    const from = this.offset + at;
    if (frame.seq > this.nextSeq && this.found.at(-1)?.to !== from) this.found.push({ from, to: from });
    return true;
  }

  /** Reads until the buffer holds `needed` bytes. @returns false if the whole file has been read. */
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
   * No valid frame begins at `offset`: skips to the next one or classifies the rest of the file in `end`.
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

  /** @returns true the first time, so that the bytes are read again. By then a write in progress is complete. */
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

/** The writer may still complete this end without changing the file size. */
const isUnfinished = ({ kind }: JournalEnd): boolean => kind === 'cutTail' || kind === 'damaged';
