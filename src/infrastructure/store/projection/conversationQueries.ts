import type { ChargePage, ChargePeriod, ChargeQuery, ChargeTotals, ModelRecord } from '../../../domain/charge';
import type { Conversation, ConversationStatus, ConversationSummary, Message } from '../../../domain/conversation';
import type { ConversationId, MessageId } from '../../../domain/ids';
import type { ConversationQuery } from '../../../domain/ports/store';
import type { SearchQuery, SearchResult } from '../../../domain/search';
import type { SpendEvent } from '../../../domain/storeEvent';
import type { Telemetry, TelemetryQuery } from '../../../domain/telemetry';
import { ChargeQueries } from './chargeQueries';
import type { SearchIndex } from '../search/index';
import { spendOfConversation } from './spendRows';
import type { SqlDatabase } from '../sql/engine';
import { TelemetryQueries } from './telemetryQueries';
import {
  CONVERSATION_COLUMNS,
  MESSAGE_COLUMNS,
  conversationIdOf,
  conversationOf,
  messageOf,
  numberOf,
  summaryOf,
} from './rows';

/** SQLite's `LIMIT -1` returns all rows. */
const ALL = -1;

/** Parameter ?1: a status, or null for all. Deleted conversations are never listed. */
const HAS_STATUS = `deleted = 0 AND (?1 IS NULL OR
  ?1 = CASE WHEN archived THEN 'archived' WHEN source_message_id IS NOT NULL THEN 'forked' ELSE 'active' END)`;

/** The messages from the root to ?1, whichever conversations they belong to. UNION ends a cycle. */
const PATH_TO = `
WITH RECURSIVE path (id, parent_id, depth) AS (
  SELECT id, parent_id, 0 FROM message WHERE id = ?1
  UNION SELECT m.id, m.parent_id, depth + 1 FROM path JOIN message m ON m.id = path.parent_id
  WHERE depth < (SELECT count(*) FROM message)
)
SELECT ${MESSAGE_COLUMNS.split(',')
  .map((column) => `m.${column.trim()}`)
  .join(', ')}
FROM path JOIN message m ON m.id = path.id ORDER BY depth DESC`;

/** The queries of the store's port. */
export class ConversationQueries {
  private readonly ledger: ChargeQueries;
  private readonly outcomes: TelemetryQueries;

  /** @param isAlive whether the process that writes a message's journal is running. */
  constructor(
    private readonly database: SqlDatabase,
    private readonly index: SearchIndex,
    private readonly isAlive: (writer: string) => boolean,
  ) {
    this.ledger = new ChargeQueries(database);
    this.outcomes = new TelemetryQueries(database, isAlive);
  }

  /** Latest change first. */
  conversations({ status, filter, limit, offset }: ConversationQuery = {}): readonly ConversationSummary[] {
    const rows = this.database.all(
      `SELECT ${CONVERSATION_COLUMNS} FROM conversation
       WHERE ${HAS_STATUS} AND (?2 IS NULL OR archived = (?2 = 'archived'))
       ORDER BY (?2 IS NOT NULL AND pinned) DESC, updated_at_ms DESC, run_number DESC LIMIT ?3 OFFSET ?4`,
      [status ?? null, filter ?? null, limit ?? ALL, offset ?? 0],
    );
    return rows.map(summaryOf);
  }

  countConversations(status?: ConversationStatus): number {
    const row = this.database.get(`SELECT count(*) FROM conversation WHERE ${HAS_STATUS}`, [status ?? null]);
    return row ? numberOf(row) : 0;
  }

  load(id: ConversationId): Conversation | undefined {
    const row = this.database.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE id = ?`, [id]);
    if (!row) return undefined;
    const { forkedFrom } = summaryOf(row);
    const own = this.database.all(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE conversation_id = ? ORDER BY stamp`, [
      id,
    ]);
    const shared = forkedFrom ? this.database.all(PATH_TO, [forkedFrom.messageId]) : [];
    return conversationOf(
      row,
      [...shared, ...own].map((message): Message => messageOf(message, this.isAlive)),
    );
  }

  conversationOf(id: MessageId): ConversationId | undefined {
    const row = this.database.get('SELECT conversation_id FROM message WHERE id = ? ORDER BY stamp LIMIT 1', [id]);
    return row && conversationIdOf(row);
  }

  search(query: SearchQuery): SearchResult {
    return this.index.search(query);
  }

  searchTitles(query: SearchQuery): readonly ConversationSummary[] {
    const ids = this.index.titleMatches(query, query.limit);
    return ids.flatMap((id) =>
      this.database.all(`SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE id = ?`, [id]).map(summaryOf),
    );
  }

  spendOf(id: ConversationId): readonly SpendEvent[] {
    return spendOfConversation(this.database, id);
  }

  charges(query: ChargeQuery): ChargePage {
    return this.ledger.page(query);
  }

  chargeTotals(period: ChargePeriod): ChargeTotals {
    return this.ledger.totals(period);
  }

  modelRecords(): readonly ModelRecord[] {
    return this.ledger.modelRecords();
  }

  telemetry(query: TelemetryQuery): Telemetry {
    return this.outcomes.telemetry(query);
  }

  /** Conversations with replies that the journal started and no one ended. */
  runningIn(writer: string): readonly ConversationId[] {
    return this.database
      .all(`SELECT DISTINCT conversation_id FROM message WHERE state = 'streaming' AND writer = ?`, [writer])
      .map(conversationIdOf);
  }

  nextRunNumber(): number {
    const row = this.database.get('SELECT coalesce(max(run_number), 0) + 1 FROM conversation', []);
    return row ? numberOf(row) : 1;
  }
}
