import type { Clock } from '../../../domain/ports/system';
import { FULL_TEXT_TABLE } from './schema';
import { type Word, composed, wordsOf } from './words';
import type { SqlDatabase, SqlRow } from '../sql/engine';

/** Rows per transaction: few enough to keep its journal small, enough for a reasonably large index segment. */
const SLICE_ROWS = 4000;
/** The index is rebuilt when there are more outdated rows than this plus the number of current rows. */
const TOLERATED_STALE_ROWS = 2000;

/**
 * Number of segments of one level that are merged into one of the next. Each slice adds a segment and each query reads
 * all segments; merging keeps their number logarithmic.
 */
const MERGED_SEGMENTS = 2;
/** Index pages written per merge step; takes a few milliseconds. */
const MERGED_PAGES = 16;

/** Which messages to index: `settled` excludes streaming replies, whose text would be outdated immediately. */
type Pending = 'settled' | 'all';

interface Progress {
  indexedThrough: number;
  lastRow: number;
  staleCount: number;
}

/** Keeps the full-text table up to date with the messages. */
export class SearchUpkeep {
  constructor(
    private readonly database: SqlDatabase,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /**
   * Indexes one slice of messages in its own transaction, for about `budgetMs` but at least one message. If there are
   * none, merges segments of the index, which may take longer.
   * @returns true if only streaming replies are left.
   */
  indexPending(budgetMs: number): boolean {
    if (this.isOutdated()) this.rebuild();
    return this.slice('settled', budgetMs) && this.merge(budgetMs);
  }

  /** Indexes all messages, including streaming replies with their text so far. */
  indexAll(): void {
    while (!this.slice('all', Infinity)) continue;
  }

  private slice(pending: Pending, budgetMs: number): boolean {
    if (!this.nextNew(this.progress().indexedThrough) && !this.nextChanged(pending)) return true;
    return this.atomically(() => {
      const progress = this.progress();
      const end = this.clock.monotonicMs() + budgetMs;
      let rows = 0;
      let isDone: boolean;
      do {
        isDone = !this.indexNext(pending, progress);
        rows += 1;
      } while (!isDone && rows < SLICE_ROWS && this.clock.monotonicMs() < end);
      this.database.run('UPDATE search_state SET indexed_through = ?, last_row = ?, stale_count = ?', [
        progress.indexedThrough,
        progress.lastRow,
        progress.staleCount,
      ]);
      return isDone;
    });
  }

  /** @returns true if nothing is left to merge. */
  private merge(budgetMs: number): boolean {
    const end = this.clock.monotonicMs() + budgetMs;
    do {
      if (
        !this.database.get('SELECT 1 FROM message_text_segdir GROUP BY level HAVING count(*) >= ? LIMIT 1', [
          MERGED_SEGMENTS,
        ])
      )
        return true;
      const before = this.totalChanges();
      this.atomically(() =>
        this.database.run('INSERT INTO message_text (message_text) VALUES (?)', [
          `merge=${MERGED_PAGES},${MERGED_SEGMENTS}`,
        ]),
      );
      // This is how FTS4 reports that there was nothing to merge.
      if (this.totalChanges() - before < 2) return true;
    } while (this.clock.monotonicMs() < end);
    return false;
  }

  private totalChanges(): number {
    return Number(this.database.get('SELECT total_changes()', [])?.[0]);
  }

  /** @returns false if there is nothing to index. */
  private indexNext(pending: Pending, progress: Progress): boolean {
    const added = this.nextNew(progress.indexedThrough);
    if (added) {
      const [ordinal, state, content, reasoning] = added;
      progress.indexedThrough = Number(ordinal);
      if (pending === 'settled' && state === 'streaming')
        this.database.run('INSERT OR IGNORE INTO search_changed VALUES (?)', [Number(ordinal)]);
      else this.insert(Number(ordinal), String(content), String(reasoning), progress);
      return true;
    }
    const changed = this.nextChanged(pending);
    if (!changed) return false;
    const [ordinal, content, reasoning] = changed;
    this.database.run('DELETE FROM search_changed WHERE ordinal = ?', [Number(ordinal)]);
    progress.staleCount += this.database.run('DELETE FROM search_row WHERE ordinal = ?', [Number(ordinal)]);
    if (content !== null) this.insert(Number(ordinal), String(content), String(reasoning), progress);
    return true;
  }

  private insert(ordinal: number, content: string, reasoning: string, progress: Progress): void {
    const [inContent, inReasoning] = [wordsOf(composed(content)), wordsOf(composed(reasoning))];
    progress.lastRow += 1;
    const docid = progress.lastRow;
    this.database.run('INSERT INTO message_text (docid, content, reasoning, part) VALUES (?, ?, ?, ?)', [
      docid,
      joined(inContent.words),
      joined(inReasoning.words),
      joined([...inContent.parts, ...inReasoning.parts]),
    ]);
    this.database.run('INSERT INTO search_row (docid, ordinal, words) VALUES (?, ?, ?)', [
      docid,
      ordinal,
      inContent.words.length + inReasoning.words.length,
    ]);
  }

  private nextNew(indexedThrough: number): SqlRow | undefined {
    return this.database.get(
      'SELECT ordinal, state, content, reasoning FROM message WHERE ordinal > ? ORDER BY ordinal LIMIT 1',
      [indexedThrough],
    );
  }

  /** Content and reasoning are null if the message was deleted. */
  private nextChanged(pending: Pending): SqlRow | undefined {
    return this.database.get(
      `SELECT c.ordinal, m.content, m.reasoning FROM search_changed c LEFT JOIN message m ON m.ordinal = c.ordinal
       WHERE ?1 = 'all' OR m.state IS NOT 'streaming' LIMIT 1`,
      [pending],
    );
  }

  private progress(): Progress {
    const [indexedThrough, lastRow, staleCount] = (
      this.database.get('SELECT indexed_through, last_row, stale_count FROM search_state', []) ?? []
    ).map(Number);
    return { indexedThrough: indexedThrough ?? 0, lastRow: lastRow ?? 0, staleCount: staleCount ?? 0 };
  }

  private isOutdated(): boolean {
    const { lastRow, staleCount } = this.progress();
    return staleCount > TOLERATED_STALE_ROWS + (lastRow - staleCount);
  }

  private rebuild(): void {
    this.atomically(() =>
      this.database
        .execute(`DROP TABLE message_text; ${FULL_TEXT_TABLE}; DELETE FROM search_row; DELETE FROM search_changed;
        UPDATE search_state SET indexed_through = 0, last_row = 0, stale_count = 0`),
    );
  }

  /** Uses a savepoint, because the caller may be inside a transaction. */
  private atomically<T>(work: () => T): T {
    this.database.execute('SAVEPOINT search');
    try {
      const result = work();
      this.database.execute('RELEASE search');
      return result;
    } catch (error) {
      this.database.execute('ROLLBACK TO search; RELEASE search');
      throw error;
    }
  }
}

const joined = (words: readonly Word[]): string => words.map((word) => word.text).join(' ');
