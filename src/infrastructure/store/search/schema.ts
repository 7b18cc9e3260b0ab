import { SEARCHED_COLUMNS } from './ranking';

/**
 * The full-text table. It holds no text: the words of a message are handed to it already folded and separated by
 * spaces (`simple` then only has to split), and it keeps where they stand, newest first.
 *
 * It is contentless on purpose. Such a table takes rows but never gives them up, and in exchange
 * `PRAGMA quick_check` of a snapshot accepts it: with external content SQLite compares index and content, and the
 * folded words are nowhere to compare with.
 *
 * A prefix index of two bytes makes one to three typed letters as cheap as a word. How long a text is, which the
 * ranking asks of every match, is in the docid (`docidOf`): looking it up would take nearly as long as finding the match.
 */
export const FULL_TEXT_TABLE = `CREATE VIRTUAL TABLE message_text USING fts4 (
  content="", matchinfo=fts3, tokenize=simple, prefix="2", order=desc, ${SEARCHED_COLUMNS.join(', ')})`;

/**
 * Search over the tables of the view; to be executed behind them, while they are empty.
 *
 * `message_text` has a row for every text that was ever indexed; `search_row` says which of them is a message's
 * present one. Messages above `indexed_through` have never been indexed, so that inserting them costs nothing;
 * the triggers note those at or below it that came, went or changed since. `message` rows leave by DELETE, not by
 * REPLACE, which runs no triggers.
 */
export const SEARCH_SCHEMA = `
${FULL_TEXT_TABLE};

CREATE TABLE search_row (
  docid INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL UNIQUE
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
