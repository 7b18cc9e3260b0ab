import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SseEvent } from '../../../../src/infrastructure/openrouter/decoder';
import { decode, fixture, fixtureNames, pieces } from './harness';

const data = (text: string, name?: string): SseEvent => ({ type: 'data', name, data: text });
const comment: SseEvent = { type: 'comment' };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const FRAMINGS: readonly {
  readonly name: string;
  readonly text: string;
  readonly events: readonly SseEvent[];
  readonly cutOff?: boolean;
}[] = [
  { name: 'LF', text: 'data: a\n\ndata: b\n\n', events: [data('a'), data('b')] },
  { name: 'CRLF', text: 'data: a\r\n\r\ndata: b\r\n\r\n', events: [data('a'), data('b')] },
  { name: 'CR', text: 'data: a\r\rdata: b\r\r', events: [data('a'), data('b')] },
  { name: 'CR as the very last byte', text: 'data: a\r\n\r', events: [data('a')] },
  { name: 'CR as the last byte of a line', text: 'data: a\n\ndata: b\r', events: [data('a')], cutOff: true },
  { name: 'mixed line ends', text: 'data: a\r\n\ndata: b\n\r\n', events: [data('a'), data('b')] },
  { name: 'a byte order mark first', text: '\ufeffdata: a\n\n', events: [data('a')] },
  {
    name: 'a byte order mark where two bodies were joined',
    text: 'data: a\r\n\r\n\ufeffdata: b\n\n',
    events: [data('a'), data('b')],
  },
  { name: 'comments', text: ': OPENROUTER PROCESSING\n\n:\n\ndata: a\n\n', events: [comment, comment, data('a')] },
  { name: 'no space after the colon', text: 'data:a\n\n', events: [data('a')] },
  { name: 'several data lines', text: 'data: a\ndata: b\n\n', events: [data('a\nb')] },
  { name: 'a named event', text: 'event: error\ndata: {}\n\n', events: [data('{}', 'error')] },
  { name: 'empty data', text: 'data\n\n', events: [data('')] },
  { name: 'fields of no use', text: 'retry: abc\nid: a\0b\nwhat: ever\ndata: a\n\n', events: [data('a')] },
  { name: 'characters of two to four bytes', text: 'data: é日🌍\n\n', events: [data('é日🌍')] },
  { name: 'no blank line at the end', text: 'data: a\n\ndata: b\n', events: [data('a')], cutOff: true },
  { name: 'cut inside a line', text: 'data: a\n\ndata: {"x', events: [data('a')], cutOff: true },
  { name: 'only a field name at the end', text: 'data: a\n\nda', events: [data('a')] },
  { name: 'nothing', text: '', events: [] },
];

describe('SseDecoder', () => {
  for (const { name, text, events, cutOff = false } of FRAMINGS) {
    it(`reads ${name}, cut at every byte`, () => {
      const bytes = bytesOf(text);
      for (let at = 0; at <= bytes.length; at++) {
        const read = decode([bytes.subarray(0, at), bytes.subarray(at)]);
        assert.deepEqual({ events: read.events, cutOff: read.cutOff }, { events, cutOff }, `cut at ${at}`);
      }
      const single = decode(pieces(bytes, 1));
      assert.deepEqual({ events: single.events, cutOff: single.cutOff }, { events, cutOff }, 'byte by byte');
    });
  }

  it('gives the same events for random pieces of every transcript', () => {
    for (const name of fixtureNames('.sse')) {
      const bytes = fixture(name);
      const whole = decode([bytes]);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }), (sizes) => {
          const parts: Uint8Array[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            parts.push(bytes.subarray(at, at + size));
            at += size;
          }
          assert.deepEqual(decode(parts).events, whole.events);
        }),
        { numRuns: 40 },
      );
    }
  });

  const limits = { maxEventLength: 100, maxReplyBytes: 500 };
  const long = 'x'.repeat(101);
  const OVERSIZED: readonly {
    readonly name: string;
    readonly text: string;
    readonly what: 'event' | 'reply';
    readonly before: number;
  }[] = [
    { name: 'an event', text: `data: a\n\ndata: ${long}\n\ndata: b\n\n`, what: 'event', before: 1 },
    { name: 'a line that never ends', text: `data: ${long}${long}`, what: 'event', before: 0 },
    { name: 'an event of many lines', text: `${'data: 1234567890\n'.repeat(20)}\n`, what: 'event', before: 0 },
    { name: 'a comment', text: `: ${long}${long}`, what: 'event', before: 0 },
    { name: 'a reply', text: 'data: 0123456789\n\n'.repeat(40), what: 'reply', before: 27 },
  ];
  for (const { name, text, what, before } of OVERSIZED) {
    for (const size of [7, 64, 100_000]) {
      it(`stops at ${name} that is too large, read ${size} bytes at a time`, () => {
        const { events } = decode(pieces(bytesOf(text), size), limits);
        assert.deepEqual(events.at(-1), { type: 'oversized', what, limit: what === 'event' ? 100 : 500 });
        assert.equal(events.length, before + 1);
      });
    }
  }

  it('decodes nothing after a limit was passed and does not throw', () => {
    const { events } = decode([bytesOf(`data: ${long}${long}`), bytesOf('\n\ndata: b\n\n')], limits);
    assert.deepEqual(events, [{ type: 'oversized', what: 'event', limit: 100 }]);
  });

  it('keeps the start of a body without events, for its error text', () => {
    assert.equal(decode([bytesOf('{"error":'), bytesOf('{}}')]).head, '{"error":{}}');
    assert.equal(decode([bytesOf('data: a\n\n')]).head, '');
    assert.equal(decode([bytesOf('<html>'.repeat(50))], limits).head.length, 100);
  });
});
