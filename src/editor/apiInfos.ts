import type { ConversationInfo, FailureInfoCode, MessageInfo, ModelInfo, SpendInfo } from '../api';
import type { SpendSummary } from '../application/spend/ledger';
import type { ConversationSummary, Message } from '../domain/conversation';
import type { Failure } from '../domain/failure';
import type { Model } from '../domain/model';
import { type Decimal, type NanoUsd, toDecimalUsd } from '../domain/money';
import { type TokenUsage, perMillionTokens } from '../domain/price';
import { describeFailure } from './words/failureText';
import { noticeText } from './words/notice';

/** Domain → public API: plain objects, amounts as decimal strings in USD, times in ISO 8601. */

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
const amount = (value: NanoUsd | null): string | null => (value === null ? null : toDecimalUsd(value));
const perMillion = (price: Decimal): string => toDecimalUsd(perMillionTokens(price));

export function modelInfo(model: Model): ModelInfo {
  return {
    id: model.id,
    name: model.name,
    contextLength: model.contextLength,
    promptUsdPerMillion: model.price ? perMillion(model.price.prompt) : null,
    completionUsdPerMillion: model.price ? perMillion(model.price.completion) : null,
  };
}

export function conversationInfo(c: ConversationSummary): ConversationInfo {
  return {
    id: c.id,
    runNumber: c.runNumber,
    title: c.title,
    model: c.model,
    status: c.status,
    tags: c.tags,
    costUsd: toDecimalUsd(c.costNanoUsd),
    totalTokens: c.totalTokens,
    createdAt: iso(c.createdAtMs),
    updatedAt: iso(c.updatedAtMs),
    ...(c.forkedFrom ? { forkedFrom: c.forkedFrom } : {}),
  };
}

export function messageInfo(m: Message): MessageInfo {
  return {
    id: m.id,
    parentId: m.parentId,
    role: m.role,
    content: m.content,
    state: m.state,
    costUsd: amount(m.cost.costNanoUsd),
    costSource: m.cost.source,
    createdAt: iso(m.createdAtMs),
    ...(m.reasoning === '' ? {} : { reasoning: m.reasoning }),
    ...(m.failure ? { failure: failureInfo(m.failure) } : {}),
    ...(m.model ? { model: m.model } : {}),
    ...(m.provider ? { provider: m.provider } : {}),
    ...(m.usage ? { usage: usageInfo(m.usage) } : {}),
    ...(m.timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs: m.timeToFirstTokenMs }),
    ...(m.latencyMs === undefined ? {} : { latencyMs: m.latencyMs }),
    ...(m.finishReason ? { finishReason: m.finishReason } : {}),
    ...(m.generationId ? { generationId: m.generationId } : {}),
  };
}

const usageInfo = ({
  promptTokens,
  completionTokens,
  reasoningTokens,
  cachedTokens,
}: TokenUsage): NonNullable<MessageInfo['usage']> => ({
  promptTokens,
  completionTokens,
  reasoningTokens,
  cachedTokens,
});

function failureInfo(failure: Failure): { code: FailureInfoCode; message: string; retryAfterMs?: number } {
  return {
    code: failure.code,
    message: noticeText(describeFailure(failure)),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
}

export function spendInfo(spend: SpendSummary): SpendInfo {
  return {
    todayUsd: toDecimalUsd(spend.todayNanoUsd),
    monthUsd: toDecimalUsd(spend.monthNanoUsd),
    reservedUsd: toDecimalUsd(spend.reservedNanoUsd),
    pendingUsd: toDecimalUsd(spend.pendingNanoUsd),
    dailyLimitUsd: amount(spend.dailyLimitNanoUsd),
    monthlyLimitUsd: amount(spend.monthlyLimitNanoUsd),
  };
}
