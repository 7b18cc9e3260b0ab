import { Emitter, type Event } from '../../domain/emitter';
import type { Logger } from '../../domain/ports/system';
import type { ConversationQueries } from './projection/conversationQueries';
import { Projection, type ProjectionOptions, type ViewChange, type ViewFindings } from './projection/projection';
import type { CommittedFrame } from './journal/writer';
import { PresenceWatch } from './windows/presence';
import { type ProjectionInspection, inspectProjection, repairProjection } from './projectionInspection';

/** How often other windows' journals are looked at; a quiet look is one `stat`. */
const LOOK_MS = 400;

/** Indexing for the search goes on in slices between questions. */
const INDEX_SLICE_MS = 12;

/** Questions with plain data for parameters and answers, so that they can be asked across threads. */
export type ViewQuestions = Pick<
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

/** The view, wherever it runs. */
export interface StoreProjection {
  /** Opens the view when it is first asked. @throws when it cannot be opened: it never answers with less instead. */
  ask<Q extends keyof ViewQuestions>(
    question: Q,
    ...parameters: Parameters<ViewQuestions[Q]>
  ): Promise<ReturnType<ViewQuestions[Q]>>;
  /** Brings a commit of this process; questions asked afterwards know it. */
  apply(frame: CommittedFrame): void;
  /** Looks at other windows' journals now; `onDidChange` has been told when it resolves. */
  look(): Promise<void>;
  /** Publishes a snapshot now, unless something is damaged. @throws when a step fails. */
  save(): Promise<void>;
  findings(): Promise<ViewFindings>;
  /** Reads every file anew. */
  inspect(): Promise<ProjectionInspection>;
  /** Puts right what can be, and inspects again. */
  repair(): Promise<ProjectionInspection>;
  /** Other windows have written. */
  readonly onDidChange: Event<ViewChange>;
  close(): Promise<void>;
}

export interface LocalViewOptions extends Omit<ProjectionOptions, 'isAlive'> {
  readonly log: Logger;
}

/** The view on the thread that asks. */
export class LocalView implements StoreProjection {
  private readonly ownWriters = new Set<string>();
  private readonly presence: PresenceWatch;
  private readonly foldedOptions: ProjectionOptions;
  private readonly folded: Projection;
  private readonly changed = new Emitter<ViewChange>((error) =>
    this.options.log.error(`store: a listener failed: ${String(error)}`),
  );
  readonly onDidChange = this.changed.event;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: LocalViewOptions) {
    this.presence = new PresenceWatch(options.files, options.clock);
    this.foldedOptions = {
      ...options,
      isAlive: (writer) => this.ownWriters.has(writer) || this.presence.isAlive(writer),
    };
    this.folded = new Projection(this.foldedOptions);
  }

  async ask<Q extends keyof ViewQuestions>(
    question: Q,
    ...parameters: Parameters<ViewQuestions[Q]>
  ): Promise<ReturnType<ViewQuestions[Q]>> {
    if (!this.folded.isOpen) await this.presence.refresh().catch(() => undefined);
    const view: ViewQuestions = await this.folded.open();
    if (!this.timer && !this.closed) this.lookLater();
    return answer(view, question, parameters);
  }

  apply(frame: CommittedFrame): void {
    this.own(frame.writer);
    this.folded.apply(frame);
  }

  /** This process writes that journal. */
  own(writer: string): void {
    this.ownWriters.add(writer);
  }

  async look(): Promise<void> {
    const change = await this.folded.look();
    const gone = change || this.presence.hasAny ? await this.presence.refresh() : [];
    // Who was killed may have written last words without ringing for them.
    const lastWords = gone.length > 0 ? await this.folded.look(gone) : undefined;
    const abandoned = this.folded.abandonedBy(gone);
    const changes = [change, lastWords].filter((some) => some !== undefined);
    if (changes.length === 0 && abandoned.length === 0) return;
    const conversationIds = new Set([...changes.flatMap((some) => [...some.conversationIds]), ...abandoned]);
    this.changed.fire({
      conversationIds,
      spend: changes.some(({ spend }) => spend),
      lamport: this.folded.findings.lamport,
    });
  }

  async save(): Promise<void> {
    await this.folded.open();
    await this.folded.save();
  }

  findings(): Promise<ViewFindings> {
    return Promise.resolve(this.folded.findings);
  }

  async inspect(): Promise<ProjectionInspection> {
    await this.folded.open();
    return inspectProjection(this.folded, this.foldedOptions);
  }

  async repair(): Promise<ProjectionInspection> {
    await repairProjection(this.folded, this.foldedOptions);
    return this.inspect();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.folded.close();
    this.changed.dispose();
  }

  private lookLater(): void {
    this.timer = setTimeout(() => void this.lookRegularly(), LOOK_MS);
    this.timer.unref();
  }

  private async lookRegularly(): Promise<void> {
    try {
      await this.look();
      while (!this.closed && !this.folded.indexFor(INDEX_SLICE_MS)) await new Promise(setImmediate);
      if (this.folded.isSnapshotDue) await this.folded.save();
    } catch (error) {
      this.options.log.warn(`store: ${String(error)}`);
    }
    if (!this.closed) this.lookLater();
  }
}

/** TypeScript does not tie a method's parameters to its name when both are generic; the signature above does. */
function answer<Q extends keyof ViewQuestions>(
  view: ViewQuestions,
  question: Q,
  parameters: Parameters<ViewQuestions[Q]>,
): ReturnType<ViewQuestions[Q]> {
  const result: ReturnType<ViewQuestions[Q]> = Reflect.apply(view[question], view, parameters);
  return result;
}
