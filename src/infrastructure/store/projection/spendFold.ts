import { settlementRank } from '../../../domain/charge';
import type { SpendEvent } from '../../../domain/storeEvent';
import type { SqlDatabase } from '../sql/engine';

type EventOf<T extends SpendEvent['type']> = Extract<SpendEvent, { type: T }>;

/**
 * Applies spend events to the projection. Windows settle each other's reservations and receive events in any order, so
 * the result does not depend on the order: a release only affects an unsettled reservation, and of several settlements
 * the one with the highest rank counts (`settlementRank`).
 */
export class SpendFold {
  constructor(private readonly database: SqlDatabase) {}

  /** @param stamp decides between settlements of equal rank. @returns false if the reservation has not arrived. */
  apply(stamp: string, event: SpendEvent): boolean {
    switch (event.type) {
      case 'spend.reserved':
        return this.reserved(event);
      case 'spend.identified':
        return this.change(
          event,
          'UPDATE reservation SET identified_id = ?1 WHERE id = ?2 AND ifnull(identified_id >= ?1, true)',
          [event.generationId, event.reservationId],
        );
      case 'spend.settled':
        return this.settled(stamp, event);
      case 'spend.released':
        return this.change(
          event,
          `UPDATE reservation SET state = 'released', ended_at_ms = max(ifnull(ended_at_ms, ?1), ?1) WHERE id = ?2 AND state <> 'settled'`,
          [event.atMs, event.reservationId],
        );
      case 'spend.overrunAccepted':
        this.database.run(
          'INSERT INTO accepted_overrun VALUES (?, ?) ON CONFLICT DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)',
          [event.model, event.atMs],
        );
        return true;
    }
  }

  private reserved(event: EventOf<'spend.reserved'>): boolean {
    const { reservationId, conversationId, messageId, model, worstCaseNanoUsd, quote, dayUtc, atMs } = event;
    this.database.run(
      `INSERT INTO reservation (id, conversation_id, message_id, model, worst_case_nano_usd, quote_prompt_tokens, quote_max_tokens, day_utc, reserved_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [
        reservationId,
        conversationId,
        messageId,
        model,
        worstCaseNanoUsd,
        quote?.promptTokens ?? null,
        quote?.maxTokens ?? null,
        dayUtc,
        atMs,
      ],
    );
    return true;
  }

  private settled(stamp: string, event: EventOf<'spend.settled'>): boolean {
    const { usage } = event;
    return this.change(
      event,
      `UPDATE reservation SET state = 'settled', settled_rank = ?1, cost_nano_usd = ?2, ended_at_ms = ?3, settled_stamp = ?4, cost_source = ?5, settled_by = ?6,
         estimate_nano_usd = ?7, usage_json = ?8, prompt_tokens = ?9, completion_tokens = ?10, provider = ?11, generation_id = ?12
       WHERE id = ?13 AND (state <> 'settled' OR (settled_rank, cost_nano_usd, ended_at_ms, settled_stamp) <= (?1, ?2, ?3, ?4))`,
      [
        settlementRank(event),
        event.costNanoUsd,
        event.atMs,
        stamp,
        event.source,
        event.settledBy,
        event.estimateNanoUsd,
        usage && JSON.stringify(usage),
        usage?.promptTokens ?? null,
        usage?.completionTokens ?? null,
        event.provider,
        event.generationId,
        event.reservationId,
      ],
    );
  }

  private change(
    { reservationId }: Exclude<SpendEvent, { type: 'spend.overrunAccepted' }>,
    sql: string,
    parameters: readonly (string | number | null)[],
  ): boolean {
    return (
      this.database.run(sql, parameters) > 0 ||
      this.database.get('SELECT 1 FROM reservation WHERE id = ?', [reservationId]) !== undefined
    );
  }
}
