import type { Decimal } from '../../domain/money';
import type { ModelPrice, RateOverride, Rates } from '../../domain/price';
import { larger, usdFrom } from './amounts';
import type { PriceOverride, PriceTable, Pricing } from './schemas';

/** Rates without which a bill has no bound. Cached tokens have a safe fallback: the prompt's rate. */
const NEEDED = ['prompt', 'completion', 'internal_reasoning', 'input_cache_write', 'request'] as const;

/**
 * The `pricing` object of GET /models. Null: unknown. `-1` means that the price depends on the model a router picks; like
 * everything that is not an amount it is unknown, never zero or negative. If one rate or one condition of an override can't
 * be read, the whole price is unknown.
 * Source: OpenRouter's reference pages PublicPricing and PricingOverride.
 *
 * `discount` is applied nowhere: the listed rates are net of it. Models with one endpoint were listed at exactly that
 * endpoint's reduced price (anomalyco/models.dev#4576, PostHog/posthog#74972), and Kilo-Org/cloud#3688 divides by
 * `1 - discount` to get the ordinary price back. The discount is not guaranteed: an endpoint without it is
 * more expensive than listed, and the request's price ceiling excludes it.
 */
export function priceFrom(pricing: Pricing | undefined): ModelPrice | null {
  if (!pricing) return null;
  const entries = (pricing.overrides ?? []).filter((entry) => entry !== null);
  const tables = [pricing, ...entries];
  if (NEEDED.some((key) => tables.some((table) => isUnreadable(table[key])))) return null;
  const cached = !tables.some((table) => isUnreadable(table.input_cache_read));
  const { prompt, completion, ...others } = ratesIn(pricing, pricing, cached);
  if (!prompt || !completion || pricing.completion === undefined) return null;
  const overrides: RateOverride[] = [];
  for (const entry of entries) {
    const conditions = conditionsOf(entry);
    if (!conditions) return null;
    const rates = ratesIn(entry, pricing, cached);
    if (Object.keys(rates).length > 0) overrides.push({ rates, ...conditions });
  }
  return { prompt, completion, ...others, ...(overrides.length > 0 ? { overrides } : {}) };
}

const rateOf = (amount: PriceTable['prompt']): Decimal | undefined => usdFrom(amount, 'positive');

const isUnreadable = (amount: PriceTable['prompt']): boolean => amount !== undefined && rateOf(amount) === undefined;

/** The rates in a table. Missing ones are inherited. */
function ratesIn(table: PriceTable, base: PriceTable, cached: boolean): Partial<Rates> {
  const prompt = rateOf(table.prompt);
  const completion = completionIn(table, base);
  const cacheRead = cached ? rateOf(table.input_cache_read) : undefined;
  const cacheWrite = rateOf(table.input_cache_write);
  const request = rateOf(table.request);
  return {
    ...(prompt ? { prompt } : {}),
    ...(completion ? { completion } : {}),
    ...(cacheRead ? { cacheRead } : {}),
    ...(cacheWrite ? { cacheWrite } : {}),
    ...(request ? { request } : {}),
  };
}

/** Reasoning tokens count as completion tokens even if they have their own rate, so the higher rate is used for both. */
function completionIn(table: PriceTable, base: PriceTable): Decimal | undefined {
  if (table.completion === undefined && table.internal_reasoning === undefined) return undefined;
  const text = rateOf(table.completion ?? base.completion);
  const reasoning = rateOf(table.internal_reasoning ?? base.internal_reasoning);
  return text && reasoning ? larger(text, reasoning) : (text ?? reasoning);
}

/** Undefined if one of them is unreadable. */
function conditionsOf(override: PriceOverride): Omit<RateOverride, 'rates'> | undefined {
  const { min_prompt_tokens: above, utc_start, utc_end, utc_days } = override;
  const window =
    utc_start === undefined && utc_end === undefined
      ? undefined
      : { start: minutesOf(utc_start), end: minutesOf(utc_end) };
  const days = utc_days?.map(dayOf);
  const numbers = [above ?? 0, window?.start ?? 0, window?.end ?? 0, ...(days ?? [])];
  if (!numbers.every((number) => Number.isInteger(number) && number >= 0)) return undefined;
  return {
    ...(above === undefined ? {} : { abovePromptTokens: above }),
    ...(window ? { utcMinutes: window } : {}),
    ...(days ? { utcDays: days } : {}),
  };
}

/** `1030` is 10:30. NaN if it is not a time of day. */
function minutesOf(clock = Number.NaN): number {
  const hours = Math.floor(clock / 100);
  const minutes = clock % 100;
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= 24 * 60 ? total : Number.NaN;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** OpenRouter's days are full names (`monday`) or numbers: 0 and 7 are Sunday. NaN if it is not a day. */
function dayOf(day: string | number): number {
  const index = typeof day === 'string' ? DAYS.indexOf(day.slice(0, 3).toLowerCase()) : day % 7;
  return index >= 0 && (typeof day === 'string' || day <= 7) ? index : Number.NaN;
}
