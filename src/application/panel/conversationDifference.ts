import { type Conversation, type Message, activeBranch } from '../../domain/conversation';
import type { MessageId } from '../../domain/ids';

/** How to update a panel from `before` to `after`. */
export type Difference =
  /** Messages were only added to the end of the branch. */
  | { readonly kind: 'patches'; readonly grown: readonly MessageId[]; readonly changed: readonly MessageId[] }
  | { readonly kind: 'snapshot' };

/** Compares a conversation with its reloaded version, so that a reply running in another window doesn't cost a snapshot every second. */
export function differenceOf(before: Conversation, after: Conversation): Difference {
  const shown = activeBranch(before);
  const branch = activeBranch(after);
  const isLonger = shown.every((message, i) => branch[i]?.id === message.id);
  if (!isLonger || after.messages.size - before.messages.size !== branch.length - shown.length)
    return { kind: 'snapshot' };
  const grown: MessageId[] = [];
  const changed: MessageId[] = [];
  branch.forEach((message, i) => {
    const known = shown[i];
    if (known && isSame(known, message)) return;
    if (known && onlyGrew(known, message)) grown.push(message.id);
    else changed.push(message.id);
  });
  return { kind: 'patches', grown, changed };
}

const onlyGrew = (known: Message, message: Message): boolean =>
  message.content.startsWith(known.content) &&
  message.reasoning.startsWith(known.reasoning) &&
  isSame({ ...known, content: '', reasoning: '' }, { ...message, content: '', reasoning: '' });

const PLAIN = [
  'content',
  'reasoning',
  'state',
  'model',
  'provider',
  'timeToFirstTokenMs',
  'latencyMs',
  'finishReason',
  'omittedMessages',
] as const satisfies readonly (keyof Message)[];

/** Compares by value, because a reloaded conversation shares no objects with the old one. */
const isSame = (a: Message, b: Message): boolean =>
  a === b ||
  (PLAIN.every((key) => a[key] === b[key]) &&
    a.failedAttempts.length === b.failedAttempts.length &&
    hasSameValues(a.cost, b.cost) &&
    hasSameValues(a.usage, b.usage) &&
    hasSameValues(a.failure, b.failure));

/** For objects of plain values. */
function hasSameValues(a: object | undefined, b: object | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const known = new Map(Object.entries(a));
  const entries = Object.entries(b);
  return entries.length === known.size && entries.every(([key, value]) => known.get(key) === value);
}
