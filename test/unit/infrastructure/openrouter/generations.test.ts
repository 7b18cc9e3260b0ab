import assert from 'node:assert/strict';
import { generationId } from '../../../../src/domain/ids';
import type { GenerationAnswer } from '../../../../src/domain/ports/provider';
import { type RawStep, closeDelimited, head, withRawServer } from '../../../support/rawServer';
import { CANARY_KEY, providerAt } from './harness';

const ID = generationId('gen-1790000001-AbCdEfGhIjKlMnOpQrSt');
const JSON_TYPE = { 'content-type': 'application/json' };
const fin: RawStep = { end: 'fin' };
const answer = (status: string, body: string, type = JSON_TYPE['content-type']): RawStep[] => [
  { send: closeDelimited(status, { 'content-type': type }, body) },
  fin,
];
const record = (members: object): RawStep[] => answer('200 OK', JSON.stringify({ data: { id: ID, ...members } }));
const error = (status: string, code: number | null, message = 'x'): RawStep[] =>
  answer(status, JSON.stringify({ error: { code, message } }));

const billed = (digits: bigint, scale: number, more: object = {}): object => ({
  kind: 'billed',
  cost: { digits, scale },
  usage: null,
  provider: null,
  cancelled: false,
  ...more,
});
const NOT_YET = { kind: 'notYet' };
const COUNTS = {
  native_tokens_prompt: 1040,
  native_tokens_completion: 52,
  native_tokens_reasoning: 7,
  native_tokens_cached: 1000,
  tokens_prompt: 1,
  tokens_completion: 2,
};
const usage = { promptTokens: 1040, completionTokens: 52, reasoningTokens: 7, cachedTokens: 1000, cacheWriteTokens: 0 };

const RECORDS: readonly { readonly name: string; readonly members: object; readonly expected: object }[] = [
  {
    name: 'a whole reply',
    members: {
      ...COUNTS,
      total_cost: 0.00123,
      usage: 0.00123,
      is_byok: false,
      cancelled: false,
      finish_reason: 'stop',
      provider_name: 'Anthropic',
    },
    expected: billed(123n, 5, { usage, provider: 'Anthropic' }),
  },
  {
    name: 'cancelled and still billed',
    members: { ...COUNTS, total_cost: 0.00123, cancelled: true, finish_reason: null, provider_name: 'Google' },
    expected: billed(123n, 5, { usage, provider: 'Google', cancelled: true }),
  },
  {
    name: 'cancelled and free, whatever it wrote',
    members: {
      total_cost: 0,
      usage: 0,
      cancelled: true,
      finish_reason: null,
      native_tokens_completion: 31_540,
      provider_responses: [{ provider_name: 'Reka', status: 499 }],
    },
    expected: billed(0n, 0, { cancelled: true }),
  },
  {
    name: 'an amount before anything else is known',
    members: { total_cost: 0.5, cancelled: null, finish_reason: null },
    expected: billed(5n, 1),
  },
  {
    name: 'a free model, finished',
    members: { ...COUNTS, total_cost: 0, cancelled: null, finish_reason: 'stop' },
    expected: billed(0n, 0, { usage }),
  },
  {
    name: 'an error, which is not charged',
    members: { total_cost: 0, finish_reason: 'error' },
    expected: billed(0n, 0),
  },
  { name: 'an exponent', members: { total_cost: 7.1e-5, finish_reason: 'stop' }, expected: billed(71n, 6) },
  { name: 'a text', members: { total_cost: '0.5', finish_reason: 'stop' }, expected: billed(5n, 1) },
  {
    name: 'upstream cost repeated on credits: not added',
    members: { total_cost: 0.5, is_byok: false, upstream_inference_cost: 0.5, finish_reason: 'stop' },
    expected: billed(5n, 1),
  },
  {
    name: 'own provider key: 0.025 + 0.5',
    members: { total_cost: 0.025, is_byok: true, upstream_inference_cost: 0.5, finish_reason: 'stop' },
    expected: billed(525n, 3),
  },
  {
    name: 'own provider key without a fee: 0 + 0.5',
    members: { total_cost: 0, is_byok: true, upstream_inference_cost: 0.5 },
    expected: billed(5n, 1),
  },
  {
    name: 'own provider key without the upstream cost',
    members: { total_cost: 0.025, is_byok: true, upstream_inference_cost: null, finish_reason: 'stop' },
    expected: NOT_YET,
  },
  {
    name: 'zero and nothing that says it is over',
    members: { ...COUNTS, total_cost: 0, cancelled: null, finish_reason: null },
    expected: NOT_YET,
  },
  {
    name: 'zero, not cancelled, no reason',
    members: { total_cost: 0, cancelled: false, finish_reason: '' },
    expected: NOT_YET,
  },
  { name: 'no amount', members: { ...COUNTS, cancelled: true, finish_reason: 'stop' }, expected: NOT_YET },
  { name: 'amount null', members: { total_cost: null, cancelled: true }, expected: NOT_YET },
  { name: 'a negative amount', members: { total_cost: -0.5, cancelled: true }, expected: NOT_YET },
  { name: 'an amount beyond all money', members: { total_cost: 1e300, cancelled: true }, expected: NOT_YET },
  { name: 'an amount of another kind', members: { total_cost: {}, cancelled: true }, expected: NOT_YET },
  { name: 'the record of another generation', members: { id: 'gen-2', total_cost: 0.5 }, expected: NOT_YET },
  { name: 'half of the counts', members: { total_cost: 0.5, native_tokens_prompt: 10 }, expected: billed(5n, 1) },
];

type Asked = GenerationAnswer['kind'] | `failed ${string}`;

const ANSWERS: readonly {
  readonly name: string;
  readonly script: readonly RawStep[];
  readonly openRouter: Asked;
  readonly elsewhere: Asked;
}[] = [
  {
    name: '404 with its code',
    script: error('404 Not Found', 404, `Generation ${ID} not found`),
    openRouter: 'notYet',
    elsewhere: 'notYet',
  },
  {
    name: '404 as OpenAI words an unknown address',
    script: error('404 Not Found', null, 'Invalid URL (GET /v1/generation)'),
    openRouter: 'notYet',
    elsewhere: 'unsupported',
  },
  {
    name: '404 in plain text',
    script: answer('404 Not Found', '404 page not found', 'text/plain'),
    openRouter: 'notYet',
    elsewhere: 'unsupported',
  },
  {
    name: '404 as a page',
    script: answer('404 Not Found', '<!doctype html>', 'text/html'),
    openRouter: 'notYet',
    elsewhere: 'unsupported',
  },
  {
    name: '405',
    script: error('405 Method Not Allowed', 405),
    openRouter: 'failed BAD_REQUEST',
    elsewhere: 'unsupported',
  },
  { name: '501', script: answer('501 Not Implemented', ''), openRouter: 'failed UPSTREAM', elsewhere: 'unsupported' },
  {
    name: 'a page with 200',
    script: answer('200 OK', '<html>Welcome</html>', 'text/html'),
    openRouter: 'failed PROTOCOL',
    elsewhere: 'unsupported',
  },
  {
    name: 'an error with 200 and no code, as LM Studio',
    script: answer('200 OK', '{"error":"Unexpected endpoint or method. (GET /v1/generation)"}'),
    openRouter: 'failed UPSTREAM',
    elsewhere: 'unsupported',
  },
  {
    name: 'text with 200',
    script: answer('200 OK', 'It works!', 'text/plain'),
    openRouter: 'failed PROTOCOL',
    elsewhere: 'unsupported',
  },
  { name: 'other JSON', script: answer('200 OK', '{"ok":true}'), openRouter: 'notYet', elsewhere: 'unsupported' },
  {
    name: 'an error with 200 and its code',
    script: error('200 OK', 503),
    openRouter: 'failed OVERLOADED',
    elsewhere: 'failed OVERLOADED',
  },
  { name: '401', script: error('401 Unauthorized', 401), openRouter: 'failed AUTH', elsewhere: 'failed AUTH' },
  {
    name: '429',
    script: error('429 Too Many Requests', 429),
    openRouter: 'failed RATE_LIMIT',
    elsewhere: 'failed RATE_LIMIT',
  },
  { name: '500', script: error('500 Oops', 500), openRouter: 'failed UPSTREAM', elsewhere: 'failed UPSTREAM' },
  {
    name: '502 in plain text',
    script: answer('502 Bad Gateway', 'bad gateway', 'text/plain'),
    openRouter: 'failed OVERLOADED',
    elsewhere: 'failed OVERLOADED',
  },
  { name: '524', script: error('524 Timeout', 524), openRouter: 'failed TIMEOUT', elsewhere: 'failed TIMEOUT' },
  { name: 'a reset', script: [{ end: 'rst' }], openRouter: 'failed NETWORK', elsewhere: 'failed NETWORK' },
  {
    name: 'a record cut off',
    script: [{ send: head('200 OK', { ...JSON_TYPE, 'content-length': '99' }) + '{"data":{"total_cost":0.5' }, fin],
    openRouter: 'failed NETWORK',
    elsewhere: 'failed NETWORK',
  },
  { name: 'silence', script: [{ end: 'stall' }], openRouter: 'failed TIMEOUT', elsewhere: 'failed TIMEOUT' },
];

const signal = (): AbortSignal => new AbortController().signal;

describe('the bill of a generation', () => {
  for (const { name, members, expected } of RECORDS) {
    it(`${name}: ${'kind' in expected ? String(expected.kind) : ''}`, async () => {
      const read = await withRawServer(record(members), (server) =>
        providerAt(server.baseUrl, { isOpenRouter: true }).generation(ID, signal()),
      );
      assert.deepEqual(read, expected);
    });
  }

  for (const { name, script, ...expected } of ANSWERS) {
    for (const who of ['openRouter', 'elsewhere'] as const) {
      it(`${name}, ${who}: ${expected[who]}`, async () => {
        const options = { timeouts: () => ({ requestMs: 150 }) };
        const read = await withRawServer(script, (server) =>
          providerAt(server.baseUrl, { isOpenRouter: who === 'openRouter' }, options).generation(ID, signal()),
        );
        assert.equal(read.kind === 'failed' ? `failed ${read.failure.code}` : read.kind, expected[who]);
      });
    }
  }

  it('is requested once, by its id, with the key', async () => {
    await withRawServer(record({ total_cost: 1 }), async (server) => {
      await providerAt(server.baseUrl).generation(generationId('gen-1&x=/..'), signal());
      assert.deepEqual(
        server.requests.map((r) => [r.method, r.path, r.headers['authorization']]),
        [['GET', '/api/v1/generation?id=gen-1%26x%3D%2F..', `Bearer ${CANARY_KEY}`]],
      );
    });
  });

  it('is not requested with a key of another origin', async () => {
    await withRawServer(record({ total_cost: 1 }), async (server) => {
      await providerAt(server.baseUrl, { origin: 'https://openrouter.ai' }).generation(ID, signal());
      assert.equal(server.requests[0]?.headers['authorization'], undefined);
    });
  });

  it('fails without a connection', async () => {
    const read = await providerAt(
      'http://127.0.0.1:1/api',
      {},
      { connections: { current: () => Promise.reject(new Error('locked')) } },
    ).generation(ID, signal());
    assert.ok(read.kind === 'failed' && /locked/.test(read.failure.detail));
  });
});
