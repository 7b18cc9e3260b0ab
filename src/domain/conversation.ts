import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId } from './ids';
import { type NanoUsd, ZERO_USD, addUsd } from './money';
import type { CostSource, TokenUsage } from './price';

export type Role = 'system' | 'user' | 'assistant';
export type MessageState = 'complete' | 'streaming' | 'interrupted' | 'cancelled' | 'failed';
/** `forked`: made from another conversation, and not archived. */
export type ConversationStatus = 'active' | 'archived' | 'forked';

/** Where a fork leaves the conversation it was made from: it shares the messages up to and including this one. */
export interface ForkPoint {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** A piece of the workspace that a person attached to a question. It is data, never instructions. */
export interface Attachment {
  readonly id: string;
  readonly kind: 'selection' | 'file';
  /** Path as shown to the person, relative to the workspace where there is one. */
  readonly path: string;
  /** One-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly languageId: string;
  readonly text: string;
}

/** Amount and how it is known. `costNanoUsd` is null while nothing is known: unknown is not zero. */
export interface Cost {
  readonly costNanoUsd: NanoUsd | null;
  readonly source: CostSource;
}

/** A request of a turn that failed without a charge and was followed by another: the same model again, or the next of the person's chain. */
export interface FailedAttempt {
  readonly model: ModelId;
  readonly failure: Failure;
  /** Monotonic, since the request went out. */
  readonly elapsedMs: number;
  readonly atMs: number;
}

export interface Message {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly parentId: MessageId | null;
  readonly role: Role;
  readonly content: string;
  readonly reasoning: string;
  readonly attachments: readonly Attachment[];
  readonly state: MessageState;
  readonly failure?: Failure;
  readonly model?: ModelId;
  /** The upstream that answered, where the provider names it. */
  readonly provider?: string;
  readonly usage?: TokenUsage;
  readonly cost: Cost;
  readonly timeToFirstTokenMs?: number;
  readonly latencyMs?: number;
  readonly finishReason?: string;
  readonly generationId?: GenerationId;
  /** Messages before this one that did not fit the model's window when it was asked. 0: all were sent. */
  readonly omittedMessages: number;
  /** Before the request that the rest of the message tells of, first to last. */
  readonly failedAttempts: readonly FailedAttempt[];
  /** The reply whose text this one begins with and goes on from. That one stays as it was, with its own cost. */
  readonly continues?: MessageId;
  /** Epoch milliseconds, wall clock: for display and order on screen only. */
  readonly createdAtMs: number;
}

export interface ConversationSummary {
  readonly id: ConversationId;
  /** Shown as R·0417: one more than the largest known when it was created. */
  readonly runNumber: number;
  readonly title: string;
  readonly model: ModelId;
  readonly systemPrompt: string;
  readonly personaId: string | null;
  readonly tags: readonly string[];
  readonly status: ConversationStatus;
  readonly pinned: boolean;
  readonly createdAtMs: number;
  /** When a message last came or grew. Order on the shelf does not change by naming or filing. */
  readonly updatedAtMs: number;
  /** Sum of the known amounts of all branches; what a fork shares was paid for where it was asked. */
  readonly costNanoUsd: NanoUsd;
  readonly totalTokens: number;
  readonly forkedFrom?: ForkPoint;
}

/**
 * A conversation with every message of every branch. Messages form a tree through `parentId`. A fork also holds
 * the messages that it shares; they keep the `conversationId` of the conversation they belong to.
 */
export interface Conversation extends ConversationSummary {
  readonly deleted: boolean;
  /** Oldest first. */
  readonly messages: ReadonlyMap<MessageId, Message>;
  /** End of the branch that is shown and continued; null while empty. */
  readonly activeLeafId: MessageId | null;
}

/** The messages from the root to `leafId`, first to last. Stops at a missing parent instead of failing. */
export function branchTo(conversation: Conversation, leafId: MessageId | null): readonly Message[] {
  const path: Message[] = [];
  const seen = new Set<MessageId>();
  let next = leafId === null ? undefined : conversation.messages.get(leafId);
  while (next && !seen.has(next.id)) {
    seen.add(next.id);
    path.push(next);
    next = next.parentId === null ? undefined : conversation.messages.get(next.parentId);
  }
  return path.reverse();
}

/** A leaf that was lost with a damaged file does not hide the rest: the last message stands in for it. */
export function activeBranch(conversation: Conversation): readonly Message[] {
  const { messages, activeLeafId } = conversation;
  const leaf =
    activeLeafId !== null && messages.has(activeLeafId) ? activeLeafId : ([...messages.keys()].at(-1) ?? null);
  return branchTo(conversation, leaf);
}

/** Cost of one branch: what is known of its own messages, without those it shares with another conversation. */
export const branchCost = (conversation: Conversation, branch: readonly Message[]): NanoUsd =>
  addUsd(...branch.filter((m) => !isInherited(conversation, m)).map((m) => m.cost.costNanoUsd ?? ZERO_USD));

export const isInherited = (conversation: Conversation, message: Message): boolean =>
  message.conversationId !== conversation.id;

/** The message and those that stand in its place on other branches, oldest first. */
export function siblingsOf(conversation: Conversation, message: Message): readonly Message[] {
  return [...conversation.messages.values()].filter((m) => m.parentId === message.parentId && m.role === message.role);
}

/** A reply that has text and did not come to its own end: it was cut or stopped, failed half way, or ran into its `max_tokens`. */
export function canContinue({ role, content, state, finishReason }: Message): boolean {
  if (role !== 'assistant' || content.trim() === '' || state === 'streaming') return false;
  return state !== 'complete' || finishReason === 'length';
}

/** The replies whose text this one goes on from, the latest first. Stops at a missing one. */
export function continuedReplies(conversation: Conversation, message: Message): readonly Message[] {
  const replies: Message[] = [];
  const seen = new Set<MessageId>([message.id]);
  for (let next = message.continues; next !== undefined && !seen.has(next);) {
    seen.add(next);
    const reply = conversation.messages.get(next);
    if (!reply) break;
    replies.push(reply);
    next = reply.continues;
  }
  return replies;
}

const LEAST_KNOWN: readonly CostSource[] = ['unknown', 'pending', 'estimated', 'reported'];

/**
 * What was paid for the text that a reply began with: the sum over all it continues, without its own cost, and as
 * surely known as the least known of them. One amount that is not known leaves no sum. Undefined: it continues none.
 */
export function continuedCost(conversation: Conversation, message: Message): Cost | undefined {
  if (message.continues === undefined) return undefined;
  const replies = continuedReplies(conversation, message);
  const isWhole = replies.length > 0 && replies.at(-1)?.continues === undefined;
  const costs: readonly Cost[] = [
    ...replies.map((reply) => reply.cost),
    ...(isWhole ? [] : [{ costNanoUsd: null, source: 'unknown' } as const]),
  ];
  const source = LEAST_KNOWN.find((known) => costs.some((cost) => cost.source === known)) ?? 'unknown';
  const amounts = costs.flatMap(({ costNanoUsd }) => (costNanoUsd === null ? [] : [costNanoUsd]));
  return { costNanoUsd: amounts.length === costs.length ? addUsd(...amounts) : null, source };
}

/** End of the branch through `id` that was continued last. */
export function latestLeafUnder(conversation: Conversation, id: MessageId): MessageId {
  const latestChild = new Map<MessageId, MessageId>();
  for (const m of conversation.messages.values()) if (m.parentId !== null) latestChild.set(m.parentId, m.id);
  const seen = new Set<MessageId>();
  let leaf = id;
  for (let next = latestChild.get(leaf); next !== undefined && !seen.has(next); next = latestChild.get(leaf)) {
    seen.add(next);
    leaf = next;
  }
  return leaf;
}

/** The question that a reply answers. */
export function questionOf(conversation: Conversation, replyId: MessageId): Message | undefined {
  const parentId = conversation.messages.get(replyId)?.parentId;
  const question = parentId ? conversation.messages.get(parentId) : undefined;
  return question?.role === 'user' ? question : undefined;
}

/** Until the first question gives a conversation its name. */
export const UNTITLED = 'Untitled run';

/** A title from the first words of the first question: one line, at most 60 characters. */
export function titleFrom(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  if (line.length <= 60) return line || UNTITLED;
  const cut = line.slice(0, 60);
  const space = cut.lastIndexOf(' ');
  return `${space > 30 ? cut.slice(0, space) : cut}…`;
}

/** A conversation's number as it is shown: `R·0417`. */
export const runLabel = (runNumber: number): string => `R·${String(runNumber).padStart(4, '0')}`;
