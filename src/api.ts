import type { Event } from 'vscode';

/**
 * The API that `activate` returns to other extensions:
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<NeuralTerminalApi>('neural-terminal.neural-terminal');
 * const api = await extension?.activate();
 * ```
 *
 * Amounts are decimal strings in USD, for example `"0.000064"`; null means unknown, never zero. Times are ISO 8601.
 * The API uses the same services as the panel, so messages sent through it are priced, limited, stored and shown like
 * any others.
 */
export interface NeuralTerminalApi {
  readonly version: 1;
  /** Rejects with an error that has a `code` if the list can't be loaded and none is cached. */
  models(): Promise<ModelInfo[]>;
  createConversation(options?: CreateConversationOptions): Promise<ConversationInfo>;
  /** Newest first. */
  conversations(query?: ConversationListQuery): Promise<ConversationInfo[]>;
  /** The active branch, oldest first. Throws `NOT_FOUND`. */
  messages(conversationId: string): Promise<MessageInfo[]>;
  /**
   * Sends a message and yields its reply. Throws an error whose `code` is a `RefusedCode` if the message is refused
   * before anything is sent. After that, it always ends with exactly one `done`. Aborting the signal or leaving the loop
   * stops the reply and keeps its text.
   */
  send(conversationId: string, text: string, options?: SendOptions): AsyncIterable<SendEvent>;
  /** Stops the running reply. @returns false if none is running. */
  stop(conversationId: string): Promise<boolean>;
  /**
   * Creates a conversation that starts with all messages up to and including this one. They are shared, not copied.
   * Earlier replies are not charged again, but they are part of the prompt that you pay for with every message. Throws
   * `NOT_FOUND`, or `BUSY` while the message is streaming.
   */
  fork(messageId: string): Promise<ConversationInfo>;
  /**
   * Searches the messages of all conversations, including other branches and archived conversations, best match first.
   * Supports words, `"phrases"` and the filters `tag: model: role: before: after: cost>`. Returns at most `limit` hits,
   * 50 by default and 1,000 at most.
   */
  search(text: string, options?: SearchOptions): Promise<SearchHitInfo[]>;
  /** Markdown contains the active branch, JSON everything that `importConversations` needs. Throws `NOT_FOUND`. */
  exportConversation(conversationId: string, format: 'markdown' | 'json'): Promise<string>;
  /**
   * Merges JSON from `exportConversation` by id. Importing the same text again changes nothing. Imported costs are shown
   * but don't count toward any limit. Throws `STORE_READ_ONLY`, or `NOTHING_IMPORTED` with the reasons.
   */
  importConversations(json: string): Promise<ImportInfo>;
  spend(): Promise<SpendInfo>;
  readonly onDidChangeSpend: Event<SpendInfo>;
}

export interface CreateConversationOptions {
  readonly title?: string;
  readonly model?: string;
  readonly systemPrompt?: string;
  readonly personaId?: string;
}

export interface ConversationListQuery {
  readonly status?: 'active' | 'archived' | 'forked';
  readonly limit?: number;
  readonly offset?: number;
}

export interface SendOptions {
  readonly temperature?: number;
  /** Maximum length of the reply in tokens, including reasoning. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

export interface SearchOptions {
  readonly limit?: number;
}

export interface SearchHitInfo {
  readonly conversationId: string;
  readonly messageId: string;
  /** The best matching passage, about 160 characters of plain text. */
  readonly excerpt: string;
}

/** Numbers of conversations. */
export interface ImportInfo {
  readonly added: number;
  /** Existing conversations that got missing messages. */
  readonly updated: number;
}

export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  readonly contextLength: number | null;
  readonly promptUsdPerMillion: string | null;
  readonly completionUsdPerMillion: string | null;
}

export interface ConversationInfo {
  readonly id: string;
  readonly runNumber: number;
  readonly title: string;
  readonly model: string;
  readonly status: 'active' | 'archived' | 'forked';
  readonly tags: readonly string[];
  /** Sum of the known costs of all branches. */
  readonly costUsd: string;
  readonly totalTokens: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly forkedFrom?: { readonly conversationId: string; readonly messageId: string };
}

export interface MessageInfo {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  readonly reasoning?: string;
  readonly state: 'complete' | 'streaming' | 'interrupted' | 'cancelled' | 'failed';
  readonly failure?: { readonly code: FailureInfoCode; readonly message: string; readonly retryAfterMs?: number };
  readonly model?: string;
  readonly provider?: string;
  readonly usage?: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly reasoningTokens: number;
    readonly cachedTokens: number;
  };
  readonly costUsd: string | null;
  readonly costSource: 'reported' | 'estimated' | 'unknown' | 'pending';
  readonly timeToFirstTokenMs?: number;
  readonly latencyMs?: number;
  readonly finishReason?: string;
  readonly generationId?: string;
  readonly createdAt: string;
}

export type FailureInfoCode =
  | 'AUTH'
  | 'CREDITS'
  | 'KEY_LIMIT'
  | 'IN_FLIGHT'
  | 'RATE_LIMIT'
  | 'DAILY_QUOTA'
  | 'MODERATION'
  | 'CONTEXT_TOO_LONG'
  | 'MODEL_NOT_FOUND'
  | 'BAD_REQUEST'
  | 'OVERLOADED'
  | 'TIMEOUT'
  | 'STALLED'
  | 'NETWORK'
  | 'TRUNCATED'
  | 'PROTOCOL'
  | 'UPSTREAM'
  | 'BUDGET_EXCEEDED';

export type RefusedCode =
  | 'EMPTY_INPUT'
  | 'INPUT_TOO_LONG'
  | 'TOO_SOON'
  | 'BUSY'
  | 'NO_KEY'
  | 'BUDGET_EXCEEDED'
  | 'PRICE_UNKNOWN'
  | 'CONTEXT_TOO_LONG'
  | 'CIRCUIT_OPEN'
  | 'NOT_FOUND'
  | 'STORE_READ_ONLY';

export type SendEvent =
  | { readonly type: 'delta' | 'reasoning'; readonly text: string }
  /** A request failed without a charge and is followed by another, possibly after a wait. `code` is a `FailureInfoCode`; `message` is for display. */
  | { readonly type: 'notice'; readonly code: string; readonly message: string }
  | { readonly type: 'done'; readonly message: MessageInfo };

/** Days and months are in UTC. */
export interface SpendInfo {
  readonly todayUsd: string;
  readonly monthUsd: string;
  /** Worst case of running replies. */
  readonly reservedUsd: string;
  /** Worst case of requests that have ended but are not billed yet. */
  readonly pendingUsd: string;
  readonly dailyLimitUsd: string | null;
  readonly monthlyLimitUsd: string | null;
}
