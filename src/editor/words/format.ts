import { env } from 'vscode';
import { type NanoUsd, type UsdPrecision, formatUsd } from '../../domain/money';

/** Numbers, money, times and plurals in the editor's display language. */

const numbers = new Map<string, Intl.NumberFormat>();

export function formatNumber(value: number): string {
  const format = numbers.get(env.language) ?? new Intl.NumberFormat(env.language, { maximumFractionDigits: 20 });
  numbers.set(env.language, format);
  return format.format(value);
}

/** `12%` */
export const formatPercent = (percent: number): string =>
  new Intl.NumberFormat(env.language, { style: 'percent', maximumFractionDigits: 2 }).format(percent / 100);

const dollars = new Map<string, Intl.NumberFormat>();

/** The digits of the domain's formatter, with the language's decimal separator and currency position. */
export function formatMoney(amount: NanoUsd, precision?: UsdPrecision): string {
  const [whole = '', fraction = ''] = formatUsd(amount, precision)
    .replace(/[^\d.]/g, '')
    .split('.');
  const format =
    dollars.get(env.language) ??
    new Intl.NumberFormat(env.language, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' });
  dollars.set(env.language, format);
  return format
    .formatToParts(amount < 0 ? -1.23 : 1.23)
    .map(({ type, value }) => (type === 'integer' ? whole : type === 'fraction' ? fraction : value))
    .join('');
}

/** `≈ $0.0019` */
export const formatEstimate = (amount: NanoUsd): string => `≈ ${formatMoney(amount)}`;

/** `≤ $0.0451` */
export const formatAtMost = (amount: NanoUsd): string => `≤ ${formatMoney(amount)}`;

export const formatDateTime = (epochMs: number): string =>
  new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'short' }).format(epochMs);

const AGE_UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3 minutes ago`, `now` */
export function formatAge(ms: number): string {
  const format = new Intl.RelativeTimeFormat(env.language, { numeric: 'always' });
  const unit = AGE_UNITS.find(([, length]) => ms >= length);
  return unit
    ? format.format(-Math.floor(ms / unit[1]), unit[0])
    : new Intl.RelativeTimeFormat(env.language, { numeric: 'auto' }).format(0, 'second');
}

/** Rounded up, at least one second, so that nothing is tried too early. */
export const wholeSeconds = (ms: number): string => formatNumber(Math.max(1, Math.ceil(ms / 1000)));

/** `200K`, `1.05M`, `512` */
export const shortCount = (count: number): string =>
  new Intl.NumberFormat(env.language, {
    notation: 'compact',
    maximumFractionDigits: count >= 1_000_000 ? 2 : 0,
  }).format(count);

/** Complete messages for the plural categories of a language. English uses `one` and `other`. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export const plural = (count: number, forms: PluralForms): string =>
  forms[new Intl.PluralRules(env.language).select(count)] ?? forms.other;

/** Joins complete sentences and leaves out empty ones. */
export const sentences = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

/** Facts in one line, separated by middle dots. Empty ones are left out. */
export const facts = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

/** Capitalized and ending with a period, for texts from the provider or the system. */
export function asSentence(text: string): string {
  const trimmed = text.trim().replace(/[.\s]+$/, '');
  return trimmed === '' ? '' : `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
