import type { Failure } from '../failure';
import type { GenerationId, ModelId } from '../ids';
import type { Model } from '../model';
import type { Decimal } from '../money';
import type { PriceCeiling, TokenUsage } from '../price';

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly model: ModelId;
  readonly turns: readonly ChatTurn[];
  /** Always sent: it is the only hard upper bound of the bill. */
  readonly maxTokens: number;
  readonly temperature?: number;
  /** Whoever answers may not be dearer. Sent where the provider understands it. */
  readonly ceiling?: PriceCeiling;
}

/** What a provider's stream says, whatever dialect it speaks. */
export type ProviderEvent =
  /** Headers have arrived with the id that names this generation on the bill. */
  | { readonly type: 'opened'; readonly generationId: GenerationId | null }
  | {
      readonly type: 'started';
      readonly model: ModelId | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
    }
  /** The server is alive and has nothing to say yet. */
  | { readonly type: 'waiting' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** At most once. */
  | { readonly type: 'finished'; readonly reason: string; readonly nativeReason: string | null }
  /** At most once. `cost` is null when the provider did not say. */
  | { readonly type: 'usage'; readonly usage: TokenUsage; readonly cost: Decimal | null }
  /** Always the last event, exactly once. */
  | { readonly type: 'ended'; readonly outcome: StreamOutcome };

export type StreamOutcome =
  /** The end marker was seen: the reply is whole. */
  | { readonly kind: 'complete' }
  /** The caller's signal. */
  | { readonly kind: 'aborted' }
  /** `sent: false` only where no byte of the request can have reached the provider, so nothing was charged. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly sent: boolean };

export type ModelListResult =
  { readonly kind: 'ok'; readonly models: readonly Model[] } | { readonly kind: 'failed'; readonly failure: Failure };

/** The provider's own view of the key. Amounts in USD as it reported them; null: none, or not said. */
export type KeyCheck =
  | {
      readonly kind: 'ok';
      readonly label: string;
      readonly limit: Decimal | null;
      readonly limitRemaining: Decimal | null;
      /** `daily`, `weekly`, `monthly`. */
      readonly limitReset: string | null;
      readonly usageDaily: Decimal | null;
      readonly usageMonthly: Decimal | null;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The provider's record of one generation. */
export type GenerationAnswer =
  /** Final. `cost` is all that the account is charged. */
  | {
      readonly kind: 'billed';
      readonly cost: Decimal;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly cancelled: boolean;
    }
  /** Not there yet, or there without a final amount. Worth asking again later. */
  | { readonly kind: 'notYet' }
  /** This server keeps no such records. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ChatProvider {
  /** Never throws: every outcome is an event. */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  listModels(signal: AbortSignal): Promise<ModelListResult>;
  /** The cheapest way to learn whether a key is right. `key` overrides the stored one. */
  checkKey(signal: AbortSignal, key?: string): Promise<KeyCheck>;
  /** What a generation cost in the end. Asks once. */
  generation(id: GenerationId, signal: AbortSignal): Promise<GenerationAnswer>;
}

/** The last model list of each server, kept for when the server cannot be asked. */
export interface ModelListCache {
  /** @returns undefined when none is kept or it cannot be read. */
  read(baseUrl: string): Promise<CachedModelList | undefined>;
  /** Never throws: a list that cannot be kept is fetched again. */
  write(baseUrl: string, models: readonly Model[], atMs: number): Promise<void>;
}

export interface CachedModelList {
  readonly models: readonly Model[];
  /** Epoch milliseconds, wall clock. */
  readonly atMs: number;
}

/** Where requests go and with what key. A key belongs to the origin it was entered for. */
export interface Connection {
  /** Without a trailing slash, for example `https://openrouter.ai/api/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  /** Undefined: none stored for this origin. */
  readonly key: string | undefined;
  /** False for servers on this machine, which usually want none. */
  readonly keyRequired: boolean;
  /** Other servers do not know its extensions: price ceilings, usage accounting, generation records. */
  readonly isOpenRouter: boolean;
}

export interface ConnectionSource {
  current(): Promise<Connection>;
}
