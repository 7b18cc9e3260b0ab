import { Worker } from 'node:worker_threads';
import type { ModelId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import type { Logger, TokenCounter } from '../../domain/ports/system';
import { CountCache } from './countCache';
import type { CountRequest, CountResult } from './countQueue';
import { type EncodingName, encodingFor, isExact } from './encodings';

/** The encodings use several megabytes, so an idle worker is ended. */
const IDLE_MS = 5 * 60_000;
/** Estimate if counting fails. English has more bytes per token, so the estimate is rather too high. */
const FALLBACK_BYTES_PER_TOKEN = 3;

type Waiting = Map<number, (tokens: number | null) => void>;

/** Counts tokens on a worker thread, so that encodings and hostile texts don't block the editor. */
export class WorkerTokenCounter implements TokenCounter, Disposable {
  private running: { readonly worker: Worker; readonly waiting: Waiting } | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private lastId = 0;
  private readonly known: Readonly<Record<EncodingName, CountCache>> = {
    o200k_base: new CountCache(),
    cl100k_base: new CountCache(),
  };
  /** Counts in progress. With every keystroke, a quote requests the count of the same history again. */
  private readonly pending: Readonly<Record<EncodingName, Map<string, Promise<number>>>> = {
    o200k_base: new Map(),
    cl100k_base: new Map(),
  };

  constructor(
    private readonly workerPath: string,
    private readonly log: Logger,
  ) {}

  async count(texts: readonly string[], model: ModelId): Promise<readonly number[]> {
    const encoding = encodingFor(model);
    const known = texts.map((text) => (text === '' ? 0 : this.known[encoding].get(text)));
    const pending = this.pending[encoding];
    const missing = new Set(texts.filter((text, i) => known[i] === undefined && !pending.has(text)));
    if (missing.size > 0) this.ask([...missing], encoding);
    return Promise.all(texts.map(async (text, i) => known[i] ?? (await pending.get(text)) ?? fallbackCount(text)));
  }

  /** True if counts for the model are exact, not estimates. */
  isExact(model: ModelId): boolean {
    return isExact(model);
  }

  dispose(): void {
    clearTimeout(this.idleTimer);
    void this.running?.worker.terminate();
    this.running = undefined;
  }

  private ask(texts: readonly string[], encoding: EncodingName): void {
    const { worker, waiting } = (this.running ??= this.start());
    const request: CountRequest = { encoding, texts: texts.map((text) => ({ id: ++this.lastId, text })) };
    for (const { id, text } of request.texts) {
      const answer = new Promise<number | null>((resolve) => waiting.set(id, resolve)).then((tokens) => {
        this.pending[encoding].delete(text);
        if (tokens !== null) this.known[encoding].set(text, tokens);
        return tokens ?? fallbackCount(text);
      });
      this.pending[encoding].set(text, answer);
    }
    clearTimeout(this.idleTimer);
    worker.postMessage(request);
  }

  private start(): NonNullable<WorkerTokenCounter['running']> {
    const worker = new Worker(this.workerPath);
    const waiting: Waiting = new Map();
    worker.unref();
    worker.on('message', (results: readonly CountResult[]) => {
      for (const { id, tokens } of results) {
        waiting.get(id)?.(tokens);
        waiting.delete(id);
      }
      if (waiting.size === 0 && this.running?.worker === worker) this.restAfterAWhile();
    });
    worker.on('error', (error) => this.log.warn(`token counting failed, lengths are estimated: ${String(error)}`));
    worker.on('exit', () => {
      if (this.running?.worker === worker) this.running = undefined;
      for (const resolve of waiting.values()) resolve(null);
    });
    return { worker, waiting };
  }

  private restAfterAWhile(): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => this.dispose(), IDLE_MS);
    this.idleTimer.unref();
  }
}

const fallbackCount = (text: string): number => Math.ceil(Buffer.byteLength(text) / FALLBACK_BYTES_PER_TOKEN);
