import type { ModelRecord } from '../../domain/charge';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { NanoUsd } from '../../domain/money';
import { type ModelPrice, type RateOverride, type Rates, estimateCost, perMillionTokens } from '../../domain/price';

/** What the model picker shows about a model. */
export interface ModelChoice {
  readonly model: ModelId;
  readonly name: string;
  readonly isFavourite: boolean;
  readonly isCurrent: boolean;
  /** Undefined: the provider's list doesn't contain it. */
  readonly listed: Model | undefined;
  /** Prompts above this many tokens have a higher rate; null when none do. */
  readonly higherRateAboveTokens: number | null;
  /** Prices depend on the hour or the weekday. */
  readonly hasTimedPrices: boolean;
  readonly capabilities: readonly ModelCapability[];
  /** Estimated cost of the next message in this conversation; null when unknown or free. */
  readonly turnNanoUsd: NanoUsd | null;
  /** Undefined: no replies yet. */
  readonly record: ModelRecord | undefined;
}

export type ModelCapability = 'vision' | 'tools' | 'reasoning';

export interface ModelGroup {
  readonly group: 'favourites' | 'used' | 'all';
  readonly choices: readonly ModelChoice[];
}

export type ModelOrder = 'listed' | 'price';

export interface ModelChoicesInput {
  readonly models: readonly Model[];
  readonly records: readonly ModelRecord[];
  readonly favourites: readonly ModelId[];
  readonly current: ModelId;
  /** Prompt tokens of the next message in this conversation; null when unknown. */
  readonly promptTokens: number | null;
  readonly order: ModelOrder;
  /** Epoch milliseconds. Some prices depend on the hour. */
  readonly nowMs: number;
}

/** Assumed length of a reply when the model has no record yet. */
const USUAL_REPLY_TOKENS = 500;
/** Size of the group of used models. */
const MAX_USED = 8;

/**
 * Favourites, then the most used, then all others; each model once. Models that the user has starred or used are
 * included even if the provider's list lacks them (offline, or no longer offered).
 */
export function modelGroups(input: ModelChoicesInput): readonly ModelGroup[] {
  const listed = new Map(input.models.map((m) => [m.id, m]));
  const records = new Map(input.records.map((r) => [r.model, r]));
  const ordered = (ids: readonly ModelId[]): readonly ModelId[] =>
    input.order === 'price' ? byPrice(ids, listed) : ids;
  const favourites = [...new Set(input.favourites)];
  const used = input.records
    .filter((r) => r.replies > 0)
    .toSorted((a, b) => b.replies - a.replies)
    .map((r) => r.model);
  const usedMost = without(
    input.current !== '' && !listed.has(input.current) ? [input.current, ...used] : used,
    favourites,
  ).slice(0, MAX_USED);
  const others = without(
    input.models.map((m) => m.id),
    [...favourites, ...usedMost],
  );
  const choice = (id: ModelId): ModelChoice => choiceOf(id, listed.get(id), records.get(id), input);
  const groups: ModelGroup[] = [
    { group: 'favourites', choices: ordered(favourites).map(choice) },
    { group: 'used', choices: ordered(usedMost).map(choice) },
    { group: 'all', choices: ordered(others).map(choice) },
  ];
  return groups.filter(({ choices }) => choices.length > 0);
}

const without = (ids: readonly ModelId[], taken: readonly ModelId[]): ModelId[] =>
  [...new Set(ids)].filter((id) => !taken.includes(id));

function choiceOf(
  id: ModelId,
  listed: Model | undefined,
  record: ModelRecord | undefined,
  { favourites, current, promptTokens, nowMs }: ModelChoicesInput,
): ModelChoice {
  const overrides = listed?.price?.overrides ?? [];
  return {
    model: id,
    name: listed?.name ?? id,
    isFavourite: favourites.includes(id),
    isCurrent: id === current,
    listed,
    higherRateAboveTokens: listed?.price ? higherRateAbove(listed.price) : null,
    hasTimedPrices: overrides.some((o) => o.utcMinutes !== undefined || o.utcDays !== undefined),
    capabilities: listed ? capabilities(listed) : [],
    turnNanoUsd: turnCost(listed?.price ?? null, promptTokens, record, nowMs),
    record: record && record.replies > 0 ? record : undefined,
  };
}

/** Sorts by the price of one token in plus one token out. Unknown prices come last. */
function byPrice(ids: readonly ModelId[], listed: ReadonlyMap<ModelId, Model>): readonly ModelId[] {
  const sum = (id: ModelId): number => {
    const price = listed.get(id)?.price;
    return price ? perMillionTokens(price.prompt) + perMillionTokens(price.completion) : Infinity;
  };
  // Two unknown prices differ by NaN, which counts as equal: they keep the order of the list.
  return ids.toSorted((a, b) => sum(a) - sum(b));
}

function higherRateAbove({ prompt, completion, overrides = [] }: ModelPrice): number | null {
  const isMoreExpensive = ({ rates }: RateOverride): boolean =>
    above(rates.prompt, prompt) || above(rates.completion, completion);
  const thresholds = overrides.flatMap((o) =>
    o.abovePromptTokens !== undefined && isMoreExpensive(o) ? [o.abovePromptTokens] : [],
  );
  return thresholds.length > 0 ? Math.min(...thresholds) : null;
}

const above = (rate: Rates['prompt'] | undefined, base: Rates['prompt']): boolean =>
  rate !== undefined && perMillionTokens(rate) > perMillionTokens(base);

function capabilities({ inputModalities, supportedParameters }: Model): ModelCapability[] {
  return [
    ...(inputModalities.includes('image') ? (['vision'] as const) : []),
    ...(supportedParameters.includes('tools') ? (['tools'] as const) : []),
    ...(supportedParameters.includes('reasoning') ? (['reasoning'] as const) : []),
  ];
}

function turnCost(
  price: ModelPrice | null,
  promptTokens: number | null,
  record: ModelRecord | undefined,
  nowMs: number,
): NanoUsd | null {
  if (!price || promptTokens === null) return null;
  const completionTokens = Math.round(record?.medianCompletionTokens ?? USUAL_REPLY_TOKENS);
  const cost = estimateCost(
    price,
    { promptTokens, completionTokens, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    nowMs,
  );
  return cost === 0 ? null : cost;
}
