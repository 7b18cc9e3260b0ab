import type { ForkPoint, Message } from './conversation';
import type { ConversationId, MessageId, ModelId } from './ids';

/** A conversation read from a file and not yet merged into the store. */
export interface IncomingConversation {
  readonly id: ConversationId;
  /** Null: the next free number. */
  readonly runNumber: number | null;
  readonly title: string;
  /** The conversation's model. Null: the user's default, because its own is unknown here. */
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
  /** `sharedPrefix`: only the messages that forks share. It is imported as deleted, so that its forks are readable. */
  readonly scope: 'whole' | 'sharedPrefix';
  readonly activeLeafId: MessageId | null;
  /** Its own messages, oldest first, without shared ones. */
  readonly messages: readonly Message[];
}

/** Something that was not imported. Both fields are shown to the user. */
export interface Skipped {
  readonly what: string;
  readonly reason: string;
}

/** Counts of conversations that appear in the history. */
export interface ImportReport {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: readonly Skipped[];
}

export type PeerName = 'rooCode' | 'cline' | 'continue';

/** Result of reading one conversation of another extension. `remarks` name parts that were not imported. */
export type PeerReading =
  | { readonly kind: 'conversation'; readonly conversation: IncomingConversation; readonly remarks: readonly Skipped[] }
  | { readonly kind: 'skipped'; readonly skipped: Skipped };

/** The history of another extension on this machine. It is read only on request and never written. */
export interface PeerHistory {
  readonly peer: PeerName;
  /** Number of conversations, without reading them. 0 if the extension was never used. */
  count(): Promise<number>;
  /** Each conversation once. Never throws because of a file's contents. */
  read(): AsyncIterable<PeerReading>;
}
