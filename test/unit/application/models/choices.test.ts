import assert from 'node:assert/strict';
import { type ModelChoicesInput, ageText, modelShelves } from '../../../../src/application/models/choices';
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
const shelvesOf = (more: Partial<ModelChoicesInput>) =>
  modelShelves(input(more)).map(({ group, choices }) => `${group}: ${choices.map((c) => c.model).join(' ')}`);
const choiceOf = (id: string, more: Partial<ModelChoicesInput>) =>
  modelShelves(input(more))
    .flatMap((s) => s.choices)
    .find((c) => c.model === id) ?? assert.fail(`no ${id}`);

describe('model choices', () => {
  const dear = model('x/dear', priced('0.00001', '0.00003'));
  const cheap = model('x/cheap', priced('0.0000001', '0.0000004'));
  const unknown = model('x/unknown', null);
  const rows: readonly [string, Partial<ModelChoicesInput>, string[]][] = [
    ['as listed when nothing is known of the person', {}, ['all: a/one b/two c/three']],
    [
      'favourites first, in the person’s order, once',
      { favourites: ['c/three', 'a/one', 'c/three'].map(modelId) },
      ['favourites: c/three a/one', 'all: b/two'],
    ],
    [
      'then what is used most, favourites not again',
      { favourites: [modelId('c/three')], records: [record('b/two', 2), record('a/one', 9), record('c/three', 50)] },
      ['favourites: c/three', 'used: a/one b/two'],
    ],
    ['a model without a reply was not used', { records: [record('b/two', 0)] }, ['all: a/one b/two c/three']],
    [
      'at most eight that were used',
      { models: [], current: modelId('m/0'), records: Array.from({ length: 12 }, (_, i) => record(`m/${i}`, 20 - i)) },
      ['used: m/0 m/1 m/2 m/3 m/4 m/5 m/6 m/7'],
    ],
    [
      'favourites and used models of an empty list',
      { models: [], current: modelId('b/two'), favourites: [modelId('c/three')], records: [record('b/two', 2)] },
      ['favourites: c/three', 'used: b/two'],
    ],
    [
      'the current model though nobody lists it',
      { current: modelId('gone/one') },
      ['used: gone/one', 'all: a/one b/two c/three'],
    ],
    [
      'by price, unknown ones last and as listed',
      { models: [unknown, dear, model('x/other', null), cheap], current: modelId('x/dear'), order: 'price' },
      ['all: x/cheap x/dear x/unknown x/other'],
    ],
    [
      'by price within each shelf',
      {
        models: [dear, cheap, unknown],
        current: modelId('x/dear'),
        order: 'price',
        favourites: [modelId('x/unknown'), modelId('x/dear')],
      },
      ['favourites: x/dear x/unknown', 'all: x/cheap'],
    ],
  ];
  for (const [what, more, expected] of rows) it(what, () => assert.deepEqual(shelvesOf(more), expected));

  it('marks what is current and what is starred', () => {
    const marks = modelShelves(input({ favourites: [modelId('b/two')] }))
      .flatMap((s) => s.choices)
      .map((c) => `${c.model} ${c.isCurrent} ${c.isFavourite}`);
    assert.deepEqual(marks, ['b/two false true', 'a/one true false', 'c/three false false']);
  });

  const facts: readonly [string, Model, string][] = [
    [
      'price, window, capabilities',
      model('m', undefined, {
        inputModalities: ['text', 'image'],
        supportedParameters: ['tools', 'reasoning', 'stop'],
      }),
      '3/15 $/M||200k window|vision tools reasoning',
    ],
    [
      'an unknown price and window',
      model('m', null, { contextLength: null, supportedParameters: [] }),
      'price unknown||window unknown|',
    ],
    [
      'dearer above a threshold, the lowest one',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [
            { rates: { prompt: usd('0.000008') }, abovePromptTokens: 512_000 },
            { rates: { prompt: usd('0.000004') }, abovePromptTokens: 272_000 },
          ],
        }),
        { contextLength: 1_048_576, supportedParameters: [] },
      ),
      '2/12 $/M|dearer above 272k tokens|1.05M window|',
    ],
    [
      'dearer only in what it writes',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { completion: usd('0.000018') }, abovePromptTokens: 200_000 }],
        }),
        { supportedParameters: [] },
      ),
      '2/12 $/M|dearer above 200k tokens|200k window|',
    ],
    [
      'cheaper is not dearer',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { prompt: usd('0.000001') }, abovePromptTokens: 200_000 }],
        }),
        { supportedParameters: [] },
      ),
      '2/12 $/M||200k window|',
    ],
    [
      'prices by the clock',
      model(
        'm',
        priced('0.000002', '0.000012', {
          overrides: [{ rates: { prompt: usd('0.000001') }, utcMinutes: { start: 990, end: 30 } }],
        }),
        { contextLength: 512, supportedParameters: [] },
      ),
      '2/12 $/M|other prices at certain hours|512 window|',
    ],
  ];
  for (const [what, one, expected] of facts) {
    it(`says ${what}`, () => {
      const c = choiceOf('m', { models: [one] });
      assert.equal([c.priceText, c.overrideText, c.contextText, c.capabilities.join(' ')].join('|'), expected);
    });
  }

  it('says that a model is not in the list instead of guessing', () => {
    const c = choiceOf('gone/one', { current: modelId('gone/one'), promptTokens: 1000 });
    assert.deepEqual([c.name, c.priceText, c.contextText, c.turnText], ['gone/one', 'not in the list', '', '']);
  });

  // 4,000 in at $3/M = $0.0120; 500 out at $15/M = $0.0075; 1,234 out = $0.01851.
  const turns: readonly [string, Partial<ModelChoicesInput>, string][] = [
    ['with a usual reply', { promptTokens: 4000 }, 'this conversation ≈ $0.0195 a turn'],
    [
      'with the person’s own median',
      { promptTokens: 4000, records: [record('a/one', 3, { medianCompletionTokens: 1234 })] },
      'this conversation ≈ $0.0305 a turn',
    ],
    [
      'with half a token',
      { promptTokens: 4000, records: [record('a/one', 2, { medianCompletionTokens: 1233.5 })] },
      'this conversation ≈ $0.0305 a turn',
    ],
    ['not when nothing is known of the prompt', {}, ''],
    ['not without a price', { models: [model('a/one', null)], promptTokens: 4000 }, ''],
    ['not for a free model', { models: [model('a/one', priced('0', '0'))], promptTokens: 4000 }, ''],
  ];
  for (const [what, more, expected] of turns)
    it(`reckons a turn ${what}`, () => assert.equal(choiceOf('a/one', more).turnText, expected));

  const records: readonly [ModelRecord, string][] = [
    [
      record('a/one', 41, { medianTokensPerSecond: 61.6, medianTimeToFirstTokenMs: 812 }),
      '41 replies, $0.52, 62 tok/s, first token 0.8 s',
    ],
    [record('a/one', 1), '1 reply, $0.52'],
    [
      record('a/one', 1200, { settledNanoUsd: nanoUsd(64_000), medianTokensPerSecond: 8 }),
      '1,200 replies, $0.000064, 8 tok/s',
    ],
    [record('a/one', 0), ''],
  ];
  for (const [from, expected] of records)
    it(`remembers ${expected || 'nothing of a model without replies'}`, () =>
      assert.equal(choiceOf('a/one', { records: [from] }).recordText, expected));

  const ages: readonly [number, string][] = [
    [0, 'just now'],
    [59_999, 'just now'],
    [60_000, '1 minute ago'],
    [3_599_999, '59 minutes ago'],
    [3_600_000, '1 hour ago'],
    [86_400_000, '1 day ago'],
    [1e9, '11 days ago'],
    [-5, 'just now'],
  ];
  for (const [ms, expected] of ages) it(`${ms} ms: ${expected}`, () => assert.equal(ageText(ms), expected));
});
