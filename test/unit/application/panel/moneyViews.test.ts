import assert from 'node:assert/strict';
import { budgetView, liveView, quoteView } from '../../../../src/application/panel/presenter';
import type { TurnQuote } from '../../../../src/application/turn/quote';
import type { SpendSummary } from '../../../../src/application/spend/ledger';
import { conversationId, messageId, modelId } from '../../../../src/domain/ids';
import { type Decimal, nanoUsd, parseDecimal } from '../../../../src/domain/money';
import type { ModelPrice } from '../../../../src/domain/price';
import { defaultSettings } from '../../../support/testCore';
import { panelWords } from '../../../support/words';
import { codeWords } from '../panelWithoutPage';

const usd = (text: string): Decimal => parseDecimal(text) ?? assert.fail(text);
const price = (prompt: string, completion: string, more: Partial<ModelPrice> = {}) => ({
  price: { prompt: usd(prompt), completion: usd(completion), ...more },
});

describe('what money looks like', () => {
  const prices: readonly [string, Parameters<typeof panelWords.price>[0], string][] = [
    ['whole dollars', price('0.000003', '0.000015'), '3/15 $/M'],
    ['exactly, however many decimals', price('0.000000435', '8.7e-7'), '0.435/0.87 $/M'],
    ['very small', price('1e-12', '0.0000001'), '0.000001/0.1 $/M'],
    ['free', price('0', '0.0'), 'free'],
    [
      'free tokens and a fee for the request',
      price('0', '0', { request: usd('0.01') }),
      '0/0 $/M + $0.0100 per request',
    ],
    [
      'free only at times',
      price('0', '0', { overrides: [{ rates: { completion: usd('0.000001') }, utcDays: [1] }] }),
      '0/0 $/M',
    ],
    ['unknown', { price: null }, 'price unknown'],
    ['no such model', undefined, 'price unknown'],
  ];
  for (const [what, model, text] of prices) it(`price: ${what}`, () => assert.equal(panelWords.price(model), text));

  const quote = (more: Partial<TurnQuote> = {}): TurnQuote => ({
    promptTokens: 1240,
    maxTokens: 8192,
    isShortened: false,
    omittedMessages: 0,
    worstCaseNanoUsd: nanoUsd(45_100_000),
    refusal: undefined,
    ...more,
  });
  const busy = { code: 'CONTEXT_TOO_LONG', tokens: 9, limitTokens: 8 } as const;
  const quotes: readonly [string, TurnQuote, readonly [string, string, string, string]][] = [
    ['usual', quote(), ['≈ 1,240', '≤ $0.0451', 'ok', '']],
    ['free', quote({ worstCaseNanoUsd: nanoUsd(0) }), ['≈ 1,240', 'free', 'ok', '']],
    ['without a price', quote({ worstCaseNanoUsd: null }), ['≈ 1,240', 'price unknown', 'ok', '']],
    ['a very small amount', quote({ worstCaseNanoUsd: nanoUsd(1) }), ['≈ 1,240', '≤ $0.000000001', 'ok', '']],
    ['tokens not counted', quote({ promptTokens: 0, refusal: busy }), ['', '≤ $0.0451', 'refused', 'CONTEXT_TOO_LONG']],
    [
      'shortened',
      quote({ isShortened: true, maxTokens: 1900 }),
      ['≈ 1,240', '≤ $0.0451', 'shortened', 'The budget leaves ≈ 1,900 tokens for the reply.'],
    ],
    [
      'one omitted message',
      quote({ omittedMessages: 1 }),
      ['≈ 1,240', '≤ $0.0451', 'ok', '1 earlier message doesn’t fit.'],
    ],
    [
      'omitted messages',
      quote({ omittedMessages: 1200 }),
      ['≈ 1,240', '≤ $0.0451', 'ok', '1,200 earlier messages don’t fit.'],
    ],
    [
      'a shortened reply comes before omitted messages',
      quote({ isShortened: true, omittedMessages: 2 }),
      ['≈ 1,240', '≤ $0.0451', 'shortened', 'The budget leaves ≈ 8,192 tokens for the reply.'],
    ],
    [
      'a refusal comes first',
      quote({ isShortened: true, omittedMessages: 2, refusal: busy }),
      ['≈ 1,240', '≤ $0.0451', 'refused', 'CONTEXT_TOO_LONG'],
    ],
  ];
  for (const [what, from, [tokensText, costText, level, detail]] of quotes) {
    it(`quote: ${what}`, () =>
      assert.deepEqual(quoteView(codeWords, from), { tokensText, costText, level, detail, waitUntilMs: null }));
  }

  const key = { limitNanoUsd: nanoUsd(25e9), remainingNanoUsd: nanoUsd(20e9) };
  it('key: with and without a reset', () => {
    assert.deepEqual(
      [panelWords.keyAllowance({ ...key, reset: 'monthly' }), panelWords.keyAllowance({ ...key, reset: null })],
      ['$20.00 left of $25.00, monthly', '$20.00 left of $25.00'],
    );
  });

  const spend: SpendSummary = {
    todayNanoUsd: nanoUsd(1e9),
    monthNanoUsd: nanoUsd(2e9),
    runningNanoUsd: nanoUsd(25e7),
    reservedNanoUsd: nanoUsd(5e8),
    pendingNanoUsd: nanoUsd(1e9),
    dailyLimitNanoUsd: nanoUsd(5e9),
    monthlyLimitNanoUsd: null,
    dayUtc: '2026-11-20',
    key: { ...key, reset: 'monthly' },
  };
  it('budget: keeps reserved and pending amounts apart from spending', () => {
    assert.deepEqual(budgetView(panelWords, spend, defaultSettings), {
      period: 'day',
      spentText: '$1.2500',
      limitText: '$5.00',
      reservedText: '$0.5000',
      pendingText: '$1.0000',
      keyText: '$20.00 left of $25.00, monthly',
      fraction: 0.25,
      unsettledFraction: 0.25,
      warnFraction: 0.8,
      level: 'ok',
    });
  });
  it('budget: without a limit, reservations or a key', () => {
    assert.deepEqual(
      budgetView(
        panelWords,
        {
          ...spend,
          runningNanoUsd: nanoUsd(0),
          reservedNanoUsd: nanoUsd(0),
          pendingNanoUsd: nanoUsd(0),
          dailyLimitNanoUsd: null,
          key: null,
        },
        defaultSettings,
      ),
      {
        period: 'day',
        spentText: '$1.0000',
        limitText: null,
        reservedText: '',
        pendingText: '',
        keyText: '',
        fraction: 0,
        unsettledFraction: 0,
        warnFraction: 0.8,
        level: 'unlimited',
      },
    );
  });
  it('budget: shows the month if its limit is nearer', () => {
    const view = budgetView(panelWords, { ...spend, monthlyLimitNanoUsd: nanoUsd(25e8) }, defaultSettings);
    assert.deepEqual(
      [view.period, view.spentText, view.limitText, view.fraction, view.level],
      ['month', '$2.2500', '$2.50', 0.9, 'warning'],
    );
  });

  it('running reply: marks an estimate and never shows an unknown cost as zero', () => {
    const progress = {
      conversationId: conversationId('c'),
      replyId: messageId('m'),
      phase: 'streaming',
      elapsedMs: 1,
      tokensPerSecond: 1,
      velocity: [],
      model: modelId('a/b'),
      retryOf: null,
      waitMs: null,
    } as const;
    assert.deepEqual(
      [
        liveView(panelWords, { ...progress, estimateNanoUsd: nanoUsd(1_900_000) }).costText,
        liveView(panelWords, { ...progress, estimateNanoUsd: null }).costText,
      ],
      ['≈ $0.0019', ''],
    );
  });
});
