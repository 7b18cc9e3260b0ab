import type { StoreEvent } from '../../domain/storeEvent';

/** Bytes of JSON after which a record is full: many small conversations share one, a long one takes several. */
const FULL_RECORD_BYTES = 1024 * 1024;
/** Bytes of JSON that one record can hold at all: below the journal's frame of 16 MB, with room for its envelope. */
const MAX_RECORD_BYTES = 15 * 1024 * 1024;

const encoder = new TextEncoder();
const bytesOf = (events: readonly StoreEvent[]): number => encoder.encode(JSON.stringify(events)).length;

/** Gathers events for the store in records of a good size. What is added together is stored together. */
export class RecordBatch {
  private events: StoreEvent[] = [];
  private bytes = 0;
  private whenStored: (() => void)[] = [];

  /** @param commit stores one record durably, or throws. */
  constructor(private readonly commit: (events: readonly StoreEvent[]) => Promise<void>) {}

  /** @returns false when the events are too large for any record; then nothing was added. */
  async add(events: readonly StoreEvent[]): Promise<boolean> {
    if (events.length === 0) return true;
    const bytes = bytesOf(events);
    if (bytes > MAX_RECORD_BYTES) return false;
    if (this.bytes + bytes > MAX_RECORD_BYTES) await this.store();
    this.events.push(...events);
    this.bytes += bytes;
    if (this.bytes > FULL_RECORD_BYTES) await this.store();
    return true;
  }

  /** Calls back once everything added so far is on disk. */
  afterStored(told: () => void): void {
    if (this.events.length === 0) told();
    else this.whenStored.push(told);
  }

  async store(): Promise<void> {
    const [events, whenStored] = [this.events, this.whenStored];
    [this.events, this.whenStored, this.bytes] = [[], [], 0];
    if (events.length > 0) await this.commit(events);
    for (const told of whenStored) told();
  }
}
