import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { parseJson } from '../../../domain/text';

/**
 * Binary format of a journal: a file header followed by frames. Each commit is one frame, so it is atomic.
 *
 *     header  magic (8 bytes) | format version u32 | crc32(magic, version) u32
 *     frame   payload length u32 | crc32(length, payload) u32 | payload
 *     payload envelope as JSON, a line feed, the events as a JSON array; UTF-8
 *
 * Zeros may follow the last frame: earlier versions preallocated them and wrote the next frames over them.
 * Integers are little-endian. The envelope is separate so that a scan can skip events it does not need.
 * JSON.stringify never writes a raw line feed, so the first one ends the envelope.
 */
export const FORMAT_VERSION = 1;
export const FILE_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 8;
/** Maximum size of a frame, including its header. Far larger than any commit, far smaller than the longest string. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Maximum number of zeros that an earlier version preallocated after its last frame. */
export const LONGEST_RESERVE_BYTES = 256 * 1024;

/** A copy in text mode changes the carriage return and line feed, so it is detected immediately. */
const MAGIC = Buffer.from('NTJRNL\r\n', 'latin1');
/** Every payload begins with this: `writer` is the first key of the envelope. */
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
  /** Id of the journal that contains the frame: 128 random bits in hex. */
  readonly writer: string;
  /** 0, 1, 2 … within the journal, without gaps. `writer` and `seq` identify a commit. */
  readonly seq: number;
  /** Larger than every lamport number the writer had seen. Orders frames across journals. */
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
  /** The buffer must reach `end` before the frame can be checked. */
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

/** Checks the file header. `newer`: a later version of this format, which must not be written. */
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
    throw new RangeError(`frame too large: ${length + FRAME_HEADER_BYTES} bytes`);
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
 * Offset of the first complete frame at or after `from`, used to continue after damage.
 * Text inside a frame can't be mistaken for a frame, because JSON escapes the quotes of the mark.
 */
export function findFrame(bytes: Buffer, from: number): number | undefined {
  // Searching for the mark first keeps this linear: checksums are computed only where a frame can begin.
  let mark = bytes.indexOf(FRAME_MARK, from + FRAME_HEADER_BYTES);
  while (mark !== -1) {
    const start = mark - FRAME_HEADER_BYTES;
    if (readFrame(bytes, start).kind === 'frame') return start;
    mark = bytes.indexOf(FRAME_MARK, mark + 1);
  }
  return undefined;
}

/**
 * Offset where the frame at `start` should end according to its length field; at least the end of its header.
 * Payloads contain no zero bytes, so if the data ends before this offset, the write was incomplete.
 */
export function claimedEnd(bytes: Buffer, start: number): number {
  const reading = readFrame(bytes, start);
  if (reading.kind !== 'bad') return reading.end;
  const length = bytes.readUInt32LE(start);
  return start + FRAME_HEADER_BYTES + (isPlausible(length) ? length : 0);
}

/** The frame from `start` to the end of `bytes` is valid except for its length field: damaged, not incomplete. */
export function hasWrongLength(bytes: Buffer, start: number): boolean {
  const length = bytes.length - start - FRAME_HEADER_BYTES;
  if (!isPlausible(length)) return false;
  const header = Buffer.from(bytes.subarray(start, start + FRAME_HEADER_BYTES));
  header.writeUInt32LE(length, 0);
  return checksum(header, bytes.subarray(start + FRAME_HEADER_BYTES)) === header.readUInt32LE(4);
}

/** Length of `bytes` without trailing zeros (preallocated, or a file that grew before its content was written). */
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
