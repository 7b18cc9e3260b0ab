import {
  type Attachment,
  type Conversation,
  type Message,
  activeBranch,
  canContinue,
  continuedCost,
  isInherited,
} from '../../domain/conversation';
import { INTERRUPTED_BY_CRASH } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import type { TurnProgress } from '../../domain/coreEvent';
import { attachmentBlock, attachmentLabel } from '../../domain/prompt';
import { chainAfter } from '../../domain/retry';
import { tokensPerSecond } from '../../domain/telemetry';
import type { AttachmentView, EntryView, NoticeView } from '../../protocol/views';
import type { PanelWords } from './panelWords';

/** Messages → entries of the log. */

export function attachmentView(a: Attachment): AttachmentView {
  return { id: a.id, label: attachmentLabel(a), languageId: a.languageId, text: attachmentBlock(a) };
}

/** The cost of a reply, the same everywhere. Estimates are marked, and an unknown amount is never shown as zero. */
export function costText(
  words: CostWords,
  message: Pick<Message, 'id' | 'role' | 'cost' | 'state'>,
  live: TurnProgress | null = null,
): string {
  if (message.role !== 'assistant') return '';
  const { cost, state } = message;
  if (cost.costNanoUsd === null && state === 'streaming')
    return live?.replyId === message.id ? estimateText(words, live) : '';
  return cost.costNanoUsd === null && cost.source !== 'pending' && state === 'failed' ? '' : words.cost(cost);
}

type CostWords = Pick<PanelWords, 'cost' | 'estimated'>;

/** Of a running reply; empty without a price. */
export const estimateText = (words: Pick<PanelWords, 'estimated'>, { estimateNanoUsd }: TurnProgress): string =>
  estimateNanoUsd === null ? '' : words.estimated(estimateNanoUsd);

export interface SiblingPlace {
  /** 1-based. */
  readonly siblingNumber: number;
  readonly siblingCount: number;
}

const ALONE: SiblingPlace = { siblingNumber: 1, siblingCount: 1 };

/** The place of each message among its siblings, computed once for the whole conversation. */
export function siblingPlaces(conversation: Conversation): (message: Message) => SiblingPlace {
  const groups = new Map<string, string[]>();
  const groupOf = (m: Message): string => `${m.role} ${m.parentId ?? ''}`;
  for (const m of conversation.messages.values()) {
    const group = groups.get(groupOf(m));
    if (group) group.push(m.id);
    else groups.set(groupOf(m), [m.id]);
  }
  return (message) => {
    const group = groups.get(groupOf(message));
    return group && group.length > 1
      ? { siblingNumber: group.indexOf(message.id) + 1, siblingCount: group.length }
      : ALONE;
  };
}

export interface EntryContext {
  readonly conversation: Conversation;
  readonly words: PanelWords;
  /** Fallback models in order. */
  readonly chain: readonly ModelId[];
  /** The running reply, whose cost estimate changes. */
  readonly live: TurnProgress | null;
}

/** The fallback model that the user can choose next, at any price: the first one after the selected model that the reply has not asked. */
export function nextOfChain(
  chain: readonly ModelId[],
  reply: Pick<Message, 'model' | 'failedAttempts'>,
): ModelId | undefined {
  const asked = new Set([reply.model, ...reply.failedAttempts.map((attempt) => attempt.model)]);
  const chosen = reply.failedAttempts[0]?.model ?? reply.model;
  return (chosen === undefined ? chain : chainAfter(chain, chosen)).find((model) => !asked.has(model));
}

export const entryView = (message: Message, context: EntryContext): EntryView =>
  entryAt(message, context, siblingPlaces(context.conversation)(message));

function entryAt(message: Message, context: EntryContext, place: SiblingPlace): EntryView {
  const { conversation, live, words } = context;
  return {
    id: message.id,
    role: message.role,
    state: message.state,
    content: message.content,
    reasoning: message.reasoning,
    attachments: message.attachments.map(attachmentView),
    createdAtMs: message.createdAtMs,
    model: message.model ?? null,
    provider: message.provider ?? null,
    costText: costText(words, message, live),
    costSource: message.cost.source,
    promptTokens: message.usage?.promptTokens ?? null,
    completionTokens: message.usage?.completionTokens ?? null,
    latencyMs: message.latencyMs ?? null,
    timeToFirstTokenMs: message.timeToFirstTokenMs ?? null,
    tokensPerSecond: roundedSpeed(message),
    omittedMessages: message.omittedMessages,
    attempts: attempts(message, context),
    continues: message.continues ?? null,
    continuedCostText: continuedText(words, conversation, message),
    canContinue: canContinue(message),
    failure: describedFailure(message, context),
    ...place,
    isInherited: isInherited(conversation, message),
  };
}

function continuedText(words: PanelWords, conversation: Conversation, message: Message): string {
  const cost = continuedCost(conversation, message);
  return cost ? words.cost(cost) : '';
}

/** A reply that was interrupted by a crash has no recorded failure. */
function describedFailure(message: Message, { words, chain }: EntryContext): NoticeView | null {
  const failure = message.failure ?? (message.state === 'interrupted' ? INTERRUPTED_BY_CRASH : undefined);
  if (!failure) return null;
  const endedAtMs = lastRequestAtMs(message) + (message.latencyMs ?? 0);
  return words.describeFailure(failure, {
    model: message.model,
    nextModel: nextOfChain(chain, message),
    endedAtMs,
    canContinue: canContinue(message),
  });
}

/** Wall clock, without waits whose length was not recorded. */
function lastRequestAtMs({ createdAtMs, failedAttempts, model }: Message): number {
  const last = failedAttempts.at(-1);
  return last ? last.atMs + (last.model === model ? (last.failure.retryAfterMs ?? 0) : 0) : createdAtMs;
}

function attempts({ id, failedAttempts, model }: Message, { words, live }: EntryContext): string[] {
  // While a reply runs, its own model is the one that was asked first.
  const last = live?.replyId === id ? live.model : model;
  return failedAttempts.map((failed, i) =>
    words.describeAttempt(failed, failedAttempts[i + 1]?.model ?? last ?? failed.model),
  );
}

function roundedSpeed({ usage, timeToFirstTokenMs, latencyMs }: Message): number | null {
  const speed = tokensPerSecond(usage?.completionTokens, timeToFirstTokenMs, latencyMs);
  return speed === null ? null : Math.round(speed);
}

/** Entries of the active branch. */
export function entryViews(context: EntryContext): EntryView[] {
  const placeOf = siblingPlaces(context.conversation);
  return activeBranch(context.conversation).map((m) => entryAt(m, context, placeOf(m)));
}
