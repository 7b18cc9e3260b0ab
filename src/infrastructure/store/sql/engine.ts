import type { BindParams, Database, SqlValue, Statement } from 'sql.js';

export type SqlParameter = string | number | null;
/** One row; strings are decoded. */
export type SqlRow = readonly SqlValue[];

/** An in-memory SQLite database with its prepared statements. Strings pass through `toSqlText` and `fromSqlText`. */
export class SqlDatabase {
  private readonly statements = new Map<string, Statement>();

  private constructor(private readonly database: Database) {}

  /**
   * Loads the engine on first use, to keep it out of startup.
   * @param wasmBinary content of `sql-wasm.wasm`, of the same version as the bundled script.
   * @param content content of a database file; if omitted, the database is empty.
   */
  static async create(wasmBinary: Uint8Array, content?: Uint8Array): Promise<SqlDatabase> {
    const { default: initSqlJs } = await import('sql.js');
    const engine = await initSqlJs({ wasmBinary: new Uint8Array(wasmBinary).buffer });
    return new SqlDatabase(new engine.Database(content));
  }

  /** The database as the content of a database file. @throws inside a transaction. */
  export(): Uint8Array {
    return this.database.export();
  }

  /** Runs statements that have no parameters and no results. */
  execute(sql: string): void {
    this.database.exec(sql);
  }

  /** @returns the number of rows changed. */
  run(sql: string, parameters: readonly SqlParameter[]): number {
    this.prepared(sql).run(bound(parameters));
    return this.database.getRowsModified();
  }

  /** The first row of a query. */
  get(sql: string, parameters: readonly SqlParameter[]): SqlRow | undefined {
    const statement = this.prepared(sql);
    statement.bind(bound(parameters));
    const row = statement.step() ? decodedRow(statement.get()) : undefined;
    statement.reset();
    return row;
  }

  /** All rows of a query. */
  all(sql: string, parameters: readonly SqlParameter[]): readonly SqlRow[] {
    const statement = this.prepared(sql);
    statement.bind(bound(parameters));
    const rows: SqlRow[] = [];
    while (statement.step()) rows.push(decodedRow(statement.get()));
    statement.reset();
    return rows;
  }

  /** Iterates over results too large for memory. Don't run other statements during the iteration. */
  *rows(sql: string): Generator<SqlRow> {
    const statement = this.prepared(sql);
    try {
      while (statement.step()) yield decodedRow(statement.get());
    } finally {
      statement.reset();
    }
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private prepared(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

const bound = (parameters: readonly SqlParameter[]): BindParams =>
  parameters.map((value) => (typeof value === 'string' ? toSqlText(value) : value));

/** Decodes in place, because the row is not shared yet. */
function decodedRow(row: SqlValue[]): SqlRow {
  for (let i = 0; i < row.length; i += 1) {
    const value = row[i];
    if (typeof value === 'string') row[i] = fromSqlText(value);
  }
  return row;
}

/**
 * SQLite stores UTF-8 and its JavaScript binding decodes with TextDecoder, so three kinds of characters would not
 * survive: unpaired surrogates (a streamed chunk can end inside a pair), NUL (SQL functions stop there) and byte order
 * marks. They are stored as U+001A and four hex digits, as is U+001A itself. Every unit is escaped separately, so
 * encoded chunks concatenated in SQL decode to the concatenated text.
 */
const SPECIAL = /[\0\x1a\ufeff\ud800-\udfff]/gu;
const ESCAPED = /\x1a([0-9a-f]{4})/g;

export const toSqlText = (text: string): string =>
  text.replace(SPECIAL, (unit) => `\x1a${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const fromSqlText = (text: string): string =>
  text.includes('\x1a')
    ? text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
