import { runLabel } from '../../domain/conversation';
import { priceText } from '../models/priceText';
import type { CircuitState } from '../../domain/circuit';
import {
  type Conversation,
  type ConversationSummary,
  type Message,
  activeBranch,
  branchCost,
} from '../../domain/conversation';
import type { FailureCode, Refusal } from '../../domain/failure';
import type { Model } from '../../domain/model';
import { type NanoUsd, formatUsd } from '../../domain/money';
import type { Connection } from '../../domain/ports/provider';
import type { Settings } from '../../domain/ports/settings';
import type { TurnProgress } from '../../domain/coreEvent';
import type { SearchHit } from '../../domain/search';
import { FIRST_TOKEN_BOUNDS_MS, type Telemetry } from '../../domain/telemetry';
import type {
  BudgetView,
  CircuitView,
  ConnectionView,
  ConversationView,
  HistoryEntryView,
  LiveView,
  ModelView,
  NoticeView,
  QuoteView,
  SearchHitView,
  TelemetryView,
} from '../../protocol/views';
import { unsettledNanoUsd, shownBudgetStatus } from '../spend/budgetStatus';
import { estimateText } from './entryPresenter';
import type { TurnQuote } from '../turn/quote';
import type { KeyAllowance, SpendSummary } from '../spend/ledger';

/** Domain → view models: pure, one function per part of the panel but its entries. Words for failures come from the editor. */

export type DescribeRefusal = (refusal: Refusal) => NoticeView;

/** Why a running reply needed another request, and who is asked. `undefined`: it is its first. */
export type DescribeRetry = (progress: TurnProgress) => string | undefined;

/** A code in the person's words: “Overloaded”. */
export type NameFailure = (code: FailureCode) => string;

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
export function headerView(
  conversation: Conversation | undefined,
  source: ConversationSummary | undefined,
  model: Model | undefined,
): HeaderView {
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
    forkedFrom: forkedFrom
      ? { ...forkedFrom, runLabel: source ? runLabel(source.runNumber) : '', title: source?.title ?? '' }
      : null,
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

export function budgetView(spend: SpendSummary, settings: Settings): BudgetView {
  const { period, spentNanoUsd: spent, limitNanoUsd: limit, level } = shownBudgetStatus(spend, settings);
  const ofLimit = (amount: NanoUsd): number => (limit === null || limit === 0 ? 0 : amount / limit);
  return {
    period,
    spentText: formatUsd(spent),
    limitText: limit === null ? null : formatUsd(limit, 'exact'),
    reservedText: spend.reservedNanoUsd > 0 ? formatUsd(spend.reservedNanoUsd) : '',
    pendingText: spend.pendingNanoUsd > 0 ? formatUsd(spend.pendingNanoUsd) : '',
    keyText: spend.key === null ? '' : keyText(spend.key),
    fraction: ofLimit(spent),
    unsettledFraction: ofLimit(unsettledNanoUsd(spend)),
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
  const { promptTokens, maxTokens, refusal, isShortened, omittedMessages, worstCaseNanoUsd: worst } = quote;
  const figures = {
    tokensText: promptTokens === 0 ? '' : `≈ ${count(promptTokens)}`,
    costText: worst === null ? 'price unknown' : worst === 0 ? 'free' : `≤ ${formatUsd(worst)}`,
  };
  if (refusal) {
    const { title, waitUntilMs } = describe(refusal);
    return { ...figures, level: 'refused', detail: title, waitUntilMs };
  }
  if (isShortened)
    return {
      ...figures,
      level: 'shortened',
      detail: `Budget leaves ≈ ${count(maxTokens)} tokens for the reply.`,
      waitUntilMs: null,
    };
  return {
    ...figures,
    waitUntilMs: null,
    level: 'ok',
    detail: omittedMessages === 0 ? '' : truncatedText(omittedMessages),
  };
}

const truncatedText = (messages: number): string =>
  messages === 1 ? '1 earlier message does not fit.' : `${count(messages)} earlier messages do not fit.`;

const count = (value: number): string => value.toLocaleString('en-US');

export function connectionView(connection: Connection): ConnectionView {
  const { origin, isOpenRouter } = connection;
  return { origin, isOpenRouter, needsKey: connection.keyRequired && connection.key === undefined };
}

/** `isRead`: the price list is there; before that a price is not unknown, only not read yet. */
export function modelView(id: string, model: Model | undefined, isRead: boolean): ModelView {
  return { id, priceText: model || isRead ? priceText(model) : '… $/M', contextLength: model?.contextLength ?? null };
}

export function liveView(progress: TurnProgress, describeRetry: DescribeRetry): LiveView {
  return {
    entryId: progress.replyId,
    tokensPerSecond: progress.tokensPerSecond,
    velocity: [...progress.velocity],
    elapsedMs: progress.elapsedMs,
    phase: progress.phase,
    retryText: describeRetry(progress) ?? '',
    waitMs: progress.waitMs,
    costText: estimateText(progress),
  };
}

/** @param nowMs wall clock, for the moment that a countdown is drawn for. */
export function circuitView(circuit: CircuitState, nowMs: number): CircuitView {
  const { kind, failures, threshold } = circuit;
  return {
    state: kind === 'closed' || kind === 'open' ? kind : 'halfOpen',
    failures,
    threshold,
    untilMs: circuit.kind === 'open' ? Math.round(nowMs + circuit.waitMs) : null,
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
    excerpt: [...hit.excerpt],
  };
}

export function telemetryView(telemetry: Telemetry, nameFailure: NameFailure): TelemetryView {
  const { ended, failures, partial, firstToken, tokensPerSecond } = telemetry;
  return {
    ended: { ...ended },
    failures: failures.map((failure) => ({ ...failure, label: nameFailure(failure.code) })),
    partial: { ...partial },
    firstToken: { ...firstToken, boundsMs: [...FIRST_TOKEN_BOUNDS_MS], counts: [...firstToken.counts] },
    tokensPerSecond: { ...tokensPerSecond },
  };
}
