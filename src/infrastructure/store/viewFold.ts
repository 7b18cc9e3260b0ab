import type { StoreEvent } from '../../domain/storeEvent';
import type { SqlDatabase, SqlParameter } from './sqlEngine';

type EventOf<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>;

/**
 * Applies events to the view with the meaning that domain/conversationMutator and domain/budget give them:
 * an event that does not fit changes nothing, and one applied twice changes nothing the second time.
 */
export class ViewFold {
  constructor(private readonly database: SqlDatabase) {}

  /** @param writer the journal the event comes from. */
  apply(writer: string, event: StoreEvent): void {
    switch (event.type) {
      case 'conversation.created':
        return this.created(event);
      case 'conversation.renamed':
        return this.run('UPDATE conversation SET title = ?, updated_at_ms = ? WHERE id = ?', [event.title, event.atMs, event.conversationId]);
      case 'conversation.modelChosen':
        return this.run('UPDATE conversation SET model = ?, updated_at_ms = ? WHERE id = ?', [event.model, event.atMs, event.conversationId]);
      case 'message.added':
        return this.added(writer, event);
      case 'reply.appended':
        return this.appended(event);
      case 'reply.ended':
        return this.ended(event);
      case 'spend.reserved':
        return this.reserved(event);
      case 'spend.identified':
        return this.run('UPDATE reservation SET generation_id = ? WHERE id = ?', [event.generationId, event.reservationId]);
      case 'spend.settled':
        return this.settled(event);
      case 'spend.released':
        return this.run(`UPDATE reservation SET state = 'released', ended_at_ms = ? WHERE id = ? AND state <> 'settled'`, [event.atMs, event.reservationId]);
    }
  }

  private created(event: EventOf<'conversation.created'>): void {
    this.run(
      `INSERT INTO conversation (id, run_number, title, model, system_prompt, persona_id, created_at_ms, updated_at_ms)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = ?1)`,
      [event.conversationId, this.freeRunNumber(event.runNumber), event.title, event.model, event.systemPrompt, event.personaId, event.atMs],
    );
  }

  /** Two windows may number their conversations alike: the later one in fold order takes the next free number. */
  private freeRunNumber(wanted: number): number {
    let free = wanted;
    while (this.database.get('SELECT 1 FROM conversation WHERE run_number = ?', [free])) free += 1;
    return free;
  }

  private added(writer: string, event: EventOf<'message.added'>): void {
    const { conversationId, messageId, atMs } = event;
    const isNew = this.database.run(
      `UPDATE conversation SET active_leaf_id = ?2, updated_at_ms = ?3
       WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE conversation_id = ?1 AND id = ?2)`,
      [conversationId, messageId, atMs],
    );
    if (isNew === 0) return;
    const isReply = event.role === 'assistant';
    this.run(
      `INSERT INTO message (conversation_id, id, parent_id, role, content, content_units, attachments_json, state, writer, model,
         cost_nano_usd, cost_source, truncated_messages, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        conversationId, messageId, event.parentId, event.role, event.content, event.content.length, JSON.stringify(event.attachments),
        event.state, writer, event.model, isReply ? null : 0, isReply ? 'pending' : 'reported', event.truncatedMessages, atMs,
      ],
    );
  }

  private appended(event: EventOf<'reply.appended'>): void {
    const row = this.database.get('SELECT ordinal, content_units, reasoning_units FROM message WHERE conversation_id = ? AND id = ?', [
      event.conversationId,
      event.messageId,
    ]);
    if (!row) return;
    const [ordinal, contentUnits, reasoningUnits] = row.map(Number);
    if (ordinal === undefined) return;
    const content = newPart(contentUnits ?? 0, event.contentOffset, event.content);
    const reasoning = newPart(reasoningUnits ?? 0, event.reasoningOffset, event.reasoning);
    if (content !== '') this.run('UPDATE message SET content = content || ?, content_units = content_units + ? WHERE ordinal = ?', [content, content.length, ordinal]);
    if (reasoning !== '') this.run('UPDATE message SET reasoning = reasoning || ?, reasoning_units = reasoning_units + ? WHERE ordinal = ?', [reasoning, reasoning.length, ordinal]);
    this.run('UPDATE conversation SET updated_at_ms = ? WHERE id = ?', [event.atMs, event.conversationId]);
  }

  private ended(event: EventOf<'reply.ended'>): void {
    const row = this.database.get('SELECT ordinal, coalesce(cost_nano_usd, 0), tokens FROM message WHERE conversation_id = ? AND id = ?', [
      event.conversationId,
      event.messageId,
    ]);
    if (!row) return;
    const [ordinal, costBefore, tokensBefore] = row.map(Number);
    if (ordinal === undefined || costBefore === undefined || tokensBefore === undefined) return;
    const tokens = event.usage ? event.usage.promptTokens + event.usage.completionTokens : tokensBefore;
    this.run(
      `UPDATE message SET state = ?, cost_nano_usd = ?, cost_source = ?, tokens = ?, failure_json = coalesce(?, failure_json),
         model = coalesce(?, model), provider = coalesce(?, provider), usage_json = coalesce(?, usage_json),
         time_to_first_token_ms = coalesce(?, time_to_first_token_ms), latency_ms = coalesce(?, latency_ms),
         finish_reason = coalesce(?, finish_reason), generation_id = coalesce(?, generation_id) WHERE ordinal = ?`,
      [
        event.state, event.cost.costNanoUsd, event.cost.source, tokens, jsonOrNull(event.failure), event.model, event.provider,
        jsonOrNull(event.usage), event.timeToFirstTokenMs, event.latencyMs, event.finishReason, event.generationId, ordinal,
      ],
    );
    // The difference instead of a new sum: a sum over a long conversation for each of its replies is quadratic.
    this.run('UPDATE conversation SET cost_nano_usd = cost_nano_usd + ?, total_tokens = total_tokens + ?, updated_at_ms = ? WHERE id = ?', [
      (event.cost.costNanoUsd ?? 0) - costBefore, tokens - tokensBefore, event.atMs, event.conversationId,
    ]);
  }

  private reserved(event: EventOf<'spend.reserved'>): void {
    this.run(
      `INSERT OR IGNORE INTO reservation (id, conversation_id, message_id, model, worst_case_nano_usd, day_utc, reserved_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [event.reservationId, event.conversationId, event.messageId, event.model, event.worstCaseNanoUsd, event.dayUtc, event.atMs],
    );
  }

  private settled(event: EventOf<'spend.settled'>): void {
    this.run(
      `UPDATE reservation SET state = 'settled', cost_nano_usd = ?, cost_source = ?, usage_json = ?, provider = ?,
         generation_id = coalesce(?, generation_id), ended_at_ms = ? WHERE id = ?`,
      [event.costNanoUsd, event.source, jsonOrNull(event.usage), event.provider, event.generationId, event.atMs, event.reservationId],
    );
  }

  private run(sql: string, parameters: readonly SqlParameter[]): void {
    this.database.run(sql, parameters);
  }
}

/** What domain/conversationMutator's `appendAt` would add to a text of `length` units. */
function newPart(length: number, offset: number, piece: string): string {
  return offset > length ? '' : piece.slice(length - offset);
}

const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
