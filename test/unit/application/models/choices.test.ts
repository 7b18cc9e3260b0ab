import assert from 'node:assert/strict';
import { type ModelChoicesInput, modelGroups } from '../../../../src/application/models/choices';
import type { ModelRecord } from '../../../../src/domain/charge';
import { modelId } from '../../../../src/domain/ids';
import type { Model } from '../../../../src/domain/model';
import { type Decimal, nanoUsd, parseDecimal } from '../../../../src/domain/money';
import type { ModelPrice } from '../../../../src/domain/price';
import { aModel } from '../../../support/scriptedProvider';

const usd = (text: string): Decimal => parseDecimal(text) ?? assert.fail(text);
const priced = (prompt: string, completion: string, more: Partial<ModelPrice> = {}): ModelPrice => ({
  prompt: usd(prompt),
  completion: usd(completion),
  ...more,
});
const model = (
  id: string,
  price: ModelPrice | null = priced('0.000003', '0.000015'),
  more: Partial<Model> = {},
): Model => aModel({ id: modelId(id), name: id.toUpperCase(), price, ...more });
const record = (id: string, replies: number, more: Partial<ModelRecord> = {}): ModelRecord => ({
  model: modelId(id),
  replies,
  settledNanoUsd: nanoUsd(520_000_000),
  medianCostNanoUsd: null,
  medianCompletionTokens: null,
  medianTimeToFirstTokenMs: null,
  medianTokensPerSecond: null,
  ...more,
});
const input = (more: Partial<ModelChoicesInput> = {}): ModelChoicesInput => ({
  models: [model('a/one'), model('b/two'), model('c/three')],
  records: [],
  favourites: [],
  current: modelId('a/one'),
  promptTokens: null,
  order: 'listed',
  nowMs: 0,
  ...more,
});
const groupsOf = (more: Partial<ModelChoicesInput>) =>
  modelGroups(input(more)).map(({ group, choices }) => `${group}: ${choices.map((c) => c.model).join(' ')}`);
const choiceOf = (id: string, more: Partial<ModelChoicesInput>) =>
  modelGroups(input(more))
    .flatMap((s) => s.choices)
    .find((c) => c.model === id) ?? assert.fail(`no ${id}`);

describe('model choices', () => {
  const expensive = model('x/expensive', priced('0.00001', '0.00003'));
  const cheap = model('x/cheap', priced('0.0000001', '0.0000004'));
  const unknown = model('x/unknown', null);
  const rows: readonly [string, Partial<ModelChoicesInput>, string[]][] = [
    ['as listed without favourites or records', {}, ['all: a/one b/two c/three']],
    [
      'favourites first, in the user’s order, once',
      { favourites: ['c/three', 'a/one', 'c/three'].map(modelId) },
      ['favourites: c/three a/one', 'all: b/two'],
    ],
    [
      'then the most used, without favourites',
      { favourites: [modelId('c/three')], records: [record('b/two', 2), record('a/one', 9), record('c/three', 50)] },
      ['favourites: c/three', 'used: a/one b/two'],
    ],
    ['not as used without a reply', { records: [record('b/two', 0)] }, ['all: a/one b/two c/three']],
    [
      'at most eight used models',
      { models: [], current: modelId('m/0'), records: Array.from({ length: 12 }, (_, i) => record(`m/${i}`, 20 - i)) },
      ['used: m/0 m/1 m/2 m/3 m/4 m/5 m/6 m/7'],
    ],
    [
      'favourites and used models of an empty list',
      { models: [], current: modelId('b/two'), favourites: [modelId('c/three')], records: [record('b/two', 2)] },
      ['favourites: c/three', 'used: b/two'],
    ],
    [
      'the current model even if it is not listed',
      { current: modelId('old/one') },
      ['used: old/one', 'all: a/one b/two c/three'],
    ],
    [
      'by price, unknown prices last and as listed',
      { models: [unknown, expensive, model('x/other', null), cheap], current: modelId('x/expensive'), order: 'price' },
      ['all: x/cheap x/expensive x/unknown x/other'],
    ],
    [
      'by price within each group',
      {
        models: [expensive, cheap, unknown],
        current: modelId('x/expensive'),
        order: 'price',
        favourites: [modelId('x/unknown'), modelId('x/expensive')],
      },
      ['favourites: x/expensive x/unknown', 'all: x/cheap'],
    ],
  ];
  for (const [what, more, expected] of rows) it(what, () => assert.deepEqual(groupsOf(more), expected));

  it('marks the current model and favourites', () => {
    const marks = modelGroups(input({ favourites: [modelId('b/two')] }))
      .flatMap((s) => s.choices)
      .map((c) => `${c.model} ${c.isCurrent} ${c.isFavourite}`);
    assert.deepEqual(marks, ['b/two false true', 'a/one true false', 'c/three false false']);
  });

  const facts: readonly [string, Model, readonly unknown[]][] = [
    [
      'capabilities',
      model('m', undefined, {
        inputModalities: ['text', 'image'],
        supportedParameters: ['tools', 'reasoning', 'stop'],
      }),
      [null, false, ['vision', 'tools', 'reasoning']],
    ],
    ['an unknown price', model('m', null, { contextLength: null, supportedParameters: [] }), [null, false, []]],
    [
      'the lowest threshold of a higher rate',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [
            { rates: { prompt: usd('0.000008') }, abovePromptTokens: 512_000 },
            { rates: { prompt: usd('0.000004') }, abovePromptTokens: 272_000 },
          ],
        }),
        { supportedParameters: [] },
      ),
      [272_000, false, []],
    ],
    [
      'a higher rate for output only',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { completion: usd('0.000018') }, abovePromptTokens: 200_000 }],
        }),
        { supportedParameters: [] },
      ),
      [200_000, false, []],
    ],
    [
      'no threshold of a lower rate',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { prompt: usd('0.000001') }, abovePromptTokens: 200_000 }],
        }),
        { supportedParameters: [] },
      ),
      [null, false, []],
    ],
    [
      'prices that depend on the time',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { prompt: usd('0.000001') }, utcMinutes: { start: 990, end: 30 } }],
        }),
        { supportedParameters: [] },
      ),
      [null, true, []],
    ],
  ];
  for (const [what, one, expected] of facts) {
    it(`finds ${what}`, () => {
      const c = choiceOf('m', { models: [one] });
      assert.deepEqual([c.higherRateAboveTokens, c.hasTimedPrices, c.capabilities], expected);
    });
  }

  it('keeps a model that is not listed', () => {
    const c = choiceOf('old/one', { current: modelId('old/one'), promptTokens: 1000 });
    assert.deepEqual([c.name, c.listed, c.turnNanoUsd], ['old/one', undefined, null]);
  });

  // 4,000 in at $3/M = $0.0120; 500 out at $15/M = $0.0075; 1,234 out = $0.01851.
  const turns: readonly [string, Partial<ModelChoicesInput>, number | null][] = [
    ['with a reply of the usual length', { promptTokens: 4000 }, 19_500_000],
    [
      'with the user’s own median',
      { promptTokens: 4000, records: [record('a/one', 3, { medianCompletionTokens: 1234 })] },
      30_510_000,
    ],
    [
      'with half a token',
      { promptTokens: 4000, records: [record('a/one', 2, { medianCompletionTokens: 1233.5 })] },
      30_510_000,
    ],
    ['not for an unknown prompt', {}, null],
    ['not without a price', { models: [model('a/one', null)], promptTokens: 4000 }, null],
    ['not for a free model', { models: [model('a/one', priced('0', '0'))], promptTokens: 4000 }, null],
  ];
  for (const [what, more, expected] of turns)
    it(`estimates a message ${what}`, () => assert.equal(choiceOf('a/one', more).turnNanoUsd, expected));

  it('has a record only of models with replies', () => {
    const [one, none] = [record('a/one', 1), record('a/one', 0)];
    assert.equal(choiceOf('a/one', { records: [one] }).record, one);
    assert.equal(choiceOf('a/one', { records: [none] }).record, undefined);
  });
});
