import type { Clock, Logger } from '../../domain/ports';
import { ConversationView } from './conversationView';
import type { JournalFiles } from './journalFiles';
import { foldJournals } from './journalFold';
import type { Frame } from './journalFrame';
import type { CommittedFrame } from './journalWriter';
import { SqlDatabase } from './sqlEngine';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from './storeEventSchema';
import { ViewFold } from './viewFold';
import { VIEW_SCHEMA, VIEW_SETTINGS } from './viewSchema';

/** Milliseconds of folding after which other work of the thread gets its turn. */
const SLICE_MS = 12;

export interface FoldedViewOptions {
  readonly files: JournalFiles;
  readonly wasmBinary: () => Promise<Uint8Array>;
  readonly owns: (writer: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

interface OpenView {
  readonly database: SqlDatabase;
  readonly fold: ViewFold;
  readonly questions: ConversationView;
  /** Events that no rule of this version can read. */
  readonly unreadableEvents: number;
}

/** The database made from the journals. It can be thrown away at any time: the next question folds it anew. */
export class FoldedView {
  private current: OpenView | undefined;

  constructor(private readonly options: FoldedViewOptions) {}

  /** Undefined until `open` has folded the journals, and again after an `apply` that failed. */
  get questions(): ConversationView | undefined {
    return this.current?.questions;
  }

  /** Zero until the view was opened. */
  get unreadableEvents(): number {
    return this.current?.unreadableEvents ?? 0;
  }

  /**
   * Folds all journals, unless that is done. Nobody may commit meanwhile: `apply` continues where this ends.
   * @throws when the folder cannot be listed or the engine cannot be loaded. It never answers with less instead.
   */
  async open(): Promise<ConversationView> {
    this.current ??= await this.build();
    return this.current.questions;
  }

  /** Adds a commit of this process. A failure is the view's, not the commit's, and costs only the view. */
  apply(frame: CommittedFrame): void {
    try {
      for (const event of frame.events) this.current?.fold.apply(frame.writer, event);
    } catch (error) {
      this.options.log.error(`store: the view is folded anew, commit ${frame.opId} did not fit: ${String(error)}`);
      this.close();
    }
  }

  close(): void {
    this.current?.database.close();
    this.current = undefined;
  }

  private async build(): Promise<OpenView> {
    const { wasmBinary, owns, clock, log } = this.options;
    const startMs = clock.monotonicMs();
    const database = await SqlDatabase.create(await wasmBinary());
    try {
      database.execute(VIEW_SETTINGS);
      database.execute(VIEW_SCHEMA);
      const fold = new ViewFold(database);
      // One transaction for all of it: outside of one, each statement is a transaction of its own and slower.
      database.execute('BEGIN');
      const counts = await this.foldAll(fold);
      database.execute('COMMIT');
      log.info(`store: folded ${counts.frames} frames in ${Math.round(clock.monotonicMs() - startMs)} ms`);
      return { database, fold, questions: new ConversationView(database, owns), unreadableEvents: counts.unreadable };
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private async foldAll(fold: ViewFold): Promise<{ readonly frames: number; readonly unreadable: number }> {
    const { files, clock } = this.options;
    let frames = 0;
    let unreadable = 0;
    const apply = (frame: Frame): void => {
      frames += 1;
      if (frame.schema > EVENT_SCHEMA_VERSION) return;
      const reading = parseStoreEvents(frame.eventsJson.toString('utf8'));
      unreadable += reading.unreadable;
      for (const event of reading.events) fold.apply(frame.writer, event);
    };
    await foldJournals({ files, from: new Map(), apply, pause: slices(clock) });
    return { frames, unreadable };
  }
}

/** @returns a function that lets the thread's other work run once a slice of time is used up. */
function slices(clock: Clock): () => Promise<void> | undefined {
  let startMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - startMs < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        startMs = clock.monotonicMs();
        resolve();
      });
    });
  };
}
