import type { ConversationId } from '../../../domain/ids';
import type { Clock } from '../../../domain/ports/system';
import type { SearchQuery, SearchResult } from '../../../domain/search';
import { messagesShownByForks, shownIn } from './forks';
import { HIT_COLUMNS, hitOf } from './hit';
import { type Candidate, docidOf, ranked, rarityOf } from './ranking';
import { type Pattern, matchExpression, patternsOf } from './terms';
import { matchingTitles, taggedConversations } from './titles';
import { SearchUpkeep } from './upkeep';
import type { SqlDatabase, SqlParameter, SqlRow } from '../sql/engine';

/** So many matching messages are ranked, the newest ones. */
const RANKED_CANDIDATES = 2000;
/** How rare a pattern is, is counted in the newest rows only. */
const RARITY_SAMPLE = 5000;
const MOST_RARITIES = 1000;
/** A shorter prefix occurs nearly everywhere, and counting it would cost more than the search. */
const COUNTED_PREFIX_UNITS = 4;

const SHOWN_IN = shownIn('?9');
/** What the person sees as its model: the message's own or that of the conversation it opens in. */
const MODEL = `lower(coalesce(m.model, (SELECT model FROM conversation WHERE id = ${SHOWN_IN})))`;

/**
 * Parameters ?2 to ?9: ids of conversations (JSON), roles, before, after, cost above, one part of the model's name,
 * the other parts (JSON) and `messagesShownByForks`. Null lets everything through.
 */
const PASSES = `${SHOWN_IN} NOT IN (SELECT id FROM conversation WHERE deleted = 1)
  AND (?2 IS NULL OR ${SHOWN_IN} IN (SELECT value FROM json_each(?2)))
  AND (?3 IS NULL OR instr(?3, m.role) > 0)
  AND (?4 IS NULL OR m.created_at_ms < ?4)
  AND (?5 IS NULL OR m.created_at_ms >= ?5)
  AND (?6 IS NULL OR m.cost_nano_usd > ?6)
  AND (?7 IS NULL OR instr(${MODEL}, ?7) > 0)
  AND (?8 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(?8) WHERE instr(${MODEL}, value) = 0))`;

/** Outdated texts and those of deleted conversations among them; at most ?2. */
const CANDIDATES = `SELECT docid, matchinfo(message_text, 'y') FROM message_text WHERE message_text MATCH ?1 ORDER BY docid DESC LIMIT ?2`;
const PASSING_CANDIDATES = `SELECT t.docid, matchinfo(message_text, 'y') FROM message_text t CROSS JOIN search_row r ON r.docid = t.docid
  CROSS JOIN message m ON m.ordinal = r.ordinal WHERE message_text MATCH ?1 AND ${PASSES} ORDER BY t.docid DESC LIMIT ?10`;
const NEWEST = `SELECT m.ordinal FROM message m WHERE ?1 IS NULL AND ${PASSES} ORDER BY m.created_at_ms DESC, m.ordinal DESC LIMIT ?10`;

const SHOWN = `CROSS JOIN conversation c ON c.id = ${shownIn('?2')} WHERE c.deleted = 0`;
/**
 * The messages with these docids or ordinals (?1, JSON) in their order, which CROSS JOIN keeps, without outdated texts
 * and what is in deleted conversations. One statement for all: many small ones take ten times as long.
 */
const HITS_BY_DOCID = `SELECT ${HIT_COLUMNS} FROM json_each(?1) asked CROSS JOIN search_row r ON r.docid = asked.value CROSS JOIN message m ON m.ordinal = r.ordinal ${SHOWN}`;
const HITS_BY_ORDINAL = `SELECT ${HIT_COLUMNS} FROM json_each(?1) asked CROSS JOIN message m ON m.ordinal = asked.value ${SHOWN}`;

/** What a search has to know of the view beforehand. */
interface IndexState {
  /** Of the database, see `SqlDatabase.writes`: as long as it stays, so does the rest. */
  readonly writes: number;
  readonly lastRow: number;
  readonly forks: string | null;
}

const NOTHING: SearchResult = { hits: [], complete: true };

/** Full-text search over the messages of the view; `SEARCH_SCHEMA` has its tables, `searchWords` says what a word is. */
export class SearchIndex {
  private readonly upkeep: SearchUpkeep;
  private current: IndexState | undefined;
  /** While someone types, all words but the last stay the same. */
  private rarities: { readonly lastRow: number; readonly known: Map<string, number> } = {
    lastRow: 0,
    known: new Map(),
  };

  constructor(
    private readonly database: SqlDatabase,
    clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.upkeep = new SearchUpkeep(database, clock);
  }

  /** Work for idle time, see `SearchUpkeep`. @returns true when nothing is left to do now. */
  indexPending(budgetMs: number): boolean {
    return this.upkeep.indexPending(budgetMs);
  }

  /**
   * Exactly the messages which contain every term and pass every filter, their text so far included; what is not
   * indexed yet is indexed first. Those of a deleted conversation are found where a fork still shows them, and there.
   * Terms without a word in them (`->`) are passed over; where no other is left, nothing is found.
   *
   * Best first: BM25 with a mild preference for recent, a word in the content above one in the reasoning. When more
   * than `RANKED_CANDIDATES` (or `limit`) messages match, the newest of them are ranked and older ones do not appear.
   * Without terms the newest come first.
   */
  search(query: SearchQuery): SearchResult {
    const { forks, lastRow } = this.standing();
    const limit = Math.max(1, Math.floor(query.limit));
    const patterns = patternsOf(query.terms);
    if (query.terms.length > 0 && patterns.length === 0) return NOTHING;
    const filters = this.filterParameters(query);
    const result = (sql: string, asked: readonly number[]): SearchResult =>
      this.result(sql, asked, forks, patterns, limit);
    if (patterns.length === 0) return result(HITS_BY_ORDINAL, this.newest([...filters, forks], limit + 1));
    const best = (candidates: readonly Candidate[]): SearchResult =>
      result(HITS_BY_DOCID, ranked(candidates, this.raritiesOf(patterns), docidOf(lastRow, 0)));
    const wanted = Math.max(RANKED_CANDIDATES, limit + 1);
    if (filters.every((value) => value === null)) {
      const candidates = this.candidates(CANDIDATES, [matchExpression(patterns), wanted]);
      const found = best(candidates);
      // Unless outdated texts or messages of deleted conversations have taken the place of others.
      if (!found.complete || candidates.length < wanted) return found;
    }
    return best(this.candidates(PASSING_CANDIDATES, [matchExpression(patterns), ...filters, forks, wanted]));
  }

  /**
   * Conversations whose title and tags together contain every term, latest change first. The query's tags, models
   * and times (of that change) count; with roles or a cost, which only messages have, and without anything to look
   * for there are none. Not more than `limit`.
   */
  titleMatches(query: SearchQuery, limit: number): readonly ConversationId[] {
    return matchingTitles(this.database, query, limit);
  }

  private candidates(sql: string, parameters: readonly SqlParameter[]): readonly Candidate[] {
    return this.database.all(sql, parameters).map(([docid, counts]) => ({
      docid: Number(docid),
      occurrences: counts instanceof Uint8Array ? counts : new Uint8Array(),
    }));
  }

  /** Indexes what is new. */
  private standing(): IndexState {
    const { database } = this;
    if (this.current?.writes !== database.writes) {
      this.upkeep.indexAll();
      const [lastRow] = database.get('SELECT last_row FROM search_state', []) ?? [];
      this.current = { writes: database.writes, lastRow: Number(lastRow), forks: messagesShownByForks(database) };
    }
    return this.current;
  }

  private raritiesOf(patterns: readonly Pattern[]): readonly number[] {
    // Among one pattern there is nothing to weigh.
    if (patterns.length === 1) return [1];
    const { lastRow } = this.standing();
    if (this.rarities.lastRow !== lastRow || this.rarities.known.size > MOST_RARITIES)
      this.rarities = { lastRow, known: new Map() };
    const { known } = this.rarities;
    return patterns.map((pattern) => {
      const key = matchExpression([pattern]);
      const rarity = known.get(key) ?? this.countedRarity(pattern, lastRow);
      known.set(key, rarity);
      return rarity;
    });
  }

  private countedRarity(pattern: Pattern, lastRow: number): number {
    const sampleSize = Math.min(lastRow, RARITY_SAMPLE);
    const isShortPrefix =
      pattern.prefix && pattern.words.length === 1 && (pattern.words[0] ?? '').length < COUNTED_PREFIX_UNITS;
    if (isShortPrefix) return rarityOf(sampleSize, sampleSize);
    const [count] =
      this.database.get('SELECT count(*) FROM message_text WHERE message_text MATCH ? AND docid >= ?', [
        matchExpression([pattern]),
        docidOf(lastRow - sampleSize + 1, 0),
      ]) ?? [];
    return rarityOf(Number(count), sampleSize);
  }

  /** @param parameters ?2 to ?9 of `PASSES`. */
  private newest(parameters: readonly SqlParameter[], count: number): readonly number[] {
    return this.database.all(NEWEST, [null, ...parameters, count]).map(([ordinal]) => Number(ordinal));
  }

  /** @param sql of hits by what is `asked`, best first. */
  private result(
    sql: string,
    asked: readonly number[],
    forks: string | null,
    patterns: readonly Pattern[],
    limit: number,
  ): SearchResult {
    const rows: SqlRow[] = [];
    for (let at = 0; at < asked.length && rows.length <= limit;) {
      const batch = asked.slice(at, at + limit + 1 - rows.length);
      at += batch.length;
      rows.push(...this.database.all(sql, [JSON.stringify(batch), forks]));
    }
    return { hits: rows.slice(0, limit).map((row) => hitOf(row, patterns)), complete: rows.length <= limit };
  }

  /** ?2 to ?8 of `PASSES`. */
  private filterParameters({
    tags,
    models,
    roles,
    beforeMs,
    afterMs,
    costAboveNanoUsd,
  }: SearchQuery): readonly SqlParameter[] {
    const [model = null, ...others] = models.map((part) => part.toLowerCase());
    return [
      tags.length === 0 ? null : JSON.stringify(taggedConversations(this.database, tags)),
      roles.length === 0 ? null : roles.join(' '),
      beforeMs,
      afterMs,
      costAboveNanoUsd,
      model,
      others.length === 0 ? null : JSON.stringify(others),
    ];
  }
}
