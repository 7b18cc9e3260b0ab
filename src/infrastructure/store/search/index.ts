import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import type { SearchHit, SearchQuery, SearchResult } from '../../../domain/search';
import { messagesShownByForks, shownIn } from './forks';
import { HIT_COLUMNS, hitOf } from './hit';
import { type Candidate, ranked, rarityOf } from './ranking';
import { type Pattern, matchExpression, patternsOf } from './terms';
import { matchingTitles, taggedConversations } from './titles';
import { SearchUpkeep } from './upkeep';
import type { SqlDatabase, SqlParameter } from '../sql/engine';

/** Maximum number of matching messages that are ranked; the newest ones are taken. */
const RANKED_CANDIDATES = 2000;
/** Number of newest index rows used to estimate the rarity of a pattern. */
const RARITY_SAMPLE = 5000;
/** Shorter prefixes occur in nearly every message; counting their matches would take longer than the search. */
const COUNTED_PREFIX_UNITS = 4;

const SHOWN_IN = shownIn('?8');
/** The model shown to the user: the message's model, or else the model of the conversation in which the hit opens. */
const MODEL = `lower(coalesce(m.model, (SELECT model FROM conversation WHERE id = ${SHOWN_IN})))`;

/**
 * Parameters ?2 to ?8: conversation ids (JSON), roles, before, after, minimum cost, parts of the model name (JSON) and
 * the result of `messagesShownByForks`. Null disables a filter.
 */
const IS_WANTED = `${SHOWN_IN} NOT IN (SELECT id FROM conversation WHERE deleted = 1)
  AND (?2 IS NULL OR ${SHOWN_IN} IN (SELECT value FROM json_each(?2)))
  AND (?3 IS NULL OR instr(?3, m.role) > 0)
  AND (?4 IS NULL OR m.created_at_ms < ?4)
  AND (?5 IS NULL OR m.created_at_ms >= ?5)
  AND (?6 IS NULL OR m.cost_nano_usd > ?6)
  AND (?7 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(?7) WHERE instr(${MODEL}, value) = 0))`;

/** The newest ?9 messages that match ?1. Joining `search_row` drops outdated texts. */
const CANDIDATES = `SELECT r.ordinal, r.docid, r.words, matchinfo(message_text, 'y') FROM message_text t
  CROSS JOIN search_row r ON r.docid = t.docid CROSS JOIN message m ON m.ordinal = r.ordinal
  WHERE message_text MATCH ?1 AND ${IS_WANTED} ORDER BY t.docid DESC LIMIT ?9`;
const NEWEST = `SELECT m.ordinal FROM message m WHERE ?1 IS NULL AND ${IS_WANTED} ORDER BY m.created_at_ms DESC, m.ordinal DESC LIMIT ?9`;

/** The messages with these ordinals (?1, JSON); CROSS JOIN keeps their order. */
const HITS = `SELECT ${HIT_COLUMNS} FROM json_each(?1) asked CROSS JOIN message m ON m.ordinal = asked.value
  CROSS JOIN conversation c ON c.id = ${shownIn('?2')}`;

/** Full-text search over the messages of the projection. See `SEARCH_SCHEMA` for its tables, `wordsOf` for words. */
export class SearchIndex {
  private readonly upkeep: SearchUpkeep;

  constructor(
    private readonly database: SqlDatabase,
    clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.upkeep = new SearchUpkeep(database, clock);
  }

  /** Call in idle time, see `SearchUpkeep`. @returns true if nothing is left to do. */
  indexPending(budgetMs: number): boolean {
    return this.upkeep.indexPending(budgetMs);
  }

  /** Indexes new messages before searching. Without terms, returns the newest messages that pass the filters. */
  search(query: SearchQuery): SearchResult {
    const { terms, limit } = query;
    const patterns = patternsOf(terms);
    if (terms.length > 0 && patterns.length === 0) return { hits: [], complete: true };
    this.upkeep.indexAll();
    const forks = messagesShownByForks(this.database);
    const filters = [...this.filterParameters(query), forks];
    const ordinals = patterns.length === 0 ? this.newest(filters, limit + 1) : this.best(patterns, filters, limit + 1);
    return { hits: this.hits(ordinals.slice(0, limit), forks, patterns), complete: ordinals.length <= limit };
  }

  /**
   * Conversations whose title and tags together contain every term, most recently updated first, at most `limit`. The
   * filters for tags, models and time (of the last update) apply. Returns none if the query filters by role or cost,
   * which only messages have, or is empty.
   */
  titleMatches(query: SearchQuery, limit: number): readonly ConversationId[] {
    return matchingTitles(this.database, query, limit);
  }

  /** Ordinals of matching messages, best first; at least `atLeast` if there are that many. */
  private best(patterns: readonly Pattern[], filters: readonly SqlParameter[], atLeast: number): readonly number[] {
    const most = Math.max(RANKED_CANDIDATES, atLeast);
    const rows = this.database.all(CANDIDATES, [matchExpression(patterns), ...filters, most]);
    const candidates = rows.map(([ordinal, row, words, occurrences]): Candidate => ({
      ordinal: Number(ordinal),
      row: Number(row),
      words: Number(words),
      occurrences: occurrences instanceof Uint8Array ? occurrences : new Uint8Array(),
    }));
    const lastRow = Number(this.database.get('SELECT last_row FROM search_state', [])?.[0]);
    return ranked(candidates, this.raritiesOf(patterns, lastRow), lastRow);
  }

  private raritiesOf(patterns: readonly Pattern[], lastRow: number): readonly number[] {
    if (patterns.length === 1) return [1];
    const sampleSize = Math.min(lastRow, RARITY_SAMPLE);
    return patterns.map((pattern) => {
      if (isShortPrefix(pattern)) return rarityOf(sampleSize, sampleSize);
      const [count] =
        this.database.get('SELECT count(*) FROM message_text WHERE message_text MATCH ? AND docid > ?', [
          matchExpression([pattern]),
          lastRow - sampleSize,
        ]) ?? [];
      return rarityOf(Number(count), sampleSize);
    });
  }

  private newest(filters: readonly SqlParameter[], count: number): readonly number[] {
    return this.database.all(NEWEST, [null, ...filters, count]).map(([ordinal]) => Number(ordinal));
  }

  private hits(ordinals: readonly number[], forks: string | null, patterns: readonly Pattern[]): readonly SearchHit[] {
    return this.database.all(HITS, [JSON.stringify(ordinals), forks]).map((row) => hitOf(row, patterns));
  }

  /** Parameters ?2 to ?7 of `IS_WANTED`. */
  private filterParameters(query: SearchQuery): readonly SqlParameter[] {
    const { tags, models, roles, beforeMs, afterMs, costAboveNanoUsd } = query;
    return [
      tags.length === 0 ? null : JSON.stringify(taggedConversations(this.database, tags)),
      roles.length === 0 ? null : roles.join(' '),
      beforeMs,
      afterMs,
      costAboveNanoUsd,
      models.length === 0 ? null : JSON.stringify(models.map((part) => part.toLowerCase())),
    ];
  }
}

const isShortPrefix = ({ words, prefix }: Pattern): boolean =>
  prefix && words.length === 1 && (words[0] ?? '').length < COUNTED_PREFIX_UNITS;
