import type { ConversationId } from '../../../domain/ids';
import type { Clock, Logger } from '../../../domain/ports/system';
import type { StoreReason } from '../../../domain/storeTrouble';
import type { JournalFiles } from '../journal/files';
import { JournalSet } from '../journal/set';
import type { CommittedFrame } from '../journal/writer';
import type { ConversationQueries } from './conversationQueries';
import { OpenProjection, type ProjectionChange, type ProjectionSummary } from './openProjection';
import { CONNECTION_SETTINGS, newProjectionDatabase } from './schema';
import { Snapshots } from './snapshots';

/** Frames folded since the last snapshot after which another one is published. */
const FRAMES_PER_SNAPSHOT = 4_000;

export interface ProjectionOptions {
  readonly files: JournalFiles;
  readonly wasmBinary: () => Promise<Uint8Array>;
  /** Whether the process that writes a journal is running. */
  readonly isAlive: (writer: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Folds everything from the journals, for comparison. */
  readonly withoutSnapshots?: boolean;
}

export interface ProjectionFindings {
  readonly lamport: number;
  /** Events that this version can't read. */
  readonly unreadableEvents: number;
  /** Names of damaged snapshot files. */
  readonly damagedSnapshots: readonly string[];
  /** Why journals can't be read at the moment; what they hold is not shown. */
  readonly unreadable: readonly StoreReason[];
}

export const NO_FINDINGS: ProjectionFindings = {
  lamport: 0,
  unreadableEvents: 0,
  damagedSnapshots: [],
  unreadable: [],
};

/**
 * The database made from the newest snapshot and the journals behind it. It can be discarded at any time: the next
 * `open` builds it again. `apply` adds this process's commits, `refresh` those of other windows.
 */
export class Projection {
  private readonly snapshots: Snapshots;
  private current: OpenProjection | undefined;
  private opening: Promise<OpenProjection> | undefined;
  private readonly ownWriters = new Set<string>();
  /** Commits of this process made while the projection was opening. */
  private committed: CommittedFrame[] = [];
  /** Refreshing and saving take turns: while frames are read, positions are ahead of rows. */
  private queue: Promise<unknown> = Promise.resolve();
  private framesSinceSnapshot = 0;

  constructor(private readonly options: ProjectionOptions) {
    this.snapshots = new Snapshots({ ...options, nowMs: () => options.clock.nowMs() });
  }

  get findings(): ProjectionFindings {
    if (!this.current) return NO_FINDINGS;
    const { lamport, unreadableEvents, damagedSnapshots, unreadableJournals } = this.current;
    return { lamport, unreadableEvents, damagedSnapshots, unreadable: unreadableJournals };
  }

  /** @throws when the folder can't be listed or the engine can't be loaded; it never returns less instead. */
  async open(): Promise<ConversationQueries> {
    if (this.current) return this.current.queries;
    this.opening ??= this.build().finally(() => (this.opening = undefined));
    return (await this.opening).queries;
  }

  get isOpen(): boolean {
    return this.current !== undefined;
  }

  /** Adds a commit of this process. If that fails, the projection is rebuilt; the commit stands. */
  apply(frame: CommittedFrame): void {
    this.ownWriters.add(frame.writer);
    if (this.opening) this.committed.push(frame);
    else if (this.current) this.applyCommitted(this.current, frame);
  }

  /**
   * Reads what other windows have written since.
   * @param writers journals to read even if nothing signals a change.
   * @returns undefined when there is nothing new. @throws like `open`.
   */
  refresh(writers: readonly string[] = []): Promise<ProjectionChange | undefined> {
    return this.exclusively(() => this.foldNew(writers));
  }

  /** Undefined while it is not open. */
  summary(): ProjectionSummary | undefined {
    return this.current?.summary();
  }

  /** Conversations with replies that these journals started and did not end. */
  abandonedBy(writers: readonly string[]): readonly ConversationId[] {
    return this.current ? writers.flatMap((writer) => this.current?.queries.runningIn(writer) ?? []) : [];
  }

  /** Prepares what the next search would have to do first. @returns true when nothing is left. */
  indexPending(budgetMs: number): boolean {
    return this.current?.indexPending(budgetMs) ?? true;
  }

  get isSnapshotDue(): boolean {
    return this.framesSinceSnapshot >= FRAMES_PER_SNAPSHOT;
  }

  /**
   * Publishes a snapshot, unless something is unreadable: an incomplete snapshot would pass for the whole.
   * @throws when a step fails; earlier snapshots stay valid.
   */
  save(): Promise<void> {
    return this.exclusively(async () => {
      const { current } = this;
      if (!current || !(await current.isSound()) || (await this.snapshots.has(current.lamport))) return;
      this.framesSinceSnapshot = 0;
      await this.snapshots.publish(current.image());
    });
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.opening?.catch(() => undefined);
    await this.queue;
    this.discard();
  }

  private exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private discard(): void {
    this.current?.close();
    this.current = undefined;
  }

  private async build(): Promise<OpenProjection> {
    const { clock, log, files, wasmBinary, withoutSnapshots = false, isAlive } = this.options;
    const startMs = clock.monotonicMs();
    const { snapshot, damaged } = withoutSnapshots ? { snapshot: undefined, damaged: [] } : await this.snapshots.load();
    const database = snapshot?.database ?? (await newProjectionDatabase(await wasmBinary()));
    try {
      database.execute(CONNECTION_SETTINGS);
      const projection = new OpenProjection({
        database,
        journals: new JournalSet(files, clock, snapshot?.manifest.journals),
        lamport: snapshot?.manifest.lamport ?? 0,
        damagedSnapshots: damaged,
        clock,
        isAlive,
      });
      const frames = await projection.foldAll();
      this.framesSinceSnapshot = frames;
      const tookMs = Math.round(clock.monotonicMs() - startMs);
      log.info(`store: ${snapshot ? 'loaded a snapshot and ' : ''}folded ${frames} frames in ${tookMs} ms`);
      this.current = projection;
      for (const frame of this.committed.splice(0)) this.applyCommitted(projection, frame);
      return projection;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private async foldNew(writers: readonly string[]): Promise<ProjectionChange | undefined> {
    try {
      const change = await this.current?.foldNew(writers, (writer) => this.ownWriters.has(writer));
      this.framesSinceSnapshot += change?.frames ?? 0;
      return change;
    } catch (error) {
      // Frames that were read but not applied would be missing for good.
      this.discard();
      throw error;
    }
  }

  private applyCommitted(projection: OpenProjection, frame: CommittedFrame): void {
    try {
      if (projection.applyCommitted(frame)) this.framesSinceSnapshot += 1;
    } catch (error) {
      this.options.log.error(
        `store: rebuilding the projection, commit ${frame.seq} of ${frame.writer} could not be applied: ${String(error)}`,
      );
      this.discard();
    }
  }
}
