import assert from 'node:assert/strict';
import type { Failure, FailureCode } from '../../../../src/domain/failure';
import { failureOfAnswer } from '../../../../src/infrastructure/openrouter/failures';
import { failureOfTransport } from '../../../../src/infrastructure/openrouter/networkFailures';
import { redactorFor } from '../../../../src/infrastructure/openrouter/redaction';
import { saidIn } from '../../../support/replyExpectation';
import { CANARY_KEY, NOW_MS, context, fixture, fixtureNames } from './harness';

interface Recorded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const failureOf = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Failure =>
  failureOfAnswer(
    {
      status,
      headers: new Headers({ 'content-type': 'application/json', ...headers }),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    context,
  );

const error = (message: unknown, metadata?: object, more: object = {}): object => ({
  error: { message, ...(metadata ? { metadata } : {}), ...more },
  user_id: 'user_0000000000000000000000000',
});

const TRANSCRIPTS: Readonly<Record<string, Partial<Failure>>> = {
  't10-402-too-big.json': { code: 'KEY_LIMIT' },
  't11-402-in-flight.json': { code: 'IN_FLIGHT', retryAfterMs: 120_000 },
  't12-403-key-limit.json': { code: 'KEY_LIMIT' },
  't13-403-moderation.json': {
    code: 'MODERATION',
    detail: 'Your chosen model requires moderation and your input was flagged',
  },
  't14-429-free-daily.json': { code: 'DAILY_QUOTA', retryAfterMs: 0 },
  't15-429-upstream.json': { code: 'RATE_LIMIT', retryAfterMs: 40_000 },
  't17-400-context.json': { code: 'CONTEXT_TOO_LONG' },
};

interface Row {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: FailureCode;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

const ROWS: readonly Row[] = [
  // By status and type
  {
    name: 'unknown model',
    status: 400,
    body: error('foo/bar is not a valid model ID', { error_type: 'invalid_request' }),
    code: 'MODEL_NOT_FOUND',
    detail: 'foo/bar is not a valid model ID',
  },
  {
    name: 'bad request',
    status: 400,
    body: error('Invalid parameters', { error_type: 'invalid_request' }),
    code: 'BAD_REQUEST',
  },
  {
    name: 'zod text',
    status: 400,
    body: error('[{"code":"invalid_type","message":"Expected number"}]'),
    code: 'BAD_REQUEST',
    detail: 'Expected number',
  },
  {
    name: 'max_tokens too large',
    status: 400,
    body: error('max_tokens is too large', { error_type: 'max_tokens_exceeded' }),
    code: 'BAD_REQUEST',
  },
  {
    name: 'context by type',
    status: 400,
    body: error('x', { error_type: 'context_length_exceeded' }),
    code: 'CONTEXT_TOO_LONG',
  },
  {
    name: 'token limit by type',
    status: 400,
    body: error('x', { error_type: 'token_limit_exceeded' }),
    code: 'CONTEXT_TOO_LONG',
  },
  {
    name: 'context by words',
    status: 400,
    body: error("This endpoint's maximum context length is 8192 tokens. However, you requested 9000"),
    code: 'CONTEXT_TOO_LONG',
  },
  {
    name: 'context as OpenAI says it',
    status: 400,
    body: error('too long', undefined, { code: 'context_length_exceeded' }),
    code: 'CONTEXT_TOO_LONG',
  },
  {
    name: 'content policy',
    status: 400,
    body: error('no', { error_type: 'content_policy_violation' }),
    code: 'MODERATION',
  },
  { name: 'refusal', status: 400, body: error('no', { error_type: 'refusal' }), code: 'MODERATION' },
  {
    name: 'no key',
    status: 401,
    body: error('Missing Authentication header'),
    code: 'AUTH',
    detail: 'Missing Authentication header',
  },
  { name: 'wrong key', status: 401, body: error('User not found.'), code: 'AUTH' },
  {
    name: 'balance',
    status: 402,
    body: error('Insufficient credits.', { limit_source: 'openrouter_credits' }),
    code: 'CREDITS',
  },
  { name: 'balance without a source', status: 402, body: error('Insufficient credits.'), code: 'CREDITS' },
  { name: 'payment by type', status: 402, body: error('Pay', { error_type: 'payment_required' }), code: 'CREDITS' },
  { name: 'prompt limit', status: 402, body: error('Prompt tokens limit exceeded: 100 > 50'), code: 'CREDITS' },
  {
    name: 'in flight by source',
    status: 402,
    body: error('x', { limit_source: 'openrouter_in_flight_budget', reason: 'in_flight_budget_exhausted' }),
    code: 'IN_FLIGHT',
  },
  {
    name: 'in flight by Retry-After',
    status: 402,
    body: error('x'),
    headers: { 'retry-after': '5' },
    code: 'IN_FLIGHT',
    retryAfterMs: 5000,
  },
  {
    name: 'one request above the whole budget',
    status: 402,
    body: error('x', { limit_source: 'openrouter_in_flight_budget', reason: 'weight_exceeds_budget' }),
    headers: { 'retry-after': '5' },
    code: 'CREDITS',
    retryAfterMs: 5000,
  },
  {
    name: 'key cap by source',
    status: 403,
    body: error('x', { limit_source: 'openrouter_key_limit', resets_at: '2026-10-12T00:00:00Z' }),
    code: 'KEY_LIMIT',
  },
  { name: 'key cap by words', status: 403, body: error('Key limit exceeded (weekly limit).'), code: 'KEY_LIMIT' },
  {
    name: 'guardrail budget',
    status: 403,
    body: error('x', { limit_source: 'openrouter_guardrail_budget' }),
    code: 'KEY_LIMIT',
  },
  {
    name: 'workspace budget',
    status: 403,
    body: error('x', { limit_source: 'openrouter_workspace_budget' }),
    code: 'KEY_LIMIT',
  },
  { name: 'guardrail patterns', status: 403, body: error('blocked', { patterns: ['x'] }), code: 'MODERATION' },
  {
    name: 'permission',
    status: 403,
    body: error('Not allowed', { error_type: 'permission_denied' }),
    code: 'BAD_REQUEST',
  },
  {
    name: 'no endpoints',
    status: 404,
    body: error('No endpoints found for x.', { error_type: 'not_found' }),
    code: 'MODEL_NOT_FOUND',
  },
  {
    name: 'availability inside the error',
    status: 404,
    body: error('gone', undefined, { availability: { code: 'model_deprecated', retryable: false } }),
    code: 'MODEL_NOT_FOUND',
  },
  {
    name: 'availability that passes',
    status: 404,
    body: error('busy', undefined, { availability: { code: 'no_endpoints', retryable: true, retry_after: 7 } }),
    code: 'OVERLOADED',
    retryAfterMs: 7000,
  },
  {
    name: 'availability without an error object',
    status: 404,
    body: { http_status: 404, error_type: 'not_found', message: 'gone', availability: { code: 'privacy_restricted' } },
    code: 'MODEL_NOT_FOUND',
    detail: 'gone',
  },
  {
    name: 'availability on 429 stays a rate limit',
    status: 429,
    body: error('slow', undefined, { availability: { code: 'rate_limited', retryable: true, retry_after: 2 } }),
    code: 'RATE_LIMIT',
    retryAfterMs: 2000,
  },
  {
    name: 'no such address',
    status: 404,
    body: '{"detail":"Not Found"}',
    code: 'PROTOCOL',
    detail: 'addressNotFound',
  },
  { name: 'timeout 408', status: 408, body: error('Operation timed out.'), code: 'TIMEOUT' },
  { name: 'payload too large', status: 413, body: error('Request payload too large'), code: 'CONTEXT_TOO_LONG' },
  { name: 'unprocessable', status: 422, body: error('Invalid argument'), code: 'BAD_REQUEST' },
  {
    name: 'free models per day',
    status: 429,
    body: error('Rate limit exceeded: free-models-per-day-high-balance'),
    code: 'DAILY_QUOTA',
  },
  {
    name: 'free models per minute',
    status: 429,
    body: error('Rate limit exceeded: free-models-per-min'),
    headers: { 'x-ratelimit-reset': String(NOW_MS + 30_000) },
    code: 'RATE_LIMIT',
    retryAfterMs: 30_000,
  },
  {
    name: 'rate limit by type',
    status: 429,
    body: error('x', { error_type: 'rate_limit_exceeded' }),
    code: 'RATE_LIMIT',
  },
  {
    name: 'server error',
    status: 500,
    body: error('Internal Server Error', { error_type: 'server' }),
    code: 'UPSTREAM',
  },
  {
    name: 'provider down',
    status: 502,
    body: error('Provider returned error', { error_type: 'provider_unavailable' }),
    code: 'OVERLOADED',
    detail: 'Provider returned error',
  },
  {
    name: 'overloaded',
    status: 503,
    body: error('Service temporarily unavailable'),
    headers: { 'retry-after': '1' },
    code: 'OVERLOADED',
    retryAfterMs: 1000,
  },
  { name: 'overloaded 529', status: 529, body: error('x', { error_type: 'provider_overloaded' }), code: 'OVERLOADED' },
  { name: 'gateway timeout', status: 504, body: error('x'), code: 'TIMEOUT' },
  {
    name: 'Cloudflare timeout in HTML',
    status: 524,
    body: '<html><title>524</title></html>',
    code: 'TIMEOUT',
    detail: '',
  },
  {
    name: 'bad gateway in HTML',
    status: 502,
    body: '<html>bad</html>',
    headers: { 'content-type': 'text/html' },
    code: 'OVERLOADED',
    detail: '',
  },
  {
    name: 'HTML with 200',
    status: 200,
    body: '<!DOCTYPE html><p>hi',
    headers: { 'content-type': 'text/html' },
    code: 'PROTOCOL',
    detail: 'webPage',
  },
  {
    name: 'HTML with 403',
    status: 403,
    body: '<html>blocked</html>',
    code: 'PROTOCOL',
    detail: 'webPage',
  },
  { name: 'proxy login', status: 407, body: '<html>login</html>', code: 'NETWORK', detail: '' },
  {
    name: 'plain text',
    status: 500,
    body: 'upstream connect error',
    headers: { 'content-type': 'text/plain' },
    code: 'UPSTREAM',
    detail: 'upstream connect error',
  },
  { name: 'empty body', status: 503, body: '', code: 'OVERLOADED', detail: '' },
  { name: 'unknown 4xx', status: 418, body: error('teapot'), code: 'BAD_REQUEST' },
  { name: 'unknown 5xx', status: 599, body: error('?'), code: 'UPSTREAM' },
  { name: 'error null', status: 500, body: { error: null }, code: 'UPSTREAM', detail: '' },
  {
    name: 'error as text',
    status: 400,
    body: { error: 'model "x" not found, try pulling it first' },
    code: 'MODEL_NOT_FOUND',
  },

  // Words
  {
    name: 'raw text',
    status: 502,
    body: error('Provider returned error', { raw: 'the upstream said this' }),
    code: 'OVERLOADED',
    detail: 'the upstream said this',
  },
  {
    name: 'raw JSON text',
    status: 502,
    body: error('Provider returned error', { raw: '{"error":{"message":"nested words","code":1}}' }),
    code: 'OVERLOADED',
    detail: 'nested words',
  },
  {
    name: 'raw object',
    status: 502,
    body: error('Provider returned error', { raw: { error: { message: 'object words' } } }),
    code: 'OVERLOADED',
    detail: 'object words',
  },
  {
    name: 'raw without words',
    status: 502,
    body: error('Provider returned error', { raw: '{"a":1}' }),
    code: 'OVERLOADED',
    detail: 'Provider returned error',
  },
  {
    name: 'own words win over raw',
    status: 500,
    body: error('own words', { raw: 'raw words' }),
    code: 'UPSTREAM',
    detail: 'own words',
  },
  { name: 'no message', status: 500, body: error(undefined), code: 'UPSTREAM', detail: '' },
  { name: 'control characters', status: 500, body: error('a\u0000\n\tb\u202ec'), code: 'UPSTREAM', detail: 'a b c' },

  // Waits
  {
    name: 'Retry-After as a date',
    status: 503,
    body: error('x'),
    headers: { 'retry-after': new Date(NOW_MS + 90_000).toUTCString() },
    code: 'OVERLOADED',
    retryAfterMs: 90_000,
  },
  {
    name: 'Retry-After in the past',
    status: 503,
    body: error('x'),
    headers: { 'retry-after': new Date(NOW_MS - 90_000).toUTCString() },
    code: 'OVERLOADED',
    retryAfterMs: 0,
  },
  {
    name: 'Retry-After with a fraction',
    status: 503,
    body: error('x'),
    headers: { 'retry-after': '1.5' },
    code: 'OVERLOADED',
    retryAfterMs: 1500,
  },
  {
    name: 'Retry-After that is nonsense',
    status: 503,
    body: error('x'),
    headers: { 'retry-after': 'soon' },
    code: 'OVERLOADED',
  },
  {
    name: 'Retry-After longer than a timer takes',
    status: 503,
    body: error('x'),
    headers: { 'retry-after': '99999999' },
    code: 'OVERLOADED',
    retryAfterMs: 2 ** 31 - 1,
  },
  {
    name: 'reset inside metadata',
    status: 429,
    body: error('x', { headers: { 'X-RateLimit-Reset': String(NOW_MS + 5000) } }),
    code: 'RATE_LIMIT',
    retryAfterMs: 5000,
  },
  {
    name: 'reset in epoch seconds',
    status: 429,
    body: error('x'),
    headers: { 'x-ratelimit-reset': String(NOW_MS / 1000 + 5) },
    code: 'RATE_LIMIT',
    retryAfterMs: 5000,
  },
  {
    name: 'reset in seconds from now',
    status: 429,
    body: error('x'),
    headers: { 'x-ratelimit-reset': '20' },
    code: 'RATE_LIMIT',
    retryAfterMs: 20_000,
  },
];

describe('failures of responses', () => {
  it('has an expectation for every recorded error', () => {
    assert.deepEqual(fixtureNames('.json').sort(), Object.keys(TRANSCRIPTS).sort());
  });

  for (const [name, expected] of Object.entries(TRANSCRIPTS)) {
    it(`maps ${name}`, () => {
      const { status, headers, body } = JSON.parse(fixture(name).toString()) as Recorded;
      const failure = failureOf(status, body, headers);
      const { code, detail = failure.detail, retryAfterMs } = expected;
      // The daily reset of T14 is in the past of this clock.
      assert.deepEqual(failure, {
        code,
        detail,
        httpStatus: status,
        host: 'host.test',
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
      assert.notEqual(failure.detail, '');
      assert.doesNotMatch(failure.detail, /user_0000|some text/);
    });
  }

  for (const { name, status, body, headers = {}, code, detail, retryAfterMs } of ROWS) {
    it(`maps ${status} ${name} to ${code}`, () => {
      const failure = failureOf(status, body, headers);
      assert.deepEqual(
        { code: failure.code, httpStatus: failure.httpStatus, host: failure.host, retryAfterMs: failure.retryAfterMs },
        { code, httpStatus: status, host: 'host.test', retryAfterMs },
      );
      if (detail !== undefined) assert.equal(saidIn(failure), detail);
      assert.doesNotMatch(failure.detail, /user_0000/);
    });
  }
});

describe('redaction', () => {
  const redact = redactorFor([CANARY_KEY, 'local/secret', undefined, 'abc']);
  const ROWS_OF_TEXT: readonly (readonly [text: string, safe: string])[] = [
    [`key ${CANARY_KEY} is bad`, 'key [key] is bad'],
    [`Authorization: Bearer ${CANARY_KEY}`, 'Authorization: Bearer [key]'],
    ['authorization: bearer other.key.value, more', 'authorization: Bearer [key], more'],
    ['sk-or-v1-ffffffffffff and sk-proj-abcdefgh', '[key] and [key]'],
    ['local/secret', '[key]'],
    [`?key=${encodeURIComponent('local/secret')}`, '?key=[key]'],
    [`basic ${Buffer.from('local/secret').toString('base64')}`, 'basic [key]'],
    ['abc is too short to be a secret', 'abc is too short to be a secret'],
    ['user_0123456789abcdef', '[account]'],
    ['task-force risk-free', 'task-force risk-free'],
  ];
  for (const [text, safe] of ROWS_OF_TEXT)
    it(`makes ${JSON.stringify(text)} safe`, () => assert.equal(redact(text), safe));

  it('cuts after redacting, and never inside a character', () => {
    // The key spans the position of the cut.
    const text = redact(`${'x'.repeat(280)} ${CANARY_KEY}${'y'.repeat(500)}`);
    assert.equal(text.length, 300);
    assert.doesNotMatch(text, /sk-|0123/);
    const emoji = redact('🌍'.repeat(200));
    assert.ok(emoji.length <= 300 && emoji.isWellFormed());
  });
});

const caused = (message: string, cause: object): Error => new TypeError(message, { cause });
const coded = (code: string, message = code, more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

describe('failures of the transport', () => {
  const TRANSPORT: readonly {
    readonly name: string;
    readonly error: unknown;
    readonly code: FailureCode;
    readonly sent: boolean;
    readonly detail: RegExp;
  }[] = [
    {
      name: 'DNS',
      error: caused('fetch failed', coded('ENOTFOUND')),
      code: 'NETWORK',
      sent: false,
      detail: /^nameNotResolved ENOTFOUND$/,
    },
    {
      name: 'DNS for now',
      error: caused('fetch failed', coded('EAI_AGAIN')),
      code: 'NETWORK',
      sent: false,
      detail: /^nameNotResolved /,
    },
    {
      name: 'refused',
      error: caused('fetch failed', coded('ECONNREFUSED')),
      code: 'NETWORK',
      sent: false,
      detail: /^connectionRefused /,
    },
    {
      name: 'refused at every address',
      error: caused(
        'fetch failed',
        Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), { code: 'ECONNREFUSED' }),
      ),
      code: 'NETWORK',
      sent: false,
      detail: /^connectionRefused /,
    },
    {
      name: 'refused at one address only',
      error: caused('fetch failed', new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')])),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionClosed /,
    },
    {
      name: 'offline',
      error: caused('fetch failed', coded('ENETUNREACH')),
      code: 'NETWORK',
      sent: false,
      detail: /^noRoute /,
    },
    {
      name: 'connect timeout',
      error: caused('fetch failed', coded('UND_ERR_CONNECT_TIMEOUT')),
      code: 'NETWORK',
      sent: false,
      detail: /^connectTimeout /,
    },
    {
      name: 'connect timeout of the system',
      error: caused('fetch failed', coded('ETIMEDOUT', 'x', { syscall: 'connect' })),
      code: 'NETWORK',
      sent: false,
      detail: /^connectTimeout /,
    },
    {
      name: 'timeout while reading',
      error: caused('fetch failed', coded('ETIMEDOUT', 'x', { syscall: 'read' })),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionTimedOut /,
    },
    {
      name: 'expired certificate',
      error: caused('fetch failed', coded('CERT_HAS_EXPIRED')),
      code: 'NETWORK',
      sent: false,
      detail: /^untrustedCertificate /,
    },
    {
      name: 'self-signed certificate',
      error: caused('fetch failed', coded('SELF_SIGNED_CERT_IN_CHAIN')),
      code: 'NETWORK',
      sent: false,
      detail: /^untrustedCertificate /,
    },
    {
      name: 'unknown issuer',
      error: caused('fetch failed', coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')),
      code: 'NETWORK',
      sent: false,
      detail: /^untrustedCertificate /,
    },
    {
      name: 'another name in the certificate',
      error: caused('fetch failed', coded('ERR_TLS_CERT_ALTNAME_INVALID')),
      code: 'NETWORK',
      sent: false,
      detail: /^untrustedCertificate /,
    },
    {
      name: 'no TLS there',
      error: caused('fetch failed', coded('EPROTO', 'ssl3_get_record:wrong version number')),
      code: 'NETWORK',
      sent: false,
      detail: /^tlsMismatch /,
    },
    {
      name: 'closed before TLS',
      error: caused(
        'fetch failed',
        coded('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
      ),
      code: 'NETWORK',
      sent: false,
      detail: /^closedBeforeTls ECONNRESET$/,
    },
    {
      name: 'reset',
      error: caused('fetch failed', coded('ECONNRESET')),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionClosed ECONNRESET$/,
    },
    {
      name: 'closed',
      error: caused('fetch failed', coded('UND_ERR_SOCKET', 'other side closed')),
      code: 'NETWORK',
      sent: true,
      detail: /UND_ERR_SOCKET/,
    },
    {
      name: 'terminated',
      error: new TypeError('terminated', { cause: coded('UND_ERR_SOCKET') }),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionClosed /,
    },
    {
      name: 'headers timeout',
      error: caused('fetch failed', coded('UND_ERR_HEADERS_TIMEOUT')),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionTimedOut /,
    },
    {
      name: 'redirect',
      error: caused('fetch failed', new Error('unexpected redirect')),
      code: 'PROTOCOL',
      sent: true,
      detail: /^redirected$/,
    },
    {
      name: 'broken gzip',
      error: new TypeError('terminated', { cause: coded('Z_DATA_ERROR') }),
      code: 'PROTOCOL',
      sent: true,
      detail: /^badCompression /,
    },
    {
      name: 'not HTTP',
      error: caused('fetch failed', coded('HPE_INVALID_CONSTANT')),
      code: 'PROTOCOL',
      sent: true,
      detail: /^notHttp /,
    },
    {
      name: 'not HTTP, without a code',
      error: caused('fetch failed', Object.assign(new Error('x'), { name: 'HTTPParserError', code: undefined })),
      code: 'PROTOCOL',
      sent: true,
      detail: /^notHttp /,
    },
    {
      name: 'Electron: DNS',
      error: new Error('net::ERR_NAME_NOT_RESOLVED'),
      code: 'NETWORK',
      sent: false,
      detail: /^nameNotResolved /,
    },
    {
      name: 'Electron: offline',
      error: new TypeError('Failed to fetch', { cause: new Error('net::ERR_INTERNET_DISCONNECTED') }),
      code: 'NETWORK',
      sent: false,
      detail: /^noRoute /,
    },
    {
      name: 'Electron: reset',
      error: new Error('net::ERR_CONNECTION_RESET'),
      code: 'NETWORK',
      sent: true,
      detail: /^connectionClosed /,
    },
    {
      name: 'Electron: proxy',
      error: new Error('net::ERR_PROXY_CONNECTION_FAILED'),
      code: 'NETWORK',
      sent: false,
      detail: /^proxyUnreachable /,
    },
    { name: 'unknown', error: new Error(`odd ${CANARY_KEY}`), code: 'NETWORK', sent: true, detail: /^odd \[key\]$/ },
    { name: 'no error at all', error: 'what', code: 'NETWORK', sent: true, detail: /^$/ },
    {
      name: 'a key that no header takes',
      error: new TypeError(`Headers.append: "Bearer ${CANARY_KEY}" is an invalid header value.`),
      code: 'AUTH',
      sent: false,
      detail: /^keyNotSendable$/,
    },
  ];
  for (const { name, error: thrown, code, sent, detail } of TRANSPORT) {
    it(`maps ${name}`, () => {
      const result = failureOfTransport(thrown, 'host.test', context.redact);
      assert.deepEqual(
        { code: result.failure.code, host: result.failure.host, sent: result.sent },
        { code, host: 'host.test', sent },
      );
      assert.match(saidIn(result.failure), detail);
      assert.doesNotMatch(JSON.stringify(result), /0123456789abcdef/);
    });
  }
});
