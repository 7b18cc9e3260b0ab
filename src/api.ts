import type { Event } from 'vscode';

/**
 * What `activate` returns to other extensions:
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<NeuralTerminalApi>('neural-terminal.neural-terminal');
 * const api = await extension?.activate();
 * ```
 *
 * Amounts are decimal strings in USD such as `"0.000064"`; null means unknown, never zero. Times are ISO 8601.
 * Everything the panel does with conversations goes through the same services, so what is sent here is priced,
 * limited, stored and shown like any other message.
 */
export interface NeuralTerminalApi {
  readonly version: 1;
  /** Rejects with an error that carries `code` when the list cannot be read and none is known. */
  models(): Promise<ModelInfo[]>;
  createConversation(options?: CreateConversationOptions): Promise<ConversationInfo>;
  /** Newest first. */
  conversations(query?: ConversationListQuery): Promise<ConversationInfo[]>;
  /** The active branch, first to last. Throws `NOT_FOUND`. */
  messages(conversationId: string): Promise<MessageInfo[]>;
  /**
   * Sends a message and yields its reply. Throws an error with a `code` of `RefusedCode` for what is refused
   * before anything is sent; after that it always ends with exactly one `done`. Aborting the signal, or leaving
   * the loop, stops the reply and keeps its text.
   */
  send(conversationId: string, text: string, options?: SendOptions): AsyncIterable<SendEvent>;
  /** False when nothing streams there. */
  stop(conversationId: string): Promise<boolean>;
  /**
   * A new conversation that begins with everything up to and including the message: shared, not copied, and not
   * billed again. Throws `NOT_FOUND`, or `BUSY` while the message streams.
   */
  fork(messageId: string): Promise<ConversationInfo>;
  /**
   * Messages of all conversations, branches and archived ones included, best first: words, `"phrases"` and the filters
   * `tag: model: role: before: after: cost>`. At most 50 unless `limit` says otherwise, and never more than 1,000.
   */
  search(text: string, options?: SearchOptions): Promise<SearchHitInfo[]>;
  /** Markdown holds the active branch for reading; JSON everything, for `importConversations`. Throws `NOT_FOUND`. */
  exportConversation(conversationId: string, format: 'markdown' | 'json'): Promise<string>;
  /**
   * Merges what `exportConversation` gave as JSON, by id: the same text twice changes nothing. Imported costs are
   * shown and do not count towards any budget. Throws `STORE_READ_ONLY`, or `NOTHING_IMPORTED` with the reasons.
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
  /** Upper bound of the reply in tokens, reasoning included. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

export interface SearchOptions {
  readonly limit?: number;
}

export interface SearchHitInfo {
  readonly conversationId: string;
  readonly messageId: string;
  /** The passage that fits best, about 160 characters of plain text. */
  readonly excerpt: string;
}

/** Conversations. */
export interface ImportInfo {
  readonly added: number;
  /** Known ones that got messages they lacked. */
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
  /** Sum of the known amounts of all branches. */
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
  /** A request failed without a charge, and another one follows, perhaps after a wait. `code` is a `FailureInfoCode`, `message` for a person. */
  | { readonly type: 'notice'; readonly code: string; readonly message: string }
  | { readonly type: 'done'; readonly message: MessageInfo };

/** Days and months are UTC. */
export interface SpendInfo {
  readonly todayUsd: string;
  readonly monthUsd: string;
  /** Worst case of the replies that stream now. */
  readonly reservedUsd: string;
  /** Worst case of requests that ended without a bill. */
  readonly pendingUsd: string;
  readonly dailyLimitUsd: string | null;
  readonly monthlyLimitUsd: string | null;
}
