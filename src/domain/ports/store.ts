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
  /** Everything loaded is shown; nothing can be written durably, so nothing is sent. */
  | { readonly kind: 'readOnly'; readonly reason: StoreReason };

export interface ConversationQuery {
  readonly status?: ConversationStatus;
  /** What the archive holds, or everything else; pinned ones first, so that the first page has them all. */
  readonly archiveFilter?: 'active' | 'archived';
  readonly limit?: number;
  readonly offset?: number;
}

/** Another window has written. */
export interface StoreChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Some of it has to do with money. */
  readonly spend: boolean;
}

export interface SpendReading {
  readonly events: readonly SpendEvent[];
  /** For the next call. */
  readonly position: number;
  /** Where spend may be that cannot be seen. Empty: what was read is all there is. */
  readonly gaps: readonly SpendGap[];
}

/** Appends to the journal of this window. */
export interface EventWriter {
  /**
   * Appends the events as one atomic record: after a crash all of them are there or none.
   * Resolves only when they are on disk. @throws StoreWriteError when they are not; nothing is half-written.
   */
  commit(events: readonly StoreEvent[]): Promise<void>;
}

/** Reads conversations from the projection. */
export interface ConversationReader {
  /** Newest first, without deleted ones. */
  conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]>;
  /** How many `conversations` would return without limit and offset. */
  countConversations(status?: ConversationStatus): Promise<number>;
  /** Deleted ones too, marked as such. A fork comes with the messages it shares. */
  load(id: ConversationId): Promise<Conversation | undefined>;
  /** The conversation that holds the message. */
  conversationOf(id: MessageId): Promise<ConversationId | undefined>;
  /** One more than the largest run number known. */
  nextRunNumber(): Promise<number>;
}

/** Full-text search over the history. */
export interface HistorySearch {
  /** Over all messages of all conversations that are not deleted, best first. */
  search(query: SearchQuery): Promise<SearchResult>;
  /** Conversations whose title and tags hold all the terms, newest first, at most `query.limit`. None without terms. */
  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]>;
}

/** Reads spend straight from the journals, without the database. */
export interface SpendSource {
  /**
   * Spend events of all windows' journals that came after `position` (that of an earlier answer; absent: from the
   * beginning). Everything any window had written when this was called is in it. Those of one journal come in order,
   * those of several in any. Settled reservations of long past months may be left out: `spendOf` has them.
   * Does not need the database. @throws when the folder cannot be listed: an unknown spend is not an empty one.
   */
  spendEvents(position?: number): Promise<SpendReading>;
  /** Every spend event of one conversation that the database knows, however old. */
  spendOf(id: ConversationId): Promise<readonly SpendEvent[]>;
}

/** Reads charges from the projection. */
export interface ChargeReader {
  /** From the database, newest first. */
  charges(query: ChargeQuery): Promise<ChargePage>;
  chargeTotals(query: ChargePeriod): Promise<ChargeTotals>;
}

/** Statistics on the user's own replies. */
export interface TelemetryReader {
  /** What this person's own replies say about each model. */
  modelRecords(): Promise<readonly ModelRecord[]>;
  /** How replies went: of those that began in the period and have ended. */
  telemetry(query: TelemetryQuery): Promise<Telemetry>;
}

/** Keeps two windows from running a turn in the same conversation. */
export interface TurnClaimer {
  /**
   * Takes the conversation for one turn of this window. @returns undefined while another turn has it, of this window or
   * of another one that is alive. The claim ends when it is disposed or its process dies; where a process was stopped or
   * slept for longer than some seconds, another one may take it. Needs no journal and writes none. Never rejects.
   */
  claimTurn(id: ConversationId): Promise<Disposable | undefined>;
}

/** State, diagnosis and repair of the files. */
export interface StoreInspector {
  state(): Promise<StoreState>;
  /** Reads every file anew and says what it is. Takes a while on a long history. @throws when the folder cannot be listed. */
  inspect(): Promise<StoreReport>;
  /** Puts right what can be without changing or removing any history, and looks again. @throws when a file cannot be written. */
  repair(): Promise<StoreReport>;
}

/** What other windows write. */
export interface StoreChanges {
  /** Told within a second of another window's commit, once conversations were first read here. */
  readonly onDidChange: Event<StoreChange>;
}

/** The whole store. Every method opens it when it is first needed. Callers ask for the parts that they need. */
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
