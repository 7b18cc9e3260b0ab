import assert from 'node:assert/strict';
import { type RawStep, closeDelimited, head, withRawServer } from '../../../support/rawServer';
import { CANARY_KEY, providerAt } from './harness';

const JSON_TYPE = { 'content-type': 'application/json' };
const fin: RawStep = { end: 'fin' };
const stall: RawStep = { end: 'stall' };

describe('OpenRouterProvider, lists and keys', () => {
  const signal = (): AbortSignal => new AbortController().signal;
  const json = (body: string, status = '200 OK'): RawStep[] => [{ send: closeDelimited(status, JSON_TYPE, body) }, fin];

  const BAD_LISTS: readonly { readonly name: string; readonly script: readonly RawStep[]; readonly code: string }[] = [
    {
      name: 'a web page',
      script: [{ send: closeDelimited('200 OK', { 'content-type': 'text/html' }, '<html>') }, fin],
      code: 'PROTOCOL',
    },
    { name: 'no JSON', script: json('nope'), code: 'PROTOCOL' },
    { name: 'no list', script: json('{"data":null}'), code: 'PROTOCOL' },
    { name: 'an error with 200', script: json('{"error":{"code":503,"message":"busy"}}'), code: 'OVERLOADED' },
    { name: 'no such address', script: json('{"error":{"message":"Not Found"}}', '404 Not Found'), code: 'PROTOCOL' },
    {
      name: 'a broken connection',
      script: [
        { send: head('200 OK', { ...JSON_TYPE, 'content-length': '99' }) + '{' },
        { waitMs: 20 },
        { end: 'rst' },
      ],
      code: 'NETWORK',
    },
    { name: 'silence', script: [stall], code: 'TIMEOUT' },
  ];
  for (const { name, script, code } of BAD_LISTS) {
    it(`fails with ${code} instead of a list: ${name}`, async () => {
      const result = await withRawServer(script, (server) =>
        providerAt(server.baseUrl, {}, { timeouts: () => ({ requestMs: 100 }) }).listModels(signal()),
      );
      assert.equal(result.kind === 'failed' && result.failure.code, code);
      if (result.kind === 'failed') assert.match(result.failure.host ?? '', /^127\.0\.0\.1:/);
    });
  }

  it('does not follow a redirect', async () => {
    const script = (request: { readonly path: string }): RawStep[] =>
      request.path === '/x' ? json('{"data":[]}') : [{ send: closeDelimited('301 Moved', { location: '/x' }) }, fin];
    await withRawServer(script, async (server) => {
      const result = await providerAt(server.baseUrl).listModels(signal());
      assert.equal(result.kind === 'failed' && result.failure.code, 'PROTOCOL');
      assert.equal(server.requests.length, 1);
    });
  });

  it('reports the caller’s time limit as a timeout, and the caller’s abort as cancelled', async () => {
    await withRawServer([stall], async (server) => {
      const late = await providerAt(server.baseUrl).listModels(AbortSignal.timeout(30));
      assert.equal(late.kind === 'failed' && late.failure.code, 'TIMEOUT');
      const left = await providerAt(server.baseUrl).listModels(AbortSignal.abort());
      assert.equal(left.kind === 'failed' && left.failure.code, 'NETWORK');
    });
  });

  it('requests OpenRouter’s public list without the key, and lists of other servers with theirs', async () => {
    await withRawServer(json('{"data":[]}'), async (server) => {
      await providerAt(server.baseUrl, { isOpenRouter: true }).listModels(signal());
      await providerAt(server.baseUrl).listModels(signal());
      assert.deepEqual(
        server.requests.map((r) => r.headers['authorization']),
        [undefined, `Bearer ${CANARY_KEY}`],
      );
    });
  });

  const NOTHING_SAID = {
    kind: 'ok',
    label: '',
    limit: null,
    limitRemaining: null,
    limitReset: null,
    usageDaily: null,
    usageMonthly: null,
  };
  const KEYS: readonly { readonly name: string; readonly data: string; readonly check: object }[] = [
    {
      name: 'with everything',
      data: '{"label":"sk-or-v1-abc...def","limit":25,"limit_remaining":6.4e-05,"limit_reset":"monthly","usage":3,"usage_daily":"1.5","usage_weekly":2,"usage_monthly":24.999936}',
      check: {
        kind: 'ok',
        label: 'sk-or-v1-abc...def',
        limit: { digits: 25n, scale: 0 },
        limitRemaining: { digits: 64n, scale: 6 },
        limitReset: 'monthly',
        usageDaily: { digits: 15n, scale: 1 },
        usageMonthly: { digits: 24_999_936n, scale: 6 },
      },
    },
    {
      name: 'overdrawn',
      data: '{"limit":1,"limit_remaining":-0.25}',
      check: { ...NOTHING_SAID, limit: { digits: 1n, scale: 0 }, limitRemaining: { digits: -25n, scale: 2 } },
    },
    {
      name: 'without limits',
      data: '{"label":null,"limit":null,"limit_remaining":null,"limit_reset":null,"usage_daily":0}',
      check: { ...NOTHING_SAID, usageDaily: { digits: 0n, scale: 0 } },
    },
    {
      name: 'with members of another kind',
      data: '{"limit":"much","limit_remaining":{},"limit_reset":7,"usage_daily":"NaN","usage_monthly":1e300}',
      check: NOTHING_SAID,
    },
    {
      name: 'with a limit below nothing',
      data: '{"limit":-1,"limit_remaining":5}',
      check: { ...NOTHING_SAID, limitRemaining: { digits: 5n, scale: 0 } },
    },
  ];
  for (const { name, data, check } of KEYS) {
    it(`reads a key ${name}`, async () => {
      await withRawServer(json(`{"data":${data}}`), async (server) => {
        assert.deepEqual(await providerAt(server.baseUrl).checkKey(signal(), 'another-key'), check);
        assert.deepEqual(
          [server.requests[0]?.path, server.requests[0]?.headers['authorization']],
          ['/api/v1/key', 'Bearer another-key'],
        );
      });
    });
  }

  it('reports an invalid key without repeating it', async () => {
    const check = await withRawServer(
      json('{"error":{"message":"User not found: other-secret"}}', '401 Unauthorized'),
      (server) => providerAt(server.baseUrl).checkKey(signal(), 'other-secret'),
    );
    assert.ok(check.kind === 'failed');
    assert.deepEqual([check.failure.code, check.failure.detail], ['AUTH', 'User not found: [key]']);
  });

  it('checks a key with the model list if the server has no key endpoint', async () => {
    const script = (request: { readonly path: string }): RawStep[] =>
      request.path.endsWith('/models') ? json('{"data":[]}') : json('{}', '404 Not Found');
    await withRawServer(script, async (server) => {
      assert.deepEqual(await providerAt(server.baseUrl).checkKey(signal(), 'k'), NOTHING_SAID);
      assert.equal((await providerAt(server.baseUrl, { isOpenRouter: true }).checkKey(signal(), 'k')).kind, 'failed');
    });
  });
});
