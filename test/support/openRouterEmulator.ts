import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LLMock, type TextResponse } from '@copilotkit/aimock';
import { GATEWAY_PAGE, type HttpError, MISSING_KEY, WRONG_KEY } from './emulatorErrors';
import {
  type Bill,
  CHARACTERS_PER_TOKEN,
  type ChatBody,
  type Generation,
  generationRecord,
  planGeneration,
  usageOf,
} from './emulatorGeneration';
import { leftUsd, modelListBody, sumUsd } from './emulatorModels';
import { pumpReply } from './emulatorPump';

export type { Bill } from './emulatorGeneration';

export interface OpenRouterEmulatorOptions {
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** When set, requests that need a key and carry another one or none get the service's 401. */
  readonly key?: string;
  /** Instead of the built-in reply. */
  readonly replyText?: string | ((question: string) => string);
  /** Default 80. `Infinity` streams as fast as it can. A function is asked again before every token. */
  readonly tokensPerSecond?: number | (() => number);
  /** Default 400 ms, 0 when `tokensPerSecond` is `Infinity`. */
  readonly timeToFirstTokenMs?: number;
  /**
   * GET /generation answers 404 for this long after the reply has ended, as the service does; `Infinity`: for ever.
   * Default 500 ms.
   */
  readonly billDelayMs?: number | ((bill: Bill) => number);
  /** Factor on the listed price. Default 1. */
  readonly overcharge?: number;
  /**
   * Responds itself, byte for byte, and returns true. Otherwise the emulator responds as usual. The socket is null if
   * the client has disconnected.
   */
  readonly answerInstead?: (question: string, socket: Socket | null) => boolean;
  /** What GET /key gives as the key's limit, in USD; null: none. Default `"25"`. It refuses nothing. */
  readonly keyLimitUsd?: string | null;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
}

export interface OpenRouterEmulator {
  /** `http://127.0.0.1:PORT/api/v1` */
  readonly baseUrl: string;
  readonly origin: string;
  readonly requests: readonly RecordedRequest[];
  /** One for each reply that was started, in the order in which they ended. */
  readonly bills: readonly Bill[];
  /** The sum of all bills, exactly: `"0.000064"`. */
  billedUsd(): string;
  dispose(): Promise<void>;
}

/**
 * A stand-in for OpenRouter on this machine: `@copilotkit/aimock` speaks the dialect, this server adds prices, ids and
 * bills.
 */
export async function startOpenRouterEmulator(options: OpenRouterEmulatorOptions = {}): Promise<OpenRouterEmulator> {
  const server = new EmulatorServer(options);
  await server.start();
  return server;
}

/** How a generation's id travels through aimock to the factory that writes its reply. */
const GENERATION_FIELD = 'emulator_generation';
const MAX_BODY_BYTES = 32 * 1024 * 1024;

class EmulatorServer implements OpenRouterEmulator {
  readonly requests: RecordedRequest[] = [];
  readonly bills: Bill[] = [];
  origin = '';
  private readonly server = http.createServer((req, res) => void this.serve(req, res));
  private readonly mock = new LLMock({
    host: '127.0.0.1',
    port: 0,
    chunkSize: CHARACTERS_PER_TOKEN,
    journalMaxEntries: 20,
  });
  private readonly generations = new Map<string, Generation>();
  private readonly failedOnce = new Set<string>();

  constructor(private readonly options: OpenRouterEmulatorOptions) {}

  get baseUrl(): string {
    return `${this.origin}/api/v1`;
  }

  billedUsd(): string {
    return sumUsd(this.bills.map((bill) => bill.costUsd));
  }

  async start(): Promise<void> {
    this.mock.on({ predicate: () => true }, (request) => this.mockedReply(String(request[GENERATION_FIELD])), {
      openRouterProcessing: true,
    });
    await this.mock.start();
    this.server.listen(this.options.port ?? 0, '127.0.0.1');
    try {
      await once(this.server, 'listening');
    } catch (error) {
      await this.mock.stop();
      throw error;
    }
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async dispose(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.mock.stop();
  }

  private mockedReply(id: string): TextResponse {
    const generation = this.generations.get(id);
    if (!generation) throw new Error(`unknown generation ${id}`);
    return {
      content: generation.content,
      ...(generation.reasoning === '' ? {} : { reasoning: generation.reasoning }),
      id,
      model: generation.model.id,
      provider: generation.model.provider,
      finishReason: generation.finishReason,
      usage: usageOf(generation),
    };
  }

  private async serve(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    try {
      const url = new URL(req.url ?? '/', this.origin);
      const body = await readJson(req);
      this.requests.push({ method: req.method ?? '', path: url.pathname + url.search, headers: req.headers, body });
      await this.route(`${req.method} ${url.pathname}`, url, req, res, body);
    } catch (error) {
      if (!res.headersSent) sendError(res, { status: 400, body: { error: { code: 400, message: String(error) } } });
      else res.destroy();
    }
  }

  private async route(
    route: string,
    url: URL,
    req: http.IncomingMessage,
    res: http.ServerResponse,
    body: unknown,
  ): Promise<void> {
    // The price list is public at the service, too.
    const refusal = route === 'GET /api/v1/models' ? undefined : this.refusalOf(req);
    if (refusal) return sendError(res, refusal);
    switch (route) {
      case 'GET /api/v1/models':
        return sendJson(res, 200, modelListBody());
      case 'GET /api/v1/key':
        return sendJson(res, 200, this.keyBody());
      case 'GET /api/v1/generation':
        return this.sendBill(res, url.searchParams.get('id') ?? '');
      case 'POST /api/v1/chat/completions':
        return this.chat(res, body);
      default:
        return sendError(res, { status: 404, body: { error: { code: 404, message: 'Not Found' } } });
    }
  }

  private refusalOf(req: http.IncomingMessage): HttpError | undefined {
    if (this.options.key === undefined || req.headers.authorization === `Bearer ${this.options.key}`) return undefined;
    return req.headers.authorization === undefined ? MISSING_KEY : WRONG_KEY;
  }

  private async chat(res: http.ServerResponse, body: unknown): Promise<void> {
    const request = isRecord(body) ? body : {};
    const planned = planGeneration(request satisfies ChatBody, {
      replyText: this.options.replyText,
      overcharge: this.options.overcharge ?? 1,
    });
    if ('status' in planned) return sendError(res, planned);
    const { script, question } = planned;
    if (this.options.answerInstead?.(question, res.socket) === true) return;
    if (script.httpError && !(script.errorOnlyOnce && this.failedOnce.has(question))) {
      this.failedOnce.add(question);
      return sendError(res, script.httpError);
    }
    // A gateway's page has no generation id.
    if (script.fault === 'html') {
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(GATEWAY_PAGE);
      return;
    }
    res.setHeader('X-Generation-Id', planned.id);
    this.generations.set(planned.id, planned);
    await this.passOn(res, planned, request);
  }

  private async passOn(
    res: http.ServerResponse,
    generation: Generation,
    request: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const upstream = await this.askMock({ ...request, [GENERATION_FIELD]: generation.id });
    res.writeHead(upstream.statusCode ?? 502, {
      'content-type': upstream.headers['content-type'] ?? 'application/json',
      'cache-control': 'no-cache',
    });
    const { tokensPerSecond: usual = 80, timeToFirstTokenMs } = this.options;
    const tokensPerSecond = (): number =>
      generation.script.tokensPerSecond(typeof usual === 'function' ? usual() : usual);
    await pumpReply(upstream, res, generation, {
      msPerToken: () => 1000 / tokensPerSecond(),
      timeToFirstTokenMs: timeToFirstTokenMs ?? (tokensPerSecond() === Infinity ? 0 : 400),
      onBill: (bill) => this.bills.push(bill),
    });
  }

  private async askMock(body: unknown): Promise<http.IncomingMessage> {
    const request = http.request(`${this.mock.url}/api/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    request.end(JSON.stringify(body));
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return response;
  }

  private sendBill(res: http.ServerResponse, id: string): void {
    const bill = this.bills.find((b) => b.generationId === id);
    const { billDelayMs = 500 } = this.options;
    const delayOf = typeof billDelayMs === 'function' ? billDelayMs : () => billDelayMs;
    if (!bill || Date.now() < bill.atMs + delayOf(bill))
      return sendError(res, { status: 404, body: { error: { code: 404, message: `Generation ${id} not found` } } });
    sendJson(res, 200, generationRecord(bill));
  }

  private keyBody(): unknown {
    const billed = this.billedUsd();
    const usage = Number(billed);
    const { keyLimitUsd = '25' } = this.options;
    return {
      data: {
        label: 'sk-or-v1-emu...lator',
        limit: keyLimitUsd === null ? null : Number(keyLimitUsd),
        limit_remaining: keyLimitUsd === null ? null : Number(leftUsd(keyLimitUsd, billed)),
        limit_reset: keyLimitUsd === null ? null : 'monthly',
        usage,
        usage_daily: usage,
        usage_weekly: usage,
        usage_monthly: usage,
        is_free_tier: false,
        is_management_key: false,
        rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
      },
    };
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readJson(req: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('Request payload too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function sendJson(
  res: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const sendError = (res: http.ServerResponse, error: HttpError): void =>
  sendJson(res, error.status, error.body, error.headers);
