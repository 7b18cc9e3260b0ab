/** What one reservation adds to each column of `charge_sum`. Released reservations are no charges. */
const partOf = (row: 'new' | 'old'): Readonly<Record<string, string>> => {
  const isSettled = `${row}.state = 'settled'`;
  const isCompared = `${isSettled} AND ${row}.cost_source = 'reported' AND ${row}.estimate_nano_usd IS NOT NULL`;
  return {
    charges: `iif(${row}.state = 'released', 0, 1)`,
    settled_charges: `iif(${isSettled}, 1, 0)`,
    settled_nano_usd: `iif(${isSettled}, ${row}.cost_nano_usd, 0)`,
    pending_nano_usd: `iif(${row}.state = 'pending', ${row}.worst_case_nano_usd, 0)`,
    prompt_tokens: `iif(${isSettled}, coalesce(${row}.prompt_tokens, 0), 0)`,
    completion_tokens: `iif(${isSettled}, coalesce(${row}.completion_tokens, 0), 0)`,
    compared_charges: `iif(${isCompared}, 1, 0)`,
    estimated_nano_usd: `iif(${isCompared}, ${row}.estimate_nano_usd, 0)`,
    reported_nano_usd: `iif(${isCompared}, ${row}.cost_nano_usd, 0)`,
  };
};

const added = partOf('new');
const removed = partOf('old');
const sums = Object.keys(added);

/**
 * Tables for money, with the conventions of PROJECTION_SCHEMA. A row of `reservation` combines all events about one
 * request; `identified_id` is the generation's id from the headers, `generation_id` that of the settlement.
 *
 * `charge_sum` holds sums by day, conversation and model, so that a total need not read every charge. Triggers update
 * it with every change of a reservation.
 */
export const SPEND_SCHEMA = `
CREATE TABLE reservation (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  model TEXT NOT NULL,
  worst_case_nano_usd INTEGER NOT NULL,
  quote_prompt_tokens NUMERIC,
  quote_max_tokens NUMERIC,
  day_utc TEXT NOT NULL,
  reserved_at_ms NUMERIC NOT NULL,
  identified_id TEXT,
  state TEXT NOT NULL DEFAULT 'pending',
  settled_rank INTEGER,
  settled_stamp TEXT,
  cost_nano_usd INTEGER,
  cost_source TEXT,
  settled_by TEXT,
  estimate_nano_usd INTEGER,
  usage_json TEXT,
  prompt_tokens NUMERIC,
  completion_tokens NUMERIC,
  provider TEXT,
  generation_id TEXT,
  ended_at_ms NUMERIC
) WITHOUT ROWID;
CREATE INDEX charge_by_time ON reservation (reserved_at_ms, id, day_utc, state);
CREATE INDEX charge_by_conversation ON reservation (conversation_id, reserved_at_ms, id);
CREATE INDEX charge_by_model ON reservation (model, reserved_at_ms, id);
CREATE INDEX pending_charge ON reservation (reserved_at_ms, id) WHERE state = 'pending';

CREATE TABLE charge_sum (
  day_utc TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  model TEXT NOT NULL,
  ${sums.map((column) => `${column} NUMERIC NOT NULL`).join(', ')},
  PRIMARY KEY (day_utc, conversation_id, model)
) WITHOUT ROWID;
CREATE TRIGGER charge_counted AFTER INSERT ON reservation BEGIN
  INSERT INTO charge_sum (day_utc, conversation_id, model, ${sums.join(', ')})
  VALUES (new.day_utc, new.conversation_id, new.model, ${sums.map((column) => added[column]).join(', ')})
  ON CONFLICT DO UPDATE SET ${sums.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')};
END;
CREATE TRIGGER charge_recounted AFTER UPDATE OF state, cost_nano_usd ON reservation BEGIN
  UPDATE charge_sum SET ${sums.map((column) => `${column} = ${column} + ${added[column]} - ${removed[column]}`).join(', ')}
  WHERE day_utc = new.day_utc AND conversation_id = new.conversation_id AND model = new.model;
END;

CREATE TABLE accepted_overrun (model TEXT PRIMARY KEY, at_ms NUMERIC NOT NULL) WITHOUT ROWID;
`;
