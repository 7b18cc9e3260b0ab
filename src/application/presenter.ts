import { type Attachment, type Conversation, type ConversationSummary, type Message, activeBranch, branchCost, isInherited } from '../domain/conversation';
import type { Failure, Refusal } from '../domain/failure';
import type { Model } from '../domain/model';
import { type Decimal, type NanoUsd, formatUsd, toDecimalUsd, toNanoUsd } from '../domain/money';
import { perMillionTokens } from '../domain/price';
import type { Connection, Settings } from '../domain/ports';
import type { TurnProgress } from '../domain/productEvent';
import { attachmentBlock, attachmentLabel } from '../domain/prompt';
import type { SearchHit } from '../domain/search';
import type { AttachmentView, BudgetView, ConnectionView, ConversationView, EntryView, HistoryEntryView, LiveView, ModelView, NoticeView, QuoteView, SearchHitView } from '../protocol/views';
import { heldNanoUsd, shownStanding } from './budgetStanding';
import type { TurnQuote } from './orchestrator';
import type { KeyAllowance, SpendSummary } from './spendLedger';

/** Domain → view models: pure, one function per part of the panel. Words for failures come from the editor. */

export type DescribeFailure = (failure: Failure) => NoticeView;
export type DescribeRefusal = (refusal: Refusal) => NoticeView;

export const runLabel = (runNumber: number): string => `R·${String(runNumber).padStart(4, '0')}`;

export function attachmentView(a: Attachment): AttachmentView {
  return { id: a.id, label: attachmentLabel(a), languageId: a.languageId, text: attachmentBlock(a) };
}

/** One rendering of a cost everywhere; an estimate is marked, an unknown amount is named and never zero. */
export function costText(message: Pick<Message, 'id' | 'role' | 'cost' | 'state'>, live: TurnProgress | null = null): string {
  if (message.role !== 'assistant') return '';
  const { costNanoUsd, source } = message.cost;
  if (costNanoUsd !== null) return `${source === 'estimated' ? '≈ ' : ''}${formatUsd(costNanoUsd)}`;
  if (message.state === 'streaming') return live?.replyId === message.id ? estimateText(live) : '';
  return source === 'pending' ? 'cost pending' : message.state === 'failed' ? '' : 'cost unknown';
}

const estimateText = ({ estimateNanoUsd }: TurnProgress): string => (estimateNanoUsd === null ? '' : `≈ ${formatUsd(estimateNanoUsd)}`);

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
  readonly conversation: Conversation;
  readonly placeOf: (message: Message) => SiblingPlace;
  readonly describe: DescribeFailure;
  /** The running reply, whose cost is an estimate that moves. */
  readonly live: TurnProgress | null;
}

export const entryContext = (conversation: Conversation, describe: DescribeFailure, live: TurnProgress | null): EntryContext => ({ conversation, placeOf: siblingPlaces(conversation), describe, live });

export function entryView(message: Message, { conversation, placeOf, describe, live }: EntryContext): EntryView {
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
    tokensPerSecond: tokensPerSecond(message),
    truncatedMessages: message.truncatedMessages,
    attempts: [],
    continues: message.continues ?? null,
    continuedCostText: '',
    canContinue: false,
    failure: describedFailure(message, describe),
    ...placeOf(message),
    isInherited: isInherited(conversation, message),
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

function contextFraction(branch: readonly Message[], model: Model | undefined): number | null {
  const tokens = contextTokens(branch);
  return tokens === null || !model?.contextLength ? null : Math.min(1, tokens / model.contextLength);
}

/** By the last reply's own count: what it read and wrote is what the next question starts with. */
export function contextTokens(branch: readonly Message[]): number | null {
  const usage = branch.findLast((m) => m.usage !== undefined)?.usage;
  return usage ? usage.promptTokens + usage.completionTokens : null;
}

export function entryViews(conversation: Conversation, describe: DescribeFailure, live: TurnProgress | null): EntryView[] {
  const context = entryContext(conversation, describe, live);
  return activeBranch(conversation).map((m) => entryView(m, context));
}

export function budgetView(spend: SpendSummary, settings: Settings): BudgetView {
  const { period, spentNanoUsd: spent, limitNanoUsd: limit, level } = shownStanding(spend, settings);
  const ofLimit = (amount: NanoUsd): number => (limit === null || limit === 0 ? 0 : amount / limit);
  return {
    period,
    spentText: formatUsd(spent),
    limitText: limit === null ? null : formatUsd(limit, 'exact'),
    reservedText: spend.reservedNanoUsd > 0 ? formatUsd(spend.reservedNanoUsd) : '',
    pendingText: spend.pendingNanoUsd > 0 ? formatUsd(spend.pendingNanoUsd) : '',
    keyText: spend.key === null ? '' : keyText(spend.key),
    fraction: ofLimit(spent),
    heldFraction: ofLimit(heldNanoUsd(spend)),
    warnFraction: settings.warnAtPercent / 100,
    level,
  };
}

/** `$20.00 left of $25.00, monthly` */
export function keyText({ limitNanoUsd, remainingNanoUsd, reset }: KeyAllowance): string {
  return `${formatUsd(remainingNanoUsd, 'coarse')} left of ${formatUsd(limitNanoUsd, 'exact')}${reset === null ? '' : `, ${reset}`}`;
}

/** What stops a send comes before what shortens its reply, and that before what is left out of the prompt. */
export function quoteView(quote: TurnQuote, describe: DescribeRefusal): QuoteView {
  const { promptTokens, maxTokens, refusal, isShortened, truncatedMessages, worstCaseNanoUsd: worst } = quote;
  const figures = {
    tokensText: promptTokens === 0 ? '' : `≈ ${count(promptTokens)}`,
    costText: worst === null ? 'price unknown' : worst === 0 ? 'free' : `≤ ${formatUsd(worst)}`,
  };
  if (refusal) return { ...figures, level: 'refused', detail: describe(refusal).title };
  if (isShortened) return { ...figures, level: 'shortened', detail: `Budget leaves ≈ ${count(maxTokens)} tokens for the reply.` };
  return { ...figures, level: 'ok', detail: truncatedMessages === 0 ? '' : truncatedText(truncatedMessages) };
}

const truncatedText = (messages: number): string => (messages === 1 ? '1 earlier message does not fit.' : `${count(messages)} earlier messages do not fit.`);

const count = (value: number): string => value.toLocaleString('en-US');

export function connectionView(connection: Connection, isOpenRouter: boolean): ConnectionView {
  return { origin: connection.origin, isOpenRouter, needsKey: connection.keyRequired && connection.key === undefined };
}

/** `isRead`: the price list is there; before that a price is not unknown, only not read yet. */
export function modelView(id: string, model: Model | undefined, isRead: boolean): ModelView {
  return { id, priceText: model || isRead ? priceText(model) : '… $/M', contextLength: model?.contextLength ?? null };
}

/** Dollars per million tokens in and out, exactly: `3/15 $/M`, `0.435/0.87 $/M`. What else is charged is named. */
export function priceText(model: Pick<Model, 'price'> | undefined): string {
  if (!model?.price) return 'price unknown';
  const { prompt, completion, request, overrides = [] } = model.price;
  const isFree = [prompt, completion, request, ...overrides.flatMap(({ rates }) => [rates.prompt, rates.completion, rates.request])].every((rate) => rate === undefined || rate.digits === 0n);
  if (isFree) return 'free';
  const perRequest = request && request.digits !== 0n ? ` + ${formatUsd(toNanoUsd(request, 'nearest'))} a request` : '';
  return `${perMillion(prompt)}/${perMillion(completion)} $/M${perRequest}`;
}

const perMillion = (price: Decimal): string => toDecimalUsd(perMillionTokens(price));

export function liveView(progress: TurnProgress): LiveView {
  return {
    entryId: progress.replyId,
    tokensPerSecond: progress.tokensPerSecond,
    velocity: [...progress.velocity],
    elapsedMs: progress.elapsedMs,
    phase: progress.phase,
    retryText: '',
    waitMs: progress.waitMs,
    costText: estimateText(progress),
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
