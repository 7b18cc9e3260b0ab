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
import { describeFailure, describeRefusal } from './words/failureText';

export interface PublicApiOptions {
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly branches: Branches;
  readonly exchange: Exchange;
  readonly catalogue: ModelCatalogue;
  readonly ledger: SpendLedger;
  readonly bus: EventBus;
}

/** Hits of a search that does not say how many, and the most that one gets. */
const SEARCH_HITS = 50;
const MOST_SEARCH_HITS = 1_000;

/** A refusal as other extensions see it: an error with a code and words for a person. */
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
        parseSearch(text, Math.min(Math.max(1, Math.trunc(limit) || 1), MOST_SEARCH_HITS)),
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
          return refusing(() => exchange.exportMarkdown(known));
        case 'json':
          return refusing(() => exchange.exportJson([known]));
      }
    },
    importConversations: async (json) => {
      const { added, updated, unchanged, skipped } = await refusing(() =>
        storedOrRefused(() => exchange.importJson(json)),
      );
      // With nothing taken over at all, silence would look like success.
      if (added + updated + unchanged === 0 && skipped.length > 0)
        throw new CodedError('NOTHING_IMPORTED', skipped.map(({ what, reason }) => `${what}: ${reason}`).join(' '));
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
        if (event.type === 'conversationChanged') yield* sendEvents(event.change, turn.replyId);
      }
      const reply = (await conversations.getEvenDeleted(id))?.messages.get(turn.replyId);
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

function* sendEvents(change: ConversationEvent, replyId: MessageId): Generator<SendEvent> {
  if (change.type === 'attempt.failed' && change.messageId === replyId) {
    const { title, detail } = describeFailure(change.failure);
    yield { type: 'notice', code: change.failure.code, message: `${title} ${detail}`.trim() };
  }
  if (change.type !== 'reply.appended' || change.messageId !== replyId) return;
  if (change.reasoning !== '') yield { type: 'reasoning', text: change.reasoning };
  if (change.content !== '') yield { type: 'delta', text: change.content };
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
