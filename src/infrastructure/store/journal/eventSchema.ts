import * as z from 'zod';
import { ANSWER_PROBLEMS, CONNECTION_PROBLEMS, SIZE_LIMITS, TIME_LIMITS } from '../../../domain/failure';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import type { StoreEvent } from '../../../domain/storeEvent';
import { parseJson } from '../../../domain/text';

/**
 * Version of the events in a journal. Every change of their shape raises it, even an added field, because an older
 * program would drop unknown fields. A program that finds a higher version than its own only reads.
 *
 * 2: forks (`conversation.created.forkedFrom`, absent in 1), tags, pins, archive, deletion, chosen branches.
 * 3: late bills, quotes, who settled a charge, accepted overruns, failed attempts, continued replies.
 * 4: `failure.reason`.
 */
export const EVENT_SCHEMA_VERSION = 4;

const conversationIdSchema = z.string().transform(conversationId);
const messageIdSchema = z.string().transform(messageId);
const modelIdSchema = z.string().transform(modelId);
const generationIdSchema = z.string().transform(generationId);
const reservationIdSchema = z.string().transform(reservationId);
const nanoUsdSchema = z.int().transform(nanoUsd);

export const roleSchema = z.enum(['system', 'user', 'assistant']);
const endStateSchema = z.enum(['complete', 'interrupted', 'cancelled', 'failed']);
export const messageStateSchema = z.enum([...endStateSchema.options, 'streaming']);
export const costSourceSchema = z.enum(['reported', 'estimated', 'unknown', 'pending']);

const attachmentSchema = z.object({
  id: z.string(),
  kind: z.enum(['selection', 'file']),
  path: z.string(),
  startLine: z.number(),
  endLine: z.number(),
  languageId: z.string(),
  text: z.string(),
});
export const attachmentsSchema = z.array(attachmentSchema);

export const tagsSchema = z.array(z.string());

const failureReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(CONNECTION_PROBLEMS), code: z.string() }),
  z.object({ kind: z.enum(TIME_LIMITS), limitMs: z.number() }),
  z.object({ kind: z.enum(SIZE_LIMITS), limit: z.number() }),
  z.object({ kind: z.enum(ANSWER_PROBLEMS) }),
]);

export const failureSchema = z.object({
  code: z.enum([
    'AUTH',
    'CREDITS',
    'KEY_LIMIT',
    'IN_FLIGHT',
    'RATE_LIMIT',
    'DAILY_QUOTA',
    'MODERATION',
    'CONTEXT_TOO_LONG',
    'MODEL_NOT_FOUND',
    'BAD_REQUEST',
    'OVERLOADED',
    'TIMEOUT',
    'STALLED',
    'NETWORK',
    'TRUNCATED',
    'PROTOCOL',
    'UPSTREAM',
    'BUDGET_EXCEEDED',
  ]),
  detail: z.string(),
  httpStatus: z.number().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  host: z.string().exactOptional(),
  reason: failureReasonSchema.exactOptional(),
});

export const failedAttemptsSchema = z.array(
  z.object({ model: modelIdSchema, failure: failureSchema, elapsedMs: z.number(), atMs: z.number() }),
);

export const usageSchema = z.object({
  promptTokens: z.number(),
  completionTokens: z.number(),
  reasoningTokens: z.number(),
  cachedTokens: z.number(),
  cacheWriteTokens: z.number(),
});

const costSchema = z.object({ costNanoUsd: nanoUsdSchema.nullable(), source: costSourceSchema });

const conversationEvents = [
  z.object({
    type: z.literal('conversation.created'),
    conversationId: conversationIdSchema,
    runNumber: z.int(),
    title: z.string(),
    model: modelIdSchema,
    systemPrompt: z.string(),
    personaId: z.string().nullable(),
    forkedFrom: z.object({ conversationId: conversationIdSchema, messageId: messageIdSchema }).nullable().default(null),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.renamed'),
    conversationId: conversationIdSchema,
    title: z.string(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.modelChosen'),
    conversationId: conversationIdSchema,
    model: modelIdSchema,
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.tagged'),
    conversationId: conversationIdSchema,
    tags: tagsSchema,
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.pinned'),
    conversationId: conversationIdSchema,
    pinned: z.boolean(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.archived'),
    conversationId: conversationIdSchema,
    archived: z.boolean(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('conversation.deleted'),
    conversationId: conversationIdSchema,
    deleted: z.boolean(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('branch.chosen'),
    conversationId: conversationIdSchema,
    leafId: messageIdSchema,
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('message.added'),
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    parentId: messageIdSchema.nullable(),
    role: roleSchema,
    content: z.string(),
    attachments: attachmentsSchema,
    state: messageStateSchema,
    model: modelIdSchema.nullable(),
    truncatedMessages: z.number(),
    continues: messageIdSchema.nullable().default(null),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('attempt.failed'),
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    attempt: z.int().positive(),
    model: modelIdSchema,
    failure: failureSchema,
    elapsedMs: z.number(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('reply.appended'),
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    contentOffset: z.int().nonnegative(),
    content: z.string(),
    reasoningOffset: z.int().nonnegative(),
    reasoning: z.string(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('reply.ended'),
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    state: endStateSchema,
    failure: failureSchema.nullable(),
    model: modelIdSchema.nullable(),
    provider: z.string().nullable(),
    usage: usageSchema.nullable(),
    cost: costSchema,
    timeToFirstTokenMs: z.number().nullable(),
    latencyMs: z.number().nullable(),
    finishReason: z.string().nullable(),
    generationId: generationIdSchema.nullable(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('reply.billed'),
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    cost: costSchema,
    usage: usageSchema.nullable(),
    provider: z.string().nullable(),
    atMs: z.number(),
  }),
] as const;

const spendEvents = [
  z.object({
    type: z.literal('spend.reserved'),
    reservationId: reservationIdSchema,
    conversationId: conversationIdSchema,
    messageId: messageIdSchema,
    model: modelIdSchema,
    worstCaseNanoUsd: nanoUsdSchema,
    quote: z.object({ promptTokens: z.number(), maxTokens: z.number() }).nullable().default(null),
    dayUtc: z.string(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('spend.identified'),
    reservationId: reservationIdSchema,
    generationId: generationIdSchema,
    atMs: z.number(),
  }),
  z.object({
    type: z.literal('spend.settled'),
    reservationId: reservationIdSchema,
    costNanoUsd: nanoUsdSchema,
    source: z.enum(['reported', 'estimated']),
    settledBy: z.enum(['stream', 'generation', 'person']).default('stream'),
    estimateNanoUsd: nanoUsdSchema.nullable().default(null),
    usage: usageSchema.nullable(),
    provider: z.string().nullable(),
    generationId: generationIdSchema.nullable(),
    atMs: z.number(),
  }),
  z.object({ type: z.literal('spend.released'), reservationId: reservationIdSchema, atMs: z.number() }),
  z.object({ type: z.literal('spend.overrunAccepted'), model: modelIdSchema, atMs: z.number() }),
] as const;

/** One event in a journal. Unknown fields are dropped. */
export const storeEventSchema = z.discriminatedUnion('type', [...conversationEvents, ...spendEvents]);

export interface EventsReading {
  readonly events: readonly StoreEvent[];
  /** Number of events that this version can't read. The others are independent of them and are used. */
  readonly unreadable: number;
}

/** Reads the events of one frame. Never throws. */
export function parseStoreEvents(json: string): EventsReading {
  const list = parseJson(json);
  return Array.isArray(list) ? readStoreEvents(list) : { events: [], unreadable: 1 };
}

/** Reads events that are not serialized yet. NaN and Infinity, which JSON would write as null, are unreadable too. */
export function readStoreEvents(list: readonly unknown[]): EventsReading {
  const events: StoreEvent[] = [];
  for (const item of list) {
    const event = storeEventSchema.safeParse(item);
    if (event.success) events.push(event.data);
  }
  return { events, unreadable: list.length - events.length };
}
