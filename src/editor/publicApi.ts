import * as vscode from 'vscode';
import type {
  ConversationListQuery,
  NeuralTerminalApi,
  SearchHitInfo,
  SendEvent,
  SendOptions,
  SpendInfo,
} from '../api';
import type { Branches } from '../application/conversations/branches';
import type { Conversations } from '../application/conversations/conversations';
import type { Exchange } from '../application/exchange/exchange';
import type { ModelCatalogue } from '../application/models/catalogue';
import type { Orchestrator } from '../application/turn/orchestrator';
import type { SpendLedger } from '../application/spend/ledger';
import { storedOrRefused } from '../application/conversations/writeQueue';
import type { Conversation } from '../domain/conversation';
import { RefusedError, type Refusal } from '../domain/failure';
import { type ConversationId, type MessageId, conversationId, messageId, modelId } from '../domain/ids';
import type { ConversationQuery } from '../domain/ports/store';
import type { EventBus, CoreEvent } from '../domain/coreEvent';
import { parseSearch } from '../domain/searchParser';
import type { ConversationEvent } from '../domain/storeEvent';
import { conversationInfo, messageInfo, modelInfo, spendInfo } from './apiInfos';
import { documentWords } from './words/documentText';
import { describeFailure } from './words/failureText';
import { remarkText } from './words/importText';
import { noticeText } from './words/notice';
import { describeRefusal } from './words/refusalText';

export interface PublicApiOptions {
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly branches: Branches;
  readonly exchange: Exchange;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly bus: EventBus;
}

/** Default and maximum number of hits. */
const SEARCH_HITS = 50;
const MAX_SEARCH_HITS = 1_000;

/** A refusal for other extensions: an error with a code and a message for the user. */
class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function createPublicApi(options: PublicApiOptions): {
  readonly api: NeuralTerminalApi;
  readonly dispose: () => void;
} {
  const { orchestrator, ledger, bus } = options;
  const spendChanged = new vscode.EventEmitter<SpendInfo>();
  const subscription = bus.event((event) => {
    if (event.type === 'spendChanged') spendChanged.fire(spendInfo(ledger.summary()));
  });
  const api: NeuralTerminalApi = {
    version: 1,
    ...conversationMethods(options),
    ...exchangeMethods(options),
    models: () => models(options),
    send: (id, text, o) => send(options, conversationId(id), text, o ?? {}),
    stop: (id) => orchestrator.stop(conversationId(id)),
    spend: async () => {
      await ledger.refresh();
      return spendInfo(ledger.summary());
    },
    onDidChangeSpend: spendChanged.event,
  };
  return { api, dispose: () => void vscode.Disposable.from(subscription, spendChanged).dispose() };
}

function conversationMethods({
  orchestrator,
  conversations,
  branches,
}: PublicApiOptions): Pick<NeuralTerminalApi, 'createConversation' | 'conversations' | 'messages' | 'fork' | 'search'> {
  return {
    createConversation: async (o = {}) => {
      const { model, ...rest } = o;
      return refusing(async () =>
        conversationInfo(
          await existing(
            conversations,
            await orchestrator.create({ ...rest, ...(model === undefined ? {} : { model: modelId(model) }) }),
          ),
        ),
      );
    },
    conversations: async (query = {}) => (await conversations.list(listQuery(query))).map(conversationInfo),
    messages: async (id) => {
      await existing(conversations, conversationId(id));
      return ((await conversations.activeBranch(conversationId(id))) ?? []).map(messageInfo);
    },
    fork: (id) =>
      refusing(async () => conversationInfo(await existing(conversations, await branches.fork(messageId(id))))),
    search: async (text, { limit = SEARCH_HITS } = {}) => {
      const { hits } = await conversations.search(
        parseSearch(text, Math.min(Math.max(1, Math.trunc(limit) || 1), MAX_SEARCH_HITS)),
      );
      return hits.map((hit): SearchHitInfo => ({
        conversationId: hit.conversationId,
        messageId: hit.messageId,
        excerpt: hit.excerpt.join(''),
      }));
    },
  };
}

function exchangeMethods({
  conversations,
  exchange,
}: PublicApiOptions): Pick<NeuralTerminalApi, 'exportConversation' | 'importConversations'> {
  return {
    exportConversation: async (id, format) => {
      const { id: known } = await existing(conversations, conversationId(id));
      switch (format) {
        case 'markdown':
          return refusing(() => exchange.exportMarkdown(known, documentWords));
        case 'json':
          return refusing(() => exchange.exportJson([known]));
      }
    },
    importConversations: async (json) => {
      const { added, updated, unchanged, remarks } = await refusing(() =>
        storedOrRefused(() => exchange.importJson(json)),
      );
      // Without an error, importing nothing would look like success.
      if (added + updated + unchanged === 0 && remarks.length > 0) {
        const reasons = remarks.map(remarkText).map(({ about, problem }) => `${about}: ${problem}`);
        throw new CodedError('NOTHING_IMPORTED', reasons.join(' '));
      }
      return { added, updated };
    },
  };
}

async function models({ catalogue }: PublicApiOptions): ReturnType<NeuralTerminalApi['models']> {
  const listing = await catalogue.list();
  if (listing.kind === 'stale' && listing.models.length === 0)
    throw new CodedError(listing.failure.code, describeFailure(listing.failure).title);
  return listing.models.map(modelInfo);
}

async function existing(conversations: Conversations, id: ConversationId): Promise<Conversation> {
  const conversation = await conversations.get(id);
  if (!conversation) throw coded({ code: 'NOT_FOUND', what: 'conversation' });
  return conversation;
}

/** Whole numbers from 0 on: a negative limit would mean all. */
function listQuery({ status, limit, offset }: ConversationListQuery): ConversationQuery {
  const whole = (value: number): number => Math.max(0, Math.trunc(value) || 0);
  return {
    ...(status === undefined ? {} : { status }),
    ...(limit === undefined ? {} : { limit: whole(limit) }),
    ...(offset === undefined ? {} : { offset: whole(offset) }),
  };
}

async function* send(
  options: PublicApiOptions,
  id: ConversationId,
  text: string,
  o: SendOptions,
): AsyncGenerator<SendEvent> {
  const { orchestrator, conversations, bus } = options;
  const queue = new EventQueue<CoreEvent>();
  // Listen before sending, so that no delta is missed.
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
        if (event.type === 'conversationChanged') yield* sendEvents(event.change, turn.replyId);
      }
      const reply = (await conversations.getEvenDeleted(id))?.messages.get(turn.replyId);
      if (reply) yield { type: 'done', message: messageInfo(reply) };
    } finally {
      // If the caller leaves its loop early, stop the reply, so that it doesn't run up a bill unseen.
      if (!ended) stop();
      o.signal?.removeEventListener('abort', stop);
    }
  } finally {
    subscription.dispose();
  }
}

function* sendEvents(change: ConversationEvent, replyId: MessageId): Generator<SendEvent> {
  if (change.type === 'attempt.failed' && change.messageId === replyId) {
    yield { type: 'notice', code: change.failure.code, message: noticeText(describeFailure(change.failure)) };
  }
  if (change.type !== 'reply.appended' || change.messageId !== replyId) return;
  if (change.reasoning !== '') yield { type: 'reasoning', text: change.reasoning };
  if (change.content !== '') yield { type: 'delta', text: change.content };
}

/** Buffers events while the caller is busy. */
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

const coded = (refusal: Refusal): CodedError => new CodedError(refusal.code, noticeText(describeRefusal(refusal)));
