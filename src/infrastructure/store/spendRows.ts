import * as z from 'zod';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../domain/ids';
import { nanoUsd } from '../../domain/money';
import type { SpendEvent } from '../../domain/storeEvent';
import { placeOf } from './eventOrigin';
import type { PlacedSpend } from './snapshotManifest';
import type { SqlDatabase } from './sqlEngine';
import { usageSchema } from './storeEventSchema';

/** Days before the newest that a snapshot tells the gate about: the current month, and what is settled late. */
const DAYS_KEPT = 62;
const DAY_MS = 24 * 60 * 60_000;

const row = z.tuple([
  z.string().transform(reservationId),
  z.string().transform(conversationId),
  z.string().transform(messageId),
  z.string().transform(modelId),
  z.number().transform(nanoUsd),
  z.string(),
  z.number(),
  z.enum(['outstanding', 'settled', 'released']),
  z.number().transform(nanoUsd).nullable(),
  z.enum(['reported', 'estimated']).nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().transform(generationId).nullable(),
  z.number().nullable(),
  z.string(),
]);

/**
 * The reservations of the view as the events that led to them: all that are open, and those of the last two months.
 * The months are counted from the newest day or from today, whichever is earlier: a clock that once ran ahead must
 * not make what was spent this month look old.
 */
export function recentSpend(database: SqlDatabase, nowMs: number): readonly PlacedSpend[] {
  const newestDay = String(database.get('SELECT coalesce(max(day_utc), ?) FROM reservation', ['9999-12-31'])?.[0]);
  const newestMs = Math.min(nowMs, Date.parse(newestDay) || nowMs);
  const since = new Date(newestMs - DAYS_KEPT * DAY_MS).toISOString().slice(0, 10);
  const rows = database.all(
    `SELECT id, conversation_id, message_id, model, worst_case_nano_usd, day_utc, reserved_at_ms, state, cost_nano_usd, cost_source,
       usage_json, provider, generation_id, ended_at_ms, settled_stamp
     FROM reservation WHERE state = 'outstanding' OR day_utc >= ? ORDER BY reserved_at_ms, id`,
    [since],
  );
  return rows.map((values) => placedSpend(row.parse(values)));
}

function placedSpend(values: z.infer<typeof row>): PlacedSpend {
  const [id, conversation, message, model, worstCaseNanoUsd, dayUtc, reservedAtMs, state, costNanoUsd, source, usageJson, provider, generation, endedAtMs, settledStamp] = values;
  const atMs = endedAtMs ?? reservedAtMs;
  const events: SpendEvent[] = [
    { type: 'spend.reserved', reservationId: id, conversationId: conversation, messageId: message, model, worstCaseNanoUsd, quote: null, dayUtc, atMs: reservedAtMs },
  ];
  if (generation !== null) events.push({ type: 'spend.identified', reservationId: id, generationId: generation, atMs: reservedAtMs });
  if (state === 'released') events.push({ type: 'spend.released', reservationId: id, atMs });
  if (state === 'settled' && costNanoUsd !== null && source !== null) {
    const usage = usageJson === null ? null : usageSchema.parse(JSON.parse(usageJson));
    events.push({ type: 'spend.settled', reservationId: id, costNanoUsd, source, settledBy: 'stream', estimateNanoUsd: null, usage, provider, generationId: generation, atMs });
  }
  return { ...placeOf(settledStamp), events };
}
