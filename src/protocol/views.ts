import * as z from 'zod';

/**
 * View models: plain JSON that a panel draws as it is. Amounts come as text from the one formatter of money;
 * fractions are 0 to 1; times are epoch milliseconds.
 */

export const attachmentView = z.object({
  id: z.string(),
  /** `src/parser.ts:12–48` */
  label: z.string(),
  languageId: z.string(),
  /** Exactly what will be sent, shown on demand. */
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

/** A failure in the person's words: what happened, what was kept, what to do. */
export const noticeView = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  title: z.string(),
  detail: z.string(),
  /** Until then trying again is of no use: a countdown is shown, and `retry` and `continueReply` wait for it. Epoch ms. */
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
  /** Over the time from the first token to the last; null until known. */
  tokensPerSecond: z.number().nullable(),
  /** Earlier messages that were left out because the model's window was full. */
  omittedMessages: z.number(),
  /** Requests before the one that answered, each in one sentence. */
  attempts: z.array(z.string()),
  /** The entry whose text this one goes on from. */
  continues: z.string().nullable(),
  /** What was paid for the text that this entry began with, `$0.0021`; empty unless it continues another. */
  continuedCostText: z.string(),
  /** The reply can go on from where it ends. */
  canContinue: z.boolean(),
  failure: noticeView.nullable(),
  /** Place among the entries that stand here on other branches, 1-based; `siblingCount` 1: it is the only one. */
  siblingNumber: z.number().int(),
  siblingCount: z.number().int(),
  /** Shared with the conversation that this one was forked from: shown, not paid again. */
  isInherited: z.boolean(),
});
export type EntryView = z.infer<typeof entryView>;

export const budgetView = z.object({
  /** Which budget the figures are of: today's, unless the month's is nearer to stopping the person. */
  period: z.enum(['day', 'month']),
  /** `$0.3139` */
  spentText: z.string(),
  /** `$5.00`; null without a limit. */
  limitText: z.string().nullable(),
  /** Worst case of requests that are running; empty when none. */
  reservedText: z.string(),
  /** Requests that ended without a bill; empty when none. */
  pendingText: z.string(),
  /** What the key may still spend at the provider, `$20.00 left of $25.00, monthly`; empty when it has no limit or nothing is known. */
  keyText: z.string(),
  /** Spent, of the limit; 0 without a limit. May exceed 1. */
  fraction: z.number(),
  /** Reserved and pending beyond what is spent, of the limit; 0 without a limit. */
  unsettledFraction: z.number(),
  warnFraction: z.number(),
  level: z.enum(['ok', 'warning', 'exhausted', 'unlimited']),
});
export type BudgetView = z.infer<typeof budgetView>;

/** What sending the text in the composer now would take. Null while there is nothing to send or nothing is known yet. */
export const quoteView = z.object({
  /** `≈ 1,240`, in tokens; empty when they could not be counted. */
  tokensText: z.string(),
  /** `≤ $0.0451`, `free`, `price unknown`. */
  costText: z.string(),
  /** `ok`; `shortened`: the budget leaves less than the usual length of a reply; `refused`: it would not be sent. */
  level: z.enum(['ok', 'shortened', 'refused']),
  /** Why, or which earlier messages do not fit, in one sentence; empty when there is nothing to say. */
  detail: z.string(),
  /** Refused until then, epoch ms; null: time alone changes nothing. */
  waitUntilMs: z.number().nullable(),
});
export type QuoteView = z.infer<typeof quoteView>;

export const connectionView = z.object({
  /** `https://openrouter.ai` */
  origin: z.string(),
  /** False: requests go elsewhere than to OpenRouter, and the panel says so. */
  isOpenRouter: z.boolean(),
  /** True: the server asks for a key and none is stored for it. */
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
  /** Null: a new conversation that exists once its first message is stored. */
  id: z.string().nullable(),
  /** `R·0417`; empty while new. */
  runLabel: z.string(),
  title: z.string(),
  /** Of all branches. */
  costText: z.string(),
  /** Of the branch that is shown, without what it shares with another conversation. Empty while there is one branch only. */
  branchCostText: z.string(),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  archived: z.boolean(),
  /** Null: not a fork. `runLabel` and `title` are empty when that conversation is gone. */
  forkedFrom: z
    .object({ conversationId: z.string(), messageId: z.string(), runLabel: z.string(), title: z.string() })
    .nullable(),
  /** Part of the model's window that the branch fills, 0 to 1; null when unknown. */
  contextFraction: z.number().nullable(),
  entries: z.array(entryView),
});
export type ConversationView = z.infer<typeof conversationView>;

/** The running reply; null when none streams in the conversation shown. */
export const liveView = z.object({
  entryId: z.string(),
  tokensPerSecond: z.number(),
  /** Tokens per second of the last seconds, oldest first, at most 60 samples. */
  velocity: z.array(z.number()),
  elapsedMs: z.number(),
  /** `waiting` (for the next request), `connecting`, `thinking` (nothing to show yet), `streaming`. */
  phase: z.enum(['waiting', 'connecting', 'thinking', 'streaming']),
  /** Why another request was needed and who is asked; empty in a first request. */
  retryText: z.string(),
  /** Until the next request; null unless `waiting`. */
  waitMs: z.number().nullable(),
  /** `≈ $0.0019`; empty without a price. */
  costText: z.string(),
});
export type LiveView = z.infer<typeof liveView>;

/** The circuit of the model shown. After `threshold` failures in a row it is `open`; then one request is let through as a probe. */
export const circuitView = z.object({
  state: z.enum(['closed', 'open', 'halfOpen']),
  failures: z.number().int(),
  threshold: z.number().int(),
  /** When the probe may go out, epoch ms; null unless `open`. */
  untilMs: z.number().nullable(),
});
export type CircuitView = z.infer<typeof circuitView>;

/** How the person's own replies went, over all conversations. Counts are of replies; text comes ready to draw. */
export const telemetryView = z.object({
  ended: z.object({
    complete: z.number().int(),
    interrupted: z.number().int(),
    cancelled: z.number().int(),
    failed: z.number().int(),
  }),
  /** `label` in the person's words: “Overloaded”. */
  failures: z.array(
    z.object({ code: z.string(), label: z.string(), ended: z.number().int(), retried: z.number().int() }),
  ),
  partial: z.object({ count: z.number().int(), empty: z.number().int(), medianCharacters: z.number().nullable() }),
  /** One count more than bounds: the last is beyond them. */
  firstToken: z.object({
    boundsMs: z.array(z.number()),
    counts: z.array(z.number().int()),
    medianMs: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
  tokensPerSecond: z.object({ count: z.number().int(), median: z.number().nullable(), p10: z.number().nullable() }),
});
export type TelemetryView = z.infer<typeof telemetryView>;

/** Everything a panel shows; what it adds itself is only the typed text, the scroll position and open drawers. */
export const panelView = z.object({
  conversation: conversationView,
  live: liveView.nullable(),
  budget: budgetView,
  connection: connectionView,
  model: modelView,
  quote: quoteView.nullable(),
  circuit: circuitView,
  /** Chips of the message being written. */
  attachments: z.array(attachmentView),
  /** Trouble of the whole product (store read-only, no network), not of one reply. */
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
  /** Empty for questions and unknown amounts. */
  costText: z.string(),
  /** By turns what stands around and what was searched for. */
  excerpt: z.array(z.string()),
});
export type SearchHitView = z.infer<typeof searchHitView>;
