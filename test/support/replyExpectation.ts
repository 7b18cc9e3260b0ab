import type { Failure, FailureCode } from '../../src/domain/failure';
import type { ProviderEvent } from '../../src/domain/ports/provider';

/** Expected result of one reply. Omitted fields must be absent. */
export interface Expected {
  readonly text?: string;
  readonly reasoning?: string;
  /** `complete`, or the code of the failure. */
  readonly outcome: 'complete' | FailureCode;
  readonly finish?: string;
  /** USD, exact: `64e-6` is 0.000064. Null: the provider counted tokens and named no price. */
  readonly cost?: string | null;
  /** Prompt, completion, reasoning and cached tokens. */
  readonly usage?: readonly [number, number, number, number];
  /** Of the provider's words, or of the reason and its figures: `silence 60000`. */
  readonly detail?: RegExp;
  readonly httpStatus?: number;
  /** False: refused before a reply began. */
  readonly opened?: false;
}

/** The first difference or violation of the port's contract, in words; undefined if there is none. */
export function mistakeIn(
  events: readonly ProviderEvent[],
  { detail, ...expected }: Expected,
  key: string,
): string | undefined {
  const seen = seenIn(events);
  const wanted = {
    text: '',
    reasoning: '',
    finish: undefined,
    cost: undefined,
    usage: undefined,
    httpStatus: undefined,
    opened: true,
    sent: true,
    ...expected,
  };
  const wrong = Object.entries(wanted).flatMap(([name, value]) => {
    const is: unknown = Reflect.get(seen, name);
    return JSON.stringify(is) === JSON.stringify(value) ? [] : [`${name} is ${short(is)} instead of ${short(value)}`];
  });
  if (detail && !detail.test(seen.detail)) wrong.push(`the words are "${seen.detail}"`);
  wrong.push(...breachesOf(events, key).map((promise) => `not kept: ${promise}`));
  return wrong.length === 0 ? undefined : wrong.join('; ');
}

function seenIn(events: readonly ProviderEvent[]) {
  const joined = (type: 'text' | 'reasoning'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const outcome = events.findLast((event) => event.type === 'ended')?.outcome;
  const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
  const usage = events.find((event) => event.type === 'usage');
  const tokens = usage?.usage;
  return {
    outcome: failure?.code ?? outcome?.kind,
    text: joined('text'),
    reasoning: joined('reasoning'),
    finish: events.find((event) => event.type === 'finished')?.reason,
    cost: usage === undefined ? undefined : usage.cost && `${usage.cost.digits}e-${usage.cost.scale}`,
    usage: tokens && [tokens.promptTokens, tokens.completionTokens, tokens.reasoningTokens, tokens.cachedTokens],
    httpStatus: failure?.httpStatus,
    opened: events.some((event) => event.type === 'opened'),
    sent: outcome?.kind !== 'failed' || outcome.sent,
    detail: failure ? saidIn(failure) : '',
  };
}

/** A failure's reason with its figures, or else the provider's words. */
export const saidIn = ({ reason, detail }: Failure): string =>
  reason ? [...Object.values(reason), detail].filter((part) => part !== '').join(' ') : detail;

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length} characters)` : text;
};

const AT_MOST_ONCE = ['opened', 'started', 'finished', 'usage'] as const;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Checks the contract of every provider's stream (`ProviderEvent` in domain/ports).
 * @returns each violation, in words
 */
export function breachesOf(events: readonly ProviderEvent[], key: string): readonly string[] {
  const breaches: string[] = [];
  const count = (type: ProviderEvent['type']): number => events.filter((event) => event.type === type).length;
  const must = (holds: boolean, promise: string): void => void (holds || breaches.push(promise));
  must(count('ended') === 1, 'it ends exactly once');
  must(events.at(-1)?.type === 'ended', 'its end is the last event');
  for (const type of AT_MOST_ONCE) must(count(type) <= 1, `"${type}" comes at most once`);
  must(events.findIndex((event) => event.type === 'opened') <= 0, '"opened" comes first');
  for (const event of events) {
    if (event.type === 'text' || event.type === 'reasoning')
      must(event.text !== '' && !LONE_SURROGATE.test(event.text), `every ${event.type} is of whole characters`);
    if (event.type === 'usage') must(event.cost === null || event.cost.digits >= 0n, 'no price is below zero');
    if (event.type === 'ended') for (const promise of brokenByEnd(event.outcome, count)) must(false, promise);
  }
  must(!inJson(events).includes(key), 'the key is in no event');
  return breaches;
}

function brokenByEnd(
  outcome: Extract<ProviderEvent, { type: 'ended' }>['outcome'],
  count: (type: ProviderEvent['type']) => number,
): readonly string[] {
  if (outcome.kind === 'complete') return count('finished') === 1 ? [] : ['a complete reply has a reason to be over'];
  if (outcome.kind === 'aborted') return [];
  const { detail } = outcome.failure;
  return [
    ...(detail.length <= 300 && !/\p{Cc}/u.test(detail) ? [] : ['the words of a failure are short and of one line']),
    ...(outcome.sent || count('opened') === 0 ? [] : ['what was answered was sent']),
  ];
}

/** Bigints as text, so that everything can be looked through. */
export const inJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ?? '';
