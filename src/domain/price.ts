import { type Decimal, NANO_DIGITS, type NanoUsd, sumOfProducts } from './money';

/** Exact USD per unit. `undefined` means unknown and is never treated as zero. */
export interface Rates {
  readonly prompt: Decimal;
  readonly completion: Decimal;
  /** Absent: cached prompt tokens cost the full prompt rate. */
  readonly cacheRead?: Decimal;
  readonly cacheWrite?: Decimal;
  /** Per request, not per token. */
  readonly request?: Decimal;
}

/**
 * Rates that apply under conditions, all of which must hold. If several overrides apply, the later one wins, rate by rate.
 * Source: OpenRouter's `pricing.overrides`.
 */
export interface RateOverride {
  readonly rates: Partial<Rates>;
  /** Applies to prompts with more tokens than this. */
  readonly abovePromptTokens?: number;
  /** Minutes since midnight UTC, half-open; a start after the end wraps midnight. */
  readonly utcMinutes?: { readonly start: number; readonly end: number };
  /** 0 is Sunday. */
  readonly utcDays?: readonly number[];
}

/**
 * What one model charges. These are the base rates, which users compare; budgets use the highest rates that may apply.
 * Source of the members: OpenRouter's `pricing` object of GET /models.
 */
export interface ModelPrice extends Rates {
  readonly overrides?: readonly RateOverride[];
}

/** The highest rates that an endpoint may charge. A router must not exceed them. */
export interface PriceCeiling {
  readonly prompt: Decimal;
  readonly completion: Decimal;
  readonly request?: Decimal;
}

/** Billed token counts of one reply, by the model's own tokenizer. */
export interface TokenUsage {
  readonly promptTokens: number;
  /** Includes reasoning tokens. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  /** Part of `promptTokens`. */
  readonly cachedTokens: number;
  /** Part of `promptTokens`. */
  readonly cacheWriteTokens: number;
}

/** Source of an amount. `pending`: the provider has billed or will bill it, but the amount is not known yet. */
export type CostSource = 'reported' | 'estimated' | 'unknown' | 'pending';

/**
 * The rates of one request: the base rates, replaced rate by rate by each override that applies, in order. `atMs` is the
 * wall clock; days and minutes are in UTC.
 */
export function ratesFor(price: ModelPrice, promptTokens: number, atMs: number): Rates {
  const holding = (price.overrides ?? []).filter((override) => holds(override, promptTokens, atMs));
  return holding.reduce<Rates>((rates, override) => ({ ...rates, ...override.rates }), baseRates(price));
}

/** Cost of the billed tokens by the price list, at the rates of `atMs`. */
export function estimateCost(price: ModelPrice, usage: TokenUsage, atMs: number): NanoUsd {
  const rates = ratesFor(price, usage.promptTokens, atMs);
  const cached = Math.min(usage.cachedTokens, usage.promptTokens);
  const written = Math.min(usage.cacheWriteTokens, usage.promptTokens - cached);
  return sumOfProducts(
    [
      { price: rates.prompt, units: usage.promptTokens - cached - written },
      { price: rates.cacheRead ?? rates.prompt, units: cached },
      { price: rates.cacheWrite ?? rates.prompt, units: written },
      { price: rates.completion, units: usage.completionTokens },
      { price: rates.request ?? NOTHING, units: 1 },
    ],
    'nearest',
  );
}

/** Rate by rate the highest of the base and all overrides, whatever their conditions. */
export function highestRates(price: ModelPrice): Rates {
  const all = [price, ...(price.overrides ?? []).map((override) => override.rates)];
  const cacheRead = highest(all.map((rates) => rates.cacheRead));
  const cacheWrite = highest(all.map((rates) => rates.cacheWrite));
  const request = highest(all.map((rates) => rates.request));
  return {
    prompt: highest(all.map((rates) => rates.prompt)) ?? price.prompt,
    completion: highest(all.map((rates) => rates.completion)) ?? price.completion,
    ...(cacheRead ? { cacheRead } : {}),
    ...(cacheWrite ? { cacheWrite } : {}),
    ...(request ? { request } : {}),
  };
}

/**
 * Worst case of one request, rounded up: every prompt token at the highest rate that may apply to one, and `max_tokens`
 * tokens of output. `promptTokensBound` must be an upper bound (for byte-level tokenizers the UTF-8 length), not an
 * estimate. @throws RangeError beyond nine million dollars.
 */
export function worstCaseCost(price: ModelPrice, promptTokensBound: number, maxTokens: number): NanoUsd {
  const { perPromptToken, perReplyToken, perRequest } = highestUnits(price);
  return sumOfProducts(
    [
      { price: perPromptToken, units: promptTokensBound },
      { price: perReplyToken, units: maxTokens },
      { price: perRequest, units: 1 },
    ],
    'up',
  );
}

/**
 * The largest `max_tokens` whose worst case is at most `amount`; -1 if even an empty reply costs more. If replies are
 * free, `Number.MAX_SAFE_INTEGER`.
 */
export function affordableReplyTokens(price: ModelPrice, promptTokensBound: number, amount: NanoUsd): number {
  const { perPromptToken, perReplyToken, perRequest } = highestUnits(price);
  const scale = Math.max(NANO_DIGITS, perPromptToken.scale, perReplyToken.scale, perRequest.scale);
  const at = (value: Decimal): bigint => value.digits * 10n ** BigInt(scale - value.scale);
  // Worst cases are rounded up to whole nano-dollars, so the unrounded value fits a whole amount exactly when the rounded one does.
  const left =
    at({ digits: BigInt(amount), scale: NANO_DIGITS }) -
    at(perPromptToken) * BigInt(promptTokensBound) -
    at(perRequest);
  if (left < 0n) return -1;
  const perToken = at(perReplyToken);
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  const tokens = perToken === 0n ? most : left / perToken;
  return Number(tokens < most ? tokens : most);
}

/** Ceiling for the router, so that every endpoint stays within the worst case. */
export function ceilingOf(price: ModelPrice): PriceCeiling {
  const { prompt, completion, request } = highestRates(price);
  return { prompt, completion, ...(request ? { request } : {}) };
}

/**
 * True if neither prompt, reply nor request costs more, both at the rates of `atMs` (wall clock) for a prompt of this
 * length and at the highest rates that may apply. The worst case of the same request is then no higher either.
 */
export function isNotMoreExpensive(price: ModelPrice, than: ModelPrice, promptTokens: number, atMs: number): boolean {
  const now = noneHigher(ratesFor(price, promptTokens, atMs), ratesFor(than, promptTokens, atMs));
  return now && noneHigher(highestRates(price), highestRates(than));
}

/** Rough estimate for live figures. The billed count replaces it at the end. */
export const CHARACTERS_PER_TOKEN = 4;

/** Estimated cost of a reply so far, by the length of its text. `atMs`: wall clock, for the rates. */
export function estimateSoFar(price: ModelPrice, promptTokens: number, characters: number, atMs: number): NanoUsd {
  const completionTokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return estimateCost(
    price,
    { promptTokens, completionTokens, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 },
    atMs,
  );
}

/** A price per token, converted to the usual price per million tokens. */
export const perMillionTokens = (price: Decimal): NanoUsd => sumOfProducts([{ price, units: 1_000_000 }], 'nearest');

const NOTHING: Decimal = { digits: 0n, scale: 0 };

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;

function baseRates({ prompt, completion, cacheRead, cacheWrite, request }: ModelPrice): Rates {
  return {
    prompt,
    completion,
    ...(cacheRead ? { cacheRead } : {}),
    ...(cacheWrite ? { cacheWrite } : {}),
    ...(request ? { request } : {}),
  };
}

function holds({ abovePromptTokens, utcMinutes, utcDays }: RateOverride, promptTokens: number, atMs: number): boolean {
  if (abovePromptTokens !== undefined && promptTokens <= abovePromptTokens) return false;
  if (utcDays && !utcDays.includes(new Date(atMs).getUTCDay())) return false;
  if (!utcMinutes) return true;
  const { start, end } = utcMinutes;
  const minute = Math.floor(atMs / MINUTE_MS) % MINUTES_A_DAY;
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

function noneHigher(a: Rates, b: Rates): boolean {
  const pairs: readonly (readonly [Decimal, Decimal])[] = [
    [a.prompt, b.prompt],
    [perPromptTokenOf(a), perPromptTokenOf(b)],
    [a.completion, b.completion],
    [a.request ?? NOTHING, b.request ?? NOTHING],
  ];
  return pairs.every(([left, right]) => compare(left, right) <= 0);
}

function highestUnits(price: ModelPrice): {
  readonly perPromptToken: Decimal;
  readonly perReplyToken: Decimal;
  readonly perRequest: Decimal;
} {
  const rates = highestRates(price);
  return {
    perPromptToken: perPromptTokenOf(rates),
    perReplyToken: rates.completion,
    perRequest: rates.request ?? NOTHING,
  };
}

/** The highest rate of a prompt token, whether plain, read from a cache or written to one. */
const perPromptTokenOf = ({ prompt, cacheRead, cacheWrite }: Rates): Decimal =>
  highest([prompt, cacheRead, cacheWrite]) ?? prompt;

function highest(prices: readonly (Decimal | undefined)[]): Decimal | undefined {
  return prices
    .filter((p) => p !== undefined)
    .reduce<Decimal | undefined>((max, p) => (max && compare(p, max) <= 0 ? max : p), undefined);
}

function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left === right ? 0 : left > right ? 1 : -1;
}
