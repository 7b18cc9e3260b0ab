import type { Clock } from '../../domain/ports';
import { type SpendEvent, type StoreEvent, isSpendEvent } from '../../domain/storeEvent';
import type { JournalCursor, JournalEnd } from './journalCursor';
import type { JournalFiles } from './journalFiles';
import { compareFrames } from './journalFold';
import type { Frame, FrameEnvelope } from './journalFrame';
import { writerOf } from './journalName';
import { JournalSet } from './journalSet';
import type { CommittedFrame } from './journalWriter';
import { findManifests } from './snapshotManifest';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from './storeEventSchema';

/** In the JSON of every spend event, and of hardly anything else. */
const SPEND_MARK = Buffer.from('"spend.', 'latin1');

/** `seq` 0: of a manifest, where it does not matter. */
interface SpendFrame extends Pick<FrameEnvelope, 'lamport' | 'writer' | 'seq'> {
  readonly events: readonly SpendEvent[];
}

/**
 * What all windows' journals say that must be known without the database: the spend events, the highest lamport
 * number, a schema newer than ours, and damage. The newest snapshot's manifest says it for the journals' beginning;
 * each refresh reads only what was appended since the last one.
 */
export class JournalSurvey {
  private journals: JournalSet | undefined;
  private spendFrames: SpendFrame[] = [];
  private lamport = 0;
  private foundNewerSchema = false;
  private unreadable = 0;
  private queue: Promise<void> = Promise.resolve();

  /** @param owns says whether this process wrote the journal: its frames come through `addOwn`. */
  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
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

  /** What is written next comes after `lamport`, because the person has seen it. */
  noteLamport(lamport: number): void {
    this.lamport = Math.max(this.lamport, lamport);
  }

  nextLamport(): number {
    this.lamport += 1;
    return this.lamport;
  }

  /** Oldest first. Settled reservations of past months may be left out. */
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
    return this.journals?.ends() ?? [];
  }

  /** Journals with damage that the person has not been told of and has noted. */
  async damaged(): Promise<readonly JournalCursor[]> {
    return (await this.journals?.damaged()) ?? [];
  }

  private async scan(): Promise<void> {
    const before = this.spendFrames.length;
    this.journals ??= await this.begin();
    for (const cursor of await this.journals.all()) {
      if (!this.owns(writerOf(cursor.name))) await this.read(cursor);
    }
    if (this.spendFrames.length > before) this.spendFrames.sort(compareFrames);
  }

  private async begin(): Promise<JournalSet> {
    const newest = (await findManifests(this.files)).found.find(({ manifest }) => manifest.eventSchema <= EVENT_SCHEMA_VERSION)?.manifest;
    this.noteLamport(newest?.lamport ?? 0);
    for (const { lamport, writer, events } of newest?.spend() ?? []) this.spendFrames.push({ lamport, writer, seq: 0, events });
    return new JournalSet(this.files, this.clock, newest?.journals);
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
    const { writer, seq, lamport } = frame;
    // The piece of the file that the frame was read from must not stay in memory with it.
    this.spendFrames.push({ writer, seq, lamport, events: spend });
  }
}
