import * as z from 'zod';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import type { SpendEvent } from '../../../domain/storeEvent';
import type { SqlDatabase, SqlRow } from '../sql/engine';
import { costSourceSchema, usageSchema } from '../journal/eventSchema';

/** Days before the newest one that a snapshot covers for the gate: the current month and late settlements. */
const DAYS_KEPT = 62;
const DAY_MS = 24 * 60 * 60_000;

export const RESERVATION_COLUMNS = `r.id, r.conversation_id, r.message_id, r.model, r.worst_case_nano_usd, r.quote_prompt_tokens, r.quote_max_tokens,
  r.day_utc, r.reserved_at_ms, r.identified_id, r.state, r.cost_nano_usd, r.cost_source, r.settled_by, r.estimate_nano_usd, r.usage_json, r.provider,
  r.generation_id, r.ended_at_ms`;

const reservationRow = z.tuple([
  z.string().transform(reservationId),
  z.string().transform(conversationId),
  z.string().transform(messageId),
  z.string().transform(modelId),
  z.number().transform(nanoUsd),
  z.number().nullable(),
  z.number().nullable(),
  z.string(),
  z.number(),
  z.string().transform(generationId).nullable(),
  z.enum(['pending', 'settled', 'released']),
  z.number().transform(nanoUsd).nullable(),
  costSourceSchema.extract(['reported', 'estimated']).nullable(),
  z.enum(['stream', 'generation', 'person']).nullable(),
  z.number().transform(nanoUsd).nullable(),
  z
    .string()
    .transform((json): unknown => JSON.parse(json))
    .pipe(usageSchema)
    .nullable(),
  z.string().nullable(),
  z.string().transform(generationId).nullable(),
  z.number().nullable(),
]);

type EventOf<T extends SpendEvent['type']> = Extract<SpendEvent, { type: T }>;

/** A reservation as the events that lead to its row. */
export interface StoredReservation {
  readonly reserved: EventOf<'spend.reserved'>;
  readonly identified: EventOf<'spend.identified'> | undefined;
  readonly settled: EventOf<'spend.settled'> | undefined;
  readonly released: EventOf<'spend.released'> | undefined;
}

/** @param row starts with `RESERVATION_COLUMNS`. */
export function storedReservation(row: SqlRow): StoredReservation {
  const [
    id,
    conversation,
    message,
    model,
    worstCaseNanoUsd,
    promptTokens,
    maxTokens,
    dayUtc,
    reservedAtMs,
    identifiedId,
    state,
    costNanoUsd,
    source,
    settledBy,
    estimateNanoUsd,
    usage,
    provider,
    generation,
    endedAtMs,
  ] = reservationRow.parse(row.slice(0, reservationRow.def.items.length));
  const of = { reservationId: id, atMs: endedAtMs ?? reservedAtMs };
  const quote = promptTokens === null || maxTokens === null ? null : { promptTokens, maxTokens };
  return {
    reserved: {
      type: 'spend.reserved',
      reservationId: id,
      conversationId: conversation,
      messageId: message,
      model,
      worstCaseNanoUsd,
      quote,
      dayUtc,
      atMs: reservedAtMs,
    },
    // Nothing depends on the time of the headers.
    identified:
      identifiedId === null
        ? undefined
        : { type: 'spend.identified', reservationId: id, generationId: identifiedId, atMs: reservedAtMs },
    settled:
      state === 'settled' && costNanoUsd !== null && source !== null && settledBy !== null
        ? {
            type: 'spend.settled',
            ...of,
            costNanoUsd,
            source,
            settledBy,
            estimateNanoUsd,
            usage,
            provider,
            generationId: generation,
          }
        : undefined,
    released: state === 'released' ? { type: 'spend.released', ...of } : undefined,
  };
}

const eventsOf = ({ reserved, ...later }: StoredReservation): readonly SpendEvent[] => [
  reserved,
  ...[later.identified, later.settled, later.released].filter(
    (event): event is NonNullable<typeof event> => event !== undefined,
  ),
];

const spendOfRows = (rows: readonly SqlRow[]): readonly SpendEvent[] =>
  rows.flatMap((row) => eventsOf(storedReservation(row)));

/** All reservations of one conversation as the events that lead to their rows. */
export const spendOfConversation = (database: SqlDatabase, id: string): readonly SpendEvent[] =>
  spendOfRows(
    database.all(
      `SELECT ${RESERVATION_COLUMNS} FROM reservation r WHERE conversation_id = ? ORDER BY reserved_at_ms, id`,
      [id],
    ),
  );

const acceptedRow = z.tuple([z.string().transform(modelId), z.number()]);

/**
 * What the budget gate must know: unsettled reservations, the last two months, every bill above its worst case, and
 * which of those were accepted. The months are counted back from the newest day or from today, whichever is earlier,
 * because a clock may have been ahead.
 */
export function spendForGate(database: SqlDatabase, nowMs: number): readonly SpendEvent[] {
  const newestDay = String(database.get('SELECT coalesce(max(day_utc), ?) FROM charge_sum', ['9999-12-31'])?.[0]);
  const newestMs = Math.min(nowMs, Date.parse(newestDay) || nowMs);
  const since = new Date(newestMs - DAYS_KEPT * DAY_MS).toISOString().slice(0, 10);
  const rows = database.all(
    `SELECT ${RESERVATION_COLUMNS} FROM reservation r
     WHERE state = 'pending' OR day_utc >= ? OR cost_nano_usd > worst_case_nano_usd ORDER BY reserved_at_ms, id`,
    [since],
  );
  const accepted = database
    .all('SELECT model, at_ms FROM accepted_overrun ORDER BY model', [])
    .map((row): SpendEvent => {
      const [model, atMs] = acceptedRow.parse(row);
      return { type: 'spend.overrunAccepted', model, atMs };
    });
  return [...spendOfRows(rows), ...accepted];
}
