import type { MessageId } from '../../domain/ids';
import type { PeerItem, PeerProblem } from '../../domain/incoming';
import type { NanoUsd } from '../../domain/money';
import type { StoreReason } from '../../domain/storeTrouble';

/** What an import did. Counts are of conversations that the list shows. */
export interface ImportReport {
  readonly added: number;
  /** Conversations that were here and got the messages they lacked. */
  readonly updated: number;
  readonly unchanged: number;
  readonly remarks: readonly ImportRemark[];
}

/** Something that was skipped or changed on import. The editor puts it into words. */
export interface ImportRemark {
  readonly about: ImportSubject;
  readonly problem: ImportProblem;
}

export type ImportSubject =
  /** A conversation's title. */
  | { readonly kind: 'named'; readonly name: string }
  /** A conversation of another extension. */
  | { readonly kind: 'peer'; readonly item: PeerItem }
  | { readonly kind: 'untitled' }
  | { readonly kind: 'file' }
  /** Everything after the point where the import ended. */
  | { readonly kind: 'rest' };

export type ImportProblem =
  | { readonly kind: 'fileTooLong'; readonly limitCharacters: number }
  /** The file cannot be read at all. */
  | { readonly kind: 'fileUnreadable'; readonly reason: string }
  | { readonly kind: 'notAnExport'; readonly format: string }
  | { readonly kind: 'unknownVersion' }
  | { readonly kind: 'notAConversation' }
  /** `path` is the field in the file, as in `messages[3].costUsd`. */
  | { readonly kind: 'badField'; readonly path: string; readonly flaw: FieldFlaw }
  | { readonly kind: 'twiceInFile' }
  | { readonly kind: 'circularForks' }
  | { readonly kind: 'circularMessages' }
  | { readonly kind: 'duplicateMessage'; readonly messageId: MessageId }
  /** The message is part of another conversation. */
  | { readonly kind: 'foreignMessage'; readonly messageId: MessageId }
  | { readonly kind: 'costTooHigh'; readonly limitNanoUsd: NanoUsd }
  | { readonly kind: 'conversationTooLarge' }
  /** The rest of the conversation was imported. */
  | { readonly kind: 'messageTooLarge'; readonly messageId: MessageId }
  /** Messages that differ from the stored versions, which were kept. */
  | { readonly kind: 'differing'; readonly messages: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'storeFailed'; readonly reason: StoreReason }
  | { readonly kind: 'peer'; readonly problem: PeerProblem };

export const FIELD_FLAWS = [
  'notAnId',
  'tooLong',
  'notWhole',
  'negative',
  'tooLarge',
  'notATime',
  'notAnAmount',
  'tooMany',
  'notANumber',
  'otherFormat',
] as const;
/** `notANumber`: not a valid conversation number. `otherFormat`: not what the format defines. */
export type FieldFlaw = (typeof FIELD_FLAWS)[number];
