import type { SpendEvent, StoreEvent } from '../../domain/storeEvent';
import { JournalCursor, type JournalEnd } from './journalCursor';
import type { JournalFiles } from './journalFiles';
import { compareFrames } from './journalFold';
import type { Frame, FrameEnvelope } from './journalFrame';
import type { CommittedFrame } from './journalWriter';
import { isJournalName, writerOf } from './journalName';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from './storeEventSchema';

/** In the JSON of every spend event, and of hardly anything else. */
const SPEND_MARK = Buffer.from('"spend.', 'latin1');

interface SpendFrame extends FrameEnvelope {
  readonly events: readonly SpendEvent[];
}

const isSpendEvent = (event: StoreEvent): event is SpendEvent => event.type.startsWith('spend.');

/**
 * What all windows' journals say that must be known without the database: the spend events, the highest lamport
 * number, a schema newer than ours, and damage. Each refresh reads only what was appended since the last one.
 */
export class JournalSurvey {
  private readonly cursors = new Map<string, JournalCursor>();
  private spendFrames: SpendFrame[] = [];
  private lamport = 0;
  private foundNewerSchema = false;
  private unreadable = 0;
  private queue: Promise<void> = Promise.resolve();

  /** @param owns says whether this process wrote the journal: its frames come through `addOwn`. */
  constructor(
    private readonly files: JournalFiles,
    private readonly owns: (writer: string) => boolean,
  ) {}

  /**
   * Everything that was in the folder when this was called has been seen when it resolves. Calls never share
   * a scan: one that had already passed a file would miss what the budget's gate has to see.
   * @throws when the folder cannot be listed.
   */
  refresh(): Promise<void> {
    const scan = this.queue.then(() => this.scan());
    this.queue = scan.catch(() => undefined);
    return scan;
  }

  addOwn(frame: CommittedFrame): void {
    this.lamport = Math.max(this.lamport, frame.lamport);
    this.addSpend(frame, frame.events);
  }

  nextLamport(): number {
    this.lamport += 1;
    return this.lamport;
  }

  /** Oldest first. */
  spendEvents(): readonly SpendEvent[] {
    return this.spendFrames.flatMap((frame) => frame.events);
  }

  get hasNewerSchema(): boolean {
    return this.foundNewerSchema || this.ends().some((end) => end.kind === 'newer');
  }

  /** Spend events that cannot be read. */
  get unreadableEvents(): number {
    return this.unreadable;
  }

  ends(): readonly JournalEnd[] {
    return [...this.cursors.values()].map((cursor) => cursor.end);
  }

  private async scan(): Promise<void> {
    const before = this.spendFrames.length;
    for (const name of await this.files.list()) {
      if (!isJournalName(name) || this.owns(writerOf(name))) continue;
      await this.read(this.cursorOf(name));
    }
    if (this.spendFrames.length > before) this.spendFrames.sort(compareFrames);
  }

  private cursorOf(name: string): JournalCursor {
    const cursor = this.cursors.get(name) ?? new JournalCursor(this.files, name);
    this.cursors.set(name, cursor);
    return cursor;
  }

  private async read(cursor: JournalCursor): Promise<void> {
    await cursor.refresh();
    for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch()) {
      for (const frame of batch) this.add(frame);
    }
  }

  private add(frame: Frame): void {
    this.lamport = Math.max(this.lamport, frame.lamport);
    if (frame.schema > EVENT_SCHEMA_VERSION) this.foundNewerSchema = true;
    else if (frame.eventsJson.includes(SPEND_MARK)) {
      const { events, unreadable } = parseStoreEvents(frame.eventsJson.toString('utf8'));
      this.unreadable += unreadable;
      this.addSpend(frame, events);
    }
  }

  private addSpend(frame: FrameEnvelope, events: readonly StoreEvent[]): void {
    const spend = events.filter(isSpendEvent);
    if (spend.length === 0) return;
    const { writer, seq, lamport, schema, opId } = frame;
    // The piece of the file that the frame was read from must not stay in memory with it.
    this.spendFrames.push({ writer, seq, lamport, schema, opId, events: spend });
  }
}
