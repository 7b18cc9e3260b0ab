import { SEARCHED_COLUMNS } from './ranking';

/**
 * The full-text table, newest rows first. It stores no text: it receives the words of a message already folded and
 * separated by spaces, so that `simple` only has to split them.
 *
 * It is contentless because `PRAGMA quick_check` compares an index with its content, and the folded words are stored
 * nowhere. A contentless table takes rows but never gives them up; see `search_row`.
 *
 * The prefix index of two bytes makes one to three typed letters as fast as a word.
 */
export const FULL_TEXT_TABLE = `CREATE VIRTUAL TABLE message_text USING fts4 (
  content="", matchinfo=fts3, tokenize=simple, prefix="2", order=desc, ${SEARCHED_COLUMNS.join(', ')})`;

/**
 * Search over the tables of the projection; executed after them, while they are empty.
 *
 * `message_text` has a row for every text that was ever indexed; `search_row` says which of them is a message's
 * current one and how many words it has. Messages above `indexed_through` have never been indexed, so inserting them
 * costs nothing; the triggers record those at or below it that were added, changed or deleted since. Rows of
 * `message` must be removed with DELETE, because REPLACE runs no triggers.
 */
export const SEARCH_SCHEMA = `
${FULL_TEXT_TABLE};

CREATE TABLE search_row (
  docid INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL UNIQUE,
  words INTEGER NOT NULL
);

CREATE TABLE search_state (
  indexed_through INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  stale_count INTEGER NOT NULL
);
INSERT INTO search_state VALUES (0, 0, 0);

CREATE TABLE search_changed (ordinal INTEGER PRIMARY KEY);

CREATE TRIGGER search_message_added AFTER INSERT ON message
WHEN new.ordinal <= (SELECT indexed_through FROM search_state)
BEGIN INSERT OR IGNORE INTO search_changed VALUES (new.ordinal); END;

CREATE TRIGGER search_message_changed AFTER UPDATE OF content, reasoning ON message
WHEN new.ordinal <= (SELECT indexed_through FROM search_state)
BEGIN INSERT OR IGNORE INTO search_changed VALUES (new.ordinal); END;

CREATE TRIGGER search_message_removed AFTER DELETE ON message
WHEN old.ordinal <= (SELECT indexed_through FROM search_state)
BEGIN INSERT OR IGNORE INTO search_changed VALUES (old.ordinal); END;

CREATE INDEX conversation_deleted ON conversation (deleted) WHERE deleted = 1;
`;
