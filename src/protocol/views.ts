import * as z from 'zod';

/**
 * View models: plain JSON that the panel renders as is. Amounts are formatted text, fractions range from 0 to 1, times
 * are epoch milliseconds.
 */

export const attachmentView = z.object({
  id: z.string(),
  /** `src/parser.ts:12–48` */
  label: z.string(),
  languageId: z.string(),
  /** Exactly what is sent. Shown on demand. */
  text: z.string(),
});
export type AttachmentView = z.infer<typeof attachmentView>;

export const noticeAction = z.enum([
  'setApiKey',
  'openBudgetMenu',
  'selectModel',
  'acceptUnknownPrice',
  'retry',
  'showLog',
  'newConversation',
  'openBaseUrlSetting',
  'acceptOverrun',
  'runDiagnostics',
  'showLedger',
  'continueReply',
  'switchModel',
  'shorten',
]);
export type NoticeAction = z.infer<typeof noticeAction>;

/** Explains what happened, what was kept and what to do. */
export const noticeView = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  title: z.string(),
  detail: z.string(),
  /** Retrying before then is pointless: a countdown is shown and `retry` and `continueReply` are disabled. Epoch ms. */
  waitUntilMs: z.number().nullable(),
  actions: z.array(z.object({ action: noticeAction, label: z.string() })),
});
export type NoticeView = z.infer<typeof noticeView>;

export const entryState = z.enum(['complete', 'streaming', 'interrupted', 'cancelled', 'failed']);

/** One entry of the log: a question or a reply. */
export const entryView = z.object({
  id: z.string(),
  role: z.enum(['system', 'user', 'assistant']),
  state: entryState,
  content: z.string(),
  reasoning: z.string(),
  attachments: z.array(attachmentView),
  createdAtMs: z.number(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  /** `$0.0162`, `≈ $0.0019` while estimated, `cost unknown`, `cost pending`; empty for questions. */
  costText: z.string(),
  costSource: z.enum(['reported', 'estimated', 'unknown', 'pending']),
  promptTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  latencyMs: z.number().nullable(),
  timeToFirstTokenMs: z.number().nullable(),
  /** Measured from the first token to the last; null until known. */
  tokensPerSecond: z.number().nullable(),
  /** Earlier messages left out because they did not fit into the context window. */
  omittedMessages: z.number(),
  /** Failed requests before the one that answered, one sentence each. */
  attempts: z.array(z.string()),
  /** Id of the entry that this one continues. */
  continues: z.string().nullable(),
  /** Cost of the continued entry, `$0.0021`; empty if the entry continues none. */
  continuedCostText: z.string(),
  /** The reply can be continued. */
  canContinue: z.boolean(),
  failure: noticeView.nullable(),
  /** 1-based position among the alternatives at this place. `siblingCount` is 1 if there are none. */
  siblingNumber: z.number().int(),
  siblingCount: z.number().int(),
  /** Belongs to the conversation that this one was forked from. */
  isInherited: z.boolean(),
});
export type EntryView = z.infer<typeof entryView>;

export const budgetView = z.object({
  /** The period that the figures describe: today, or this month if its limit is closer to being reached. */
  period: z.enum(['day', 'month']),
  /** `$0.3139` */
  spentText: z.string(),
  /** `$5.00`; null without a limit. */
  limitText: z.string().nullable(),
  /** Worst case of running requests; empty when there are none. */
  reservedText: z.string(),
  /** Worst case of requests that ended without a bill; empty when there are none. */
  pendingText: z.string(),
  /** The key's remaining credit, `$20.00 left of $25.00, monthly`; empty when unlimited or unknown. */
  keyText: z.string(),
  /** Spent divided by limit. May exceed 1; 0 without a limit. */
  fraction: z.number(),
  /** Reserved and pending, divided by limit; 0 without a limit. Comes on top of `fraction`. */
  unsettledFraction: z.number(),
  warnFraction: z.number(),
  level: z.enum(['ok', 'warning', 'exhausted', 'unlimited']),
});
export type BudgetView = z.infer<typeof budgetView>;

/** Estimate for sending the composer's text now. Null if there is nothing to send or nothing is known yet. */
export const quoteView = z.object({
  /** Prompt tokens, `≈ 1,240`; empty if they could not be counted. */
  tokensText: z.string(),
  /** `≤ $0.0451`, `free` or `price unknown`. */
  costText: z.string(),
  /** `shortened`: the remaining budget caps the reply. `refused`: the message would not be sent. */
  level: z.enum(['ok', 'shortened', 'refused']),
  /** One sentence: the reason for the level, or how many earlier messages are omitted. May be empty. */
  detail: z.string(),
  /** Refused until then, epoch ms. Null if waiting does not help. */
  waitUntilMs: z.number().nullable(),
});
export type QuoteView = z.infer<typeof quoteView>;

export const connectionView = z.object({
  /** `https://openrouter.ai` */
  origin: z.string(),
  /** If false, the panel shows where requests go. */
  isOpenRouter: z.boolean(),
  /** The server requires a key and none is stored for it. */
  needsKey: z.boolean(),
});
export type ConnectionView = z.infer<typeof connectionView>;

export const modelView = z.object({
  id: z.string(),
  /** `3/15 $/M`, `free`, `price unknown` */
  priceText: z.string(),
  contextLength: z.number().nullable(),
});
export type ModelView = z.infer<typeof modelView>;

export const conversationView = z.object({
  /** Null for a new conversation, which is created with its first message. */
  id: z.string().nullable(),
  /** `R·0417`; empty for a new conversation. */
  runLabel: z.string(),
  title: z.string(),
  /** Cost of all branches. */
  costText: z.string(),
  /** Cost of the current branch without inherited messages. Empty if there is only one branch. */
  branchCostText: z.string(),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  archived: z.boolean(),
  /** Null if not a fork. `runLabel` and `title` are empty if the original was deleted. */
  forkedFrom: z
    .object({ conversationId: z.string(), messageId: z.string(), runLabel: z.string(), title: z.string() })
    .nullable(),
  /** Fraction of the context window that the branch uses; null if unknown. */
  contextFraction: z.number().nullable(),
  entries: z.array(entryView),
});
export type ConversationView = z.infer<typeof conversationView>;

/** The streaming reply; null if none is streaming in this conversation. */
export const liveView = z.object({
  entryId: z.string(),
  tokensPerSecond: z.number(),
  /** Recent samples of tokens per second, oldest first, at most 60. */
  velocity: z.array(z.number()),
  elapsedMs: z.number(),
  /** `waiting`: for the next request. `thinking`: connected, no text yet. */
  phase: z.enum(['waiting', 'connecting', 'thinking', 'streaming']),
  /** Why the request was retried and with which model; empty for a first request. */
  retryText: z.string(),
  /** Time until the next request; null unless `waiting`. */
  waitMs: z.number().nullable(),
  /** `≈ $0.0019`; empty if the price is unknown. */
  costText: z.string(),
});
export type LiveView = z.infer<typeof liveView>;

/**
 * Circuit breaker of the selected model: `open` after `threshold` consecutive failures, `halfOpen` while a test request
 * decides.
 */
export const circuitView = z.object({
  state: z.enum(['closed', 'open', 'halfOpen']),
  failures: z.number().int(),
  threshold: z.number().int(),
  /** When a test request is allowed, epoch ms; null unless `open`. */
  untilMs: z.number().nullable(),
});
export type CircuitView = z.infer<typeof circuitView>;

/** Statistics on the user's replies over all conversations. Counts are numbers of replies. */
export const telemetryView = z.object({
  ended: z.object({
    complete: z.number().int(),
    interrupted: z.number().int(),
    cancelled: z.number().int(),
    failed: z.number().int(),
  }),
  /** `label`: display name, “Overloaded”. */
  failures: z.array(
    z.object({ code: z.string(), label: z.string(), ended: z.number().int(), retried: z.number().int() }),
  ),
  partial: z.object({ count: z.number().int(), empty: z.number().int(), medianCharacters: z.number().nullable() }),
  /** Histogram. There is one count more than bounds: the last bin is unbounded. */
  firstToken: z.object({
    boundsMs: z.array(z.number()),
    counts: z.array(z.number().int()),
    medianMs: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
  tokensPerSecond: z.object({ count: z.number().int(), median: z.number().nullable(), p10: z.number().nullable() }),
});
export type TelemetryView = z.infer<typeof telemetryView>;

/** Everything a panel shows except its own state: typed text, scroll position and open drawers. */
export const panelView = z.object({
  conversation: conversationView,
  live: liveView.nullable(),
  budget: budgetView,
  connection: connectionView,
  model: modelView,
  quote: quoteView.nullable(),
  circuit: circuitView,
  /** Attachments of the message in the composer. */
  attachments: z.array(attachmentView),
  /** A problem that concerns more than one reply, such as a read-only store. */
  banner: noticeView.nullable(),
  theme: z.enum(['auto', 'phosphor', 'thermal', 'contrast', 'editor']),
});
export type PanelView = z.infer<typeof panelView>;

export const historyEntryView = z.object({
  id: z.string(),
  runLabel: z.string(),
  title: z.string(),
  model: z.string(),
  costText: z.string(),
  updatedAtMs: z.number(),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  archived: z.boolean(),
  isFork: z.boolean(),
});
export type HistoryEntryView = z.infer<typeof historyEntryView>;

export const searchHitView = z.object({
  conversationId: z.string(),
  messageId: z.string(),
  runLabel: z.string(),
  title: z.string(),
  archived: z.boolean(),
  role: z.enum(['system', 'user', 'assistant']),
  model: z.string().nullable(),
  createdAtMs: z.number(),
  /** Empty for questions and if the amount is unknown. */
  costText: z.string(),
  /** Alternates between surrounding text and matches, beginning with text. */
  excerpt: z.array(z.string()),
});
export type SearchHitView = z.infer<typeof searchHitView>;
