import * as z from 'zod';
import type { Conversation, ConversationSummary, Message } from '../../../domain/conversation';
import { type ConversationId, conversationId, generationId, messageId, modelId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import type { SqlRow } from '../sql/engine';
import {
  attachmentsSchema,
  costSourceSchema,
  failedAttemptsSchema,
  failureSchema,
  messageStateSchema,
  roleSchema,
  tagsSchema,
  usageSchema,
} from '../journal/eventSchema';

/** Rows of the projection as domain objects. The column lists and the tuples below have the same order. */
export const CONVERSATION_COLUMNS = `id, run_number, title, model, system_prompt, persona_id, tags_json, pinned, archived, deleted,
  source_conversation_id, source_message_id, created_at_ms, updated_at_ms, cost_nano_usd, total_tokens, active_leaf_id`;

const json = z.string().transform((text): unknown => JSON.parse(text));
const flag = z.number().transform((value) => value !== 0);

const conversationRow = z.tuple([
  z.string().transform(conversationId),
  z.number(),
  z.string(),
  z.string().transform(modelId),
  z.string(),
  z.string().nullable(),
  json.pipe(tagsSchema),
  flag,
  flag,
  flag,
  z.string().transform(conversationId).nullable(),
  z.string().transform(messageId).nullable(),
  z.number(),
  z.number(),
  z.number().transform(nanoUsd),
  z.number(),
  z.string().transform(messageId).nullable(),
]);

export const MESSAGE_COLUMNS = `id, conversation_id, parent_id, role, content, reasoning, attachments_json, state, writer, failure_json, model,
  provider, usage_json, cost_nano_usd, cost_source, time_to_first_token_ms, latency_ms, finish_reason, generation_id,
  truncated_messages, failed_attempts_json, continues, created_at_ms`;

const messageRow = z.tuple([
  z.string().transform(messageId),
  z.string().transform(conversationId),
  z.string().transform(messageId).nullable(),
  roleSchema,
  z.string(),
  z.string(),
  json.pipe(attachmentsSchema),
  messageStateSchema,
  z.string(),
  json.pipe(failureSchema).nullable(),
  z.string().transform(modelId).nullable(),
  z.string().nullable(),
  json.pipe(usageSchema).nullable(),
  z.number().transform(nanoUsd).nullable(),
  costSourceSchema,
  z.number().nullable(),
  z.number().nullable(),
  z.string().nullable(),
  z.string().transform(generationId).nullable(),
  z.number(),
  json.pipe(failedAttemptsSchema),
  z.string().transform(messageId).nullable(),
  z.number(),
]);

export function summaryOf(row: SqlRow): ConversationSummary {
  return readConversation(row).summary;
}

/** @param messages in order, shared messages of a fork first. */
export function conversationOf(row: SqlRow, messages: readonly Message[]): Conversation {
  const { summary, deleted, activeLeafId } = readConversation(row);
  return { ...summary, deleted, messages: new Map(messages.map((message) => [message.id, message])), activeLeafId };
}

/**
 * @param isAlive whether the process that wrote the message's journal is running. A reply that a dead process left
 * streaming is shown as interrupted, with its text and its cost pending. This is never journaled, because the process
 * may only be slow and end the reply itself.
 */
export function messageOf(row: SqlRow, isAlive: (writer: string) => boolean): Message {
  const [
    id,
    conversation,
    parentId,
    role,
    content,
    reasoning,
    attachments,
    state,
    writer,
    failure,
    model,
    provider,
    usage,
    costNanoUsd,
    source,
    timeToFirstTokenMs,
    latencyMs,
    finishReason,
    generation,
    omittedMessages,
    failedAttempts,
    continues,
    createdAtMs,
  ] = messageRow.parse(row);
  return {
    id,
    conversationId: conversation,
    parentId,
    role,
    content,
    reasoning,
    attachments,
    state: state === 'streaming' && !isAlive(writer) ? 'interrupted' : state,
    ...(failure === null ? {} : { failure }),
    ...(model === null ? {} : { model }),
    ...(provider === null ? {} : { provider }),
    ...(usage === null ? {} : { usage }),
    cost: { costNanoUsd, source },
    ...(timeToFirstTokenMs === null ? {} : { timeToFirstTokenMs }),
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(finishReason === null ? {} : { finishReason }),
    ...(generation === null ? {} : { generationId: generation }),
    omittedMessages,
    failedAttempts,
    ...(continues === null ? {} : { continues }),
    createdAtMs,
  };
}

export const conversationIdOf = (row: SqlRow): ConversationId => conversationId(z.string().parse(row[0]));

export const numberOf = (row: SqlRow): number => z.number().parse(row[0]);

type ConversationReading = { readonly summary: ConversationSummary } & Pick<Conversation, 'deleted' | 'activeLeafId'>;

function readConversation(row: SqlRow): ConversationReading {
  const [
    id,
    runNumber,
    title,
    model,
    systemPrompt,
    personaId,
    tags,
    pinned,
    archived,
    deleted,
    sourceConversationId,
    sourceMessageId,
    createdAtMs,
    updatedAtMs,
    costNanoUsd,
    totalTokens,
    activeLeafId,
  ] = conversationRow.parse(row);
  const forkedFrom =
    sourceConversationId && sourceMessageId
      ? { conversationId: sourceConversationId, messageId: sourceMessageId }
      : undefined;
  const summary: ConversationSummary = {
    id,
    runNumber,
    title,
    model,
    systemPrompt,
    personaId,
    tags,
    pinned,
    createdAtMs,
    updatedAtMs,
    costNanoUsd,
    totalTokens,
    status: archived ? 'archived' : forkedFrom ? 'forked' : 'active',
    ...(forkedFrom ? { forkedFrom } : {}),
  };
  return { summary, deleted, activeLeafId };
}
