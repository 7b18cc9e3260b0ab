import {
  COMMENT,
  COST,
  DONE,
  HI,
  STOP,
  type StreamKind,
  WHOLE,
  billed,
  complete,
  cut,
  delta,
  event,
  said,
  stopped,
  unpriced,
} from './streamKind';

const LATE =
  said('late') +
  event({ error: { code: 500, message: 'late' } }) +
  billed({ prompt_tokens: 1, completion_tokens: 1, cost: 9 });
const GONE = event({ error: { code: 502, message: 'gone' } });
const gone = { text: 'Hi 日🌍', outcome: 'OVERLOADED', detail: /^gone$/, httpStatus: 502 } as const;
const broken = { ...cut, outcome: 'PROTOCOL', detail: /^eventNotJson$/ } as const;
const BROKEN = event('{"choices":[{"delta":{"content":"b');
const priced = (usage: object): readonly string[] => [
  HI,
  STOP,
  billed({ prompt_tokens: 9, completion_tokens: 4, ...usage }),
  DONE,
];

/** How a reply ends, what it costs and how it fails. */
export const DIALECTS: readonly StreamKind[] = [
  // Ends
  { name: 'end before a reason', body: [HI], expected: cut },
  { name: 'end after the reason', body: [HI, STOP], expected: { ...cut, finish: 'stop' } },
  { name: 'end after the price', body: [HI, STOP, COST], expected: complete },
  { name: 'no price and [DONE]', body: [HI, STOP, DONE], expected: unpriced },
  { name: '[DONE] without a reason', body: [HI, DONE], expected: { ...cut, detail: /^noFinishReason$/ } },
  { name: 'nothing but [DONE]', body: [DONE], expected: { outcome: 'TRUNCATED', detail: /^noFinishReason$/ } },
  { name: 'two [DONE]', body: [WHOLE, DONE], expected: complete },
  { name: 'text, an error and another price after [DONE]', body: [WHOLE, LATE], expected: complete },
  { name: 'the reason twice', body: [HI, STOP, stopped('length'), COST, DONE], expected: complete },
  {
    name: 'the reason repeated beside the price',
    body: [HI, STOP, stopped('stop', { usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 } }), DONE],
    expected: complete,
  },
  { name: 'an empty reason before the real one', body: [HI, stopped(''), STOP, COST, DONE], expected: complete },
  {
    name: 'text in the event with the reason',
    body: [said('Hi '), event({ choices: [{ delta: { content: '日🌍' }, finish_reason: 'stop' }] }), COST, DONE],
    expected: complete,
  },
  { name: 'text after the reason', body: [said('Hi '), STOP, said('日🌍'), COST, DONE], expected: complete },
  { name: 'reset after text', body: [HI], end: 'rst', expected: cut },
  { name: 'reset after the reason', body: [HI, STOP], end: 'rst', expected: { ...cut, finish: 'stop' } },
  { name: 'reset after the price', body: [HI, STOP, COST], end: 'rst', expected: complete },
  { name: 'reset after [DONE]', body: [WHOLE], end: 'rst', expected: complete },
  { name: 'reset inside an event', body: [HI, said('lost').slice(0, -12)], end: 'rst', expected: cut },

  // Prices
  {
    name: 'running totals before the reason',
    body: [
      event({
        choices: [{ delta: { content: 'Hi 日🌍' } }],
        usage: { prompt_tokens: 9, completion_tokens: 1, cost: 0.1 },
      }),
      STOP,
      COST,
      DONE,
    ],
    expected: complete,
  },
  {
    name: 'running totals and no final price',
    body: [
      event({
        choices: [{ delta: { content: 'Hi 日🌍' } }],
        usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 },
      }),
      STOP,
      DONE,
    ],
    expected: complete,
  },
  {
    name: 'running totals of a reply that is cut off',
    body: [
      event({
        choices: [{ delta: { content: 'Hi 日🌍' } }],
        usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 },
      }),
    ],
    expected: cut,
  },
  {
    name: 'the price in the event with the reason',
    body: [HI, stopped('stop', { usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 } })],
    expected: complete,
  },
  {
    name: 'the price beside an empty piece without a reason',
    body: [
      HI,
      STOP,
      event({
        choices: [{ delta: { content: '' }, finish_reason: null }],
        usage: { prompt_tokens: 9, completion_tokens: 4, cost: 6.4e-5 },
      }),
      DONE,
    ],
    expected: complete,
  },
  {
    name: 'two prices',
    body: [HI, STOP, COST, billed({ prompt_tokens: 1, completion_tokens: 1, cost: 9 }), DONE],
    expected: complete,
  },
  {
    name: 'counts without a price, then the price',
    body: [HI, STOP, billed({ prompt_tokens: 9, completion_tokens: 4 }), COST, DONE],
    expected: complete,
  },
  { name: 'counts without a price', body: priced({}), expected: { ...complete, cost: null } },
  {
    name: 'a price of null',
    body: priced({ cost: null, cost_details: null, prompt_tokens_details: null, completion_tokens_details: null }),
    expected: { ...complete, cost: null },
  },
  { name: 'a price of zero', body: priced({ cost: 0 }), expected: { ...complete, cost: '0e-0' } },
  {
    name: 'an answer from the service’s cache: all zero',
    body: [HI, STOP, billed({ prompt_tokens: 0, completion_tokens: 0, cost: 0 }), DONE],
    expected: { ...complete, cost: '0e-0', usage: [0, 0, 0, 0] },
  },
  {
    name: 'all zero and no price',
    body: [HI, STOP, billed({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }), DONE],
    expected: unpriced,
  },
  {
    name: 'a price with an exponent',
    body: [HI, STOP, 'data: {"usage":{"prompt_tokens":9,"completion_tokens":4,"cost":7.1e-05}}\n\n', DONE],
    expected: { ...complete, cost: '71e-6' },
  },
  { name: 'a price as text', body: priced({ cost: '0.000064' }), expected: complete },
  { name: 'a price below zero', body: priced({ cost: -1 }), expected: { ...complete, cost: null } },
  {
    name: 'the upstream cost repeated on credits',
    body: priced({ cost: 6.4e-5, is_byok: false, cost_details: { upstream_inference_cost: 6.4e-5 } }),
    expected: complete,
  },
  {
    name: 'the upstream cost of an own key',
    body: priced({ cost: 0.025, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } }),
    expected: { ...complete, cost: '525e-3' },
  },
  {
    name: 'counts of reasoning and of the cache',
    body: priced({
      cost: 6.4e-5,
      completion_tokens_details: { reasoning_tokens: 3 },
      prompt_tokens_details: { cached_tokens: 8 },
    }),
    expected: { ...complete, usage: [9, 4, 3, 8] },
  },
  {
    name: 'usage: null in every event but the last',
    body: [HI, STOP, DONE].map((text) => text.replace(/\}\n\n$/, ',"usage":null}\n\n')),
    expected: unpriced,
  },

  // Errors inside a stream that began with 200
  {
    name: 'an error after text, as documented',
    body: [
      HI,
      event({
        error: { code: 502, message: 'gone', metadata: { error_type: 'provider_unavailable' } },
        choices: [{ delta: { content: '' }, finish_reason: 'error' }],
      }),
    ],
    expected: gone,
  },
  { name: 'an error after text and [DONE]', body: [HI, GONE, DONE], expected: gone },
  {
    name: 'an error after text and its price',
    body: [HI, GONE, COST, DONE],
    expected: { ...gone, cost: '64e-6', usage: [9, 4, 0, 0] },
  },
  { name: 'text after an error', body: [HI, GONE, said('late'), STOP, DONE], expected: gone },
  { name: 'an error after the price', body: [HI, STOP, COST, GONE], expected: complete },
  { name: 'an error and then a reset', body: [HI, GONE], end: 'rst', expected: gone },
  {
    name: 'an error as the first event',
    body: [COMMENT, event({ id: 'gen-1', choices: [], error: { code: 502, message: 'gone' } })],
    expected: { ...gone, text: '' },
  },
  {
    name: 'an error in the choice',
    body: [HI, event({ choices: [{ delta: {}, error: { code: 502, message: 'gone' } }] })],
    expected: gone,
  },
  {
    name: 'an error in an event with that name',
    body: [HI, 'event: error\ndata: {"message":"gone","code":502}\n\n'],
    expected: gone,
  },
  {
    name: 'an error that is a text',
    body: [HI, event({ error: 'gone' })],
    expected: { ...cut, outcome: 'UPSTREAM', detail: /^gone$/ },
  },
  {
    name: 'an error with a word for its code',
    body: [
      HI,
      event({
        error: { code: 'server_error', message: 'gone' },
        choices: [{ delta: { content: '' }, finish_reason: 'error' }],
      }),
    ],
    expected: { ...cut, outcome: 'UPSTREAM', detail: /^gone$/ },
  },
  {
    name: 'a limit with a word for its code',
    body: [HI, event({ error: { code: 'rate_limit_exceeded', message: 'slow' } })],
    expected: { ...cut, outcome: 'RATE_LIMIT', detail: /^slow$/ },
  },
  {
    name: 'an error with the upstream’s own words',
    body: [
      HI,
      event({
        error: { code: 502, message: 'Provider returned error', metadata: { raw: '{"error":{"message":"gone"}}' } },
      }),
    ],
    expected: gone,
  },
  {
    name: 'the reason "error" and no error',
    body: [HI, stopped('error'), DONE],
    expected: { ...cut, outcome: 'UPSTREAM' },
  },
  {
    name: 'the reason "error" with an upstream word',
    body: [
      HI,
      event({ choices: [{ delta: {}, finish_reason: 'error', native_finish_reason: 'MALFORMED_FUNCTION_CALL' }] }),
    ],
    expected: { ...cut, outcome: 'UPSTREAM', detail: /^MALFORMED_FUNCTION_CALL$/ },
  },
  { name: 'an error on a line of its own', body: [HI, '{"error":{"message":"gone","code":502}}\n'], expected: cut },
  {
    name: 'an error as llama.cpp used to send it',
    body: [HI, 'error: {"code":500,"message":"gone","type":"server_error"}\n\n'],
    expected: cut,
  },
  {
    name: 'the same before any text',
    body: ['error: {"code":500,"message":"gone","type":"server_error"}\n\n'],
    expected: { outcome: 'PROTOCOL', httpStatus: 200 },
  },

  // Events outside the dialect
  { name: 'one event that is no JSON', body: [HI, BROKEN, said('late'), STOP, COST, DONE], expected: broken },
  { name: 'three events that are no JSON', body: [HI, BROKEN, BROKEN, BROKEN, STOP, COST, DONE], expected: broken },
  { name: 'an event that is no JSON first', body: [BROKEN, WHOLE], expected: { ...broken, text: '' } },
  { name: 'an event that is no JSON after the price', body: [HI, STOP, COST, BROKEN], expected: complete },
  { name: 'JSON that is no object', body: [HI, event('42'), STOP, COST, DONE], expected: broken },
  {
    name: 'objects of no meaning',
    body: [
      event('{}'),
      HI,
      event('{"choices":null}'),
      event('{"choices":[]}'),
      event('{"choices":[null]}'),
      event('{"choices":"x"}'),
      STOP,
      COST,
      DONE,
    ],
    expected: complete,
  },

  // Content
  {
    name: 'text of null and of nothing',
    body: [delta({ content: null }), said(''), HI, STOP, COST, DONE],
    expected: complete,
  },
  {
    name: 'text in parts',
    body: [delta({ content: [{ type: 'text', text: 'Hi ' }, null, { type: 'text', text: '日🌍' }] }), STOP, COST, DONE],
    expected: complete,
  },
  { name: 'a refusal', body: [delta({ refusal: 'Hi 日🌍' }), STOP, COST, DONE], expected: complete },
  {
    name: 'tool calls and no text',
    body: [
      delta({ content: null, tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
      stopped('tool_calls'),
      COST,
      DONE,
    ],
    expected: { ...complete, text: '', finish: 'tool_calls' },
  },
  {
    name: 'nothing but reasoning, which took all tokens',
    body: [delta({ content: '', reasoning: 'Hm' }), delta({ content: null }), stopped('length'), COST, DONE],
    expected: { ...complete, text: '', reasoning: 'Hm', finish: 'length' },
  },
  {
    name: 'no text at all',
    body: [delta({ content: null }), stopped('length'), COST, DONE],
    expected: { ...complete, text: '', finish: 'length' },
  },
  {
    name: 'reasoning told twice in one event',
    body: [
      delta({ content: '', reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }),
      HI,
      STOP,
      COST,
      DONE,
    ],
    expected: { ...complete, reasoning: 'Hm' },
  },
  {
    name: 'reasoning only in details, one of them a signature',
    body: [
      delta({
        reasoning: null,
        reasoning_details: [
          { text: 'H' },
          { summary: 'm' },
          { type: 'reasoning.text', signature: 'Eq' },
          { data: 'x' },
        ],
      }),
      HI,
      STOP,
      COST,
      DONE,
    ],
    expected: { ...complete, reasoning: 'Hm' },
  },
  {
    name: 'reasoning as local servers name it',
    body: [delta({ reasoning_content: 'Hm' }), HI, STOP, COST, DONE],
    expected: { ...complete, reasoning: 'Hm' },
  },
  {
    name: 'members of the wrong kind',
    body: [
      event({
        id: 7,
        model: null,
        provider: {},
        choices: [{ delta: { content: 'Hi 日🌍', reasoning: 5, refusal: [] }, finish_reason: 3 }],
        usage: 'none',
      }),
      STOP,
      COST,
      DONE,
    ],
    expected: complete,
  },
];
