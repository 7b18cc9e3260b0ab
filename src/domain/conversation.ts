import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId } from './ids';
import { type NanoUsd, ZERO_USD, addUsd } from './money';
import type { CostSource, TokenUsage } from './price';

export type Role = 'system' | 'user' | 'assistant';
export type MessageState = 'complete' | 'streaming' | 'interrupted' | 'cancelled' | 'failed';
/** `forked`: created from another conversation and not archived. */
export type ConversationStatus = 'active' | 'archived' | 'forked';

/** The last message that a fork shares with the conversation it was created from. */
export interface ForkPoint {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** A part of the workspace attached to a question. It is data, never instructions. */
export interface Attachment {
  readonly id: string;
  readonly kind: 'selection' | 'file';
  /** Path as displayed, relative to the workspace if there is one. */
  readonly path: string;
  /** One-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly languageId: string;
  readonly text: string;
}

/** Amount and its source. `costNanoUsd` is null while unknown, which is not zero. */
export interface Cost {
  readonly costNanoUsd: NanoUsd | null;
  readonly source: CostSource;
}

/** A request that failed without a charge and was followed by another, to the same model or a fallback model. */
export interface FailedAttempt {
  readonly model: ModelId;
  readonly failure: Failure;
  /** Monotonic, since the request was sent. */
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
  /** The upstream provider, where it is named. */
  readonly provider?: string;
  readonly usage?: TokenUsage;
  readonly cost: Cost;
  readonly timeToFirstTokenMs?: number;
  readonly latencyMs?: number;
  readonly finishReason?: string;
  readonly generationId?: GenerationId;
  /** Earlier messages that were not sent because they did not fit the context window. */
  readonly omittedMessages: number;
  /** Requests that failed before the one that the other fields describe, first to last. */
  readonly failedAttempts: readonly FailedAttempt[];
  /** The reply that this one continues and whose text it begins with. The original and its cost stay unchanged. */
  readonly continues?: MessageId;
  /** Epoch milliseconds, wall clock. Only for display and order on screen. */
  readonly createdAtMs: number;
}

export interface ConversationSummary {
  readonly id: ConversationId;
  /** Shown as R·0417. One more than the largest number known when it was created. */
  readonly runNumber: number;
  readonly title: string;
  readonly model: ModelId;
  readonly systemPrompt: string;
  readonly personaId: string | null;
  readonly tags: readonly string[];
  readonly status: ConversationStatus;
  readonly pinned: boolean;
  readonly createdAtMs: number;
  /** When a message was last added or extended. Renaming, tagging and archiving do not change it. */
  readonly updatedAtMs: number;
  /** Sum of the known costs of all branches. Messages that a fork shares count in the conversation they belong to. */
  readonly costNanoUsd: NanoUsd;
  readonly totalTokens: number;
  readonly forkedFrom?: ForkPoint;
}

/**
 * A conversation with every message of every branch. Messages form a tree through `parentId`. A fork also contains the
 * messages that it shares; they keep the `conversationId` of the conversation they belong to.
 */
export interface Conversation extends ConversationSummary {
  readonly deleted: boolean;
  /** Oldest first. */
  readonly messages: ReadonlyMap<MessageId, Message>;
  /** Last message of the selected branch; null while empty. */
  readonly activeLeafId: MessageId | null;
}

/** The messages from the root to `leafId`, first to last. Stops at a missing parent. */
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

/** If the leaf was lost with a damaged file, the last message takes its place, so that the rest stays visible. */
export function activeBranch(conversation: Conversation): readonly Message[] {
  const { messages, activeLeafId } = conversation;
  const leaf =
    activeLeafId !== null && messages.has(activeLeafId) ? activeLeafId : ([...messages.keys()].at(-1) ?? null);
  return branchTo(conversation, leaf);
}

/** Known cost of one branch, without messages shared with another conversation. */
export const branchCost = (conversation: Conversation, branch: readonly Message[]): NanoUsd =>
  addUsd(...branch.filter((m) => !isInherited(conversation, m)).map((m) => m.cost.costNanoUsd ?? ZERO_USD));

export const isInherited = (conversation: Conversation, message: Message): boolean =>
  message.conversationId !== conversation.id;

/** The message and its alternatives on other branches, oldest first. */
export function siblingsOf(conversation: Conversation, message: Message): readonly Message[] {
  return [...conversation.messages.values()].filter((m) => m.parentId === message.parentId && m.role === message.role);
}

/** True for a reply that has text but is unfinished: interrupted, stopped, failed, or cut at `max_tokens`. */
export function canContinue({ role, content, state, finishReason }: Message): boolean {
  if (role !== 'assistant' || content.trim() === '' || state === 'streaming') return false;
  return state !== 'complete' || finishReason === 'length';
}

/** The replies that this one continues, latest first. Stops at a missing one. */
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
 * Cost of the replies that this one continues, without its own. The source is the least certain of theirs; one unknown
 * amount makes the sum unknown. Undefined if it continues no reply.
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

/** Last message of the most recently continued branch through `id`. */
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

/** The question of a reply. */
export function questionOf(conversation: Conversation, replyId: MessageId): Message | undefined {
  const parentId = conversation.messages.get(replyId)?.parentId;
  const question = parentId ? conversation.messages.get(parentId) : undefined;
  return question?.role === 'user' ? question : undefined;
}

/** Title of a conversation before its first question. */
export const UNTITLED = 'Untitled conversation';

/** Stored titles of conversations without a title. Earlier versions stored the second. */
const UNTITLED_TITLES: ReadonlySet<string> = new Set([UNTITLED, 'Untitled run']);

export const isUntitled = (title: string): boolean => UNTITLED_TITLES.has(title);

/** The beginning of the first question as a title: one line, at most 60 characters. */
export function titleFrom(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  if (line.length <= 60) return line || UNTITLED;
  const cut = line.slice(0, 60);
  const space = cut.lastIndexOf(' ');
  return `${space > 30 ? cut.slice(0, space) : cut}…`;
}

/** A conversation's number as displayed: `R·0417`. */
export const runLabel = (runNumber: number): string => `R·${String(runNumber).padStart(4, '0')}`;
