import type { ForkPoint, Message } from './conversation';
import type { ConversationId, MessageId, ModelId } from './ids';

/** A conversation on its way into the store: read from a file, not yet merged with what is here. */
export interface IncomingConversation {
  readonly id: ConversationId;
  /** Null: the next free one. */
  readonly runNumber: number | null;
  readonly title: string;
  /** The model that goes on with it. Null: the person's default, because the one it had is not known here. */
  readonly model: ModelId | null;
  readonly systemPrompt: string;
  readonly personaId: string | null;
  readonly tags: readonly string[];
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly forkedFrom: ForkPoint | null;
  /** `sharedPrefix`: only the messages that forks share; it is kept out of sight, so that its forks are readable. */
  readonly scope: 'whole' | 'sharedPrefix';
  readonly activeLeafId: MessageId | null;
  /** Its own, oldest first; none that it shares. */
  readonly messages: readonly Message[];
}

/** Something that was not taken over, in the person's words. */
export interface Skipped {
  readonly what: string;
  readonly reason: string;
}

export type PeerName = 'rooCode' | 'cline' | 'continue';

/** What one file of another extension gave: a conversation, perhaps with remarks about parts of it, or nothing. */
export type PeerReading =
  | { readonly kind: 'conversation'; readonly conversation: IncomingConversation; readonly remarks: readonly Skipped[] }
  | { readonly kind: 'skipped'; readonly skipped: Skipped };

/** The history that another extension has left on this machine. It is only ever read, and only when asked to. */
export interface PeerHistory {
  readonly peer: PeerName;
  /** Conversations found, without reading them. 0 where that extension has never been. */
  count(): Promise<number>;
  /** Each conversation once. Never throws for what a file holds. */
  read(): AsyncIterable<PeerReading>;
}
