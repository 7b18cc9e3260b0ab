import type { ConversationId, MessageId } from '../../domain/ids';
import type { IncomingConversation } from '../../domain/incoming';
import { NANO_PER_USD, formatUsd, nanoUsd } from '../../domain/money';

/** Sums over many conversations of this price still fit an exact integer many times over. */
const MAX_CONVERSATION_NANO_USD = nanoUsd(10_000 * NANO_PER_USD);
/** A fork of a fork of a fork: each link is followed when it is read. */
const MAX_FORK_DEPTH = 200;

/**
 * What types cannot say about a conversation from a file: whether it holds together by itself.
 * @returns what is wrong, in the person's words; undefined when it can be taken over.
 */
export function flawOf(incoming: IncomingConversation): string | undefined {
  const parents = new Map<MessageId, MessageId | null>();
  for (const m of incoming.messages) {
    if (parents.has(m.id)) return `It holds two messages with the id “${m.id}”.`;
    parents.set(m.id, m.parentId);
  }
  if (hasCycle(parents)) return 'Its messages answer each other in a circle, so they have no beginning.';
  // Doubles are good enough here: the limit is a thousandth of where they stop being exact.
  const costNanoUsd = incoming.messages.reduce((sum, m) => sum + (m.cost.costNanoUsd ?? 0), 0);
  if (costNanoUsd > MAX_CONVERSATION_NANO_USD)
    return `Its costs add up to more than ${formatUsd(MAX_CONVERSATION_NANO_USD)}, which cannot be right.`;
  return undefined;
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

/** Sources before their forks, otherwise as given: whatever is interrupted, what is there can be read. */
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
 * Follows a fork to the conversation at the beginning of its line.
 * @param sourceOf the conversation that another was forked from, in the file or in the store.
 * @returns false when the line runs in a circle or is longer than anybody's.
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
