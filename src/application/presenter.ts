import { type Attachment, type Conversation, type ConversationSummary, type Message, activeBranch } from '../domain/conversation';
import { budgetLevel } from '../domain/budget';
import type { Failure } from '../domain/failure';
import type { Model } from '../domain/model';
import { type Decimal, type NanoUsd, addUsd, formatUsd } from '../domain/money';
import { perMillionTokens } from '../domain/price';
import type { Connection, Settings } from '../domain/ports';
import type { TurnProgress } from '../domain/productEvent';
import { attachmentBlock, attachmentLabel } from '../domain/prompt';
import type { AttachmentView, BudgetView, ConnectionView, ConversationView, EntryView, HistoryEntryView, LiveView, ModelView, NoticeView } from '../protocol/views';
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

export function entryView(message: Message, describe: DescribeFailure, estimate?: NanoUsd | null): EntryView {
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

export function headerView(conversation: Conversation | undefined, model: Model | undefined): HeaderView {
  if (!conversation) return { id: null, runLabel: '', title: '', costText: '', contextFraction: null };
  return {
    id: conversation.id,
    runLabel: runLabel(conversation.runNumber),
    title: conversation.title,
    costText: formatUsd(conversation.costNanoUsd),
    contextFraction: contextFraction(conversation, model),
  };
}

/** By the last reply's own count: what it read and wrote is what the next question starts with. */
function contextFraction(conversation: Conversation, model: Model | undefined): number | null {
  const last = activeBranch(conversation).findLast((m) => m.usage !== undefined);
  if (!last?.usage || !model?.contextLength) return null;
  return Math.min(1, (last.usage.promptTokens + last.usage.completionTokens) / model.contextLength);
}

export function conversationView(conversation: Conversation | undefined, model: Model | undefined, describe: DescribeFailure): ConversationView {
  const entries = conversation ? activeBranch(conversation).map((m) => entryView(m, describe)) : [];
  return { ...headerView(conversation, model), entries };
}

export function budgetView(spend: SpendSummary, settings: Settings): BudgetView {
  const spent = addUsd(spend.todayNanoUsd, spend.runningNanoUsd);
  const limit = spend.dailyLimitNanoUsd;
  return {
    spentText: formatUsd(spent),
    limitText: limit === null ? null : formatUsd(limit, 'coarse'),
    reservedText: spend.reservedNanoUsd > 0 ? formatUsd(spend.reservedNanoUsd) : '',
    pendingText: spend.pendingNanoUsd > 0 ? formatUsd(spend.pendingNanoUsd) : '',
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
  };
}
