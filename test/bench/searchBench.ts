import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SearchQuery, SearchTerm } from '../../src/domain/search';
import type { ConversationStore } from '../../src/domain/ports';
import type { BenchRow } from './benchTable';
import type { GeneratedText } from './generatedText';
import { MESSAGES_PER_CONVERSATION } from './benchHistory';
import { type Measured, inTurns } from './measure';

const LIMIT = 50;
const GOAL = { atMostMs: 50, atMostRatio: 1.5 };

interface BenchQuery {
  readonly name: string;
  readonly terms: readonly SearchTerm[];
  /** The same in the language of FTS5. */
  readonly match: string;
}

const word = (text: string): BenchQuery['terms'] => [{ kind: 'word', text, prefix: false }];

function queriesFor(text: GeneratedText): readonly BenchQuery[] {
  const rare = text.wordOfRank(5_500);
  const middle = text.wordOfRank(400);
  const common = text.wordOfRank(0);
  const second = text.wordOfRank(6);
  const start = text.wordOfRank(300).slice(0, 3);
  const phrase = `${text.wordOfRank(2)} ${text.wordOfRank(1)}`;
  return [
    { name: `a rare word (${rare})`, terms: word(rare), match: `"${rare}"` },
    { name: `a common word (${common})`, terms: word(common), match: `"${common}"` },
    { name: `two words (${middle}, ${rare})`, terms: [...word(middle), ...word(rare)], match: `"${middle}" "${rare}"` },
    { name: `two common words (${common}, ${second})`, terms: [...word(common), ...word(second)], match: `"${common}" "${second}"` },
    { name: `a prefix (${start}*)`, terms: [{ kind: 'word', text: start, prefix: true }], match: `"${start}"*` },
    { name: `a phrase (“${phrase}”)`, terms: [{ kind: 'phrase', text: phrase }], match: `"${phrase}"` },
  ];
}

/** FTS5 with its own defaults over the same texts, in the same order, asked for the same: what a list of hits shows, and whether there are more. */
function ftsDatabase(folder: string, texts: readonly string[]): { readonly database: DatabaseSync; readonly search: StatementSync } {
  const database = new DatabaseSync(path.join(folder, 'fts.db'));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE conversation (id TEXT PRIMARY KEY, run_number INTEGER, title TEXT, archived INTEGER)');
  database.exec('CREATE TABLE message (ordinal INTEGER PRIMARY KEY, id TEXT, conversation_id TEXT, role TEXT, model TEXT, content TEXT, created_at_ms INTEGER, cost_nano_usd INTEGER)');
  database.exec("CREATE VIRTUAL TABLE fts USING fts5(content, content='message', content_rowid='ordinal')");
  database.exec('BEGIN');
  const insertConversation = database.prepare('INSERT INTO conversation VALUES (?, ?, ?, 0)');
  for (let c = 0; c * MESSAGES_PER_CONVERSATION < texts.length; c++) insertConversation.run(`c${c}`, c + 1, `Conversation ${c}`);
  const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, NULL)');
  texts.forEach((content, n) => insert.run(n + 1, `m${n}`, `c${Math.floor(n / MESSAGES_PER_CONVERSATION)}`, n % 2 === 0 ? 'user' : 'assistant', 'vendor/model', content, n));
  database.exec("INSERT INTO fts (fts) VALUES ('rebuild')");
  database.exec('COMMIT');
  const search = database.prepare(
    `SELECT m.conversation_id, m.id, c.run_number, c.title, c.archived, m.role, m.model, m.created_at_ms, m.cost_nano_usd, snippet(fts, 0, '[', ']', '…', 24)
     FROM fts JOIN message m ON m.ordinal = fts.rowid JOIN conversation c ON c.id = m.conversation_id WHERE fts MATCH ? ORDER BY rank LIMIT ${LIMIT + 1}`,
  );
  return { database, search };
}

const everyRole = { tags: [], models: [], roles: [], beforeMs: null, afterMs: null, costAboveNanoUsd: null, limit: LIMIT } satisfies Omit<SearchQuery, 'terms'>;

/** @param store holds the same texts and has its index ready. */
export async function searchRows(folder: string, store: ConversationStore, text: GeneratedText, texts: readonly string[]): Promise<readonly BenchRow[]> {
  const { database, search } = ftsDatabase(folder, texts);
  const rows: BenchRow[] = [];
  for (const { name, terms, match } of queriesFor(text)) {
    const found = (await store.search({ ...everyRole, terms })).hits.length;
    const peerFound = Math.min(LIMIT, search.all(match).length);
    // Whoever finds less has less to do.
    if (found !== peerFound) throw new Error(`${name}: ours finds ${found}, FTS5 finds ${peerFound}`);
    const [ours, peer] = await inTurns([() => store.search({ ...everyRole, terms }), () => search.all(match)], { blocks: 5, runsPerBlock: 10, warmUp: 300, warmUpMs: 1_500 });
    if (ours && peer) rows.push({ what: `search in ${texts.length.toLocaleString('en-US')} messages: ${name}`, ours, peer: { name: 'node:sqlite, FTS5', measured: peer }, goal: GOAL });
  }
  database.close();
  return [...rows, together(rows)];
}

/** A person's searches are of all kinds: the sum says more than the best and the worst of them. */
function together(rows: readonly BenchRow[]): BenchRow {
  const sum = (of: readonly Measured[]): Measured => ({
    medianMs: of.reduce((total, { medianMs }) => total + medianMs, 0),
    spreadMs: [of.reduce((total, { spreadMs }) => total + spreadMs[0], 0), of.reduce((total, { spreadMs }) => total + spreadMs[1], 0)],
    runs: of[0]?.runs ?? 0,
  });
  const peers = rows.flatMap(({ peer }) => (peer ? [peer.measured] : []));
  return { what: `search: these ${rows.length} together`, ours: sum(rows.map(({ ours }) => ours)), peer: { name: 'node:sqlite, FTS5', measured: sum(peers) }, goal: { atMostRatio: 1.5 } };
}
