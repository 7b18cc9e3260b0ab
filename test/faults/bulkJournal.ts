import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { StoreEvent } from '../../src/domain/storeEvent';
import { encodeFileHeader, encodeFrame } from '../../src/infrastructure/store/journal/frame';
import { journalName } from '../../src/infrastructure/store/journal/files';
import { EVENT_SCHEMA_VERSION } from '../../src/infrastructure/store/journal/eventSchema';

const WRITE_BYTES = 4 * 1024 * 1024;

/** A journal without the flushes: 1 GB at a flush a record would take an hour. */
export class BulkJournal {
  private readonly writer = randomBytes(16).toString('hex');
  private readonly file: number;
  private waiting: Buffer[] = [encodeFileHeader()];
  private waitingBytes = 0;
  private seq = 0;

  /** @param lamport shared by all journals that are written together, in their common order. */
  constructor(
    folder: string,
    private readonly lamport: { last: number } = { last: 0 },
  ) {
    this.file = openSync(path.join(folder, journalName(this.writer)), 'wx');
  }

  append(events: readonly StoreEvent[]): void {
    this.lamport.last += 1;
    const frame = encodeFrame(
      { writer: this.writer, seq: this.seq++, lamport: this.lamport.last, schema: EVENT_SCHEMA_VERSION },
      JSON.stringify(events),
    );
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    if (this.waitingBytes > WRITE_BYTES) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.concat(this.waiting);
    for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
