/**
 * Money is an integer number of nano-dollars (1e-9 USD). A double represents up to nine million dollars exactly, and
 * no provider bills smaller fractions, so sums never drift.
 */
declare const nanoUsdBrand: unique symbol;
export type NanoUsd = number & { readonly [nanoUsdBrand]: true };

/** Decimal places of a dollar amount in nano-dollars. */
export const NANO_DIGITS = 9;
export const NANO_PER_USD = 10 ** NANO_DIGITS;

/** @throws RangeError when `value` is not a safe integer. */
export function nanoUsd(value: number): NanoUsd {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number of nano-dollars: ${value}`);
  return value as NanoUsd;
}

export const ZERO_USD = nanoUsd(0);

export const addUsd = (...amounts: readonly NanoUsd[]): NanoUsd => nanoUsd(amounts.reduce((sum, a) => sum + a, 0));

/** An exact decimal number: `digits × 10^-scale`. Prices have up to thirty decimal places, more than a double can represent. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Parses a decimal string exactly, for example `"0.000003"`, `"1e-30"` or `"-1"`.
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

/** Converts a JSON number through its shortest decimal text, so that `6.4e-05` is exactly 0.000064. */
export const decimalOf = (value: number): Decimal | undefined =>
  Number.isFinite(value) ? parseDecimal(String(value)) : undefined;

export type Rounding = 'up' | 'nearest';

/** Sums `price × units` exactly and rounds once. `up` is for worst cases, `nearest` for amounts. */
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

/** A non-zero amount never becomes zero. @throws RangeError beyond nine million dollars. */
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

/** Exact amount in USD without trailing zeros, as used by the public API and exports: `"0.000064"`. */
export function toDecimalUsd(amount: NanoUsd): string {
  const magnitude = Math.abs(amount)
    .toString()
    .padStart(NANO_DIGITS + 1, '0');
  const whole = magnitude.slice(0, -NANO_DIGITS);
  const fraction = magnitude.slice(-NANO_DIGITS).replace(/0+$/, '');
  return `${amount < 0 ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/**
 * Number of decimal places: `coarse` for the status bar, `fine` for entries, `exact` for amounts that the user has set
 * (all of them, at least two).
 */
export type UsdPrecision = 'coarse' | 'fine' | 'exact';

/**
 * The only formatter of displayed amounts. The usual number of decimal places is 2 (coarse, or from a hundred dollars on)
 * or 4 (fine). Where a non-zero coarse amount would lose all significant digits, or a fine one all but one, as many
 * places are shown as two significant digits need.
 */
export function formatUsd(amount: NanoUsd, precision: UsdPrecision = 'fine'): string {
  if (precision === 'exact') return exactUsd(amount);
  const magnitude = Math.abs(amount);
  const fine = precision === 'fine' && magnitude !== 0 && magnitude < 100 * NANO_PER_USD;
  const usual = fine ? 4 : 2;
  // 64,000 nano-dollars (0.000064) have their first significant digit at the fifth decimal place.
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
