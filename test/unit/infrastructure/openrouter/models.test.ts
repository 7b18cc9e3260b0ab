import assert from 'node:assert/strict';
import { parseDecimal } from '../../../../src/domain/money';
import { type ModelPrice, worstCaseCost } from '../../../../src/domain/price';
import { modelsFrom } from '../../../../src/infrastructure/openrouter/models';

const entry = (pricing: unknown, more: object = {}): object => ({
  id: 'a/b',
  name: 'A: B',
  context_length: 1000,
  pricing,
  ...more,
});
const priceOf = (pricing: unknown): ModelPrice | null | undefined => modelsFrom({ data: [entry(pricing)] })?.[0]?.price;
const rates = (texts: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, parseDecimal(text)]));
const price = (
  prompt: string,
  completion: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, unknown> => rates({ prompt, completion, ...more });

const BASE = { prompt: '2e-6', completion: '9e-6' };
const base = rates(BASE);

const PRICES: readonly { readonly name: string; readonly pricing: unknown; readonly price: unknown }[] = [
  { name: 'plain', pricing: { prompt: '0.000003', completion: '0.000015' }, price: price('0.000003', '0.000015') },
  {
    name: 'all keys',
    pricing: {
      prompt: '3e-6',
      completion: '15e-6',
      input_cache_read: '3e-7',
      input_cache_write: '3.75e-6',
      request: '0.005',
      image: '0.1',
      web_search: '0.01',
    },
    price: price('3e-6', '15e-6', { cacheRead: '3e-7', cacheWrite: '3.75e-6', request: '0.005' }),
  },
  { name: 'free', pricing: { prompt: '0', completion: '0' }, price: price('0', '0') },
  { name: 'free in exponent form', pricing: { prompt: '0e0', completion: '0e0' }, price: price('0', '0') },
  { name: 'tiny', pricing: { prompt: '1e-30', completion: '1e-30' }, price: price('1e-30', '1e-30') },
  { name: 'numbers', pricing: { prompt: 3e-6, completion: 1.5e-5 }, price: price('0.000003', '0.000015') },
  { name: 'dynamic', pricing: { prompt: '-1', completion: '-1' }, price: null },
  { name: 'one of two dynamic', pricing: { prompt: '0.000003', completion: '-1' }, price: null },
  { name: 'no completion price', pricing: { prompt: '0.000003' }, price: null },
  { name: 'null prompt price', pricing: { prompt: null, completion: '0.000003' }, price: null },
  { name: 'not a number', pricing: { prompt: 'cheap', completion: '0.000003' }, price: null },
  { name: 'NaN', pricing: { prompt: 'NaN', completion: '0.000003' }, price: null },
  { name: 'empty text', pricing: { prompt: '', completion: '0.000003' }, price: null },
  { name: 'infinite', pricing: { prompt: '1e999', completion: '0.000003' }, price: null },
  { name: 'no pricing', pricing: undefined, price: null },
  { name: 'pricing of another kind', pricing: 'free', price: null },
  {
    name: 'a negative cache price counts as absent',
    pricing: { prompt: '1e-6', completion: '1e-6', input_cache_read: '-1' },
    price: price('1e-6', '1e-6'),
  },
  {
    name: 'an override by prompt length',
    pricing: {
      ...BASE,
      input_cache_read: '2e-7',
      overrides: [{ min_prompt_tokens: 272000, prompt: '4e-6', completion: '1e-5', input_cache_read: '1e-7' }],
    },
    price: {
      ...base,
      ...rates({ cacheRead: '2e-7' }),
      overrides: [
        { rates: rates({ prompt: '4e-6', completion: '1e-5', cacheRead: '1e-7' }), abovePromptTokens: 272_000 },
      ],
    },
  },
  {
    name: 'an override by time: HHMM become minutes',
    pricing: { ...BASE, overrides: [{ utc_start: 130, utc_end: 945, prompt: '1e-6' }] },
    price: { ...base, overrides: [{ rates: rates({ prompt: '1e-6' }), utcMinutes: { start: 90, end: 585 } }] },
  },
  {
    name: 'an override over midnight on some days',
    pricing: { ...BASE, overrides: [{ utc_start: 2200, utc_end: 0, utc_days: ['monday', 'Sun', 6], request: '0.01' }] },
    price: {
      ...base,
      overrides: [{ rates: rates({ request: '0.01' }), utcMinutes: { start: 1320, end: 0 }, utcDays: [1, 0, 6] }],
    },
  },
  {
    name: 'overrides keep their order',
    pricing: {
      ...BASE,
      overrides: [{ completion: '2e-5' }, null, { completion: '1e-5', utc_days: null, min_prompt_tokens: null }],
    },
    price: { ...base, overrides: [{ rates: rates({ completion: '2e-5' }) }, { rates: rates({ completion: '1e-5' }) }] },
  },
  {
    name: 'an override of things that are not sent',
    pricing: { ...BASE, overrides: [{ min_prompt_tokens: 5, audio: '1' }] },
    price: base,
  },
  { name: 'overrides: null', pricing: { ...BASE, overrides: null }, price: base },
  ...['prompt', 'completion', 'internal_reasoning', 'input_cache_write', 'request'].flatMap((key) => [
    ...['-1', 'cheap', '', '1e999', {}, true].map((value) => ({
      name: `an override with ${key} = ${JSON.stringify(value)} is a price unknown`,
      pricing: { ...BASE, overrides: [{ min_prompt_tokens: 5, [key]: value }] },
      price: null,
    })),
    { name: `${key} = "-1" is a price unknown`, pricing: { ...BASE, [key]: '-1' }, price: null },
  ]),
  {
    name: 'an override whose cache price cannot be read: all cached tokens cost the full price',
    pricing: { ...BASE, input_cache_read: '2e-7', overrides: [{ prompt: '4e-6', input_cache_read: '-1' }] },
    price: { ...base, overrides: [{ rates: rates({ prompt: '4e-6' }) }] },
  },
  ...[
    { min_prompt_tokens: -1 },
    { min_prompt_tokens: 'many' },
    { min_prompt_tokens: 1.5 },
    { utc_start: 100 },
    { utc_end: 100 },
    { utc_start: 160, utc_end: 200 },
    { utc_start: 2500, utc_end: 100 },
    { utc_start: -100, utc_end: 100 },
    { utc_start: '01:00', utc_end: 200 },
    { utc_days: ['someday'] },
    { utc_days: [8] },
    { utc_days: [-1] },
    { utc_days: [1.5] },
    { utc_days: 'monday' },
  ].map((condition) => ({
    name: `a condition that cannot be read is a price unknown: ${JSON.stringify(condition)}`,
    pricing: { ...BASE, overrides: [{ ...condition, prompt: '1e-6' }] },
    price: null,
  })),
  { name: 'an override of another kind is a price unknown', pricing: { ...BASE, overrides: ['x'] }, price: null },
  { name: 'overrides of another kind are a price unknown', pricing: { ...BASE, overrides: 'x' }, price: null },
  {
    name: 'reasoning more expensive than text',
    pricing: { prompt: '2e-6', completion: '9e-6', internal_reasoning: '1e-5' },
    price: price('2e-6', '1e-5'),
  },
  {
    name: 'a listed price is net of its discount',
    pricing: { prompt: '2e-6', completion: '9e-6', discount: 0.5 },
    price: price('2e-6', '9e-6'),
  },
];

/** Equal amounts may be written with other scales. */
const normalized = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, v: unknown) =>
      typeof v === 'object' && v !== null && 'digits' in v && 'scale' in v
        ? Number(`${String(v.digits)}e-${String(v.scale)}`)
        : v,
    ),
  );

describe('the model list', () => {
  for (const { name, pricing, price: expected } of PRICES) {
    it(`reads a price: ${name}`, () => assert.deepEqual(normalized(priceOf(pricing)), normalized(expected)));
  }

  it('gives prices that the budget can add up', () => {
    for (const { pricing } of PRICES) {
      const known = priceOf(pricing);
      if (known) assert.ok(worstCaseCost(known, 1_000_000, 128_000) >= 0);
    }
  });

  const LENGTHS: readonly {
    readonly name: string;
    readonly more: object;
    readonly context: number | null;
    readonly output: number | null;
  }[] = [
    {
      name: 'the smaller window',
      more: { context_length: 1000, top_provider: { context_length: 800, max_completion_tokens: 100 } },
      context: 800,
      output: 100,
    },
    {
      name: 'only the model’s window',
      more: { context_length: 1000, top_provider: { context_length: null, max_completion_tokens: null } },
      context: 1000,
      output: null,
    },
    {
      name: 'only the provider’s window',
      more: { context_length: null, top_provider: { context_length: 800 } },
      context: 800,
      output: null,
    },
    { name: 'no window', more: { context_length: null, top_provider: null }, context: null, output: null },
    { name: 'a window of zero is unknown', more: { context_length: 0 }, context: null, output: null },
    {
      name: 'a window of another kind',
      more: { context_length: 'big', top_provider: [] },
      context: null,
      output: null,
    },
  ];
  for (const { name, more, context, output } of LENGTHS) {
    it(`reads lengths: ${name}`, () => {
      const model = modelsFrom({ data: [entry(undefined, more)] })?.[0];
      assert.deepEqual([model?.contextLength, model?.maxCompletionTokens], [context, output]);
    });
  }

  it('skips unreadable models and keeps the others', () => {
    const bad = [null, 42, 'x', [], {}, { id: '' }, { id: 7 }];
    const odd = {
      id: 'odd',
      name: null,
      architecture: 'x',
      supported_parameters: { a: 1 },
      pricing: [],
      top_provider: 'y',
    };
    assert.deepEqual(
      modelsFrom({ data: [...bad, { id: 'first' }, odd, { id: 'last' }] })?.map((model) => model.id),
      ['first', 'odd', 'last'],
    );
  });

  it('reads everything of a full entry', () => {
    const full = entry(undefined, {
      architecture: { input_modalities: ['text', 'image', null], tokenizer: 'Claude' },
      supported_parameters: ['max_tokens'],
    });
    assert.deepEqual(modelsFrom({ data: [full] }), [
      {
        id: 'a/b',
        name: 'A: B',
        contextLength: 1000,
        maxCompletionTokens: null,
        price: null,
        inputModalities: ['text', 'image'],
        supportedParameters: ['max_tokens'],
        tokenizer: 'Claude',
      },
    ]);
  });

  it('is undefined for other bodies', () => {
    for (const body of [undefined, null, {}, { data: null }, { data: {} }, [], 'x'])
      assert.equal(modelsFrom(body), undefined);
    assert.deepEqual(modelsFrom({ data: [] }), []);
  });
});
