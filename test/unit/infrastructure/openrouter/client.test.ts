import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { modelId } from '../../../../src/domain/ids';
import { type Decimal, parseDecimal } from '../../../../src/domain/money';
import type { ProviderEvent } from '../../../../src/domain/ports/provider';
import type { PriceCeiling } from '../../../../src/domain/price';
import { ceilingNumber } from '../../../../src/infrastructure/openrouter/amounts';
import type { StreamTimeouts } from '../../../../src/infrastructure/openrouter/watchdog';
import { collectGarbage } from '../../../support/garbage';
import {
  LAST_HTTP_CHUNK,
  type RawStep,
  closeDelimited,
  head,
  httpChunk,
  startRawServer,
  withRawServer,
} from '../../../support/rawServer';
import { saidIn } from '../../../support/replyExpectation';
import { CANARY_KEY, collect, fixture, providerAt, summary } from './harness';

const SSE = { 'content-type': 'text/event-stream', 'x-generation-id': 'gen-1' };
const JSON_TYPE = { 'content-type': 'application/json' };
const event = (value: object | string): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const TEXT = event({ id: 'gen-1', model: 'm', choices: [{ delta: { content: 'Hi 日' } }] });
const STOP = event({ choices: [{ delta: {}, finish_reason: 'stop' }] });
const COST = event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, cost: 6.4e-5 } });
const WHOLE = TEXT + STOP + COST + event('[DONE]');
const fin: RawStep = { end: 'fin' };
const stall: RawStep = { end: 'stall' };

interface Case {
  readonly name: string;
  readonly script: readonly RawStep[];
  readonly timeouts?: Partial<StreamTimeouts>;
  readonly text?: string;
  readonly cost?: string;
  /** `complete`, or the failure's code. */
  readonly outcome: string;
  readonly detail?: RegExp;
  readonly opened?: boolean;
  readonly httpStatus?: number;
  /** Older versions neither fail nor end, and keep the process alive. */
  readonly minNode?: number;
}

const sse = (body: string, ...rest: RawStep[]): RawStep[] => [{ send: closeDelimited('200 OK', SSE, body) }, ...rest];
const bytes = (...parts: (string | Uint8Array)[]): Uint8Array => Buffer.concat(parts.map((part) => Buffer.from(part)));
const complete = { text: 'Hi 日', cost: '64e-6', outcome: 'complete' } as const;
const cut = { text: 'Hi 日', outcome: 'TRUNCATED' } as const;

const STREAMS: readonly Case[] = [
  // Whole replies in every delivery
  { name: 'closed by FIN', script: sse(WHOLE, fin), ...complete },
  {
    name: 'one byte at a time',
    script: [{ send: closeDelimited('200 OK', SSE, WHOLE), pieceSize: 1 }, fin],
    ...complete,
  },
  { name: 'CRLF', script: sse(WHOLE.replaceAll('\n', '\r\n'), fin), ...complete },
  {
    name: 'chunked',
    script: [
      { send: head('200 OK', { ...SSE, 'transfer-encoding': 'chunked' }) + httpChunk(WHOLE) + LAST_HTTP_CHUNK },
      fin,
    ],
    ...complete,
  },
  {
    name: 'gzip',
    script: [
      { send: bytes(head('200 OK', { ...SSE, 'content-encoding': 'gzip', connection: 'close' }), gzipSync(WHOLE)) },
      fin,
    ],
    ...complete,
  },
  { name: 'open after [DONE]', script: sse(WHOLE, stall), timeouts: { trailerMs: 60_000 }, ...complete },
  { name: 'reset after [DONE]', script: sse(WHOLE, { waitMs: 20 }, { end: 'rst' }), ...complete },
  { name: 'two [DONE] and data after them', script: sse(WHOLE + event('[DONE]') + TEXT, fin), ...complete },
  {
    name: 'no [DONE] and open after the price',
    script: sse(TEXT + STOP + COST, stall),
    timeouts: { trailerMs: 60 },
    ...complete,
  },
  {
    name: 'a content type with a charset',
    script: [
      { send: closeDelimited('200 OK', { ...SSE, 'content-type': 'text/event-stream; charset=utf-8' }, WHOLE) },
      fin,
    ],
    ...complete,
  },
  { name: 'no content type', script: [{ send: closeDelimited('200 OK', {}, WHOLE) }, fin], ...complete },
  {
    name: 'a JSON completion',
    script: [
      {
        send: closeDelimited(
          '200 OK',
          JSON_TYPE,
          '{"choices":[{"message":{"content":"Hi 日"},"finish_reason":"stop"}],"usage":{"cost":0.000064}}',
        ),
      },
      fin,
    ],
    ...complete,
  },

  // Cut off
  { name: 'FIN in mid-reply', script: sse(TEXT, fin), ...cut },
  {
    name: 'FIN inside a character',
    script: [
      {
        send: bytes(
          closeDelimited('200 OK', SSE, TEXT),
          'data: {"choices":[{"delta":{"content":"',
          Buffer.from([0xe6, 0x97]),
        ),
      },
      fin,
    ],
    ...cut,
    detail: /^eventCutOff$/,
  },
  {
    name: 'FIN before the chunked end',
    script: [{ send: head('200 OK', { ...SSE, 'transfer-encoding': 'chunked' }) + httpChunk(TEXT) }, fin],
    ...cut,
  },
  {
    name: 'FIN before the content length',
    script: [{ send: head('200 OK', { ...SSE, 'content-length': '9999' }) + TEXT }, fin],
    ...cut,
  },
  { name: 'RST in mid-reply', script: sse(TEXT, { waitMs: 40 }, { end: 'rst' }), ...cut },
  {
    name: 'RST in a chunked reply',
    script: [
      { send: head('200 OK', { ...SSE, 'transfer-encoding': 'chunked' }) + httpChunk(TEXT) },
      { waitMs: 40 },
      { end: 'rst' },
    ],
    ...cut,
    detail: /^connectionClosed /,
  },
  {
    name: 'gzip cut off',
    script: [
      {
        send: bytes(
          head('200 OK', { ...SSE, 'content-encoding': 'gzip', connection: 'close' }),
          gzipSync(TEXT + STOP + COST).subarray(0, -20),
        ),
      },
      fin,
    ],
    ...cut,
  },
  { name: 'an empty body', script: sse('', fin), outcome: 'TRUNCATED' },
  { name: 'only comments', script: sse(': OPENROUTER PROCESSING\n\n', fin), outcome: 'TRUNCATED' },
  { name: '[DONE] without its blank line', script: sse(`${TEXT}${STOP}data: [DONE]`, fin), ...cut },

  // Not what was asked for
  {
    name: 'a web page',
    script: [{ send: closeDelimited('200 OK', { 'content-type': 'text/html' }, '<html>Sign in</html>') }, fin],
    outcome: 'PROTOCOL',
    detail: /^webPage$/,
    opened: false,
    httpStatus: 200,
  },
  {
    name: 'a web page called a stream',
    script: sse('<!DOCTYPE html>\n<p>Sign in</p>\n', fin),
    outcome: 'PROTOCOL',
    detail: /^webPage$/,
    httpStatus: 200,
  },
  {
    name: 'an error as JSON with 200',
    script: [{ send: closeDelimited('200 OK', JSON_TYPE, '{"error":{"code":429,"message":"slow"}}') }, fin],
    outcome: 'RATE_LIMIT',
    detail: /^slow$/,
    httpStatus: 429,
  },
  {
    name: 'an error as JSON called a stream',
    script: sse('{"error":{"code":402,"message":"pay"}}', fin),
    outcome: 'CREDITS',
    detail: /^pay$/,
    httpStatus: 402,
  },
  {
    name: 'other JSON',
    script: [{ send: closeDelimited('200 OK', JSON_TYPE, '{"ok":true}') }, fin],
    outcome: 'PROTOCOL',
    detail: /^unexpectedAnswer$/,
  },
  {
    name: 'broken JSON',
    script: [{ send: closeDelimited('200 OK', JSON_TYPE, '{"choices":[') }, fin],
    outcome: 'PROTOCOL',
  },
  {
    name: 'plain text',
    script: [{ send: closeDelimited('200 OK', { 'content-type': 'text/plain' }, 'It works!') }, fin],
    outcome: 'PROTOCOL',
    httpStatus: 200,
  },
  {
    name: 'broken JSON in an event',
    script: sse(`${TEXT}data: {"choices\n\n${STOP}`, fin),
    text: 'Hi 日',
    outcome: 'PROTOCOL',
    detail: /^eventNotJson$/,
  },
  {
    name: 'an event that is too large',
    script: sse(`${TEXT}data: ${'x'.repeat(1024 * 1024 + 1)}\n\n`, stall),
    text: 'Hi 日',
    outcome: 'PROTOCOL',
    detail: /^eventTooLarge 1048576$/,
  },
  {
    name: 'a reply that is too large',
    script: sse(event('x'.repeat(900_000)).replace('data', ':').repeat(20), stall),
    outcome: 'PROTOCOL',
    detail: /^replyTooLarge 16777216$/,
  },
  {
    name: 'a redirect 302',
    script: [{ send: closeDelimited('302 Found', { location: 'http://127.0.0.1:1/' }) }, fin],
    outcome: 'PROTOCOL',
    detail: /^redirected$/,
    opened: false,
  },
  {
    name: 'a redirect 307',
    script: [{ send: closeDelimited('307 Temporary Redirect', { location: '/elsewhere' }) }, fin],
    outcome: 'PROTOCOL',
    detail: /^redirected$/,
    opened: false,
  },
  {
    name: 'gzip that is none',
    script: [{ send: closeDelimited('200 OK', { ...SSE, 'content-encoding': 'gzip' }, WHOLE) }, fin],
    outcome: 'PROTOCOL',
    detail: /^badCompression /,
    minNode: 22,
  },
  {
    name: 'no HTTP',
    script: [{ send: 'SSH-2.0-OpenSSH_9.6\r\n' }, fin],
    outcome: 'PROTOCOL',
    detail: /^notHttp /,
    opened: false,
  },

  // Errors
  {
    name: '429',
    script: [
      {
        send: closeDelimited(
          '429 Too Many Requests',
          { ...JSON_TYPE, 'retry-after': '7' },
          '{"error":{"message":"slow"}}',
        ),
      },
      fin,
    ],
    outcome: 'RATE_LIMIT',
    opened: false,
    httpStatus: 429,
  },
  {
    name: '401',
    script: [
      { send: closeDelimited('401 Unauthorized', JSON_TYPE, `{"error":{"message":"bad key ${CANARY_KEY}"}}`) },
      fin,
    ],
    outcome: 'AUTH',
    detail: /^bad key \[key\]$/,
    opened: false,
    httpStatus: 401,
  },
  {
    name: '500 whose body never ends',
    script: [{ send: head('500 Oops', { 'content-length': '99' }) + 'half' }, stall],
    timeouts: { firstByteMs: 60, idleMs: 60 },
    outcome: 'UPSTREAM',
    detail: /^half$/,
    opened: false,
    httpStatus: 500,
  },
  {
    name: '503 reset in its body',
    script: [{ send: head('503 Busy', { 'content-length': '99' }) + 'half' }, { waitMs: 20 }, { end: 'rst' }],
    outcome: 'OVERLOADED',
    opened: false,
    httpStatus: 503,
  },
  { name: 'closed before an answer', script: [fin], outcome: 'NETWORK', detail: /^connectionClosed /, opened: false },
  {
    name: 'reset before an answer',
    script: [{ end: 'rst' }],
    outcome: 'NETWORK',
    detail: /^connectionClosed /,
    opened: false,
  },

  // Silence
  {
    name: 'no answer',
    script: [stall],
    timeouts: { firstByteMs: 60 },
    outcome: 'TIMEOUT',
    detail: /^noFirstByte 60$/,
    opened: false,
  },
  { name: 'headers and nothing more', script: sse('', stall), timeouts: { firstByteMs: 60 }, outcome: 'TIMEOUT' },
  {
    name: 'only comments, then silence',
    script: sse(': OPENROUTER PROCESSING\n\n', stall),
    timeouts: { idleMs: 60 },
    outcome: 'TIMEOUT',
  },
  {
    name: 'text, then silence',
    script: sse(TEXT, stall),
    timeouts: { idleMs: 60 },
    text: 'Hi 日',
    outcome: 'STALLED',
    detail: /^silence 60$/,
  },
  {
    name: 'text, then comments for ever',
    script: sse(
      TEXT,
      ...Array.from({ length: 40 }, () => [{ waitMs: 20 }, { send: ': OPENROUTER PROCESSING\n\n' }]).flat(),
      stall,
    ),
    timeouts: { idleMs: 2000, noContentMs: 150 },
    text: 'Hi 日',
    outcome: 'STALLED',
    detail: /^noText /,
  },
  {
    name: 'comments keep a slow reply alive',
    script: sse(
      '',
      ...Array.from({ length: 8 }, () => [{ waitMs: 25 }, { send: ': OPENROUTER PROCESSING\n\n' }]).flat(),
      { send: WHOLE },
      fin,
    ),
    timeouts: { idleMs: 150, firstByteMs: 150 },
    ...complete,
  },
  {
    name: 'a reply without end',
    script: sse('', ...Array.from({ length: 60 }, () => [{ waitMs: 10 }, { send: TEXT }]).flat(), stall),
    timeouts: { totalMs: 150 },
    text: 'Hi 日',
    outcome: 'STALLED',
    detail: /^replyTooLong /,
  },
];

describe('OpenRouterProvider.stream', () => {
  for (const {
    name,
    script,
    timeouts,
    text = '',
    cost,
    outcome,
    detail,
    opened = true,
    httpStatus,
    minNode = 20,
  } of STREAMS) {
    it(`ends ${outcome} on: ${name}`, async function () {
      if (Number(process.versions.node.split('.')[0]) < minNode) this.skip();
      const events = await withRawServer(script, (server) =>
        collect(providerAt(server.baseUrl, {}, { timeouts: () => timeouts ?? {} })),
      );
      const read = summary(events);
      const failure = read.outcome?.kind === 'failed' ? read.outcome.failure : undefined;
      assert.equal(failure?.code ?? read.outcome?.kind, outcome);
      // A reply of many pieces is judged by its first.
      assert.equal(read.text.slice(0, text.length || undefined), text);
      assert.equal(read.cost, cost);
      assert.equal(
        events.some((e) => e.type === 'opened'),
        opened,
      );
      assert.equal(events.filter((e) => e.type === 'ended').length, 1);
      if (detail) assert.match(failure ? saidIn(failure) : '', detail);
      assert.equal(failure?.httpStatus, httpStatus);
      if (read.outcome?.kind === 'failed') assert.equal(read.outcome.sent, true);
      assert.ok(!JSON.stringify(read.outcome ?? null).includes(CANARY_KEY));
    });
  }

  it('reads the transcripts the same over a real connection as from memory', async () => {
    for (const size of [1, 17, 4096]) {
      const script: RawStep[] = [
        { send: closeDelimited('200 OK', SSE) },
        { send: fixture('t01-normal.sse'), pieceSize: size },
        fin,
      ];
      const read = summary(await withRawServer(script, (server) => collect(providerAt(server.baseUrl))));
      assert.deepEqual(read, {
        text: 'Héllo 🌍',
        reasoning: '',
        finish: 'stop',
        cost: '64e-6',
        outcome: { kind: 'complete' },
      });
    }
  });

  it('reports the generation id before anything else', async () => {
    const events = await withRawServer(sse(WHOLE, fin), (server) => collect(providerAt(server.baseUrl)));
    assert.deepEqual(events.slice(0, 2), [
      { type: 'opened', generationId: 'gen-1' },
      { type: 'started', model: 'm', provider: null, generationId: 'gen-1' },
    ]);
  });

  const IDS: readonly {
    readonly name: string;
    readonly header?: string;
    readonly chunk: string;
    readonly opened: string | null;
    readonly started: string | null;
  }[] = [
    {
      name: 'of the header, whatever its shape',
      header: 'req_0123',
      chunk: 'chatcmpl-1',
      opened: 'req_0123',
      started: null,
    },
    {
      name: 'of the events where there is no header',
      chunk: 'gen-1790000001-AbC',
      opened: null,
      started: 'gen-1790000001-AbC',
    },
    { name: 'of no other server’s events', chunk: 'chatcmpl-123', opened: null, started: null },
    { name: 'of no empty header', header: '', chunk: 'cmpl-1', opened: null, started: null },
    { name: 'of no header that is no id', header: 'a b/../c', chunk: 'gen-1/../key', opened: null, started: null },
    {
      name: 'of no header without end',
      header: 'g'.repeat(201),
      chunk: `gen-${'g'.repeat(200)}`,
      opened: null,
      started: null,
    },
  ];
  for (const { name, header, chunk, opened, started } of IDS) {
    it(`reports the id ${name}`, async () => {
      const headers = {
        'content-type': 'text/event-stream',
        ...(header === undefined ? {} : { 'x-generation-id': header }),
      };
      const script: RawStep[] = [{ send: closeDelimited('200 OK', headers, WHOLE.replace('gen-1', chunk)) }, fin];
      const events = await withRawServer(script, (server) => collect(providerAt(server.baseUrl)));
      assert.deepEqual(
        events.flatMap((e) => (e.type === 'opened' || e.type === 'started' ? [e.generationId] : [])),
        [opened, started],
      );
    });
  }

  it('reports that nothing was sent if the port is closed', async () => {
    const server = await startRawServer([]);
    await server.dispose();
    const { outcome } = summary(await collect(providerAt(server.baseUrl)));
    assert.ok(outcome?.kind === 'failed');
    assert.deepEqual(
      [outcome.sent, outcome.failure.code, outcome.failure.host],
      [false, 'NETWORK', new URL(server.baseUrl).host],
    );
    assert.match(saidIn(outcome.failure), /^connectionRefused /);
  });

  it('reports that nothing was sent if the host name does not exist', async () => {
    const { outcome } = summary(await collect(providerAt('http://no-such-host.invalid/v1')));
    assert.ok(outcome?.kind === 'failed' && !outcome.sent && outcome.failure.code === 'NETWORK');
  });

  it('sends nothing without a key where one is required, or when the connection cannot be read', async () => {
    await withRawServer([], async (server) => {
      const keyless = summary(await collect(providerAt(server.baseUrl, { key: undefined, keyRequired: true })));
      assert.deepEqual(keyless.outcome, {
        kind: 'failed',
        failure: { code: 'AUTH', detail: '', host: new URL(server.baseUrl).host },
        sent: false,
      });
      const broken = providerAt(
        server.baseUrl,
        {},
        { connections: { current: () => Promise.reject(new Error('locked')) } },
      );
      const { outcome } = summary(await collect(broken));
      assert.ok(outcome?.kind === 'failed' && !outcome.sent && /locked/.test(outcome.failure.detail));
      assert.equal(server.requests.length, 0);
    });
  });

  it('does not reveal a key that is not a valid header value', async () => {
    await withRawServer(sse(WHOLE, fin), async (server) => {
      const { outcome } = summary(await collect(providerAt(server.baseUrl, { key: 'sécret-kéy→1234' })));
      assert.ok(outcome?.kind === 'failed' && !outcome.sent && outcome.failure.code === 'AUTH');
      assert.doesNotMatch(JSON.stringify(outcome), /1234/);
    });
  });
});

describe('requests of OpenRouterProvider', () => {
  const sent = async (
    connection: object,
    options: object,
    request?: object,
  ): Promise<{
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
    readonly path: string;
    readonly method: string;
    readonly raw: string;
  }> =>
    withRawServer(sse(WHOLE, fin), async (server) => {
      await collect(providerAt(server.baseUrl, connection, options), undefined, {
        model: modelId('m'),
        turns: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
        ],
        maxTokens: 64,
        ...request,
      });
      const [first] = server.requests;
      assert.ok(first && server.requests.length === 1);
      return { ...first, raw: first.body, body: JSON.parse(first.body) as unknown };
    });

  const BODY = {
    model: 'm',
    messages: [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 64,
  };

  it('asks for a stream with an upper bound of tokens', async () => {
    const { body, path, method, headers } = await sent({}, {});
    assert.deepEqual(body, BODY);
    assert.deepEqual([method, path], ['POST', '/api/v1/chat/completions']);
    assert.equal(headers['authorization'], `Bearer ${CANARY_KEY}`);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['accept'], 'text/event-stream');
    assert.equal(headers['x-openrouter-title'], 'Neural Terminal');
  });

  it('sends the temperature only when there is one, also zero', async () => {
    assert.deepEqual((await sent({}, {}, { temperature: 0 })).body, { ...BODY, temperature: 0 });
  });

  it('turns off prompt compression, only for OpenRouter', async () => {
    const { body } = await sent({ isOpenRouter: true }, { app: { title: 'T', url: 'https://example.com' } });
    assert.deepEqual(body, {
      ...BODY,
      usage: { include: true },
      plugins: [{ id: 'context-compression', enabled: false }],
    });
  });

  const usd = (text: string): Decimal => parseDecimal(text)!;
  const CEILINGS: readonly { readonly price: string; readonly least: number; readonly most: number }[] = [
    { price: '0.000003', least: 3, most: 3.000_000_000_000_01 },
    // In doubles 2.9e-6 × 1e6 is 2.9000000000000004, so a ceiling of 2.9 would exclude its own price.
    { price: '2.9e-6', least: 2.900_000_000_000_000_4, most: 2.900_000_000_000_01 },
    { price: '0.00000027', least: 0.27, most: 0.270_000_000_000_01 },
    { price: '1e-30', least: 1e-6, most: 1e-6 },
    { price: '0', least: 0, most: 0 },
  ];
  for (const { price, least, most } of CEILINGS) {
    it(`sends OpenRouter the most that may be charged: ${price} a token is ${least} a million`, async () => {
      const ceiling: PriceCeiling = { prompt: usd(price), completion: usd(price), request: usd('0.005') };
      const { raw } = await sent({ isOpenRouter: true }, {}, { ceiling });
      const { provider, max_tokens } = JSON.parse(raw) as {
        readonly provider: {
          readonly max_price: { readonly prompt: number; readonly completion: number; readonly request: number };
        };
        readonly max_tokens: number;
      };
      assert.deepEqual(Object.keys(provider), ['max_price']);
      assert.deepEqual(Object.keys(provider.max_price), ['prompt', 'completion', 'request']);
      assert.ok(
        provider.max_price.prompt >= least && provider.max_price.prompt <= most,
        String(provider.max_price.prompt),
      );
      assert.equal(provider.max_price.completion, provider.max_price.prompt);
      assert.ok(provider.max_price.request >= 0.005 && provider.max_price.request < 0.005_000_000_000_01);
      assert.equal(max_tokens, 64);
      assert.doesNotMatch(/"max_price":(\{.*?\})/.exec(raw)?.[1] ?? 'e', /[eE](?=[+-]?\d)/);
    });
  }

  it('names no request fee where the ceiling has none', async () => {
    const { body } = await sent({ isOpenRouter: true }, {}, { ceiling: { prompt: usd('0'), completion: usd('0') } });
    assert.deepEqual(body, {
      ...BODY,
      usage: { include: true },
      plugins: [{ id: 'context-compression', enabled: false }],
      provider: { max_price: { prompt: 0, completion: 0 } },
    });
  });

  it('never sends a ceiling below its price, also not in doubles', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 6, max: 18 }), (digits, scale) => {
        const sentNumber = ceilingNumber({ digits, scale }, 'millionTokens');
        const exact = parseDecimal(String(sentNumber))!;
        const at = (d: Decimal): bigint => d.digits * 10n ** BigInt(40 - d.scale);
        assert.ok(at(exact) >= at({ digits: digits * 1_000_000n, scale }));
        assert.ok(
          sentNumber >= Number(`${digits}e-${scale}`) * 1e6 && sentNumber / 1e6 >= Number(`${digits}e-${scale}`),
        );
        assert.ok(
          at(exact) - at({ digits: digits * 1_000_000n, scale }) <=
            at({ digits: digits * 1_000_000n, scale }) / 10n ** 14n || sentNumber === 1e-6,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('sends no ceiling to other servers', async () => {
    assert.deepEqual((await sent({}, {}, { ceiling: { prompt: usd('3e-6'), completion: usd('3e-6') } })).body, BODY);
  });

  it('names the application by its address when it has one', async () => {
    const { headers } = await sent({}, { app: { title: 'T', url: 'https://example.com' } });
    assert.deepEqual([headers['x-openrouter-title'], headers['http-referer']], ['T', 'https://example.com']);
  });

  it('sends no key where there is none, and none to another origin than its own', async () => {
    assert.equal((await sent({ key: undefined }, {})).headers['authorization'], undefined);
    assert.equal((await sent({ origin: 'https://openrouter.ai' }, {})).headers['authorization'], undefined);
  });
});

describe('leaving a stream', () => {
  const endless = sse(TEXT, stall);

  it('ends aborted at once when the caller has aborted before', async () => {
    await withRawServer(endless, async (server) => {
      const aborted = AbortSignal.abort();
      assert.deepEqual(await collect(providerAt(server.baseUrl), aborted), [
        { type: 'ended', outcome: { kind: 'aborted' } },
      ]);
      assert.equal(server.requests.length, 0);
    });
  });

  for (const { name, script } of [
    { name: 'before the answer', script: [stall] },
    { name: 'in mid-reply', script: endless },
    { name: 'in an error body', script: [{ send: head('500 Oops', { 'content-length': '99' }) }, stall] },
    {
      name: 'in a JSON body',
      script: [{ send: head('200 OK', { ...JSON_TYPE, 'content-length': '99' }) + '{' }, stall],
    },
  ] satisfies { name: string; script: RawStep[] }[]) {
    it(`ends aborted and closes the connection when the caller aborts ${name}`, async () => {
      await withRawServer(script, async (server) => {
        const controller = new AbortController();
        // fetch loses the abort signal when its request is garbage collected.
        setTimeout(collectGarbage, 40);
        setTimeout(() => controller.abort(), 60);
        const events = await collect(providerAt(server.baseUrl), controller.signal);
        assert.deepEqual(events.at(-1), { type: 'ended', outcome: { kind: 'aborted' } });
        await server.clientGone();
      });
    });
  }

  it('closes the connection when the loop is left', async () => {
    await withRawServer(endless, async (server) => {
      for await (const e of providerAt(server.baseUrl).stream(
        { model: modelId('m'), turns: [], maxTokens: 1 },
        new AbortController().signal,
      )) {
        if (e.type === 'text') break;
      }
      await server.clientGone();
    });
  });

  it('closes the connection on return() while a next() still waits', async () => {
    await withRawServer(endless, async (server) => {
      const iterator = providerAt(server.baseUrl)
        .stream({ model: modelId('m'), turns: [], maxTokens: 1 }, new AbortController().signal)
        [Symbol.asyncIterator]();
      let event: IteratorResult<ProviderEvent> = await iterator.next();
      while (event.value.type !== 'text') event = await iterator.next();
      const waiting = iterator.next();
      await iterator.return?.();
      assert.deepEqual((await waiting).value, { type: 'ended', outcome: { kind: 'aborted' } });
      await server.clientGone();
    });
  });

  it('closes the connection after [DONE] though the server keeps it open', async () => {
    await withRawServer(sse(WHOLE, stall), async (server) => {
      await collect(providerAt(server.baseUrl));
      await server.clientGone();
    });
  });
});
