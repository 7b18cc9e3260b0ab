import {
  COMMENT,
  COST,
  DONE,
  type BodyStep,
  HI,
  STOP,
  type StreamKind,
  WHOLE,
  complete,
  cut,
  delta,
  event,
  said,
  unpriced,
} from './streamKind';

/** `piece` again and again, with time between. */
const every = (passMs: number, times: number, piece: string): readonly BodyStep[] =>
  Array.from({ length: times }, () => [{ passMs }, piece]).flat();
const DAY_MS = 86_400_000;
const dripped = (text: string, passMs: number): readonly BodyStep[] =>
  [...text].flatMap((character) => [{ passMs }, character]);

/**
 * Silence and dripping, by a clock that the test drives and the default limits: 120 s for the first byte, 60 s between
 * two bytes, 180 s between two pieces of content, 30 minutes in total, 2 s for the end marker.
 */
export const SILENCE: readonly StreamKind[] = [
  {
    name: 'headers, then silence',
    body: [],
    end: { silenceMs: 120_000 },
    expected: { outcome: 'TIMEOUT', detail: /^noFirstByte 120000$/ },
  },
  { name: 'headers, then nearly too long a silence', body: [{ passMs: 119_999 }, WHOLE], expected: complete },
  {
    name: 'comments, then silence',
    body: [COMMENT],
    end: { silenceMs: 60_000 },
    expected: { outcome: 'TIMEOUT', detail: /^silence 60000$/ },
  },
  {
    name: 'text, then silence',
    body: [HI],
    end: { silenceMs: 60_000 },
    expected: { ...cut, outcome: 'STALLED', detail: /^silence 60000$/ },
  },
  {
    name: 'text, then nearly too long a silence',
    body: [HI, { passMs: 59_999 }, STOP, COST, DONE],
    expected: complete,
  },
  {
    name: 'half an event, then silence',
    body: [HI, said('lost').slice(0, -9)],
    end: { silenceMs: 60_000 },
    expected: { ...cut, outcome: 'STALLED' },
  },
  {
    name: 'the reason, then silence',
    body: [HI, STOP],
    end: { silenceMs: 60_000 },
    expected: { ...cut, finish: 'stop', outcome: 'STALLED' },
  },
  { name: 'the price, then silence', body: [HI, STOP, COST], end: { silenceMs: 2_000 }, expected: complete },
  {
    name: 'an error, then silence',
    body: [HI, event({ error: { code: 502, message: 'gone' } })],
    end: { silenceMs: 2_000 },
    expected: { ...cut, outcome: 'OVERLOADED', httpStatus: 502, detail: /^gone$/ },
  },
  { name: '[DONE], then silence', body: [WHOLE], end: { silenceMs: 0 }, expected: complete },
  { name: '[DONE] without a price, then silence', body: [HI, STOP, DONE], end: { silenceMs: 0 }, expected: unpriced },
  {
    name: 'an error text that never ends',
    status: 500,
    headers: { 'content-type': 'text/plain' },
    body: ['half'],
    end: { silenceMs: 60_000 },
    expected: { outcome: 'UPSTREAM', detail: /^half$/, httpStatus: 500, opened: false },
  },
  {
    name: 'JSON that never ends',
    headers: { 'content-type': 'application/json' },
    body: ['{"choices":[{"message":{"content":"Hi'],
    end: { silenceMs: 60_000 },
    expected: { outcome: 'TIMEOUT' },
  },
  { name: 'asleep for a day', body: [HI], end: { silenceMs: DAY_MS }, expected: { ...cut, outcome: 'STALLED' } },

  { name: 'comments for 170 s, then the reply', body: [...every(1_000, 170, COMMENT), WHOLE], expected: complete },
  {
    name: 'comments for ever',
    body: every(1_000, 200, COMMENT),
    end: { silenceMs: 0 },
    expected: { outcome: 'TIMEOUT', detail: /^noText 180000$/ },
  },
  {
    name: 'text, then comments for ever',
    body: [HI, ...every(10_000, 30, COMMENT)],
    end: { silenceMs: 0 },
    expected: { ...cut, outcome: 'STALLED', detail: /^noText 180000$/ },
  },
  {
    name: 'text, then bare colons for ever',
    body: [HI, ...every(30_000, 12, ':\n\n')],
    end: { silenceMs: 0 },
    expected: { ...cut, outcome: 'STALLED', detail: /^noText 180000$/ },
  },
  {
    name: 'text, then comments passed on as data for ever',
    body: [HI, ...every(10_000, 30, event(': OPENROUTER PROCESSING'))],
    end: { silenceMs: 0 },
    expected: { ...cut, outcome: 'STALLED', detail: /^noText 180000$/ },
  },
  {
    name: 'text, then empty data for ever',
    body: [HI, ...every(10_000, 30, 'data:\n\n')],
    end: { silenceMs: 0 },
    expected: { ...cut, outcome: 'STALLED', detail: /^noText 180000$/ },
  },
  {
    name: 'the price, then comments for ever',
    body: [HI, STOP, COST, ...every(1_000, 30, COMMENT)],
    end: { silenceMs: 0 },
    expected: complete,
  },
  {
    name: 'hidden thinking for ten minutes',
    body: [
      ...every(20_000, 30, delta({ content: '', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] })),
      WHOLE,
    ],
    expected: complete,
  },
  {
    name: 'a reply without end',
    body: [HI, ...every(30_000, 70, said(''))],
    end: { silenceMs: 0 },
    expected: { ...cut, outcome: 'STALLED', detail: /^replyTooLong 1800000$/ },
  },
  { name: 'a character a second', body: dripped(HI + STOP, 1_000).concat([COST, DONE]), expected: complete },
  { name: 'a character a minute', body: dripped(HI, 60_000), end: { silenceMs: 0 }, expected: { outcome: 'TIMEOUT' } },
];
