import { Worker } from 'node:worker_threads';
import type { ModelId } from '../../domain/ids';
import type { Disposable, Logger, TokenCounter } from '../../domain/ports';
import { type EncodingName, encodingFor } from './encodings';
import type { CountJob, CountResult } from './tokenWorker';

/** The encoders hold some tens of megabytes; an idle worker gives them back. */
const IDLE_MS = 5 * 60_000;
/** Counts kept, newest last: a branch is counted again with every message, its texts have not changed. */
const CACHED_COUNTS = 4_000;
/** Where counting fails, English is taken to have this many bytes per token, on the safe side. */
const FALLBACK_BYTES_PER_TOKEN = 3;

/** Counts tokens on a worker thread, so that neither building an encoder nor a hostile text holds the editor. */
export class WorkerTokenCounter implements TokenCounter, Disposable {
  private worker: Worker | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private lastJob = 0;
  private readonly jobs = new Map<number, (counts: readonly number[] | undefined) => void>();
  private readonly cache = new Map<string, number>();

  constructor(
    private readonly workerPath: string,
    private readonly log: Logger,
  ) {}

  async count(texts: readonly string[], model: ModelId): Promise<readonly number[]> {
    const encoding = encodingFor(model);
    const keys = texts.map((text) => `${encoding}\n${text}`);
    const missing = [...new Set(texts.filter((text, i) => text !== '' && !this.cache.has(keys[i] ?? '')))];
    if (missing.length > 0) await this.fill(missing, encoding);
    return texts.map((text, i) => (text === '' ? 0 : (this.cache.get(keys[i] ?? '') ?? fallbackCount(text))));
  }

  dispose(): void {
    clearTimeout(this.idleTimer);
    void this.worker?.terminate();
    this.worker = undefined;
  }

  private async fill(texts: readonly string[], encoding: EncodingName): Promise<void> {
    const counts = await this.ask({ job: ++this.lastJob, encoding, texts });
    texts.forEach((text, i) => {
      const count = counts?.[i];
      if (count !== undefined) this.cache.set(`${encoding}\n${text}`, count);
    });
    for (const key of this.cache.keys()) {
      if (this.cache.size <= CACHED_COUNTS) break;
      this.cache.delete(key);
    }
  }

  private ask(job: CountJob): Promise<readonly number[] | undefined> {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => this.dispose(), IDLE_MS);
    this.idleTimer.unref();
    return new Promise((resolve) => {
      this.jobs.set(job.job, resolve);
      this.started().postMessage(job);
    });
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(this.workerPath);
    worker.unref();
    worker.on('message', ({ job, counts }: CountResult) => {
      this.jobs.get(job)?.(counts);
      this.jobs.delete(job);
    });
    worker.on('error', (error) => this.log.warn(`token counting failed, lengths are estimated: ${String(error)}`));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      for (const resolve of this.jobs.values()) resolve(undefined);
      this.jobs.clear();
    });
    this.worker = worker;
    return worker;
  }
}

const fallbackCount = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / FALLBACK_BYTES_PER_TOKEN);
