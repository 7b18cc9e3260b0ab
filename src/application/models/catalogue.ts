import type { Failure } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { ChatProvider, ConnectionSource, ModelListCache } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';

/** A price list older than this is fetched again before a price is taken from it. Monotonic: one kept on disk is always older. */
const TIME_TO_LIVE_MS = 60 * 60 * 1000;
const FETCH_TIMEOUT_MS = 15_000;

export type Listing =
  /** `atMs`: when the server sent it, epoch milliseconds by the wall clock. */
  | { readonly kind: 'ok'; readonly models: readonly Model[]; readonly atMs: number }
  /** The server could not be asked. `models` is the last list that it sent; empty and `atMs` null: none is known. */
  | {
      readonly kind: 'stale';
      readonly models: readonly Model[];
      readonly atMs: number | null;
      readonly failure: Failure;
    };

/** Variants that route a listed model and are not in the list themselves. */
const ROUTING_SUFFIX = /:(?:nitro|floor|exacto|online)$/;

/** What is known of one server. */
interface HeldList {
  readonly baseUrl: string;
  readonly models: readonly Model[];
  /** Null: nothing is known. */
  readonly atMs: number | null;
  /** Monotonic; undefined: not fetched by this window. */
  readonly fetchedAtMs: number | undefined;
}

/** The provider's models and prices. A list belongs to the server it came from. */
export class ModelCatalogue {
  private held: HeldList | undefined;
  private running: { readonly baseUrl: string; readonly listing: Promise<Listing> } | undefined;

  constructor(
    private readonly provider: Pick<ChatProvider, 'listModels'>,
    private readonly connections: ConnectionSource,
    private readonly clock: Clock,
    private readonly bus: EventBus,
    /** Absent: nothing is kept from one start to the next. */
    private readonly memory?: ModelListCache,
  ) {}

  /** What is known without asking anybody. */
  known(id: ModelId): Model | undefined {
    const models = this.held?.models ?? [];
    const listed = id.replace(ROUTING_SUFFIX, '');
    return models.find((m) => m.id === id) ?? models.find((m) => m.id === listed);
  }

  /** Whether a list of this server is known at all: before that, no price is unknown, it is not read yet. */
  get isRead(): boolean {
    return this.held !== undefined && this.held.atMs !== null;
  }

  /** The list to take prices from. While the server is asked, `known` already has the last list it sent. */
  async list(options: { readonly refresh?: boolean } = {}): Promise<Listing> {
    const { baseUrl } = await this.connections.current();
    const { held } = this;
    if (!options.refresh && held?.baseUrl === baseUrl && held.atMs !== null && this.isFresh(held))
      return { kind: 'ok', models: held.models, atMs: held.atMs };
    if (this.running?.baseUrl !== baseUrl) {
      const running = {
        baseUrl,
        listing: this.fetch(baseUrl).finally(() => this.running === running && (this.running = undefined)),
      };
      this.running = running;
    }
    return this.running.listing;
  }

  /** The last list of this server, of whatever age, at once; empty when there is none. Asks nobody. */
  async cached(): Promise<readonly Model[]> {
    const { baseUrl } = await this.connections.current();
    return (await this.recall(baseUrl)).models;
  }

  private isFresh({ fetchedAtMs }: HeldList): boolean {
    return fetchedAtMs !== undefined && this.clock.monotonicMs() - fetchedAtMs < TIME_TO_LIVE_MS;
  }

  private async fetch(baseUrl: string): Promise<Listing> {
    const last = await this.recall(baseUrl);
    const result = await this.provider.listModels(AbortSignal.timeout(FETCH_TIMEOUT_MS));
    // The provider asks the server of that moment; whose list came cannot be told when the address changed meanwhile.
    if ((await this.connections.current()).baseUrl !== baseUrl) return this.list();
    if (result.kind === 'failed')
      return { kind: 'stale', models: last.models, atMs: last.atMs, failure: result.failure };
    const atMs = this.clock.nowMs();
    this.hold({ baseUrl, models: result.models, atMs, fetchedAtMs: this.clock.monotonicMs() });
    void this.memory?.write(baseUrl, result.models, atMs);
    return { kind: 'ok', models: result.models, atMs };
  }

  /** What is held of this server, or else kept of it. Another server's list is let go at once. */
  private async recall(baseUrl: string): Promise<HeldList> {
    if (this.held?.baseUrl === baseUrl) return this.held;
    this.held = undefined;
    const kept = await this.memory?.read(baseUrl);
    const recalled: HeldList = {
      baseUrl,
      models: kept?.models ?? [],
      atMs: kept?.atMs ?? null,
      fetchedAtMs: undefined,
    };
    const isStillAsked = (await this.connections.current()).baseUrl === baseUrl;
    if (isStillAsked && !this.held) this.hold(recalled);
    return recalled;
  }

  private hold(list: HeldList): void {
    this.held = list;
    this.bus.fire({ type: 'modelsChanged' });
  }
}
