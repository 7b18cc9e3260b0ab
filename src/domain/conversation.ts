import type { Failure } from './failure';
import type { ConversationId, GenerationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';
import type { CostSource, TokenUsage } from './price';

export type Role = 'system' | 'user' | 'assistant';
export type MessageState = 'complete' | 'streaming' | 'interrupted' | 'cancelled' | 'failed';
export type ConversationStatus = 'active' | 'archived' | 'forked';

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
  readonly truncatedMessages: number;
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
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Sum of the known amounts of all branches. */
  readonly costNanoUsd: NanoUsd;
  readonly totalTokens: number;
  readonly forkedFrom?: { readonly conversationId: ConversationId; readonly messageId: MessageId };
}

/** A conversation with every message of every branch. Messages form a tree through `parentId`. */
export interface Conversation extends ConversationSummary {
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

export const activeBranch = (conversation: Conversation): readonly Message[] =>
  branchTo(conversation, conversation.activeLeafId);

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
