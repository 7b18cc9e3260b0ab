import { dayAfter, daysOf } from '../../src/application/ledger/periods';
import { type LedgerFacts, ledgerView } from '../../src/application/ledger/presenter';
import type { SpendSummary } from '../../src/application/spend/ledger';
import type { Charge } from '../../src/domain/charge';
import { conversationId, messageId, modelId, reservationId } from '../../src/domain/ids';
import { nanoUsd } from '../../src/domain/money';
import { CHARGES_PAGE, type LedgerAnswer, type LedgerPeriod, type LedgerView } from '../../src/protocol/ledger';
import { ChargesInMemory, aCharge, estimated, pending, reported, usd } from '../support/charges';
import { defaultSettings } from '../support/testCore';
import { ledgerWords } from '../support/words';

const DAY_UTC = '2026-11-20';
const EVENING_MS = Date.parse('2026-11-20T19:00:00Z');

export const summary: SpendSummary = {
  todayNanoUsd: usd(0.3139),
  monthNanoUsd: usd(3.2071),
  runningNanoUsd: nanoUsd(0),
  reservedNanoUsd: nanoUsd(0),
  pendingNanoUsd: nanoUsd(0),
  dailyLimitNanoUsd: usd(5),
  monthlyLimitNanoUsd: null,
  dayUtc: DAY_UTC,
  key: null,
};

export interface LedgerFixture {
  readonly charges: readonly Charge[];
  readonly period?: LedgerPeriod;
  readonly summary?: Partial<SpendSummary>;
  readonly listed?: (charge: Charge) => boolean;
  readonly offset?: number;
  readonly isRunning?: LedgerFacts['isRunning'];
}

/** A view made by the host's presenter. */
export async function ledgerOf({
  charges,
  period = '30days',
  summary: more,
  listed = () => true,
  offset = 0,
  isRunning = () => false,
}: LedgerFixture): Promise<LedgerView> {
  const days = daysOf(period, DAY_UTC);
  return ledgerView(ledgerWords, {
    summary: { ...summary, ...more },
    settings: defaultSettings,
    theme: 'auto',
    fromDayUtc: days.fromDayUtc,
    totals: await new ChargesInMemory(charges).chargeTotals(days),
    page: await new ChargesInMemory(charges.filter(listed)).charges({ ...days, limit: CHARGES_PAGE, offset }),
    offset,
    conversation: undefined,
    isRunning,
  });
}

export const answerOf = (view: LedgerView): LedgerAnswer => ({ kind: 'ledger', view });

const MODELS = [
  'anthropic/claude-sonnet-5',
  'openai/gpt-5.2-mini',
  'google/gemini-3-flash',
  'qwen/qwen3-coder',
  'deepseek/deepseek-v4',
  'mistralai/mistral-large-2611',
  'x-ai/grok-5',
  'meta-llama/llama-5-70b-instruct',
  'anthropic/claude-opus-5',
  'openai/gpt-5.2',
  'cohere/command-a-plus',
  'amazon/nova-premier-v2',
  'nvidia/nemotron-ultra-253b-very-long-name-for-a-narrow-page',
  'z-ai/glm-5.5-air',
];
const TITLES = [
  'Why does the SSE parser drop the last event',
  'Unit tests for the budget guard',
  'Cheaper model for summaries?',
  'Regex that is linear on hostile input, with an explanation of why the old one was not',
  'Journal format',
  'Compare sql.js with node:sqlite for full-text search',
  'First steps',
  'Evil \u202Etitle',
  'Rename a symbol across the workspace',
];

/** Charges over a number of days and models, with realistic and reproducible amounts and gaps. */
export function history({
  days,
  models,
  perDay,
}: {
  readonly days: number;
  readonly models: number;
  readonly perDay: number;
}): Charge[] {
  return Array.from({ length: days * perDay }, (_, index) => {
    const ago = Math.floor(index / perDay);
    const wave = 0.5 + 0.5 * Math.sin(ago * 1.7) * Math.cos(ago * 0.6);
    const conversation = (ago * 3 + index) % TITLES.length;
    const cost = usd(0.0007 + 0.11 * wave * (((index * 7) % 11) / 10) ** 2);
    return aCharge(index, {
      model: modelId(MODELS[(index * index + ago) % models]!),
      conversationId: conversationId(`c-${conversation + 1}`),
      runNumber: 417 - conversation,
      conversationTitle: TITLES[conversation]!,
      provider: index % 9 === 0 ? null : ['Anthropic', 'Azure', 'Google Vertex', 'Together'][index % 4]!,
      usage: {
        promptTokens: 300 + ((index * 977) % 21_000),
        completionTokens: (index * 331) % 4_000,
        reasoningTokens: 0,
        cachedTokens: 0,
        cacheWriteTokens: 0,
      },
      state: index % 13 === 5 ? estimated(cost) : reported(cost, nanoUsd(Math.round(cost * 0.979))),
      dayUtc: dayAfter(DAY_UTC, -ago),
      reservedAtMs: Date.parse(dayAfter(DAY_UTC, -ago)) + 64_800_000 - (index % perDay) * 1_900_000,
    });
  }).filter((charge) => charge.dayUtc !== dayAfter(DAY_UTC, -3));
}

export const typicalCharges = history({ days: 9, models: 4, perDay: 4 });

/** Two that ended without a bill, one that runs, one settled manually, one of a deleted conversation. */
export const pendingCharges: readonly Charge[] = [
  aCharge(-3, {
    reservedAtMs: EVENING_MS + 3 * 60_000,
    reservationId: reservationId('running'),
    messageId: messageId('m-running'),
    state: pending,
    usage: null,
    provider: null,
    generationId: null,
    worstCaseNanoUsd: usd(0.4146),
  }),
  aCharge(-2, {
    reservedAtMs: EVENING_MS + 2 * 60_000,
    reservationId: reservationId('lost'),
    state: pending,
    usage: null,
    provider: null,
    worstCaseNanoUsd: usd(0.125),
  }),
  aCharge(-1, {
    reservedAtMs: EVENING_MS + 1 * 60_000,
    reservationId: reservationId('lost-too'),
    state: pending,
    usage: null,
    provider: null,
    generationId: null,
    worstCaseNanoUsd: usd(0.05),
    model: modelId('qwen/qwen3-coder'),
  }),
  aCharge(0, {
    reservedAtMs: EVENING_MS - 0 * 60_000,
    reservationId: reservationId('by-hand'),
    state: estimated(usd(0.0214), 'person'),
  }),
  aCharge(1, {
    reservedAtMs: EVENING_MS - 1 * 60_000,
    reservationId: reservationId('gone'),
    conversationId: conversationId('c-gone'),
    runNumber: 0,
    conversationTitle: '',
  }),
  ...typicalCharges.map((charge, index) => ({ ...charge, reservationId: reservationId(`typical-${index}`) })),
];

export const pendingView = (): Promise<LedgerView> =>
  ledgerOf({
    charges: pendingCharges,
    summary: { reservedNanoUsd: usd(0.4146), pendingNanoUsd: usd(0.175), todayNanoUsd: usd(4.31) },
    isRunning: (c) => c.reservationId === 'running',
  });

export const longView = (period: LedgerPeriod = 'all'): Promise<LedgerView> =>
  ledgerOf({
    charges: history({ days: 60, models: 14, perDay: 20 }),
    period,
    summary: { todayNanoUsd: usd(5.02), monthNanoUsd: usd(41.3), monthlyLimitNanoUsd: usd(50) },
  });

export const withBranches = (view: LedgerView): LedgerView => ({
  ...view,
  branches: {
    runLabel: 'R·0417',
    title: 'Why does the SSE parser drop the last event',
    moreBranches: 0,
    branches: [
      {
        leafId: 'm-9',
        name: 'The specification accepts CR, LF and CRLF, so a CR that ends…',
        costText: '$0.0486',
        messages: 8,
        isShown: true,
      },
      { leafId: 'm-5', name: 'Use a TransformStream instead', costText: '$0.0324', messages: 4, isShown: false },
      { leafId: 'm-4', name: '', costText: '$0.0162', messages: 4, isShown: false },
    ],
  },
});

export interface LedgerPicture {
  readonly name: string;
  readonly view: () => Promise<LedgerView>;
  /** State that the page saved. */
  readonly state?: unknown;
  /** Button to press once it is shown. */
  readonly press?: string;
}

const filtered = (more: object): unknown => ({
  filter: { period: '30days', model: null, conversationId: null, onlyPending: false, ...more },
});

export const ledgerPictures: readonly LedgerPicture[] = [
  {
    name: 'empty',
    view: () =>
      ledgerOf({ charges: [], period: 'all', summary: { todayNanoUsd: nanoUsd(0), monthNanoUsd: nanoUsd(0) } }),
    state: filtered({ period: 'all' }),
  },
  { name: 'emptyPeriod', view: () => ledgerOf({ charges: [], period: '7days' }), state: filtered({ period: '7days' }) },
  {
    name: 'emptyFilter',
    view: () => ledgerOf({ charges: typicalCharges, listed: () => false }),
    state: filtered({ onlyPending: true }),
  },
  { name: 'typical', view: () => ledgerOf({ charges: typicalCharges }) },
  { name: 'long', view: () => longView(), state: filtered({ period: 'all' }) },
  { name: 'pending', view: pendingView },
  { name: 'settling', view: pendingView, press: 'Settle R·0417, ≤ $0.1250' },
  {
    name: 'branches',
    view: async () => withBranches(await ledgerOf({ charges: typicalCharges })),
    state: filtered({ conversationId: 'c-1' }),
  },
  {
    name: 'table',
    view: () => ledgerOf({ charges: typicalCharges, summary: { dailyLimitNanoUsd: usd(0.3) } }),
    press: 'Table',
  },
  {
    name: 'months',
    view: () =>
      ledgerOf({
        charges: history({ days: 200, models: 3, perDay: 2 }),
        period: 'all',
        summary: { monthlyLimitNanoUsd: usd(2.5), dailyLimitNanoUsd: null },
      }),
    state: filtered({ period: 'all' }),
  },
];
