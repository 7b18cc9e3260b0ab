import * as z from 'zod';
import { noticeAction, noticeView, panelView } from './views';

/**
 * Messages between the ledger's page and its host. Each request carries the whole filter and each answer the whole
 * view, so the host keeps no state per page. The host only reports when earlier answers may be outdated.
 */

/** Increased when the meaning of a message changes. */
export const LEDGER_PROTOCOL_VERSION = 1;
/** Charges per page of the list. */
export const CHARGES_PAGE = 100;
/** Most rows of models, conversations or branches in a view, the most expensive first. The rest is a count. */
export const MAX_LEDGER_ROWS = 200;
/** Longest amount that can be typed. */
export const MAX_AMOUNT_CHARACTERS = 40;

const requestId = z.string().min(1).max(64);
const id = z.string().min(1).max(128);
const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);

export const ledgerPeriod = z.enum(['7days', '30days', 'month', 'all']);
export type LedgerPeriod = z.infer<typeof ledgerPeriod>;

/** `period` applies to the whole view, the other fields to the list of charges and to the export. */
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
  /** Answered with `ledger`. An offset past the end gives the last page. */
  z.object({ type: z.literal('load'), requestId, filter: ledgerFilter, offset: count }),
  z.object({ type: z.literal('openConversation'), requestId, conversationId: id }),
  z.object({ type: z.literal('openMessage'), requestId, conversationId: id, messageId: id }),
  /** `amountUsd`: a decimal number of dollars as typed; `0` means not charged. */
  z.object({
    type: z.literal('settle'),
    requestId,
    reservationId: id,
    amountUsd: z.string().max(MAX_AMOUNT_CHARACTERS),
  }),
  /** Answered when the save dialog opens. */
  z.object({ type: z.literal('exportCsv'), requestId, filter: ledgerFilter }),
  z.object({ type: z.literal('noticeAction'), requestId, action: noticeAction }),
]);
export type LedgerMessage = z.infer<typeof ledgerMessage>;
/** Messages that get exactly one `answer`. */
export type LedgerRequest = Extract<LedgerMessage, { requestId: string }>;

/** Settled and pending amounts are never added up. `pendingText` is a worst case, empty when nothing is pending. */
const sums = z.object({ settledText: z.string(), pendingText: z.string(), charges: count });

/** Lengths of a bar as fractions of the scale: the settled amount, then the worst case of what is pending. */
const bar = z.object({ settledFraction: fraction, pendingFraction: fraction });

/** One budget period. `fraction` is spent divided by limit: above 1 if the limit is exceeded, 0 without a limit. */
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
  /** The current budget day, UTC. */
  budgetDayUtc: z.string(),
  /** Worst case of the requests that this window is running; empty when there are none. */
  reservedText: z.string(),
  period: sums,
});
export type LedgerHead = z.infer<typeof ledgerHead>;

/** Spend over time, by day, or by month for long periods. */
const spendChart = z.object({
  unit: z.enum(['day', 'month']),
  /** Oldest first, without gaps. `label`: `2026-11-20` or `2026-11`, UTC. */
  slots: z.array(sums.extend(bar.shape).extend({ label: z.string() })),
  /** Round amounts from zero to the top of the scale. */
  axis: z.array(z.object({ fraction, text: z.string() })),
  /** The limit per slot. `fraction` is null if the limit is above the scale. */
  limit: z.object({ fraction: fraction.nullable(), text: z.string() }).nullable(),
});
export type SpendChart = z.infer<typeof spendChart>;

/** `share`: fraction of the period's settled amount. */
const shareRow = sums.extend(bar.shape).extend({ share: fraction });
const modelShare = shareRow.extend({ model: z.string() });
export type ModelShare = z.infer<typeof modelShare>;
/** `runLabel` is empty if the conversation was deleted. */
const conversationShare = shareRow.extend({ conversationId: z.string(), runLabel: z.string(), title: z.string() });
export type ConversationShare = z.infer<typeof conversationShare>;

const branchList = z.object({
  runLabel: z.string(),
  title: z.string(),
  /** Newest first. `name`: the first words of the last message, empty if it has no text. */
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
  /** `running`: the reply is streaming in this window, so there is nothing to settle yet. */
  state: z.enum(['reported', 'estimated', 'pending', 'running']),
  settledBy: z.enum(['stream', 'generation', 'person']).nullable(),
  /** Identifies the request in the provider's log. */
  generationId: z.string().nullable(),
  /** The largest amount it can be settled with, exact, in dollars. */
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
  /** Error of our estimates: (estimated − reported) / reported. Null if there is nothing to compare. */
  estimates: z.object({ charges: count, deviation: z.number() }).nullable(),
  /** Null if no conversation is selected or it was deleted. */
  branches: branchList.nullable(),
  charges: z.object({ rows: z.array(chargeRow), total: count, offset: count }),
  theme: panelView.shape.theme,
});
export type LedgerView = z.infer<typeof ledgerView>;

export const ledgerAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok') }),
  z.object({ kind: z.literal('ledger'), view: ledgerView }),
  /** Nothing was done. The notice says why and what to do. */
  z.object({ kind: z.literal('refused'), notice: noticeView }),
]);
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;

/** Host → page. */
export const ledgerHostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), requestId: z.string(), answer: ledgerAnswer }),
  /** Earlier answers may be outdated. */
  z.object({ type: z.literal('changed') }),
]);
export type LedgerHostMessage = z.infer<typeof ledgerHostMessage>;
