import * as z from 'zod';
import { surerCost, withAttempt } from '../../../domain/conversationMutator';
import { nanoUsd } from '../../../domain/money';
import type { ConversationEvent } from '../../../domain/storeEvent';
import { costSourceSchema, failedAttemptsSchema, failureSchema } from '../journal/eventSchema';
import type { SqlDatabase, SqlParameter } from '../sql/engine';
import type { ConversationFold } from './conversationFold';

type EventOf<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>;

/**
 * Applies events about messages to the projection. All methods return false if the message or its conversation has not
 * arrived.
 */
export class MessageFold {
  constructor(
    private readonly database: SqlDatabase,
    private readonly conversations: ConversationFold,
  ) {}

  added(stamp: string, writer: string, event: EventOf<'message.added'>): boolean {
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
    if (isNew === 0) return this.conversations.has(conversationId);
    // Does what `set` does for three columns, in one statement: most of the time of folding a long history.
    this.run(
      `UPDATE conversation SET
         active_leaf_id = iif(active_leaf_id_stamp <= ?1, ?2, active_leaf_id), active_leaf_id_stamp = max(active_leaf_id_stamp, ?1),
         updated_at_ms = iif(updated_at_ms_stamp <= ?1, ?3, updated_at_ms), updated_at_ms_stamp = max(updated_at_ms_stamp, ?1),
         deleted = iif(deleted_stamp <= ?1, 0, deleted), deleted_stamp = max(deleted_stamp, ?1) WHERE id = ?4`,
      [stamp, messageId, atMs, conversationId],
    );
    return true;
  }

  attempted(stamp: string, event: EventOf<'attempt.failed'>): boolean {
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
    this.conversations.set(stamp, event, 'updated_at_ms', event.atMs);
    // A failed attempt behind a gap is kept for later, because a window may have continued in another journal.
    return attempts.length >= event.attempt;
  }

  appended(stamp: string, event: EventOf<'reply.appended'>): boolean {
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
    this.conversations.set(stamp, event, 'updated_at_ms', event.atMs);
    // A piece behind a gap is kept for later: what is missing may be in another journal.
    return event.contentOffset <= (contentUnits ?? 0) && event.reasoningOffset <= (reasoningUnits ?? 0);
  }

  ended(stamp: string, event: EventOf<'reply.ended'>): boolean {
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
    return this.conversations.set(stamp, event, 'updated_at_ms', event.atMs);
  }

  billed(stamp: string, event: EventOf<'reply.billed'>): boolean {
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

  /** Like the mutator's `billOf`: the more certain cost, and the last usage and provider reported. */
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
    // Adds the difference, because summing up a long conversation for each of its replies would be quadratic.
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

/** The bill of a message with the stamps of the events that set its parts. */
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

/** What domain/conversationMutator's `appendAt` would add to a text of `length` units. */
function newPart(length: number, offset: number, piece: string): string {
  return offset > length ? '' : piece.slice(length - offset);
}

/** @param value with its members in the order of the event schema, because the digest compares the text. */
const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
