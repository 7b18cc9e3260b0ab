import type { ConversationId, MessageId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { NANO_PER_USD, nanoUsd } from '../../domain/money';
import type { ImportProblem } from './importReport';

/** Low enough that sums over many such conversations stay exact. */
const MAX_CONVERSATION_NANO_USD = nanoUsd(10_000 * NANO_PER_USD);
/** Length of a chain of forks; each link is followed when a fork is read. */
const MAX_FORK_DEPTH = 200;

/** Consistency checks that the schema can't express. @returns undefined when the conversation can be imported. */
export function flawOf(incoming: IncomingConversation): ImportProblem | undefined {
  const parents = new Map<MessageId, MessageId | null>();
  for (const m of incoming.messages) {
    if (parents.has(m.id)) return { kind: 'duplicateMessage', messageId: m.id };
    parents.set(m.id, m.parentId);
  }
  if (hasCycle(parents)) return { kind: 'circularMessages' };
  // Doubles are exact up to a thousand times the limit.
  const costNanoUsd = incoming.messages.reduce((sum, m) => sum + (m.cost.costNanoUsd ?? 0), 0);
  return costNanoUsd > MAX_CONVERSATION_NANO_USD
    ? { kind: 'costTooHigh', limitNanoUsd: MAX_CONVERSATION_NANO_USD }
    : undefined;
}

function hasCycle(parents: ReadonlyMap<MessageId, MessageId | null>): boolean {
  const ends = new Set<MessageId>();
  for (const start of parents.keys()) {
    const path = new Set<MessageId>();
    let next: MessageId | null | undefined = start;
    while (next !== null && next !== undefined && !ends.has(next)) {
      if (path.has(next)) return true;
      path.add(next);
      next = parents.get(next);
    }
    for (const id of path) ends.add(id);
  }
  return false;
}

/** Puts conversations before their forks, otherwise keeps the order: an import that ends early leaves no fork without its source. */
export function sourcesFirst(incoming: readonly IncomingConversation[]): readonly IncomingConversation[] {
  const byId = new Map(incoming.map((c) => [c.id, c]));
  const done = new Set<IncomingConversation>();
  for (const conversation of incoming) {
    const chain = new Set<IncomingConversation>();
    let next: IncomingConversation | undefined = conversation;
    while (next && !done.has(next) && !chain.has(next)) {
      chain.add(next);
      next = next.forkedFrom ? byId.get(next.forkedFrom.conversationId) : undefined;
    }
    for (const c of [...chain].reverse()) done.add(c);
  }
  return [...done];
}

/**
 * Follows the chain of forks to its first conversation.
 * @param sourceOf the conversation that another was forked from, in the file or in the store.
 * @returns false when the chain is circular or too long.
 */
export async function hasForkOrigin(
  incoming: IncomingConversation,
  sourceOf: (id: ConversationId) => Promise<ConversationId | undefined>,
): Promise<boolean> {
  const seen = new Set<ConversationId>([incoming.id]);
  let next = incoming.forkedFrom?.conversationId;
  while (next !== undefined) {
    if (seen.has(next) || seen.size > MAX_FORK_DEPTH) return false;
    seen.add(next);
    next = await sourceOf(next);
  }
  return true;
}
