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

/** The most matching messages that are ranked: the newest ones. */
const RANKED_CANDIDATES = 2000;
/** The rarity of a pattern is estimated from the newest rows of the index. */
const RARITY_SAMPLE = 5000;
/** A shorter prefix is in nearly every message, and counting its matches would take longer than the search. */
const COUNTED_PREFIX_UNITS = 4;

const SHOWN_IN = shownIn('?8');
/** The model that the user sees: the message's own or that of the conversation in which the hit opens. */
const MODEL = `lower(coalesce(m.model, (SELECT model FROM conversation WHERE id = ${SHOWN_IN})))`;

/**
 * Parameters ?2 to ?8: ids of conversations (JSON), roles, before, after, minimum cost, parts of the model's name
 * (JSON) and `messagesShownByForks`. Null disables a filter.
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

/** Full-text search over the messages of the projection. `SEARCH_SCHEMA` has its tables; `wordsOf` defines words. */
export class SearchIndex {
  private readonly upkeep: SearchUpkeep;

  constructor(
    private readonly database: SqlDatabase,
    clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.upkeep = new SearchUpkeep(database, clock);
  }

  /** Work for idle time, see `SearchUpkeep`. @returns true when nothing is left to do. */
  indexPending(budgetMs: number): boolean {
    return this.upkeep.indexPending(budgetMs);
  }

  /** Indexes what is new first. Without terms: the newest messages that pass the filters. */
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
   * Conversations whose title and tags together contain every term, latest change first, at most `limit`. The query's
   * tags, models and times (of that change) apply. None if the query asks for roles or a cost, which only messages
   * have, or for nothing at all.
   */
  titleMatches(query: SearchQuery, limit: number): readonly ConversationId[] {
    return matchingTitles(this.database, query, limit);
  }

  /** Ordinals of matching messages, best first. At least `atLeast` of them, if there are as many. */
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

  /** ?2 to ?7 of `IS_WANTED`. */
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
