import { COMMENT, COST, DONE, HI, STOP, type StreamKind, WHOLE, billed, complete, cut, said } from './streamKind';

const MEGABYTE = 1024 * 1024;
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** An event whose data is exactly that long, and its text. */
function eventOfLength(length: number): { readonly event: string; readonly text: string } {
  const empty = said('').length - 'data: \n\n'.length;
  const text = 'x'.repeat(length - empty);
  return { event: said(text), text };
}

const LARGEST = eventOfLength(MEGABYTE);
const TOO_LARGE = eventOfLength(MEGABYTE + 1);

/** Lines, characters and sizes: how events stand in the bytes. */
export const FRAMING: readonly StreamKind[] = [
  // Line ends
  { name: 'LF', body: [WHOLE], expected: complete },
  { name: 'CRLF', body: [WHOLE.replaceAll('\n', '\r\n')], expected: complete },
  { name: 'CR', body: [WHOLE.replaceAll('\n', '\r')], expected: complete },
  {
    name: 'mixed line ends',
    body: [`${HI.replaceAll('\n', '\r\n')}${STOP.replaceAll('\n', '\r')}${COST.replace('\n\n', '\r\n\n')}${DONE}`],
    expected: complete,
  },
  { name: 'blank lines before and between', body: [`\n\n\r\n${HI}\n\n\n${STOP}${COST}\n${DONE}`], expected: complete },
  {
    name: 'no blank line behind the last text',
    body: [`${HI}${said('lost').slice(0, -1)}`],
    expected: { ...cut, detail: /^eventCutOff$/ },
  },
  {
    name: 'no blank line behind the price',
    body: [`${HI}${STOP}${COST.slice(0, -1)}`],
    expected: { ...cut, finish: 'stop', detail: /^eventCutOff$/ },
  },
  { name: 'no blank line behind [DONE]', body: [`${HI}${STOP}data: [DONE]\n`], expected: { ...cut, finish: 'stop' } },
  { name: 'no line end behind [DONE], after the price', body: [`${HI}${STOP}${COST}data: [DONE]`], expected: complete },
  { name: 'CR as the last byte', body: [`${HI}${STOP}${COST}data: [DONE]\n\r`], expected: complete },

  // Fields
  { name: 'no space after the colon', body: [WHOLE.replaceAll('data: ', 'data:')], expected: complete },
  {
    name: 'JSON over several data lines',
    body: ['data: {"choices":\ndata: [{"delta":\ndata:  {"content":"Hi 日🌍"}}]}\n\n', STOP, COST, DONE],
    expected: complete,
  },
  { name: 'named events', body: [WHOLE.replaceAll('data: ', 'event: message\ndata: ')], expected: complete },
  {
    name: 'retry and id lines, also senseless ones',
    body: [WHOLE.replaceAll('data: ', 'retry: abc\nid: 7\0\nretry: 10\nid\ndata: ')],
    expected: complete,
  },
  {
    name: 'fields of no meaning',
    body: [WHOLE.replaceAll('data: ', 'colour: green\nDATA: {}\nsomething\ndata: ')],
    expected: complete,
  },
  { name: 'empty data', body: [`data\n\n${HI}data:\n\ndata: \n\n${STOP}${COST}${DONE}`], expected: complete },
  {
    name: 'spaces around the data',
    body: [WHOLE.replaceAll('data: ', 'data:   ').replaceAll('\n\n', '  \n\n')],
    expected: complete,
  },
  {
    name: 'two events in one block are one event of two lines',
    body: [HI, said('a').trimEnd(), '\n', said('b')],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^eventNotJson$/ },
  },

  // Comments
  { name: 'comments everywhere', body: [COMMENT + WHOLE.replaceAll('\n\n', `\n\n${COMMENT}`)], expected: complete },
  { name: 'a comment inside an event', body: [WHOLE.replaceAll('data: ', ': ping\ndata: ')], expected: complete },
  { name: 'a bare colon as ping', body: [WHOLE.replaceAll('data: ', ':\n\n:\n\ndata: ')], expected: complete },
  {
    name: 'comments passed on as data',
    body: [WHOLE.replaceAll('data: {', 'data: : OPENROUTER PROCESSING\n\ndata: {')],
    expected: complete,
  },
  { name: 'nothing but comments', body: [COMMENT.repeat(5)], expected: { outcome: 'TRUNCATED' } },
  { name: 'nothing', body: [], expected: { outcome: 'TRUNCATED' } },
  { name: 'nothing but line ends', body: ['\r\n\n\r'], expected: { outcome: 'TRUNCATED' } },

  // Characters
  { name: 'a byte order mark first', body: [`\ufeff${WHOLE}`], expected: complete },
  { name: 'a byte order mark before a comment', body: [`\ufeff${COMMENT}${WHOLE}`], expected: complete },
  {
    name: 'byte order marks in the middle, where bodies were joined',
    body: [HI, '\ufeff', STOP, '\ufeff', COST, '\ufeff', DONE],
    expected: complete,
  },
  {
    name: 'a byte order mark before a text in the middle',
    body: [said('Hi '), '\ufeff', said('日🌍').replaceAll('\n', '\r\n'), '\ufeff', STOP, COST, DONE],
    expected: complete,
  },
  {
    name: 'a byte order mark in the text is text',
    body: [said('\ufeffHi 日\ufeff'), STOP, COST, DONE],
    expected: { ...complete, text: '\ufeffHi 日\ufeff' },
  },
  {
    name: 'half a character at the end',
    body: [HI, bytes('data: {"choices":[{"delta":{"content":"', [0xe6, 0x97])],
    expected: { ...cut, detail: /^eventCutOff$/ },
  },
  {
    name: 'bytes that are no UTF-8',
    body: [bytes('data: {"choices":[{"delta":{"content":"a', [0xff, 0xc3], 'b"}}]}\n\n'), STOP, COST, DONE],
    expected: { ...complete, text: 'a\ufffd\ufffdb' },
  },
  {
    name: 'a character cut in two between events',
    body: [
      'data: {"choices":[{"delta":{"content":"Hi 日\\ud83c"}}]}\n\n',
      'data: {"choices":[{"delta":{"content":"\\udf0d"}}]}\n\n',
      STOP,
      COST,
      DONE,
    ],
    expected: complete,
  },
  {
    name: 'half a character in the last event',
    body: ['data: {"choices":[{"delta":{"content":"Hi \\ud83c"}}]}\n\n', STOP, COST, DONE],
    expected: { ...complete, text: 'Hi \ufffd' },
  },
  { name: 'zeros between events', body: [HI, '\0\0\n', STOP, COST, DONE], expected: complete },

  // Sizes
  {
    name: '2,000 events at once',
    body: [said('x').repeat(2_000), STOP, COST, DONE],
    expected: { ...complete, text: 'x'.repeat(2_000) },
  },
  { name: 'the largest event', body: [LARGEST.event, STOP, COST, DONE], expected: { ...complete, text: LARGEST.text } },
  {
    name: 'one character more than the largest event',
    body: [HI, TOO_LARGE.event, STOP, COST, DONE],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^eventTooLarge 1048576$/ },
  },
  {
    name: 'a line of 12 MB',
    body: [HI, `data: ${'x'.repeat(12 * MEGABYTE)}\n\n`, STOP, COST, DONE],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^eventTooLarge 1048576$/ },
  },
  {
    name: 'a comment of 12 MB',
    body: [HI, `: ${'x'.repeat(12 * MEGABYTE)}\n\n`, STOP, COST, DONE],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^eventTooLarge 1048576$/ },
  },
  {
    name: '200,000 data lines in one event',
    body: [HI, `${'data: [\n'.repeat(200_000)}\n`, STOP, COST, DONE],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^eventNotJson$/ },
  },
  {
    name: '200,000 empty data lines in one event',
    body: [HI, `${'data:\n'.repeat(200_000)}\n`, STOP, COST, DONE],
    expected: complete,
  },
  {
    name: 'a reply of more than 16 MB',
    body: [HI, `: ${'x'.repeat(MEGABYTE / 2)}\n\n`.repeat(33), STOP, COST, DONE],
    expected: { ...cut, outcome: 'PROTOCOL', detail: /^replyTooLarge 16777216$/ },
  },
  {
    name: 'a price in an event of 100 KB',
    body: [HI, STOP, billed({ prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5, note: 'x'.repeat(100_000) }), DONE],
    expected: complete,
  },
];
