import { language } from './localization';

/**
 * Numbers, durations and dates in the page's language. Amounts of money never pass through here: the host sends them
 * as exact text. The examples are English.
 */

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(language(), options);
  numberFormats.set(key, format);
  return format;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(language(), options);
  dateFormats.set(key, format);
  return format;
}

const decimals = (digits: number): Intl.NumberFormatOptions => ({
  minimumFractionDigits: digits,
  maximumFractionDigits: digits,
});

/** `1,033` */
export const formatCount = (value: number): string => numberFormat(decimals(0)).format(value);

type Unit = 'millisecond' | 'second' | 'minute' | 'hour';

const unitFormat = (unit: Unit, options: Intl.NumberFormatOptions = decimals(0)): Intl.NumberFormat =>
  numberFormat({ style: 'unit', unit, unitDisplay: 'narrow', ...options });

const twoUnits = (large: number, largeUnit: Unit, small: number, smallUnit: Unit): string =>
  [
    unitFormat(largeUnit).format(large),
    unitFormat(smallUnit, { minimumIntegerDigits: 2, ...decimals(0) }).format(small),
  ].join(' ');

const minutesAndSeconds = (seconds: number): string =>
  twoUnits(Math.floor(seconds / 60), 'minute', seconds % 60, 'second');

/** Value and unit of a duration under a minute; undefined from a minute on. */
function shortDuration(durationMs: number): { readonly value: number; readonly format: Intl.NumberFormat } | undefined {
  if (durationMs < 1000) return { value: Math.round(durationMs), format: unitFormat('millisecond') };
  const value = durationMs / 1000;
  if (value < 9.995) return { value, format: unitFormat('second', decimals(2)) };
  return value < 59.95 ? { value, format: unitFormat('second', decimals(1)) } : undefined;
}

/** `412ms`, `1.24s`, `12.4s`, `3m 05s` */
export function formatDuration(durationMs: number): string {
  const short = shortDuration(durationMs);
  return short === undefined ? minutesAndSeconds(Math.round(durationMs / 1000)) : short.format.format(short.value);
}

/** {@link formatDuration} with its unit apart, empty from a minute on: `1.24` and `s`. */
export function durationParts(durationMs: number): { readonly value: string; readonly unit: string } {
  const short = shortDuration(durationMs);
  if (short === undefined) return { value: formatDuration(durationMs), unit: '' };
  const parts = short.format.formatToParts(short.value);
  const text = (isUnit: boolean): string =>
    parts
      .filter(({ type }) => (type === 'unit') === isUnit)
      .map(({ value }) => value)
      .join('')
      .trim();
  return { value: text(false), unit: text(true) };
}

/** A running clock: tenths below ten seconds, then whole seconds, so that it ticks without flickering. */
export function formatElapsed(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 10) return unitFormat('second', decimals(1)).format(seconds);
  return seconds < 60 ? unitFormat('second').format(Math.floor(seconds)) : minutesAndSeconds(Math.floor(seconds));
}

/** Whole seconds left: `12s`, `3m 05s`, `7h 12m`. */
export function formatCountdown(seconds: number): string {
  if (seconds < 60) return unitFormat('second').format(seconds);
  if (seconds < 3600) return minutesAndSeconds(seconds);
  return twoUnits(Math.floor(seconds / 3600), 'hour', Math.floor(seconds / 60) % 60, 'minute');
}

/** `84`; one decimal below ten: `8.4`. */
export const formatRate = (perSecond: number): string =>
  numberFormat(decimals(perSecond > 0 && perSecond < 9.95 ? 1 : 0)).format(perSecond);

/** `14%`; one decimal below ten: `6.3%`. */
export const formatPercent = (fraction: number): string =>
  numberFormat({ style: 'percent', ...decimals(fraction > 0 && fraction < 0.0995 ? 1 : 0) }).format(fraction);

/** `200K`, `1.05M`, `512` */
export const formatTokens = (tokens: number): string =>
  numberFormat({ notation: 'compact', maximumFractionDigits: tokens >= 1_000_000 ? 2 : 0 }).format(tokens);

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };

/** `14:02` */
export const formatClock = (timeMs: number): string => dateFormat(CLOCK).format(timeMs);

/** `:11`, shown after {@link formatClock} where there is room. */
export function formatClockSeconds(timeMs: number): string {
  const clock = formatClock(timeMs);
  const withSeconds = dateFormat({ ...CLOCK, second: '2-digit' }).format(timeMs);
  return withSeconds.startsWith(clock) ? withSeconds.slice(clock.length) : '';
}

/** `Nov 20, 2026` */
export const formatDay = (timeMs: number): string => dateFormat(DAY).format(timeMs);

/** `Nov 20` in the current year, else `Nov 20, 2025`. */
export function formatRecentDay(timeMs: number): string {
  const isThisYear = new Date(timeMs).getFullYear() === new Date().getFullYear();
  return dateFormat(isThisYear ? { month: 'short', day: 'numeric' } : DAY).format(timeMs);
}

/** `Nov 20, 2026, 14:02:11` */
export const formatDateTime = (timeMs: number): string =>
  dateFormat({ ...DAY, ...CLOCK, second: '2-digit' }).format(timeMs);

/** `2026-11-20`, in the user's time zone, to compare with a day from the host. */
export function isoDay(timeMs: number): string {
  const time = new Date(timeMs);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** `Nov 20, 2026` for `2026-11-20`, `Nov 2026` for `2026-11`; `short` leaves out the year of a day: `Nov 20`. */
export function formatUtcPeriod(isoPeriod: string, extent: 'long' | 'short' = 'long'): string {
  const options: Intl.DateTimeFormatOptions =
    isoPeriod.length === 'yyyy-mm'.length
      ? { year: 'numeric', month: 'short' }
      : { month: 'short', day: 'numeric', ...(extent === 'long' && { year: 'numeric' }) };
  const timeMs = Date.parse(isoPeriod);
  return Number.isNaN(timeMs) ? isoPeriod : dateFormat({ ...options, timeZone: 'UTC' }).format(timeMs);
}
