import type { Clock } from '../../../domain/ports/system';
import { JournalCursor, type JournalEnd, type JournalPosition } from './cursor';
import type { JournalFiles } from './files';
import { isJournalName, journalName } from './name';
import { IDLE_JOURNAL_MS } from './writer';
import { findingOf, isAcknowledged } from './acknowledgedDamage';

/** Touched after every commit of any window, so that the others look once instead of at every journal. It holds nothing. */
export const SIGNAL_FILE = 'bell';

/** A journal that did not change for this long is looked at only in a full look: its writer would begin another. */
const HOT_MS = 2 * IDLE_JOURNAL_MS;
/** The newest of those that are found at once are watched whatever their times say: a clock may have been set, a machine may have slept. */
const HOT_JOURNALS = 32;
/** A full look finds what a bell on an odd file system did not tell. */
const FULL_LOOK_MS = 60_000;

/** At 2.5 looks a second longer than the coarsest time of a file in use, two seconds. */
const ECHOES = 6;

interface KnownJournal {
  readonly cursor: JournalCursor;
  /** Monotonic time when it was seen to have grown, or first seen. */
  changedMs: number;
}

/** All journals of the folder, each with the cursor that reads it, and when to look at them again. */
export class JournalSet {
  private readonly known = new Map<string, KnownJournal>();
  private signalMs: number | undefined;
  /** Looks for which a bell that rang is still believed: two strokes may carry one time. */
  private echoes = 0;
  private fullLookMs: number | undefined;

  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
    /** Where to begin in each journal, by file name; the others are read from their start. */
    private readonly from: ReadonlyMap<string, JournalPosition> = new Map(),
  ) {}

  /**
   * The journals that may have something new; those of `writers` too, which may not have rung for the last they wrote.
   * @throws when the folder cannot be listed.
   */
  async due(writers: readonly string[] = []): Promise<readonly JournalCursor[]> {
    const nowMs = this.clock.monotonicMs();
    const isFull = this.fullLookMs === undefined || nowMs - this.fullLookMs >= FULL_LOOK_MS;
    const bellMs = await this.signalTime();
    const rings = bellMs !== this.signalMs;
    this.signalMs = bellMs;
    this.echoes = rings ? ECHOES : this.echoes - 1;
    const isRinging = isFull || this.echoes >= 0;
    if (isRinging) await this.findJournals(nowMs);
    if (isFull) this.fullLookMs = nowMs;
    const asked = new Set(writers.map(journalName));
    const isDue = ({ cursor, changedMs }: KnownJournal): boolean =>
      cursor.end.kind === 'unreadable' ||
      asked.has(cursor.name) ||
      (isRinging && (isFull || nowMs - changedMs < HOT_MS));
    return [...this.known.values()].filter(isDue).map(({ cursor }) => cursor);
  }

  /** All of them, whatever the bell says. @throws when the folder cannot be listed. */
  async all(): Promise<readonly JournalCursor[]> {
    await this.findJournals(this.clock.monotonicMs());
    return this.cursors;
  }

  cursorOf(writer: string): JournalCursor {
    const name = journalName(writer);
    const journal = this.known.get(name) ?? {
      cursor: new JournalCursor(this.files, name, this.from.get(name)),
      changedMs: this.clock.monotonicMs(),
    };
    this.known.set(name, journal);
    return journal.cursor;
  }

  /** That writer's journal was seen to grow. */
  noteChange(writer: string): void {
    const journal = this.known.get(journalName(writer));
    if (journal) journal.changedMs = this.clock.monotonicMs();
  }

  positions(): ReadonlyMap<string, JournalPosition> {
    return new Map([...this.from, ...[...this.known].map(([name, { cursor }]) => [name, cursor.position] as const)]);
  }

  /** Of the journals that are known by now. */
  get cursors(): readonly JournalCursor[] {
    return [...this.known.values()].map(({ cursor }) => cursor);
  }

  ends(): readonly JournalEnd[] {
    return this.cursors.map(({ end }) => end);
  }

  /** Journals with damage, or nothing but it, that nobody has noted yet. */
  async damaged(): Promise<readonly JournalCursor[]> {
    const damaged: JournalCursor[] = [];
    for (const { cursor } of this.known.values()) {
      if (findingOf(cursor) !== undefined && !(await isAcknowledged(this.files, cursor))) damaged.push(cursor);
    }
    return damaged;
  }

  /** Without a bell that can be read, the full looks have to do. */
  private signalTime(): Promise<number | undefined> {
    return this.files.modifiedMs(SIGNAL_FILE).catch(() => undefined);
  }

  private async findJournals(nowMs: number): Promise<void> {
    // Against the last stroke of the bell and not against the clock, which may have been set since.
    const lastCommitMs = (await this.signalTime()) ?? 0;
    const found: { readonly name: string; readonly modifiedMs: number }[] = [];
    for (const name of await this.files.list()) {
      if (!isJournalName(name) || this.known.has(name)) continue;
      found.push({ name, modifiedMs: (await this.files.modifiedMs(name).catch(() => undefined)) ?? lastCommitMs });
    }
    found.sort((a, b) => b.modifiedMs - a.modifiedMs);
    found.forEach(({ name, modifiedMs }, i) => {
      const ageMs = i < HOT_JOURNALS ? 0 : Math.max(0, lastCommitMs - modifiedMs);
      this.known.set(name, {
        cursor: new JournalCursor(this.files, name, this.from.get(name)),
        changedMs: nowMs - ageMs,
      });
    });
  }
}
