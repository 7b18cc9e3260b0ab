import * as z from 'zod';
import type { Charge, ChargePage, ChargePeriod, ChargeQuery, ChargeState, ChargeSum, ChargeTotals, ModelRecord } from '../../domain/charge';
import { type ModelId, conversationId, modelId } from '../../domain/ids';
import { nanoUsd } from '../../domain/money';
import { RESERVATION_COLUMNS, type StoredReservation, storedReservation } from './spendRows';
import type { SqlDatabase, SqlParameter, SqlRow } from './sqlEngine';

/** Replies of one model whose medians are taken. */
const RECORDED_REPLIES = 100;
/** A reply that came faster than this came in one piece: its speed says nothing. */
const SHORTEST_STREAM_MS = 50;

/** Of a row joined with `conversation c`. What was deleted keeps its number; its title is hidden with it. */
const CONVERSATION_NAME = `ifnull(c.run_number, 0), iif(c.deleted = 0, c.title, '')`;
const nameRow = z.tuple([z.number(), z.string().nullable()]).transform(([runNumber, title]) => ({ runNumber, title: title ?? '' }));

const amount = z.number().transform(nanoUsd);
/** Sums over cells of `charge_sum`; nothing adds up to zero. */
const sums = (...columns: readonly string[]): string => columns.map((column) => `ifnull(sum(${column}), 0)`).join(', ');
const SUM_COLUMNS = sums('settled_nano_usd', 'outstanding_nano_usd', 'charges', 'prompt_tokens', 'completion_tokens');
const DEAREST_FIRST = 'sum(settled_nano_usd + outstanding_nano_usd) DESC';
const sumRow = z
  .tuple([amount, amount, z.number(), z.number(), z.number()])
  .transform(([settledNanoUsd, outstandingNanoUsd, charges, promptTokens, completionTokens]): ChargeSum => ({
    settledNanoUsd, outstandingNanoUsd, charges, promptTokens, completionTokens,
  }));
const SUM_WIDTH = 5;

const comparedRow = z
  .tuple([z.number(), amount, amount])
  .transform(([charges, estimatedNanoUsd, reportedNanoUsd]) => ({ charges, estimatedNanoUsd, reportedNanoUsd }));

const modelRow = z.tuple([z.string().transform(modelId), z.number(), amount]);
const replyRow = z.tuple([z.number().nullable(), z.number().nullable(), z.number().nullable(), z.number().nullable()]);

/** Conditions of a question with their parameters; a part that is not asked for is not in the text, so that an index can serve it. */
class Conditions {
  private readonly texts: string[] = [];
  readonly parameters: SqlParameter[] = [];

  and(text: string, ...parameters: readonly (SqlParameter | undefined)[]): this {
    const known = parameters.filter((parameter) => parameter !== undefined);
    if (known.length !== parameters.length) return this;
    this.texts.push(text);
    this.parameters.push(...known);
    return this;
  }

  get where(): string {
    return this.texts.join(' AND ');
  }
}

const inPeriod = ({ fromDayUtc, toDayUtc }: ChargePeriod): Conditions => new Conditions().and('day_utc >= ?', fromDayUtc).and('day_utc <= ?', toDayUtc);

/** The ledger's questions, answered from the view. */
export class ChargeView {
  constructor(private readonly database: SqlDatabase) {}

  /** Newest first. */
  page(query: ChargeQuery): ChargePage {
    const { conversationId: conversation, model, onlyOutstanding = false, limit, offset } = query;
    const of = inPeriod(query).and('conversation_id = ?', conversation).and('model = ?', model);
    const [charges, settledCharges] = this.row(`SELECT ${sums('charges', 'settled_charges')} FROM charge_sum WHERE ${of.and('charges > 0').where}`, of.parameters).map(Number);
    const wanted = inPeriod(query).and('conversation_id = ?', conversation).and('model = ?', model).and(onlyOutstanding ? `state = 'outstanding'` : `state <> 'released'`);
    const rows = this.database.all(
      `SELECT ${RESERVATION_COLUMNS}, ${CONVERSATION_NAME}
       FROM (SELECT id FROM reservation WHERE ${wanted.where} ORDER BY reserved_at_ms DESC, id DESC LIMIT ? OFFSET ?)
       JOIN reservation r USING (id) LEFT JOIN conversation c ON c.id = r.conversation_id ORDER BY r.reserved_at_ms DESC, r.id DESC`,
      [...wanted.parameters, limit, offset],
    );
    return { charges: rows.map(chargeOf), total: (charges ?? 0) - (onlyOutstanding ? (settledCharges ?? 0) : 0) };
  }

  totals(period: ChargePeriod): ChargeTotals {
    const { where, parameters } = inPeriod(period).and('charges > 0');
    const by = (columns: string, grouping: string): readonly SqlRow[] => this.database.all(`SELECT ${SUM_COLUMNS}, ${columns} FROM charge_sum s ${grouping}`, parameters);
    const all = this.row(
      `SELECT ${SUM_COLUMNS}, ${sums('compared_charges', 'estimated_nano_usd', 'reported_nano_usd')} FROM charge_sum WHERE ${where}`,
      parameters,
    );
    return {
      all: sumOf(all),
      byDay: by('day_utc', `WHERE ${where} GROUP BY day_utc ORDER BY day_utc`).map((row) => ({ ...sumOf(row), dayUtc: String(row[SUM_WIDTH]) })),
      byModel: by('model', `WHERE ${where} GROUP BY model ORDER BY ${DEAREST_FIRST}, model`).map((row) => ({ ...sumOf(row), model: modelId(String(row[SUM_WIDTH])) })),
      byConversation: by(
        `conversation_id, ${CONVERSATION_NAME}`,
        `LEFT JOIN conversation c ON c.id = s.conversation_id WHERE ${where} GROUP BY conversation_id ORDER BY ${DEAREST_FIRST}, conversation_id`,
      ).map((row) => ({ ...sumOf(row), conversationId: conversationId(String(row[SUM_WIDTH])), ...nameRow.parse(row.slice(SUM_WIDTH + 1)) })),
      estimates: comparedRow.parse(all.slice(SUM_WIDTH)),
    };
  }

  /** Of each model with a settled charge, by name. */
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
      medianTokensPerSecond: median(replies.map(([, tokens, firstMs, latencyMs]) => tokensPerSecond(tokens, firstMs, latencyMs))),
    };
  }

  /** Of an aggregate, which always has one. */
  private row(sql: string, parameters: readonly SqlParameter[]): SqlRow {
    return this.database.get(sql, parameters) ?? [];
  }
}

const sumOf = (row: SqlRow): ChargeSum => sumRow.parse(row.slice(0, SUM_WIDTH));

function chargeOf(row: SqlRow): Charge {
  const stored = storedReservation(row);
  const { reserved, identified, settled } = stored;
  const { runNumber, title } = nameRow.parse(row.slice(-2));
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
  if (!settled) return { kind: 'outstanding' };
  const { costNanoUsd, source, settledBy, estimateNanoUsd, atMs } = settled;
  return { kind: 'settled', costNanoUsd, source, settledBy, estimateNanoUsd, atMs };
}

function tokensPerSecond(tokens: number | null, firstMs: number | null, latencyMs: number | null): number | null {
  if (tokens === null || firstMs === null || latencyMs === null) return null;
  const streamMs = latencyMs - firstMs;
  return streamMs < SHORTEST_STREAM_MS ? null : (tokens * 1000) / streamMs;
}

/** Of those that are known; of an even number the mean of the two in the middle. */
function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
