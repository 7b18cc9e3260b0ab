import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { parseJson } from '../../../domain/text';

/**
 * The bytes of a journal: a file header, then frames. One commit is one frame, so it is whole or absent.
 *
 *     header  magic (8 bytes) | format version u32 | crc32(magic, version) u32
 *     frame   payload length u32 | crc32(length, payload) u32 | payload
 *     payload envelope JSON, a line feed, the JSON array of the events; UTF-8
 *
 * Zeros may follow the last frame: earlier versions flushed them in advance and wrote the next frames over them.
 * Integers are little-endian. The envelope stands apart so that a scan can pass over events it does not need;
 * JSON.stringify never writes a raw line feed, which makes the first one the border.
 */
export const FORMAT_VERSION = 1;
export const FILE_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 8;
/** Bytes of the largest frame, its header included. Far above any commit, far below what a string can hold. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** The most zeros that an earlier version kept behind its last frame. */
export const LONGEST_RESERVE_BYTES = 256 * 1024;

/** The carriage return and line feed are damaged by a copy in text mode, which is then seen at once. */
const MAGIC = Buffer.from('NTJRNL\r\n', 'latin1');
/** How every payload begins: `writer` is the envelope's first key. */
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
  /** The journal this frame was written to: 128 random bits in hex. */
  readonly writer: string;
  /** 0, 1, 2 … within the writer, without gaps: both together name a commit. */
  readonly seq: number;
  /** Larger than every lamport number the writer had seen: the order between writers. */
  readonly lamport: number;
  /** Version of the events' schema. */
  readonly schema: number;
}

export interface Frame extends FrameEnvelope {
  /** UTF-8 JSON of the events. */
  readonly eventsJson: Buffer;
}

export type FrameReading =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly end: number }
  /** Could be a frame, once the buffer reaches `end`. */
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

/** Says what file `bytes` begins. `newer`: a later version of this format, which must be left alone. */
export function readFileHeader(bytes: Buffer): HeaderReading {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) return isZero(bytes) ? 'incomplete' : 'foreign';
  if (bytes.length < FILE_HEADER_BYTES) return 'incomplete';
  if (crc32(bytes.subarray(0, MAGIC.length + 4)) !== bytes.readUInt32LE(MAGIC.length + 4)) return 'damaged';
  const version = bytes.readUInt32LE(MAGIC.length);
  return version === FORMAT_VERSION ? 'ok' : version > FORMAT_VERSION ? 'newer' : 'damaged';
}

/** @throws RangeError when the frame would be larger than MAX_FRAME_BYTES. */
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

/** Reads the frame that begins at `start`. Its checksum covers every byte, so a frame is right or it is not one. */
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
 * Offset of the first whole frame at or after `from`, for going on behind damage.
 * A text inside a frame cannot look like one: JSON escapes the quotes of the mark.
 */
export function findFrame(bytes: Buffer, from: number): number | undefined {
  // Looking for the mark first keeps this linear: no checksum over bytes that cannot begin a frame.
  let mark = bytes.indexOf(FRAME_MARK, from + FRAME_HEADER_BYTES);
  while (mark !== -1) {
    const start = mark - FRAME_HEADER_BYTES;
    if (readFrame(bytes, start).kind === 'frame') return start;
    mark = bytes.indexOf(FRAME_MARK, mark + 1);
  }
  return undefined;
}

/**
 * Where a frame that begins at `start` would end by what is there of its length; behind its header at least. No byte
 * of a payload is zero, so bytes that end in zeros before this are a write of which the end never arrived.
 */
export function claimedEnd(bytes: Buffer, start: number): number {
  const reading = readFrame(bytes, start);
  if (reading.kind !== 'bad') return reading.end;
  const length = bytes.readUInt32LE(start);
  return start + FRAME_HEADER_BYTES + (isPlausible(length) ? length : 0);
}

/** The frame from `start` to the end of `bytes` is whole but for the length it claims: not a write that was cut. */
export function hasWrongLength(bytes: Buffer, start: number): boolean {
  const length = bytes.length - start - FRAME_HEADER_BYTES;
  if (!isPlausible(length)) return false;
  const header = Buffer.from(bytes.subarray(start, start + FRAME_HEADER_BYTES));
  header.writeUInt32LE(length, 0);
  return checksum(header, bytes.subarray(start + FRAME_HEADER_BYTES)) === header.readUInt32LE(4);
}

/** Length of `bytes` without trailing zeros: a reserve, or a file that grew before its content arrived. */
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
