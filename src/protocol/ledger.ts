import * as z from 'zod';
import { noticeAction, noticeView, panelView } from './views';

/**
 * The ledger's page and its host. The page asks with the whole filter and gets the whole view; the host keeps nothing
 * of what the page looks at. It only says when an earlier answer may no longer be so.
 */

/** Raised when a message changes its meaning. */
export const LEDGER_PROTOCOL_VERSION = 1;
/** Charges in one view. */
export const CHARGES_PAGE = 100;
/** Rows of models, conversations or branches in one view; the dearest, and how many more there are. */
export const MAX_LEDGER_ROWS = 200;
/** Longest amount that a person may type. */
export const MAX_AMOUNT_CHARACTERS = 40;

const requestId = z.string().min(1).max(64);
const id = z.string().min(1).max(128);
const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);

export const ledgerPeriod = z.enum(['7days', '30days', 'month', 'all']);
export type LedgerPeriod = z.infer<typeof ledgerPeriod>;

/** `period` holds for all of the view, the rest for the list of charges and what is exported. */
export const ledgerFilter = z.object({
  period: ledgerPeriod,
  model: z.string().min(1).max(512).nullable(),
  conversationId: id.nullable(),
  onlyPending: z.boolean(),
});
export type LedgerFilter = z.infer<typeof ledgerFilter>;

/** Page → host. */
export const ledgerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.number() }),
  /** Answered by `ledger`. An offset past the end shows the last page. */
  z.object({ type: z.literal('load'), requestId, filter: ledgerFilter, offset: count }),
  z.object({ type: z.literal('openConversation'), requestId, conversationId: id }),
  z.object({ type: z.literal('openMessage'), requestId, conversationId: id, messageId: id }),
  /** A decimal number of dollars as the person typed it; `0`: not charged. */
  z.object({
    type: z.literal('settle'),
    requestId,
    reservationId: id,
    amountUsd: z.string().max(MAX_AMOUNT_CHARACTERS),
  }),
  /** Answered when the dialog opens. */
  z.object({ type: z.literal('exportCsv'), requestId, filter: ledgerFilter }),
  z.object({ type: z.literal('noticeAction'), requestId, action: noticeAction }),
]);
export type LedgerMessage = z.infer<typeof ledgerMessage>;
/** Messages that get exactly one `answer`. */
export type LedgerRequest = Extract<LedgerMessage, { requestId: string }>;

/** What is settled and what may still come, never in one sum. `pendingText` is a worst case, empty when none is pending. */
const sums = z.object({ settledText: z.string(), pendingText: z.string(), charges: count });

/** Lengths of a bar, as parts of the whole scale: the settled amount, and the worst case of what is pending behind it. */
const bar = z.object({ settledFraction: fraction, pendingFraction: fraction });

/** One period of the budget. `fraction` is settled of limit and may exceed 1; 0 without a limit. */
const budgetSpan = z.object({
  spentText: z.string(),
  limitText: z.string().nullable(),
  fraction: z.number().nonnegative(),
  level: z.enum(['ok', 'warning', 'exhausted', 'unlimited']),
});

const ledgerHead = z.object({
  today: budgetSpan,
  month: budgetSpan,
  warnFraction: fraction,
  /** UTC day whose budget counts. */
  budgetDayUtc: z.string(),
  /** Worst case of requests that are running in this window; empty when none. */
  reservedText: z.string(),
  period: sums,
});
export type LedgerHead = z.infer<typeof ledgerHead>;

/** Spend over time: days, or months where days would be too many to tell apart. */
const spendChart = z.object({
  unit: z.enum(['day', 'month']),
  /** Oldest first, without a gap. `label`: `2026-11-20` or `2026-11`, UTC. */
  slots: z.array(sums.extend(bar.shape).extend({ label: z.string() })),
  /** Round amounts from zero to the top of the scale. */
  axis: z.array(z.object({ fraction, text: z.string() })),
  /** The limit of one slot; `fraction` null: it is far above the scale. */
  limit: z.object({ fraction: fraction.nullable(), text: z.string() }).nullable(),
});
export type SpendChart = z.infer<typeof spendChart>;

/** `share`: part of what is settled in the period. */
const shareRow = sums.extend(bar.shape).extend({ share: fraction });
const modelShare = shareRow.extend({ model: z.string() });
export type ModelShare = z.infer<typeof modelShare>;
/** `runLabel` empty: the conversation is gone. */
const conversationShare = shareRow.extend({ conversationId: z.string(), runLabel: z.string(), title: z.string() });
export type ConversationShare = z.infer<typeof conversationShare>;

const branchList = z.object({
  runLabel: z.string(),
  title: z.string(),
  /** Newest first. `name`: the first words of its last message, empty when that has none. */
  branches: z.array(
    z.object({ leafId: z.string(), name: z.string(), costText: z.string(), messages: count, isShown: z.boolean() }),
  ),
  moreBranches: count,
});
export type BranchList = z.infer<typeof branchList>;

const chargeRow = z.object({
  reservationId: z.string(),
  conversationId: z.string(),
  messageId: z.string(),
  runLabel: z.string(),
  title: z.string(),
  atMs: z.number(),
  model: z.string(),
  provider: z.string().nullable(),
  promptTokens: count.nullable(),
  completionTokens: count.nullable(),
  /** `$0.0162`, `≈ $0.0019` when estimated, `≤ $0.0146` while pending. */
  costText: z.string(),
  /** `running`: its reply streams in this window, so there is nothing to settle yet. */
  state: z.enum(['reported', 'estimated', 'pending', 'running']),
  settledBy: z.enum(['stream', 'generation', 'person']).nullable(),
  /** What the provider's log calls this request. */
  generationId: z.string().nullable(),
  /** Exact, in dollars: the most that it can be settled with. */
  worstCaseUsd: z.string(),
});
export type ChargeRow = z.infer<typeof chargeRow>;

export const ledgerView = z.object({
  head: ledgerHead,
  chart: spendChart,
  models: z.array(modelShare),
  moreModels: count,
  conversations: z.array(conversationShare),
  moreConversations: count,
  /** How far the program's own reckoning was off: (estimated − reported) / reported. Null: nothing to compare. */
  estimates: z.object({ charges: count, deviation: z.number() }).nullable(),
  /** Null: no conversation is chosen, or it is gone. */
  branches: branchList.nullable(),
  charges: z.object({ rows: z.array(chargeRow), total: count, offset: count }),
  theme: panelView.shape.theme,
});
export type LedgerView = z.infer<typeof ledgerView>;

export const ledgerAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok') }),
  z.object({ kind: z.literal('ledger'), view: ledgerView }),
  /** Nothing was done; the notice says why and what to do. */
  z.object({ kind: z.literal('refused'), notice: noticeView }),
]);
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;

/** Host → page. */
export const ledgerHostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), requestId: z.string(), answer: ledgerAnswer }),
  /** What was answered before may no longer be so. */
  z.object({ type: z.literal('changed') }),
]);
export type LedgerHostMessage = z.infer<typeof ledgerHostMessage>;
