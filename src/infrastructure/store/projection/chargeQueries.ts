import * as z from 'zod';
import type {
  Charge,
  ChargePage,
  ChargePeriod,
  ChargeQuery,
  ChargeState,
  ChargeSum,
  ChargeTotals,
  ModelRecord,
} from '../../../domain/charge';
import { type ModelId, conversationId, modelId } from '../../../domain/ids';
import { nanoUsd } from '../../../domain/money';
import { tokensPerSecond } from '../../../domain/telemetry';
import { RESERVATION_COLUMNS, type StoredReservation, storedReservation } from './spendRows';
import type { SqlDatabase, SqlRow } from '../sql/engine';
import { Conditions } from '../sql/conditions';

/** Number of recent replies of a model used for its medians. */
const RECORDED_REPLIES = 100;

/**
 * The last two columns of a row joined with `conversation c`. A deleted conversation keeps its number but not its
 * title.
 */
const CONVERSATION_NAME = `ifnull(c.run_number, 0), ifnull(iif(c.deleted, '', c.title), '')`;
const nameOf = (row: SqlRow): { readonly runNumber: number; readonly title: string } => ({
  runNumber: Number(row.at(-2)),
  title: String(row.at(-1)),
});

/** Sums of `charge_sum` columns; zero if there are no rows. */
const sums = (...columns: readonly string[]): string =>
  columns.map((column) => `ifnull(sum(${column}), 0) AS ${column}`).join(', ');
const SUM_COLUMNS = sums('settled_nano_usd', 'pending_nano_usd', 'charges', 'prompt_tokens', 'completion_tokens');
const SUM_WIDTH = 5;

const modelRow = z.tuple([z.string().transform(modelId), z.number(), z.number().transform(nanoUsd)]);
const replyRow = z.tuple([z.number().nullable(), z.number().nullable(), z.number().nullable(), z.number().nullable()]);

const inPeriod = ({ fromDayUtc, toDayUtc }: ChargePeriod): Conditions =>
  new Conditions().and('day_utc >= ?', fromDayUtc).and('day_utc <= ?', toDayUtc);

/** The ledger's queries. */
export class ChargeQueries {
  constructor(private readonly database: SqlDatabase) {}

  /** Newest first. */
  page(query: ChargeQuery): ChargePage {
    const { conversationId: conversation, model, onlyPending = false, limit, offset } = query;
    const of = inPeriod(query).and('conversation_id = ?', conversation).and('model = ?', model);
    const counted = this.database.get(
      `SELECT ${sums('charges', 'settled_charges')} FROM charge_sum WHERE ${of.and('charges > 0').where}`,
      of.parameters,
    );
    const [charges = 0, settledCharges = 0] = counted?.map(Number) ?? [];
    const wanted = inPeriod(query)
      .and('conversation_id = ?', conversation)
      .and('model = ?', model)
      .and(onlyPending ? `state = 'pending'` : `state <> 'released'`);
    const rows = this.database.all(
      `SELECT ${RESERVATION_COLUMNS}, ${CONVERSATION_NAME}
       FROM (SELECT id FROM reservation WHERE ${wanted.where} ORDER BY reserved_at_ms DESC, id DESC LIMIT ? OFFSET ?)
       JOIN reservation r USING (id) LEFT JOIN conversation c ON c.id = r.conversation_id ORDER BY r.reserved_at_ms DESC, r.id DESC`,
      [...wanted.parameters, limit, offset],
    );
    return { charges: rows.map(chargeOf), total: charges - (onlyPending ? settledCharges : 0) };
  }

  totals(period: ChargePeriod): ChargeTotals {
    const { where, parameters } = inPeriod(period).and('charges > 0');
    const by = (columns: string, grouping: string): string =>
      `SELECT ${SUM_COLUMNS}, ${columns} FROM charge_sum WHERE ${where} GROUP BY ${grouping}`;
    const days = this.database.all(
      by(`day_utc, ${sums('compared_charges', 'estimated_nano_usd', 'reported_nano_usd')}`, 'day_utc ORDER BY day_utc'),
      parameters,
    );
    const models = this.database.all(
      by('model', 'model ORDER BY sum(settled_nano_usd + pending_nano_usd) DESC, model'),
      parameters,
    );
    const conversations = this.database.all(
      `SELECT s.*, ${CONVERSATION_NAME} FROM (${by('conversation_id', 'conversation_id')}) s LEFT JOIN conversation c ON c.id = s.conversation_id
       ORDER BY s.settled_nano_usd + s.pending_nano_usd DESC, conversation_id`,
      parameters,
    );
    const totalOf = (column: number): number => days.reduce((sum, row) => sum + Number(row[column]), 0);
    return {
      all: sumOf(Array.from({ length: SUM_WIDTH }, (_, column) => totalOf(column))),
      byDay: days.map((row) => ({ ...sumOf(row), dayUtc: String(row[SUM_WIDTH]) })),
      byModel: models.map((row) => ({ ...sumOf(row), model: modelId(String(row[SUM_WIDTH])) })),
      byConversation: conversations.map((row) => ({
        ...sumOf(row),
        conversationId: conversationId(String(row[SUM_WIDTH])),
        ...nameOf(row),
      })),
      estimates: {
        charges: totalOf(SUM_WIDTH + 1),
        estimatedNanoUsd: nanoUsd(totalOf(SUM_WIDTH + 2)),
        reportedNanoUsd: nanoUsd(totalOf(SUM_WIDTH + 3)),
      },
    };
  }

  /** For each model with a settled charge, by name. */
  modelRecords(): readonly ModelRecord[] {
    const models = this.database.all(
      'SELECT model, sum(settled_charges), sum(settled_nano_usd) FROM charge_sum WHERE settled_charges > 0 GROUP BY model ORDER BY model',
      [],
    );
    return models.map((row) => {
      const [model, replies, settledNanoUsd] = modelRow.parse(row);
      return { model, replies, settledNanoUsd, ...this.mediansOf(model) };
    });
  }

  private mediansOf(model: ModelId): Omit<ModelRecord, 'model' | 'replies' | 'settledNanoUsd'> {
    const rows = this.database.all(
      `SELECT r.cost_nano_usd, r.completion_tokens, m.time_to_first_token_ms, m.latency_ms
       FROM reservation r JOIN message m ON m.conversation_id = r.conversation_id AND m.id = r.message_id
       WHERE r.model = ? AND r.state = 'settled' AND m.state = 'complete' ORDER BY r.reserved_at_ms DESC, r.id DESC LIMIT ${RECORDED_REPLIES}`,
      [model],
    );
    const replies = rows.map((row) => replyRow.parse(row));
    const cost = median(replies.map(([costNanoUsd]) => costNanoUsd));
    return {
      medianCostNanoUsd: cost === null ? null : nanoUsd(Math.round(cost)),
      medianCompletionTokens: median(replies.map(([, tokens]) => tokens)),
      medianTimeToFirstTokenMs: median(replies.map(([, , firstMs]) => firstMs)),
      medianTokensPerSecond: median(
        replies.map(([, tokens, firstMs, latencyMs]) => tokensPerSecond(tokens, firstMs, latencyMs)),
      ),
    };
  }
}

/**
 * Without a schema: a row per conversation over years would take too long to parse. @param row starts with
 * `SUM_COLUMNS`.
 */
function sumOf(row: SqlRow): ChargeSum {
  const [settledNanoUsd = 0, pendingNanoUsd = 0, charges = 0, promptTokens = 0, completionTokens = 0] = row
    .slice(0, SUM_WIDTH)
    .map(Number);
  return {
    settledNanoUsd: nanoUsd(settledNanoUsd),
    pendingNanoUsd: nanoUsd(pendingNanoUsd),
    charges,
    promptTokens,
    completionTokens,
  };
}

function chargeOf(row: SqlRow): Charge {
  const stored = storedReservation(row);
  const { reserved, identified, settled } = stored;
  const { runNumber, title } = nameOf(row);
  return {
    reservationId: reserved.reservationId,
    conversationId: reserved.conversationId,
    runNumber,
    conversationTitle: title,
    messageId: reserved.messageId,
    model: reserved.model,
    provider: settled?.provider ?? null,
    generationId: settled?.generationId ?? identified?.generationId ?? null,
    worstCaseNanoUsd: reserved.worstCaseNanoUsd,
    quote: reserved.quote,
    usage: settled?.usage ?? null,
    state: stateOf(stored),
    dayUtc: reserved.dayUtc,
    reservedAtMs: reserved.atMs,
  };
}

function stateOf({ settled }: StoredReservation): ChargeState {
  if (!settled) return { kind: 'pending' };
  const { costNanoUsd, source, settledBy, estimateNanoUsd, atMs } = settled;
  return { kind: 'settled', costNanoUsd, source, settledBy, estimateNanoUsd, atMs };
}

/** Of the known values. */
function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
