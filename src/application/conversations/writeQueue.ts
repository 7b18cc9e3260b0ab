import { RefusedError } from '../../domain/failure';
import { type EventWriter, StoreWriteError } from '../../domain/ports/store';
import type { StoreReason } from '../../domain/storeTrouble';
import type { StoreEvent } from '../../domain/storeEvent';

/** Without a next write to carry them, unsaved events are tried again this often. */
const RETRY_MS = 5_000;
/** Unsaved events written in one record once writing works again; a record has an upper size. */
const EVENTS_PER_RECORD = 256;

interface Write {
  readonly events: readonly StoreEvent[];
  /** On screen already: kept in memory when the write fails, instead of dropped. */
  readonly keep: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The order in which this window's changes reach the store: one write at a time, and what waits meanwhile goes out
 * together. Two at once could store a later piece of a reply after an earlier one has failed: on replay that piece
 * would stand behind a gap.
 */
export class WriteQueue {
  /** Events that are on screen and not on disk, because a write failed. They go first with the next write. */
  private unsaved: StoreEvent[] = [];
  private readonly writes: Write[] = [];
  private writing: readonly Write[] = [];
  private draining = false;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: EventWriter,
    /** What had failed to be written is on disk, but for events that never can be: then `lost` says why. */
    private readonly onCaughtUp: (lost: StoreReason | null) => void,
    /** Tries again to write what is unsaved. */
    private readonly retry: () => void,
  ) {}

  /** What is on screen and not known to be on disk. */
  get ahead(): readonly StoreEvent[] {
    return [...this.unsaved, ...[...this.writing, ...this.writes].flatMap((write) => (write.keep ? write.events : []))];
  }

  get hasUnsaved(): boolean {
    return this.unsaved.length > 0;
  }

  /** @param keep the events are on screen already: when they cannot be written, they stay here. @throws StoreWriteError. */
  write(events: readonly StoreEvent[], keep: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.writes.push({ events, keep, resolve, reject });
      if (!this.draining) void this.drain();
    });
  }

  cancelRetry(): void {
    clearTimeout(this.retryTimer);
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.writes.length > 0) {
      const batch = this.writes.splice(0);
      this.writing = batch;
      try {
        await this.writeUnsaved();
        const events = batch.flatMap((write) => write.events);
        if (events.length > 0) await this.store.commit(events);
        this.writing = [];
        for (const write of batch) write.resolve();
      } catch (error) {
        this.writing = [];
        for (const write of batch) {
          if (write.keep) this.unsaved.push(...write.events);
          write.reject(error);
        }
      }
    }
    this.draining = false;
    if (this.unsaved.length > 0) this.retrySoon();
  }

  private retrySoon(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(this.retry, RETRY_MS);
    this.retryTimer.unref();
  }

  private async writeUnsaved(): Promise<void> {
    const hadUnsaved = this.unsaved.length > 0;
    let lost: StoreReason | null = null;
    let count = EVENTS_PER_RECORD;
    while (this.unsaved.length > 0) {
      const record = this.unsaved.slice(0, count);
      try {
        await this.store.commit(record);
      } catch (error) {
        if (!(error instanceof StoreWriteError && error.unstorable)) throw error;
        // One by one, until the one at fault is found: it must not keep the others from being stored for good.
        if (record.length > 1) {
          count = 1;
          continue;
        }
        lost = error.reason;
      }
      this.unsaved.splice(0, record.length);
    }
    if (hadUnsaved) this.onCaughtUp(lost);
  }
}

/** For use cases that do nothing unless they can store it. @throws RefusedError STORE_READ_ONLY instead of StoreWriteError. */
export async function storedOrRefused<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StoreWriteError) throw new RefusedError({ code: 'STORE_READ_ONLY', reason: error.reason });
    throw error;
  }
}
