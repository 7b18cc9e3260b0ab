import type { ProviderEvent } from '../../src/domain/ports';

const AT_MOST_ONCE = ['opened', 'started', 'finished', 'usage'] as const;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * What every stream of every provider keeps, whatever the server sends (`ProviderEvent` in domain/ports.ts).
 * @returns each promise that is broken, in words; empty when all hold.
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
    if (event.type === 'text' || event.type === 'reasoning') must(event.text !== '' && !LONE_SURROGATE.test(event.text), `every ${event.type} is of whole characters`);
    if (event.type === 'usage') must(event.cost === null || event.cost.digits >= 0n, 'no price is below zero');
    if (event.type === 'ended') for (const promise of brokenByEnd(event.outcome, count)) must(false, promise);
  }
  must(!inJson(events).includes(key), 'the key is in no event');
  return breaches;
}

function brokenByEnd(outcome: Extract<ProviderEvent, { type: 'ended' }>['outcome'], count: (type: ProviderEvent['type']) => number): readonly string[] {
  if (outcome.kind === 'complete') return count('finished') === 1 ? [] : ['a complete reply has a reason to be over'];
  if (outcome.kind === 'aborted') return [];
  const { detail } = outcome.failure;
  return [
    ...(detail.length <= 300 && !/\p{Cc}/u.test(detail) ? [] : ['the words of a failure are short and of one line']),
    ...(outcome.sent || count('opened') === 0 ? [] : ['what was answered was sent']),
  ];
}

/** Bigints as text, so that everything can be looked through. */
export const inJson = (value: unknown): string => JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ?? '';
