import type { Attachment, Cost, ForkPoint, MessageState, Role } from './conversation';
import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { CostSource, TokenUsage } from './price';

/**
 * Events stored in a journal. Every value is already filled in (no clock and no randomness on replay), so windows that
 * fold them in the same order reach the same state. Folding an event twice changes nothing.
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
      /** The fork shares the messages up to and including this one; they are not copied. */
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
  /** Replaces all tags. Order is the user's. */
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
  /** Hides the conversation from lists and searches. Nothing is erased: forks stay whole, and it can be restored. */
  | {
      readonly type: 'conversation.deleted';
      readonly conversationId: ConversationId;
      readonly deleted: boolean;
      readonly atMs: number;
    }
  /** Selects the branch that is shown and continued. */
  | {
      readonly type: 'branch.chosen';
      readonly conversationId: ConversationId;
      readonly leafId: MessageId;
      readonly atMs: number;
    }
  /**
   * A user message (complete at once) or the empty shell of a reply (streaming). It becomes the active leaf.
   * Restores a deleted conversation, so that no message disappears because another window deletes the conversation.
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
       * `Message.omittedMessages` under its original name. Older programs read only this name, and the column of the
       * projection has it too.
       */
      readonly truncatedMessages: number;
      /** The reply that this one continues; its text so far follows as `reply.appended`. Null if it starts empty. */
      readonly continues: MessageId | null;
      readonly atMs: number;
    }
  /** A request of a running turn failed without a charge and is retried. */
  | {
      readonly type: 'attempt.failed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      /** 1-based within the turn. Makes a repeated event harmless. */
      readonly attempt: number;
      readonly model: ModelId;
      readonly failure: Failure;
      readonly elapsedMs: number;
      readonly atMs: number;
    }
  /** More text of a streaming reply. The offsets (UTF-16 code units) make a repeated event harmless. */
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
  /** The bill of a reply arrived after the reply ended or after a crash. The more certain of both costs counts. */
  | {
      readonly type: 'reply.billed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly cost: Cost;
      /** Null: not reported, the known usage is kept. */
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly atMs: number;
    };

/**
 * Events of the budget. A reservation is durable before its request is sent. A settlement replaces it.
 * Without a settlement (crash, unknown cost) the reservation keeps counting.
 */
export type SpendEvent =
  | {
      readonly type: 'spend.reserved';
      readonly reservationId: ReservationId;
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly model: ModelId;
      readonly worstCaseNanoUsd: NanoUsd;
      /** Locally counted prompt tokens and `max_tokens` of the request. Null: written by schema 2 or older. */
      readonly quote: { readonly promptTokens: number; readonly maxTokens: number } | null;
      /** UTC day of the reservation, `2026-11-20`; the spend counts for it. Never earlier than a day used before. */
      readonly dayUtc: string;
      readonly atMs: number;
    }
  /** The response headers arrived. The generation id finds the bill if the rest of the response is lost. */
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
      /** Local estimate at that time, used to measure the accuracy of estimates. Null without a price. */
      readonly estimateNanoUsd: NanoUsd | null;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
      readonly atMs: number;
    }
  /** Provably never sent or not charged. */
  | { readonly type: 'spend.released'; readonly reservationId: ReservationId; readonly atMs: number }
  /** The user allows requests to a model again after a bill above its worst case. */
  | { readonly type: 'spend.overrunAccepted'; readonly model: ModelId; readonly atMs: number };

/** `stream`: usage chunk of the reply. `generation`: record requested later from OpenRouter. `person`: manually. */
export type SettledBy = 'stream' | 'generation' | 'person';
