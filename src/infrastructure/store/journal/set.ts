import type { Clock } from '../../../domain/ports/system';
import { JournalCursor, type JournalEnd, type JournalPosition } from './cursor';
import { type JournalFiles, isJournalName, journalName } from './files';
import { IDLE_JOURNAL_MS } from './writer';
import { findingOf, isAcknowledged } from './acknowledgedDamage';

/** Empty file that every window touches after a commit, so that other windows check one file, not every journal. */
export const SIGNAL_FILE = 'change-signal';
/** Name of the signal file in earlier versions. */
export const OLD_SIGNAL_FILE = 'bell';

/** A journal that has not changed for this long is read only in a full refresh: its writer would start a new one. */
const HOT_MS = 2 * IDLE_JOURNAL_MS;
/**
 * Of the journals found in one listing, this many of the newest are watched regardless of their age: a clock may have
 * been changed, or the machine may have slept.
 */
const HOT_JOURNALS = 32;
/** A full refresh finds changes that an unusual file system did not signal. */
const FULL_REFRESH_MS = 60_000;

/** More than two seconds at 2.5 checks per second. The coarsest file times in use have a resolution of two seconds. */
const CHECKS_PER_SIGNAL = 6;

interface KnownJournal {
  readonly cursor: JournalCursor;
  /** Monotonic time when it last grew or was found. */
  changedMs: number;
}

/** All journals in the folder with their cursors. Decides which ones to read. */
export class JournalSet {
  private readonly known = new Map<string, KnownJournal>();
  private signalMs: number | undefined;
  /** Number of checks that still act on the last signal, because two signals may have the same file time. */
  private remainingChecks = 0;
  private fullRefreshMs: number | undefined;

  constructor(
    private readonly files: JournalFiles,
    private readonly clock: Clock,
    /** Start positions by file name. Other journals are read from the beginning. */
    private readonly from: ReadonlyMap<string, JournalPosition> = new Map(),
  ) {}

  /**
   * The journals that may have changed, and those of `writers`, which may not have signalled their last commit.
   * @throws if the folder can't be listed.
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

  /** All journals, regardless of the signal. @throws if the folder can't be listed. */
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

  /** Records that the journal of the writer has grown. */
  markChanged(writer: string): void {
    const journal = this.known.get(journalName(writer));
    if (journal) journal.changedMs = this.clock.monotonicMs();
  }

  positions(): ReadonlyMap<string, JournalPosition> {
    return new Map([...this.from, ...[...this.known].map(([name, { cursor }]) => [name, cursor.position] as const)]);
  }

  /** Cursors of the journals known so far. */
  get cursors(): readonly JournalCursor[] {
    return [...this.known.values()].map(({ cursor }) => cursor);
  }

  ends(): readonly JournalEnd[] {
    return this.cursors.map(({ end }) => end);
  }

  /** Damaged and foreign files that have not been acknowledged. */
  async damaged(): Promise<readonly JournalCursor[]> {
    const damaged: JournalCursor[] = [];
    for (const { cursor } of this.known.values()) {
      if (findingOf(cursor) !== undefined && !(await isAcknowledged(this.files, cursor))) damaged.push(cursor);
    }
    return damaged;
  }

  /** Undefined if it can't be read; full refreshes still find changes. */
  private signalTime(): Promise<number | undefined> {
    return this.files.modifiedMs(SIGNAL_FILE).catch(() => undefined);
  }

  private async findJournals(nowMs: number): Promise<void> {
    // Ages are relative to the last signal, because the clock may have been changed since.
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
