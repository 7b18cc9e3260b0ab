import { type ConversationId, conversationId } from '../../../domain/ids';
import type { ConversationEvent } from '../../../domain/storeEvent';
import { NO_STAMP } from '../journal/fold';
import type { SqlDatabase, SqlParameter } from '../sql/engine';

type CreatedEvent = Extract<ConversationEvent, { type: 'conversation.created' }>;

/** Columns of a conversation that the latest event decides, each with a column for its stamp. */
export type Register =
  'title' | 'model' | 'tags_json' | 'pinned' | 'archived' | 'deleted' | 'active_leaf_id' | 'updated_at_ms';

const RECOVERED_TITLE = 'Recovered conversation';
/** If the event that created the conversation is found later, it replaces the recovered one. */
const AFTER_EVERY_STAMP = '~';

/** Applies events about conversations to the projection. */
export class ConversationFold {
  private readonly renumbered = new Set<ConversationId>();

  constructor(private readonly database: SqlDatabase) {}

  /** @returns the conversations that got another number since the last call, because of one that arrived later. */
  takeRenumbered(): readonly ConversationId[] {
    const taken = [...this.renumbered];
    this.renumbered.clear();
    return taken;
  }

  /** Creates a conversation for messages whose own was lost with a damaged file, so that they are visible. */
  adopt({ conversationId, atMs }: ConversationEvent): void {
    this.run(
      `INSERT INTO conversation (id, run_number, wanted_run_number, title, model, system_prompt, created_at_ms, created_stamp, updated_at_ms)
       SELECT ?1, n, n, ?2, '', '', ?3, ?4, ?3 FROM (SELECT coalesce(max(run_number), 0) + 1 AS n FROM conversation) WHERE true ON CONFLICT DO NOTHING`,
      [conversationId, RECOVERED_TITLE, atMs, AFTER_EVERY_STAMP],
    );
  }

  /** Sets the value if no later event did. @returns false when the conversation is not there (yet). */
  set(stamp: string, { conversationId }: ConversationEvent, register: Register, value: SqlParameter): boolean {
    const set = this.run(
      `UPDATE conversation SET ${register} = ?1, ${register}_stamp = ?2 WHERE id = ?3 AND ${register}_stamp <= ?2`,
      [value, stamp, conversationId],
    );
    return set > 0 || this.has(conversationId);
  }

  has(id: ConversationId): boolean {
    return this.database.get('SELECT 1 FROM conversation WHERE id = ?', [id]) !== undefined;
  }

  /** If two events create the same conversation, the first in fold order counts; values set by other events stay. */
  created(stamp: string, event: CreatedEvent): boolean {
    const { conversationId, runNumber, forkedFrom, atMs } = event;
    const isNew = this.run(
      `INSERT INTO conversation (id, run_number, wanted_run_number, title, model, system_prompt, persona_id, source_conversation_id,
         source_message_id, active_leaf_id, created_at_ms, created_stamp, updated_at_ms)
       VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?9)
       ON CONFLICT (id) DO UPDATE SET
         wanted_run_number = excluded.wanted_run_number, system_prompt = excluded.system_prompt, persona_id = excluded.persona_id,
         source_conversation_id = excluded.source_conversation_id, source_message_id = excluded.source_message_id,
         created_at_ms = excluded.created_at_ms, created_stamp = excluded.created_stamp,
         title = iif(title_stamp = '${NO_STAMP}', excluded.title, title), model = iif(model_stamp = '${NO_STAMP}', excluded.model, model),
         active_leaf_id = iif(active_leaf_id_stamp = '${NO_STAMP}', excluded.active_leaf_id, active_leaf_id),
         updated_at_ms = iif(updated_at_ms_stamp = '${NO_STAMP}', excluded.updated_at_ms, updated_at_ms)
       WHERE excluded.created_stamp < created_stamp`,
      [
        conversationId,
        runNumber,
        event.title,
        event.model,
        event.systemPrompt,
        event.personaId,
        forkedFrom?.conversationId ?? null,
        forkedFrom?.messageId ?? null,
        atMs,
        stamp,
      ],
    );
    if (isNew > 0) this.renumberIfTaken(runNumber);
    return true;
  }

  /**
   * Windows that create conversations at the same time choose the same number. The first in fold order keeps it, the
   * others get the next free one: the same in every window, in whatever order the events arrive.
   */
  private renumberIfTaken(runNumber: number): void {
    const taken = this.database.get(
      'SELECT count(*) FROM conversation WHERE run_number = ?1 OR wanted_run_number = ?1',
      [runNumber],
    );
    if (taken?.[0] === 1) return;
    const isLate = `EXISTS (SELECT 1 FROM conversation AS earlier WHERE earlier.wanted_run_number = late.wanted_run_number
      AND (earlier.created_stamp, earlier.id) < (late.created_stamp, late.id))`;
    const late = this.database.all(
      `SELECT id, wanted_run_number FROM conversation AS late WHERE ${isLate} ORDER BY wanted_run_number, created_stamp, id`,
      [],
    );
    // Clears the numbers first, so that none of them is in the way of another.
    this.run(
      `UPDATE conversation AS late SET run_number = iif(${isLate}, -1, wanted_run_number) WHERE run_number <> wanted_run_number OR ${isLate}`,
      [],
    );
    for (const [id, wanted] of late) {
      this.renumbered.add(conversationId(String(id)));
      let free = Number(wanted) + 1;
      while (this.database.get('SELECT 1 FROM conversation WHERE run_number = ?', [free])) free += 1;
      this.run('UPDATE conversation SET run_number = ? WHERE id = ?', [free, String(id)]);
    }
  }

  private run(sql: string, parameters: readonly SqlParameter[]): number {
    return this.database.run(sql, parameters);
  }
}
