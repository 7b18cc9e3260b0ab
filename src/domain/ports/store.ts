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
  /** History can be read but not written durably, so nothing is sent. */
  | { readonly kind: 'readOnly'; readonly reason: StoreReason };

export interface ConversationQuery {
  readonly status?: ConversationStatus;
  /** The archive or everything else, pinned conversations first, so that the first page has all of them. */
  readonly filter?: 'active' | 'archived';
  readonly limit?: number;
  readonly offset?: number;
}

/** Changes by another window. */
export interface StoreChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Whether spend events are among them. */
  readonly spend: boolean;
}

export interface SpendReading {
  readonly events: readonly SpendEvent[];
  /** For the next call. */
  readonly position: number;
  /** Spend that can't be read. Empty if everything was read. */
  readonly gaps: readonly SpendGap[];
}

/** Appends to the journal of this window. */
export interface EventWriter {
  /**
   * Appends the events as one atomic record: after a crash, all of them exist or none. Resolves when they are on the
   * disk. @throws StoreWriteError if they are not.
   */
  commit(events: readonly StoreEvent[]): Promise<void>;
}

/** Reads conversations from the projection. */
export interface ConversationReader {
  /** Latest change first, without deleted ones. */
  conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]>;
  /** How many `conversations` would return without limit and offset. */
  countConversations(status?: ConversationStatus): Promise<number>;
  /** Includes deleted conversations, marked as such. A fork includes the messages it shares. */
  load(id: ConversationId): Promise<Conversation | undefined>;
  /** The conversation that holds the message. */
  conversationOf(id: MessageId): Promise<ConversationId | undefined>;
  /** The highest run number plus one. */
  nextRunNumber(): Promise<number>;
}

/** Full-text search over the history. */
export interface HistorySearch {
  /** Searches all messages of conversations that are not deleted, best match first. */
  search(query: SearchQuery): Promise<SearchResult>;
  /**
   * Conversations whose title and tags contain all the terms, latest change first, at most `query.limit`. None without
   * terms.
   */
  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]>;
}

/** Reads spend from the journals, without the database. */
export interface SpendSource {
  /**
   * Spend events of all windows' journals after `position`, which comes from an earlier result; from the start by
   * default. Includes everything that any window had written at the time of the call. Events of one journal are in
   * order, those of different journals in any order. Settled reservations of earlier months may be missing; `spendOf`
   * has them. @throws if the folder can't be listed: unknown spend is not zero.
   */
  spendEvents(position?: number): Promise<SpendReading>;
  /** All spend events of one conversation. */
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
  /** The user's own experience with each model. */
  modelRecords(): Promise<readonly ModelRecord[]>;
  /** How replies went that started in the period and have ended. */
  telemetry(query: TelemetryQuery): Promise<Telemetry>;
}

/** Keeps two windows from running a turn in the same conversation. */
export interface TurnClaimer {
  /**
   * Claims the conversation for one turn of this window. @returns undefined while another turn has it, in this window
   * or in another running one. The claim ends when it is disposed of or its process dies. If a process is suspended for
   * more than a few seconds, another one may get the conversation. Never rejects.
   */
  claimTurn(id: ConversationId): Promise<Disposable | undefined>;
}

/** State, diagnostics and repair of the files. */
export interface StoreInspector {
  state(): Promise<StoreState>;
  /** Reads every file again and reports on it. Slow for a long history. @throws if the folder can't be listed. */
  inspect(): Promise<StoreReport>;
  /**
   * Repairs what can be repaired without changing or removing history. @returns a new report. @throws if a file can't
   * be written.
   */
  repair(): Promise<StoreReport>;
}

/** Notifies about changes by other windows. */
export interface StoreChanges {
  /** Fires within a second of another window's commit, once conversations were read here. */
  readonly onDidChange: Event<StoreChange>;
}

/** The whole store. Every method opens it if necessary. Callers depend on the parts that they need. */
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
