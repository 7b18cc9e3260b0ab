import { RefusedError } from '../../domain/failure';
import { type EventWriter, StoreWriteError } from '../../domain/ports/store';
import type { StoreReason } from '../../domain/storeTrouble';
import type { StoreEvent } from '../../domain/storeEvent';

/** How often unsaved events are retried if no other write includes them. */
const RETRY_MS = 5_000;
/** Unsaved events per record, because the size of a record is limited. */
const EVENTS_PER_RECORD = 256;

interface Write {
  readonly events: readonly StoreEvent[];
  /** The events are already on screen, so they stay in memory if the write fails. */
  readonly keep: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes this window's changes to the store in order, one write at a time; waiting changes are written together. With two
 * writes at once, a later piece of a reply could be stored although an earlier one failed, leaving a gap on replay.
 */
export class WriteQueue {
  /** Events that are on screen but not stored, because a write failed. The next write starts with them. */
  private unsaved: StoreEvent[] = [];
  private readonly writes: Write[] = [];
  private writing: readonly Write[] = [];
  private draining = false;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: EventWriter,
    /** All unsaved events are stored. `lost`: why some of them never can be; null if none. */
    private readonly onCaughtUp: (lost: StoreReason | null) => void,
    /** Tries again to write the unsaved events. */
    private readonly retry: () => void,
  ) {}

  /** Events that are on screen and not known to be stored. */
  get ahead(): readonly StoreEvent[] {
    return [...this.unsaved, ...[...this.writing, ...this.writes].flatMap((write) => (write.keep ? write.events : []))];
  }

  get hasUnsaved(): boolean {
    return this.unsaved.length > 0;
  }

  /** @param keep the events are on screen already and stay in memory if the write fails. @throws StoreWriteError */
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
        // Retry one by one to find the event that can't be stored: it must not block the others forever.
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
