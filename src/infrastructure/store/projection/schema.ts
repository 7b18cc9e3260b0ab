import { SHORTEST_STREAM_MS } from '../../../domain/telemetry';
import { SEARCH_SCHEMA } from '../search/schema';
import { SPEND_SCHEMA } from './spendSchema';
import { SqlDatabase } from '../sql/engine';
import { PROJECTION_VERSION } from './snapshotManifest';

/**
 * Settings of a connection. The database is in memory: a rollback journal protects nothing, and checking for locks
 * would take most of the time of a short statement.
 */
export const CONNECTION_SETTINGS = `
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
`;

/**
 * Times are epoch milliseconds, amounts nano-dollars, `_units` UTF-16 units. JSON columns end in `_json`. Column
 * `x_stamp` holds the stamp of the event that set `x`: events of other windows arrive late, and the last one in fold
 * order wins. `streamed`: a reply that was requested here, not imported. `outcome`: the state of such a reply once it
 * has ended.
 */
export const PROJECTION_SCHEMA = `
CREATE TABLE conversation (
  id TEXT PRIMARY KEY,
  run_number INTEGER NOT NULL,
  wanted_run_number INTEGER NOT NULL,
  title TEXT NOT NULL,
  title_stamp TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL,
  model_stamp TEXT NOT NULL DEFAULT '',
  system_prompt TEXT NOT NULL,
  persona_id TEXT,
  tags_json TEXT NOT NULL DEFAULT '[]',
  tags_json_stamp TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0,
  pinned_stamp TEXT NOT NULL DEFAULT '',
  archived INTEGER NOT NULL DEFAULT 0,
  archived_stamp TEXT NOT NULL DEFAULT '',
  deleted INTEGER NOT NULL DEFAULT 0,
  deleted_stamp TEXT NOT NULL DEFAULT '',
  source_conversation_id TEXT,
  source_message_id TEXT,
  created_at_ms NUMERIC NOT NULL,
  created_stamp TEXT NOT NULL,
  updated_at_ms NUMERIC NOT NULL,
  updated_at_ms_stamp TEXT NOT NULL DEFAULT '',
  cost_nano_usd INTEGER NOT NULL DEFAULT 0,
  total_tokens NUMERIC NOT NULL DEFAULT 0,
  active_leaf_id TEXT,
  active_leaf_id_stamp TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX conversation_by_update ON conversation (updated_at_ms, run_number);
CREATE INDEX conversation_by_run_number ON conversation (run_number);
CREATE INDEX conversation_by_source ON conversation (source_conversation_id) WHERE source_conversation_id IS NOT NULL;
CREATE INDEX conversation_by_wanted_run_number ON conversation (wanted_run_number);

CREATE TABLE message (
  ordinal INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  id TEXT NOT NULL,
  stamp TEXT NOT NULL,
  parent_id TEXT,
  role TEXT NOT NULL,
  content TEXT NOT NULL,
  content_units INTEGER NOT NULL,
  reasoning TEXT NOT NULL DEFAULT '',
  reasoning_units INTEGER NOT NULL DEFAULT 0,
  attachments_json TEXT NOT NULL,
  state TEXT NOT NULL,
  streamed INTEGER NOT NULL,
  ended_stamp TEXT NOT NULL DEFAULT '',
  writer TEXT NOT NULL,
  failure_json TEXT,
  failed_attempts_json TEXT NOT NULL DEFAULT '[]',
  model TEXT,
  provider TEXT,
  provider_stamp TEXT NOT NULL DEFAULT '',
  usage_json TEXT,
  usage_json_stamp TEXT NOT NULL DEFAULT '',
  tokens NUMERIC NOT NULL DEFAULT 0,
  completion_tokens NUMERIC,
  cost_nano_usd INTEGER,
  cost_source TEXT NOT NULL,
  time_to_first_token_ms NUMERIC,
  latency_ms NUMERIC,
  finish_reason TEXT,
  generation_id TEXT,
  truncated_messages NUMERIC NOT NULL,
  continues TEXT,
  created_at_ms NUMERIC NOT NULL,
  outcome AS (iif(streamed = 1 AND state <> 'streaming', state, NULL)),
  tokens_per_second AS (iif(latency_ms - time_to_first_token_ms >= ${SHORTEST_STREAM_MS}, completion_tokens * 1000.0 / (latency_ms - time_to_first_token_ms), NULL)),
  UNIQUE (conversation_id, id)
);
CREATE INDEX message_by_id ON message (id);
CREATE INDEX message_running ON message (writer) WHERE state = 'streaming';
CREATE INDEX message_outcome ON message (outcome, created_at_ms, model, content_units) WHERE outcome IS NOT NULL;
CREATE INDEX message_first_token ON message (time_to_first_token_ms, created_at_ms, outcome, model) WHERE outcome IS NOT NULL;
CREATE INDEX message_speed ON message (tokens_per_second, created_at_ms, outcome, model) WHERE outcome IS NOT NULL;
CREATE INDEX message_failed ON message (created_at_ms, outcome, model, failure_json) WHERE failure_json IS NOT NULL OR outcome = 'interrupted';
CREATE INDEX message_retried ON message (created_at_ms, outcome, failed_attempts_json) WHERE failed_attempts_json <> '[]';

PRAGMA user_version = ${PROJECTION_VERSION};
`;

/** An empty database with all tables. */
export async function newProjectionDatabase(wasmBinary: Uint8Array): Promise<SqlDatabase> {
  const database = await SqlDatabase.create(wasmBinary);
  database.execute(PROJECTION_SCHEMA);
  database.execute(SPEND_SCHEMA);
  database.execute(SEARCH_SCHEMA);
  return database;
}
