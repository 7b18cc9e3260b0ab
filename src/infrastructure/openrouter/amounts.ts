import { type Decimal, decimalOf, parseDecimal } from '../../domain/money';
import type { TokenUsage } from '../../domain/price';
import type { Usage } from './schemas';

type Amount = number | string | undefined;

/** An amount as JSON carries it, exactly: a number by its shortest decimal text, a string as it is written. */
export function decimalFrom(amount: Amount): Decimal | undefined {
  if (amount === undefined) return undefined;
  return typeof amount === 'number' ? decimalOf(amount) : parseDecimal(amount);
}

/** No key holds more and no reply costs more; an amount beyond it is a fault of the sender, not a price. */
const MAX_USD: Decimal = { digits: 1_000_000n, scale: 0 };

/** An amount of money that can be added up; undefined for nonsense. Negative amounts only where they are allowed. */
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

/** The larger of the two; the first when they are equal. */
export function larger(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return scaled(b, scale) > scaled(a, scale) ? b : a;
}

const scaled = (d: Decimal, scale: number): bigint => d.digits * 10n ** BigInt(scale - d.scale);

/**
 * What a request costs its sender. `cost_details.upstream_inference_cost` repeats the same amount on calls paid with
 * credits; only with the user's own provider key is it another bill, and `cost` then OpenRouter's fee alone. Null:
 * not said, or only one of the two bills is.
 */
export function costOf(usage: Usage): Decimal | null {
  return wholeCost(usage.cost, usage.is_byok, usage.cost_details?.upstream_inference_cost);
}

/** @see costOf, of which GET /generation is the other source: there `total_cost` is the cost. */
export function wholeCost(ownCost: Amount, isByok: boolean | undefined, upstreamCost: Amount): Decimal | null {
  const cost = usdFrom(ownCost, 'positive');
  if (!cost || isByok !== true) return cost ?? null;
  const upstream = usdFrom(upstreamCost, 'positive');
  return upstream ? addDecimals(cost, upstream) : null;
}

const PER_MILLION = 1_000_000n;

/**
 * A ceiling as `provider.max_price` wants it: USD for a million tokens (or for one request), as a number. Never lower
 * than the price it stands for, not even after the router's own arithmetic in doubles (2.9e-6 × 1e6 is
 * 2.9000000000000004), and higher by less than a part in 1e14. What is not free is at least a millionth: smaller
 * numbers are written with an exponent, which not every reader of JSON takes.
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
