import type { StoreReason } from '../../domain/storeTrouble';
import type { Conversation, ConversationStatus, ConversationSummary } from '../../domain/conversation';
import { type Disposable, Emitter } from '../../domain/emitter';
import {
  type ConversationQuery,
  type ConversationStore,
  type SpendReading,
  type StoreChange,
  type StoreState,
  StoreWriteError,
} from '../../domain/ports/store';
import type { Clock, Logger } from '../../domain/ports/system';
import type { ConversationId, MessageId } from '../../domain/ids';
import type { ChargePage, ChargePeriod, ChargeQuery, ChargeTotals, ModelRecord } from '../../domain/charge';
import type { SearchQuery, SearchResult } from '../../domain/search';
import type { SpendEvent, StoreEvent } from '../../domain/storeEvent';
import type { Telemetry, TelemetryQuery } from '../../domain/telemetry';
import type { StoreReport } from '../../domain/storeReport';
import type { ProjectionChange } from './projection/openProjection';
import type { JournalFiles } from './journal/files';
import { SIGNAL_FILE } from './journal/set';
import { SpendIndex } from './spendIndex';
import { type CommittedFrame, JournalWriter } from './journal/writer';
import { NodeJournalFiles } from './journal/nodeFiles';
import { OwnPresence } from './windows/presence';
import { storeReasonOf, storeWriteError } from './journal/failure';
import type { StoreProjection } from './storeProjection';
import { TurnClaims } from './windows/turnClaims';
import type { ProjectionInspection } from './projectionInspection';
import { storeWarnings } from './storeWarnings';

/** Other windows check 2.5 times per second. More signals would be useless, and each slows down the next flush. */
const MIN_SIGNAL_INTERVAL_MS = 100;

export interface JournaledConversationStoreOptions {
  /** Folder shared by all windows; created by the first write or by `state`. */
  readonly directory: string;
  /** Access to the folder; defaults to Node's file system. */
  readonly files?: JournalFiles;
  /** Projection of the same folder. Opened when conversations are first read. */
  readonly projection: StoreProjection;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The journals are the source of truth; SQLite is a projection. Each process appends to its own journal, so no lock is
 * needed. All processes fold all journals in the same order and reach the same state.
 *
 * - A commit is acknowledged only after its bytes are flushed (`OwnJournal`).
 * - Damaged bytes are skipped and reported. A process never changes the journal of another one.
 * - Unreadable data is a warning or an error, never an empty history.
 * - The list of conversations comes from the same fold as their content, so there is no separate index to lose.
 */
export class JournaledConversationStore implements ConversationStore {
  private readonly directory: string;
  private readonly files: JournalFiles;
  private readonly spendIndex: SpendIndex;
  private readonly writer: JournalWriter;
  private readonly projection: StoreProjection;
  private readonly presence: OwnPresence;
  private readonly claims: TurnClaims;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly changed: Emitter<StoreChange>;
  readonly onDidChange: ConversationStore['onDidChange'];
  private signalling: Promise<void> = Promise.resolve();
  private nextSignal: NodeJS.Timeout | undefined;
  /** Monotonic time of the last signal. */
  private signalledMs = -Infinity;
  private lastFailure: StoreReason | undefined;
  private hasWritten = false;
  private closed = false;

  constructor({
    directory,
    files = new NodeJournalFiles(directory),
    projection,
    clock,
    log,
  }: JournaledConversationStoreOptions) {
    this.directory = directory;
    this.files = files;
    this.projection = projection;
    this.presence = new OwnPresence(files);
    this.claims = new TurnClaims(files);
    this.clock = clock;
    this.log = log;
    this.changed = new Emitter((error) => log.error(`store: a listener failed: ${String(error)}`));
    this.onDidChange = this.changed.event;
    this.spendIndex = new SpendIndex(files, clock, (writer) => this.writer.owns(writer));
    this.writer = new JournalWriter({
      files,
      clock,
      prepare: () => this.prepareWriting(),
      nextLamport: () => this.spendIndex.nextLamport(),
      onCommitted: (frame) => this.committed(frame),
    });
    projection.onDidChange((change) => this.othersWrote(change));
  }

  async commit(events: readonly StoreEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (this.closed) throw new StoreWriteError({ kind: 'closed' });
    try {
      await this.writer.commit(events);
      this.lastFailure = undefined;
    } catch (error) {
      const failure = storeWriteError(error);
      this.lastFailure = failure.reason;
      const cause = failure.cause instanceof Error ? ` ${String(failure.cause)}` : '';
      this.log.error(`store: a commit failed: ${failure.message}${cause}`);
      throw failure;
    }
  }

  conversations(query?: ConversationQuery): Promise<readonly ConversationSummary[]> {
    return this.projection.ask('conversations', query);
  }

  countConversations(status?: ConversationStatus): Promise<number> {
    return this.projection.ask('countConversations', status);
  }

  load(id: ConversationId): Promise<Conversation | undefined> {
    return this.projection.ask('load', id);
  }

  conversationOf(id: MessageId): Promise<ConversationId | undefined> {
    return this.projection.ask('conversationOf', id);
  }

  nextRunNumber(): Promise<number> {
    return this.projection.ask('nextRunNumber');
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return this.projection.ask('search', query);
  }

  searchTitles(query: SearchQuery): Promise<readonly ConversationSummary[]> {
    return this.projection.ask('searchTitles', query);
  }

  /** @throws if the folder can't be listed: unknown spend must not count as zero. */
  async spendEvents(position = 0): Promise<SpendReading> {
    await this.spendIndex.refresh();
    const gaps = await this.spendIndex.spendGaps();
    return { ...this.spendIndex.spendSince(position), gaps };
  }

  spendOf(id: ConversationId): Promise<readonly SpendEvent[]> {
    return this.projection.ask('spendOf', id);
  }

  charges(query: ChargeQuery): Promise<ChargePage> {
    return this.projection.ask('charges', query);
  }

  chargeTotals(period: ChargePeriod): Promise<ChargeTotals> {
    return this.projection.ask('chargeTotals', period);
  }

  modelRecords(): Promise<readonly ModelRecord[]> {
    return this.projection.ask('modelRecords');
  }

  telemetry(query: TelemetryQuery): Promise<Telemetry> {
    return this.projection.ask('telemetry', query);
  }

  async claimTurn(id: ConversationId): Promise<Disposable | undefined> {
    if (this.closed) return { dispose: () => undefined };
    await this.files.createDirectory().catch(() => undefined);
    return this.claims.claim(id);
  }

  async state(): Promise<StoreState> {
    try {
      await this.spendIndex.refresh();
      if (this.spendIndex.hasNewerSchema) return { kind: 'readOnly', reason: { kind: 'newerVersion' } };
      await this.prepareFolder();
    } catch (error) {
      return { kind: 'readOnly', reason: storeReasonOf(error) };
    }
    const { unreadableEvents, damagedSnapshots, unreadable } = await this.projection.findings();
    const unreadableNow = this.spendIndex.ends().flatMap((end) => (end.kind === 'unreadable' ? [end.reason] : []));
    const findings = {
      unreadable: unreadableNow.length > 0 ? unreadableNow : unreadable,
      damaged: (await this.spendIndex.damaged()).map(({ end }) => end),
      damagedSnapshots: damagedSnapshots.length,
      unreadableEvents: Math.max(unreadableEvents, this.spendIndex.unreadableEvents),
      isOnNetwork: await this.files.isOnNetwork(),
      lastFailure: this.lastFailure,
    };
    return { kind: 'ready', warnings: storeWarnings(findings) };
  }

  /** Reads every file and reports its state. Slow on a long history. @throws if the folder can't be listed. */
  inspect(): Promise<StoreReport> {
    return this.report(() => this.projection.inspect());
  }

  /** Repairs what `repairFiles` can, then inspects again. @throws if a file can't be written. */
  repair(): Promise<StoreReport> {
    return this.report(() => this.projection.repair());
  }

  private async report(inspect: () => Promise<ProjectionInspection>): Promise<StoreReport> {
    const notWritable = await this.prepareFolder().then(() => undefined, storeReasonOf);
    const inspection = await inspect();
    return { directory: this.directory, ...inspection, notWritable, isOnNetwork: await this.files.isOnNetwork() };
  }

  /** Waits for the commits made so far. Later commits fail. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writer.close();
    if (this.nextSignal) this.signal();
    await Promise.all([this.signalling, this.presence.close(), this.claims.close()]);
    await this.projection.close();
    this.changed.dispose();
  }

  private committed(frame: CommittedFrame): void {
    this.hasWritten = true;
    this.spendIndex.addOwn(frame);
    this.presence.track(frame.writer, frame.events);
    this.projection.apply(frame);
    const waitMs = this.signalledMs + MIN_SIGNAL_INTERVAL_MS - this.clock.monotonicMs();
    if (waitMs <= 0) this.signal();
    else this.nextSignal ??= setTimeout(() => this.signal(), waitMs).unref();
  }

  /** A failure is ignored: without the signal, other windows find the commit later. */
  private signal(): void {
    clearTimeout(this.nextSignal);
    this.nextSignal = undefined;
    this.signalledMs = this.clock.monotonicMs();
    this.signalling = this.files.touch(SIGNAL_FILE).catch(() => undefined);
  }

  private othersWrote({ conversationIds, spend, lamport }: ProjectionChange): void {
    this.spendIndex.observeLamport(lamport);
    this.changed.fire({ conversationIds, spend });
  }

  /**
   * A store with a newer schema is not written. If a newer window appears while this one is writing, `state` stops new
   * requests. The replies that are still streaming here are stored, because they would be lost otherwise.
   */
  private async prepareWriting(): Promise<void> {
    await this.prepareFolder();
    await this.spendIndex.refresh();
    if (this.spendIndex.hasNewerSchema && !this.hasWritten) throw new StoreWriteError({ kind: 'newerVersion' });
  }

  private async prepareFolder(): Promise<void> {
    await this.files.createDirectory();
    await this.files.checkWritable();
  }
}
