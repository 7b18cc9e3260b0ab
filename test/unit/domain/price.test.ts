import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanoUsd, parseDecimal } from '../../../src/domain/money';
import {
  type ModelPrice,
  type Rates,
  type TokenUsage,
  affordableReplyTokens,
  ceilingOf,
  highestRates,
  estimateCost,
  isNotMoreExpensive,
  ratesFor,
  worstCaseCost,
} from '../../../src/domain/price';

type Texts = Partial<Record<keyof Rates, string>>;
const some = (texts: Texts): Partial<Rates> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseDecimal(text)!]));
const price = (
  texts: Texts & { prompt: string; completion: string },
  overrides?: readonly (Omit<NonNullable<ModelPrice['overrides']>[number], 'rates'> & { rates: Texts })[],
): ModelPrice => ({
  prompt: parseDecimal(texts.prompt)!,
  completion: parseDecimal(texts.completion)!,
  ...some(texts),
  ...(overrides ? { overrides: overrides.map((override) => ({ ...override, rates: some(override.rates) })) } : {}),
});
const usage = (u: Partial<TokenUsage>): TokenUsage => ({
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  ...u,
});
const sonnet = price({
  prompt: '0.000003',
  completion: '0.000015',
  cacheRead: '0.0000003',
  cacheWrite: '0.00000375',
  request: '0',
});
/** Twice as expensive above 200,000 tokens of prompt, its cache too. */
const tiered = price({ prompt: '0.000003', completion: '0.000015' }, [
  { abovePromptTokens: 200_000, rates: { prompt: '0.000006', completion: '0.00003', cacheWrite: '0.0000075' } },
]);
/** A Saturday. */
const NOON = Date.parse('2026-11-21T12:00:00Z');
const at = (time: string): number => Date.parse(`2026-11-${time}Z`);

describe('price', () => {
  // Amounts worked out by hand, in nano-dollars.
  const rows: readonly (readonly [string, ModelPrice, TokenUsage, number])[] = [
    ['12 in, 4 out: 12 × 3,000 + 4 × 15,000', sonnet, usage({ promptTokens: 12, completionTokens: 4 }), 96_000],
    [
      'cached: 4 × 3,000 + 16 × 300 + 31 × 15,000',
      sonnet,
      usage({ promptTokens: 20, completionTokens: 31, cachedTokens: 16 }),
      481_800,
    ],
    ['written to the cache: 10 × 3,750', sonnet, usage({ promptTokens: 10, cacheWriteTokens: 10 }), 37_500],
    ['more cached than prompt counts as all cached', sonnet, usage({ promptTokens: 10, cachedTokens: 99 }), 3_000],
    [
      'no cache price: the full one',
      price({ prompt: '0.000001', completion: '0' }),
      usage({ promptTokens: 10, cachedTokens: 10 }),
      10_000,
    ],
    ['a fee per request', price({ prompt: '0', completion: '0', request: '0.01' }), usage({}), 10_000_000],
    ['free', price({ prompt: '0', completion: '0' }), usage({ promptTokens: 5, completionTokens: 5 }), 0],
    [
      'exponents: 3 × 1e-30 is not nothing',
      price({ prompt: '1e-30', completion: '0e0' }),
      usage({ promptTokens: 3 }),
      1,
    ],
    ['200,000 in, below the tier: 200,000 × 3,000', tiered, usage({ promptTokens: 200_000 }), 600_000_000],
    [
      '200,001 in, above it: 200,001 × 6,000 + 2 × 30,000',
      tiered,
      usage({ promptTokens: 200_001, completionTokens: 2 }),
      1_200_066_000,
    ],
  ];
  for (const [name, p, u, expected] of rows)
    it(`estimates ${name}`, () => assert.equal(estimateCost(p, u, NOON), expected));

  const byNight = { utcMinutes: { start: 22 * 60, end: 6 * 60 + 30 }, rates: { prompt: '0.000001' } };
  const byDay = { utcMinutes: { start: 9 * 60, end: 17 * 60 }, rates: { prompt: '0.000002' } };
  const conditions: readonly (readonly [string, NonNullable<Parameters<typeof price>[1]>, number, number, string])[] = [
    ['from its first minute', [byDay], 1, at('21T09:00:00'), '0.000002'],
    ['to the end of its last one', [byDay], 1, at('21T16:59:59.999'), '0.000002'],
    ['not after it', [byDay], 1, at('21T17:00:00'), '0.000009'],
    ['not before it', [byDay], 1, at('21T08:59:59.999'), '0.000009'],
    ['over midnight, in the evening', [byNight], 1, at('21T22:00:00'), '0.000001'],
    ['over midnight, in the morning', [byNight], 1, at('21T06:29:59'), '0.000001'],
    ['over midnight, not by day', [byNight], 1, at('21T06:30:00'), '0.000009'],
    ['on its days', [{ utcDays: [0, 6], rates: { prompt: '0.000001' } }], 1, NOON, '0.000001'],
    ['not on others', [{ utcDays: [0, 5], rates: { prompt: '0.000001' } }], 1, NOON, '0.000009'],
    ['above its tokens', [{ abovePromptTokens: 10, rates: { prompt: '0.000001' } }], 11, NOON, '0.000001'],
    ['not at its tokens', [{ abovePromptTokens: 10, rates: { prompt: '0.000001' } }], 10, NOON, '0.000009'],
    ['with all conditions', [{ ...byDay, utcDays: [6], abovePromptTokens: 10 }], 11, NOON, '0.000002'],
    ['without one of them', [{ ...byDay, utcDays: [5], abovePromptTokens: 10 }], 11, NOON, '0.000009'],
    [
      'the later of two that hold',
      [{ rates: { prompt: '0.000001' } }, { rates: { prompt: '0.000004' } }],
      1,
      NOON,
      '0.000004',
    ],
    [
      'the earlier where the later does not say',
      [{ rates: { prompt: '0.000001' } }, { rates: { completion: '0.000004' } }],
      1,
      NOON,
      '0.000001',
    ],
  ];
  for (const [name, overrides, tokens, atMs, expected] of conditions) {
    it(`takes an override ${name}`, () => {
      const rates = ratesFor(
        price({ prompt: '0.000009', completion: '0.00001', cacheRead: '0.000005' }, overrides),
        tokens,
        atMs,
      );
      assert.deepEqual([rates.prompt, rates.cacheRead], [parseDecimal(expected), parseDecimal('0.000005')]);
    });
  }

  it('takes the highest prompt rate for the worst case: 100 × 3,750 + 50 × 15,000', () => {
    assert.equal(worstCaseCost(sonnet, 100, 50), 1_125_000);
  });

  it('takes the highest of all overrides for the worst case, whatever their conditions: 100 × 7,500 + 50 × 30,000', () => {
    assert.equal(worstCaseCost(tiered, 100, 50), 2_250_000);
  });

  it('rounds a worst case up', () => assert.equal(worstCaseCost(price({ prompt: '1e-10', completion: '0' }), 1, 0), 1));

  it('names the highest rates, and the ceiling of every endpoint', () => {
    const p = price({ prompt: '0.000003', completion: '0.00003', cacheWrite: '0.00001', request: '0.01' }, [
      { utcDays: [1], rates: { prompt: '0.000006', request: '0.02' } },
      { utcDays: [2], rates: { prompt: '0.000005', completion: '0.00001', cacheRead: '0.000001' } },
    ]);
    const expected = some({
      prompt: '0.000006',
      completion: '0.00003',
      cacheRead: '0.000001',
      cacheWrite: '0.00001',
      request: '0.02',
    });
    assert.deepEqual(highestRates(p), expected);
    assert.deepEqual(ceilingOf(p), some({ prompt: '0.000006', completion: '0.00003', request: '0.02' }));
    assert.deepEqual(ceilingOf(tiered), some({ prompt: '0.000006', completion: '0.00003' }));
  });

  const affordable: readonly (readonly [string, ModelPrice, number, number, number])[] = [
    ['(2,000,000 − 100 × 3,750) ÷ 15,000', sonnet, 100, 2_000_000, 108],
    ['exactly the whole', sonnet, 100, 1_125_000, 50],
    ['one nano-dollar less', sonnet, 100, 1_124_999, 49],
    ['the prompt and nothing more', sonnet, 100, 375_000, 0],
    ['not even the prompt', sonnet, 100, 374_999, -1],
    ['a reply that costs nothing', price({ prompt: '0.000001', completion: '0' }), 1, 1_000, Number.MAX_SAFE_INTEGER],
    ['the fee alone', price({ prompt: '0', completion: '0', request: '0.01' }), 1, 9_999_999, -1],
    ['nothing of nothing', price({ prompt: '0', completion: '0' }), 1_000, 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [name, p, bound, amount, expected] of affordable)
    it(`affords ${name}`, () => assert.equal(affordableReplyTokens(p, bound, nanoUsd(amount)), expected));

  it('affords the largest reply whose worst case is within the amount, for any price', () => {
    const rate = fc
      .tuple(fc.bigInt(0n, 10n ** 6n), fc.nat(14))
      .map(([digits, scale]) => ({ digits, scale: scale + 8 }));
    const rates = fc.record({ prompt: rate, completion: rate, cacheWrite: rate, request: rate }, { requiredKeys: [] });
    const anyPrice = fc.record(
      { prompt: rate, completion: rate, request: rate, overrides: fc.array(fc.record({ rates }), { maxLength: 2 }) },
      { requiredKeys: ['prompt', 'completion'] },
    );
    fc.assert(
      fc.property(anyPrice, fc.nat(100_000), fc.nat(10 ** 12), (p, bound, amount) => {
        const tokens = affordableReplyTokens(p, bound, nanoUsd(amount));
        if (tokens === -1) assert.ok(worstCaseCost(p, bound, 0) > amount);
        else assert.ok(worstCaseCost(p, bound, tokens) <= amount);
        if (tokens >= 0 && tokens < Number.MAX_SAFE_INTEGER) assert.ok(worstCaseCost(p, bound, tokens + 1) > amount);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never estimates more than the worst case of the same tokens', () => {
    const moments = fc.nat(7 * 24 * 60).map((minute) => NOON + minute * 60_000);
    const p = price({ prompt: '0.000003', completion: '0.000015', request: '0.001' }, [
      { utcDays: [0, 6], rates: { prompt: '0.000004', cacheRead: '0.000005' } },
      {
        utcMinutes: { start: 1200, end: 300 },
        abovePromptTokens: 50,
        rates: { completion: '0.00002', request: '0.002' },
      },
    ]);
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(100),
        fc.nat(100),
        moments,
        (promptTokens, completionTokens, cachedTokens, atMs) => {
          assert.ok(
            estimateCost(p, usage({ promptTokens, completionTokens, cachedTokens }), atMs) <=
              worstCaseCost(p, promptTokens, completionTokens),
          );
        },
      ),
    );
  });

  const flat = (prompt: string, completion: string, more: Texts = {}) => price({ prompt, completion, ...more });
  /** More expensive from 12:00 to 12:10. */
  const lunch = { utcMinutes: { start: 720, end: 730 }, rates: { completion: '0.00003' } };
  const comparisons: readonly (readonly [string, ModelPrice, ModelPrice, boolean])[] = [
    ['the same price', sonnet, sonnet, true],
    ['a cheaper one', flat('0.000001', '0.000002'), flat('0.000003', '0.000015'), true],
    ['a more expensive prompt', flat('0.0000031', '0.000002'), flat('0.000003', '0.000015'), false],
    ['a more expensive prompt that an expensive cache would hide', flat('0.0000031', '0.000002'), sonnet, false],
    ['a more expensive reply', flat('0.000001', '0.0000151'), flat('0.000003', '0.000015'), false],
    [
      'a fee that the other has not',
      flat('0.000001', '0.000002', { request: '0.0000001' }),
      flat('0.000003', '0.000015'),
      false,
    ],
    [
      'a smaller fee',
      flat('0.000001', '0.000002', { request: '0.001' }),
      flat('0.000003', '0.000015', { request: '0.01' }),
      true,
    ],
    ['a more expensive cache', flat('0.000003', '0.000015', { cacheWrite: '0.000004' }), sonnet, false],
    ['the same price in other digits', flat('3e-6', '1.50e-5'), flat('0.000003', '0.000015'), true],
    ['more expensive above a length that the other does not have', tiered, flat('0.000003', '0.000015'), false],
    [
      'cheaper than the other’s highest rates, more expensive than its current ones',
      flat('0.000004', '0.00002'),
      tiered,
      false,
    ],
    [
      'more expensive at this moment only',
      price({ prompt: '0.000003', completion: '0.000015' }, [lunch]),
      price({ prompt: '0.000003', completion: '0.000015' }, [{ ...lunch, utcMinutes: { start: 0, end: 10 } }]),
      false,
    ],
    ['free', flat('0', '0'), sonnet, true],
    ['something, where the other is free', sonnet, flat('0', '0'), false],
  ];
  for (const [name, p, than, expected] of comparisons)
    it(`${expected ? 'is not more expensive' : 'may be more expensive'}: ${name}`, () =>
      assert.equal(isNotMoreExpensive(p, than, 1_000, NOON), expected));

  it('costs no more where it is not more expensive, and has no higher worst case', () => {
    const rate = fc.nat(4).map((digits) => ({ digits: BigInt(digits), scale: 6 }));
    const rates = fc.record({ prompt: rate, completion: rate, request: rate, cacheWrite: rate }, { requiredKeys: [] });
    const override = fc.record({ rates, abovePromptTokens: fc.constantFrom(10, 50) }, { requiredKeys: ['rates'] });
    const anyPrice = fc.record(
      {
        prompt: rate,
        completion: rate,
        request: rate,
        cacheWrite: rate,
        overrides: fc.array(override, { maxLength: 2 }),
      },
      { requiredKeys: ['prompt', 'completion'] },
    );
    let notMoreExpensive = 0;
    fc.assert(
      fc.property(anyPrice, anyPrice, fc.nat(100), fc.nat(100), (p, than, promptTokens, completionTokens) => {
        if (!isNotMoreExpensive(p, than, promptTokens, NOON)) return;
        notMoreExpensive += 1;
        const tokens = usage({ promptTokens, completionTokens });
        assert.ok(estimateCost(p, tokens, NOON) <= estimateCost(than, tokens, NOON));
        assert.ok(
          worstCaseCost(p, promptTokens, completionTokens) <= worstCaseCost(than, promptTokens, completionTokens),
        );
      }),
      { numRuns: 3_000 },
    );
    assert.ok(notMoreExpensive > 100, `${notMoreExpensive}`);
  });
});
