import type { Charge, ChargePage, ChargePeriod, ChargeQuery, ChargeSum, ChargeTotals } from '../../src/domain/charge';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../src/domain/ids';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../src/domain/money';

/** `$0.0162` is `usd(0.0162)`, for readable amounts in tests. */
export const usd = (dollars: number): NanoUsd => nanoUsd(Math.round(dollars * 1e9));

/** Noon of the day of the first charge; each further one is a minute older. */
const NOON_MS = Date.parse('2026-11-20T12:00:00Z');

/** A charge that the provider reported; `number` makes it unique. */
export function aCharge(number: number, more: Partial<Charge> = {}): Charge {
  return {
    reservationId: reservationId(`res-${number}`),
    conversationId: conversationId('c-1'),
    runNumber: 417,
    conversationTitle: 'Why does the SSE parser drop the last event',
    messageId: messageId(`m-${number}`),
    model: modelId('anthropic/claude-sonnet-5'),
    provider: 'Anthropic',
    generationId: generationId(`gen-1763640000-${number}`),
    worstCaseNanoUsd: usd(0.05),
    quote: { promptTokens: 400, maxTokens: 1000 },
    usage: { promptTokens: 412, completionTokens: 1033, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    state: reported(usd(0.0162), usd(0.016)),
    dayUtc: '2026-11-20',
    reservedAtMs: NOON_MS - number * 60_000,
    ...more,
  };
}

export const reported = (costNanoUsd: NanoUsd, estimateNanoUsd: NanoUsd | null = null): Charge['state'] => ({
  kind: 'settled',
  costNanoUsd,
  source: 'reported',
  settledBy: 'stream',
  estimateNanoUsd,
  atMs: NOON_MS,
});
export const estimated = (costNanoUsd: NanoUsd, settledBy: 'stream' | 'person' = 'stream'): Charge['state'] => ({
  kind: 'settled',
  costNanoUsd,
  source: 'estimated',
  settledBy,
  estimateNanoUsd: costNanoUsd,
  atMs: NOON_MS,
});
export const pending: Charge['state'] = { kind: 'pending' };

/** The store's part of the ledger, by the contract of `ConversationStore`. */
export class ChargesInMemory {
  readonly queries: ChargeQuery[] = [];
  constructor(public all: readonly Charge[]) {}

  async charges(query: ChargeQuery): Promise<ChargePage> {
    this.queries.push(query);
    const found = within(this.all, query).filter(
      (c) =>
        (query.conversationId === undefined || c.conversationId === query.conversationId) &&
        (query.model === undefined || c.model === query.model) &&
        (!query.onlyPending || c.state.kind === 'pending'),
    );
    const newestFirst = found.toSorted((a, b) => b.reservedAtMs - a.reservedAtMs);
    return { charges: newestFirst.slice(query.offset, query.offset + query.limit), total: found.length };
  }

  async chargeTotals(period: ChargePeriod): Promise<ChargeTotals> {
    const charges = within(this.all, period);
    const both = charges.flatMap((c) =>
      c.state.kind === 'settled' && c.state.source === 'reported' && c.state.estimateNanoUsd !== null
        ? [{ estimate: c.state.estimateNanoUsd, cost: c.state.costNanoUsd }]
        : [],
    );
    return {
      all: sumOf(charges),
      byDay: groups(charges, (c) => c.dayUtc)
        .map(([dayUtc, some]) => ({ ...sumOf(some), dayUtc }))
        .toSorted((a, b) => (a.dayUtc < b.dayUtc ? -1 : 1)),
      byModel: groups(charges, (c) => c.model)
        .map(([, some]) => ({ ...sumOf(some), model: some[0]!.model }))
        .toSorted(byAmount),
      byConversation: groups(charges, (c) => c.conversationId)
        .map(([, some]) => ({
          ...sumOf(some),
          conversationId: some[0]!.conversationId,
          runNumber: some[0]!.runNumber,
          title: some[0]!.conversationTitle,
        }))
        .toSorted(byAmount),
      estimates: {
        charges: both.length,
        estimatedNanoUsd: addUsd(...both.map((b) => b.estimate)),
        reportedNanoUsd: addUsd(...both.map((b) => b.cost)),
      },
    };
  }
}

const within = (charges: readonly Charge[], { fromDayUtc, toDayUtc }: ChargePeriod): readonly Charge[] =>
  charges.filter(
    (c) => (fromDayUtc === undefined || c.dayUtc >= fromDayUtc) && (toDayUtc === undefined || c.dayUtc <= toDayUtc),
  );

const byAmount = (a: ChargeSum, b: ChargeSum): number =>
  b.settledNanoUsd + b.pendingNanoUsd - a.settledNanoUsd - a.pendingNanoUsd;

function groups(charges: readonly Charge[], keyOf: (charge: Charge) => string): [string, Charge[]][] {
  const found = new Map<string, Charge[]>();
  for (const charge of charges) found.set(keyOf(charge), [...(found.get(keyOf(charge)) ?? []), charge]);
  return [...found];
}

function sumOf(charges: readonly Charge[]): ChargeSum {
  return {
    settledNanoUsd: addUsd(...charges.map((c) => (c.state.kind === 'settled' ? c.state.costNanoUsd : ZERO_USD))),
    pendingNanoUsd: addUsd(...charges.map((c) => (c.state.kind === 'pending' ? c.worstCaseNanoUsd : ZERO_USD))),
    charges: charges.length,
    promptTokens: charges.reduce((sum, c) => sum + (c.usage?.promptTokens ?? 0), 0),
    completionTokens: charges.reduce((sum, c) => sum + (c.usage?.completionTokens ?? 0), 0),
  };
}
