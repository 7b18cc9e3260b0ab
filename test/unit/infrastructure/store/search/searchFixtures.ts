import { conversationId, messageId } from '../../../../../src/domain/ids';
import type { NanoUsd } from '../../../../../src/domain/money';
import type { Role } from '../../../../../src/domain/conversation';
import type { SearchQuery, SearchTerm } from '../../../../../src/domain/search';
import { SearchIndex } from '../../../../../src/infrastructure/store/search/index';
import { SEARCH_SCHEMA } from '../../../../../src/infrastructure/store/search/schema';
import { SqlDatabase } from '../../../../../src/infrastructure/store/sql/engine';
import { PROJECTION_SCHEMA } from '../../../../../src/infrastructure/store/projection/schema';
import { testClock, wasmBinary } from '../storeFixtures';

export interface ConversationRow {
  readonly title?: string;
  readonly model?: string;
  readonly tags?: readonly string[];
  readonly archived?: boolean;
  readonly deleted?: boolean;
  readonly updatedAtMs?: number;
}

export interface MessageRow {
  readonly conversation?: string;
  readonly role?: Role;
  readonly content?: string;
  readonly reasoning?: string;
  readonly state?: string;
  readonly model?: string | null;
  readonly createdAtMs?: number;
  readonly costNanoUsd?: number | null;
}

export const word = (text: string): SearchTerm => ({ kind: 'word', text, prefix: false });
export const prefix = (text: string): SearchTerm => ({ kind: 'word', text, prefix: true });
export const phrase = (text: string): SearchTerm => ({ kind: 'phrase', text });

export const query = (terms: readonly SearchTerm[], over: Partial<SearchQuery> = {}): SearchQuery => ({
  terms,
  tags: [],
  models: [],
  roles: [],
  beforeMs: null,
  afterMs: null,
  costAboveNanoUsd: null,
  limit: 50,
  ...over,
});

export const nano = (amount: number): NanoUsd => amount as NanoUsd;

/** The projection's tables with directly inserted rows, and their search index. */
export class SearchedTables {
  readonly index: SearchIndex;
  private conversations = 0;

  private constructor(readonly database: SqlDatabase) {
    this.index = new SearchIndex(database, testClock);
  }

  static async create(): Promise<SearchedTables> {
    const database = await SqlDatabase.create(await wasmBinary());
    database.execute(PROJECTION_SCHEMA);
    database.execute(SEARCH_SCHEMA);
    return new SearchedTables(database);
  }

  addConversation(id: string, row: ConversationRow = {}): void {
    const {
      title = `Title of ${id}`,
      model = 'vendor/model',
      tags = [],
      archived = false,
      deleted = false,
      updatedAtMs = 0,
    } = row;
    this.conversations += 1;
    this.insert('conversation', {
      id: conversationId(id),
      run_number: this.conversations,
      title,
      model,
      system_prompt: '',
      tags_json: JSON.stringify(tags),
      archived: Number(archived),
      deleted: Number(deleted),
      created_at_ms: 0,
      updated_at_ms: updatedAtMs,
    });
  }

  addMessage(id: string, row: MessageRow = {}): void {
    const {
      conversation = 'c',
      role = 'user',
      content = '',
      reasoning = '',
      state = 'complete',
      model = null,
      createdAtMs = 0,
      costNanoUsd = null,
    } = row;
    this.insert('message', {
      conversation_id: conversation,
      id: messageId(id),
      role,
      content,
      content_units: content.length,
      reasoning,
      reasoning_units: reasoning.length,
      attachments_json: '[]',
      state,
      writer: 'w',
      model,
      cost_nano_usd: costNanoUsd,
      cost_source: 'reported',
      truncated_messages: 0,
      created_at_ms: createdAtMs,
    });
  }

  append(id: string, content: string, reasoning = ''): void {
    if (content !== '') this.database.run('UPDATE message SET content = content || ? WHERE id = ?', [content, id]);
    if (reasoning !== '')
      this.database.run('UPDATE message SET reasoning = reasoning || ? WHERE id = ?', [reasoning, id]);
  }

  found(terms: readonly SearchTerm[], over: Partial<SearchQuery> = {}): readonly string[] {
    return this.index.search(query(terms, over)).hits.map((hit) => hit.messageId);
  }

  /** Columns not used by search get arbitrary valid values. */
  private insert(table: string, values: Readonly<Record<string, string | number | null>>): void {
    const known = this.database
      .all(`SELECT name FROM pragma_table_info(?) WHERE "notnull" = 1 AND dflt_value IS NULL AND pk = 0`, [table])
      .map(([name]) => String(name));
    const row = { ...Object.fromEntries(known.map((name) => [name, ''])), ...values };
    const names = Object.keys(row);
    this.database.run(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    );
  }
}
