import * as z from 'zod';
import { surerCost, withAttempt } from '../../../domain/conversationMutator';
import { type ConversationId, conversationId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import { type ConversationEvent, type StoreEvent, isSpendEvent } from '../../../domain/storeEvent';
import { type EventOrigin, NO_STAMP, stampOf } from '../journal/eventOrigin';
import { SpendFold } from './spendFold';
import type { SqlDatabase, SqlParameter } from '../sql/engine';
import { costSourceSchema, failedAttemptsSchema, failureSchema } from '../journal/eventSchema';

type EventOf<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>;

/** Columns of a conversation that the latest event decides, each with its stamp beside it. */
type Register =
  'title' | 'model' | 'tags_json' | 'pinned' | 'archived' | 'deleted' | 'active_leaf_id' | 'updated_at_ms';

/**
 * Applies events to the projection with the meaning that domain/conversationMutator gives them in fold order: an event that
 * does not fit changes nothing, and one applied twice changes nothing the second time. `SpendFold` does it for money.
 *
 * Windows hear of each other late, so events of different journals may come out of that order; those of one
 * journal, and those an event was written in knowledge of, come before it. The stamps make the result the same:
 * a late event loses against what is later in fold order.
 */
export class ProjectionFold {
  private readonly renumbered = new Set<ConversationId>();
  private readonly spend: SpendFold;

  constructor(private readonly database: SqlDatabase) {
    this.spend = new SpendFold(database);
  }

  /** @returns false when what the event is about is not there (yet); then nothing was changed. */
  apply(origin: EventOrigin, event: StoreEvent): boolean {
    const stamp = stampOf(origin);
    if (isSpendEvent(event)) return this.spend.apply(stamp, event);
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
      case 'attempt.failed':
        return this.attempted(stamp, event);
      case 'reply.appended':
        return this.appended(stamp, event);
      case 'reply.ended':
        return this.ended(stamp, event);
      case 'reply.billed':
        return this.billed(stamp, event);
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
    const set = this.run(
      `UPDATE conversation SET ${register} = ?1, ${register}_stamp = ?2 WHERE id = ?3 AND ${register}_stamp <= ?2`,
      [value, stamp, conversationId],
    );
    return set > 0 || this.has(conversationId);
  }

  private has(id: ConversationId): boolean {
    return this.database.get('SELECT 1 FROM conversation WHERE id = ?', [id]) !== undefined;
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
   * Windows that make conversations at once number them alike. The first in fold order keeps its number, the others
   * take the next free one: the same in every window, whichever it heard of first.
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
    // None of them may be in another's way while they are numbered.
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

  private added(stamp: string, writer: string, event: EventOf<'message.added'>): boolean {
    const { conversationId, messageId, atMs } = event;
    const isReply = event.role === 'assistant';
    const isNew = this.run(
      `INSERT INTO message (conversation_id, id, stamp, parent_id, role, content, content_units, attachments_json, state, streamed, writer,
         model, cost_nano_usd, cost_source, truncated_messages, continues, created_at_ms)
       SELECT ?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM conversation WHERE id = ?1)
       ON CONFLICT (conversation_id, id) DO NOTHING`,
      [
        conversationId,
        messageId,
        stamp,
        event.parentId,
        event.role,
        event.content,
        event.content.length,
        JSON.stringify(event.attachments),
        event.state,
        Number(isReply && event.state === 'streaming'),
        writer,
        event.model,
        isReply ? null : 0,
        isReply ? 'pending' : 'reported',
        event.truncatedMessages,
        event.continues,
        atMs,
      ],
    );
    if (isNew === 0) return this.has(conversationId);
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

  private attempted(stamp: string, event: EventOf<'attempt.failed'>): boolean {
    const row = this.database.get(
      'SELECT ordinal, failed_attempts_json FROM message WHERE conversation_id = ? AND id = ?',
      [event.conversationId, event.messageId],
    );
    if (!row) return false;
    const { ordinal, known } = attemptsRow.parse(row);
    const attempts = withAttempt(known, event);
    if (attempts !== known)
      this.run('UPDATE message SET failed_attempts_json = ? WHERE ordinal = ?', [
        JSON.stringify(failedAttemptsSchema.parse(attempts)),
        ordinal,
      ]);
    this.set(stamp, event, 'updated_at_ms', event.atMs);
    // One behind a gap is kept for later, as a piece of text is: a window may have gone on in another journal.
    return attempts.length >= event.attempt;
  }

  private appended(stamp: string, event: EventOf<'reply.appended'>): boolean {
    const row = this.database.get(
      'SELECT ordinal, content_units, reasoning_units FROM message WHERE conversation_id = ? AND id = ?',
      [event.conversationId, event.messageId],
    );
    const [ordinal, contentUnits, reasoningUnits] = row?.map(Number) ?? [];
    if (ordinal === undefined) return false;
    const content = newPart(contentUnits ?? 0, event.contentOffset, event.content);
    const reasoning = newPart(reasoningUnits ?? 0, event.reasoningOffset, event.reasoning);
    if (content !== '')
      this.run('UPDATE message SET content = content || ?, content_units = content_units + ? WHERE ordinal = ?', [
        content,
        content.length,
        ordinal,
      ]);
    if (reasoning !== '')
      this.run(
        'UPDATE message SET reasoning = reasoning || ?, reasoning_units = reasoning_units + ? WHERE ordinal = ?',
        [reasoning, reasoning.length, ordinal],
      );
    this.set(stamp, event, 'updated_at_ms', event.atMs);
    // A piece behind a gap is kept for later: what fills the gap may be on its way from another journal.
    return event.contentOffset <= (contentUnits ?? 0) && event.reasoningOffset <= (reasoningUnits ?? 0);
  }

  private ended(stamp: string, event: EventOf<'reply.ended'>): boolean {
    const message = this.billOf(event);
    if (!message) return false;
    if (message.endedStamp <= stamp) {
      this.run(
        `UPDATE message SET state = ?, ended_stamp = ?, failure_json = ?, model = ?, time_to_first_token_ms = ?, latency_ms = ?, finish_reason = ?,
           generation_id = ? WHERE ordinal = ?`,
        [
          event.state,
          stamp,
          jsonOrNull(event.failure && failureSchema.parse(event.failure)),
          event.model,
          event.timeToFirstTokenMs,
          event.latencyMs,
          event.finishReason,
          event.generationId,
          message.ordinal,
        ],
      );
    }
    this.setBill(stamp, event, message);
    return this.set(stamp, event, 'updated_at_ms', event.atMs);
  }

  private billed(stamp: string, event: EventOf<'reply.billed'>): boolean {
    const message = this.billOf(event);
    if (message) this.setBill(stamp, event, message);
    return message !== undefined;
  }

  private billOf({ conversationId, messageId }: BillEvent): MessageBill | undefined {
    const row = this.database.get(
      `SELECT ordinal, ended_stamp, cost_nano_usd, cost_source, tokens, usage_json_stamp, provider_stamp FROM message WHERE conversation_id = ? AND id = ?`,
      [conversationId, messageId],
    );
    return row && messageBill.parse(row);
  }

  /** What the mutator's `billOf` makes of it: the surer cost, and the last usage and provider that were named. */
  private setBill(stamp: string, { conversationId, ...event }: BillEvent, { ordinal, ...before }: MessageBill): void {
    const cost = surerCost(before.cost, event.cost);
    const usage = before.usageStamp <= stamp ? event.usage : null;
    const provider = before.providerStamp <= stamp ? event.provider : null;
    const tokens = usage ? usage.promptTokens + usage.completionTokens : before.tokens;
    this.run(
      `UPDATE message SET cost_nano_usd = ?1, cost_source = ?2, tokens = ?3, completion_tokens = ifnull(?8, completion_tokens), usage_json = ifnull(?4, usage_json), usage_json_stamp = iif(?4 IS NULL, usage_json_stamp, ?6),
         provider = ifnull(?5, provider), provider_stamp = iif(?5 IS NULL, provider_stamp, ?6) WHERE ordinal = ?7`,
      [
        cost.costNanoUsd,
        cost.source,
        tokens,
        jsonOrNull(usage),
        provider,
        stamp,
        ordinal,
        usage?.completionTokens ?? null,
      ],
    );
    // The difference instead of a new sum: a sum over a long conversation for each of its replies is quadratic.
    this.run(
      'UPDATE conversation SET cost_nano_usd = cost_nano_usd + ?, total_tokens = total_tokens + ? WHERE id = ?',
      [(cost.costNanoUsd ?? 0) - (before.cost.costNanoUsd ?? 0), tokens - before.tokens, conversationId],
    );
  }

  private run(sql: string, parameters: readonly SqlParameter[]): number {
    return this.database.run(sql, parameters);
  }
}

type BillEvent = EventOf<'reply.ended' | 'reply.billed'>;

/** What is known of a message's bill, with the stamps of the events that named its parts. */
type MessageBill = z.infer<typeof messageBill>;
const messageBill = z
  .tuple([
    z.number(),
    z.string(),
    z.number().transform(nanoUsd).nullable(),
    costSourceSchema,
    z.number(),
    z.string(),
    z.string(),
  ])
  .transform(([ordinal, endedStamp, costNanoUsd, source, tokens, usageStamp, providerStamp]) => ({
    ordinal,
    endedStamp,
    cost: { costNanoUsd, source },
    tokens,
    usageStamp,
    providerStamp,
  }));

const attemptsRow = z
  .tuple([
    z.number(),
    z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(failedAttemptsSchema),
  ])
  .transform(([ordinal, known]) => ({ ordinal, known }));

const RECOVERED_TITLE = 'Recovered conversation';
/** Whatever made the conversation replaces what stands in for it, should it be found. */
const AFTER_EVERY_STAMP = '~';

/** What domain/conversationMutator's `appendAt` would add to a text of `length` units. */
function newPart(length: number, offset: number, piece: string): string {
  return offset > length ? '' : piece.slice(length - offset);
}

/** @param value with its members in the order that reading a journal gives them: the digest compares the text. */
const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
