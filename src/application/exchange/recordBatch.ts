import type { StoreEvent } from '../../domain/storeEvent';

/** Bytes of JSON after which a record is written. Small conversations share a record; a long one takes several. */
const FULL_RECORD_BYTES = 1024 * 1024;
/** Largest record, in bytes of JSON: below the journal's frame limit of 16 MB, with room for the envelope. */
const MAX_RECORD_BYTES = 15 * 1024 * 1024;

const encoder = new TextEncoder();
const bytesOf = (events: readonly StoreEvent[]): number => encoder.encode(JSON.stringify(events)).length;

/** Collects events into records of a reasonable size. Events added together are stored together. */
export class RecordBatch {
  private events: StoreEvent[] = [];
  private bytes = 0;
  private whenStored: (() => void)[] = [];

  /** @param commit stores one record durably, or throws. */
  constructor(private readonly commit: (events: readonly StoreEvent[]) => Promise<void>) {}

  /** @returns false, and adds nothing, when the events are too large for a record. */
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

  /** Calls back when everything added so far is on disk. */
  afterStored(callback: () => void): void {
    if (this.events.length === 0) callback();
    else this.whenStored.push(callback);
  }

  async store(): Promise<void> {
    const [events, whenStored] = [this.events, this.whenStored];
    [this.events, this.whenStored, this.bytes] = [[], [], 0];
    if (events.length > 0) await this.commit(events);
    for (const callback of whenStored) callback();
  }
}
