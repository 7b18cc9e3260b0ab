import * as z from 'zod';
import type { Attachment, FailedAttempt, Message } from '../../domain/conversation';
import { ANSWER_PROBLEMS, CONNECTION_PROBLEMS, type Failure, SIZE_LIMITS, TIME_LIMITS } from '../../domain/failure';
import { conversationId, generationId, messageId, modelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { type NanoUsd, parseDecimal, toNanoUsd } from '../../domain/money';
import { FIELD_FLAWS, type FieldFlaw, type ImportProblem, type ImportRemark, type ImportSubject } from './importReport';

/**
 * The lossless file, `neural-terminal-conversations` version 1: one JSON object, UTF-8, one conversation per line.
 *
 *     { "format": "neural-terminal-conversations", "version": 1, "conversations": [ … ] }
 *
 * **A conversation** has `id`, `runNumber`, `title`, `model`, `systemPrompt`, `personaId`, `tags`, `pinned`,
 * `archived`, `createdAt`, `updatedAt`, `forkedFrom` (`conversationId` and `messageId`, or null), `scope`,
 * `activeLeafId` and its own `messages` of all branches in chronological order; `parentId` defines the tree.
 * `costUsd` and `totalTokens` are sums for readers and are recomputed on import.
 *
 * **A fork** holds only its own messages and its fork point. The shared messages belong to the conversation it was
 * forked from. If that one is not exported as a whole, it is added with `"scope": "sharedPrefix"` and only the shared
 * messages. Importing such a part creates a deleted conversation: it is not listed, but the fork can be read. Importing
 * the whole conversation later restores it.
 *
 * **A message** has `id`, `parentId`, `role`, `state`, `createdAt`, `content`, `reasoning`, `attachments`,
 * `costUsd` with `costSource`, `truncatedMessages`, and where known `model`, `provider`, `usage`, `failure`,
 * `timeToFirstTokenMs`, `latencyMs`, `finishReason`, `generationId`. A reply that was still streaming is written as
 * `interrupted`, with the text so far. A reply that continues another one names it in `continues`; that reply may be
 * missing from the file. `failedAttempts` lists the requests that failed before the reply, in order, each with `model`,
 * `failure`, `elapsedMs` and `at`. Older files lack `continues` and `failedAttempts`.
 *
 * Times are ISO 8601 in UTC with milliseconds; durations are milliseconds. Amounts are exact decimal strings in USD
 * with at most nine decimals; null means unknown, never zero. Unknown fields are ignored.
 */
export const EXCHANGE_FORMAT = 'neural-terminal-conversations';
export const EXCHANGE_VERSION = 1;

/** Latest accepted time; a Date can hold it. */
export const MAX_TIME_MS = Date.UTC(9999, 11, 31);
/** Far above the price of any reply, and low enough that sums over a large history stay exact. */
const MAX_COST_USD = 10_000;
const MAX_COST_NANO_USD = MAX_COST_USD * 1e9;
/** Limit for titles, model ids and paths. */
const MAX_NAME_CHARACTERS = 16_000;
const MAX_TAGS = 1_000;
const MAX_ATTACHMENTS = 1_000;
const MAX_FAILED_ATTEMPTS = 1_000;
/** Ten times the longest real conversation, and still summed in one call. */
const MAX_MESSAGES = 50_000;

/** Error messages of the schemas are flaws, which the editor puts into words. */
const flaw = (name: FieldFlaw): FieldFlaw => name;

/** Starts with a letter or digit, so it can't be `__proto__` or similar. */
const id = z.string().regex(/^[a-z0-9][\w.:-]{0,199}$/i, flaw('notAnId'));
const name = z.string().max(MAX_NAME_CHARACTERS, flaw('tooLong'));
const count = z.int(flaw('notWhole')).min(0, flaw('negative')).max(1e12, flaw('tooLarge'));
const durationMs = z.number().min(0, flaw('negative')).max(MAX_TIME_MS, flaw('tooLarge'));

const time = z.iso
  .datetime({ precision: 3, error: flaw('notATime') })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0 && ms <= MAX_TIME_MS, flaw('notATime'));

const amount = z
  .string()
  .max(40, flaw('notAnAmount'))
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
    context.addIssue({ code: 'custom', message: flaw('notAnAmount') });
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
  attachments: z.array(attachmentSchema).max(MAX_ATTACHMENTS, flaw('tooMany')),
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
  failedAttempts: z.array(failedAttemptSchema).max(MAX_FAILED_ATTEMPTS, flaw('tooMany')).default([]),
});

const conversationSchema = z.object({
  id: id.transform(conversationId),
  runNumber: z.int().min(1, flaw('notANumber')).max(9_999_999, flaw('notANumber')),
  title: name,
  model: name.transform(modelId),
  systemPrompt: z.string(),
  personaId: name.nullable(),
  tags: z.array(name).max(MAX_TAGS, flaw('tooMany')),
  pinned: z.boolean(),
  archived: z.boolean(),
  createdAt: time,
  updatedAt: time,
  forkedFrom: z.object({ conversationId: id.transform(conversationId), messageId: id.transform(messageId) }).nullable(),
  scope: z.enum(['whole', 'sharedPrefix']),
  activeLeafId: id.transform(messageId).nullable(),
  messages: z.array(messageSchema).max(MAX_MESSAGES, flaw('tooMany')),
});

export type EntryReading =
  | { readonly kind: 'conversation'; readonly conversation: IncomingConversation }
  | { readonly kind: 'bad'; readonly remark: ImportRemark };

/** Reads one conversation of a file. Never throws. */
export function readEntry(entry: unknown): EntryReading {
  const parsed = conversationSchema.safeParse(entry);
  if (!parsed.success) return { kind: 'bad', remark: { about: subjectOf(entry), problem: problemOf(parsed.error) } };
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

function subjectOf(entry: unknown): ImportSubject {
  const parsed = titleSchema.safeParse(entry);
  return parsed.success ? { kind: 'named', name: parsed.data.title.slice(0, 80) } : { kind: 'untitled' };
}

function problemOf(error: z.ZodError): ImportProblem {
  const [issue] = error.issues;
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  if (path === '') return { kind: 'notAConversation' };
  return { kind: 'badField', path, flaw: FIELD_FLAWS.find((known) => known === issue?.message) ?? 'otherFormat' };
}
