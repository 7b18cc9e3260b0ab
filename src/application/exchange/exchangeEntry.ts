import { type Conversation, type FailedAttempt, type Message, isInherited } from '../../domain/conversation';
import type { MessageId } from '../../domain/ids';
import { ZERO_USD, addUsd, toDecimalUsd } from '../../domain/money';
import { MAX_TIME_MS } from './exchangeSchema';

/** Domain → one conversation of the lossless file. The fields are described in exchangeSchema.ts. */

/** JSON of the whole conversation: its own messages in all branches. */
export function wholeEntry(conversation: Conversation): string {
  const own = [...conversation.messages.values()].filter((m) => !isInherited(conversation, m));
  return JSON.stringify({
    ...headOf(conversation, own),
    scope: 'whole',
    activeLeafId: conversation.activeLeafId,
    messages: own.map(messageEntry),
  });
}

/** JSON of the part that forks share, without any other message. */
export function sharedPrefixEntry(conversation: Conversation, shared: ReadonlySet<MessageId>): string {
  const own = [...conversation.messages.values()].filter((m) => !isInherited(conversation, m) && shared.has(m.id));
  const activeLeafId = own.at(-1)?.id ?? conversation.forkedFrom?.messageId ?? null;
  const updatedAtMs = own.length === 0 ? conversation.createdAtMs : conversation.updatedAtMs;
  return JSON.stringify({
    ...headOf({ ...conversation, updatedAtMs }, own),
    scope: 'sharedPrefix',
    activeLeafId,
    messages: own.map(messageEntry),
  });
}

function headOf(c: Conversation, own: readonly Message[]): Record<string, unknown> {
  return {
    id: c.id,
    runNumber: c.runNumber,
    title: c.title,
    model: c.model,
    systemPrompt: c.systemPrompt,
    personaId: c.personaId,
    tags: c.tags,
    pinned: c.pinned,
    archived: c.status === 'archived',
    createdAt: isoTime(c.createdAtMs),
    updatedAt: isoTime(c.updatedAtMs),
    costUsd: toDecimalUsd(own.reduce((sum, m) => addUsd(sum, m.cost.costNanoUsd ?? ZERO_USD), ZERO_USD)),
    totalTokens: own.reduce((sum, m) => sum + (m.usage ? m.usage.promptTokens + m.usage.completionTokens : 0), 0),
    forkedFrom: c.forkedFrom ?? null,
  };
}

/** One message. JSON drops `undefined` members, so unknown fields are absent. */
export function messageEntry(m: Message): Record<string, unknown> {
  return {
    id: m.id,
    parentId: m.parentId,
    role: m.role,
    state: m.state === 'streaming' ? 'interrupted' : m.state,
    createdAt: isoTime(m.createdAtMs),
    content: m.content,
    reasoning: m.reasoning,
    attachments: m.attachments,
    failure: m.failure,
    model: m.model,
    provider: m.provider,
    usage: m.usage,
    costUsd: m.cost.costNanoUsd === null ? null : toDecimalUsd(m.cost.costNanoUsd),
    costSource: m.cost.source,
    timeToFirstTokenMs: m.timeToFirstTokenMs,
    latencyMs: m.latencyMs,
    finishReason: m.finishReason,
    generationId: m.generationId,
    truncatedMessages: m.omittedMessages,
    continues: m.continues,
    failedAttempts: m.failedAttempts.length === 0 ? undefined : m.failedAttempts.map(attemptEntry),
  };
}

const attemptEntry = ({ atMs, ...attempt }: FailedAttempt): Record<string, unknown> => ({
  ...attempt,
  at: isoTime(atMs),
});

/** Clamps times from a wrong clock to the range of the format, so that the export doesn't fail. */
const isoTime = (ms: number): string => new Date(Math.min(Math.max(0, ms), MAX_TIME_MS)).toISOString();
