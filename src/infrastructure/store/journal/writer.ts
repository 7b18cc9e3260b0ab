import { StoreWriteError } from '../../../domain/ports/store';
import type { Clock } from '../../../domain/ports/system';
import type { StoreEvent } from '../../../domain/storeEvent';
import type { JournalFiles } from './files';
import { type FrameEnvelope, MAX_FRAME_BYTES, encodeFrame } from './frame';
import { OwnJournal } from './ownJournal';
import { storeWriteError } from './failure';
import { EVENT_SCHEMA_VERSION, readStoreEvents } from './eventSchema';

/** A commit that is on disk. */
export interface CommittedFrame extends FrameEnvelope {
  readonly events: readonly StoreEvent[];
  /** Offset after the frame in its journal. */
  readonly end: number;
}

/**
 * After this time without a commit, the next commit starts a new journal. Other windows can therefore stop watching a
 * journal that has not changed for twice this time.
 */
export const IDLE_JOURNAL_MS = 12 * 60 * 60_000;

export interface JournalWriterOptions {
  readonly files: JournalFiles;
  readonly clock: Clock;
  /** Called before a journal is created. @throws if the folder must not or can't be written. */
  readonly prepare: () => Promise<void>;
  /** Each call returns a number larger than every known lamport number. */
  readonly nextLamport: () => number;
  /** Called in order for each commit on disk, before its promise resolves. Must not throw. */
  readonly onCommitted: (frame: CommittedFrame) => void;
}

interface PendingCommit {
  readonly events: readonly StoreEvent[];
  readonly json: string;
  readonly resolve: () => void;
  readonly reject: (error: StoreWriteError) => void;
}

/**
 * Writes the commits of this process, one frame each, to its own journal, which the first commit creates.
 * Commits that wait together share one flush. Each resolves only when its own bytes are flushed.
 */
export class JournalWriter {
  private readonly writers = new Set<string>();
  private journal: OwnJournal | undefined;
  /** Monotonic time of the last write to the journal. */
  private writtenMs = 0;
  private pending: PendingCommit[] = [];
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: JournalWriterOptions) {}

  /** True if this process has written the journal. */
  owns(writer: string): boolean {
    return this.writers.has(writer);
  }

  /** @throws StoreWriteError if the events are not on disk. None of them is acknowledged then. */
  commit(events: readonly StoreEvent[]): Promise<void> {
    const reading = readStoreEvents(events);
    // Don't write what can't be read back: the loss would only be noticed at the next start.
    if (reading.unreadable > 0)
      return Promise.reject(new StoreWriteError({ kind: 'invalidRecord' }, { unstorable: true }));
    return new Promise((resolve, reject) => {
      this.pending.push({ events: reading.events, json: JSON.stringify(reading.events), resolve, reject });
      void this.exclusive(() => this.writePending());
    });
  }

  /** Runs the task while no commit is being written. New commits wait. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Waits for the commits made so far. */
  async close(): Promise<void> {
    await this.exclusive(async () => {
      await this.journal?.close();
      this.journal = undefined;
    });
  }

  private async writePending(): Promise<void> {
    const batch = this.pending;
    this.pending = [];
    if (batch.length === 0) return;
    try {
      if (this.isIdle) await this.leaveJournal();
      this.journal ??= await this.createJournal();
      await this.append(this.journal, batch);
      this.writtenMs = this.options.clock.monotonicMs();
    } catch (error) {
      // Never append after a failed write and never retry a failed flush on the same file: the system may have
      // dropped the bytes and report success the next time.
      await this.journal?.abandon();
      this.journal = undefined;
      for (const commit of batch) commit.reject(storeWriteError(error));
    }
  }

  private get isIdle(): boolean {
    return this.journal !== undefined && this.options.clock.monotonicMs() - this.writtenMs >= IDLE_JOURNAL_MS;
  }

  private async leaveJournal(): Promise<void> {
    await this.journal?.close();
    this.journal = undefined;
  }

  private async createJournal(): Promise<OwnJournal> {
    await this.options.prepare();
    const journal = await OwnJournal.create(this.options.files);
    this.writers.add(journal.writer);
    return journal;
  }

  private async append(journal: OwnJournal, batch: readonly PendingCommit[]): Promise<void> {
    const accepted: { readonly commit: PendingCommit; readonly envelope: FrameEnvelope; readonly bytes: Buffer }[] = [];
    for (const commit of batch) {
      const envelope = this.envelopeOf(journal, journal.nextSeq + accepted.length);
      try {
        accepted.push({ commit, envelope, bytes: encodeFrame(envelope, commit.json) });
      } catch (error) {
        commit.reject(
          new StoreWriteError(
            { kind: 'recordTooLarge', limitBytes: MAX_FRAME_BYTES },
            { cause: error, unstorable: true },
          ),
        );
      }
    }
    if (accepted.length === 0) return;
    const ends = await journal.append(accepted.map(({ bytes }) => bytes));
    accepted.forEach(({ commit, envelope }, i) => {
      this.options.onCommitted({ ...envelope, events: commit.events, end: ends[i] ?? 0 });
      commit.resolve();
    });
  }

  private envelopeOf(journal: OwnJournal, seq: number): FrameEnvelope {
    return { writer: journal.writer, seq, lamport: this.options.nextLamport(), schema: EVENT_SCHEMA_VERSION };
  }
}
