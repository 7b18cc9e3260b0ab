import { type ConversationId, conversationId } from '../../domain/ids';
import type { ConversationEvent, StoreEvent } from '../../domain/storeEvent';
import { type EventOrigin, NO_STAMP, stampOf } from './eventOrigin';
import type { SqlDatabase, SqlParameter } from './sqlEngine';

type EventOf<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>;

/** Columns of a conversation that the latest event decides, each with its stamp beside it. */
type Register = 'title' | 'model' | 'tags_json' | 'pinned' | 'archived' | 'deleted' | 'active_leaf_id' | 'updated_at_ms';

/**
 * Applies events to the view with the meaning that domain/conversationMutator and domain/budget give them in fold
 * order: an event that does not fit changes nothing, and one applied twice changes nothing the second time.
 *
 * Windows hear of each other late, so events of different journals may come out of that order; those of one
 * journal, and those an event was written in knowledge of, come before it. The stamps make the result the same:
 * a late event loses against what is later in fold order.
 */
export class ViewFold {
  private readonly renumbered = new Set<ConversationId>();

  constructor(private readonly database: SqlDatabase) {}

  /** @returns false when what the event is about is not there (yet); then nothing was changed. */
  apply(origin: EventOrigin, event: StoreEvent): boolean {
    const stamp = stampOf(origin);
    switch (event.type) {
      case 'conversation.created':
        return this.created(stamp, event);
      case 'conversation.renamed':
        return this.set(stamp, event, 'title', event.title);
      case 'conversation.modelChosen':
        return this.set(stamp, event, 'model', event.model);
      case 'conversation.tagged':
        return this.set(stamp, event, 'tags_json', JSON.stringify(event.tags));
      case 'conversation.pinned':
        return this.set(stamp, event, 'pinned', Number(event.pinned));
      case 'conversation.archived':
        return this.set(stamp, event, 'archived', Number(event.archived));
      case 'conversation.deleted':
        return this.set(stamp, event, 'deleted', Number(event.deleted));
      case 'branch.chosen':
        return this.set(stamp, event, 'active_leaf_id', event.leafId);
      case 'message.added':
        return this.added(stamp, origin.writer, event);
      case 'reply.appended':
        return this.appended(stamp, event);
      case 'reply.ended':
        return this.ended(stamp, event);
      case 'reply.billed':
      case 'spend.overrunAccepted':
        return true;
      case 'spend.reserved':
        return this.reserved(event);
      case 'spend.identified':
        return this.run('UPDATE reservation SET generation_id = coalesce(generation_id, ?) WHERE id = ?', [event.generationId, event.reservationId]) > 0;
      case 'spend.settled':
        return this.settled(stamp, event);
      case 'spend.released':
        return this.released(event);
    }
  }

  /** @returns the conversations that took another number since, because of one that was heard of later. */
  takeRenumbered(): readonly ConversationId[] {
    const taken = [...this.renumbered];
    this.renumbered.clear();
    return taken;
  }

  /** Makes a conversation for messages whose own was lost with a damaged file, so that they can be seen. */
  adopt({ conversationId, atMs }: ConversationEvent): void {
    this.run(
      `INSERT INTO conversation (id, run_number, wanted_run_number, title, model, system_prompt, created_at_ms, created_stamp, updated_at_ms)
       SELECT ?1, n, n, ?2, '', '', ?3, ?4, ?3 FROM (SELECT coalesce(max(run_number), 0) + 1 AS n FROM conversation) WHERE true ON CONFLICT DO NOTHING`,
      [conversationId, RECOVERED_TITLE, atMs, AFTER_EVERY_STAMP],
    );
  }

  private set(stamp: string, { conversationId }: ConversationEvent, register: Register, value: SqlParameter): boolean {
    const set = this.run(`UPDATE conversation SET ${register} = ?1, ${register}_stamp = ?2 WHERE id = ?3 AND ${register}_stamp <= ?2`, [value, stamp, conversationId]);
    return set > 0 || this.has('conversation', conversationId);
  }

  private has(table: 'conversation' | 'reservation', id: string): boolean {
    return this.database.get(`SELECT 1 FROM ${table} WHERE id = ?`, [id]) !== undefined;
  }

  /** Of two that make the same conversation the first in fold order counts; what other events set stays. */
  private created(stamp: string, event: EventOf<'conversation.created'>): boolean {
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
      [conversationId, runNumber, event.title, event.model, event.systemPrompt, event.personaId, forkedFrom?.conversationId ?? null, forkedFrom?.messageId ?? null, atMs, stamp],
    );
    if (isNew > 0) this.renumberIfTaken(runNumber);
    return true;
  }

  /**
   * Windows that make conversations at once number them alike. The first in fold order keeps its number, the others
   * take the next free one: the same in every window, whichever it heard of first.
   */
  private renumberIfTaken(runNumber: number): void {
    const taken = this.database.get('SELECT count(*) FROM conversation WHERE run_number = ?1 OR wanted_run_number = ?1', [runNumber]);
    if (taken?.[0] === 1) return;
    const isLate = `EXISTS (SELECT 1 FROM conversation AS earlier WHERE earlier.wanted_run_number = late.wanted_run_number
      AND (earlier.created_stamp, earlier.id) < (late.created_stamp, late.id))`;
    const late = this.database.all(`SELECT id, wanted_run_number FROM conversation AS late WHERE ${isLate} ORDER BY wanted_run_number, created_stamp, id`, []);
    // None of them may be in another's way while they are numbered.
    this.run(`UPDATE conversation AS late SET run_number = iif(${isLate}, -1, wanted_run_number) WHERE run_number <> wanted_run_number OR ${isLate}`, []);
    for (const [id, wanted] of late) {
      this.renumbered.add(conversationId(String(id)));
      let free = Number(wanted) + 1;
      while (this.database.get('SELECT 1 FROM conversation WHERE run_number = ?', [free])) free += 1;
      this.run('UPDATE conversation SET run_number = ? WHERE id = ?', [free, String(id)]);
    }
  }

  private added(stamp: string, writer: string, event: EventOf<'message.added'>): boolean {
    const { conversationId, messageId, atMs } = event;
    const isReply = event.role === 'assistant';
    const isNew = this.run(
      `INSERT INTO message (conversation_id, id, stamp, parent_id, role, content, content_units, attachments_json, state, writer, model,
         cost_nano_usd, cost_source, truncated_messages, created_at_ms)
       SELECT ?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM conversation WHERE id = ?1)
       ON CONFLICT (conversation_id, id) DO NOTHING`,
      [
        conversationId, messageId, stamp, event.parentId, event.role, event.content, event.content.length, JSON.stringify(event.attachments),
        event.state, writer, event.model, isReply ? null : 0, isReply ? 'pending' : 'reported', event.truncatedMessages, atMs,
      ],
    );
    if (isNew === 0) return this.has('conversation', conversationId);
    // What `set` does for three of them, in one statement: this is most of what folding a long history takes.
    this.run(
      `UPDATE conversation SET
         active_leaf_id = iif(active_leaf_id_stamp <= ?1, ?2, active_leaf_id), active_leaf_id_stamp = max(active_leaf_id_stamp, ?1),
         updated_at_ms = iif(updated_at_ms_stamp <= ?1, ?3, updated_at_ms), updated_at_ms_stamp = max(updated_at_ms_stamp, ?1),
         deleted = iif(deleted_stamp <= ?1, 0, deleted), deleted_stamp = max(deleted_stamp, ?1) WHERE id = ?4`,
      [stamp, messageId, atMs, conversationId],
    );
    return true;
  }

  private appended(stamp: string, event: EventOf<'reply.appended'>): boolean {
    const row = this.database.get('SELECT ordinal, content_units, reasoning_units FROM message WHERE conversation_id = ? AND id = ?', [
      event.conversationId,
      event.messageId,
    ]);
    const [ordinal, contentUnits, reasoningUnits] = row?.map(Number) ?? [];
    if (ordinal === undefined) return false;
    const content = newPart(contentUnits ?? 0, event.contentOffset, event.content);
    const reasoning = newPart(reasoningUnits ?? 0, event.reasoningOffset, event.reasoning);
    if (content !== '') this.run('UPDATE message SET content = content || ?, content_units = content_units + ? WHERE ordinal = ?', [content, content.length, ordinal]);
    if (reasoning !== '') this.run('UPDATE message SET reasoning = reasoning || ?, reasoning_units = reasoning_units + ? WHERE ordinal = ?', [reasoning, reasoning.length, ordinal]);
    this.set(stamp, event, 'updated_at_ms', event.atMs);
    // A piece behind a gap is kept for later: what fills the gap may be on its way from another journal.
    return event.contentOffset <= (contentUnits ?? 0) && event.reasoningOffset <= (reasoningUnits ?? 0);
  }

  private ended(stamp: string, event: EventOf<'reply.ended'>): boolean {
    const row = this.database.get('SELECT ordinal, coalesce(cost_nano_usd, 0), tokens, ended_stamp FROM message WHERE conversation_id = ? AND id = ?', [
      event.conversationId,
      event.messageId,
    ]);
    if (!row) return false;
    if (String(row[3]) > stamp) return true;
    const [ordinal = 0, costBefore = 0, tokensBefore = 0] = row.slice(0, 3).map(Number);
    const tokens = event.usage ? event.usage.promptTokens + event.usage.completionTokens : 0;
    this.run(
      `UPDATE message SET state = ?, ended_stamp = ?, cost_nano_usd = ?, cost_source = ?, tokens = ?, failure_json = ?,
         model = ?, provider = ?, usage_json = ?, time_to_first_token_ms = ?, latency_ms = ?,
         finish_reason = ?, generation_id = ? WHERE ordinal = ?`,
      [
        event.state, stamp, event.cost.costNanoUsd, event.cost.source, tokens, jsonOrNull(event.failure), event.model, event.provider,
        jsonOrNull(event.usage), event.timeToFirstTokenMs, event.latencyMs, event.finishReason, event.generationId, ordinal,
      ],
    );
    // The difference instead of a new sum: a sum over a long conversation for each of its replies is quadratic.
    this.run('UPDATE conversation SET cost_nano_usd = cost_nano_usd + ?, total_tokens = total_tokens + ? WHERE id = ?', [
      (event.cost.costNanoUsd ?? 0) - costBefore, tokens - tokensBefore, event.conversationId,
    ]);
    return this.set(stamp, event, 'updated_at_ms', event.atMs);
  }

  private reserved(event: EventOf<'spend.reserved'>): boolean {
    this.run(
      `INSERT OR IGNORE INTO reservation (id, conversation_id, message_id, model, worst_case_nano_usd, day_utc, reserved_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [event.reservationId, event.conversationId, event.messageId, event.model, event.worstCaseNanoUsd, event.dayUtc, event.atMs],
    );
    return true;
  }

  private released(event: EventOf<'spend.released'>): boolean {
    const { atMs, reservationId } = event;
    const released = this.run(`UPDATE reservation SET state = 'released', ended_at_ms = ? WHERE id = ? AND state <> 'settled'`, [atMs, reservationId]);
    return released > 0 || this.has('reservation', reservationId);
  }

  private settled(stamp: string, event: EventOf<'spend.settled'>): boolean {
    const settled = this.run(
      `UPDATE reservation SET state = 'settled', settled_stamp = ?1, cost_nano_usd = ?2, cost_source = ?3, usage_json = ?4, provider = ?5,
         generation_id = coalesce(?6, generation_id), ended_at_ms = ?7 WHERE id = ?8 AND settled_stamp <= ?1`,
      [stamp, event.costNanoUsd, event.source, jsonOrNull(event.usage), event.provider, event.generationId, event.atMs, event.reservationId],
    );
    return settled > 0 || this.has('reservation', event.reservationId);
  }

  private run(sql: string, parameters: readonly SqlParameter[]): number {
    return this.database.run(sql, parameters);
  }
}

const RECOVERED_TITLE = 'Recovered conversation';
/** Whatever made the conversation replaces what stands in for it, should it be found. */
const AFTER_EVERY_STAMP = '~';

/** What domain/conversationMutator's `appendAt` would add to a text of `length` units. */
function newPart(length: number, offset: number, piece: string): string {
  return offset > length ? '' : piece.slice(length - offset);
}

const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
