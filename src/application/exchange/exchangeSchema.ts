import * as z from 'zod';
import type { Attachment, FailedAttempt, Message } from '../../domain/conversation';
import { ANSWER_PROBLEMS, CONNECTION_PROBLEMS, type Failure, SIZE_LIMITS, TIME_LIMITS } from '../../domain/failure';
import { conversationId, generationId, messageId, modelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { type NanoUsd, parseDecimal, toNanoUsd } from '../../domain/money';

/**
 * The lossless file, `neural-terminal-conversations` version 1: one JSON object, UTF-8, one conversation a line.
 *
 *     { "format": "neural-terminal-conversations", "version": 1, "conversations": [ … ] }
 *
 * **A conversation** has `id`, `runNumber`, `title`, `model`, `systemPrompt`, `personaId`, `tags`, `pinned`,
 * `archived`, `createdAt`, `updatedAt`, `forkedFrom` (`conversationId` and `messageId`, or null), `scope`,
 * `activeLeafId` and its own `messages` of all branches in the order they came; `parentId` makes the tree.
 * `costUsd` and `totalTokens` are sums for the reader and are worked out anew on import.
 *
 * **A fork** holds its own messages and its fork point. What it shares stands in the conversation it was made from;
 * where that one is not exported as a whole, it is added with `"scope": "sharedPrefix"` and no more than the shared
 * messages. Importing such a part makes it a deleted conversation: out of every list, but the fork reads as before.
 * Importing the whole later brings it back.
 *
 * **A message** has `id`, `parentId`, `role`, `state`, `createdAt`, `content`, `reasoning`, `attachments`,
 * `costUsd` with `costSource`, `truncatedMessages`, and where known `model`, `provider`, `usage`, `failure`,
 * `timeToFirstTokenMs`, `latencyMs`, `finishReason`, `generationId`. A reply that was still streaming is written as
 * `interrupted`, with the text so far. A reply that goes on from another one names it in `continues`; that one need not
 * be in the file. Requests that failed before the reply stand in `failedAttempts`, first to last, each with `model`,
 * `failure`, `elapsedMs` and `at`. Files from before these two were known do not have them.
 *
 * Times are ISO 8601 in UTC with milliseconds, durations milliseconds. Amounts are decimal strings in USD with at
 * most nine decimals, which is exact; null is unknown, never zero. What this version does not know is ignored.
 */
export const EXCHANGE_FORMAT = 'neural-terminal-conversations';
export const EXCHANGE_VERSION = 1;

/** Beyond every time a clock shows, within what a Date can hold. */
export const MAX_TIME_MS = Date.UTC(9999, 11, 31);
/** Far above any reply's price and far below what a sum over a large history could not hold exactly. */
const MAX_COST_USD = 10_000;
const MAX_COST_NANO_USD = MAX_COST_USD * 1e9;
/** Longer texts are no names: titles, models, paths. */
const MAX_NAME_CHARACTERS = 16_000;
const MAX_TAGS = 1_000;
const MAX_ATTACHMENTS = 1_000;
const MAX_FAILED_ATTEMPTS = 1_000;
/** Ten times the longest conversation that a person has had, and still summed in one call. */
const MAX_MESSAGES = 50_000;

/** Begins with a letter or digit, so it is never the name of an object's own machinery. */
const id = z.string().regex(/^[a-z0-9][\w.:-]{0,199}$/i, 'is not an id');
const name = z.string().max(MAX_NAME_CHARACTERS, 'is too long');
const count = z.int('is not a whole number').min(0, 'is negative').max(1e12, 'is too large');
const durationMs = z.number().min(0, 'is negative').max(MAX_TIME_MS, 'is too large');

const time = z.iso
  .datetime({ precision: 3, error: 'is not a time' })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0 && ms <= MAX_TIME_MS, 'is not a time');

const amount = z
  .string()
  .max(40, 'is not an amount')
  .transform((text, context): NanoUsd => {
    const decimal = parseDecimal(text);
    const tooLarge =
      decimal &&
      (decimal.digits < 0n ||
        decimal.digits > BigInt(MAX_COST_NANO_USD) * 10n ** BigInt(Math.max(0, decimal.scale - 9)));
    if (decimal && decimal.scale <= 40 && !tooLarge) {
      const nano = toExact(decimal);
      if (nano <= MAX_COST_NANO_USD) return nano;
    }
    context.addIssue({ code: 'custom', message: `is not an amount between 0 and ${MAX_COST_USD} dollars` });
    return z.NEVER;
  });

const toExact = (decimal: NonNullable<ReturnType<typeof parseDecimal>>): NanoUsd => toNanoUsd(decimal, 'nearest');

const attachmentSchema = z.object({
  id,
  kind: z.enum(['selection', 'file']),
  path: name,
  startLine: count,
  endLine: count,
  languageId: name,
  text: z.string(),
}) satisfies z.ZodType<Attachment>;

const failureReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(CONNECTION_PROBLEMS), code: name }),
  z.object({ kind: z.enum(TIME_LIMITS), limitMs: durationMs }),
  z.object({ kind: z.enum(SIZE_LIMITS), limit: count }),
  z.object({ kind: z.enum(ANSWER_PROBLEMS) }),
]);

const failureSchema = z.object({
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
  detail: name,
  httpStatus: count.exactOptional(),
  retryAfterMs: durationMs.exactOptional(),
  host: name.exactOptional(),
  reason: failureReasonSchema.exactOptional(),
}) satisfies z.ZodType<Failure>;

const usageSchema = z.object({
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  cachedTokens: count,
  cacheWriteTokens: count,
});

const failedAttemptSchema = z
  .object({ model: name.transform(modelId), failure: failureSchema, elapsedMs: durationMs, at: time })
  .transform(({ at, ...attempt }): FailedAttempt => ({ ...attempt, atMs: at }));

const messageSchema = z.object({
  id: id.transform(messageId),
  parentId: id.transform(messageId).nullable(),
  role: z.enum(['system', 'user', 'assistant']),
  state: z.enum(['complete', 'interrupted', 'cancelled', 'failed']),
  createdAt: time,
  content: z.string(),
  reasoning: z.string(),
  attachments: z.array(attachmentSchema).max(MAX_ATTACHMENTS, 'are too many'),
  failure: failureSchema.exactOptional(),
  model: name.transform(modelId).exactOptional(),
  provider: name.exactOptional(),
  usage: usageSchema.exactOptional(),
  costUsd: amount.nullable(),
  costSource: z.enum(['reported', 'estimated', 'unknown', 'pending']),
  timeToFirstTokenMs: durationMs.exactOptional(),
  latencyMs: durationMs.exactOptional(),
  finishReason: name.exactOptional(),
  generationId: name.transform(generationId).exactOptional(),
  /** `Message.omittedMessages`. The name is part of version 1, so that old files import and old programs read new ones. */
  truncatedMessages: count,
  continues: id.transform(messageId).exactOptional(),
  failedAttempts: z.array(failedAttemptSchema).max(MAX_FAILED_ATTEMPTS, 'are too many').default([]),
});

const conversationSchema = z.object({
  id: id.transform(conversationId),
  runNumber: z.int().min(1, 'is not a run number').max(9_999_999, 'is not a run number'),
  title: name,
  model: name.transform(modelId),
  systemPrompt: z.string(),
  personaId: name.nullable(),
  tags: z.array(name).max(MAX_TAGS, 'are too many'),
  pinned: z.boolean(),
  archived: z.boolean(),
  createdAt: time,
  updatedAt: time,
  forkedFrom: z.object({ conversationId: id.transform(conversationId), messageId: id.transform(messageId) }).nullable(),
  scope: z.enum(['whole', 'sharedPrefix']),
  activeLeafId: id.transform(messageId).nullable(),
  messages: z.array(messageSchema).max(MAX_MESSAGES, 'are too many'),
});

export type EntryReading =
  | { readonly kind: 'conversation'; readonly conversation: IncomingConversation }
  /** `reason` in the person's words: which part of it, and what is wrong with it. */
  | { readonly kind: 'bad'; readonly title: string; readonly reason: string };

/** Reads one conversation of a file. Never throws. */
export function readEntry(entry: unknown): EntryReading {
  const parsed = conversationSchema.safeParse(entry);
  if (!parsed.success) return { kind: 'bad', title: titleOf(entry), reason: reasonOf(parsed.error) };
  const { createdAt, updatedAt, messages, ...rest } = parsed.data;
  const own = messages.map(
    ({ createdAt: createdAtMs, costUsd, costSource, truncatedMessages, ...message }): Message => ({
      ...message,
      omittedMessages: truncatedMessages,
      conversationId: rest.id,
      cost: { costNanoUsd: costUsd, source: costSource },
      createdAtMs,
    }),
  );
  return {
    kind: 'conversation',
    conversation: { ...rest, createdAtMs: createdAt, updatedAtMs: updatedAt, messages: own },
  };
}

const titleSchema = z.object({ title: z.string() });

function titleOf(entry: unknown): string {
  const parsed = titleSchema.safeParse(entry);
  return parsed.success ? parsed.data.title.slice(0, 80) : 'A conversation without a title';
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'It does not follow the format.';
  const place = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  const said =
    issue.code === 'custom' || /^(?:is|are) /.test(issue.message) ? issue.message : 'is not what the format asks for';
  return place === '' ? 'It is not a conversation.' : `Its “${place}” ${said}. Nothing of it was taken over.`;
}
