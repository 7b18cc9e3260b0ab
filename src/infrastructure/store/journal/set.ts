import type { Clock } from '../../../domain/ports/system';
import { JournalCursor, type JournalEnd, type JournalPosition } from './cursor';
import { type JournalFiles, isJournalName, journalName } from './files';
import { IDLE_JOURNAL_MS } from './writer';
import { findingOf, isAcknowledged } from './acknowledgedDamage';

/** Empty file that every window touches after a commit, so that the others check one file instead of every journal. */
export const SIGNAL_FILE = 'change-signal';
/** The signal's name in earlier versions. */
export const OLD_SIGNAL_FILE = 'bell';

/** A journal that did not change for this long is read only in a full refresh: its writer would begin another. */
const HOT_MS = 2 * IDLE_JOURNAL_MS;
/**
 * Of the journals found at once, the newest are watched whatever their times say: a clock may have been set, or the
 * machine may have slept.
 */
const HOT_JOURNALS = 32;
/** A full refresh finds what the signal missed on an unusual file system. */
const FULL_REFRESH_MS = 60_000;

/** At 2.5 checks a second, longer than two seconds: the coarsest file times in use. */
const CHECKS_PER_SIGNAL = 6;

interface KnownJournal {
  readonly cursor: JournalCursor;
  /** Monotonic time when it last grew or was first seen. */
  changedMs: number;
}

/** All journals of the folder, each with the cursor that reads it, and when to read them again. */
export class JournalSet {
  private readonly known = new Map<string, KnownJournal>();
  private signalMs: number | undefined;
  /** Checks for which a signal is still acted on: two signals may have the same time. */
  private remainingChecks = 0;
  private fullRefreshMs: number | undefined;

  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
    /** Where to start in each journal, by file name; the others are read from the beginning. */
    private readonly from: ReadonlyMap<string, JournalPosition> = new Map(),
  ) {}

  /**
   * The journals that may have something new, and those of `writers`, which may not have signalled their last commit.
   * @throws when the folder cannot be listed.
   */
  async due(writers: readonly string[] = []): Promise<readonly JournalCursor[]> {
    const nowMs = this.clock.monotonicMs();
    const isFull = this.fullRefreshMs === undefined || nowMs - this.fullRefreshMs >= FULL_REFRESH_MS;
    const signalMs = await this.signalTime();
    const hasChanged = signalMs !== this.signalMs;
    this.signalMs = signalMs;
    this.remainingChecks = hasChanged ? CHECKS_PER_SIGNAL : this.remainingChecks - 1;
    const isSignalled = isFull || this.remainingChecks >= 0;
    if (isSignalled) await this.findJournals(nowMs);
    if (isFull) this.fullRefreshMs = nowMs;
    const asked = new Set(writers.map(journalName));
    const isDue = ({ cursor, changedMs }: KnownJournal): boolean =>
      cursor.end.kind === 'unreadable' ||
      asked.has(cursor.name) ||
      (isSignalled && (isFull || nowMs - changedMs < HOT_MS));
    return [...this.known.values()].filter(isDue).map(({ cursor }) => cursor);
  }

  /** All of them, without a signal. @throws when the folder cannot be listed. */
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

  /** The writer's journal has grown. */
  markChanged(writer: string): void {
    const journal = this.known.get(journalName(writer));
    if (journal) journal.changedMs = this.clock.monotonicMs();
  }

  positions(): ReadonlyMap<string, JournalPosition> {
    return new Map([...this.from, ...[...this.known].map(([name, { cursor }]) => [name, cursor.position] as const)]);
  }

  /** Of the journals known so far. */
  get cursors(): readonly JournalCursor[] {
    return [...this.known.values()].map(({ cursor }) => cursor);
  }

  ends(): readonly JournalEnd[] {
    return this.cursors.map(({ end }) => end);
  }

  /** Damaged and foreign files whose damage has not been acknowledged. */
  async damaged(): Promise<readonly JournalCursor[]> {
    const damaged: JournalCursor[] = [];
    for (const { cursor } of this.known.values()) {
      if (findingOf(cursor) !== undefined && !(await isAcknowledged(this.files, cursor))) damaged.push(cursor);
    }
    return damaged;
  }

  /** Undefined when it cannot be read: full refreshes must do. */
  private signalTime(): Promise<number | undefined> {
    return this.files.modifiedMs(SIGNAL_FILE).catch(() => undefined);
  }

  private async findJournals(nowMs: number): Promise<void> {
    // Ages are relative to the last signal, because the clock may have been set since.
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
