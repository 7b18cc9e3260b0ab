import {
  type Attachment,
  type Cost,
  type Message,
  type MessageState,
  isUntitled,
  titleFrom,
} from '../../domain/conversation';
import type { Failure } from '../../domain/failure';
import { type ModelId, conversationId, messageId, modelId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { ZERO_USD, addUsd, decimalOf, toNanoUsd } from '../../domain/money';
import type { TokenUsage } from '../../domain/price';

/** A message of another extension while it is being read. */
export interface PeerDraft {
  /** Unique within its conversation, and the same each time the file is read. */
  readonly key: string;
  readonly role: 'user' | 'assistant';
  /** Epoch milliseconds; null if the extension doesn't store it. */
  readonly atMs: number | null;
  readonly parts: string[];
  readonly reasoning: string[];
  readonly attachments: Attachment[];
  state: Exclude<MessageState, 'streaming'>;
  model?: string;
  provider?: string;
  usage?: TokenUsage;
  cost?: Cost;
  failure?: Failure;
}

export const UNKNOWN_COST: Cost = { costNanoUsd: null, source: 'unknown' };
/** A higher recorded amount must be an error. */
const MAX_COST_USD = 1_000;

export const aDraft = (key: string, role: PeerDraft['role'], atMs: number | null): PeerDraft => ({
  key,
  role,
  atMs,
  parts: [],
  reasoning: [],
  attachments: [],
  state: 'complete',
});

/**
 * The cost that the other extension recorded. It comes from the provider or from a price list, and the files don't say
 * which, so it counts as estimated. Zero may also mean an unknown price, so it counts as unknown.
 */
export function recordedCost(usd: unknown): Cost {
  const amount = typeof usd === 'number' && usd > 0 && usd <= MAX_COST_USD ? decimalOf(usd) : undefined;
  return amount ? { costNanoUsd: toNanoUsd(amount, 'nearest'), source: 'estimated' } : UNKNOWN_COST;
}

/** The sum of two amounts of one reply. If one is unknown, the sum is the other. */
export function addedCost(a: Cost | undefined, b: Cost): Cost {
  if (!a || a.costNanoUsd === null) return b;
  if (b.costNanoUsd === null) return a;
  return { costNanoUsd: addUsd(a.costNanoUsd, b.costNanoUsd), source: 'estimated' };
}

/** `input` may include cached tokens. It is assumed to if it is large enough. */
export function recordedUsage(
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
): TokenUsage | undefined {
  const [i, o, r, w] = [input, output, cacheRead, cacheWrite].map((n) =>
    Number.isFinite(n) && n > 0 && n < 1e9 ? Math.round(n) : 0,
  );
  if (i === undefined || o === undefined || r === undefined || w === undefined || i + o === 0) return undefined;
  return {
    promptTokens: i >= r + w ? i : i + r + w,
    completionTokens: o,
    reasoningTokens: 0,
    cachedTokens: r,
    cacheWriteTokens: w,
  };
}

export interface PeerOrigin {
  /** Prefix of ids, so that extensions don't collide, and the conversation's tag: `roo-code`. */
  readonly peer: string;
  readonly id: string;
  readonly title: string;
  /** For messages without a time. */
  readonly atMs: number;
  /** A model of OpenRouter, which this extension can also use. */
  readonly model: ModelId | null;
}

/** The drafts as one branch. @returns undefined if there is no text */
export function conversationOf(origin: PeerOrigin, drafts: readonly PeerDraft[]): IncomingConversation | undefined {
  const id = conversationId(`${origin.peer}-${origin.id}`);
  const said = drafts.filter(
    (d) => d.parts.length + d.reasoning.length + d.attachments.length > 0 || d.cost !== undefined,
  );
  const messages: Message[] = [];
  for (const draft of said) messages.push(messageOf(draft, id, messages.at(-1), origin.atMs));
  const [first] = messages;
  if (!first || !messages.some((m) => m.content !== '' || m.reasoning !== '')) return undefined;
  const times = messages.map((m) => m.createdAtMs);
  const title = titleFrom(origin.title);
  return {
    id,
    runNumber: null,
    title: isUntitled(title) ? titleFrom(said.find((d) => d.parts.length > 0)?.parts[0] ?? '') : title,
    model: origin.model,
    systemPrompt: '',
    personaId: null,
    tags: [origin.peer],
    pinned: false,
    archived: false,
    createdAtMs: times.reduce((a, b) => Math.min(a, b)),
    updatedAtMs: times.reduce((a, b) => Math.max(a, b)),
    forkedFrom: null,
    scope: 'whole',
    activeLeafId: messages.at(-1)?.id ?? null,
    messages,
  };
}

function messageOf(d: PeerDraft, id: IncomingConversation['id'], parent: Message | undefined, atMs: number): Message {
  return {
    id: messageId(`${id}-${d.key}`),
    conversationId: id,
    parentId: parent?.id ?? null,
    role: d.role,
    content: d.parts.join('\n\n'),
    reasoning: d.reasoning.join('\n\n'),
    attachments: d.attachments,
    state: d.state,
    ...(d.failure ? { failure: d.failure } : {}),
    ...(d.model ? { model: modelId(d.model) } : {}),
    ...(d.provider ? { provider: d.provider } : {}),
    ...(d.usage ? { usage: d.usage } : {}),
    cost: d.role === 'assistant' ? (d.cost ?? UNKNOWN_COST) : { costNanoUsd: ZERO_USD, source: 'reported' },
    omittedMessages: 0,
    failedAttempts: [],
    createdAtMs: d.atMs ?? parent?.createdAtMs ?? atMs,
  };
}

/** Ids become part of our ids and file names: only letters, digits, `_` and `-`. */
export const isPlainId = (text: string): boolean => /^[a-z0-9][\w-]{0,99}$/i.test(text);

/** Null for implausible times: before these extensions existed, or far in the future. */
export const timeOf = (ms: unknown): number | null =>
  typeof ms === 'number' && ms > Date.UTC(2015, 0) && ms < Date.UTC(2200, 0) ? Math.round(ms) : null;
