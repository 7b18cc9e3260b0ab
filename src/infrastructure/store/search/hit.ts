import * as z from 'zod';
import { conversationId, messageId, modelId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import type { SearchHit } from '../../../domain/search';
import { excerptOf } from './excerpt';
import type { Pattern } from './terms';
import type { SqlRow } from '../sql/engine';
import { roleSchema } from '../journal/eventSchema';

/** Columns of message `m`, shown in conversation `c`. */
export const HIT_COLUMNS = `c.id, m.id, c.run_number, c.title, c.archived, m.role, m.model, m.created_at_ms, m.cost_nano_usd,
  m.content, m.reasoning`;

const hitRow = z.tuple([
  z.string().transform(conversationId),
  z.string().transform(messageId),
  z.number(),
  z.string(),
  z.number().transform((value) => value !== 0),
  roleSchema,
  z.string().transform(modelId).nullable(),
  z.number(),
  z.number().transform(nanoUsd).nullable(),
  z.string(),
  z.string(),
]);

/** @param row in the order of `HIT_COLUMNS`. */
export function hitOf(row: SqlRow, patterns: readonly Pattern[]): SearchHit {
  const [conversation, message, runNumber, title, archived, role, model, createdAtMs, costNanoUsd, content, reasoning] =
    hitRow.parse(row);
  return {
    conversationId: conversation,
    messageId: message,
    runNumber,
    title,
    archived,
    role,
    model,
    createdAtMs,
    costNanoUsd,
    excerpt: excerptOf(content, reasoning, patterns),
  };
}
