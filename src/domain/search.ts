import type { Role } from './conversation';
import type { ConversationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';

/** All conditions must hold. Without terms, the filters alone decide and the newest hits come first. */
export interface SearchQuery {
  /** Words and phrases that must all occur in the message. Case and diacritics are ignored. */
  readonly terms: readonly SearchTerm[];
  /** Exact tags of the conversation. Case is ignored. */
  readonly tags: readonly string[];
  /** Parts of the model's name: of the reply's model, or for a question of the conversation's. */
  readonly models: readonly string[];
  readonly roles: readonly Role[];
  /** Epoch milliseconds, exclusive. */
  readonly beforeMs: number | null;
  /** Epoch milliseconds, inclusive. */
  readonly afterMs: number | null;
  /** Messages with a known cost above this. */
  readonly costAboveNanoUsd: NanoUsd | null;
  readonly limit: number;
}

export type SearchTerm =
  | { readonly kind: 'word'; readonly text: string; readonly prefix: boolean }
  | { readonly kind: 'phrase'; readonly text: string };

export interface SearchHit {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly runNumber: number;
  readonly title: string;
  readonly archived: boolean;
  readonly role: Role;
  readonly model: ModelId | null;
  readonly createdAtMs: number;
  readonly costNanoUsd: NanoUsd | null;
  readonly excerpt: Excerpt;
}

/**
 * The best matching part of the text. Even elements are context, odd ones are matches; context may be empty.
 */
export type Excerpt = readonly string[];

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** False: there are more hits than `limit`. */
  readonly complete: boolean;
}
