import * as z from 'zod';
import { type ConversationId, conversationId } from '../../../domain/ids';
import type { SearchQuery } from '../../../domain/search';
import { type Pattern, occurrencesIn, patternsOf } from './terms';
import { composed } from './words';
import type { SqlDatabase, SqlRow } from '../sql/engine';

const conversationIdOf = (row: SqlRow): ConversationId => conversationId(z.string().parse(row[0]));

const tagsJson = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(z.string()));

/** Ids of all conversations that have all the tags, ignoring case. */
export function taggedConversations(database: SqlDatabase, tags: readonly string[]): readonly ConversationId[] {
  const rows = database.all(`SELECT id, tags_json FROM conversation WHERE tags_json <> '[]'`, []);
  return rows.filter(([, json]) => hasTags(tagsJson.parse(json), tags)).map(conversationIdOf);
}

/** See `SearchIndex.titleMatches`. */
export function matchingTitles(database: SqlDatabase, query: SearchQuery, limit: number): readonly ConversationId[] {
  const patterns = patternsOf(query.terms);
  const { tags, models, roles, costAboveNanoUsd } = query;
  if (patterns.length === 0 && (query.terms.length > 0 || (tags.length === 0 && models.length === 0))) return [];
  if (roles.length > 0 || costAboveNanoUsd !== null) return [];
  const rows = database.all(
    `SELECT id, title, tags_json, lower(model) FROM conversation
     WHERE deleted = 0 AND (?1 IS NULL OR updated_at_ms < ?1) AND (?2 IS NULL OR updated_at_ms >= ?2)
     ORDER BY updated_at_ms DESC, run_number DESC`,
    [query.beforeMs, query.afterMs],
  );
  const found: ConversationId[] = [];
  for (const row of rows) {
    if (found.length >= limit) break;
    const [, title, json, model] = row;
    const hasModels = models.every((part) => String(model).includes(part.toLowerCase()));
    const own = json === '[]' ? [] : tagsJson.parse(json);
    if (hasModels && hasTags(own, tags) && containsAll([String(title), ...own], patterns))
      found.push(conversationIdOf(row));
  }
  return found;
}

const hasTags = (own: readonly string[], wanted: readonly string[]): boolean => {
  const folded = new Set(own.map(foldedTag));
  return wanted.every((tag) => folded.has(foldedTag(tag)));
};

const foldedTag = (tag: string): string => tag.normalize('NFC').trim().toLowerCase();

function containsAll(texts: readonly string[], patterns: readonly Pattern[]): boolean {
  const found = new Set(
    texts.flatMap((text) => occurrencesIn(composed(text), patterns).map((occurrence) => occurrence.pattern)),
  );
  return found.size === patterns.length;
}
