import type { SqlDatabase } from '../sql/engine';

const SHOWN_BY_FORKS = `
WITH RECURSIVE shown (id, parent_id, fork_id) AS (
  SELECT m.id, m.parent_id, f.id FROM conversation d CROSS JOIN conversation f ON f.source_conversation_id = d.id
    CROSS JOIN message m ON m.id = f.source_message_id WHERE d.deleted = 1 AND f.deleted = 0
  UNION SELECT m.id, m.parent_id, shown.fork_id FROM shown CROSS JOIN message m ON m.id = shown.parent_id
)
SELECT m.ordinal, shown.fork_id FROM shown CROSS JOIN message m ON m.id = shown.id CROSS JOIN conversation f ON f.id = shown.fork_id
WHERE m.conversation_id IN (SELECT id FROM conversation WHERE deleted = 1) ORDER BY f.updated_at_ms, f.run_number`;

/**
 * Forks of a deleted conversation still show the messages they share with it, so search finds these in the fork.
 * @returns JSON object from message ordinal to the id of a fork (the most recently updated one), or null if there are
 * no such messages.
 */
export function messagesShownByForks(database: SqlDatabase): string | null {
  const rows = database.all(SHOWN_BY_FORKS, []);
  return rows.length === 0
    ? null
    : JSON.stringify(Object.fromEntries(rows.map(([ordinal, fork]) => [Number(ordinal), String(fork)])));
}

/**
 * SQL expression for the conversation in which a hit opens: the conversation of message `m`, or its fork.
 * @param parameter SQL parameter with the result of `messagesShownByForks`.
 */
export const shownIn = (parameter: string): string =>
  `iif(${parameter} IS NULL, m.conversation_id, coalesce(json_extract(${parameter}, '$."' || m.ordinal || '"'), m.conversation_id))`;
