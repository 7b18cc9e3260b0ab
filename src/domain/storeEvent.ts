import type { Attachment, Cost, ForkPoint, MessageState, Role } from './conversation';
import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from './ids';
import type { NanoUsd } from './money';
import type { CostSource, TokenUsage } from './price';

/**
 * What a journal holds: facts with every value already filled in (no clock, no randomness on replay), so that
 * every window that folds them in the same order reaches the same state, and folding one twice changes nothing.
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
      /** The conversation whose messages up to and including this one come first: shared, not copied. */
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
  /** The whole set, in the person's order. */
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
  /** Hides it from every list and search; nothing is erased, so its forks keep their prefix and it can come back. */
  | {
      readonly type: 'conversation.deleted';
      readonly conversationId: ConversationId;
      readonly deleted: boolean;
      readonly atMs: number;
    }
  /** Another branch is shown and continued from now on. */
  | {
      readonly type: 'branch.chosen';
      readonly conversationId: ConversationId;
      readonly leafId: MessageId;
      readonly atMs: number;
    }
  /**
   * A user message (complete at once) or the empty shell of a reply (streaming). It becomes the active leaf.
   * A deleted conversation comes back with it: nobody's message may vanish because another window deletes.
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
       * `Message.omittedMessages` under the name that journals have had from the first version on: an older program
       * reads only this one, so it stays, and the projection's column is named after it.
       */
      readonly truncatedMessages: number;
      /** A reply that goes on from where another one ended: its text so far follows as `reply.appended`. Null: begins anew. */
      readonly continues: MessageId | null;
      readonly atMs: number;
    }
  /** A request of a running turn failed without a charge, and another one follows. */
  | {
      readonly type: 'attempt.failed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      /** 1-based within the turn: a repeated event is harmless. */
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
  /** The bill of a reply came after its end, or after the crash that cut it. The surer of its cost and the known one counts. */
  | {
      readonly type: 'reply.billed';
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly cost: Cost;
      /** Null: not said, what is known stays. */
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
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
      /** What was asked for: tokens of the prompt as counted here, and `max_tokens`. Null: written by schema 2 or older. */
      readonly quote: { readonly promptTokens: number; readonly maxTokens: number } | null;
      /** UTC day the spend belongs to, `2026-11-20`: that of the reservation, whenever it settles. Never before a day that any window has used. */
      readonly dayUtc: string;
      readonly atMs: number;
    }
  /** The provider answered with headers: its id for this request is the key to the bill if the rest is lost. */
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
      /** What this program had worked out itself by then, so that its estimates can be judged; null without a price. */
      readonly estimateNanoUsd: NanoUsd | null;
      readonly usage: TokenUsage | null;
      readonly provider: string | null;
      readonly generationId: GenerationId | null;
      readonly atMs: number;
    }
  /** Provably never sent, or provably not charged. */
  | { readonly type: 'spend.released'; readonly reservationId: ReservationId; readonly atMs: number }
  /** The person lets a model send again whose bill was higher than its worst case. */
  | { readonly type: 'spend.overrunAccepted'; readonly model: ModelId; readonly atMs: number };

/** `stream`: the reply's own usage chunk. `generation`: the provider's record, asked for later. `person`: by hand. */
export type SettledBy = 'stream' | 'generation' | 'person';
