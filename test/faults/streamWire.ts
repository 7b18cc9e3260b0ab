import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { LAST_HTTP_CHUNK, closeDelimited, head, httpChunk } from '../support/rawServer';
import type { Expected } from '../support/replyExpectation';
import { COMMENT, COST, HI, JSON_TYPE, SSE, STOP, WHOLE, type WireKind, complete, cut } from './streamKind';

const CHUNKED = { ...SSE, 'transfer-encoding': 'chunked' };
const joined = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
const encoded = (encoding: string, body: Uint8Array | string): Uint8Array =>
  joined(head('200 OK', { ...SSE, 'content-encoding': encoding, connection: 'close' }), body);
const sized = (body: string, length: number): string =>
  head('200 OK', { ...SSE, 'content-length': String(length) }) + body;
/** Ends after a flush, as a proxy sends that compresses a stream piece by piece, and without the checksum. */
const flushed = (text: string): Uint8Array => gzipSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
const BYTES = Buffer.byteLength(WHOLE);
const FLOOD = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`x-flood-${n}`, 'x'.repeat(100)]));

const notHttp: Expected = { outcome: 'PROTOCOL', detail: /^notHttp /, opened: false };
const empty: Expected = { outcome: 'TRUNCATED' };
const closed: Expected = { outcome: 'NETWORK', detail: /^connectionClosed /, opened: false };

/** How HTTP carries an answer, and how it fails to. */
export const WIRE: readonly WireKind[] = [
  // Chunked
  { name: 'one chunk', wire: head('200 OK', CHUNKED) + httpChunk(WHOLE) + LAST_HTTP_CHUNK, expected: complete },
  {
    name: 'a chunk for every character',
    wire: head('200 OK', CHUNKED) + [...WHOLE].map(httpChunk).join('') + LAST_HTTP_CHUNK,
    expected: complete,
  },
  {
    name: 'chunks cut inside a character',
    wire: joined(
      head('200 OK', CHUNKED),
      ...[...Buffer.from(WHOLE)].map((byte) => joined('1\r\n', Uint8Array.of(byte), '\r\n')),
      LAST_HTTP_CHUNK,
    ),
    expected: complete,
  },
  {
    name: 'trailers behind the last chunk',
    wire: `${head('200 OK', CHUNKED)}${httpChunk(WHOLE)}0\r\nx-usage: 9\r\nserver-timing: total\r\n\r\n`,
    expected: complete,
  },
  {
    name: 'chunk sizes with extensions',
    wire: `${head('200 OK', CHUNKED)}${httpChunk(WHOLE).replace('\r\n', ';name=value\r\n')}${LAST_HTTP_CHUNK}`,
    expected: complete,
  },
  {
    name: 'FIN inside a chunk',
    wire: (head('200 OK', CHUNKED) + httpChunk(HI + STOP + COST)).slice(0, -60),
    expected: { ...cut, finish: 'stop' },
  },
  { name: 'FIN between two chunks', wire: head('200 OK', CHUNKED) + httpChunk(HI), expected: cut },
  {
    name: 'FIN without the last chunk, after [DONE]',
    wire: head('200 OK', CHUNKED) + httpChunk(WHOLE),
    expected: complete,
  },
  {
    name: 'FIN without the last chunk, after the price',
    wire: head('200 OK', CHUNKED) + httpChunk(HI + STOP + COST),
    expected: complete,
  },
  {
    name: 'RST inside a chunk',
    wire: head('200 OK', CHUNKED) + httpChunk(HI),
    end: 'rst',
    expected: { ...cut, detail: /^connectionClosed / },
  },
  {
    name: 'a chunk size that is no number',
    wire: `${head('200 OK', CHUNKED)}${httpChunk(HI)}zz\r\n${STOP}`,
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^notHttp / },
  },
  {
    name: 'a size and chunks',
    wire: head('200 OK', { ...CHUNKED, 'content-length': '5' }) + httpChunk(WHOLE) + LAST_HTTP_CHUNK,
    expected: notHttp,
  },

  // Sized or closed
  { name: 'an exact size, kept open', wire: sized(WHOLE, BYTES), end: 'stall', expected: complete },
  {
    name: 'an exact size without an end mark, kept open',
    wire: sized(HI, Buffer.byteLength(HI)),
    end: 'stall',
    expected: cut,
  },
  { name: 'FIN before the promised size', wire: sized(HI, 9_999), expected: cut },
  { name: 'FIN before the promised size, after [DONE]', wire: sized(WHOLE, 9_999), expected: complete },
  { name: 'RST before the promised size', wire: sized(HI, 9_999), end: 'rst', expected: cut },
  {
    name: 'RST inside a whole answer as JSON',
    wire: head('200 OK', { ...JSON_TYPE, 'content-length': '999' }) + '{"choices":[{"message":{"content":"Hi',
    end: 'rst',
    expected: empty,
  },
  { name: 'size zero', wire: sized('', 0), end: 'stall', expected: empty },
  {
    name: 'closed by FIN, HTTP 1.0',
    wire: closeDelimited('200 OK', SSE, WHOLE).replace('1.1', '1.0'),
    expected: complete,
  },
  { name: 'kept open after [DONE]', wire: closeDelimited('200 OK', SSE, WHOLE), end: 'stall', expected: complete },
  {
    name: 'kept open after the price',
    wire: closeDelimited('200 OK', SSE, HI + STOP + COST),
    end: 'stall',
    expected: complete,
  },
  {
    name: 'text and then nothing',
    wire: closeDelimited('200 OK', SSE, HI),
    end: 'stall',
    expected: { ...cut, outcome: 'STALLED' },
  },
  {
    name: 'headers and then nothing',
    wire: closeDelimited('200 OK', SSE),
    end: 'stall',
    expected: { outcome: 'TIMEOUT' },
  },
  {
    name: 'comments and then nothing',
    wire: closeDelimited('200 OK', SSE, COMMENT),
    end: 'stall',
    expected: { outcome: 'TIMEOUT' },
  },

  // Compressed
  { name: 'gzip', wire: encoded('gzip', gzipSync(WHOLE)), expected: complete },
  { name: 'gzip, flushed and never finished', wire: encoded('gzip', flushed(WHOLE)), expected: complete },
  { name: 'gzip, cut off after text', wire: encoded('gzip', flushed(HI)), expected: cut },
  {
    name: 'gzip, cut inside',
    wire: encoded('gzip', gzipSync(HI + STOP + COST).subarray(0, -20)),
    expected: { ...cut, finish: 'stop' },
  },
  { name: 'gzip, reset after text', wire: encoded('gzip', flushed(HI)), end: 'rst', expected: cut },
  { name: 'deflate', wire: encoded('deflate', deflateSync(WHOLE)), expected: complete },
  { name: 'brotli', wire: encoded('br', brotliCompressSync(WHOLE)), expected: complete },
  {
    name: 'called gzip and is none',
    wire: encoded('gzip', WHOLE),
    expected: { outcome: 'PROTOCOL', detail: /^badCompression / },
    minNode: 22,
  },
  {
    name: '64 MB of comments in 64 KB',
    wire: encoded('gzip', gzipSync(`: ${'x'.repeat(1_000)}\n\n`.repeat(64_000))),
    expected: { outcome: 'PROTOCOL', detail: /^replyTooLarge 16777216$/ },
  },
  {
    name: '64 MB of one line in 64 KB',
    wire: encoded('gzip', gzipSync('x'.repeat(64_000_000))),
    expected: { outcome: 'PROTOCOL', detail: /^replyTooLarge 16777216$/ },
  },

  // Status lines and headers
  {
    name: 'early hints before the answer',
    wire: `HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n${closeDelimited('200 OK', SSE, WHOLE)}`,
    expected: complete,
  },
  {
    name: 'processing before the answer',
    wire: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${closeDelimited('200 OK', SSE, WHOLE)}`,
    expected: complete,
  },
  {
    name: 'an unexpected continue',
    wire: `HTTP/1.1 100 Continue\r\n\r\n${closeDelimited('200 OK', SSE, WHOLE)}`,
    expected: { outcome: 'NETWORK', opened: false },
  },
  {
    name: 'switching protocols',
    wire: head('101 Switching Protocols', { upgrade: 'websocket', connection: 'upgrade' }),
    expected: { outcome: 'NETWORK', opened: false },
  },
  { name: 'no content', wire: head('204 No Content', SSE), end: 'stall', expected: empty },
  {
    name: 'not modified',
    wire: head('304 Not Modified', SSE),
    end: 'stall',
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 304, opened: false },
  },
  ...[301, 302, 303, 307, 308].map((status): WireKind => ({
    name: `a redirect ${status}`,
    wire: closeDelimited(`${status} Moved`, { location: 'https://elsewhere.invalid/' }),
    expected: { outcome: 'PROTOCOL', detail: /^redirected$/, opened: false },
  })),
  {
    name: 'several choices',
    wire: closeDelimited('300 Multiple Choices', JSON_TYPE, '{}'),
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 300, opened: false },
  },
  { name: 'no words behind the status', wire: closeDelimited('200 ', SSE, WHOLE), expected: complete },
  {
    name: 'headers without a space and in capitals',
    wire: `HTTP/1.1 200 OK\r\nCONTENT-TYPE:text/event-stream\r\nX-GENERATION-ID:gen-1\r\n\r\n${WHOLE}`,
    expected: complete,
  },
  {
    name: 'an authenticating proxy',
    wire: closeDelimited('407 Proxy Authentication Required', { 'content-type': 'text/html' }, '<html></html>'),
    expected: { outcome: 'NETWORK', opened: false },
  },
  { name: '200 KB of headers', wire: closeDelimited('200 OK', { ...SSE, ...FLOOD }, WHOLE), expected: notHttp },
  {
    name: 'one header of 200 KB',
    wire: closeDelimited('200 OK', { ...SSE, 'x-flood': 'x'.repeat(200_000) }, WHOLE),
    expected: notHttp,
  },
  {
    name: 'headers that never end',
    wire: 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n',
    end: 'stall',
    expected: { outcome: 'TIMEOUT', detail: /^noFirstByte 300$/, opened: false },
  },
  { name: 'a status that is no number', wire: 'HTTP/1.1 OK\r\n\r\n', expected: notHttp },
  { name: 'another protocol', wire: 'SSH-2.0-OpenSSH_9.6\r\n', expected: notHttp },
  { name: 'the bytes of a TLS alert', wire: Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x46), expected: notHttp },
  { name: 'events without any HTTP', wire: WHOLE, expected: notHttp },
  { name: 'FIN before an answer', wire: '', expected: closed },
  { name: 'RST before an answer', wire: '', end: 'rst', expected: closed },
  { name: 'FIN inside the headers', wire: 'HTTP/1.1 200 OK\r\ncontent-ty', expected: closed },
];
