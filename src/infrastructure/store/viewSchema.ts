/**
 * Version of the tables below (`PRAGMA user_version`). The view holds nothing that the journals do not: another
 * version is not migrated but folded anew.
 */
export const VIEW_SCHEMA_VERSION = 1;

/** Settings of the connection, made before the tables. The "file" is memory: a journal beside it protects nothing. */
export const VIEW_SETTINGS = `
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
`;

/** Times in epoch milliseconds, amounts in nano-dollars, `_units` in UTF-16 units. JSON columns end in `_json`. */
export const VIEW_SCHEMA = `
CREATE TABLE conversation (
  id TEXT PRIMARY KEY,
  run_number INTEGER NOT NULL UNIQUE,
  title TEXT NOT NULL,
  model TEXT NOT NULL,
  system_prompt TEXT NOT NULL,
  persona_id TEXT,
  status TEXT NOT NULL DEFAULT 'active',
  created_at_ms NUMERIC NOT NULL,
  updated_at_ms NUMERIC NOT NULL,
  cost_nano_usd INTEGER NOT NULL DEFAULT 0,
  total_tokens NUMERIC NOT NULL DEFAULT 0,
  active_leaf_id TEXT
) WITHOUT ROWID;
CREATE INDEX conversation_by_update ON conversation (updated_at_ms, run_number);

CREATE TABLE message (
  ordinal INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  id TEXT NOT NULL,
  parent_id TEXT,
  role TEXT NOT NULL,
  content TEXT NOT NULL,
  content_units INTEGER NOT NULL,
  reasoning TEXT NOT NULL DEFAULT '',
  reasoning_units INTEGER NOT NULL DEFAULT 0,
  attachments_json TEXT NOT NULL,
  state TEXT NOT NULL,
  writer TEXT NOT NULL,
  failure_json TEXT,
  model TEXT,
  provider TEXT,
  usage_json TEXT,
  tokens NUMERIC NOT NULL DEFAULT 0,
  cost_nano_usd INTEGER,
  cost_source TEXT NOT NULL,
  time_to_first_token_ms NUMERIC,
  latency_ms NUMERIC,
  finish_reason TEXT,
  generation_id TEXT,
  truncated_messages NUMERIC NOT NULL,
  created_at_ms NUMERIC NOT NULL,
  UNIQUE (conversation_id, id)
);
CREATE INDEX message_by_id ON message (id);

CREATE TABLE reservation (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  model TEXT NOT NULL,
  worst_case_nano_usd INTEGER NOT NULL,
  day_utc TEXT NOT NULL,
  reserved_at_ms NUMERIC NOT NULL,
  state TEXT NOT NULL DEFAULT 'outstanding',
  cost_nano_usd INTEGER,
  cost_source TEXT,
  usage_json TEXT,
  provider TEXT,
  generation_id TEXT,
  ended_at_ms NUMERIC
) WITHOUT ROWID;

PRAGMA user_version = ${VIEW_SCHEMA_VERSION};
`;
