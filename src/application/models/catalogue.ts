import type { Failure } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { ChatProvider, ConnectionSource, ModelListCache } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';

/** An older price list is fetched again before its prices are used. Monotonic, so a list cached on disk is always older. */
const TIME_TO_LIVE_MS = 60 * 60 * 1000;
const FETCH_TIMEOUT_MS = 15_000;

export type Listing =
  /** `atMs`: when the server sent it, epoch milliseconds by the wall clock. */
  | { readonly kind: 'ok'; readonly models: readonly Model[]; readonly atMs: number }
  /** The server could not be reached. `models` is its last list; empty, with `atMs` null, if none is known. */
  | {
      readonly kind: 'stale';
      readonly models: readonly Model[];
      readonly atMs: number | null;
      readonly failure: Failure;
    };

/** Variants of a listed model that are not listed themselves. */
const ROUTING_SUFFIX = /:(?:nitro|floor|exacto|online)$/;

/** The last list of one server. */
interface KnownList {
  readonly baseUrl: string;
  readonly models: readonly Model[];
  /** Null: no list is known. */
  readonly atMs: number | null;
  /** Monotonic. Undefined: not fetched by this window. */
  readonly fetchedAtMs: number | undefined;
}

/** The provider's models and prices. A list belongs to the server it came from. */
export class ModelCatalogue {
  private cachedList: KnownList | undefined;
  private running: { readonly baseUrl: string; readonly listing: Promise<Listing> } | undefined;

  constructor(
    private readonly provider: Pick<ChatProvider, 'listModels'>,
    private readonly connections: ConnectionSource,
    private readonly clock: Clock,
    private readonly bus: EventBus,
    /** Absent: nothing is cached between starts. */
    private readonly files?: ModelListCache,
  ) {}

  /** Looks a model up without a request. */
  known(id: ModelId): Model | undefined {
    const models = this.cachedList?.models ?? [];
    const listed = id.replace(ROUTING_SUFFIX, '');
    return models.find((m) => m.id === id) ?? models.find((m) => m.id === listed);
  }

  /** Whether any list of this server is known. Before that, prices are not unknown but not read yet. */
  get isRead(): boolean {
    return this.cachedList !== undefined && this.cachedList.atMs !== null;
  }

  /** The list to take prices from. While it is fetched, `known` already uses the server's last list. */
  async list(options: { readonly refresh?: boolean } = {}): Promise<Listing> {
    const { baseUrl } = await this.connections.current();
    const { cachedList } = this;
    if (!options.refresh && cachedList?.baseUrl === baseUrl && cachedList.atMs !== null && this.isFresh(cachedList))
      return { kind: 'ok', models: cachedList.models, atMs: cachedList.atMs };
    if (this.running?.baseUrl !== baseUrl) {
      const running = {
        baseUrl,
        listing: this.fetch(baseUrl).finally(() => this.running === running && (this.running = undefined)),
      };
      this.running = running;
    }
    return this.running.listing;
  }

  /** The last list of this server, whatever its age, without a request. Empty if there is none. */
  async cached(): Promise<readonly Model[]> {
    const { baseUrl } = await this.connections.current();
    return (await this.load(baseUrl)).models;
  }

  private isFresh({ fetchedAtMs }: KnownList): boolean {
    return fetchedAtMs !== undefined && this.clock.monotonicMs() - fetchedAtMs < TIME_TO_LIVE_MS;
  }

  private async fetch(baseUrl: string): Promise<Listing> {
    const last = await this.load(baseUrl);
    const result = await this.provider.listModels(AbortSignal.timeout(FETCH_TIMEOUT_MS));
    // If the address changed meanwhile, it is unknown which server the list came from.
    if ((await this.connections.current()).baseUrl !== baseUrl) return this.list();
    if (result.kind === 'failed')
      return { kind: 'stale', models: last.models, atMs: last.atMs, failure: result.failure };
    const atMs = this.clock.nowMs();
    this.store({ baseUrl, models: result.models, atMs, fetchedAtMs: this.clock.monotonicMs() });
    void this.files?.write(baseUrl, result.models, atMs);
    return { kind: 'ok', models: result.models, atMs };
  }

  /** The list in memory, or else the cached one. Drops another server's list at once. */
  private async load(baseUrl: string): Promise<KnownList> {
    if (this.cachedList?.baseUrl === baseUrl) return this.cachedList;
    this.cachedList = undefined;
    const kept = await this.files?.read(baseUrl);
    const recalled: KnownList = {
      baseUrl,
      models: kept?.models ?? [],
      atMs: kept?.atMs ?? null,
      fetchedAtMs: undefined,
    };
    const isStillAsked = (await this.connections.current()).baseUrl === baseUrl;
    if (isStillAsked && !this.cachedList) this.store(recalled);
    return recalled;
  }

  private store(list: KnownList): void {
    this.cachedList = list;
    this.bus.fire({ type: 'modelsChanged' });
  }
}
