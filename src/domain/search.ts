import type { Role } from './conversation';
import type { ConversationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';

/** What a search asks for, all of it at once. Without terms the filters alone decide, newest first. */
export interface SearchQuery {
  /** Words and quoted phrases; every one must occur in the message. Case and diacritics do not matter. */
  readonly terms: readonly SearchTerm[];
  /** Exact tags of the conversation, in any case. */
  readonly tags: readonly string[];
  /** Parts of the name of the model that answered or, for a question, of the conversation's. */
  readonly models: readonly string[];
  readonly roles: readonly Role[];
  /** Epoch milliseconds, exclusive. */
  readonly beforeMs: number | null;
  /** Epoch milliseconds, inclusive. */
  readonly afterMs: number | null;
  /** Messages that are known to have cost more than this. */
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
 * The passage that fits best, by turns what stands around and what was searched for. It begins with the former, which
 * may be empty, also between two hits.
 */
export type Excerpt = readonly string[];

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** False: there are more than `limit`. */
  readonly complete: boolean;
}
