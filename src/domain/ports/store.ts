import type { ChargePage, ChargePeriod, ChargeQuery, ChargeTotals, ModelRecord } from '../charge';
import type { Conversation, ConversationStatus, ConversationSummary } from '../conversation';
import type { Disposable, Event } from '../emitter';
import type { SpendGap } from '../failure';
import type { ConversationId, MessageId } from '../ids';
import type { SearchQuery, SearchResult } from '../search';
import type { SpendEvent, StoreEvent } from '../storeEvent';
import type { StoreReport } from '../storeReport';
import type { StoreReason, StoreWarning } from '../storeTrouble';
import type { Telemetry, TelemetryQuery } from '../telemetry';

export type StoreState =
  | { readonly kind: 'ready'; readonly warnings: readonly StoreWarning[] }
  /** Loaded conversations are shown, but nothing can be stored durably, so no request is sent. */
  | { readonly kind: 'readOnly'; readonly reason: StoreReason };

export interface ConversationQuery {
  readonly status?: ConversationStatus;
  /** Only archived or only active conversations. Pinned conversations come first, so the first page has them all. */
  readonly filter?: 'active' | 'archived';
  readonly limit?: number;
  readonly offset?: number;
}

/** Changes by another window. */
export interface StoreChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Whether spend events are among the changes. */
  readonly spend: boolean;
}

export interface SpendReading {
  readonly events: readonly SpendEvent[];
  /** For the next call. */
  readonly position: number;
  /** Places that may contain spend that could not be read. Empty if the reading is complete. */
  readonly gaps: readonly SpendGap[];
}

/** Appends to the journal of this window. */
export interface EventWriter {
  /**
   * Appends the events as one atomic record: after a crash, either all or none exist.
   * Resolves only when they are on disk. @throws StoreWriteError if they are not.
   */
  commit(events: readonly StoreEvent[]): Promise<void>;
}

/** Reads conversations from the projection. */
export interface ConversationReader {
  /** Latest change first, without deleted conversations. */
  conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]>;
  /** How many `conversations` would return without limit and offset. */
  countConversations(status?: ConversationStatus): Promise<number>;
  /** Also loads deleted conversations, marked as such. A fork includes the messages it shares. */
  load(id: ConversationId): Promise<Conversation | undefined>;
  /** The conversation that contains the message. */
  conversationOf(id: MessageId): Promise<ConversationId | undefined>;
  /** The highest run number plus one. */
  nextRunNumber(): Promise<number>;
}

/** Full-text search over the history. */
export interface HistorySearch {
  /** Searches all messages of all conversations that are not deleted, best first. */
  search(query: SearchQuery): Promise<SearchResult>;
  /** Conversations whose title and tags contain all terms, newest first, at most `query.limit`. None without terms. */
  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]>;
}

/** Reads spend events. */
export interface SpendSource {
  /**
   * Spend events of all journals after `position`, which an earlier call returned; without it, from the beginning.
   * Includes everything that any window had written at the time of the call. Events of one journal are in order;
   * different journals are not ordered. Settled reservations of past months may be missing: `spendOf` returns them.
   * Does not use the database. @throws if the folder can't be listed: unknown spend must not count as zero.
   */
  spendEvents(position?: number): Promise<SpendReading>;
  /** All spend events of one conversation, from the database. */
  spendOf(id: ConversationId): Promise<readonly SpendEvent[]>;
}

/** Reads charges from the projection. */
export interface ChargeReader {
  /** Newest first. */
  charges(query: ChargeQuery): Promise<ChargePage>;
  chargeTotals(query: ChargePeriod): Promise<ChargeTotals>;
}

/** Statistics on the user's own replies. */
export interface TelemetryReader {
  /** Statistics on each model from the user's own replies. */
  modelRecords(): Promise<readonly ModelRecord[]>;
  /** Statistics on the replies that began in the period and have ended. */
  telemetry(query: TelemetryQuery): Promise<Telemetry>;
}

/** Keeps two windows from running a turn in the same conversation. */
export interface TurnClaimer {
  /**
   * Claims the conversation for one turn. @returns undefined while another turn has it, in this window or in another
   * living one. The claim ends when it is disposed or its process dies. If the process sleeps or hangs for more than
   * some seconds, another one may claim the conversation. Does not use the journals. Never rejects.
   */
  claimTurn(id: ConversationId): Promise<Disposable | undefined>;
}

/** State, diagnostics and repair of the files. */
export interface StoreInspector {
  state(): Promise<StoreState>;
  /** Reads every file and reports its state. Slow on a long history. @throws if the folder can't be listed. */
  inspect(): Promise<StoreReport>;
  /** Repairs what it can without changing or removing history, then inspects. @throws if a file can't be written. */
  repair(): Promise<StoreReport>;
}

/** Changes by other windows. */
export interface StoreChanges {
  /** Fires within a second after a commit of another window, once conversations have been read in this one. */
  readonly onDidChange: Event<StoreChange>;
}

/** The whole store. The first call opens it. Callers depend only on the interfaces above that they need. */
export interface ConversationStore
  extends
    EventWriter,
    ConversationReader,
    HistorySearch,
    SpendSource,
    ChargeReader,
    TelemetryReader,
    TurnClaimer,
    StoreInspector,
    StoreChanges {
  close(): Promise<void>;
}

/** The record is not on disk. `unstorable`: the record itself is invalid, so a retry would fail too. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';
  readonly unstorable: boolean;
  constructor(
    readonly reason: StoreReason,
    { unstorable = false, ...options }: ErrorOptions & { readonly unstorable?: boolean } = {},
  ) {
    super(reason.kind === 'other' ? reason.detail : reason.kind, options);
    this.unstorable = unstorable;
  }
}
