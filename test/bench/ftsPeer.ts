import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MESSAGES_PER_CONVERSATION } from './benchHistory';

/** Selects what a list of hits shows, as ours does. */
const sqlFor = (limit: number): string =>
  `SELECT m.conversation_id, m.id, c.run_number, c.title, c.archived, m.role, m.model, m.created_at_ms, m.cost_nano_usd, snippet(fts, 0, '[', ']', '…', 24)
   FROM fts JOIN message m ON m.ordinal = fts.rowid JOIN conversation c ON c.id = m.conversation_id WHERE fts MATCH ? ORDER BY rank LIMIT ${limit}`;

/** FTS5 of `node:sqlite` with its defaults, over the same texts in the same order, on the caller's thread. */
export class FtsPeer {
  private constructor(
    private readonly database: DatabaseSync,
    private readonly statement: ReturnType<DatabaseSync['prepare']>,
  ) {}

  /** @param limit rows of a result. */
  static create(folder: string, texts: readonly string[], limit: number): FtsPeer {
    const file = path.join(folder, 'fts.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('CREATE TABLE conversation (id TEXT PRIMARY KEY, run_number INTEGER, title TEXT, archived INTEGER)');
    database.exec(
      'CREATE TABLE message (ordinal INTEGER PRIMARY KEY, id TEXT, conversation_id TEXT, role TEXT, model TEXT, content TEXT, created_at_ms INTEGER, cost_nano_usd INTEGER)',
    );
    database.exec("CREATE VIRTUAL TABLE fts USING fts5(content, content='message', content_rowid='ordinal')");
    database.exec('BEGIN');
    const insertConversation = database.prepare('INSERT INTO conversation VALUES (?, ?, ?, 0)');
    for (let c = 0; c * MESSAGES_PER_CONVERSATION < texts.length; c++)
      insertConversation.run(`c${c}`, c + 1, `Conversation ${c}`);
    const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, NULL)');
    texts.forEach((content, n) =>
      insert.run(
        n + 1,
        `m${n}`,
        `c${Math.floor(n / MESSAGES_PER_CONVERSATION)}`,
        n % 2 === 0 ? 'user' : 'assistant',
        'vendor/model',
        content,
        n,
      ),
    );
    database.exec("INSERT INTO fts (fts) VALUES ('rebuild')");
    database.exec('COMMIT');
    return new FtsPeer(database, database.prepare(sqlFor(limit)));
  }

  /** @param match in FTS5's query language. */
  search(match: string): readonly unknown[] {
    return this.statement.all(match);
  }

  close(): void {
    this.database.close();
  }
}
