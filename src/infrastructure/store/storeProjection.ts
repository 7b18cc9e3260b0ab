import { Emitter, type Event } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import type { ConversationQueries } from './projection/conversationQueries';
import type { ProjectionChange } from './projection/openProjection';
import { Projection, type ProjectionFindings, type ProjectionOptions } from './projection/projection';
import type { CommittedFrame } from './journal/writer';
import { PresenceWatch } from './windows/presence';
import { type ProjectionInspection, inspectProjection, repairProjection } from './projectionInspection';

/** How often the journals of other windows are checked. Without changes, a check is one `stat`. */
const REFRESH_MS = 400;

/** Search indexing runs in slices of this length between questions. */
const INDEX_SLICE_MS = 12;

/** Queries whose parameters and results are plain data, so that they can cross threads. */
export type ProjectionQuestions = Pick<
  ConversationQueries,
  | 'conversations'
  | 'countConversations'
  | 'load'
  | 'conversationOf'
  | 'nextRunNumber'
  | 'search'
  | 'searchTitles'
  | 'spendOf'
  | 'charges'
  | 'chargeTotals'
  | 'modelRecords'
  | 'telemetry'
>;

/** The projection, on this thread or another. */
export interface StoreProjection {
  /** The first call opens the projection. @throws if it can't be opened; results are never partial. */
  ask<Q extends keyof ProjectionQuestions>(
    question: Q,
    ...parameters: Parameters<ProjectionQuestions[Q]>
  ): Promise<ReturnType<ProjectionQuestions[Q]>>;
  /** Applies a commit of this process. Later questions include it. */
  apply(frame: CommittedFrame): void;
  /** Reads the journals of other windows now. `onDidChange` has fired when it resolves. */
  refresh(): Promise<void>;
  /** Publishes a snapshot now unless data is damaged. @throws if a step fails. */
  save(): Promise<void>;
  findings(): Promise<ProjectionFindings>;
  /** Reads every file. */
  inspect(): Promise<ProjectionInspection>;
  /** Repairs what can be repaired, then inspects again. */
  repair(): Promise<ProjectionInspection>;
  /** Fires when other windows have written. */
  readonly onDidChange: Event<ProjectionChange>;
  close(): Promise<void>;
}

export interface LocalProjectionOptions extends Omit<ProjectionOptions, 'isAlive'> {
  readonly log: Logger;
}

/** The projection on the calling thread. */
export class LocalProjection implements StoreProjection {
  private readonly ownWriters = new Set<string>();
  private readonly presence: PresenceWatch;
  private readonly projectionOptions: ProjectionOptions;
  private readonly projection: Projection;
  private readonly changed = new Emitter<ProjectionChange>((error) =>
    this.options.log.error(`store: a listener failed: ${String(error)}`),
  );
  readonly onDidChange = this.changed.event;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: LocalProjectionOptions) {
    this.presence = new PresenceWatch(options.files, options.clock);
    this.projectionOptions = {
      ...options,
      isAlive: (writer) => this.ownWriters.has(writer) || this.presence.isAlive(writer),
    };
    this.projection = new Projection(this.projectionOptions);
  }

  async ask<Q extends keyof ProjectionQuestions>(
    question: Q,
    ...parameters: Parameters<ProjectionQuestions[Q]>
  ): Promise<ReturnType<ProjectionQuestions[Q]>> {
    if (!this.projection.isOpen) await this.presence.refresh().catch(() => undefined);
    const projection: ProjectionQuestions = await this.projection.open();
    if (!this.timer && !this.closed) this.scheduleRefresh();
    return answer(projection, question, parameters);
  }

  apply(frame: CommittedFrame): void {
    this.addOwnWriter(frame.writer);
    this.projection.apply(frame);
  }

  /** Registers a journal that this process writes. */
  addOwnWriter(writer: string): void {
    this.ownWriters.add(writer);
  }

  async refresh(): Promise<void> {
    const change = await this.projection.refresh();
    const endedWriters = change || this.presence.hasAny ? await this.presence.refresh() : [];
    // A killed process may have written its last frames without a change signal.
    const lastChange = endedWriters.length > 0 ? await this.projection.refresh(endedWriters) : undefined;
    const abandoned = this.projection.abandonedBy(endedWriters);
    const changes = [change, lastChange].filter((some) => some !== undefined);
    if (changes.length === 0 && abandoned.length === 0) return;
    const conversationIds = new Set([...changes.flatMap((some) => [...some.conversationIds]), ...abandoned]);
    this.changed.fire({
      conversationIds,
      spend: changes.some(({ spend }) => spend),
      lamport: this.projection.findings.lamport,
    });
  }

  async save(): Promise<void> {
    await this.projection.open();
    await this.projection.save();
  }

  findings(): Promise<ProjectionFindings> {
    return Promise.resolve(this.projection.findings);
  }

  async inspect(): Promise<ProjectionInspection> {
    await this.projection.open();
    return inspectProjection(this.projection, this.projectionOptions);
  }

  async repair(): Promise<ProjectionInspection> {
    await repairProjection(this.projection, this.projectionOptions);
    return this.inspect();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.projection.close();
    this.changed.dispose();
  }

  private scheduleRefresh(): void {
    this.timer = setTimeout(() => void this.refreshRegularly(), REFRESH_MS);
    this.timer.unref();
  }

  private async refreshRegularly(): Promise<void> {
    try {
      await this.refresh();
      while (!this.closed && !this.projection.indexPending(INDEX_SLICE_MS)) await new Promise(setImmediate);
      if (this.projection.isSnapshotDue) await this.projection.save();
    } catch (error) {
      this.options.log.warn(`store: ${String(error)}`);
    }
    if (!this.closed) this.scheduleRefresh();
  }
}

/** TypeScript can't relate a method's parameters to its name when both are generic. The signature does. */
function answer<Q extends keyof ProjectionQuestions>(
  projection: ProjectionQuestions,
  question: Q,
  parameters: Parameters<ProjectionQuestions[Q]>,
): ReturnType<ProjectionQuestions[Q]> {
  const result: ReturnType<ProjectionQuestions[Q]> = Reflect.apply(projection[question], projection, parameters);
  return result;
}
