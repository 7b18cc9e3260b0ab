import type { Failure } from '../../domain/failure';
import type { ProviderEvent } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import { readText, unlessAborted } from './body';
import { SseDecoder, type SseEvent } from './decoder';
import { ChatDialect, type EndCause } from './dialect';
import { type ErrorContext, failureOfAnswer } from './failures';
import { generationIdFromHeader } from './generations';
import { failureOfTransport } from './networkFailures';
import { type StreamTimeouts, Watchdog } from './watchdog';

export interface ReplyRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly timeouts: StreamTimeouts;
  readonly context: ErrorContext;
}

const MAX_ERROR_BYTES = 64 * 1024;

/** One request and its reply, from the POST to the closed connection. */
export class ReplyStream {
  private readonly closing = new AbortController();
  /** Aborted by the caller, by the watchdog, or at the end. */
  private readonly signal: AbortSignal;
  private readonly dialect: ChatDialect;
  private readonly watchdog: Watchdog;

  constructor(private readonly request: ReplyRequest) {
    this.signal = AbortSignal.any([request.signal, this.closing.signal]);
    this.dialect = new ChatDialect(request.context);
    this.watchdog = new Watchdog(request.clock, request.timeouts, request.context.host, () => this.closing.abort());
  }

  async *events(): AsyncGenerator<ProviderEvent, void> {
    try {
      const response = await this.post();
      if ('kind' in response) yield* this.dialect.end(response);
      else yield* this.dialect.end(yield* this.answer(response));
    } finally {
      this.watchdog.stop();
      this.closing.abort();
    }
  }

  private async post(): Promise<Response | EndCause> {
    const { signal } = this;
    const { url, headers, body } = this.request;
    try {
      // A 307 would send the message, and a 302 the headers, to an address that the user didn't choose.
      return await unlessAborted(
        this.request.fetch(url, { method: 'POST', headers: { ...headers }, body, redirect: 'error', signal }),
        signal,
      );
    } catch (error) {
      return (
        this.interruption() ?? {
          kind: 'failed',
          ...failureOfTransport(error, this.request.context.host, this.request.context.redact),
        }
      );
    }
  }

  private async *answer(response: Response): AsyncGenerator<ProviderEvent, EndCause> {
    const { headers } = response;
    const type = headers.get('content-type') ?? '';
    if (!response.ok || type.includes('html')) return this.refusal(response);
    yield { type: 'opened', generationId: generationIdFromHeader(headers.get('x-generation-id')) };
    // The content type is unreliable: some servers label streams as JSON and JSON as streams.
    return yield* this.streamedAnswer(response);
  }

  /** An HTTP error, or a gateway's page instead of a response. */
  private async refusal(response: Response): Promise<EndCause> {
    const { text } = await readText(response, MAX_ERROR_BYTES, this.signal, () => this.watchdog.sawBytes());
    if (this.request.signal.aborted) return { kind: 'aborted' };
    const { status, headers } = response;
    return {
      kind: 'failed',
      failure: failureOfAnswer({ status, headers, body: text }, this.request.context),
      sent: true,
    };
  }

  private async *streamedAnswer(response: Response): AsyncGenerator<ProviderEvent, EndCause> {
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    if (!reader) return { kind: 'eof', reason: { kind: 'emptyAnswer' } };
    const decoder = new SseDecoder();
    try {
      while (!this.dialect.done) {
        const { done, value } = await unlessAborted(reader.read(), this.signal);
        if (done) return yield* this.endOfBody(decoder, response);
        this.watchdog.sawBytes();
        yield* this.translate(decoder.feed(value));
      }
      return { kind: 'eof', reason: { kind: 'noFinishReason' } };
    } catch (error) {
      return this.interruption() ?? this.brokenOff(error);
    } finally {
      // An abort doesn't reach the connection after fetch's internal request was garbage collected (undici #3644).
      // Without this, the provider would generate and bill the whole reply.
      reader.cancel().catch(() => undefined);
    }
  }

  private *translate(events: readonly SseEvent[]): Generator<ProviderEvent, void> {
    for (const event of events) {
      const translated = this.dialect.read(event);
      if (!translated.some(({ type }) => type === 'waiting')) this.watchdog.sawContent();
      yield* translated;
    }
    if (this.dialect.settled) this.watchdog.settle();
  }

  private *endOfBody(decoder: SseDecoder, response: Response): Generator<ProviderEvent, EndCause> {
    const { events, cutOff } = decoder.end();
    const { head } = decoder;
    yield* this.translate(events);
    if (isForeign(head)) {
      // One JSON text instead of a stream: a complete reply or an error.
      if (/^\s*\{/.test(head)) yield* this.dialect.readWhole(head);
      else
        return {
          kind: 'failed',
          failure: failureOfAnswer(
            { status: response.status, headers: response.headers, body: head },
            this.request.context,
          ),
          sent: true,
        };
    }
    return { kind: 'eof', ...(cutOff ? { reason: { kind: 'eventCutOff' } } : {}) };
  }

  /** Who ended the reply, if not the server. */
  private interruption(): EndCause | undefined {
    if (this.request.signal.aborted) return { kind: 'aborted' };
    const { expired } = this.watchdog;
    return expired ? { kind: 'failed', failure: expired, sent: true } : undefined;
  }

  /** The reply had begun, so it ended without its end marker, whatever broke the connection. */
  private brokenOff(error: unknown): EndCause {
    const { failure } = failureOfTransport(error, this.request.context.host, this.request.context.redact);
    const cut: Failure = failure.code === 'NETWORK' ? { ...failure, code: 'TRUNCATED' } : failure;
    return { kind: 'failed', failure: cut, sent: true };
  }
}

const FIELDS = [':', 'data:', 'event:', 'id:', 'retry:'];

/** True for text that can't be part of an event stream, even of an incomplete one. */
const isForeign = (head: string): boolean =>
  head
    .split(/[\r\n]+/)
    .some((line) => line.trim() !== '' && !FIELDS.some((field) => line.startsWith(field) || field.startsWith(line)));
