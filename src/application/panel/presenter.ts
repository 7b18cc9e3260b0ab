import { runLabel } from '../../domain/conversation';
import type { CircuitState } from '../../domain/circuit';
import {
  type Conversation,
  type ConversationSummary,
  type Message,
  activeBranch,
  branchCost,
} from '../../domain/conversation';
import type { Model } from '../../domain/model';
import type { NanoUsd } from '../../domain/money';
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
  QuoteView,
  SearchHitView,
  TelemetryView,
} from '../../protocol/views';
import type { MoneyWords } from '../models/moneyWords';
import { unsettledNanoUsd, shownBudgetStatus } from '../spend/budgetStatus';
import { estimateText } from './entryPresenter';
import type { TurnQuote } from '../turn/quote';
import type { SpendSummary } from '../spend/ledger';
import type { PanelWords } from './panelWords';

/** Domain → view models of the panel, except its entries (entryPresenter.ts). */

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

/** @param source the conversation that this one was forked from; undefined if it isn't a fork or the other no longer exists. */
export function headerView(
  words: PanelWords,
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
    costText: words.money(conversation.costNanoUsd),
    branchCostText: branch.length === conversation.messages.size ? '' : words.money(branchCost(conversation, branch)),
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

/** Tokens of the last reply's prompt and text, which the next request starts with; null when unknown. */
export function contextTokens(branch: readonly Message[]): number | null {
  const usage = branch.findLast((m) => m.usage !== undefined)?.usage;
  return usage ? usage.promptTokens + usage.completionTokens : null;
}

export function budgetView(words: PanelWords, spend: SpendSummary, settings: Settings): BudgetView {
  const { period, spentNanoUsd: spent, limitNanoUsd: limit, level } = shownBudgetStatus(spend, settings);
  const ofLimit = (amount: NanoUsd): number => (limit === null || limit === 0 ? 0 : amount / limit);
  return {
    period,
    spentText: words.money(spent),
    limitText: limit === null ? null : words.money(limit, 'exact'),
    reservedText: spend.reservedNanoUsd > 0 ? words.money(spend.reservedNanoUsd) : '',
    pendingText: spend.pendingNanoUsd > 0 ? words.money(spend.pendingNanoUsd) : '',
    keyText: spend.key === null ? '' : words.keyAllowance(spend.key),
    fraction: ofLimit(spent),
    unsettledFraction: ofLimit(unsettledNanoUsd(spend)),
    warnFraction: settings.warnAtPercent / 100,
    level,
  };
}

/** Shows the most serious problem: a refusal, then a shortened reply, then omitted messages. */
export function quoteView(words: PanelWords, quote: TurnQuote): QuoteView {
  const { promptTokens, maxTokens, refusal, isShortened, omittedMessages, worstCaseNanoUsd: worst } = quote;
  const figures = {
    tokensText: promptTokens === 0 ? '' : words.approximately(promptTokens),
    costText: words.worstCase(worst),
  };
  if (refusal) {
    const { title, waitUntilMs } = words.describeRefusal(refusal);
    return { ...figures, level: 'refused', detail: title, waitUntilMs };
  }
  if (isShortened) return { ...figures, level: 'shortened', detail: words.shortened(maxTokens), waitUntilMs: null };
  return {
    ...figures,
    waitUntilMs: null,
    level: 'ok',
    detail: omittedMessages === 0 ? '' : words.omitted(omittedMessages),
  };
}

export function connectionView(connection: Connection): ConnectionView {
  const { origin, isOpenRouter } = connection;
  return { origin, isOpenRouter, needsKey: connection.keyRequired && connection.key === undefined };
}

/** @param isRead the price list has been loaded. */
export function modelView(words: PanelWords, id: string, model: Model | undefined, isRead: boolean): ModelView {
  return {
    id,
    priceText: model || isRead ? words.price(model) : words.priceLoading(),
    contextLength: model?.contextLength ?? null,
  };
}

export function liveView(words: PanelWords, progress: TurnProgress): LiveView {
  return {
    entryId: progress.replyId,
    tokensPerSecond: progress.tokensPerSecond,
    velocity: [...progress.velocity],
    elapsedMs: progress.elapsedMs,
    phase: progress.phase,
    retryText: words.describeRetry(progress) ?? '',
    waitMs: progress.waitMs,
    costText: estimateText(words, progress),
  };
}

/** @param nowMs wall clock. */
export function circuitView(circuit: CircuitState, nowMs: number): CircuitView {
  const { kind, failures, threshold } = circuit;
  return {
    state: kind === 'closed' || kind === 'open' ? kind : 'halfOpen',
    failures,
    threshold,
    untilMs: circuit.kind === 'open' ? Math.round(nowMs + circuit.waitMs) : null,
  };
}

export function historyEntryView(words: MoneyWords, summary: ConversationSummary): HistoryEntryView {
  return {
    id: summary.id,
    runLabel: runLabel(summary.runNumber),
    title: summary.title,
    model: summary.model,
    costText: words.money(summary.costNanoUsd),
    updatedAtMs: summary.updatedAtMs,
    tags: [...summary.tags],
    pinned: summary.pinned,
    archived: summary.status === 'archived',
    isFork: summary.forkedFrom !== undefined,
  };
}

export function searchHitView(words: MoneyWords, hit: SearchHit): SearchHitView {
  return {
    conversationId: hit.conversationId,
    messageId: hit.messageId,
    runLabel: runLabel(hit.runNumber),
    title: hit.title,
    archived: hit.archived,
    role: hit.role,
    model: hit.model,
    createdAtMs: hit.createdAtMs,
    costText: hit.role === 'assistant' && hit.costNanoUsd !== null ? words.money(hit.costNanoUsd) : '',
    excerpt: [...hit.excerpt],
  };
}

export function telemetryView(words: PanelWords, telemetry: Telemetry): TelemetryView {
  const { ended, failures, partial, firstToken, tokensPerSecond } = telemetry;
  return {
    ended: { ...ended },
    failures: failures.map((failure) => ({ ...failure, label: words.nameFailure(failure.code) })),
    partial: { ...partial },
    firstToken: { ...firstToken, boundsMs: [...FIRST_TOKEN_BOUNDS_MS], counts: [...firstToken.counts] },
    tokensPerSecond: { ...tokensPerSecond },
  };
}
