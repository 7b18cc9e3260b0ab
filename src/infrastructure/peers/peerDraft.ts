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

/** A message while it is put together from what another extension wrote. */
export interface PeerDraft {
  /** Unique and stable within its conversation: the same file read later gives the same. */
  readonly key: string;
  readonly role: 'user' | 'assistant';
  /** Epoch milliseconds; null where that extension keeps none. */
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
 * What the other extension has recorded as cost. It is their calculation from a price list as often as the
 * provider's word, and the files do not say which, so it counts as estimated. They write 0 also for models whose
 * price they do not know: that is unknown.
 */
export function recordedCost(usd: unknown): Cost {
  const amount = typeof usd === 'number' && usd > 0 && usd <= MAX_COST_USD ? decimalOf(usd) : undefined;
  return amount ? { costNanoUsd: toNanoUsd(amount, 'nearest'), source: 'estimated' } : UNKNOWN_COST;
}

/** Two amounts of one reply. What is unknown in one of them makes the sum no less than the other. */
export function addedCost(a: Cost | undefined, b: Cost): Cost {
  if (!a || a.costNanoUsd === null) return b;
  if (b.costNanoUsd === null) return a;
  return { costNanoUsd: addUsd(a.costNanoUsd, b.costNanoUsd), source: 'estimated' };
}

/** `input` may or may not include what came from the cache: it does where it is large enough to. */
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
  /** Begins every id, so that two extensions never meet: `roo-code`. Also the tag that the conversation gets. */
  readonly peer: string;
  readonly id: string;
  readonly title: string;
  /** Used where messages have no time of their own. */
  readonly atMs: number;
  /** A model that this extension can ask as well, because it came from the same provider. */
  readonly model: ModelId | null;
}

/** The drafts as one branch. @returns undefined when nothing was said. */
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

/** Ids become parts of ours and names of files: nothing but letters, digits, `_`, `-`. */
export const isPlainId = (text: string): boolean => /^[a-z0-9][\w-]{0,99}$/i.test(text);

/** The only times that are believed: after these extensions were first made, and not of the far future. */
export const timeOf = (ms: unknown): number | null =>
  typeof ms === 'number' && ms > Date.UTC(2015, 0) && ms < Date.UTC(2200, 0) ? Math.round(ms) : null;
