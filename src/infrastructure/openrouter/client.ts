import type { Failure } from '../../domain/failure';
import type { GenerationId } from '../../domain/ids';
import type {
  ChatProvider,
  ChatRequest,
  Connection,
  ConnectionSource,
  GenerationAnswer,
  KeyCheck,
  ModelListResult,
  ProviderEvent,
} from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import type { PriceCeiling } from '../../domain/price';
import { ceilingNumber, usdFrom } from './amounts';
import type { ErrorContext } from './failures';
import { generationAnswer } from './generations';
import { type JsonAnswer, fetchJson } from './jsonRequest';
import { modelsFrom } from './models';
import { redactorFor } from './redaction';
import { ReplyStream } from './replyStream';
import { keySchema } from './schemas';
import { DEFAULT_TIMEOUTS, type StreamTimeouts } from './watchdog';

export interface OpenRouterProviderOptions {
  readonly connections: ConnectionSource;
  readonly clock: Clock;
  /** Read for each request, so that changed settings apply to the next one. */
  readonly timeouts?: () => Partial<StreamTimeouts>;
  /** The application's name and address, sent to the provider. */
  readonly app?: { readonly title: string; readonly url?: string };
  /** For tests. */
  readonly fetch?: typeof fetch;
}

const APP_TITLE = 'Neural Terminal';

/**
 * OpenRouter's HTTP API, and other servers with its dialect of chat completions. Never retries, because every request
 * may be billed.
 */
export class OpenRouterProvider implements ChatProvider {
  constructor(private readonly options: OpenRouterProviderOptions) {}

  /** Ends with one `ended` event and never throws. Leaving the loop, `return()` or an abort closes the connection. */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ProviderEvent> {
    return { [Symbol.asyncIterator]: () => this.open(request, signal) };
  }

  /** The model list. OpenRouter's is public and requested without the key. */
  async listModels(signal: AbortSignal): Promise<ModelListResult> {
    const { connection, failure } = await this.connect();
    if (!connection) return { kind: 'failed', failure };
    const answer = await this.get('/models', connection, connection.isOpenRouter ? undefined : connection.key, signal);
    if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
    const models = modelsFrom(answer.body);
    if (!models) return { kind: 'failed', failure: unexpected('noModelList', connection) };
    return { kind: 'ok', models };
  }

  async checkKey(signal: AbortSignal, key?: string): Promise<KeyCheck> {
    const { connection, failure } = await this.connect();
    if (!connection) return { kind: 'failed', failure };
    const used = key ?? connection.key;
    const answer = await this.get('/key', connection, used, signal);
    if (answer.kind === 'failed') {
      const elsewhere = answer.failure.httpStatus === 404 && !connection.isOpenRouter;
      return elsewhere ? this.tryKey(connection, used, signal) : { kind: 'failed', failure: answer.failure };
    }
    const parsed = keySchema.safeParse(answer.body);
    if (!parsed.success) return { kind: 'failed', failure: unexpected('noKeyInfo', connection) };
    const { label, limit, limit_remaining, limit_reset, usage_daily, usage_monthly } = parsed.data.data;
    return {
      kind: 'ok',
      label: label ?? '',
      limit: usdFrom(limit, 'positive') ?? null,
      limitRemaining: usdFrom(limit_remaining, 'any') ?? null,
      limitReset: limit_reset ?? null,
      usageDaily: usdFrom(usage_daily, 'any') ?? null,
      usageMonthly: usdFrom(usage_monthly, 'any') ?? null,
    };
  }

  async generation(id: GenerationId, signal: AbortSignal): Promise<GenerationAnswer> {
    const { connection, failure } = await this.connect();
    if (!connection) return { kind: 'failed', failure };
    const answer = await this.get(`/generation?id=${encodeURIComponent(id)}`, connection, connection.key, signal);
    return generationAnswer(answer, id, connection.isOpenRouter);
  }

  /** Other servers have no information about a key. A key that can read the model list works. */
  private async tryKey(connection: Connection, key: string | undefined, signal: AbortSignal): Promise<KeyCheck> {
    const answer = await this.get('/models', connection, key, signal);
    if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
    return {
      kind: 'ok',
      label: '',
      limit: null,
      limitRemaining: null,
      limitReset: null,
      usageDaily: null,
      usageMonthly: null,
    };
  }

  private open(request: ChatRequest, signal: AbortSignal): AsyncIterator<ProviderEvent> {
    const closing = new AbortController();
    const events = this.events(request, AbortSignal.any([signal, closing.signal]));
    return {
      next: () => events.next(),
      // A generator runs `return` only after a pending `next`, which may be waiting for the server, so close first.
      return: async () => {
        closing.abort();
        return events.return(undefined);
      },
    };
  }

  private async *events(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent, undefined> {
    if (signal.aborted) {
      yield { type: 'ended', outcome: { kind: 'aborted' } };
      return undefined;
    }
    const { connection, failure } = await this.connect();
    if (!connection) {
      yield { type: 'ended', outcome: { kind: 'failed', failure, sent: false } };
      return undefined;
    }
    if (connection.keyRequired && connection.key === undefined) {
      yield {
        type: 'ended',
        outcome: { kind: 'failed', failure: { code: 'AUTH', detail: '', host: hostOf(connection) }, sent: false },
      };
      return undefined;
    }
    yield* this.reply(request, connection, signal).events();
    return undefined;
  }

  private reply(request: ChatRequest, connection: Connection, signal: AbortSignal): ReplyStream {
    return new ReplyStream({
      url: `${connection.baseUrl}/chat/completions`,
      headers: {
        ...this.headers(connection, connection.key),
        'content-type': 'application/json',
        accept: 'text/event-stream',
      },
      body: JSON.stringify(this.bodyOf(request, connection)),
      signal,
      fetch: this.options.fetch ?? fetch,
      clock: this.options.clock,
      timeouts: this.timeouts(),
      context: this.errorContext(connection, connection.key),
    });
  }

  private bodyOf(request: ChatRequest, connection: Connection): Readonly<Record<string, unknown>> {
    return {
      model: request.model,
      messages: request.turns.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: request.maxTokens,
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(connection.isOpenRouter ? openRouterMembers(request) : {}),
    };
  }

  private headers(connection: Connection, key: string | undefined): Readonly<Record<string, string>> {
    const { app = { title: APP_TITLE } } = this.options;
    return {
      'x-openrouter-title': app.title,
      ...(app.url === undefined ? {} : { 'http-referer': app.url }),
      // A key belongs to one origin and is not sent to another.
      ...(key !== undefined && originOf(connection.baseUrl) === connection.origin
        ? { authorization: `Bearer ${key}` }
        : {}),
    };
  }

  private get(path: string, connection: Connection, key: string | undefined, signal: AbortSignal): Promise<JsonAnswer> {
    return fetchJson({
      url: `${connection.baseUrl}${path}`,
      headers: { ...this.headers(connection, key), accept: 'application/json' },
      signal,
      fetch: this.options.fetch ?? fetch,
      timeoutMs: this.timeouts().requestMs,
      context: this.errorContext(connection, key),
    });
  }

  private async connect(): Promise<
    | { readonly connection: Connection; readonly failure?: never }
    | { readonly connection?: never; readonly failure: Failure }
  > {
    try {
      return { connection: await this.options.connections.current() };
    } catch (error) {
      return {
        failure: {
          code: 'NETWORK',
          detail: redactorFor([])(String(error)),
          reason: { kind: 'connectionUnreadable' },
        },
      };
    }
  }

  private errorContext(connection: Connection, key: string | undefined): ErrorContext {
    return {
      redact: redactorFor([key, connection.key]),
      host: hostOf(connection),
      nowMs: () => this.options.clock.nowMs(),
    };
  }

  private timeouts(): StreamTimeouts {
    return { ...DEFAULT_TIMEOUTS, ...this.options.timeouts?.() };
  }
}

/** Parameters that other servers may reject. */
const openRouterMembers = ({ ceiling }: ChatRequest): Readonly<Record<string, unknown>> => ({
  usage: { include: true },
  // On by default for models with small context windows. It removes text from the prompt without notice.
  plugins: [{ id: 'context-compression', enabled: false }],
  ...(ceiling ? { provider: { max_price: maxPriceOf(ceiling) } } : {}),
});

const maxPriceOf = ({ prompt, completion, request }: PriceCeiling): Readonly<Record<string, number>> => ({
  prompt: ceilingNumber(prompt, 'millionTokens'),
  completion: ceilingNumber(completion, 'millionTokens'),
  ...(request ? { request: ceilingNumber(request, 'request') } : {}),
});

const unexpected = (kind: 'noModelList' | 'noKeyInfo', connection: Connection): Failure => ({
  code: 'PROTOCOL',
  detail: '',
  reason: { kind },
  host: hostOf(connection),
});

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

const hostOf = ({ baseUrl }: Connection): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl);
