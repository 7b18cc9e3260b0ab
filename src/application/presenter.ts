import { type Attachment, type Conversation, type ConversationSummary, type Message, activeBranch, branchCost, isInherited } from '../domain/conversation';
import { budgetLevel } from '../domain/budget';
import type { Failure } from '../domain/failure';
import type { Model } from '../domain/model';
import { type Decimal, type NanoUsd, addUsd, formatUsd } from '../domain/money';
import { perMillionTokens } from '../domain/price';
import type { Connection, Settings } from '../domain/ports';
import type { TurnProgress } from '../domain/productEvent';
import { attachmentBlock, attachmentLabel } from '../domain/prompt';
import type { SearchHit } from '../domain/search';
import type { AttachmentView, BudgetView, ConnectionView, ConversationView, EntryView, HistoryEntryView, LiveView, ModelView, NoticeView, SearchHitView } from '../protocol/views';
import type { SpendSummary } from './spendLedger';

/** Domain → view models: pure, one function per part of the panel. Words for failures come from the editor. */

export type DescribeFailure = (failure: Failure) => NoticeView;

export const runLabel = (runNumber: number): string => `R·${String(runNumber).padStart(4, '0')}`;

export function attachmentView(a: Attachment): AttachmentView {
  return { id: a.id, label: attachmentLabel(a), languageId: a.languageId, text: attachmentBlock(a) };
}

/** One rendering of a cost everywhere; an estimate is marked, an unknown amount is named and never zero. */
export function costText(message: Pick<Message, 'role' | 'cost' | 'state'>, estimate?: NanoUsd | null): string {
  if (message.role !== 'assistant') return '';
  const { costNanoUsd, source } = message.cost;
  if (costNanoUsd !== null) return `${source === 'estimated' ? '≈ ' : ''}${formatUsd(costNanoUsd)}`;
  if (message.state === 'streaming') return estimate === undefined || estimate === null ? '' : `≈ ${formatUsd(estimate)}`;
  return source === 'pending' ? 'cost pending' : message.state === 'failed' ? '' : 'cost unknown';
}

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
    return group && group.length > 1 ? { siblingNumber: group.indexOf(message.id) + 1, siblingCount: group.length } : ALONE;
  };
}

export interface EntryContext {
  readonly place: SiblingPlace;
  readonly isInherited: boolean;
  readonly describe: DescribeFailure;
  /** Running estimate of a streaming reply. */
  readonly estimate?: NanoUsd | null;
}

export function entryView(message: Message, { place, isInherited: inherited, describe, estimate }: EntryContext): EntryView {
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
    costText: costText(message, estimate),
    costSource: message.cost.source,
    promptTokens: message.usage?.promptTokens ?? null,
    completionTokens: message.usage?.completionTokens ?? null,
    latencyMs: message.latencyMs ?? null,
    timeToFirstTokenMs: message.timeToFirstTokenMs ?? null,
    tokensPerSecond: tokensPerSecond(message),
    truncatedMessages: message.truncatedMessages,
    failure: describedFailure(message, describe),
    ...place,
    isInherited: inherited,
  };
}

/** A reply that was cut by a crash has no failure of its own: nobody was left to record one. */
function describedFailure(message: Message, describe: DescribeFailure): NoticeView | null {
  if (message.failure) return describe(message.failure);
  return message.state === 'interrupted' ? describe({ code: 'TRUNCATED', detail: '' }) : null;
}

function tokensPerSecond(message: Message): number | null {
  if (!message.usage || message.latencyMs === undefined || message.timeToFirstTokenMs === undefined) return null;
  const streamedMs = message.latencyMs - message.timeToFirstTokenMs;
  return streamedMs < 50 ? null : Math.round(message.usage.completionTokens / (streamedMs / 1000));
}

export type HeaderView = Omit<ConversationView, 'entries'>;

const NEW_CONVERSATION: HeaderView = {
  id: null,
  runLabel: '',
  title: '',
  costText: '',
  branchCostText: '',
  tags: [],
  pinned: false,
  archived: false,
  forkedFrom: null,
  contextFraction: null,
};

/** @param source the conversation that this one was forked from; undefined when it is none or that one is gone. */
export function headerView(conversation: Conversation | undefined, source: ConversationSummary | undefined, model: Model | undefined): HeaderView {
  if (!conversation) return NEW_CONVERSATION;
  const { id, title, forkedFrom } = conversation;
  const branch = activeBranch(conversation);
  return {
    id,
    runLabel: runLabel(conversation.runNumber),
    title,
    costText: formatUsd(conversation.costNanoUsd),
    branchCostText: branch.length === conversation.messages.size ? '' : formatUsd(branchCost(conversation, branch)),
    tags: [...conversation.tags],
    pinned: conversation.pinned,
    archived: conversation.status === 'archived',
    forkedFrom: forkedFrom ? { ...forkedFrom, runLabel: source ? runLabel(source.runNumber) : '', title: source?.title ?? '' } : null,
    contextFraction: contextFraction(branch, model),
  };
}

/** By the last reply's own count: what it read and wrote is what the next question starts with. */
function contextFraction(branch: readonly Message[], model: Model | undefined): number | null {
  const last = branch.findLast((m) => m.usage !== undefined);
  if (!last?.usage || !model?.contextLength) return null;
  return Math.min(1, (last.usage.promptTokens + last.usage.completionTokens) / model.contextLength);
}

export function entryViews(conversation: Conversation, describe: DescribeFailure): EntryView[] {
  const placeOf = siblingPlaces(conversation);
  return activeBranch(conversation).map((m) => entryView(m, { place: placeOf(m), isInherited: isInherited(conversation, m), describe }));
}

export function budgetView(spend: SpendSummary, settings: Settings): BudgetView {
  const spent = addUsd(spend.todayNanoUsd, spend.runningNanoUsd);
  const limit = spend.dailyLimitNanoUsd;
  return {
    spentText: formatUsd(spent),
    limitText: limit === null ? null : formatUsd(limit, 'coarse'),
    reservedText: spend.reservedNanoUsd > 0 ? formatUsd(spend.reservedNanoUsd) : '',
    pendingText: spend.pendingNanoUsd > 0 ? formatUsd(spend.pendingNanoUsd) : '',
    keyText: '',
    fraction: limit === null || limit === 0 ? 0 : spent / limit,
    warnFraction: settings.warnAtPercent / 100,
    level: budgetLevel(spent, limit, settings.warnAtPercent),
  };
}

export function connectionView(connection: Connection, isOpenRouter: boolean): ConnectionView {
  return { origin: connection.origin, isOpenRouter, needsKey: connection.keyRequired && connection.key === undefined };
}

/** `isRead`: the price list is there; before that a price is not unknown, only not read yet. */
export function modelView(id: string, model: Model | undefined, isRead: boolean): ModelView {
  return { id, priceText: model || isRead ? priceText(model) : '… $/M', contextLength: model?.contextLength ?? null };
}

/** Dollars per million tokens in and out: `3/15 $/M`. */
export function priceText(model: Model | undefined): string {
  if (!model?.price) return 'price unknown';
  const { prompt, completion } = model.price;
  if (prompt.digits === 0n && completion.digits === 0n) return 'free';
  return `${perMillion(prompt)}/${perMillion(completion)} $/M`;
}

const perMillion = (price: Decimal): string =>
  formatUsd(perMillionTokens(price), 'coarse').replace('$', '').replace(/\.00$/, '');

export function liveView(progress: TurnProgress): LiveView {
  return {
    entryId: progress.replyId,
    tokensPerSecond: progress.tokensPerSecond,
    velocity: [...progress.velocity],
    elapsedMs: progress.elapsedMs,
    phase: progress.phase,
  };
}

export function historyEntryView(summary: ConversationSummary): HistoryEntryView {
  return {
    id: summary.id,
    runLabel: runLabel(summary.runNumber),
    title: summary.title,
    model: summary.model,
    costText: formatUsd(summary.costNanoUsd),
    updatedAtMs: summary.updatedAtMs,
    tags: [...summary.tags],
    pinned: summary.pinned,
    archived: summary.status === 'archived',
    isFork: summary.forkedFrom !== undefined,
  };
}

export function searchHitView(hit: SearchHit): SearchHitView {
  return {
    conversationId: hit.conversationId,
    messageId: hit.messageId,
    runLabel: runLabel(hit.runNumber),
    title: hit.title,
    archived: hit.archived,
    role: hit.role,
    model: hit.model,
    createdAtMs: hit.createdAtMs,
    costText: hit.role === 'assistant' && hit.costNanoUsd !== null ? formatUsd(hit.costNanoUsd) : '',
    excerpt: hit.excerpt.map((part) => ({ ...part })),
  };
}
