import { type Conversation, type Message, branchTo, isInherited } from '../../domain/conversation';
import type { MessageId, ModelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import type { ConversationEvent } from '../../domain/storeEvent';
import { messageEntry } from './exchangeEntry';

/** Events that are stored in one record, so that either all or none of them exist. */
export interface MergeStep {
  /** Null for events of the conversation itself. */
  readonly messageId: MessageId | null;
  readonly events: readonly ConversationEvent[];
}

export interface MergePlan {
  readonly outcome: 'added' | 'updated' | 'unchanged';
  readonly steps: readonly MergeStep[];
  /** Events that end the merge, given the messages that were stored. */
  readonly ending: (stored: ReadonlySet<MessageId>) => readonly ConversationEvent[];
  /** Messages whose stored content differs from the file; the stored version is kept. */
  readonly differing: number;
}

export interface NewNumbers {
  /** For a new conversation. */
  readonly runNumber: number;
  readonly defaultModel: ModelId;
}

/**
 * Merges a conversation from a file as ordinary events, none of which counts as spending. An unknown conversation is
 * created. A known one gets the messages it lacks; nothing is overwritten. The active branch changes only when the file
 * continues it.
 */
export function planMerge(
  incoming: IncomingConversation,
  known: Conversation | undefined,
  numbers: NewNumbers,
): MergePlan {
  const lacking = incoming.messages.filter((m) => !known?.messages.has(m.id));
  const comesBack = known?.deleted === true && incoming.scope === 'whole';
  const outcome = !known ? 'added' : lacking.length > 0 || comesBack ? 'updated' : 'unchanged';
  const differing = known ? countDiffering(incoming, known) : 0;
  if (outcome === 'unchanged') return { outcome, steps: [], ending: () => [], differing };
  const updatedAtMs = Math.max(incoming.updatedAtMs, known?.updatedAtMs ?? 0);
  const head = known ? [] : [{ messageId: null, events: creation(incoming, numbers) }];
  const steps = lacking.map((m): MergeStep => ({ messageId: m.id, events: messageEvents(m, updatedAtMs) }));
  return {
    outcome,
    steps: [...head, ...steps],
    ending: (stored) =>
      ending(
        incoming,
        known,
        lacking.filter((m) => stored.has(m.id)),
        updatedAtMs,
      ),
    differing,
  };
}

function countDiffering(incoming: IncomingConversation, known: Conversation): number {
  const isOther = (m: Message): boolean => {
    const here = known.messages.get(m.id);
    return here !== undefined && !isInherited(known, here) && contentOf(here) !== contentOf(m);
  };
  return incoming.messages.filter(isOther).length;
}

/** Everything but the time: histories without times use the file's, which changes as the file grows. */
const contentOf = (m: Message): string => JSON.stringify(messageEntry({ ...m, createdAtMs: 0 }));

function creation(c: IncomingConversation, { runNumber, defaultModel }: NewNumbers): readonly ConversationEvent[] {
  const about = { conversationId: c.id, atMs: c.createdAtMs };
  const { title, systemPrompt, personaId, forkedFrom } = c;
  return [
    {
      ...about,
      type: 'conversation.created',
      runNumber,
      title,
      model: c.model ?? defaultModel,
      systemPrompt,
      personaId,
      forkedFrom,
    },
    ...(c.tags.length > 0 ? [{ ...about, type: 'conversation.tagged', tags: c.tags } as const] : []),
    ...(c.pinned ? [{ ...about, type: 'conversation.pinned', pinned: true } as const] : []),
    ...(c.archived ? [{ ...about, type: 'conversation.archived', archived: true } as const] : []),
  ];
}

/** The events from which the mutator builds the message: the message, failed attempts, reasoning, and its end. */
function messageEvents(m: Message, atMs: number): readonly ConversationEvent[] {
  const { id, conversationId, parentId, role, content, attachments, omittedMessages } = m;
  const about = { conversationId, messageId: id };
  const state = m.state === 'streaming' ? 'interrupted' : m.state;
  return [
    {
      ...about,
      type: 'message.added',
      parentId,
      role,
      content,
      attachments,
      state,
      model: m.model ?? null,
      truncatedMessages: omittedMessages,
      continues: m.continues ?? null,
      atMs: m.createdAtMs,
    },
    ...m.failedAttempts.map((attempt, i): ConversationEvent => ({
      ...about,
      type: 'attempt.failed',
      attempt: i + 1,
      ...attempt,
    })),
    ...(m.reasoning === ''
      ? []
      : [
          {
            ...about,
            type: 'reply.appended',
            contentOffset: content.length,
            content: '',
            reasoningOffset: 0,
            reasoning: m.reasoning,
            atMs,
          } as const,
        ]),
    ...(needsNoEnd(m) ? [] : [{ ...about, type: 'reply.ended', state, ...endOf(m), atMs } as const]),
  ];
}

function endOf(
  m: Message,
): Omit<
  Extract<ConversationEvent, { type: 'reply.ended' }>,
  'type' | 'conversationId' | 'messageId' | 'state' | 'atMs'
> {
  return {
    failure: m.failure ?? null,
    model: m.model ?? null,
    provider: m.provider ?? null,
    usage: m.usage ?? null,
    cost: m.cost,
    timeToFirstTokenMs: m.timeToFirstTokenMs ?? null,
    latencyMs: m.latencyMs ?? null,
    finishReason: m.finishReason ?? null,
    generationId: m.generationId ?? null,
  };
}

/** `message.added` alone describes the message fully. */
function needsNoEnd(m: Message): boolean {
  const { cost, failure, provider, usage, timeToFirstTokenMs, latencyMs, finishReason, generationId } = endOf(m);
  const usual =
    m.role === 'assistant'
      ? cost.costNanoUsd === null && cost.source === 'pending'
      : cost.costNanoUsd === 0 && cost.source === 'reported';
  return (
    usual &&
    [failure, provider, usage, timeToFirstTokenMs, latencyMs, finishReason, generationId].every(
      (known) => known === null,
    )
  );
}

/** Corrects what adding messages changes as a side effect: active branch, time of the last change, deletion. */
function ending(
  incoming: IncomingConversation,
  known: Conversation | undefined,
  added: readonly Message[],
  updatedAtMs: number,
): readonly ConversationEvent[] {
  const about = { conversationId: incoming.id, atMs: updatedAtMs };
  const present = new Set([...(known?.messages.keys() ?? []), ...added.map((m) => m.id)]);
  const last = added.at(-1);
  const leafNow = last?.id ?? known?.activeLeafId ?? incoming.forkedFrom?.messageId ?? null;
  const leafId = leafAfter(incoming, known, present) ?? leafNow;
  const deleted = incoming.scope === 'sharedPrefix' && (known?.deleted ?? true);
  return [
    ...(leafId !== null && leafId !== leafNow ? [{ ...about, type: 'branch.chosen', leafId } as const] : []),
    // An empty piece only updates the time of the last change.
    ...(last
      ? [
          {
            ...about,
            type: 'reply.appended',
            messageId: last.id,
            contentOffset: 0,
            content: '',
            reasoningOffset: 0,
            reasoning: '',
          } as const,
        ]
      : []),
    ...(deleted || known?.deleted ? [{ ...about, type: 'conversation.deleted', deleted } as const] : []),
  ];
}

function leafAfter(
  incoming: IncomingConversation,
  known: Conversation | undefined,
  present: ReadonlySet<MessageId>,
): MessageId | null {
  const leafId = incoming.activeLeafId;
  const isMissing = leafId !== null && !present.has(leafId) && incoming.messages.some((m) => m.id === leafId);
  if (isMissing) return known?.activeLeafId ?? null;
  if (!known || known.activeLeafId === null) return leafId;
  const messages = new Map([...known.messages, ...incoming.messages.map((m) => [m.id, m] as const)]);
  const continues = branchTo({ ...known, messages }, leafId).some((m) => m.id === known.activeLeafId);
  return continues ? leafId : known.activeLeafId;
}
