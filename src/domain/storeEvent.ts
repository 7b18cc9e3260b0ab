import type { Attachment, Cost, ForkPoint, MessageState, Role } from './conversation';
import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { CostSource, TokenUsage } from './price';

/**
 * The content of a journal: facts with all values filled in (no clock and no random numbers on replay). Every window
 * that folds them in the same order reaches the same state, and folding an event twice changes nothing.
 */
export type StoreEvent = ConversationEvent | SpendEvent;

export const isSpendEvent = (event: StoreEvent): event is SpendEvent => event.type.startsWith('spend.');
export const isConversationEvent = (event: StoreEvent): event is ConversationEvent => !isSpendEvent(event);

export type ConversationEvent =
  | {
      readonly type: 'conversation.created';
      readonly conversationId: ConversationId;
      readonly runNumber: number;
      readonly title: string;
      readonly model: ModelId;
      readonly systemPrompt: string;
      readonly personaId: string | null;
      /** The conversation whose messages up to this one come first: shared, not copied. */
      readonly forkedFrom: ForkPoint | null;
      readonly atMs: number;
    }
  | {
      readonly type: 'conversation.renamed';
      readonly conversationId: ConversationId;
      readonly title: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'conversation.modelChosen';
      readonly conversationId: ConversationId;
      readonly model: ModelId;
      readonly atMs: number;
    }
  /** All tags, in the user's order. */
  | {
      readonly type: 'conversation.tagged';
      readonly conversationId: ConversationId;
      readonly tags: readonly string[];
      readonly atMs: number;
    }
  | {
      readonly type: 'conversation.pinned';
      readonly conversationId: ConversationId;
      readonly pinned: boolean;
      readonly atMs: number;
    }
  | {
      readonly type: 'conversation.archived';
      readonly conversationId: ConversationId;
      readonly archived: boolean;
      readonly atMs: number;
    }
  /**
   * Hides the conversation from all lists and searches. Nothing is erased: its forks keep their messages, and it can be
   * restored.
   */
  | {
      readonly type: 'conversation.deleted';
      readonly conversationId: ConversationId;
      readonly deleted: boolean;
      readonly atMs: number;
    }
  /** Another branch is shown and continued. */
  | {
      readonly type: 'branch.chosen';
      readonly conversationId: ConversationId;
      readonly leafId: MessageId;
      readonly atMs: number;
    }
  /**
   * A user message (complete) or the empty shell of a reply (streaming). It becomes the active leaf. It restores a
   * deleted conversation, so that no message disappears because another window deletes.
   */
  | {
      readonly type: 'message.added';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly parentId: MessageId | null;
      readonly role: Role;
      readonly content: string;
      readonly attachments: readonly Attachment[];
      readonly state: MessageState;
      readonly model: ModelId | null;
      /**
       * `Message.omittedMessages`, under its name in the first version of the journals. Older versions only read this
       * name.
       */
      readonly truncatedMessages: number;
      /** A reply that continues another one; that one's text follows as `reply.appended`. Null for a new reply. */
      readonly continues: MessageId | null;
      readonly atMs: number;
    }
  /** A request of a running turn failed without a charge, and another one follows. */
  | {
      readonly type: 'attempt.failed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      /** 1-based within the turn, so that a repeated event is harmless. */
      readonly attempt: number;
      readonly model: ModelId;
      readonly failure: Failure;
      readonly elapsedMs: number;
      readonly atMs: number;
    }
  /** More text of a streaming reply. The offsets (UTF-16 units) make a repeated event harmless. */
  | {
      readonly type: 'reply.appended';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly contentOffset: number;
      readonly content: string;
      readonly reasoningOffset: number;
      readonly reasoning: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'reply.ended';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly state: Exclude<MessageState, 'streaming'>;
      readonly failure: Failure | null;
      readonly model: ModelId | null;
      readonly provider: string | null;
      readonly usage: TokenUsage | null;
      readonly cost: Cost;
      readonly timeToFirstTokenMs: number | null;
      readonly latencyMs: number | null;
      readonly finishReason: string | null;
      readonly generationId: GenerationId | null;
      readonly atMs: number;
    }
  /**
   * The bill of a reply arrived after its end, or after the crash that cut it. The more certain of its cost and the
   * known one counts.
   */
  | {
      readonly type: 'reply.billed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly cost: Cost;
      /** Null: not reported, the known value stays. */
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly atMs: number;
    };

/**
 * Events of the budget. A reservation is durable before the request is sent; a settlement replaces it. Without a
 * settlement (crash, unknown cost) the reservation keeps counting.
 */
export type SpendEvent =
  | {
      readonly type: 'spend.reserved';
      readonly reservationId: ReservationId;
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly model: ModelId;
      readonly worstCaseNanoUsd: NanoUsd;
      /** The request: tokens of the prompt as counted here, and `max_tokens`. Null if written by schema 2 or older. */
      readonly quote: { readonly promptTokens: number; readonly maxTokens: number } | null;
      /**
       * UTC day that the spend counts for, for example `2026-11-20`: the day of the reservation. Never before a day
       * that any window has used.
       */
      readonly dayUtc: string;
      readonly atMs: number;
    }
  /** The provider's id for the request, from the response headers: the bill can be requested by it. */
  | {
      readonly type: 'spend.identified';
      readonly reservationId: ReservationId;
      readonly generationId: GenerationId;
      readonly atMs: number;
    }
  | {
      readonly type: 'spend.settled';
      readonly reservationId: ReservationId;
      readonly costNanoUsd: NanoUsd;
      readonly source: Extract<CostSource, 'reported' | 'estimated'>;
      readonly settledBy: SettledBy;
      /** This program's own estimate, for comparison. Null without a price. */
      readonly estimateNanoUsd: NanoUsd | null;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
      readonly atMs: number;
    }
  /** Provably never sent or not charged. */
  | { readonly type: 'spend.released'; readonly reservationId: ReservationId; readonly atMs: number }
  /** The user allows a model again whose bill was higher than its worst case. */
  | { readonly type: 'spend.overrunAccepted'; readonly model: ModelId; readonly atMs: number };

/**
 * `stream`: the usage at the end of the reply. `generation`: the provider's record, requested later. `person`: by hand.
 */
export type SettledBy = 'stream' | 'generation' | 'person';
