/**
 * Money is an integer number of nano-dollars (1e-9 USD). A double holds nine million dollars of them
 * exactly, and one nano-dollar is finer than any amount a provider bills, so sums never drift.
 */
declare const nanoUsdBrand: unique symbol;
export type NanoUsd = number & { readonly [nanoUsdBrand]: true };

/** Decimals of a dollar that a nano-dollar has. */
export const NANO_DIGITS = 9;
export const NANO_PER_USD = 10 ** NANO_DIGITS;

/** @throws RangeError when `value` is not a safe integer: a wrong amount must never travel on. */
export function nanoUsd(value: number): NanoUsd {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number of nano-dollars: ${value}`);
  return value as NanoUsd;
}

export const ZERO_USD = nanoUsd(0);

export const addUsd = (...amounts: readonly NanoUsd[]): NanoUsd => nanoUsd(amounts.reduce((sum, a) => sum + a, 0));

/** An exact decimal number: `digits × 10^-scale`. Prices have up to thirty decimals, more than a double keeps. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal string such as `"0.000003"`, `"1e-30"` or `"-1"`, exactly.
 * @returns undefined for anything that is not a finite decimal number.
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const magnitude = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  const digits = sign === '-' ? -magnitude : magnitude;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** A JSON number by its shortest decimal text, so `6.4e-05` is exactly 0.000064 and not its nearest double. */
export const decimalOf = (value: number): Decimal | undefined =>
  Number.isFinite(value) ? parseDecimal(String(value)) : undefined;

export type Rounding = 'up' | 'nearest';

/** `price × units` summed exactly, then rounded once. `up` is for worst cases, `nearest` for amounts. */
export function sumOfProducts(
  terms: readonly { readonly price: Decimal; readonly units: number }[],
  rounding: Rounding,
): NanoUsd {
  const scale = Math.max(NANO_DIGITS, ...terms.map((t) => t.price.scale));
  const total = terms.reduce(
    (sum, t) => sum + t.price.digits * 10n ** BigInt(scale - t.price.scale) * BigInt(t.units),
    0n,
  );
  return toNanoUsd({ digits: total, scale }, rounding);
}

/** @throws RangeError beyond nine million dollars. A non-zero amount never becomes zero. */
export function toNanoUsd(amount: Decimal, rounding: Rounding): NanoUsd {
  if (amount.scale <= NANO_DIGITS) return nanoUsd(Number(amount.digits * 10n ** BigInt(NANO_DIGITS - amount.scale)));
  const divisor = 10n ** BigInt(amount.scale - NANO_DIGITS);
  const negative = amount.digits < 0n;
  const magnitude = negative ? -amount.digits : amount.digits;
  const bias = rounding === 'up' ? divisor - 1n : divisor / 2n;
  const rounded = (magnitude + bias) / divisor;
  const whole = rounded === 0n && magnitude > 0n ? 1n : rounded;
  return nanoUsd(Number(negative ? -whole : whole));
}

/** Exact decimal string in USD without trailing zeros, as the public API and exports carry it: `"0.000064"`. */
export function toDecimalUsd(amount: NanoUsd): string {
  const magnitude = Math.abs(amount)
    .toString()
    .padStart(NANO_DIGITS + 1, '0');
  const whole = magnitude.slice(0, -NANO_DIGITS);
  const fraction = magnitude.slice(-NANO_DIGITS).replace(/0+$/, '');
  return `${amount < 0 ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/**
 * Decimals shown when the amount is large enough not to vanish: the status bar is coarse, entries are fine. `exact`
 * shows every decimal there is, two at least: for what a person has set.
 */
export type UsdPrecision = 'coarse' | 'fine' | 'exact';

/**
 * The only formatter of money for people. It never hides a non-zero amount: where the usual decimals (2 coarse,
 * 4 fine, 2 from a hundred dollars on) would leave a coarse amount no significant digit, or a fine one fewer
 * than two, it shows as many decimals as two significant digits take.
 */
export function formatUsd(amount: NanoUsd, precision: UsdPrecision = 'fine'): string {
  if (precision === 'exact') return exactUsd(amount);
  const magnitude = Math.abs(amount);
  const fine = precision === 'fine' && magnitude !== 0 && magnitude < 100 * NANO_PER_USD;
  const usual = fine ? 4 : 2;
  // 64,000 nano-dollars (0.000064) have their first digit at the fifth decimal.
  const firstDigitAt = magnitude === 0 ? 0 : NANO_DIGITS + 1 - String(magnitude).length;
  const hidden = firstDigitAt > (fine ? usual - 1 : usual);
  const decimals = hidden ? Math.min(NANO_DIGITS, firstDigitAt + 1) : usual;
  const rounded = Math.round(magnitude / 10 ** (NANO_DIGITS - decimals));
  const text = String(rounded).padStart(decimals + 1, '0');
  const fraction = text.slice(-decimals);
  const shown = fraction.slice(0, usual) + fraction.slice(usual).replace(/0+$/, '');
  return `${amount < 0 ? '-' : ''}$${text.slice(0, -decimals)}.${shown}`;
}

function exactUsd(amount: NanoUsd): string {
  const [whole = '', fraction = ''] = toDecimalUsd(nanoUsd(Math.abs(amount))).split('.');
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.padEnd(2, '0')}`;
}
