import type { Failure } from '../domain/failure';
import type { ModelId } from '../domain/ids';
import type { Model } from '../domain/model';
import type { ChatProvider, Clock, ConnectionSource } from '../domain/ports';
import type { EventBus } from '../domain/productEvent';

/** A price list older than this is fetched again before a price is taken from it. */
const TIME_TO_LIVE_MS = 60 * 60 * 1000;
const FETCH_TIMEOUT_MS = 15_000;

export type Listing =
  | { readonly kind: 'ok'; readonly models: readonly Model[] }
  /** `models` is the last list that could be read, possibly empty. */
  | { readonly kind: 'stale'; readonly models: readonly Model[]; readonly failure: Failure };

/** Variants that route a listed model and are not in the list themselves. */
const ROUTING_SUFFIX = /:(?:nitro|floor|exacto|online)$/;

/** The provider's models and prices. A list belongs to the server it came from. */
export class ModelCatalogue {
  private models: readonly Model[] = [];
  private fetchedAt: { readonly monotonicMs: number; readonly baseUrl: string } | undefined;
  private running: Promise<Listing> | undefined;

  constructor(
    private readonly provider: Pick<ChatProvider, 'listModels'>,
    private readonly connections: ConnectionSource,
    private readonly clock: Clock,
    private readonly bus: EventBus,
  ) {}

  /** What is known without asking anybody. */
  known(id: ModelId): Model | undefined {
    const listed = id.replace(ROUTING_SUFFIX, '');
    return this.models.find((m) => m.id === id) ?? this.models.find((m) => m.id === listed);
  }

  /** Whether a list of this server has been read at all: before that, no price is unknown, it is not read yet. */
  get isRead(): boolean {
    return this.fetchedAt !== undefined;
  }

  async list(options: { readonly refresh?: boolean } = {}): Promise<Listing> {
    const { baseUrl } = await this.connections.current();
    const fresh = this.fetchedAt?.baseUrl === baseUrl && this.clock.monotonicMs() - this.fetchedAt.monotonicMs < TIME_TO_LIVE_MS;
    if (fresh && !options.refresh) return { kind: 'ok', models: this.models };
    this.running ??= this.fetch(baseUrl).finally(() => (this.running = undefined));
    return this.running;
  }

  private async fetch(baseUrl: string): Promise<Listing> {
    if (this.fetchedAt && this.fetchedAt.baseUrl !== baseUrl) {
      this.models = [];
      this.fetchedAt = undefined;
    }
    const result = await this.provider.listModels(AbortSignal.timeout(FETCH_TIMEOUT_MS));
    if (result.kind === 'failed') return { kind: 'stale', models: this.models, failure: result.failure };
    this.models = result.models;
    this.fetchedAt = { monotonicMs: this.clock.monotonicMs(), baseUrl };
    this.bus.fire({ type: 'modelsChanged' });
    return { kind: 'ok', models: this.models };
  }
}
