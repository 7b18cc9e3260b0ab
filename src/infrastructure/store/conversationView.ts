import type { Conversation, ConversationSummary } from '../../domain/conversation';
import type { ConversationId, MessageId } from '../../domain/ids';
import type { ConversationQuery } from '../../domain/ports';
import type { SqlDatabase } from './sqlEngine';
import { CONVERSATION_COLUMNS, MESSAGE_COLUMNS, conversationIdOf, conversationOf, messageOf, numberOf, summaryOf } from './viewRows';

/** `LIMIT -1` is SQLite's way to say "all". */
const ALL = -1;

/** The port's questions, answered from the view. */
export class ConversationView {
  /** @param owns says whether this process wrote the journal a message comes from. */
  constructor(
    private readonly database: SqlDatabase,
    private readonly owns: (writer: string) => boolean,
  ) {}

  /** Latest change first. */
  conversations({ status, limit, offset }: ConversationQuery = {}): readonly ConversationSummary[] {
    const rows = this.database.all(
      `SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE ?1 IS NULL OR status = ?1
       ORDER BY updated_at_ms DESC, run_number DESC LIMIT ?2 OFFSET ?3`,
      [status ?? null, limit ?? ALL, offset ?? 0],
    );
    return rows.map(summaryOf);
  }

  load(id: ConversationId): Conversation | undefined {
    const row = this.database.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE id = ?`, [id]);
    if (!row) return undefined;
    const messages = this.database.all(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE conversation_id = ? ORDER BY ordinal`, [id]);
    return conversationOf(row, messages.map((message) => messageOf(message, this.owns)));
  }

  conversationOf(id: MessageId): ConversationId | undefined {
    const row = this.database.get('SELECT conversation_id FROM message WHERE id = ? ORDER BY ordinal LIMIT 1', [id]);
    return row && conversationIdOf(row);
  }

  nextRunNumber(): number {
    const row = this.database.get('SELECT coalesce(max(run_number), 0) + 1 FROM conversation', []);
    return row ? numberOf(row) : 1;
  }
}
