import type { ForkPoint, Message } from './conversation';
import type { ConversationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';

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

export type PeerName = 'rooCode' | 'cline' | 'continue';

/** A conversation of another extension, as that extension calls it. */
export interface PeerItem {
  readonly kind: 'rooCodeTask' | 'clineTask' | 'clineSession' | 'continueSession';
  /** At most 60 characters. */
  readonly id: string;
  /** Null if the conversation wasn't read. */
  readonly title: string | null;
}

export type PeerFileProblem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAFile' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'tooLarge'; readonly limitMegabytes: number }
  /** `code` is the system's, as in `EACCES`. */
  | { readonly kind: 'unreadable'; readonly code: string }
  | { readonly kind: 'notJson' }
  /** JSON without a list of messages. */
  | { readonly kind: 'otherFormat' }
  /** The file ends in the middle. Everything before that was imported. */
  | { readonly kind: 'cut' };

/** What was not imported from a conversation, or why all of it was skipped. The editor puts it into words. */
export type PeerProblem =
  /** The name of its file or folder is not an id. */
  | { readonly kind: 'badName' }
  | { readonly kind: 'file'; readonly file: string; readonly problem: PeerFileProblem }
  /** `causes`: other problems of the same conversation. */
  | { readonly kind: 'noMessages'; readonly causes: readonly PeerProblem[] }
  | { readonly kind: 'unreadableMessages'; readonly messages: number }
  | { readonly kind: 'images'; readonly images: number }
  | { readonly kind: 'subagents'; readonly transcripts: number }
  /** The user removed requests from the task. Its cost is without theirs, which is null if unknown. */
  | { readonly kind: 'removedRequests'; readonly costNanoUsd: NanoUsd | null }
  /** Read from the requests to the model, which have no costs. */
  | { readonly kind: 'fromRequests' };

export interface PeerRemark {
  readonly item: PeerItem;
  readonly problem: PeerProblem;
}

/** Result of reading one conversation of another extension. `remarks` name parts that were not imported. */
export type PeerReading =
  | {
      readonly kind: 'conversation';
      readonly conversation: IncomingConversation;
      readonly remarks: readonly PeerRemark[];
    }
  | { readonly kind: 'skipped'; readonly remark: PeerRemark };

/** The history of another extension on this machine. It is read only on request and never written. */
export interface PeerHistory {
  readonly peer: PeerName;
  /** Number of conversations, without reading them. 0 if the extension was never used. */
  count(): Promise<number>;
  /** Each conversation once. Never throws because of a file's contents. */
  read(): AsyncIterable<PeerReading>;
}
