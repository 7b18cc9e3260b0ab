import assert from 'node:assert/strict';
import type { NanoUsd } from '../../../../src/domain/money';
import { type ModelPrice, type TokenUsage, estimateCost } from '../../../../src/domain/price';
import { modelsFrom } from '../../../../src/infrastructure/openrouter/models';

/**
 * From the price list's JSON and the tokens of a reply to nano-dollars. `why` is the calculation of the row, by hand,
 * in nano-dollars: 0.000003 USD is 3,000.
 */
interface Row {
  readonly name: string;
  readonly pricing: unknown;
  readonly usage: Partial<TokenUsage>;
  /** Wall clock; default: a Wednesday noon. */
  readonly at?: string;
  readonly nano: number;
  readonly why: string;
}

const estimate: (price: ModelPrice, usage: TokenUsage, atMs: number) => NanoUsd = estimateCost;

const WEDNESDAY_NOON = '2026-10-07T12:00:00Z';
const NO_TOKENS: TokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
};
const tokens = (
  promptTokens: number,
  completionTokens: number,
  more: Partial<TokenUsage> = {},
): Partial<TokenUsage> => ({ promptTokens, completionTokens, ...more });
const plain = { prompt: '0.000003', completion: '0.000015' };

const cached = { ...plain, input_cache_read: '0.0000003', input_cache_write: '0.00000375' };

const long = {
  prompt: '0.0000025',
  completion: '0.000015',
  input_cache_read: '0.00000025',
  overrides: [{ min_prompt_tokens: 272_000, prompt: '0.000005', completion: '0.0000225' }],
};

/** Off-peak between ten in the evening and six, at half the price. */
const nightly = {
  prompt: '4e-7',
  completion: '2e-6',
  overrides: [{ utc_start: 2200, utc_end: 600, prompt: '2e-7', completion: '1e-6' }],
};

/** Peak hours on working days, as one provider bills them. */
const peaks = {
  prompt: '0.00000022',
  completion: '0.00000066',
  input_cache_read: '0.000000007',
  overrides: [
    {
      utc_start: 100,
      utc_end: 400,
      utc_days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      prompt: '0.00000044',
      completion: '0.00000132',
      input_cache_read: '0.000000014',
    },
  ],
};

/** Two that hold at once for long prompts at night. */
const layered = {
  prompt: '1e-6',
  completion: '2e-6',
  overrides: [
    { min_prompt_tokens: 1000, prompt: '2e-6', completion: '4e-6' },
    { utc_start: 0, utc_end: 600, prompt: '5e-7' },
  ],
};

const ROWS: readonly Row[] = [
  // Plain
  {
    name: 'two rates',
    pricing: plain,
    usage: tokens(1000, 200),
    nano: 6_000_000,
    why: '1,000 × 3,000 + 200 × 15,000 = 3,000,000 + 3,000,000',
  },
  {
    name: 'free',
    pricing: { prompt: '0', completion: '0' },
    usage: tokens(1000, 200),
    nano: 0,
    why: 'nothing × anything',
  },
  {
    name: 'exponents',
    pricing: { prompt: '2.7e-7', completion: '4.0E-7' },
    usage: tokens(1000, 200),
    nano: 350_000,
    why: '1,000 × 270 + 200 × 400 = 270,000 + 80,000',
  },
  {
    name: 'numbers instead of texts',
    pricing: { prompt: 3e-6, completion: 0.000015 },
    usage: tokens(1, 1),
    nano: 18_000,
    why: '3,000 + 15,000',
  },
  {
    name: 'a millionth of a nano-dollar a token',
    pricing: { prompt: '1e-15', completion: '0' },
    usage: tokens(3_000_000, 5),
    nano: 3,
    why: '3,000,000 × 0.000001 = 3',
  },
  {
    name: 'a sum of less than a nano-dollar',
    pricing: { prompt: '1e-30', completion: '0' },
    usage: tokens(10, 0),
    nano: 1,
    why: '1e-20: rounds to zero, and what is not free is at least one',
  },
  {
    name: 'rounded once',
    pricing: { prompt: '4e-10', completion: '4e-10' },
    usage: tokens(1, 1),
    nano: 1,
    why: '0.4 + 0.4 = 0.8, which is 1; each for itself would be 0 or 2',
  },
  {
    name: 'a fee for the request',
    pricing: { ...plain, request: '0.005' },
    usage: tokens(1000, 200),
    nano: 11_000_000,
    why: '6,000,000 + 5,000,000',
  },
  {
    name: 'a fee for the request alone',
    pricing: { prompt: '0', completion: '0', request: '0.005' },
    usage: tokens(1000, 200),
    nano: 5_000_000,
    why: '0.005 × 1e9',
  },
  {
    name: 'prices of things that are not sent',
    pricing: { ...plain, image: '0.1', web_search: '0.01', audio: '1' },
    usage: tokens(1000, 200),
    nano: 6_000_000,
    why: 'as the two rates alone',
  },
  {
    name: 'a discount that the list already has',
    pricing: { ...plain, discount: 0.9 },
    usage: tokens(1000, 200),
    nano: 6_000_000,
    why: 'as the two rates alone, not a tenth of them',
  },

  // Reasoning
  {
    name: 'reasoning at the price of text',
    pricing: plain,
    usage: tokens(0, 200, { reasoningTokens: 150 }),
    nano: 3_000_000,
    why: 'part of the 200: 200 × 15,000',
  },
  {
    name: 'reasoning more expensive than text',
    pricing: { ...plain, internal_reasoning: '0.00002' },
    usage: tokens(0, 200, { reasoningTokens: 150 }),
    nano: 4_000_000,
    why: 'all 200 at the higher rate: 200 × 20,000',
  },
  {
    name: 'reasoning cheaper than text',
    pricing: { ...plain, internal_reasoning: '0' },
    usage: tokens(0, 200, { reasoningTokens: 150 }),
    nano: 3_000_000,
    why: 'all 200 at the higher rate: 200 × 15,000',
  },

  // Cache
  {
    name: 'cache read and write',
    pricing: cached,
    usage: tokens(1000, 0, { cachedTokens: 600, cacheWriteTokens: 300 }),
    nano: 1_605_000,
    why: '100 × 3,000 + 600 × 300 + 300 × 3,750 = 300,000 + 180,000 + 1,125,000',
  },
  {
    name: 'no cache prices',
    pricing: plain,
    usage: tokens(1000, 0, { cachedTokens: 600, cacheWriteTokens: 300 }),
    nano: 3_000_000,
    why: 'all 1,000 × 3,000',
  },
  {
    name: 'only a read price',
    pricing: { ...plain, input_cache_read: '0.0000003' },
    usage: tokens(1000, 0, { cachedTokens: 600, cacheWriteTokens: 300 }),
    nano: 1_380_000,
    why: '100 × 3,000 + 600 × 300 + 300 × 3,000 = 300,000 + 180,000 + 900,000',
  },
  {
    name: 'free reads',
    pricing: { ...plain, input_cache_read: '0' },
    usage: tokens(1000, 0, { cachedTokens: 600 }),
    nano: 1_200_000,
    why: '400 × 3,000',
  },
  {
    name: 'an unreadable read price',
    pricing: { ...plain, input_cache_read: '-1' },
    usage: tokens(1000, 0, { cachedTokens: 600 }),
    nano: 3_000_000,
    why: 'all 1,000 × 3,000: unknown is not free',
  },
  {
    name: 'more cached than there are',
    pricing: cached,
    usage: tokens(1000, 0, { cachedTokens: 4000, cacheWriteTokens: 10 }),
    nano: 300_000,
    why: 'at most the prompt: 1,000 × 300',
  },

  // Prompt length
  {
    name: 'below the threshold',
    pricing: long,
    usage: tokens(1000, 100),
    nano: 4_000_000,
    why: '1,000 × 2,500 + 100 × 15,000',
  },
  {
    name: 'at the threshold: strictly greater',
    pricing: long,
    usage: tokens(272_000, 100),
    nano: 681_500_000,
    why: '272,000 × 2,500 + 100 × 15,000 = 680,000,000 + 1,500,000',
  },
  {
    name: 'one above the threshold',
    pricing: long,
    usage: tokens(272_001, 100),
    nano: 1_362_255_000,
    why: '272,001 × 5,000 + 100 × 22,500 = 1,360,005,000 + 2,250,000',
  },
  {
    name: 'an absent key inherits',
    pricing: long,
    usage: tokens(300_000, 0, { cachedTokens: 200_000 }),
    nano: 550_000_000,
    why: '100,000 × 5,000 + 200,000 × 250 = 500,000,000 + 50,000,000',
  },
  {
    name: 'a threshold as text',
    pricing: { ...plain, overrides: [{ min_prompt_tokens: '500', prompt: '0.000006' }] },
    usage: tokens(1000, 0),
    nano: 6_000_000,
    why: '1,000 × 6,000',
  },
  {
    name: 'a higher reasoning price for long prompts',
    pricing: { ...plain, overrides: [{ min_prompt_tokens: 500, internal_reasoning: '0.00002' }] },
    usage: tokens(1000, 100),
    nano: 5_000_000,
    why: '1,000 × 3,000 + 100 × 20,000',
  },
  {
    name: 'a cheaper text price under a higher reasoning price',
    pricing: {
      ...plain,
      internal_reasoning: '0.00002',
      overrides: [{ min_prompt_tokens: 500, completion: '0.00001' }],
    },
    usage: tokens(1000, 100),
    nano: 5_000_000,
    why: '1,000 × 3,000 + 100 × 20,000: the reasoning price is inherited',
  },
  {
    name: 'a request fee for long prompts',
    pricing: { ...plain, overrides: [{ min_prompt_tokens: 500, request: '0.01' }] },
    usage: tokens(1000, 0),
    nano: 13_000_000,
    why: '1,000 × 3,000 + 10,000,000',
  },

  // Time of day
  {
    name: 'outside the window',
    pricing: nightly,
    usage: tokens(1000, 100),
    nano: 600_000,
    why: '1,000 × 400 + 100 × 2,000',
  },
  {
    name: 'a minute before the window',
    pricing: nightly,
    at: '2026-10-07T21:59:59.999Z',
    usage: tokens(1000, 100),
    nano: 600_000,
    why: '1,000 × 400 + 100 × 2,000',
  },
  {
    name: 'the window’s first moment',
    pricing: nightly,
    at: '2026-10-07T22:00:00Z',
    usage: tokens(1000, 100),
    nano: 300_000,
    why: '1,000 × 200 + 100 × 1,000',
  },
  {
    name: 'midnight inside the window',
    pricing: nightly,
    at: '2026-10-08T00:00:00Z',
    usage: tokens(1000, 100),
    nano: 300_000,
    why: '1,000 × 200 + 100 × 1,000',
  },
  {
    name: 'the window’s last moment',
    pricing: nightly,
    at: '2026-10-08T05:59:59.999Z',
    usage: tokens(1000, 100),
    nano: 300_000,
    why: '1,000 × 200 + 100 × 1,000',
  },
  {
    name: 'its end does not belong to it',
    pricing: nightly,
    at: '2026-10-08T06:00:00Z',
    usage: tokens(1000, 100),
    nano: 600_000,
    why: '1,000 × 400 + 100 × 2,000',
  },
  {
    name: 'half past: HHMM, not minutes',
    pricing: { ...plain, overrides: [{ utc_start: 1030, utc_end: 1130, prompt: '0' }] },
    at: '2026-10-07T11:15:00Z',
    usage: tokens(1000, 0),
    nano: 0,
    why: '11:15 is in 10:30 to 11:30',
  },
  {
    name: 'until midnight as 2400',
    pricing: { ...plain, overrides: [{ utc_start: 1200, utc_end: 2400, prompt: '0' }] },
    at: '2026-10-07T23:59:00Z',
    usage: tokens(1000, 0),
    nano: 0,
    why: '23:59 is before 24:00',
  },
  {
    name: 'a peak on a Friday',
    pricing: peaks,
    at: '2026-10-09T01:00:00Z',
    usage: tokens(1000, 100, { cachedTokens: 500 }),
    nano: 359_000,
    why: '500 × 440 + 500 × 14 + 100 × 1,320 = 220,000 + 7,000 + 132,000',
  },
  {
    name: 'no peak on a Saturday',
    pricing: peaks,
    at: '2026-10-10T01:00:00Z',
    usage: tokens(1000, 100, { cachedTokens: 500 }),
    nano: 179_500,
    why: '500 × 220 + 500 × 7 + 100 × 660 = 110,000 + 3,500 + 66,000',
  },
  {
    name: 'days without a window: the whole day',
    pricing: { ...plain, overrides: [{ utc_days: ['sunday'], prompt: '0' }] },
    at: '2026-10-11T23:59:59Z',
    usage: tokens(1000, 0),
    nano: 0,
    why: 'a Sunday',
  },
  {
    name: 'days as numbers from Sunday',
    pricing: { ...plain, overrides: [{ utc_days: [0], prompt: '0' }] },
    at: '2026-10-11T12:00:00Z',
    usage: tokens(1000, 0),
    nano: 0,
    why: 'a Sunday',
  },
  {
    name: 'Sunday as seven',
    pricing: { ...plain, overrides: [{ utc_days: [7], prompt: '0' }] },
    at: '2026-10-11T12:00:00Z',
    usage: tokens(1000, 0),
    nano: 0,
    why: 'a Sunday',
  },
  {
    name: 'days by their short names',
    pricing: { ...plain, overrides: [{ utc_days: ['Wed'], prompt: '0' }] },
    usage: tokens(1000, 0),
    nano: 0,
    why: 'a Wednesday',
  },

  // Several
  {
    name: 'none of two holds',
    pricing: layered,
    usage: tokens(1000, 100),
    nano: 1_200_000,
    why: '1,000 × 1,000 + 100 × 2,000',
  },
  {
    name: 'the first of two holds',
    pricing: layered,
    usage: tokens(2000, 100),
    nano: 4_400_000,
    why: '2,000 × 2,000 + 100 × 4,000',
  },
  {
    name: 'the second of two holds',
    pricing: layered,
    at: '2026-10-07T01:00:00Z',
    usage: tokens(1000, 100),
    nano: 700_000,
    why: '1,000 × 500 + 100 × 2,000',
  },
  {
    name: 'both hold: the later wins rate by rate',
    pricing: layered,
    at: '2026-10-07T01:00:00Z',
    usage: tokens(2000, 100),
    nano: 1_400_000,
    why: '2,000 × 500 (of the later) + 100 × 4,000 (only the earlier names it)',
  },
  {
    name: 'all conditions of one must hold',
    pricing: { ...plain, overrides: [{ min_prompt_tokens: 500, utc_start: 0, utc_end: 600, prompt: '0' }] },
    usage: tokens(1000, 0),
    nano: 3_000_000,
    why: 'long enough, and not at night: 1,000 × 3,000',
  },
  {
    name: 'an override without a condition',
    pricing: { ...plain, overrides: [{ completion: '0.00002' }] },
    usage: tokens(0, 100),
    nano: 2_000_000,
    why: '100 × 20,000',
  },
];

describe('the cost of a reply by the price list', () => {
  for (const { name, pricing, usage, at = WEDNESDAY_NOON, nano, why } of ROWS) {
    it(`${name}: ${why}`, () => {
      const price = modelsFrom({ data: [{ id: 'a/b', pricing }] })?.[0]?.price;
      assert.ok(price);
      assert.equal(estimate(price, { ...NO_TOKENS, ...usage }, Date.parse(at)), nano);
    });
  }
});
