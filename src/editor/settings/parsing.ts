import {
  type ChoiceSetting,
  type LimitSetting,
  type NumberSetting,
  type OptionalNumberSetting,
  type SettingDefinition,
  type TextListSetting,
  type TextSetting,
  MAX_LIMIT_USD,
} from './definitions';

/** A usable value, and why the configured one was not used as it stands. */
export interface Parsed<T> {
  readonly value: T;
  /** Completes the sentence "the value …". Undefined when the configured value is used, or there is none. */
  readonly problem?: string;
}

/**
 * Turns a configured value, `undefined` when there is none, into a usable one. A value out of range is clamped to the
 * range; a value of the wrong type becomes the default.
 */
export type Parser<D extends SettingDefinition, T> = (definition: D, raw: unknown) => Parsed<T>;

export const parseNumber: Parser<NumberSetting, number> = (definition, raw) =>
  raw === undefined ? { value: definition.default } : parsePresent(definition, raw, definition.type === 'integer');

export const parseOptionalNumber: Parser<OptionalNumberSetting, number | null> = (definition, raw) =>
  raw === undefined || raw === null ? { value: null } : parsePresent(definition, raw, false);

/** USD. */
export const parseLimit: Parser<LimitSetting, number> = (definition, raw) => {
  if (raw === undefined) return { value: definition.default };
  if (!isNumber(raw)) return { value: definition.default, problem: 'is not a number' };
  if (raw < 0) return { value: definition.default, problem: 'is negative' };
  return raw > MAX_LIMIT_USD
    ? { value: MAX_LIMIT_USD, problem: `is out of range (0 to ${MAX_LIMIT_USD})` }
    : { value: raw };
};

/** Trimmed. */
export const parseText: Parser<TextSetting, string> = (definition, raw) => {
  if (raw === undefined) return { value: definition.default };
  if (typeof raw !== 'string') return { value: definition.default, problem: 'is not a string' };
  const text = raw.trim();
  return text === '' ? { value: definition.default, problem: 'is empty' } : { value: text };
};

/** Without a trailing slash. */
export const parseAddress: Parser<TextSetting, string> = (definition, raw) => {
  const { value, problem } = parseText(definition, raw);
  if (problem !== undefined) return { value, problem };
  const address = value.replace(/\/+$/, '');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return { value: definition.default, problem: 'is not an http or https address' };
  return url.username === '' && url.password === ''
    ? { value: address }
    : { value: definition.default, problem: 'contains a user name or password' };
};

/** Entries are trimmed; empty ones and those that are not strings are dropped. */
export const parseTextList: Parser<TextListSetting, readonly string[]> = (definition, raw) => {
  if (raw === undefined) return { value: definition.default };
  if (!Array.isArray(raw)) return { value: definition.default, problem: 'is not an array' };
  const entries: readonly unknown[] = raw;
  const texts = entries.filter((entry) => typeof entry === 'string').map((entry) => entry.trim());
  const value = texts.filter((text) => text !== '');
  return value.length === entries.length ? { value } : { value, problem: 'contains entries that are not strings' };
};

export function parseChoice<Choice extends string>(
  definition: ChoiceSetting<Choice>,
  raw: unknown,
): Parsed<NoInfer<Choice>> {
  const isChoice = (value: unknown): value is Choice =>
    typeof value === 'string' && Object.hasOwn(definition.choices, value);
  if (raw === undefined) return { value: definition.default };
  return isChoice(raw)
    ? { value: raw }
    : { value: definition.default, problem: `is not one of ${Object.keys(definition.choices).join(', ')}` };
}

/** NaN counts as a wrong type, because no number is nearest to it; infinity is only out of range. */
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

function parsePresent<Fallback extends number | null>(
  definition: { readonly default: Fallback; readonly minimum: number; readonly maximum: number },
  raw: unknown,
  isInteger: boolean,
): Parsed<number | Fallback> {
  const { minimum, maximum } = definition;
  if (!isNumber(raw)) return { value: definition.default, problem: 'is not a number' };
  if (raw < minimum || raw > maximum)
    return { value: Math.min(Math.max(raw, minimum), maximum), problem: `is out of range (${minimum} to ${maximum})` };
  return isInteger && !Number.isInteger(raw)
    ? { value: Math.round(raw), problem: 'is not a whole number' }
    : { value: raw };
}
