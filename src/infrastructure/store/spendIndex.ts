import type { SpendGap } from '../../domain/failure';
import type { SpendReading } from '../../domain/ports/store';
import type { Clock } from '../../domain/ports/system';
import { type SpendEvent, type StoreEvent, isSpendEvent } from '../../domain/storeEvent';
import type { JournalCursor, JournalEnd } from './journal/cursor';
import { type JournalFiles, journalName, writerOf } from './journal/files';
import type { Frame } from './journal/frame';
import { JournalSet } from './journal/set';
import type { CommittedFrame } from './journal/writer';
import { findManifests, PROJECTION_VERSION } from './projection/snapshotManifest';
import { EVENT_SCHEMA_VERSION, parseStoreEvents } from './journal/eventSchema';

/** Occurs in the JSON of every spend event and rarely elsewhere. */
const SPEND_MARK = Buffer.from('"spend.', 'latin1');

/**
 * What must be known from all journals without the database: the spend events, the highest lamport number, whether a
 * schema is newer than ours, and damage. The manifest of the newest snapshot covers the beginning of the journals;
 * each refresh reads only what was appended since.
 */
export class SpendIndex {
  private journals: JournalSet | undefined;
  /** In order of arrival. Events of the same journal are in order. */
  private readonly spend: SpendEvent[] = [];
  private lamport = 0;
  /** Journals with records of a newer schema. */
  private readonly newer = new Set<string>();
  /** Number of unreadable events by journal. */
  private readonly unreadable = new Map<string, number>();
  private queue: Promise<void> = Promise.resolve();

  /** @param owns whether this process wrote the journal. Its frames come through `addOwn`. */
  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
    private readonly owns: (writer: string) => boolean,
  ) {}

  /**
   * Reads everything that was in the folder at the time of the call. Calls never share a scan, because a running scan
   * may already have read a file that has changed since, and the budget gate needs that change.
   * @throws if the folder can't be listed.
   */
  refresh(): Promise<void> {
    const scan = this.queue.then(() => this.scan());
    this.queue = scan.catch(() => undefined);
    return scan;
  }

  addOwn(frame: CommittedFrame): void {
    this.lamport = Math.max(this.lamport, frame.lamport);
    this.addSpend(frame.events);
  }

  /** Later commits are ordered after `lamport`, because the user has seen that event. */
  observeLamport(lamport: number): void {
    this.lamport = Math.max(this.lamport, lamport);
  }

  nextLamport(): number {
    this.lamport += 1;
    return this.lamport;
  }

  /** Events since `position`. Settled reservations of past months may be missing. */
  spendSince(position: number): Omit<SpendReading, 'gaps'> {
    return { events: this.spend.slice(position), position: this.spend.length };
  }

  /** Places that may contain spend missing from `spendSince`. */
  async spendGaps(): Promise<readonly SpendGap[]> {
    const unreadable = (this.journals?.cursors ?? []).flatMap(({ name, end }): readonly SpendGap[] => {
      if (end.kind === 'unreadable') return [{ kind: 'unreadable', journal: name, reason: end.reason }];
      return end.kind === 'newer' || this.newer.has(name)
        ? [{ kind: 'unreadable', journal: name, reason: { kind: 'newerVersion' } }]
        : [];
    });
    const damaged = new Set([...(await this.damaged()).map(({ name }) => name), ...this.unreadable.keys()]);
    const network: readonly SpendGap[] = (await this.files.isOnNetwork()) ? [{ kind: 'network' }] : [];
    return [...unreadable, ...[...damaged].map((journal): SpendGap => ({ kind: 'damaged', journal })), ...network];
  }

  get hasNewerSchema(): boolean {
    return this.newer.size > 0 || this.ends().some((end) => end.kind === 'newer');
  }

  /** Number of unreadable events. */
  get unreadableEvents(): number {
    return [...this.unreadable.values()].reduce((sum, count) => sum + count, 0);
  }

  ends(): readonly JournalEnd[] {
    return this.journals?.ends() ?? [];
  }

  /** Journals with damage that the user has not acknowledged. */
  async damaged(): Promise<readonly JournalCursor[]> {
    return (await this.journals?.damaged()) ?? [];
  }

  private async scan(): Promise<void> {
    this.journals ??= await this.begin();
    for (const cursor of await this.journals.all()) {
      if (!this.owns(writerOf(cursor.name))) await this.read(cursor);
    }
  }

  /** An unreadable manifest is not a gap: an older one or the journals contain the same events. */
  private async begin(): Promise<JournalSet> {
    for (const { manifest } of (await findManifests(this.files)).found) {
      // A manifest of another projection version may lack data that this one needs.
      if (manifest.projectionVersion !== PROJECTION_VERSION || manifest.eventSchema > EVENT_SCHEMA_VERSION) continue;
      const spend = manifest.spend();
      if (!spend) continue;
      this.observeLamport(manifest.lamport);
      this.addSpend(spend);
      return new JournalSet(this.files, this.clock, manifest.journals);
    }
    return new JournalSet(this.files, this.clock);
  }

  private async read(cursor: JournalCursor): Promise<void> {
    await cursor.refresh();
    for (let batch = await cursor.readBatch(); batch.length > 0; batch = await cursor.readBatch()) {
      for (const frame of batch) this.add(frame);
    }
  }

  private add(frame: Frame): void {
    this.lamport = Math.max(this.lamport, frame.lamport);
    if (frame.schema > EVENT_SCHEMA_VERSION) this.newer.add(journalName(frame.writer));
    else if (frame.eventsJson.includes(SPEND_MARK)) {
      const { events, unreadable } = parseStoreEvents(frame.eventsJson.toString('utf8'));
      const journal = journalName(frame.writer);
      if (unreadable > 0) this.unreadable.set(journal, (this.unreadable.get(journal) ?? 0) + unreadable);
      this.addSpend(events);
    }
  }

  private addSpend(events: readonly StoreEvent[]): void {
    for (const event of events) if (isSpendEvent(event)) this.spend.push(event);
  }
}
