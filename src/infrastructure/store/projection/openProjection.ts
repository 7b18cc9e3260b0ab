import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import type { StoreReason } from '../../../domain/storeTrouble';
import { type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from '../journal/eventSchema';
import { writerOf } from '../journal/files';
import { foldJournals, slices } from '../journal/fold';
import type { Frame } from '../journal/frame';
import type { JournalSet } from '../journal/set';
import type { CommittedFrame } from '../journal/writer';
import { SearchIndex } from '../search/index';
import type { SqlDatabase } from '../sql/engine';
import { ConversationQueries } from './conversationQueries';
import { digestOf } from './digest';
import { EventBuffer } from './eventBuffer';
import { ProjectionFold } from './fold';
import { CONNECTION_SETTINGS } from './schema';
import { type ProjectionImage, countsOf } from './snapshots';
import { spendForGate } from './spendRows';

/** What other windows have written. */
export interface ProjectionChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  readonly spend: boolean;
  /** Highest lamport number in the projection: this window's next commit needs a higher one. */
  readonly lamport: number;
}

export interface ProjectionSummary {
  readonly conversations: number;
  readonly messages: number;
  /** See `digestOf`. */
  readonly digest: string;
}

export interface OpenProjectionOptions {
  readonly database: SqlDatabase;
  readonly journals: JournalSet;
  /** Highest lamport number in the database. */
  readonly lamport: number;
  readonly damagedSnapshots: readonly string[];
  readonly clock: Clock;
  /** Whether the process that writes a journal is running. */
  readonly isAlive: (writer: string) => boolean;
}

/** One database with the journals that are folded into it. */
export class OpenProjection {
  readonly queries: ConversationQueries;
  readonly damagedSnapshots: readonly string[];
  private readonly database: SqlDatabase;
  private readonly journals: JournalSet;
  private readonly clock: Clock;
  private readonly index: SearchIndex;
  private readonly buffer: EventBuffer;
  /** Writers of this process whose journals have frames that were not applied: those are read from the files. */
  private readonly behind = new Set<string>();
  private highestLamport: number;
  private unreadableCount = 0;

  constructor({ database, journals, lamport, damagedSnapshots, clock, isAlive }: OpenProjectionOptions) {
    this.database = database;
    this.journals = journals;
    this.clock = clock;
    this.damagedSnapshots = damagedSnapshots;
    this.highestLamport = lamport;
    this.index = new SearchIndex(database, clock);
    this.buffer = new EventBuffer(new ProjectionFold(database), clock);
    this.queries = new ConversationQueries(database, this.index, isAlive);
  }

  get lamport(): number {
    return this.highestLamport;
  }

  /** Events that this version can't read. */
  get unreadableEvents(): number {
    return this.unreadableCount;
  }

  /** Why, for each journal that can't be read at the moment. */
  get unreadableJournals(): readonly StoreReason[] {
    return this.journals.ends().flatMap((end) => (end.kind === 'unreadable' ? [end.reason] : []));
  }

  summary(): ProjectionSummary {
    return { ...countsOf(this.database), digest: digestOf(this.database) };
  }

  /** See `SearchIndex.indexPending`. */
  indexPending(budgetMs: number): boolean {
    return this.index.indexPending(budgetMs);
  }

  /** Folds all journals from their positions on, in one transaction. @returns the number of frames. */
  async foldAll(): Promise<number> {
    this.database.execute('BEGIN');
    const frames = await foldJournals({
      cursors: await this.journals.all(),
      apply: (frame) => void this.applyFrame(frame),
      pause: slices(this.clock),
    });
    this.buffer.adoptOrphans();
    this.database.execute('COMMIT');
    return frames;
  }

  /**
   * Folds new frames of journals that other processes write, and of those that are behind.
   * @param writers journals to read even if nothing signals a change. @param isOwn whether this process writes a journal.
   * @returns undefined when there are no new frames.
   */
  async foldNew(
    writers: readonly string[],
    isOwn: (writer: string) => boolean,
  ): Promise<(ProjectionChange & { readonly frames: number }) | undefined> {
    const conversationIds = new Set<ConversationId>();
    let spend = false;
    const due = await this.journals.due(writers);
    const frames = await foldJournals({
      cursors: due.filter((cursor) => !isOwn(writerOf(cursor.name)) || this.behind.has(writerOf(cursor.name))),
      apply: (frame) => {
        this.journals.markChanged(frame.writer);
        for (const event of this.applyFrame(frame)) {
          if (isSpendEvent(event)) spend = true;
          else conversationIds.add(event.conversationId);
        }
      },
      pause: slices(this.clock),
    });
    if (frames === 0) return undefined;
    for (const event of this.buffer.retry()) conversationIds.add(event.conversationId);
    for (const id of this.buffer.takeRenumbered()) conversationIds.add(id);
    return { conversationIds, spend, lamport: this.lamport, frames };
  }

  /** Applies a commit of this process. @returns false if it was applied before. @throws if it can't be applied. */
  applyCommitted(frame: CommittedFrame): boolean {
    const cursor = this.journals.cursorOf(frame.writer);
    const { nextSeq } = cursor.position;
    if (frame.seq < nextSeq) return false;
    this.applyEvents(frame, frame.events);
    // Earlier frames that could not be read are not skipped: they are read from the file like another window's.
    if (frame.seq === nextSeq) cursor.advanceTo({ offset: frame.end, nextSeq: frame.seq + 1 });
    if (cursor.position.nextSeq > frame.seq) this.behind.delete(frame.writer);
    else this.behind.add(frame.writer);
    return true;
  }

  /** Whether the projection is complete, as far as this process can see. */
  async isSound(): Promise<boolean> {
    if (this.buffer.mayStillApply) return false;
    if (this.journals.ends().some(({ kind }) => kind === 'unreadable' || kind === 'newer')) return false;
    if (this.damagedSnapshots.length > 0 || this.unreadableCount > 0) return false;
    return (await this.journals.damaged()).length === 0;
  }

  /** Synchronous, so that the positions of the journals match the rows. */
  image(): ProjectionImage {
    const bytes = this.database.export();
    // Exporting reopens the database.
    this.database.execute(CONNECTION_SETTINGS);
    return {
      bytes,
      counts: countsOf(this.database),
      spend: spendForGate(this.database, this.clock.nowMs()),
      lamport: this.lamport,
      journals: this.journals.positions(),
    };
  }

  close(): void {
    this.database.close();
  }

  private applyFrame(frame: Frame): readonly StoreEvent[] {
    if (frame.schema > EVENT_SCHEMA_VERSION) {
      this.highestLamport = Math.max(this.highestLamport, frame.lamport);
      return [];
    }
    const { events, unreadable } = parseStoreEvents(frame.eventsJson.toString('utf8'));
    this.unreadableCount += unreadable;
    this.applyEvents(frame, events);
    return events;
  }

  private applyEvents(frame: Pick<Frame, 'writer' | 'lamport'>, events: readonly StoreEvent[]): void {
    this.highestLamport = Math.max(this.highestLamport, frame.lamport);
    this.buffer.place(frame, events);
  }
}
