import { conversationId, messageId, modelId, reservationId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { StoreEvent } from '../../../../src/domain/storeEvent';

export type EventOf<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>;

export const created = (
  id: string,
  over: Partial<EventOf<'conversation.created'>> = {},
): EventOf<'conversation.created'> => ({
  type: 'conversation.created',
  conversationId: conversationId(id),
  runNumber: 1,
  title: `Title of ${id}`,
  model: modelId('vendor/model'),
  systemPrompt: '',
  personaId: null,
  forkedFrom: null,
  atMs: 1000,
  ...over,
});

export const renamed = (id: string, title: string, atMs = 1500): EventOf<'conversation.renamed'> => ({
  type: 'conversation.renamed',
  conversationId: conversationId(id),
  title,
  atMs,
});

export const added = (
  conversation: string,
  id: string,
  over: Partial<EventOf<'message.added'>> = {},
): EventOf<'message.added'> => ({
  type: 'message.added',
  conversationId: conversationId(conversation),
  messageId: messageId(id),
  parentId: null,
  role: 'user',
  content: `Text of ${id}`,
  attachments: [],
  state: 'complete',
  model: null,
  truncatedMessages: 0,
  continues: null,
  atMs: 2000,
  ...over,
});

export const shell = (conversation: string, id: string, parent: string | null = null): EventOf<'message.added'> =>
  added(conversation, id, {
    role: 'assistant',
    content: '',
    state: 'streaming',
    model: modelId('vendor/model'),
    parentId: parent === null ? null : messageId(parent),
  });

/** A failed attempt before the request that produced the reply. */
export const attempted = (
  conversation: string,
  id: string,
  over: Partial<EventOf<'attempt.failed'>> = {},
): EventOf<'attempt.failed'> => ({
  type: 'attempt.failed',
  conversationId: conversationId(conversation),
  messageId: messageId(id),
  attempt: 1,
  model: modelId('vendor/model'),
  failure: { code: 'OVERLOADED', detail: '' },
  elapsedMs: 300,
  atMs: 2500,
  ...over,
});

export const appended = (
  conversation: string,
  id: string,
  offset: number,
  content: string,
  over: Partial<EventOf<'reply.appended'>> = {},
): EventOf<'reply.appended'> => ({
  type: 'reply.appended',
  conversationId: conversationId(conversation),
  messageId: messageId(id),
  contentOffset: offset,
  content,
  reasoningOffset: 0,
  reasoning: '',
  atMs: 3000,
  ...over,
});

export const ended = (
  conversation: string,
  id: string,
  over: Partial<EventOf<'reply.ended'>> = {},
): EventOf<'reply.ended'> => ({
  type: 'reply.ended',
  conversationId: conversationId(conversation),
  messageId: messageId(id),
  state: 'complete',
  failure: null,
  model: modelId('vendor/model-2026'),
  provider: 'Upstream',
  usage: { promptTokens: 10, completionTokens: 5, reasoningTokens: 1, cachedTokens: 2, cacheWriteTokens: 0 },
  cost: { costNanoUsd: nanoUsd(64_000), source: 'reported' },
  timeToFirstTokenMs: 120,
  latencyMs: 900,
  finishReason: 'stop',
  generationId: null,
  atMs: 4000,
  ...over,
});

export const billed = (
  conversation: string,
  id: string,
  over: Partial<EventOf<'reply.billed'>> = {},
): EventOf<'reply.billed'> => ({
  type: 'reply.billed',
  conversationId: conversationId(conversation),
  messageId: messageId(id),
  cost: { costNanoUsd: nanoUsd(64_000), source: 'reported' },
  usage: null,
  provider: null,
  atMs: 9000,
  ...over,
});

export const reserved = (id: string, worstCase = 1_000_000): EventOf<'spend.reserved'> => ({
  type: 'spend.reserved',
  reservationId: reservationId(id),
  conversationId: conversationId('c1'),
  messageId: messageId('m1'),
  model: modelId('vendor/model'),
  worstCaseNanoUsd: nanoUsd(worstCase),
  quote: { promptTokens: 12, maxTokens: 1000 },
  dayUtc: '2026-11-20',
  atMs: 2500,
});

export const settled = (id: string, cost = 64_000): EventOf<'spend.settled'> => ({
  type: 'spend.settled',
  reservationId: reservationId(id),
  costNanoUsd: nanoUsd(cost),
  source: 'reported',
  settledBy: 'stream',
  estimateNanoUsd: nanoUsd(60_000),
  usage: null,
  provider: null,
  generationId: null,
  atMs: 4000,
});
