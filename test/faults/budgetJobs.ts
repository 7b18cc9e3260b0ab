import type { Message } from '../../src/domain/conversation';
import type { SpendEvent } from '../../src/domain/storeEvent';

/** In nano-dollars; null: none. */
export interface BudgetLimits {
  readonly replyLimitNanoUsd: number | null;
  readonly conversationLimitNanoUsd: number | null;
  readonly dailyLimitNanoUsd: number | null;
  readonly monthlyLimitNanoUsd: number | null;
}

/** Command for a window in a process of its own. Several may run at once. */
export type BudgetCommand =
  /** Opens the folder, or opens it again. `silenceMs`: a server is given up after it, and every wait is a real one; else long waits are held until `reconcile`. */
  | {
      readonly kind: 'open';
      readonly directory: string;
      readonly baseUrl: string;
      readonly limits: BudgetLimits;
      readonly silenceMs?: number;
    }
  /** Ends everything, stores it and closes the folder. */
  | { readonly kind: 'close' }
  /** `conversation` null: a new one. Answers when it is refused or the stream is open. */
  | {
      readonly kind: 'send';
      readonly conversation: string | null;
      readonly text: string;
      readonly model: string;
      readonly maxTokens: number;
    }
  /** Without a conversation: everywhere. */
  | { readonly kind: 'stop'; readonly conversation?: string }
  /** Answers when the reply that was accepted there last has come to its end. */
  | { readonly kind: 'ended'; readonly conversation: string }
  | { readonly kind: 'messages'; readonly conversations: readonly string[] }
  | { readonly kind: 'limits'; readonly limits: BudgetLimits }
  /** Sets the wall clock. */
  | { readonly kind: 'clock'; readonly nowMs: number }
  /** The next writes and flushes find no space. */
  | { readonly kind: 'fullDisk'; readonly calls: number }
  | { readonly kind: 'snapshot' }
  /** Writes at once what found no space before. */
  | { readonly kind: 'storeUnsaved' }
  /** Asks for every bill that is open, once. */
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'acceptOverrun'; readonly model: string }
  | { readonly kind: 'settleByPerson'; readonly reservation: string; readonly costNanoUsd: number }
  | { readonly kind: 'book'; readonly reservations: readonly string[] };

export type BudgetAnswer =
  | { readonly kind: 'done' }
  /** A refusal's code; with its period where the budget refused. */
  | { readonly kind: 'refused'; readonly code: string; readonly period?: string }
  | { readonly kind: 'accepted'; readonly conversation: string }
  /** `settledNanoUsd`: of everything that was ever in the folder, as the ledger shows it. */
  | { readonly kind: 'book'; readonly entries: readonly BookEntry[]; readonly settledNanoUsd: number }
  | { readonly kind: 'messages'; readonly messages: readonly StoredMessage[] }
  /** What no command may end with. */
  | { readonly kind: 'failed'; readonly error: string };

/** A message as it is read from the store. */
export interface StoredMessage {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: string;
  readonly state: string;
  /** Its code; empty without one. */
  readonly failure: string;
  readonly content: string;
}

export const storedMessage = ({ id, parentId, role, state, failure, content }: Message): StoredMessage => ({
  id,
  parentId,
  role,
  state,
  failure: failure?.code ?? '',
  content,
});

/** A question with it goes to an address without a server. */
export const UNREACHABLE_TAG = '[[unreachable]]';

/** How a window's book knows a reservation. */
export interface BookEntry {
  readonly reservation: string;
  /** Null: the book does not know it. */
  readonly state: 'pending' | 'released' | 'settled' | null;
  readonly costNanoUsd: number;
}

export type BudgetReport =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: BudgetAnswer }
  /** About to be journaled: said before the first byte of it can be. `turn` is the text of the question. */
  | {
      readonly kind: 'committing';
      readonly commit: number;
      readonly spend: readonly SpendEvent[];
      readonly asked: readonly { readonly messageId: string; readonly text: string }[];
    }
  | { readonly kind: 'committed'; readonly commit: number }
  | { readonly kind: 'overran'; readonly model: string }
  | { readonly kind: 'journal'; readonly name: string };
