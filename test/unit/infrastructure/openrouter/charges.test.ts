import assert from 'node:assert/strict';
import { type Decimal, parseDecimal, toNanoUsd } from '../../../../src/domain/money';
import type { TokenUsage } from '../../../../src/domain/price';
import { fixture, fixtureNames, pieces, translate } from './harness';

/**
 * Every known shape of a bill, from bytes to nano-dollars. `why` is the calculation of the row, by hand: 1 USD is
 * 1,000,000,000 nano-dollars.
 */
interface Charge {
  /** Undefined: no usage, so the cost is pending. */
  readonly usage: Partial<TokenUsage> | undefined;
  /** Exact USD; null: not said. */
  readonly cost?: string | null;
  readonly nano?: number;
  readonly why: string;
}

interface Shape extends Charge {
  readonly name: string;
  /** Events, or texts after `data: `. */
  readonly events: readonly string[];
}

const TRANSCRIPTS: Readonly<Record<string, Charge>> = {
  't01-normal.sse': {
    usage: { promptTokens: 12, completionTokens: 4 },
    cost: '0.000064',
    nano: 64_000,
    why: '6.4e-05 = 0.000064; 0.000064 × 1e9 = 64,000; the upstream cost repeats it and is not added',
  },
  't02-usage-empty-choices.sse': { usage: { promptTokens: 9, completionTokens: 1 }, cost: null, why: 'no cost member' },
  't04-reasoning.sse': {
    usage: { promptTokens: 20, completionTokens: 31, reasoningTokens: 29, cachedTokens: 16 },
    cost: '0.00035',
    nano: 350_000,
    why: '0.00035 × 1e9',
  },
  't05-tool-calls.sse': {
    usage: { promptTokens: 300, completionTokens: 40 },
    cost: '0.001',
    nano: 1_000_000,
    why: '0.001 × 1e9',
  },
  't06-midstream-error.sse': { usage: undefined, why: 'an error ends it without usage' },
  't07-error-first-event.sse': { usage: undefined, why: 'nothing but an error' },
  't18-truncated.sse': { usage: undefined, why: 'cut off before any usage' },
};

const SAID =
  '{"id":"gen-1","model":"a/b","provider":"P","choices":[{"index":0,"delta":{"content":"日"},"finish_reason":null}]}';
const STOP =
  '{"id":"gen-1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop","native_finish_reason":"end_turn"}]}';
const DONE = '[DONE]';
const COUNTS = '"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200';
const counted = { promptTokens: 1000, completionTokens: 200 };
const bill = (members: string, choices = '[]'): string =>
  `{"id":"gen-1","choices":${choices},"usage":{${COUNTS}${members === '' ? '' : `,${members}`}}}`;
const ended = (...events: string[]): string[] => [SAID, STOP, ...events, DONE];
const usd6 = { usage: counted, cost: '0.006', nano: 6_000_000, why: '0.006 × 1e9' } as const;
const open = { usage: counted, cost: null, why: 'the amount is not said; the counts are' } as const;

const SHAPES: readonly Shape[] = [
  // Where it stands
  { name: 'in an event without choices', events: ended(bill('"cost":0.006')), ...usd6 },
  {
    name: 'beside a repeated finish reason',
    events: ended(bill('"cost":0.006', '[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]')),
    ...usd6,
  },
  {
    name: 'beside an empty delta without a reason',
    events: ended(bill('"cost":0.006', '[{"index":0,"delta":{"content":""},"finish_reason":null}]')),
    ...usd6,
  },
  { name: 'beside choices: null', events: ended(bill('"cost":0.006', 'null')), ...usd6 },
  { name: 'without a choices member', events: ended(`{"usage":{${COUNTS},"cost":0.006}}`), ...usd6 },
  {
    name: 'on the event with the finish reason, as llama.cpp',
    events: [SAID, bill('', '[{"index":0,"delta":{},"finish_reason":"stop"}]'), DONE],
    ...open,
  },
  {
    name: 'on the event with the finish reason, with its cost',
    events: [SAID, bill('"cost":0.006', '[{"index":0,"delta":{},"finish_reason":"stop"}]'), DONE],
    ...usd6,
  },
  {
    name: 'after comments that follow the finish reason',
    events: ended(': OPENROUTER PROCESSING', ': OPENROUTER PROCESSING', bill('"cost":0.006')),
    ...usd6,
  },
  {
    name: 'after usage: null in every other event',
    events: [
      SAID.replace('"choices"', '"usage":null,"choices"'),
      STOP.replace('"choices"', '"usage":null,"choices"'),
      bill('"cost":0.006'),
      DONE,
    ],
    ...usd6,
  },
  { name: 'without the end mark', events: [SAID, STOP, bill('"cost":0.006')], ...usd6 },
  {
    name: 'after an error',
    events: [SAID, '{"error":{"code":502,"message":"gone"},"choices":[]}', bill('"cost":0')],
    usage: counted,
    cost: '0',
    nano: 0,
    why: 'an error is not charged, and here it says so',
  },
  {
    name: 'in the error’s own event',
    events: [
      SAID,
      `{"error":{"code":502,"message":"gone"},"choices":[{"delta":{"content":""},"finish_reason":"error"}],"usage":{${COUNTS},"cost":0.001}}`,
    ],
    usage: counted,
    cost: '0.001',
    nano: 1_000_000,
    why: '0.001 × 1e9',
  },

  // How often
  {
    name: 'twice the same',
    events: ended(bill('"cost":0.006'), bill('"cost":0.006')),
    ...usd6,
    why: 'counted once: 0.006, not 0.012',
  },
  {
    name: 'twice, the first without a cost',
    events: ended(bill(''), bill('"cost":0.006')),
    ...usd6,
    why: 'counted once, with the cost',
  },
  {
    name: 'twice, the second without a cost',
    events: ended(bill('"cost":0.006'), bill('')),
    ...usd6,
    why: 'counted once, with the cost',
  },
  {
    name: 'after the end mark',
    events: [...ended(bill('"cost":0.006')), bill('"cost":9')],
    ...usd6,
    why: 'nothing counts behind the end mark',
  },
  {
    name: 'running totals, of which the last is the bill',
    events: [
      SAID.replace('"choices"', '"usage":{"prompt_tokens":1000,"completion_tokens":1,"cost":0.0031},"choices"'),
      STOP,
      bill('"cost":0.006'),
      DONE,
    ],
    ...usd6,
  },
  {
    name: 'running totals of a reply that is cut off',
    events: [SAID.replace('"choices"', '"usage":{"prompt_tokens":1000,"completion_tokens":1,"cost":0.0031},"choices"')],
    usage: undefined,
    why: 'more may have been charged after it',
  },

  // How the amount is written
  {
    name: 'exponent with a leading zero',
    events: ended(bill('"cost":7.1e-05')),
    usage: counted,
    cost: '0.000071',
    nano: 71_000,
    why: '7.1e-05 = 0.000071; × 1e9 = 71,000',
  },
  {
    name: 'exponent in a string',
    events: ended(bill('"cost":"7.1e-05"')),
    usage: counted,
    cost: '0.000071',
    nano: 71_000,
    why: '7.1e-05 = 0.000071; × 1e9 = 71,000',
  },
  { name: 'a string', events: ended(bill('"cost":"0.006"')), ...usd6 },
  { name: 'a capital exponent', events: ended(bill('"cost":6E-3')), ...usd6, why: '6E-3 = 0.006' },
  {
    name: 'seventeen digits of a double',
    events: ended(bill('"cost":0.00030000000000000003')),
    usage: counted,
    cost: '0.00030000000000000003',
    nano: 300_000,
    why: '0.00030000000000000003 × 1e9 = 300,000.00000000003, to the nearest whole',
  },
  {
    name: 'below a nano-dollar',
    events: ended(bill('"cost":1e-10')),
    usage: counted,
    cost: '0.0000000001',
    nano: 1,
    why: '0.1 nano-dollars; what is not zero does not become zero',
  },
  {
    name: 'half a nano-dollar more',
    events: ended(bill('"cost":0.0000000015')),
    usage: counted,
    cost: '0.0000000015',
    nano: 2,
    why: '1.5 nano-dollars, halves go up',
  },
  {
    name: 'an integer',
    events: ended(bill('"cost":2')),
    usage: counted,
    cost: '2',
    nano: 2_000_000_000,
    why: '2 × 1e9',
  },
  {
    name: 'zero of a free model',
    events: ended(bill('"cost":0,"is_byok":false')),
    usage: counted,
    cost: '0',
    nano: 0,
    why: 'zero that is said is zero',
  },
  {
    name: 'zero of an answer from the cache',
    events: ended('{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"cost":0}}'),
    usage: {},
    cost: '0',
    nano: 0,
    why: 'a hit is free and has all-zero usage',
  },

  // What is not said
  { name: 'cost: null', events: ended(bill('"cost":null')), ...open },
  { name: 'no cost, an older server', events: ended(bill('')), ...open },
  { name: 'a negative cost', events: ended(bill('"cost":-0.006')), ...open },
  { name: 'a cost beyond all money', events: ended(bill('"cost":1e300')), ...open },
  { name: 'a cost that is no number', events: ended(bill('"cost":"free"')), ...open },
  {
    name: 'no counts and no cost',
    events: ended('{"choices":[],"usage":{"cost":null}}'),
    usage: undefined,
    why: 'a price worked out from no counts would be zero',
  },
  {
    name: 'half of the counts and no cost',
    events: ended('{"choices":[],"usage":{"prompt_tokens":1000}}'),
    usage: undefined,
    why: 'the reply would be free',
  },
  {
    name: 'counts of zero and no cost',
    events: ended('{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}'),
    usage: undefined,
    why: 'no prompt has no tokens; a placeholder',
  },
  {
    name: 'no counts, but a cost',
    events: ended('{"choices":[],"usage":{"cost":0.006}}'),
    usage: {},
    cost: '0.006',
    nano: 6_000_000,
    why: '0.006 × 1e9',
  },

  // Details
  {
    name: 'every detail null',
    events: ended(
      bill(
        '"cost":0.006,"is_byok":null,"cost_details":null,"prompt_tokens_details":null,"completion_tokens_details":null',
      ),
    ),
    ...usd6,
  },
  {
    name: 'cost details with missing members',
    events: ended(bill('"cost":0.006,"cost_details":{"upstream_inference_cost":null}')),
    ...usd6,
  },
  { name: 'empty cost details', events: ended(bill('"cost":0.006,"cost_details":{}')), ...usd6 },
  {
    name: 'a server tool’s share',
    events: ended(bill('"cost":0.006,"cost_details":{"upstream_inference_cost":0.001,"server_tool_cost":0.005}')),
    ...usd6,
    why: 'shares of the cost are in the cost',
  },
  {
    name: 'cache reads and writes',
    events: ended(
      bill(
        '"cost":0.006,"prompt_tokens_details":{"cached_tokens":600,"cache_write_tokens":300,"audio_tokens":0,"video_tokens":0}',
      ),
    ),
    ...usd6,
    usage: { ...counted, cachedTokens: 600, cacheWriteTokens: 300 },
  },
  {
    name: 'reasoning tokens',
    events: ended(bill('"cost":0.006,"completion_tokens_details":{"reasoning_tokens":150,"image_tokens":0}')),
    ...usd6,
    usage: { ...counted, reasoningTokens: 150 },
  },
  {
    name: 'another service tier',
    events: ended(bill('"cost":0.006').replace('{', '{"service_tier":"flex",')),
    ...usd6,
  },

  // Two bills
  {
    name: 'upstream cost repeated on a call paid with credits',
    events: ended(
      bill(
        '"cost":0.006,"is_byok":false,"cost_details":{"upstream_inference_cost":0.006,"upstream_inference_prompt_cost":0.003,"upstream_inference_completions_cost":0.003}',
      ),
    ),
    ...usd6,
    why: '0.006, not 0.012',
  },
  {
    name: 'upstream cost repeated without is_byok',
    events: ended(bill('"cost":0.006,"cost_details":{"upstream_inference_cost":0.006}')),
    ...usd6,
    why: '0.006, not 0.012',
  },
  {
    name: 'own provider key: fee and upstream cost',
    events: ended(bill('"cost":0.0003,"is_byok":true,"cost_details":{"upstream_inference_cost":0.006}')),
    usage: counted,
    cost: '0.0063',
    nano: 6_300_000,
    why: '0.0003 + 0.006 = 0.0063',
  },
  {
    name: 'own provider key: no fee below the allowance',
    events: ended(bill('"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0.0360795}')),
    usage: counted,
    cost: '0.0360795',
    nano: 36_079_500,
    why: '0 + 0.0360795',
  },
  {
    name: 'own provider key: amounts of two scales',
    events: ended(bill('"cost":"1e-7","is_byok":true,"cost_details":{"upstream_inference_cost":"0.02"}')),
    usage: counted,
    cost: '0.0200001',
    nano: 20_000_100,
    why: '0.0000001 + 0.02',
  },
  {
    name: 'own provider key: a free upstream',
    events: ended(bill('"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0}')),
    usage: counted,
    cost: '0',
    nano: 0,
    why: '0 + 0',
  },
  {
    name: 'own provider key without the upstream cost',
    events: ended(bill('"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":null}')),
    ...open,
    why: 'the larger of two bills is not said: not zero',
  },
  {
    name: 'own provider key without cost details',
    events: ended(bill('"cost":0.0003,"is_byok":true')),
    ...open,
    why: 'the larger of two bills is not said',
  },
];

const bytesOf = (events: readonly string[]): Buffer =>
  Buffer.from(events.map((event) => (event.startsWith(':') ? `${event}\n\n` : `data: ${event}\n\n`)).join(''));

const NO_TOKENS: TokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
};

/** The same amount may be written at several scales. */
const SCALE = 40;
const exactly = (d: Decimal | undefined): bigint | undefined => d && d.digits * 10n ** BigInt(SCALE - d.scale);

function assertCharge(parts: readonly Uint8Array[], expected: Charge, at: string): void {
  const told = translate(parts).flatMap((event) => (event.type === 'usage' ? [event] : []));
  assert.equal(told.length, expected.usage === undefined ? 0 : 1, at);
  const [usage] = told;
  if (!usage) return;
  assert.deepEqual(usage.usage, { ...NO_TOKENS, ...expected.usage }, at);
  assert.equal(usage.cost === null, expected.cost === null, at);
  if (usage.cost === null) return;
  assert.equal(exactly(usage.cost), exactly(parseDecimal(expected.cost ?? '')), `${at}: ${expected.why}`);
  assert.equal(toNanoUsd(usage.cost, 'nearest'), expected.nano, `${at}: ${expected.why}`);
}

describe('the cost of a reply, from its bytes', () => {
  it('has a row for every recorded stream', () =>
    assert.deepEqual(Object.keys(TRANSCRIPTS).sort(), fixtureNames('.sse').sort()));

  for (const [name, charge] of Object.entries(TRANSCRIPTS)) {
    it(`${name}: ${charge.why}`, () => {
      const bytes = fixture(name);
      for (const size of [1, 2, 3, 7, 64, 1000, bytes.length])
        assertCharge(pieces(bytes, size), charge, `read size ${size}`);
    });
  }

  for (const { name, events, ...charge } of SHAPES) {
    it(`${name}: ${charge.why}`, () => {
      const bytes = bytesOf(events);
      for (let size = 1; size <= bytes.length; size++) assertCharge(pieces(bytes, size), charge, `read size ${size}`);
    });
  }
});
