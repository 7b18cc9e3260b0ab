import { type Decimal, type NanoUsd, sumOfProducts } from './money';

/** USD per unit, exactly. `undefined` means unknown and is never treated as zero. */
export interface Rates {
  readonly prompt: Decimal;
  readonly completion: Decimal;
  /** Absent: cached prompt tokens cost the full prompt price. */
  readonly cacheRead?: Decimal;
  readonly cacheWrite?: Decimal;
  /** Per request, not per token. */
  readonly request?: Decimal;
}

/**
 * Other rates under conditions, all of which must hold. Of several that hold the later one wins, rate by rate.
 * Source: OpenRouter's `pricing.overrides`.
 */
export interface RateOverride {
  readonly rates: Partial<Rates>;
  /** Holds for prompts with more tokens than this. */
  readonly abovePromptTokens?: number;
  /** Minutes since midnight UTC, half-open; a start after the end wraps midnight. */
  readonly utcMinutes?: { readonly start: number; readonly end: number };
  /** 0 is Sunday. */
  readonly utcDays?: readonly number[];
}

/**
 * What one model charges. The rates are the base ones, which people compare; a budget reckons with the dearest that
 * may apply. Source of the members: OpenRouter's `pricing` object of GET /models.
 */
export interface ModelPrice extends Rates {
  readonly overrides?: readonly RateOverride[];
}

/** The most that whoever answers may charge: what a router must not go beyond. */
export interface PriceCeiling {
  readonly prompt: Decimal;
  readonly completion: Decimal;
  readonly request?: Decimal;
}

/** Token counts of one reply by the model's own tokenizer: the ones that are billed. */
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

/** How an amount came to be known. `pending`: the provider has billed or will bill, and has not said how much. */
export type CostSource = 'reported' | 'estimated' | 'unknown' | 'pending';

export function estimateCost(price: ModelPrice, usage: TokenUsage): NanoUsd {
  const cached = Math.min(usage.cachedTokens, usage.promptTokens);
  const written = Math.min(usage.cacheWriteTokens, usage.promptTokens - cached);
  return sumOfProducts(
    [
      { price: price.prompt, units: usage.promptTokens - cached - written },
      { price: price.cacheRead ?? price.prompt, units: cached },
      { price: price.cacheWrite ?? price.prompt, units: written },
      { price: price.completion, units: usage.completionTokens },
      ...(price.request ? [{ price: price.request, units: 1 }] : []),
    ],
    'nearest',
  );
}

/**
 * The most one request can cost: every prompt token at the dearest prompt rate, the whole `max_tokens` as output.
 * `promptTokensBound` must be an upper bound (for byte-level tokenizers the UTF-8 length), not an estimate.
 */
export function worstCaseCost(price: ModelPrice, promptTokensBound: number, maxTokens: number): NanoUsd {
  return sumOfProducts(
    [
      { price: dearest([price.prompt, price.cacheWrite, price.cacheRead]), units: promptTokensBound },
      { price: price.completion, units: maxTokens },
      ...(price.request ? [{ price: price.request, units: 1 }] : []),
    ],
    'up',
  );
}

/** A price per token as people compare them: for a million tokens. */
export const perMillionTokens = (price: Decimal): NanoUsd => sumOfProducts([{ price, units: 1_000_000 }], 'nearest');

function dearest(prices: readonly (Decimal | undefined)[]): Decimal {
  const known = prices.filter((p): p is Decimal => p !== undefined);
  return known.reduce((max, p) => (compare(p, max) > 0 ? p : max));
}

function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left === right ? 0 : left > right ? 1 : -1;
}
