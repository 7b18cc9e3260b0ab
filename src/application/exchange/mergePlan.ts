import { type Conversation, type Message, branchTo, isInherited } from '../../domain/conversation';
import type { MessageId, ModelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import type { ConversationEvent } from '../../domain/storeEvent';
import { messageEntry } from './exchangeEntry';

/** One thing to store: its events are kept in one record, so that all of it is there or nothing. */
export interface MergeStep {
  /** Null: about the conversation as a whole. */
  readonly messageId: MessageId | null;
  readonly events: readonly ConversationEvent[];
}

export interface MergePlan {
  readonly outcome: 'added' | 'updated' | 'unchanged';
  readonly steps: readonly MergeStep[];
  /** What ends the merge, when the messages in `stored` are in the conversation. */
  readonly ending: (stored: ReadonlySet<MessageId>) => readonly ConversationEvent[];
  /** Messages that are here with other content than in the file; what is here stays. */
  readonly differing: number;
}

export interface NewNumbers {
  /** For a conversation that is not here yet. */
  readonly runNumber: number;
  readonly defaultModel: ModelId;
}

/**
 * How a conversation from a file becomes part of the store: as events like any other, none of which is about money
 * that was spent here. An unknown conversation is made; a known one gets the messages it lacks, and nothing of it is
 * overwritten. The branch on screen moves on only where the file continues it.
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

/** All but its time: histories without times of their own take that of a file, which changes as the file grows. */
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

/** The message as the mutator will build it: made, the requests before it and its reasoning added, its end told where there is one to tell. */
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
    ...(saysNoMore(m) ? [] : [{ ...about, type: 'reply.ended', state, ...endOf(m), atMs } as const]),
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

/** Nothing is known of the message beyond what `message.added` says by itself. */
function saysNoMore(m: Message): boolean {
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

/** Puts right what adding messages changes by itself: the branch on screen, the time of the last change, deletion. */
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
    // An empty piece changes nothing but the time of the last change.
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
