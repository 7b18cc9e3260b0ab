import {
  conversationId,
  type ConversationId,
  type MessageId,
  messageId,
  type ModelId,
  modelId,
} from '../../../domain/ids';
import type { Role } from '../../../domain/conversation';
import { type NanoUsd, nanoUsd } from '../../../domain/money';
import type { Excerpt, SearchHit, SearchResult } from '../../../domain/search';
import { excerptOf } from './excerpt';
import type { Pattern } from './terms';
import type { SqlRow } from '../sql/engine';
import { roleSchema } from '../journal/eventSchema';

/** What a hit is made of: message `m`, shown in conversation `c`. Null is quicker to read than an empty string. */
export const HIT_COLUMNS = `c.id, m.id, c.run_number, c.title, c.archived, m.role, m.model, m.created_at_ms, m.cost_nano_usd,
  m.content, nullif(m.reasoning, '')`;

/** @param row in the order of `HIT_COLUMNS`. A schema for it would take as long as reading it. */
export function hitOf(row: SqlRow, patterns: readonly Pattern[]): SearchHit {
  const [conversation, message, runNumber, title, archived, role, model, createdAtMs, costNanoUsd, content, reasoning] =
    row;
  return {
    conversationId: conversationId(String(conversation)),
    messageId: messageId(String(message)),
    runNumber: Number(runNumber),
    title: String(title),
    archived: archived !== 0,
    role: roleSchema.parse(role),
    model: model === null ? null : modelId(String(model)),
    createdAtMs: Number(createdAtMs),
    costNanoUsd: costNanoUsd === null ? null : nanoUsd(Number(costNanoUsd)),
    excerpt: excerptOf(String(content), String(reasoning ?? ''), patterns),
  };
}

/** A hit for the way between threads, where the names of its fields would take as long as what is in them. */
type PackedHit = readonly [
  ConversationId,
  MessageId,
  runNumber: number,
  title: string,
  archived: boolean,
  Role,
  ModelId | null,
  createdAtMs: number,
  NanoUsd | null,
  Excerpt,
];

export interface PackedResult {
  readonly hits: readonly PackedHit[];
  readonly complete: boolean;
}

export const packedResult = ({ hits, complete }: SearchResult): PackedResult => ({
  hits: hits.map((hit) => [
    hit.conversationId,
    hit.messageId,
    hit.runNumber,
    hit.title,
    hit.archived,
    hit.role,
    hit.model,
    hit.createdAtMs,
    hit.costNanoUsd,
    hit.excerpt,
  ]),
  complete,
});

export const unpackedResult = ({ hits, complete }: PackedResult): SearchResult => ({
  hits: hits.map(
    ([ofConversation, ofMessage, runNumber, title, archived, role, model, createdAtMs, costNanoUsd, excerpt]) => ({
      conversationId: ofConversation,
      messageId: ofMessage,
      runNumber,
      title,
      archived,
      role,
      model,
      createdAtMs,
      costNanoUsd,
      excerpt,
    }),
  ),
  complete,
});
