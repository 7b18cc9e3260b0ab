import type { Failure, FailureCode } from '../../domain/failure';
import { parseJson } from '../../domain/text';
import type { Redact } from './redaction';
import { type ErrorBody, errorSchema } from './schemas';

/** Meaning of the provider's errors. Source: OpenRouter's errors-and-debugging page and recorded bodies. */

export interface ErrorContext {
  readonly redact: Redact;
  /** Host that responded. */
  readonly host: string;
  /** Wall clock, epoch milliseconds; for dates in headers. */
  readonly nowMs: () => number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The part that was read. */
  readonly body: string;
}

/** A response with an error status, or with a body of an unexpected format. */
export function failureOfAnswer(answer: HttpAnswer, context: ErrorContext): Failure {
  const { status, headers, body } = answer;
  const retryAfterMs = waitFrom(headers, context.nowMs());
  const shared = { httpStatus: status, host: context.host, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (isWebPage(headers, body)) return { ...webPageFailure(status), ...shared };
  const error = errorIn(parseJson(body));
  if (!error && status === 404) return { code: 'PROTOCOL', detail: '', reason: { kind: 'addressNotFound' }, ...shared };
  if (!error)
    return {
      code: codeOfStatus(status),
      ...(status >= 400
        ? { detail: context.redact(unwrapped(body)) }
        : { detail: '', reason: { kind: 'unexpectedAnswer' } }),
      ...shared,
    };
  return { ...failureOfError(error, context, { status, retryAfterMs }), ...shared };
}

/** A gateway's page doesn't describe the request, unless its status means that the service behind it is down. */
function webPageFailure(status: number): Pick<Failure, 'code' | 'detail' | 'reason'> {
  if (status >= 500 || status === 407) return { code: codeOfStatus(status), detail: '' };
  return { code: 'PROTOCOL', detail: '', reason: { kind: 'webPage' } };
}

export const isWebPage = (headers: Headers, body: string): boolean =>
  (headers.get('content-type') ?? '').includes('html') || /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(body);

/** The error in a body or an event, in any of the known shapes; undefined if there is none. */
export function errorIn(value: unknown): ErrorBody | undefined {
  if (!isRecord(value)) return undefined;
  const { error } = value;
  if (typeof error === 'string' && error !== '') return errorSchema.parse({ message: error, code: value['code'] });
  if (isRecord(error)) return errorSchema.parse({ availability: value['availability'], ...error });
  // The availability body without an `error` object, and the shape of vLLM and other local servers.
  const bare = 'error_type' in value || 'http_status' in value || value['object'] === 'error';
  return bare || ('message' in value && 'code' in value && !('choices' in value))
    ? errorSchema.parse(value)
    : undefined;
}

/** `status` is absent for an error inside a stream that began with 200. */
export function failureOfError(
  error: ErrorBody,
  context: ErrorContext,
  http: { readonly status?: number; readonly retryAfterMs?: number | undefined } = {},
): Failure {
  const status = http.status !== undefined && http.status >= 400 ? http.status : statusIn(error);
  const words = wordsOf(error);
  const retryAfterMs = http.retryAfterMs ?? waitIn(error, context.nowMs());
  return {
    code: codeOf(error, status, words, retryAfterMs !== undefined),
    detail: context.redact(words),
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function statusIn(error: ErrorBody): number | undefined {
  const status = error.http_status ?? Number(error.code);
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined;
}

const BY_TYPE: Readonly<Record<string, FailureCode>> = {
  context_length_exceeded: 'CONTEXT_TOO_LONG',
  token_limit_exceeded: 'CONTEXT_TOO_LONG',
  string_too_long: 'CONTEXT_TOO_LONG',
  payload_too_large: 'CONTEXT_TOO_LONG',
  content_policy_violation: 'MODERATION',
  refusal: 'MODERATION',
  moderation: 'MODERATION',
  authentication: 'AUTH',
  not_found: 'MODEL_NOT_FOUND',
  timeout: 'TIMEOUT',
  provider_overloaded: 'OVERLOADED',
  provider_unavailable: 'OVERLOADED',
  server: 'UPSTREAM',
  // OpenAI's names, also used by compatible servers.
  model_not_found: 'MODEL_NOT_FOUND',
  insufficient_quota: 'CREDITS',
  invalid_api_key: 'AUTH',
};

/** For errors inside a stream that have a type but no number. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_prompt: 400,
  max_tokens_exceeded: 400,
  payment_required: 402,
  permission_denied: 403,
  unprocessable: 422,
  rate_limit_exceeded: 429,
};

const BY_LIMIT: Readonly<Record<string, FailureCode>> = {
  openrouter_credits: 'CREDITS',
  openrouter_key_limit: 'KEY_LIMIT',
  openrouter_guardrail_budget: 'KEY_LIMIT',
  openrouter_workspace_budget: 'KEY_LIMIT',
  openrouter_in_flight_budget: 'IN_FLIGHT',
  openrouter_free_tier_daily: 'DAILY_QUOTA',
  upstream_provider_shared_pool: 'RATE_LIMIT',
};

function codeOf(error: ErrorBody, stated: number | undefined, words: string, mayRetry: boolean): FailureCode {
  const { metadata, availability } = error;
  const types = [metadata?.error_type, error.error_type, error.type, String(error.code)].filter(
    (type) => type !== undefined,
  );
  const firstIn = <T>(table: Readonly<Record<string, T>>): T | undefined =>
    types.map((type) => table[type]).find((found) => found !== undefined);
  const status = stated ?? firstIn(STATUS_OF_TYPE);
  // The request alone exceeds the in-flight budget, so waiting doesn't help.
  if (metadata?.reason === 'weight_exceeds_budget') return 'CREDITS';
  const byLimit = BY_LIMIT[metadata?.limit_source ?? ''];
  if (byLimit) return byLimit;
  if (metadata?.reasons ?? metadata?.patterns ?? metadata?.flagged_input) return 'MODERATION';
  if (availability?.code !== undefined && (status ?? 404) === 404)
    return availability.retryable === true ? 'OVERLOADED' : 'MODEL_NOT_FOUND';
  return (
    firstIn(BY_TYPE) ??
    codeByWords(words, status, mayRetry) ??
    (status === undefined ? 'UPSTREAM' : codeOfStatus(status))
  );
}

/** Codes from the message, for bodies without metadata and for other servers with the same dialect. */
function codeByWords(words: string, status: number | undefined, mayRetry: boolean): FailureCode | undefined {
  if (status === 402) return mayRetry ? 'IN_FLIGHT' : 'CREDITS';
  if (status === 403) return /limit exceeded/i.test(words) ? 'KEY_LIMIT' : undefined;
  if (status === 429) return /per-day/i.test(words) ? 'DAILY_QUOTA' : 'RATE_LIMIT';
  if (status !== undefined && status >= 500) return undefined;
  if (/maximum context length|context (?:length|window|size)|prompt is too long/i.test(words))
    return 'CONTEXT_TOO_LONG';
  if (/not a valid model|model .{0,80}(?:not found|does not exist)/i.test(words)) return 'MODEL_NOT_FOUND';
  if (/insufficient credits|requires more credits|prompt tokens limit exceeded/i.test(words)) return 'CREDITS';
  return undefined;
}

function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 401:
      return 'AUTH';
    case 402:
      return 'CREDITS';
    case 404:
      return 'MODEL_NOT_FOUND';
    case 407:
      return 'NETWORK';
    case 408:
    case 504:
    case 524:
      return 'TIMEOUT';
    case 413:
      return 'CONTEXT_TOO_LONG';
    case 429:
      return 'RATE_LIMIT';
    case 502:
    case 503:
    case 529:
      return 'OVERLOADED';
    default:
      return status >= 500 ? 'UPSTREAM' : status >= 400 ? 'BAD_REQUEST' : 'PROTOCOL';
  }
}

const GENERIC = /^provider returned error\.?$/i;

/** If OpenRouter's message is generic, the upstream's message is in `metadata.raw`. */
function wordsOf(error: ErrorBody): string {
  const message = unwrapped(error.message);
  if (message !== '' && !GENERIC.test(message)) return message;
  return unwrapped(error.metadata?.raw) || message;
}

/** The message in a string, a JSON text or nested objects. */
function unwrapped(value: unknown, depth = 0): string {
  if (depth > 5) return '';
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
    return isRecord(inner) || Array.isArray(inner) ? unwrapped(inner, depth + 1) : value;
  }
  if (Array.isArray(value)) return unwrapped(value[0], depth + 1);
  if (!isRecord(value)) return '';
  for (const key of ['error', 'message', 'detail', 'msg', 'raw']) {
    const words = unwrapped(value[key], depth + 1);
    if (words !== '') return words;
  }
  return '';
}

/** Longest delay of a timer; a longer one would fire at once. */
const MAX_WAIT_MS = 2 ** 31 - 1;

const bounded = (ms: number): number | undefined =>
  Number.isFinite(ms) ? Math.round(Math.min(MAX_WAIT_MS, Math.max(0, ms))) : undefined;

function waitFrom(headers: Headers, nowMs: number): number | undefined {
  return (
    waitFromRetryAfter(headers.get('retry-after'), nowMs) ?? waitFromReset(headers.get('x-ratelimit-reset'), nowMs)
  );
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function waitFromRetryAfter(text: string | null, nowMs: number): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  return /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? bounded(Number(text) * 1000) : bounded(Date.parse(text) - nowMs);
}

/** Epoch milliseconds at OpenRouter. Other servers send epoch seconds, or seconds from now. */
function waitFromReset(value: unknown, nowMs: number): number | undefined {
  const reset = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (reset < 1e9) return bounded(reset * 1000);
  return bounded((reset < 1e11 ? reset * 1000 : reset) - nowMs);
}

function waitIn(error: ErrorBody, nowMs: number): number | undefined {
  const seconds = error.metadata?.retry_after ?? error.availability?.retry_after;
  if (seconds !== undefined) return bounded(Number(seconds) * 1000);
  const headers = Object.entries(error.metadata?.headers ?? {});
  const header = (name: string): unknown => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const retryAfter = header('retry-after');
  return (
    waitFromRetryAfter(typeof retryAfter === 'string' ? retryAfter : null, nowMs) ??
    waitFromReset(header('x-ratelimit-reset'), nowMs)
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
