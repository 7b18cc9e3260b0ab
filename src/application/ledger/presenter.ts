import { budgetLevel } from '../../domain/budget';
import type { Charge, ChargePage, ChargeSum, ChargeTotals } from '../../domain/charge';
import {
  runLabel,
  type Conversation,
  type Message,
  activeBranch,
  branchCost,
  branchTo,
  isInherited,
  titleFrom,
} from '../../domain/conversation';
import { type NanoUsd, addUsd, toDecimalUsd } from '../../domain/money';
import type { Settings } from '../../domain/ports/settings';
import {
  type BranchList,
  type ChargeRow,
  type LedgerHead,
  type LedgerView,
  MAX_LEDGER_ROWS,
} from '../../protocol/ledger';
import { atMost, spendChart, sumTexts } from './chart';
import type { MoneyWords } from '../models/moneyWords';
import type { SpendSummary } from '../spend/ledger';

export interface LedgerFacts {
  readonly summary: SpendSummary;
  readonly settings: Settings;
  readonly theme: LedgerView['theme'];
  /** First day of the period; undefined for all. */
  readonly fromDayUtc: string | undefined;
  readonly totals: ChargeTotals;
  readonly page: ChargePage;
  readonly offset: number;
  /** The selected conversation. */
  readonly conversation: Conversation | undefined;
  /** The charge's reply is streaming in this window. */
  readonly isRunning: (charge: Charge) => boolean;
}

/** The ledger's view model. Settled and pending amounts are never added up. */
export function ledgerView(words: MoneyWords, facts: LedgerFacts): LedgerView {
  const { totals, summary, page, offset, conversation } = facts;
  const models = shares(words, totals.byModel, totals.all);
  const conversations = shares(words, totals.byConversation, totals.all);
  return {
    head: ledgerHead(words, facts),
    chart: spendChart(words, totals.byDay, facts.fromDayUtc, summary.dayUtc, summary),
    models: models.rows.map(({ of, ...row }) => ({ ...row, model: of.model })),
    moreModels: models.more,
    conversations: conversations.rows.map(({ of, ...row }) => ({
      ...row,
      conversationId: of.conversationId,
      runLabel: runLabelOf(of.runNumber),
      title: of.title,
    })),
    moreConversations: conversations.more,
    estimates: deviation(totals.estimates),
    branches: conversation ? branchList(words, conversation) : null,
    charges: {
      rows: page.charges.map((charge) => chargeRow(words, charge, facts.isRunning(charge))),
      total: page.total,
      offset,
    },
    theme: facts.theme,
  };
}

function ledgerHead(words: MoneyWords, { summary, settings, totals }: LedgerFacts): LedgerHead {
  const span = (spent: NanoUsd, limit: NanoUsd | null): LedgerHead['today'] => ({
    spentText: words.money(spent),
    limitText: limit === null ? null : words.money(limit, 'exact'),
    fraction: limit === null || limit === 0 ? 0 : spent / limit,
    level: budgetLevel(spent, limit, settings.warnAtPercent),
  });
  return {
    today: span(summary.todayNanoUsd, summary.dailyLimitNanoUsd),
    month: span(summary.monthNanoUsd, summary.monthlyLimitNanoUsd),
    warnFraction: settings.warnAtPercent / 100,
    budgetDayUtc: summary.dayUtc,
    reservedText: atMost(words, summary.reservedNanoUsd),
    period: { ...sumTexts(words, totals.all), charges: totals.all.charges },
  };
}

interface Share<T> extends ReturnType<typeof sumTexts> {
  readonly of: T;
  readonly charges: number;
  readonly settledFraction: number;
  readonly pendingFraction: number;
  readonly share: number;
}

/** Bars relative to the longest; shares relative to the settled total. */
function shares<T extends ChargeSum>(
  words: MoneyWords,
  sums: readonly T[],
  all: ChargeSum,
): { readonly rows: readonly Share<T>[]; readonly more: number } {
  const longest = Math.max(1, ...sums.map((sum) => addUsd(sum.settledNanoUsd, sum.pendingNanoUsd)));
  const rows = sums.slice(0, MAX_LEDGER_ROWS).map((sum) => ({
    of: sum,
    ...sumTexts(words, sum),
    charges: sum.charges,
    settledFraction: sum.settledNanoUsd / longest,
    pendingFraction: sum.pendingNanoUsd / longest,
    share: all.settledNanoUsd === 0 ? 0 : sum.settledNanoUsd / all.settledNanoUsd,
  }));
  return { rows, more: sums.length - rows.length };
}

function deviation({ charges, estimatedNanoUsd, reportedNanoUsd }: ChargeTotals['estimates']): LedgerView['estimates'] {
  return charges === 0 || reportedNanoUsd === 0
    ? null
    : { charges, deviation: (estimatedNanoUsd - reportedNanoUsd) / reportedNanoUsd };
}

/** Empty for a conversation that is no longer known. */
const runLabelOf = (runNumber: number): string => (runNumber === 0 ? '' : runLabel(runNumber));

export function chargeRow(words: MoneyWords, charge: Charge, isRunning: boolean): ChargeRow {
  const { state, usage } = charge;
  return {
    reservationId: charge.reservationId,
    conversationId: charge.conversationId,
    messageId: charge.messageId,
    runLabel: runLabelOf(charge.runNumber),
    title: charge.conversationTitle,
    atMs: charge.reservedAtMs,
    model: charge.model,
    provider: charge.provider,
    promptTokens: usage?.promptTokens ?? null,
    completionTokens: usage?.completionTokens ?? null,
    ...(state.kind === 'settled'
      ? {
          costText: state.source === 'estimated' ? words.estimated(state.costNanoUsd) : words.money(state.costNanoUsd),
          state: state.source,
          settledBy: state.settledBy,
        }
      : {
          costText: words.atMost(charge.worstCaseNanoUsd),
          state: isRunning ? ('running' as const) : ('pending' as const),
          settledBy: null,
        }),
    generationId: charge.generationId,
    worstCaseUsd: toDecimalUsd(charge.worstCaseNanoUsd),
  };
}

/** Branches that end in the conversation's own messages. The shared messages of a fork belong to its source. */
function branchList(words: MoneyWords, conversation: Conversation): BranchList {
  const parents = new Set([...conversation.messages.values()].map((m) => m.parentId));
  const leaves = [...conversation.messages.values()].filter((m) => !parents.has(m.id) && !isInherited(conversation, m));
  const shownLeaf = activeBranch(conversation).at(-1)?.id;
  const branches = leaves
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, MAX_LEDGER_ROWS)
    .map((leaf) => {
      const branch = branchTo(conversation, leaf.id);
      return {
        leafId: leaf.id,
        name: nameOf(branch),
        costText: words.money(branchCost(conversation, branch)),
        messages: branch.length,
        isShown: leaf.id === shownLeaf,
      };
    });
  return {
    runLabel: runLabelOf(conversation.runNumber),
    title: conversation.title,
    branches,
    moreBranches: leaves.length - branches.length,
  };
}

/** Named after the last message that has text. */
function nameOf(branch: readonly Message[]): string {
  const last = branch.findLast((m) => m.content.trim() !== '');
  return last ? titleFrom(last.content.slice(0, 400)) : '';
}
