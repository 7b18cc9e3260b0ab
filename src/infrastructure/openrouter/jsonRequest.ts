import type { Failure } from '../../domain/failure';
import { parseJson } from '../../domain/text';
import { readText, unlessAborted } from './body';
import { type ErrorContext, errorIn, failureOfAnswer, failureOfError, isWebPage } from './failures';
import { failureOfTransport } from './networkFailures';

export interface JsonRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  /** From sending to the last byte. */
  readonly timeoutMs: number;
  readonly context: ErrorContext;
}

export type JsonAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** `body`: an API error with a code, a web page, something else, or nothing. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly body: 'error' | 'page' | 'other' | 'none' };

/** The model list is about one megabyte. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** GET for a JSON object. Any other result is a failure. */
export async function fetchJson(request: JsonRequest): Promise<JsonAnswer> {
  const { context } = request;
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  try {
    const response = await unlessAborted(
      request.fetch(request.url, { headers: { ...request.headers }, redirect: 'error', signal }),
      signal,
    );
    const { text, broken } = await readText(response, MAX_BODY_BYTES, signal);
    if (broken !== undefined) throw broken;
    return answerOf(response, text, context);
  } catch (error) {
    if (!signal.aborted)
      return { kind: 'failed', failure: failureOfTransport(error, context.host, context.redact).failure, body: 'none' };
    return { kind: 'failed', failure: abortFailure(signal.reason, context.host), body: 'none' };
  }
}

function answerOf(response: Response, text: string, context: ErrorContext): JsonAnswer {
  const { status, headers } = response;
  const page = isWebPage(headers, text);
  const body = parseJson(text);
  const error = errorIn(body);
  const came = page ? 'page' : error?.code === undefined ? 'other' : 'error';
  if (!response.ok || page) {
    const failure = failureOfAnswer({ status, headers, body: text }, context);
    // No model was requested, so the address was not found.
    return {
      kind: 'failed',
      failure: failure.code === 'MODEL_NOT_FOUND' ? { ...failure, code: 'PROTOCOL' } : failure,
      body: came,
    };
  }
  if (body === undefined)
    return {
      kind: 'failed',
      failure: {
        code: 'PROTOCOL',
        detail: '',
        reason: { kind: 'answerNotJson' },
        host: context.host,
        httpStatus: status,
      },
      body: came,
    };
  return error
    ? { kind: 'failed', failure: { ...failureOfError(error, context), host: context.host }, body: came }
    : { kind: 'ok', body };
}

/** The caller's signal may also be a time limit. */
function abortFailure(reason: unknown, host: string): Failure {
  const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isTimeout
    ? { code: 'TIMEOUT', detail: '', reason: { kind: 'noAnswerInTime' }, host }
    : { code: 'NETWORK', detail: '', reason: { kind: 'requestCancelled' }, host };
}
