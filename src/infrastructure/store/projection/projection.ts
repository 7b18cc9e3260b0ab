import type { StoreReason } from '../../../domain/storeTrouble';
import type { ConversationId } from '../../../domain/ids';
import type { Clock, Logger } from '../../../domain/ports/system';
import { type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import { ConversationQueries } from './conversationQueries';
import { EventBuffer } from './eventBuffer';
import type { JournalFiles } from '../journal/files';
import { foldJournals, slices } from '../journal/fold';
import type { Frame } from '../journal/frame';
import { writerOf } from '../journal/name';
import { JournalSet } from '../journal/set';
import type { CommittedFrame } from '../journal/writer';
import { SearchIndex } from '../search/index';
import { Snapshots, type ProjectionImage, countsOf } from './snapshots';
import { spendForGate } from './spendRows';
import type { SqlDatabase } from '../sql/engine';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from '../journal/eventSchema';
import { digestOf } from './digest';
import { ProjectionFold } from './fold';
import { CONNECTION_SETTINGS, newProjectionDatabase } from './schema';

/** Frames folded since the last snapshot that make the next one worth its time. */
const FRAMES_PER_SNAPSHOT = 4_000;

export interface ProjectionOptions {
  readonly files: JournalFiles;
  readonly wasmBinary: () => Promise<Uint8Array>;
  /** Says whether the process that writes a journal still runs. */
  readonly isAlive: (writer: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Everything is folded from the journals: to compare. */
  readonly withoutSnapshots?: boolean;
}

/** Read from other windows' journals. */
export interface ProjectionChange {
  readonly conversationIds: ReadonlySet<ConversationId>;
  readonly spend: boolean;
  /** Highest lamport number that this projection shows: what this window writes next has to come after it. */
  readonly lamport: number;
}

export interface ProjectionFindings {
  readonly lamport: number;
  /** Events that no rule of this version can read. */
  readonly unreadableEvents: number;
  /** Snapshot files that are not what was written. */
  readonly damagedSnapshots: readonly string[];
  /** Why journals could not be read just now: what they hold is not shown. */
  readonly unreadable: readonly StoreReason[];
}

interface OpenProjection {
  readonly database: SqlDatabase;
  readonly buffer: EventBuffer;
  readonly index: SearchIndex;
  readonly queries: ConversationQueries;
  readonly journals: JournalSet;
  readonly damagedSnapshots: readonly string[];
}

/**
 * The database made from the newest snapshot and the journals behind it. It can be thrown away at any time: the next
 * `open` makes it anew. After that `apply` brings this process's commits and `look` those of the others.
 */
export class Projection {
  private readonly snapshots: Snapshots;
  private current: OpenProjection | undefined;
  private opening: Promise<OpenProjection> | undefined;
  private readonly ownWriters = new Set<string>();
  /** Those of them whose journals are not read up to what came through `apply`. */
  private readonly behind = new Set<string>();
  /** Commits of this process that came while the projection was opened. */
  private committed: CommittedFrame[] = [];
  /** Reading others' journals and saving take turns: while frames are read, positions are ahead of rows. */
  private queue: Promise<unknown> = Promise.resolve();
  private lamport = 0;
  private unreadableEvents = 0;
  private framesSinceSnapshot = 0;

  constructor(private readonly options: ProjectionOptions) {
    this.snapshots = new Snapshots({ ...options, nowMs: () => options.clock.nowMs() });
  }

  get findings(): ProjectionFindings {
    const { lamport, unreadableEvents } = this;
    const unreadable = (this.current?.journals.ends() ?? []).flatMap((end) =>
      end.kind === 'unreadable' ? [end.reason] : [],
    );
    return { lamport, unreadableEvents, damagedSnapshots: this.current?.damagedSnapshots ?? [], unreadable };
  }

  /** @throws when the folder cannot be listed or the engine cannot be loaded. It never answers with less instead. */
  async open(): Promise<ConversationQueries> {
    if (this.current) return this.current.queries;
    this.opening ??= this.build().finally(() => (this.opening = undefined));
    return (await this.opening).queries;
  }

  get isOpen(): boolean {
    return this.current !== undefined;
  }

  /** Adds a commit of this process. A failure is the projection's, not the commit's, and costs only the projection. */
  apply(frame: CommittedFrame): void {
    this.ownWriters.add(frame.writer);
    if (this.opening) this.committed.push(frame);
    else if (this.current) this.applyCommitted(this.current, frame);
  }

  /**
   * Reads what other windows have written since; what the named `writers` wrote also when nothing says that they did.
   * @returns undefined when that is nothing. @throws like `open`.
   */
  refresh(writers: readonly string[] = []): Promise<ProjectionChange | undefined> {
    return this.exclusively(() => this.refreshNow(writers));
  }

  /** How much is shown, and one value for all of it, see `digestOf`. Undefined while it is not open. */
  summary(): { readonly conversations: number; readonly messages: number; readonly digest: string } | undefined {
    return this.current && { ...countsOf(this.current.database), digest: digestOf(this.current.database) };
  }

  /** Conversations with replies that those journals began and did not end. */
  abandonedBy(writers: readonly string[]): readonly ConversationId[] {
    return this.current ? writers.flatMap((writer) => this.current?.queries.runningIn(writer) ?? []) : [];
  }

  /** Prepares what a search would have to do first. @returns true when nothing is left. */
  indexFor(budgetMs: number): boolean {
    return this.current?.index.indexPending(budgetMs) ?? true;
  }

  /** Enough has come since the last snapshot to make the next one worth its time. */
  get isSnapshotDue(): boolean {
    return this.framesSinceSnapshot >= FRAMES_PER_SNAPSHOT;
  }

  /**
   * Publishes a snapshot. Whoever saw something unreadable does not: the snapshot would pass for the whole.
   * @throws when a step fails; what was published before still stands.
   */
  save(): Promise<void> {
    return this.exclusively(async () => {
      const { current } = this;
      if (!current || !(await this.isSound(current)) || (await this.snapshots.has(this.lamport))) return;
      this.framesSinceSnapshot = 0;
      // Nothing may come between the parts of the image: its positions must not be ahead of its rows.
      await this.snapshots.publish(this.imageOf(current));
    });
  }

  private imageOf({ database, journals }: OpenProjection): ProjectionImage {
    const bytes = database.export();
    // Exporting opens the database again.
    database.execute(CONNECTION_SETTINGS);
    const spend = spendForGate(database, this.options.clock.nowMs());
    return { bytes, counts: countsOf(database), spend, lamport: this.lamport, journals: journals.positions() };
  }

  /** Waits for what is going on. */
  async close(): Promise<void> {
    await this.opening?.catch(() => undefined);
    await this.queue;
    this.drop();
  }

  private exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private drop(): void {
    this.current?.database.close();
    this.current = undefined;
  }

  private async isSound({ buffer, journals, damagedSnapshots }: OpenProjection): Promise<boolean> {
    if (buffer.isExpecting) return false;
    if (journals.ends().some(({ kind }) => kind === 'unreadable' || kind === 'newer')) return false;
    return damagedSnapshots.length === 0 && this.unreadableEvents === 0 && (await journals.damaged()).length === 0;
  }

  private async build(): Promise<OpenProjection> {
    const { clock, log, files } = this.options;
    const startMs = clock.monotonicMs();
    this.lamport = 0;
    this.unreadableEvents = 0;
    const { snapshot, damaged } = this.options.withoutSnapshots
      ? { snapshot: undefined, damaged: [] }
      : await this.snapshots.load();
    const database = snapshot?.database ?? (await newProjectionDatabase(await this.options.wasmBinary()));
    try {
      database.execute(CONNECTION_SETTINGS);
      this.lamport = snapshot?.manifest.lamport ?? 0;
      const index = new SearchIndex(database, clock);
      const projection: OpenProjection = {
        database,
        buffer: new EventBuffer(new ProjectionFold(database), clock),
        index,
        queries: new ConversationQueries(database, index, this.options.isAlive),
        journals: new JournalSet(files, clock, snapshot?.manifest.journals),
        damagedSnapshots: damaged,
      };
      const frames = await this.foldAll(projection);
      this.framesSinceSnapshot = frames;
      log.info(
        `store: ${snapshot ? 'loaded a snapshot and ' : ''}folded ${frames} frames in ${Math.round(clock.monotonicMs() - startMs)} ms`,
      );
      this.current = projection;
      for (const frame of this.committed.splice(0)) this.applyCommitted(projection, frame);
      return projection;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** One transaction for all of it: outside of one, each statement is a transaction of its own and slower. */
  private async foldAll(projection: OpenProjection): Promise<number> {
    projection.database.execute('BEGIN');
    const frames = await foldJournals({
      cursors: await projection.journals.all(),
      apply: (frame) => void this.applyFrame(projection, frame),
      pause: slices(this.options.clock),
    });
    projection.buffer.adoptOrphans();
    projection.database.execute('COMMIT');
    return frames;
  }

  private async refreshNow(writers: readonly string[]): Promise<ProjectionChange | undefined> {
    const projection = this.current;
    if (!projection) return undefined;
    try {
      return await this.foldNew(projection, writers);
    } catch (error) {
      // Frames that were read and not applied must not be missing for good.
      this.drop();
      throw error;
    }
  }

  private async foldNew(projection: OpenProjection, writers: readonly string[]): Promise<ProjectionChange | undefined> {
    const conversationIds = new Set<ConversationId>();
    let spend = false;
    const frames = await foldJournals({
      cursors: (await projection.journals.due(writers)).filter(({ name }) => !this.comesThroughApply(writerOf(name))),
      apply: (frame) => {
        projection.journals.markChanged(frame.writer);
        for (const event of this.applyFrame(projection, frame)) {
          if (isSpendEvent(event)) spend = true;
          else conversationIds.add(event.conversationId);
        }
      },
      pause: slices(this.options.clock),
    });
    if (frames === 0) return undefined;
    for (const event of projection.buffer.retry()) conversationIds.add(event.conversationId);
    for (const id of projection.buffer.takeRenumbered()) conversationIds.add(id);
    this.framesSinceSnapshot += frames;
    return { conversationIds, spend, lamport: this.lamport };
  }

  private comesThroughApply(writer: string): boolean {
    return this.ownWriters.has(writer) && !this.behind.has(writer);
  }

  private applyCommitted(projection: OpenProjection, frame: CommittedFrame): void {
    const cursor = projection.journals.cursorOf(frame.writer);
    const { nextSeq } = cursor.position;
    if (frame.seq < nextSeq) return;
    try {
      this.applyEvents(projection, frame, frame.events);
      // Frames before this one that could not be read are not passed over: they are read like another window's.
      if (frame.seq === nextSeq) cursor.advanceTo({ offset: frame.end, nextSeq: frame.seq + 1 });
      if (cursor.position.nextSeq > frame.seq) this.behind.delete(frame.writer);
      else this.behind.add(frame.writer);
      this.framesSinceSnapshot += 1;
    } catch (error) {
      this.options.log.error(
        `store: the projection is made anew, commit ${frame.seq} of ${frame.writer} did not fit: ${String(error)}`,
      );
      this.drop();
    }
  }

  private applyFrame(projection: OpenProjection, frame: Frame): readonly StoreEvent[] {
    if (frame.schema > EVENT_SCHEMA_VERSION) {
      this.lamport = Math.max(this.lamport, frame.lamport);
      return [];
    }
    const { events, unreadable } = parseStoreEvents(frame.eventsJson.toString('utf8'));
    this.unreadableEvents += unreadable;
    this.applyEvents(projection, frame, events);
    return events;
  }

  private applyEvents(
    { buffer }: OpenProjection,
    frame: Pick<Frame, 'writer' | 'lamport'>,
    events: readonly StoreEvent[],
  ): void {
    this.lamport = Math.max(this.lamport, frame.lamport);
    buffer.place(frame, events);
  }
}
