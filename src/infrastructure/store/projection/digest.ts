import { createHash } from 'node:crypto';
import type { SqlDatabase } from '../sql/engine';

/** Everything that the journals determine; not `ordinal`, the order in which this window received the messages. */
const CONTENT = [
  `SELECT id, run_number, title, model, system_prompt, persona_id, tags_json, pinned, archived, deleted, source_conversation_id, source_message_id,
     created_at_ms, updated_at_ms, cost_nano_usd, total_tokens, active_leaf_id FROM conversation ORDER BY id`,
  `SELECT conversation_id, id, stamp, parent_id, role, content, reasoning, attachments_json, state, streamed, writer, failure_json, failed_attempts_json, model, provider, usage_json,
     tokens, cost_nano_usd, cost_source, time_to_first_token_ms, latency_ms, finish_reason, generation_id, truncated_messages, continues, created_at_ms
   FROM message ORDER BY conversation_id, id`,
  `SELECT id, conversation_id, message_id, model, worst_case_nano_usd, quote_prompt_tokens, quote_max_tokens, day_utc, reserved_at_ms, identified_id, state,
     cost_nano_usd, cost_source, settled_by, estimate_nano_usd, usage_json, provider, generation_id, ended_at_ms FROM reservation ORDER BY id`,
  'SELECT * FROM charge_sum ORDER BY day_utc, conversation_id, model',
  'SELECT model, at_ms FROM accepted_overrun ORDER BY model',
];

/** Equal for windows that have the same content. */
export function digestOf(database: SqlDatabase): string {
  const hash = createHash('sha256');
  for (const sql of CONTENT) {
    for (const row of database.rows(sql)) hash.update(`${JSON.stringify(row)}\n`);
    hash.update('\n');
  }
  return hash.digest('hex');
}
