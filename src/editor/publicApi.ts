import * as vscode from 'vscode';
import type { ConversationInfo, FailureInfoCode, MessageInfo, ModelInfo, NeuralTerminalApi, SendEvent, SendOptions, SpendInfo } from '../api';
import type { Conversations } from '../application/conversations';
import type { ModelCatalogue } from '../application/modelCatalogue';
import type { Orchestrator } from '../application/orchestrator';
import type { SpendLedger, SpendSummary } from '../application/spendLedger';
import { type ConversationSummary, type Message } from '../domain/conversation';
import { type Failure, RefusedError, type Refusal } from '../domain/failure';
import { type ConversationId, conversationId, modelId } from '../domain/ids';
import type { Model } from '../domain/model';
import { type Decimal, type NanoUsd, toDecimalUsd } from '../domain/money';
import { type TokenUsage, perMillionTokens } from '../domain/price';
import type { EventBus, ProductEvent } from '../domain/productEvent';
import { describeFailure, describeRefusal } from './failureText';

export interface PublicApiOptions {
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly bus: EventBus;
}

/** A refusal as other extensions see it: an error with a code and words for a person. */
class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function createPublicApi(options: PublicApiOptions): { readonly api: NeuralTerminalApi; readonly dispose: () => void } {
  const { orchestrator, conversations, catalogue, ledger, bus } = options;
  const spendChanged = new vscode.EventEmitter<SpendInfo>();
  const subscription = bus.event((event) => {
    if (event.type === 'spendChanged') spendChanged.fire(spendInfo(ledger.summary()));
  });
  const found = async (id: string): Promise<ConversationSummary> => {
    const conversation = await conversations.get(conversationId(id));
    if (!conversation) throw coded({ code: 'NOT_FOUND', what: 'conversation' });
    return conversation;
  };
  const api: NeuralTerminalApi = {
    version: 1,
    models: async () => {
      const listing = await catalogue.list();
      if (listing.kind === 'stale' && listing.models.length === 0) throw new CodedError(listing.failure.code, describeFailure(listing.failure).title);
      return listing.models.map(modelInfo);
    },
    createConversation: async (o = {}) => {
      const { model, ...rest } = o;
      return refusing(async () => conversationInfo(await found(await orchestrator.create({ ...rest, ...(model === undefined ? {} : { model: modelId(model) }) }))));
    },
    conversations: async (query) => (await conversations.list(query)).map(conversationInfo),
    messages: async (id) => {
      await found(id);
      return ((await conversations.activeBranch(conversationId(id))) ?? []).map(messageInfo);
    },
    send: (id, text, o) => send(options, conversationId(id), text, o ?? {}),
    stop: (id) => orchestrator.stop(conversationId(id)),
    spend: async () => {
      await ledger.refresh();
      return spendInfo(ledger.summary());
    },
    onDidChangeSpend: spendChanged.event,
  };
  return { api, dispose: () => vscode.Disposable.from(subscription, spendChanged).dispose() };
}

async function* send(options: PublicApiOptions, id: ConversationId, text: string, o: SendOptions): AsyncGenerator<SendEvent> {
  const { orchestrator, conversations, bus } = options;
  const queue = new EventQueue<ProductEvent>();
  // Listening starts before the send, so that no delta falls between the two.
  const subscription = bus.event((event) => queue.push(event));
  const stop = (): void => void orchestrator.stop(id);
  try {
    const turn = await refusing(() =>
      orchestrator.send({
        conversationId: id,
        text,
        attachments: [],
        ...(o.temperature === undefined ? {} : { temperature: o.temperature }),
        ...(o.maxTokens === undefined ? {} : { maxTokens: o.maxTokens }),
      }),
    );
    if (o.signal?.aborted) stop();
    o.signal?.addEventListener('abort', stop, { once: true });
    let ended = false;
    try {
      while (!ended) {
        const event = await queue.next();
        ended = event.type === 'turnEnded' && event.replyId === turn.replyId;
        if (event.type !== 'conversationChanged' || event.change.type !== 'reply.appended' || event.change.messageId !== turn.replyId) continue;
        if (event.change.reasoning !== '') yield { type: 'reasoning', text: event.change.reasoning };
        if (event.change.content !== '') yield { type: 'delta', text: event.change.content };
      }
      const reply = (await conversations.get(id))?.messages.get(turn.replyId);
      if (reply) yield { type: 'done', message: messageInfo(reply) };
    } finally {
      // The caller may leave its loop early: the reply is stopped, not left to run up a bill unseen.
      if (!ended) stop();
      o.signal?.removeEventListener('abort', stop);
    }
  } finally {
    subscription.dispose();
  }
}

/** Events wait here while the caller is busy; none is dropped. */
class EventQueue<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | undefined;

  push(event: T): void {
    this.waiting.push(event);
    this.wake?.();
  }

  async next(): Promise<T> {
    for (;;) {
      const event = this.waiting.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

async function refusing<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RefusedError) throw coded(error.refusal);
    throw error;
  }
}

function coded(refusal: Refusal): CodedError {
  const { title, detail } = describeRefusal(refusal);
  return new CodedError(refusal.code, `${title} ${detail}`);
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
const amount = (value: NanoUsd | null): string | null => (value === null ? null : toDecimalUsd(value));
const perMillion = (price: Decimal): string => toDecimalUsd(perMillionTokens(price));

function modelInfo(model: Model): ModelInfo {
  return {
    id: model.id,
    name: model.name,
    contextLength: model.contextLength,
    promptUsdPerMillion: model.price ? perMillion(model.price.prompt) : null,
    completionUsdPerMillion: model.price ? perMillion(model.price.completion) : null,
  };
}

function conversationInfo(c: ConversationSummary): ConversationInfo {
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

function messageInfo(m: Message): MessageInfo {
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

const usageInfo = ({ promptTokens, completionTokens, reasoningTokens, cachedTokens }: TokenUsage): NonNullable<MessageInfo['usage']> => ({ promptTokens, completionTokens, reasoningTokens, cachedTokens });

function failureInfo(failure: Failure): { code: FailureInfoCode; message: string; retryAfterMs?: number } {
  const { title, detail } = describeFailure(failure);
  return { code: failure.code, message: [title, detail].filter((part) => part !== '').join(' '), ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }) };
}

function spendInfo(spend: SpendSummary): SpendInfo {
  return {
    todayUsd: toDecimalUsd(spend.todayNanoUsd),
    monthUsd: toDecimalUsd(spend.monthNanoUsd),
    reservedUsd: toDecimalUsd(spend.reservedNanoUsd),
    pendingUsd: toDecimalUsd(spend.pendingNanoUsd),
    dailyLimitUsd: amount(spend.dailyLimitNanoUsd),
    monthlyLimitUsd: amount(spend.monthlyLimitNanoUsd),
  };
}
