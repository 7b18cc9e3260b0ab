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
  /** Always sent: it is the only hard cap on what a reply can cost. */
  readonly maxTokens: number;
  readonly temperature?: number;
  /** Highest rates that an endpoint may charge. Sent only to providers that support it. */
  readonly ceiling?: PriceCeiling;
}

/** Events of a provider's stream, independent of its dialect. */
export type ProviderEvent =
  /** The response headers arrived, with the id under which this generation is billed. */
  | { readonly type: 'opened'; readonly generationId: GenerationId | null }
  | {
      readonly type: 'started';
      readonly model: ModelId | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
    }
  /** The server is alive but has no content yet. */
  | { readonly type: 'waiting' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** At most once. */
  | { readonly type: 'finished'; readonly reason: string; readonly nativeReason: string | null }
  /** At most once. `cost` is null if the provider did not state it. */
  | { readonly type: 'usage'; readonly usage: TokenUsage; readonly cost: Decimal | null }
  /** Always the last event, exactly once. */
  | { readonly type: 'ended'; readonly outcome: StreamOutcome };

export type StreamOutcome =
  /** The end marker arrived, so the reply is complete. */
  | { readonly kind: 'complete' }
  /** By the caller's signal. */
  | { readonly kind: 'aborted' }
  /** `sent: false` only if no byte of the request can have reached the provider, so nothing was charged. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly sent: boolean };

export type ModelListResult =
  { readonly kind: 'ok'; readonly models: readonly Model[] } | { readonly kind: 'failed'; readonly failure: Failure };

/** The provider's information about the key. Amounts in USD as reported; null: none, or not stated. */
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
  /** Final. `cost` is everything that the account is charged. */
  | {
      readonly kind: 'billed';
      readonly cost: Decimal;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly cancelled: boolean;
    }
  /** Not available yet, or without a final amount. Ask again later. */
  | { readonly kind: 'notYet' }
  /** This server keeps no such records. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ChatProvider {
  /** Never throws; every outcome is an event. */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  listModels(signal: AbortSignal): Promise<ModelListResult>;
  /** The cheapest way to check a key. `key` overrides the stored one. */
  checkKey(signal: AbortSignal, key?: string): Promise<KeyCheck>;
  /** Final cost of a generation. Makes one request. */
  generation(id: GenerationId, signal: AbortSignal): Promise<GenerationAnswer>;
}

/** The last model list of each server, for offline use. */
export interface ModelListCache {
  /** @returns undefined if there is none or it can't be read. */
  read(baseUrl: string): Promise<CachedModelList | undefined>;
  /** Never throws: a list that can't be saved is fetched again later. */
  write(baseUrl: string, models: readonly Model[], atMs: number): Promise<void>;
}

export interface CachedModelList {
  readonly models: readonly Model[];
  /** Epoch milliseconds, wall clock. */
  readonly atMs: number;
}

/** Where requests are sent and with which key. A key belongs to the origin it was entered for. */
export interface Connection {
  /** Without a trailing slash, for example `https://openrouter.ai/api/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  /** Undefined: none is stored for this origin. */
  readonly key: string | undefined;
  /** False for other servers than OpenRouter: local ones usually need no key. */
  readonly keyRequired: boolean;
  /** Other servers do not know its extensions: price ceilings, usage accounting, generation records. */
  readonly isOpenRouter: boolean;
}

export interface ConnectionSource {
  current(): Promise<Connection>;
}
