import { SEARCHED_COLUMNS } from './ranking';

/**
 * The full-text table, newest rows first. It stores no text. Words are inserted already folded and separated by spaces,
 * so the `simple` tokenizer only has to split them.
 *
 * It is contentless because `PRAGMA quick_check` compares an index with its content, and the folded words are not
 * stored. Rows of a contentless table can't be deleted; see `search_row`.
 *
 * The two-byte prefix index makes prefixes of one to three letters as fast as whole words.
 */
export const FULL_TEXT_TABLE = `CREATE VIRTUAL TABLE message_text USING fts4 (
  content="", matchinfo=fts3, tokenize=simple, prefix="2", order=desc, ${SEARCHED_COLUMNS.join(', ')})`;

/**
 * Tables for search. Execute it after the projection's other schemas, while their tables are empty.
 *
 * `message_text` has a row for every text ever indexed. `search_row` identifies the current row of each message and its
 * number of words. Messages above `indexed_through` have never been indexed, so inserting them costs nothing. Triggers
 * record messages at or below it that are added, changed or deleted. Remove rows of `message` with DELETE, because
 * REPLACE fires no delete triggers.
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
