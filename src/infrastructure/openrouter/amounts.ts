import { type Decimal, decimalOf, parseDecimal } from '../../domain/money';
import type { TokenUsage } from '../../domain/price';
import type { Usage } from './schemas';

type Amount = number | string | undefined;

/** An exact amount from JSON: a number by its shortest decimal text, a string as written. */
export function decimalFrom(amount: Amount): Decimal | undefined {
  if (amount === undefined) return undefined;
  return typeof amount === 'number' ? decimalOf(amount) : parseDecimal(amount);
}

/** A larger amount must be an error of the sender. */
const MAX_USD: Decimal = { digits: 1_000_000n, scale: 0 };

/** @returns undefined if the amount is not a number, is too large, or is negative where only positive ones are valid */
export function usdFrom(amount: Amount, sign: 'positive' | 'any'): Decimal | undefined {
  const decimal = decimalFrom(amount);
  if (!decimal || (sign === 'positive' && decimal.digits < 0n)) return undefined;
  const magnitude = { digits: decimal.digits < 0n ? -decimal.digits : decimal.digits, scale: decimal.scale };
  return larger(magnitude, MAX_USD) === magnitude ? undefined : decimal;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: scaled(a, scale) + scaled(b, scale), scale };
}

/** The larger of the two; the first if they are equal. */
export function larger(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return scaled(b, scale) > scaled(a, scale) ? b : a;
}

const scaled = (d: Decimal, scale: number): bigint => d.digits * 10n ** BigInt(scale - d.scale);

/**
 * What the user pays for a request. For requests paid with credits, `cost_details.upstream_inference_cost` repeats
 * `cost`. With the user's own provider key it is a second bill, and `cost` is only OpenRouter's fee. Null: unknown, or
 * only one of the two bills is known.
 */
export function costOf(usage: Usage): Decimal | null {
  return wholeCost(usage.cost, usage.is_byok, usage.cost_details?.upstream_inference_cost);
}

/** The same for a record of GET /generation, where the cost is `total_cost`. @see costOf */
export function wholeCost(ownCost: Amount, isByok: boolean | undefined, upstreamCost: Amount): Decimal | null {
  const cost = usdFrom(ownCost, 'positive');
  if (!cost || isByok !== true) return cost ?? null;
  const upstream = usdFrom(upstreamCost, 'positive');
  return upstream ? addDecimals(cost, upstream) : null;
}

const PER_MILLION = 1_000_000n;

/**
 * A ceiling for `provider.max_price`: USD per million tokens (or per request). Never lower than the price,
 * even after the router's arithmetic in doubles (2.9e-6 × 1e6 is 2.9000000000000004), and higher by less than 1 part in
 * 1e14. At least one millionth unless free, because smaller numbers are written with an exponent, which some JSON
 * parsers reject.
 */
export function ceilingNumber(price: Decimal, per: 'millionTokens' | 'request'): number {
  const units = per === 'request' ? 1n : PER_MILLION;
  const value = Number(`${price.digits * units}e-${price.scale}`);
  return value === 0 ? 0 : Math.max(1e-6, value * (1 + 2 ** -50));
}

export function tokenUsageOf(usage: Usage): TokenUsage {
  return {
    promptTokens: usage.prompt_tokens ?? 0,
    completionTokens: usage.completion_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
  };
}
