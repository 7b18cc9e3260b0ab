import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { parseJson } from '../../../domain/text';

/**
 * The bytes of a journal: a file header, then frames. One commit is one frame, so it is complete or absent.
 *
 *     header  magic (8 bytes) | format version u32 | crc32(magic, version) u32
 *     frame   payload length u32 | crc32(length, payload) u32 | payload
 *     payload envelope JSON, a line feed, the JSON array of the events; UTF-8
 *
 * Integers are little-endian. The envelope is separate so that a scan can skip events that it does not need;
 * JSON.stringify never writes a raw line feed, so the first one is the border.
 * Zeros may follow the last frame: earlier versions flushed a reserve in advance and wrote the next frames over it.
 */
export const FORMAT_VERSION = 1;
export const FILE_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 8;
/** Size limit of a frame including its header: far larger than any commit, far smaller than the longest string. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** The most zeros that an earlier version kept behind its last frame. */
export const LONGEST_RESERVE_BYTES = 256 * 1024;

/** A copy in text mode damages the carriage return and line feed, which is then detected. */
const MAGIC = Buffer.from('NTJRNL\r\n', 'latin1');
/** Start of every payload: `writer` is the envelope's first key. */
const FRAME_MARK = Buffer.from('{"writer":"', 'latin1');
const LINE_FEED = 0x0a;
const ZEROS = Buffer.alloc(4096);

const count = z.int().nonnegative();

const envelopeSchema = z.object({
  writer: z.string().min(1),
  seq: count,
  lamport: count,
  schema: count,
});

export interface FrameEnvelope {
  /** The journal that holds the frame: 128 random bits in hex. */
  readonly writer: string;
  /** 0, 1, 2 … per writer, without gaps: both together identify a commit. */
  readonly seq: number;
  /** Larger than every lamport number that the writer had seen: the order between writers. */
  readonly lamport: number;
  /** Version of the event schema. */
  readonly schema: number;
}

export interface Frame extends FrameEnvelope {
  /** UTF-8 JSON of the events. */
  readonly eventsJson: Buffer;
}

export type FrameReading =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly end: number }
  /** May be a frame once the buffer reaches `end`. */
  | { readonly kind: 'incomplete'; readonly end: number }
  | { readonly kind: 'bad' };

export type HeaderReading = 'ok' | 'incomplete' | 'damaged' | 'foreign' | 'newer';

export function encodeFileHeader(): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, MAGIC.length);
  header.writeUInt32LE(crc32(header.subarray(0, MAGIC.length + 4)), MAGIC.length + 4);
  return header;
}

/** Identifies a file by its first bytes. `newer`: a later version of this format; such a file must not be changed. */
export function readFileHeader(bytes: Buffer): HeaderReading {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) return isZero(bytes) ? 'incomplete' : 'foreign';
  if (bytes.length < FILE_HEADER_BYTES) return 'incomplete';
  if (crc32(bytes.subarray(0, MAGIC.length + 4)) !== bytes.readUInt32LE(MAGIC.length + 4)) return 'damaged';
  const version = bytes.readUInt32LE(MAGIC.length);
  return version === FORMAT_VERSION ? 'ok' : version > FORMAT_VERSION ? 'newer' : 'damaged';
}

/** @throws RangeError if the frame would be larger than MAX_FRAME_BYTES. */
export function encodeFrame(envelope: FrameEnvelope, eventsJson: string): Buffer {
  const { writer, seq, lamport, schema } = envelope;
  const text = `${JSON.stringify({ writer, seq, lamport, schema })}\n${eventsJson}`;
  const length = Buffer.byteLength(text, 'utf8');
  if (length + FRAME_HEADER_BYTES > MAX_FRAME_BYTES)
    throw new RangeError(`a frame of ${length + FRAME_HEADER_BYTES} bytes`);
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + length);
  frame.writeUInt32LE(length, 0);
  frame.write(text, FRAME_HEADER_BYTES, 'utf8');
  frame.writeUInt32LE(checksum(frame, frame.subarray(FRAME_HEADER_BYTES)), 4);
  return frame;
}

/** Reads the frame at `start`. The checksum covers every byte. */
export function readFrame(bytes: Buffer, start: number): FrameReading {
  if (bytes.length - start < FRAME_HEADER_BYTES) return { kind: 'incomplete', end: start + FRAME_HEADER_BYTES };
  const length = bytes.readUInt32LE(start);
  if (!isPlausible(length)) return { kind: 'bad' };
  const end = start + FRAME_HEADER_BYTES + length;
  if (end > bytes.length) return { kind: 'incomplete', end };
  const header = bytes.subarray(start, start + FRAME_HEADER_BYTES);
  const payload = bytes.subarray(start + FRAME_HEADER_BYTES, end);
  if (checksum(header, payload) !== header.readUInt32LE(4)) return { kind: 'bad' };
  const frame = parsePayload(payload);
  return frame ? { kind: 'frame', frame, end } : { kind: 'bad' };
}

/**
 * Offset of the first complete frame at or after `from`, to continue behind damage. Text inside a frame can't look like
 * one, because JSON escapes the quotes of the mark.
 */
export function findFrame(bytes: Buffer, from: number): number | undefined {
  // Searching for the mark keeps this linear: no checksum of bytes that can't begin a frame.
  let mark = bytes.indexOf(FRAME_MARK, from + FRAME_HEADER_BYTES);
  while (mark !== -1) {
    const start = mark - FRAME_HEADER_BYTES;
    if (readFrame(bytes, start).kind === 'frame') return start;
    mark = bytes.indexOf(FRAME_MARK, mark + 1);
  }
  return undefined;
}

/**
 * Where a frame at `start` would end according to its length field; at least behind its header. Payloads contain no
 * zero bytes, so bytes that end in zeros before that are an incomplete write.
 */
export function claimedEnd(bytes: Buffer, start: number): number {
  const reading = readFrame(bytes, start);
  if (reading.kind !== 'bad') return reading.end;
  const length = bytes.readUInt32LE(start);
  return start + FRAME_HEADER_BYTES + (isPlausible(length) ? length : 0);
}

/**
 * Whether the bytes from `start` on are a complete frame except for a wrong length field: that is not an incomplete
 * write.
 */
export function hasWrongLength(bytes: Buffer, start: number): boolean {
  const length = bytes.length - start - FRAME_HEADER_BYTES;
  if (!isPlausible(length)) return false;
  const header = Buffer.from(bytes.subarray(start, start + FRAME_HEADER_BYTES));
  header.writeUInt32LE(length, 0);
  return checksum(header, bytes.subarray(start + FRAME_HEADER_BYTES)) === header.readUInt32LE(4);
}

/** Length without trailing zeros: a reserve, or a file that grew before its content arrived. */
export function lengthWithoutZeros(bytes: Buffer): number {
  let end = bytes.length;
  while (end >= ZEROS.length && ZEROS.compare(bytes, end - ZEROS.length, end) === 0) end -= ZEROS.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end;
}

export const isZero = (bytes: Buffer): boolean => lengthWithoutZeros(bytes) === 0;

const isPlausible = (length: number): boolean =>
  length > FRAME_MARK.length && length <= MAX_FRAME_BYTES - FRAME_HEADER_BYTES;

const checksum = (header: Buffer, payload: Buffer): number => crc32(payload, crc32(header.subarray(0, 4)));

function parsePayload(payload: Buffer): Frame | undefined {
  const border = payload.indexOf(LINE_FEED);
  if (border === -1) return undefined;
  const envelope = envelopeSchema.safeParse(parseJson(payload.toString('utf8', 0, border)));
  if (!envelope.success) return undefined;
  const { writer, seq, lamport, schema } = envelope.data;
  return { writer, seq, lamport, schema, eventsJson: payload.subarray(border + 1) };
}
