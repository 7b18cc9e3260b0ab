import {
  type Attachment,
  type Conversation,
  type Cost,
  type FailedAttempt,
  type Message,
  activeBranch,
  canContinue,
  continuedCost,
  isInherited,
} from '../../domain/conversation';
import { type Failure, INTERRUPTED_BY_CRASH } from '../../domain/failure';
import type { ModelId } from '../../domain/ids';
import { formatUsd } from '../../domain/money';
import type { TurnProgress } from '../../domain/coreEvent';
import { attachmentBlock, attachmentLabel } from '../../domain/prompt';
import { chainAfter } from '../../domain/retry';
import { tokensPerSecond } from '../../domain/telemetry';
import type { AttachmentView, EntryView, NoticeView } from '../../protocol/views';

/** Messages → entries of the log. Words for failures come from the editor. */

export function attachmentView(a: Attachment): AttachmentView {
  return { id: a.id, label: attachmentLabel(a), languageId: a.languageId, text: attachmentBlock(a) };
}

/** One rendering of a cost everywhere; an estimate is marked, an unknown amount is named and never zero. */
export function costText(
  message: Pick<Message, 'id' | 'role' | 'cost' | 'state'>,
  live: TurnProgress | null = null,
): string {
  if (message.role !== 'assistant') return '';
  const { cost, state } = message;
  if (cost.costNanoUsd === null && state === 'streaming') return live?.replyId === message.id ? estimateText(live) : '';
  return cost.costNanoUsd === null && cost.source !== 'pending' && state === 'failed' ? '' : knownText(cost);
}

function knownText({ costNanoUsd, source }: Cost): string {
  if (costNanoUsd !== null) return `${source === 'estimated' ? '≈ ' : ''}${formatUsd(costNanoUsd)}`;
  return source === 'pending' ? 'cost pending' : 'cost unknown';
}

/** Of a running reply; empty without a price. */
export const estimateText = ({ estimateNanoUsd }: TurnProgress): string =>
  estimateNanoUsd === null ? '' : `≈ ${formatUsd(estimateNanoUsd)}`;

export interface SiblingPlace {
  /** 1-based. */
  readonly siblingNumber: number;
  readonly siblingCount: number;
}

const ALONE: SiblingPlace = { siblingNumber: 1, siblingCount: 1 };

/** Where each message stands among those in its place on other branches: one walk for the whole conversation. */
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

/** What the words for a reply’s failure refer to. */
export interface FailedReply {
  /** Who was asked. */
  readonly model: ModelId | undefined;
  /** Whom the person may ask instead: the first of the chain that this reply has not asked. */
  readonly nextModel: ModelId | undefined;
  /** Epoch milliseconds, wall clock. */
  readonly endedAtMs: number;
  readonly canContinue: boolean;
}

/** Without `reply`: of a request that belongs to no message. */
export type DescribeFailure = (failure: Failure, reply?: FailedReply) => NoticeView;

/** One sentence on a request that failed and was followed by another, which went to `next`. */
export type DescribeAttempt = (failed: FailedAttempt, next: ModelId) => string;

export interface EntryContext {
  readonly conversation: Conversation;
  readonly describeFailure: DescribeFailure;
  readonly describeAttempt: DescribeAttempt;
  /** Models that the person named as stand-ins, first to last. */
  readonly chain: readonly ModelId[];
  /** The running reply, whose cost is an estimate that moves. */
  readonly live: TurnProgress | null;
}

/** Whom the person may ask instead, whatever it costs: the first of the chain, behind the model that was chosen, that the reply has not asked. */
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
  const { conversation, live } = context;
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
    costText: costText(message, live),
    costSource: message.cost.source,
    promptTokens: message.usage?.promptTokens ?? null,
    completionTokens: message.usage?.completionTokens ?? null,
    latencyMs: message.latencyMs ?? null,
    timeToFirstTokenMs: message.timeToFirstTokenMs ?? null,
    tokensPerSecond: roundedSpeed(message),
    omittedMessages: message.omittedMessages,
    attempts: attempts(message, context),
    continues: message.continues ?? null,
    continuedCostText: continuedText(conversation, message),
    canContinue: canContinue(message),
    failure: describedFailure(message, context),
    ...place,
    isInherited: isInherited(conversation, message),
  };
}

function continuedText(conversation: Conversation, message: Message): string {
  const cost = continuedCost(conversation, message);
  return cost ? knownText(cost) : '';
}

function describedFailure(message: Message, { describeFailure, chain }: EntryContext): NoticeView | null {
  const failure = message.failure ?? (message.state === 'interrupted' ? INTERRUPTED_BY_CRASH : undefined);
  if (!failure) return null;
  const endedAtMs = lastRequestAtMs(message) + (message.latencyMs ?? 0);
  return describeFailure(failure, {
    model: message.model,
    nextModel: nextOfChain(chain, message),
    endedAtMs,
    canContinue: canContinue(message),
  });
}

/** Wall clock; a wait of which only the program knew how long it was is left out. */
function lastRequestAtMs({ createdAtMs, failedAttempts, model }: Message): number {
  const last = failedAttempts.at(-1);
  return last ? last.atMs + (last.model === model ? (last.failure.retryAfterMs ?? 0) : 0) : createdAtMs;
}

function attempts({ id, failedAttempts, model }: Message, { describeAttempt, live }: EntryContext): string[] {
  // While it runs, a reply's own model is the one that was asked first.
  const last = live?.replyId === id ? live.model : model;
  return failedAttempts.map((failed, i) =>
    describeAttempt(failed, failedAttempts[i + 1]?.model ?? last ?? failed.model),
  );
}

function roundedSpeed({ usage, timeToFirstTokenMs, latencyMs }: Message): number | null {
  const speed = tokensPerSecond(usage?.completionTokens, timeToFirstTokenMs, latencyMs);
  return speed === null ? null : Math.round(speed);
}

/** The branch that is shown; siblings are counted in one walk for all of it. */
export function entryViews(context: EntryContext): EntryView[] {
  const placeOf = siblingPlaces(context.conversation);
  return activeBranch(context.conversation).map((m) => entryAt(m, context, placeOf(m)));
}
