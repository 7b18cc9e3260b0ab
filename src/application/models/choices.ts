import type { ModelRecord } from '../../domain/charge';
import type { ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import { formatUsd } from '../../domain/money';
import { type ModelPrice, type RateOverride, type Rates, estimateCost, perMillionTokens } from '../../domain/price';
import { priceText } from './priceText';

/** What the person gets to know about a model before choosing it. Every text may be empty. */
export interface ModelChoice {
  readonly model: ModelId;
  readonly name: string;
  readonly isFavourite: boolean;
  readonly isCurrent: boolean;
  /** `3/15 $/M`, `free`, `price unknown`, `not in the list` */
  readonly priceText: string;
  /** `dearer above 272k tokens` */
  readonly overrideText: string;
  /** `200k window` */
  readonly contextText: string;
  readonly capabilities: readonly string[];
  /** `this conversation ≈ $0.0123 a turn` */
  readonly turnText: string;
  /** `41 replies, $0.52, 62 tok/s, first token 0.8 s` */
  readonly recordText: string;
}

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
  /** What a message in this conversation sends; null when nothing is known. */
  readonly promptTokens: number | null;
  readonly order: ModelOrder;
  /** When a turn would be asked, epoch milliseconds: some prices depend on the hour. */
  readonly nowMs: number;
}

/** A reply of unknown length is reckoned with this many tokens. */
const USUAL_REPLY_TOKENS = 500;
/** A shelf of models that were used holds no more. */
const MOST_USED = 8;

/**
 * Favourites, then what was used most, then all others: every model once. A model that the person uses and the
 * list lacks (offline, or no longer offered) is there all the same and says so.
 */
export function modelShelves(input: ModelChoicesInput): readonly ModelGroup[] {
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
  ).slice(0, MOST_USED);
  const others = without(
    input.models.map((m) => m.id),
    [...favourites, ...usedMost],
  );
  const choice = (id: ModelId): ModelChoice => choiceOf(id, listed.get(id), records.get(id), input);
  const shelves: ModelGroup[] = [
    { group: 'favourites', choices: ordered(favourites).map(choice) },
    { group: 'used', choices: ordered(usedMost).map(choice) },
    { group: 'all', choices: ordered(others).map(choice) },
  ];
  return shelves.filter(({ choices }) => choices.length > 0);
}

const without = (ids: readonly ModelId[], taken: readonly ModelId[]): ModelId[] =>
  [...new Set(ids)].filter((id) => !taken.includes(id));

function choiceOf(
  id: ModelId,
  model: Model | undefined,
  record: ModelRecord | undefined,
  { favourites, current, promptTokens, nowMs }: ModelChoicesInput,
): ModelChoice {
  return {
    model: id,
    name: model?.name ?? id,
    isFavourite: favourites.includes(id),
    isCurrent: id === current,
    priceText: model ? priceText(model) : 'not in the list',
    overrideText: model?.price ? overrideText(model.price) : '',
    contextText: !model
      ? ''
      : model.contextLength === null
        ? 'window unknown'
        : `${tokensText(model.contextLength)} window`,
    capabilities: model ? capabilities(model) : [],
    turnText: turnText(model?.price ?? null, promptTokens, record, nowMs),
    recordText: record && record.replies > 0 ? recordText(record) : '',
  };
}

/** By what a token in and a token out cost together; unknown prices come last, and never count as cheap. */
function byPrice(ids: readonly ModelId[], listed: ReadonlyMap<ModelId, Model>): readonly ModelId[] {
  const sum = (id: ModelId): number => {
    const price = listed.get(id)?.price;
    return price ? perMillionTokens(price.prompt) + perMillionTokens(price.completion) : Infinity;
  };
  // Two unknown ones differ by NaN, which a sort takes for equal: they stay as listed.
  return ids.toSorted((a, b) => sum(a) - sum(b));
}

function overrideText({ prompt, completion, overrides = [] }: ModelPrice): string {
  const isMoreExpensive = ({ rates }: RateOverride): boolean =>
    above(rates.prompt, prompt) || above(rates.completion, completion);
  const thresholds = overrides.flatMap((o) =>
    o.abovePromptTokens !== undefined && isMoreExpensive(o) ? [o.abovePromptTokens] : [],
  );
  const isTimed = overrides.some((o) => o.utcMinutes !== undefined || o.utcDays !== undefined);
  return [
    ...(thresholds.length > 0 ? [`dearer above ${tokensText(Math.min(...thresholds))} tokens`] : []),
    ...(isTimed ? ['other prices at certain hours'] : []),
  ].join(', ');
}

const above = (rate: Rates['prompt'] | undefined, base: Rates['prompt']): boolean =>
  rate !== undefined && perMillionTokens(rate) > perMillionTokens(base);

function capabilities({ inputModalities, supportedParameters }: Model): string[] {
  return [
    ...(inputModalities.includes('image') ? ['vision'] : []),
    ...(supportedParameters.includes('tools') ? ['tools'] : []),
    ...(supportedParameters.includes('reasoning') ? ['reasoning'] : []),
  ];
}

function turnText(
  price: ModelPrice | null,
  promptTokens: number | null,
  record: ModelRecord | undefined,
  nowMs: number,
): string {
  if (!price || promptTokens === null) return '';
  const completionTokens = Math.round(record?.medianCompletionTokens ?? USUAL_REPLY_TOKENS);
  const cost = estimateCost(
    price,
    { promptTokens, completionTokens, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    nowMs,
  );
  return cost === 0 ? '' : `this conversation ≈ ${formatUsd(cost)} a turn`;
}

function recordText(r: ModelRecord): string {
  return [
    r.replies === 1 ? '1 reply' : `${r.replies.toLocaleString('en-US')} replies`,
    formatUsd(r.settledNanoUsd, 'coarse'),
    ...(r.medianTokensPerSecond === null ? [] : [`${Math.round(r.medianTokensPerSecond)} tok/s`]),
    ...(r.medianTimeToFirstTokenMs === null ? [] : [`first token ${(r.medianTimeToFirstTokenMs / 1000).toFixed(1)} s`]),
  ].join(', ');
}

/** `200k`, `1.05M`, `512` */
function tokensText(tokens: number): string {
  if (tokens >= 1_000_000) return `${Math.round(tokens / 10_000) / 100}M`;
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

/** `3 minutes ago`, `2 days ago`; for a list that could not be fetched anew. */
export function ageText(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  for (const [unit, length] of units) {
    const count = Math.floor(ms / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
