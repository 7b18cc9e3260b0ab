import assert from 'node:assert/strict';
import { parseDecimal } from '../../../src/domain/money';
import { type ModelPrice, type TokenUsage, estimateCost, worstCaseCost } from '../../../src/domain/price';

const price = (p: { prompt: string; completion: string; cacheRead?: string; cacheWrite?: string; request?: string }): ModelPrice => ({
  prompt: parseDecimal(p.prompt)!,
  completion: parseDecimal(p.completion)!,
  ...(p.cacheRead ? { cacheRead: parseDecimal(p.cacheRead)! } : {}),
  ...(p.cacheWrite ? { cacheWrite: parseDecimal(p.cacheWrite)! } : {}),
  ...(p.request ? { request: parseDecimal(p.request)! } : {}),
});
const usage = (u: Partial<TokenUsage>): TokenUsage => ({ promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, ...u });
const sonnet = price({ prompt: '0.000003', completion: '0.000015', cacheRead: '0.0000003', cacheWrite: '0.00000375', request: '0' });

describe('price', () => {
  // Amounts worked out by hand, in nano-dollars.
  const rows: readonly (readonly [string, ModelPrice, TokenUsage, number])[] = [
    ['12 in, 4 out: 12 × 3,000 + 4 × 15,000', sonnet, usage({ promptTokens: 12, completionTokens: 4 }), 96_000],
    ['cached: 4 × 3,000 + 16 × 300 + 31 × 15,000', sonnet, usage({ promptTokens: 20, completionTokens: 31, cachedTokens: 16 }), 481_800],
    ['written to the cache: 10 × 3,750', sonnet, usage({ promptTokens: 10, cacheWriteTokens: 10 }), 37_500],
    ['more cached than prompt counts as all cached', sonnet, usage({ promptTokens: 10, cachedTokens: 99 }), 3_000],
    ['no cache price: the full one', price({ prompt: '0.000001', completion: '0' }), usage({ promptTokens: 10, cachedTokens: 10 }), 10_000],
    ['a fee per request', price({ prompt: '0', completion: '0', request: '0.01' }), usage({}), 10_000_000],
    ['free', price({ prompt: '0', completion: '0' }), usage({ promptTokens: 5, completionTokens: 5 }), 0],
    ['exponents: 3 × 1e-30 is not nothing', price({ prompt: '1e-30', completion: '0e0' }), usage({ promptTokens: 3 }), 1],
  ];
  for (const [name, p, u, expected] of rows) it(`estimates ${name}`, () => assert.equal(estimateCost(p, u), expected));

  it('takes the dearest prompt rate for the worst case: 100 × 3,750 + 50 × 15,000', () => {
    assert.equal(worstCaseCost(sonnet, 100, 50), 1_125_000);
  });
});
