import type { Conversation, Cost, FailedAttempt, Message } from './conversation';
import type { MessageId } from './ids';
import { ZERO_USD, addUsd } from './money';
import type { CostSource } from './price';
import type { ConversationEvent } from './storeEvent';

/**
 * The only place where a conversation changes: it takes a stored event and returns the next conversation. Live streams
 * and replay use the same code, so the screen shows what a restart would show. Events that do not apply (an unknown
 * message, text already present) change nothing.
 */
export function applyEvent(conversation: Conversation | undefined, event: ConversationEvent): Conversation | undefined {
  if (event.type === 'conversation.created') return conversation ?? createdFrom(event);
  if (!conversation || conversation.id !== event.conversationId) return conversation;
  switch (event.type) {
    case 'conversation.renamed':
      return { ...conversation, title: event.title };
    case 'conversation.modelChosen':
      return { ...conversation, model: event.model };
    case 'conversation.tagged':
      return { ...conversation, tags: event.tags };
    case 'conversation.pinned':
      return { ...conversation, pinned: event.pinned };
    case 'conversation.archived':
      return { ...conversation, status: event.archived ? 'archived' : conversation.forkedFrom ? 'forked' : 'active' };
    case 'conversation.deleted':
      return { ...conversation, deleted: event.deleted };
    case 'branch.chosen':
      return { ...conversation, activeLeafId: event.leafId };
    case 'message.added':
      return withAdded(conversation, event);
    case 'attempt.failed':
      return withChanged(conversation, event.messageId, event.atMs, (m) => ({
        ...m,
        failedAttempts: withAttempt(m.failedAttempts, event),
      }));
    case 'reply.appended':
      return withChanged(conversation, event.messageId, event.atMs, (m) => ({
        ...m,
        content: appendAt(m.content, event.contentOffset, event.content),
        reasoning: appendAt(m.reasoning, event.reasoningOffset, event.reasoning),
      }));
    case 'reply.ended':
      return withTotals(withChanged(conversation, event.messageId, event.atMs, (m) => endedWith(m, event)));
    case 'reply.billed':
      return withTotals(
        withChanged(conversation, event.messageId, conversation.updatedAtMs, (m) => ({ ...m, ...billOf(m, event) })),
      );
  }
}

/**
 * The conversation as read from the store, with `newer` messages replacing those that were read. This window is ahead of
 * the disk while a reply streams here or could not be stored yet.
 */
export function withNewer(read: Conversation, newer: readonly Message[], updatedAtMs: number): Conversation {
  if (newer.length === 0) return read;
  const messages = new Map(read.messages);
  for (const message of newer) messages.set(message.id, message);
  return withTotals({ ...read, messages, updatedAtMs: Math.max(read.updatedAtMs, updatedAtMs) });
}

type EventOf<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>;

function createdFrom(event: EventOf<'conversation.created'>): Conversation {
  return {
    id: event.conversationId,
    runNumber: event.runNumber,
    title: event.title,
    model: event.model,
    systemPrompt: event.systemPrompt,
    personaId: event.personaId,
    tags: [],
    status: event.forkedFrom ? 'forked' : 'active',
    pinned: false,
    deleted: false,
    createdAtMs: event.atMs,
    updatedAtMs: event.atMs,
    costNanoUsd: ZERO_USD,
    totalTokens: 0,
    messages: new Map(),
    activeLeafId: event.forkedFrom?.messageId ?? null,
    ...(event.forkedFrom ? { forkedFrom: event.forkedFrom } : {}),
  };
}

function withAdded(conversation: Conversation, event: EventOf<'message.added'>): Conversation {
  if (conversation.messages.has(event.messageId)) return conversation;
  const message: Message = {
    id: event.messageId,
    conversationId: event.conversationId,
    parentId: event.parentId,
    role: event.role,
    content: event.content,
    reasoning: '',
    attachments: event.attachments,
    state: event.state,
    ...(event.model === null ? {} : { model: event.model }),
    // A question has no cost of its own: its tokens are part of the reply's bill.
    cost:
      event.role === 'assistant'
        ? { costNanoUsd: null, source: 'pending' }
        : { costNanoUsd: ZERO_USD, source: 'reported' },
    omittedMessages: event.truncatedMessages,
    failedAttempts: [],
    ...(event.continues === null ? {} : { continues: event.continues }),
    createdAtMs: event.atMs,
  };
  return {
    ...conversation,
    messages: new Map(conversation.messages).set(message.id, message),
    activeLeafId: message.id,
    deleted: false,
    updatedAtMs: event.atMs,
  };
}

function withChanged(
  conversation: Conversation,
  id: MessageId,
  atMs: number,
  change: (m: Message) => Message,
): Conversation {
  const message = conversation.messages.get(id);
  if (!message) return conversation;
  return { ...conversation, messages: new Map(conversation.messages).set(id, change(message)), updatedAtMs: atMs };
}

/** Appends the next attempt. A repeated one, or one whose predecessor is missing, changes nothing. */
export function withAttempt(
  known: readonly FailedAttempt[],
  { attempt, model, failure, elapsedMs, atMs }: EventOf<'attempt.failed'>,
): readonly FailedAttempt[] {
  return attempt === known.length + 1 ? [...known, { model, failure, elapsedMs, atMs }] : known;
}

/** Adds text at `offset`: a repeated or overlapping piece adds only what is new, and a piece after a gap adds nothing. */
export function appendAt(text: string, offset: number, piece: string): string {
  if (offset > text.length) return text;
  return offset + piece.length <= text.length ? text : text + piece.slice(text.length - offset);
}

/** The last end replaces an earlier one, except for what is known about the bill. */
function endedWith(message: Message, event: EventOf<'reply.ended'>): Message {
  const {
    id,
    conversationId,
    parentId,
    role,
    content,
    reasoning,
    attachments,
    omittedMessages,
    failedAttempts,
    continues,
    createdAtMs,
  } = message;
  return {
    ...{
      id,
      conversationId,
      parentId,
      role,
      content,
      reasoning,
      attachments,
      omittedMessages,
      failedAttempts,
      createdAtMs,
    },
    ...(continues === undefined ? {} : { continues }),
    ...billOf(message, event),
    state: event.state,
    ...(event.failure === null ? {} : { failure: event.failure }),
    ...(event.model === null ? {} : { model: event.model }),
    ...(event.timeToFirstTokenMs === null ? {} : { timeToFirstTokenMs: event.timeToFirstTokenMs }),
    ...(event.latencyMs === null ? {} : { latencyMs: event.latencyMs }),
    ...(event.finishReason === null ? {} : { finishReason: event.finishReason }),
    ...(event.generationId === null ? {} : { generationId: event.generationId }),
  };
}

/**
 * Ends and late bills may come in either order, from two windows. The more certain cost counts (see `surerCost`), and the
 * last known usage and provider.
 */
function billOf(
  message: Message,
  event: EventOf<'reply.ended' | 'reply.billed'>,
): Pick<Message, 'cost' | 'usage' | 'provider'> {
  const usage = event.usage ?? message.usage;
  const provider = event.provider ?? message.provider;
  return {
    cost: surerCost(message.cost, event.cost),
    ...(usage === undefined ? {} : { usage }),
    ...(provider === undefined ? {} : { provider }),
  };
}

const SURENESS: readonly CostSource[] = ['pending', 'unknown', 'estimated', 'reported'];

/** Reported beats estimated beats unknown; of two alike the larger amount counts. Symmetric in its arguments. */
export function surerCost(a: Cost, b: Cost): Cost {
  const difference =
    SURENESS.indexOf(a.source) - SURENESS.indexOf(b.source) || (a.costNanoUsd ?? -1) - (b.costNanoUsd ?? -1);
  return difference >= 0 ? a : b;
}

function withTotals(conversation: Conversation): Conversation {
  const messages = [...conversation.messages.values()].filter((m) => m.conversationId === conversation.id);
  return {
    ...conversation,
    costNanoUsd: addUsd(...messages.map((m) => m.cost.costNanoUsd ?? ZERO_USD)),
    totalTokens: messages.reduce((sum, m) => sum + (m.usage ? m.usage.promptTokens + m.usage.completionTokens : 0), 0),
  };
}
