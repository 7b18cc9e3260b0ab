import * as z from 'zod';
import type { FailedAttempt } from '../../../domain/conversation';
import { type FailureCode, INTERRUPTED_BY_CRASH } from '../../../domain/failure';
import { modelId } from '../../../domain/ids';
import { FIRST_TOKEN_BOUNDS_MS, type Telemetry, type TelemetryQuery } from '../../../domain/telemetry';
import type { SqlDatabase, SqlRow } from '../sql/engine';
import { failedAttemptsSchema, failureSchema } from '../journal/eventSchema';
import { Conditions } from '../sql/conditions';

const json = z.string().transform((text): unknown => JSON.parse(text));
const failureRow = z.tuple([json.pipe(failureSchema).nullable(), z.number()]);
const attemptsRow = z.tuple([json.pipe(failedAttemptsSchema)]);
const runningRow = z
  .tuple([z.string(), z.string().transform(modelId).nullable(), z.number(), json.pipe(failedAttemptsSchema)])
  .transform(([writer, model, units, attempts]) => ({ writer, model, units, attempts }));
type RunningReply = z.infer<typeof runningRow>;

/** Statistics on replies. */
export class TelemetryQueries {
  /** @param isAlive whether the process that writes a message's journal is running. */
  constructor(
    private readonly database: SqlDatabase,
    private readonly isAlive: (writer: string) => boolean,
  ) {}

  telemetry(query: TelemetryQuery): Telemetry {
    const left = this.leftBehind(query);
    const leftOfModel = left.filter(({ model }) => query.model === null || model === query.model);
    return {
      ended: this.ended(query, leftOfModel.length),
      failures: this.failures(query, left, leftOfModel.length),
      partial: this.partial(
        query,
        leftOfModel.map(({ units }) => units),
      ),
      firstToken: this.firstToken(query),
      tokensPerSecond: this.tokensPerSecond(query),
    };
  }

  /** Replies of any model that a dead process left streaming. */
  private leftBehind(query: TelemetryQuery): readonly RunningReply[] {
    const running = this.rows(
      'writer, model, content_units, failed_attempts_json',
      since(query, `streamed = 1 AND state = 'streaming'`),
    );
    return running.map((row) => runningRow.parse(row)).filter(({ writer }) => !this.isAlive(writer));
  }

  private ended(query: TelemetryQuery, left: number): Telemetry['ended'] {
    const count = (state: string): number => this.count(ended(query).and('outcome = ?', state));
    return {
      complete: count('complete'),
      interrupted: count('interrupted') + left,
      cancelled: count('cancelled'),
      failed: count('failed'),
    };
  }

  private failures(query: TelemetryQuery, left: readonly RunningReply[], leftOfModel: number): Telemetry['failures'] {
    const byCode = new Map<FailureCode, { readonly ended: number; readonly retried: number }>();
    const add = (code: FailureCode, { ended: more = 0, retried = 0 }): void => {
      const before = byCode.get(code) ?? { ended: 0, retried: 0 };
      byCode.set(code, { ended: before.ended + more, retried: before.retried + retried });
    };
    const failed = endedRarely(query)
      .and(`(failure_json IS NOT NULL OR outcome = 'interrupted')`)
      .and('model = ?', query.model ?? undefined);
    for (const row of this.rows('failure_json, count(*)', failed, 'GROUP BY failure_json')) {
      const [failure, count] = failureRow.parse(row);
      add(failure?.code ?? INTERRUPTED_BY_CRASH.code, { ended: count });
    }
    add(INTERRUPTED_BY_CRASH.code, { ended: leftOfModel });
    for (const { model, failure } of [...this.attempts(query), ...left.flatMap(({ attempts }) => attempts)]) {
      if (query.model === null || model === query.model) add(failure.code, { retried: 1 });
    }
    return [...byCode]
      .map(([code, counts]) => ({ code, ...counts }))
      .filter((counts) => counts.ended + counts.retried > 0)
      .toSorted((a, b) => b.ended + b.retried - a.ended - a.retried || (a.code < b.code ? -1 : 1));
  }

  /** Failed requests of replies that have ended, whichever model answered. */
  private attempts(query: TelemetryQuery): readonly FailedAttempt[] {
    const conditions = endedRarely(query).and(`failed_attempts_json <> '[]'`);
    return this.rows('failed_attempts_json', conditions).flatMap((row) => attemptsRow.parse(row)[0]);
  }

  private partial(query: TelemetryQuery, left: readonly number[]): Telemetry['partial'] {
    const stored = this.rows('content_units', ended(query).and(`outcome IN ('cancelled', 'interrupted')`)).map(
      ([units]) => Number(units),
    );
    const units = [...stored, ...left].toSorted((a, b) => a - b);
    return {
      count: units.length,
      empty: units.filter((count) => count === 0).length,
      medianCharacters: meanOf(middleOf(units.length).map((at) => units[at] ?? null)),
    };
  }

  private firstToken(query: TelemetryQuery): Telemetry['firstToken'] {
    const times = this.figures('time_to_first_token_ms', query);
    const counts = [-Infinity, ...FIRST_TOKEN_BOUNDS_MS].map((fromMs, i) =>
      times.count(fromMs, FIRST_TOKEN_BOUNDS_MS[i]),
    );
    const count = counts.reduce((sum, inBounds) => sum + inBounds, 0);
    return { counts, medianMs: times.median(count), p95Ms: times.percentile(95, count) };
  }

  private tokensPerSecond(query: TelemetryQuery): Telemetry['tokensPerSecond'] {
    const speeds = this.figures('tokens_per_second', query);
    const count = speeds.count();
    return { count, median: speeds.median(count), p10: speeds.percentile(10, count) };
  }

  /** Statistics over a column; an index holds its values in order, so the n-th is found without sorting. */
  private figures(column: string, query: TelemetryQuery) {
    const known = (): Conditions => ended(query).and(`${column} IS NOT NULL`);
    const at = (position: number): number | null => {
      if (position < 0) return null;
      const [row] = this.rows(column, known(), `ORDER BY ${column} LIMIT 1 OFFSET ${position}`);
      return row === undefined ? null : Number(row[0]);
    };
    return {
      count: (from?: number, below?: number): number =>
        this.count(known().and(`${column} >= ?`, from).and(`${column} < ?`, below)),
      median: (count: number): number | null => meanOf(middleOf(count).map(at)),
      percentile: (percent: number, count: number): number | null => at(Math.ceil((percent * count) / 100) - 1),
    };
  }

  private count(conditions: Conditions): number {
    return Number(this.rows('count(*)', conditions)[0]?.[0] ?? 0);
  }

  private rows(columns: string, { where, parameters }: Conditions, rest = ''): readonly SqlRow[] {
    return this.database.all(`SELECT ${columns} FROM message WHERE ${where} ${rest}`, parameters);
  }
}

const since = ({ sinceMs }: TelemetryQuery, state: string): Conditions =>
  new Conditions().and(state).and('created_at_ms >= ?', sinceMs ?? undefined);
/** Ended replies with another, rare condition. The plus keeps SQLite from using the index of all ended replies. */
const endedRarely = (query: TelemetryQuery): Conditions => since(query, '+outcome IS NOT NULL');
const ended = (query: TelemetryQuery): Conditions =>
  since(query, 'outcome IS NOT NULL').and('model = ?', query.model ?? undefined);

/** Positions of the one or two middle values; negative if there is none. */
const middleOf = (count: number): readonly number[] => [(count - 1) >> 1, count === 0 ? -1 : count >> 1];

function meanOf([low = null, high = null]: readonly (number | null)[]): number | null {
  return low === null || high === null ? null : (low + high) / 2;
}
