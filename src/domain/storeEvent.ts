import type { Attachment, Cost, MessageState, Role } from './conversation';
import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { CostSource, TokenUsage } from './price';

/**
 * What a journal holds: facts with every value already filled in (no clock, no randomness on replay), so that
 * every window that folds them in the same order reaches the same state, and folding one twice changes nothing.
 */
export type StoreEvent = ConversationEvent | SpendEvent;

export type ConversationEvent =
  | {
      readonly type: 'conversation.created';
      readonly conversationId: ConversationId;
      readonly runNumber: number;
      readonly title: string;
      readonly model: ModelId;
      readonly systemPrompt: string;
      readonly personaId: string | null;
      readonly atMs: number;
    }
  | { readonly type: 'conversation.renamed'; readonly conversationId: ConversationId; readonly title: string; readonly atMs: number }
  | { readonly type: 'conversation.modelChosen'; readonly conversationId: ConversationId; readonly model: ModelId; readonly atMs: number }
  /** A user message (complete at once) or the empty shell of a reply (streaming). It becomes the active leaf. */
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
      readonly truncatedMessages: number;
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
    };

/**
 * The budget's journal. A reservation is durable before the request goes out; one settlement replaces it.
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
      /** UTC day the spend belongs to, `2026-11-20`: that of the reservation, whenever it settles. */
      readonly dayUtc: string;
      readonly atMs: number;
    }
  /** The provider answered with headers: its id for this request is the key to the bill if the rest is lost. */
  | { readonly type: 'spend.identified'; readonly reservationId: ReservationId; readonly generationId: GenerationId; readonly atMs: number }
  | {
      readonly type: 'spend.settled';
      readonly reservationId: ReservationId;
      readonly costNanoUsd: NanoUsd;
      readonly source: Extract<CostSource, 'reported' | 'estimated'>;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
      readonly atMs: number;
    }
  /** Provably never sent, or provably not charged. */
  | { readonly type: 'spend.released'; readonly reservationId: ReservationId; readonly atMs: number };
