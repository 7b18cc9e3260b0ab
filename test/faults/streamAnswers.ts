import { COST, DONE, HI, JSON_TYPE, SSE, STOP, type StreamKind, WHOLE, complete, cut } from './streamKind';

const PAGE = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body>data: {"choices":[]}</body></html>\n';
const COMPLETION = {
  id: 'gen-1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi 日🌍' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 },
};
const LONG = 'x'.repeat(100_000);
const typed = (type: string): Readonly<Record<string, string>> => ({ ...SSE, 'content-type': type });

/** What the content type says, and what the body is. */
export const ANSWERS: readonly StreamKind[] = [
  // A stream under other names
  {
    name: 'a stream with a charset',
    headers: typed('Text/Event-Stream; charset=UTF-8'),
    body: [WHOLE],
    expected: complete,
  },
  { name: 'a stream called text', headers: typed('text/plain; charset=utf-8'), body: [WHOLE], expected: complete },
  { name: 'a stream called bytes', headers: typed('application/octet-stream'), body: [WHOLE], expected: complete },
  { name: 'a stream called JSON', headers: typed('application/json'), body: [WHOLE], expected: complete },
  { name: 'a stream called JSON, cut off', headers: typed('application/json'), body: [HI], expected: cut },
  { name: 'a stream called JSON, reset', headers: typed('application/json'), body: [HI], end: 'rst', expected: cut },
  {
    name: 'a stream called newline-delimited JSON',
    headers: typed('application/x-ndjson'),
    body: [WHOLE],
    expected: complete,
  },
  {
    name: 'a stream without a content type',
    headers: { 'x-generation-id': 'gen-1' },
    body: [WHOLE],
    expected: complete,
  },

  // One JSON text
  {
    name: 'a whole completion as JSON',
    headers: typed('application/json'),
    body: [JSON.stringify(COMPLETION)],
    expected: complete,
  },
  { name: 'a whole completion as JSON called a stream', body: [JSON.stringify(COMPLETION)], expected: complete },
  {
    name: 'a whole completion in many lines',
    headers: typed('application/json; charset=utf-8'),
    body: ['\n\n', JSON.stringify(COMPLETION, null, 2), '\n'],
    expected: complete,
  },
  {
    name: 'a whole completion of 100 KB',
    headers: typed('application/json'),
    body: [JSON.stringify({ ...COMPLETION, choices: [{ message: { content: LONG }, finish_reason: 'stop' }] })],
    expected: { ...complete, text: LONG },
  },
  {
    name: 'a whole completion, cut off',
    headers: typed('application/json'),
    body: [JSON.stringify(COMPLETION).slice(0, -20)],
    expected: { outcome: 'PROTOCOL', detail: /^eventNotJson$/ },
  },
  {
    name: 'an error as JSON',
    headers: JSON_TYPE,
    body: ['{"error":{"code":429,"message":"slow"}}'],
    expected: { outcome: 'RATE_LIMIT', detail: /^slow$/, httpStatus: 429 },
  },
  {
    name: 'an error as JSON called a stream',
    body: ['{"error":{"code":402,"message":"pay"}}\n'],
    expected: { outcome: 'CREDITS', detail: /^pay$/, httpStatus: 402 },
  },
  {
    name: 'an error as JSON in many lines, called a stream',
    body: [JSON.stringify({ error: { code: 503, message: 'busy' } }, null, 2)],
    expected: { outcome: 'OVERLOADED', detail: /^busy$/, httpStatus: 503 },
  },
  {
    name: 'an error as text in JSON',
    headers: JSON_TYPE,
    body: ['{"error":"out of memory"}'],
    expected: { outcome: 'UPSTREAM', detail: /^out of memory$/ },
  },
  {
    name: 'other JSON',
    headers: JSON_TYPE,
    body: ['{"ok":true}'],
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/ },
  },
  {
    name: 'a list as JSON',
    headers: JSON_TYPE,
    body: ['[]'],
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 200 },
  },
  {
    name: 'null as JSON',
    headers: JSON_TYPE,
    body: ['null'],
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 200 },
  },
  {
    name: 'no JSON at all',
    headers: JSON_TYPE,
    body: ['{malformed json: <<<chaos>>>'],
    expected: { outcome: 'PROTOCOL' },
  },
  { name: 'an empty body called JSON', headers: JSON_TYPE, body: [], expected: { outcome: 'TRUNCATED' } },
  {
    name: 'a line of JSON for each piece, as Ollama’s own API sends',
    headers: { 'content-type': 'application/x-ndjson' },
    body: ['{"message":{"content":"Hi"},"done":false}\n{"message":{"content":""},"done":true}\n'],
    expected: { outcome: 'PROTOCOL' },
  },

  // No answer of the service
  {
    name: 'a web page',
    headers: typed('text/html; charset=utf-8'),
    body: [PAGE],
    expected: {
      outcome: 'PROTOCOL',
      detail: /^webPage$/,
      httpStatus: 200,
      opened: false,
    },
  },
  {
    name: 'a web page called a stream',
    body: [PAGE],
    expected: { outcome: 'PROTOCOL', detail: /^webPage$/, httpStatus: 200 },
  },
  {
    name: 'a web page called JSON',
    headers: JSON_TYPE,
    body: [PAGE],
    expected: { outcome: 'PROTOCOL', detail: /^webPage$/, httpStatus: 200 },
  },
  {
    name: 'a web page without a content type',
    headers: {},
    body: [PAGE],
    expected: { outcome: 'PROTOCOL', detail: /^webPage$/, httpStatus: 200 },
  },
  {
    name: 'an empty web page',
    headers: { 'content-type': 'text/html' },
    body: [],
    expected: { outcome: 'PROTOCOL', httpStatus: 200, opened: false },
  },
  {
    name: 'plain text',
    headers: { 'content-type': 'text/plain' },
    body: ['It works!'],
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 200 },
  },
  {
    name: 'plain text called a stream',
    body: ['upstream connect error\n'],
    expected: { outcome: 'PROTOCOL', detail: /^unexpectedAnswer$/, httpStatus: 200 },
  },
  {
    name: 'XML',
    headers: { 'content-type': 'application/xml' },
    body: ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    expected: { outcome: 'PROTOCOL', httpStatus: 200 },
  },
  {
    name: 'bytes of a picture',
    headers: { 'content-type': 'image/png' },
    body: [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0xff)],
    expected: { outcome: 'PROTOCOL', httpStatus: 200 },
  },
  { name: 'a stream with status 201', status: 201, body: [WHOLE], expected: complete },
  {
    name: 'a stream with status 500',
    status: 500,
    body: [HI, STOP, COST, DONE],
    expected: { outcome: 'UPSTREAM', httpStatus: 500, opened: false },
  },
  {
    name: 'an error page of a gateway',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: ['<html><h1>502 Bad Gateway</h1></html>'],
    expected: { outcome: 'OVERLOADED', detail: /^$/, httpStatus: 502, opened: false },
  },
  {
    name: 'an error without a body',
    status: 503,
    headers: {},
    body: [],
    expected: { outcome: 'OVERLOADED', httpStatus: 503, opened: false },
  },
  {
    name: 'an error reset in its body',
    status: 429,
    headers: JSON_TYPE,
    body: ['{"error":{"mess'],
    end: 'rst',
    expected: { outcome: 'RATE_LIMIT', httpStatus: 429, opened: false },
  },
  {
    name: 'an unknown address',
    status: 404,
    headers: { 'content-type': 'text/plain' },
    body: ['404 page not found'],
    expected: { outcome: 'PROTOCOL', detail: /^addressNotFound$/, httpStatus: 404, opened: false },
  },
];
