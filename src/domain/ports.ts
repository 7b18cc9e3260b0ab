import type { Conversation, ConversationStatus, ConversationSummary } from './conversation';
import type { Event } from './emitter';
import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId } from './ids';
import type { Model } from './model';
import type { Decimal, NanoUsd } from './money';
import type { ChargePage, ChargePeriod, ChargeQuery, ChargeTotals, ModelRecord } from './charge';
import type { PriceCeiling, TokenUsage } from './price';
import type { SearchQuery, SearchResult } from './search';
import type { SpendEvent, StoreEvent } from './storeEvent';
import type { StoreReport } from './storeReport';
import type { Telemetry, TelemetryQuery } from './telemetry';

/** Roles that the application needs played; adapters in infrastructure/ and editor/ say how. */

export interface Disposable {
  dispose(): void;
}

export interface Clock {
  /** Wall clock, epoch milliseconds: for display and for the UTC day of a charge. */
  nowMs(): number;
  /** Monotonic milliseconds: for every duration and timer. */
  monotonicMs(): number;
}

/** Waiting that tests can do by hand. */
export interface Timers {
  /** Runs `action` once, unless disposed before. */
  after(ms: number, action: () => void): Disposable;
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

// Store

export type StoreState =
  | { readonly kind: 'ready'; readonly warnings: readonly string[] }
  /** Everything loaded is shown; nothing can be written durably, so nothing is sent. */
  | { readonly kind: 'readOnly'; readonly reason: string };

export interface ConversationQuery {
  readonly status?: ConversationStatus;
  /** What the archive holds, or everything else; pinned ones first, so that the first page has them all. */
  readonly shelf?: 'active' | 'archived';
  readonly limit?: number;
  readonly offset?: number;
}

/** Another window has written. */
export interface StoreChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Some of it has to do with money. */
  readonly spend: boolean;
}

export interface SpendReading {
  readonly events: readonly SpendEvent[];
  /** For the next call. */
  readonly position: number;
  /** Where spend may be that cannot be seen. Empty: what was read is all there is. */
  readonly gaps: readonly SpendGap[];
}

export type SpendGap =
  /** A journal that cannot be opened or read now. */
  | { readonly kind: 'unreadable'; readonly journal: string; readonly reason: string }
  /** Bytes of a journal are not what was written, and the person has not been told and noted it. */
  | { readonly kind: 'damaged'; readonly journal: string }
  /** On a network disk another window's writing may be seen too late. */
  | { readonly kind: 'network' };

/** The durable truth. Every method opens the store when it is first needed. */
export interface ConversationStore {
  /**
   * Appends the events as one atomic record: after a crash all of them are there or none.
   * Resolves only when they are on disk. @throws StoreWriteError when they are not; nothing is half-written.
   */
  commit(events: readonly StoreEvent[]): Promise<void>;
  /** Newest first, without deleted ones. */
  conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]>;
  /** How many `conversations` would return without limit and offset. */
  countConversations(status?: ConversationStatus): Promise<number>;
  /** Deleted ones too, marked as such. A fork comes with the messages it shares. */
  load(id: ConversationId): Promise<Conversation | undefined>;
  /** The conversation that holds the message. */
  conversationOf(id: MessageId): Promise<ConversationId | undefined>;
  /** One more than the largest run number known. */
  nextRunNumber(): Promise<number>;
  /**
   * Spend events of all windows' journals that came after `position` (that of an earlier answer; absent: from the
   * beginning). Everything any window had written when this was called is in it. Those of one journal come in order,
   * those of several in any. Settled reservations of long past months may be left out: `spendOf` has them.
   * Does not need the database. @throws when the folder cannot be listed: an unknown spend is not an empty one.
   */
  spendEvents(position?: number): Promise<SpendReading>;
  /** Every spend event of one conversation that the database knows, however old. */
  spendOf(id: ConversationId): Promise<readonly SpendEvent[]>;
  /** From the database, newest first. */
  charges(query: ChargeQuery): Promise<ChargePage>;
  chargeTotals(query: ChargePeriod): Promise<ChargeTotals>;
  /** What this person's own replies say about each model. */
  modelRecords(): Promise<readonly ModelRecord[]>;
  /** How replies went: of those that began in the period and have ended. */
  telemetry(query: TelemetryQuery): Promise<Telemetry>;
  /**
   * Takes the conversation for one turn of this window. @returns undefined while another turn has it, of this window or
   * of another one that is alive. The claim ends when it is disposed or its process dies; where a process was stopped or
   * slept for longer than some seconds, another one may take it. Needs no journal and writes none. Never rejects.
   */
  claimTurn(id: ConversationId): Promise<Disposable | undefined>;
  /** Over all messages of all conversations that are not deleted, best first. */
  search(query: SearchQuery): Promise<SearchResult>;
  /** Conversations whose title and tags hold all the terms, newest first, at most `query.limit`. None without terms. */
  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]>;
  state(): Promise<StoreState>;
  /** Reads every file anew and says what it is. Takes a while on a long history. @throws when the folder cannot be listed. */
  inspect(): Promise<StoreReport>;
  /** Puts right what can be without changing or removing any history, and looks again. @throws when a file cannot be written. */
  repair(): Promise<StoreReport>;
  /** Told within a second of another window's commit, once conversations were first read here. */
  readonly onDidChange: Event<StoreChange>;
  close(): Promise<void>;
}

/**
 * The record is not on disk. `reason` is in the person's words: "the disk is full".
 * `unstorable`: the record itself is at fault, and would be however often it is tried.
 */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';
  readonly unstorable: boolean;
  constructor(readonly reason: string, { unstorable = false, ...options }: ErrorOptions & { readonly unstorable?: boolean } = {}) {
    super(reason, options);
    this.unstorable = unstorable;
  }
}

// Provider

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
  | { readonly type: 'started'; readonly model: ModelId | null; readonly provider: string | null; readonly generationId: GenerationId | null }
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
  | { readonly kind: 'ok'; readonly models: readonly Model[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

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
  | { readonly kind: 'billed'; readonly cost: Decimal; readonly usage: TokenUsage | null; readonly provider: string | null; readonly cancelled: boolean }
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
export interface ModelListMemory {
  /** @returns undefined when none is kept or it cannot be read. */
  read(baseUrl: string): Promise<KeptModelList | undefined>;
  /** Never throws: a list that cannot be kept is fetched again. */
  write(baseUrl: string, models: readonly Model[], atMs: number): Promise<void>;
}

export interface KeptModelList {
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
}

export interface ConnectionSource {
  current(): Promise<Connection>;
}

// Settings, tokens

export interface Settings {
  readonly defaultModel: ModelId;
  readonly temperature: number | null;
  readonly maxOutputTokens: number;
  readonly minIntervalMs: number;
  readonly reserveTokens: number;
  /** Null: no limit. */
  readonly replyLimitNanoUsd: NanoUsd | null;
  readonly conversationLimitNanoUsd: NanoUsd | null;
  readonly dailyLimitNanoUsd: NanoUsd | null;
  readonly monthlyLimitNanoUsd: NanoUsd | null;
  readonly warnAtPercent: number;
  /** `hard`: a request that could pass the limit is not sent. `warn`: it is sent and shown. */
  readonly budgetMode: 'hard' | 'warn';
  /** Asked one after the other when the chosen model is down, as far as they are no dearer. */
  readonly fallbackModels: readonly ModelId[];
  /** Failures in a row after which a model is left alone, and for how long. */
  readonly circuitFailureThreshold: number;
  readonly circuitRecoveryMs: number;
}

export interface SettingsSource {
  current(): Settings;
}

export interface TokenCounter {
  /**
   * Tokens of each text in the encoding nearest to the model's. An estimate for foreign tokenizers.
   * Never blocks the caller's thread for longer than a few milliseconds.
   */
  count(texts: readonly string[], model: ModelId): Promise<readonly number[]>;
}

export interface IdSource {
  next(): string;
}
