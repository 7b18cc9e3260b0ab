import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { type EventOrigin, stampOf } from '../../../../../src/infrastructure/store/journal/fold';
import type { SqlDatabase, SqlRow } from '../../../../../src/infrastructure/store/sql/engine';
import { ProjectionFold } from '../../../../../src/infrastructure/store/projection/fold';
import { newProjectionDatabase } from '../../../../../src/infrastructure/store/projection/schema';
import { anyEvent, anySpend } from '../journal/anyEvents';
import { created } from '../storeEvents';
import { EMPTY_PROJECTION, wasmBinary } from '../storeFixtures';

interface Placed {
  readonly origin: EventOrigin;
  readonly event: StoreEvent;
}

const WRITERS = ['a', 'b', 'c'].map((letter) => letter.repeat(32));

/** Another window may end, and ask for the bill of, what one began that seems dead, and may do it before that one knows its own end. */
const FROM_ANY_WINDOW: ReadonlySet<StoreEvent['type']> = new Set([
  'reply.ended',
  'reply.billed',
  'spend.identified',
  'spend.settled',
  'spend.released',
]);

/** One window runs a reply, so what happens to a message comes from one journal; the rest comes from any. */
function writerOf(event: StoreEvent, any: number): string {
  if (FROM_ANY_WINDOW.has(event.type)) return WRITERS[any % WRITERS.length] ?? '';
  const owned = 'messageId' in event ? event.messageId : 'reservationId' in event ? event.reservationId : undefined;
  const place = owned === undefined ? any : owned.charCodeAt(1);
  return WRITERS[place % WRITERS.length] ?? '';
}

/** Events of three journals in fold order: lamport numbers rise within each, and often meet. */
const placed = (event: fc.Arbitrary<StoreEvent>, minLength: number): fc.Arbitrary<readonly Placed[]> =>
  fc.array(fc.tuple(event, fc.nat(9), fc.integer({ min: 1, max: 3 })), { minLength, maxLength: 40 }).map((drawn) => {
    const lamports = new Map<string, number>();
    const conversations = ['c1', 'c2'].map((id, i) => ({
      event: created(id, { runNumber: 1, title: `First ${i}` }),
      origin: { writer: WRITERS[i] ?? '', lamport: 0, index: 0 },
    }));
    const rest = drawn.map(([event, any, step]) => {
      const writer = writerOf(event, any);
      const lamport = (lamports.get(writer) ?? 0) + step;
      lamports.set(writer, lamport);
      return { event, origin: { writer, lamport, index: 0 } };
    });
    return [...conversations, ...rest].toSorted((a, b) => (stampOf(a.origin) < stampOf(b.origin) ? -1 : 1));
  });

/** Another order in which a window may hear of them: each journal in its own order, and they as it happens. */
function heard(inFoldOrder: readonly Placed[], choices: readonly number[]): readonly Placed[] {
  const queues = WRITERS.map((writer) => inFoldOrder.filter(({ origin }) => origin.writer === writer));
  const order: Placed[] = [];
  for (let i = 0; order.length < inFoldOrder.length; i++) {
    const open = queues.filter((queue) => queue.length > 0);
    const next = open[(choices[i % choices.length] ?? 0) % open.length]?.shift();
    if (next) order.push(next);
  }
  return order;
}

describe('ProjectionFold with several windows', () => {
  let database: SqlDatabase;
  let fold: ProjectionFold;

  beforeEach(async () => {
    database = await newProjectionDatabase(await wasmBinary());
    fold = new ProjectionFold(database);
  });

  afterEach(() => database.close());

  /** Applies in this order; what does not fit yet is tried again, as the projection does. @returns all that can be seen. */
  function resultOf(order: readonly Placed[]): readonly (readonly SqlRow[])[] {
    database.execute(EMPTY_PROJECTION);
    let waiting: Placed[] = [];
    const retry = (events: Placed[]): Placed[] => events.filter(({ origin, event }) => !fold.apply(origin, event));
    for (const next of order) waiting = retry([...waiting, next]);
    for (let before = -1; before !== waiting.length; waiting = retry(waiting)) before = waiting.length;
    return [
      database.all('SELECT * FROM conversation ORDER BY id', []),
      database.all(
        `SELECT conversation_id, id, stamp, parent_id, role, content, reasoning, attachments_json, state, streamed, failed_attempts_json, continues, model, provider, usage_json, tokens, completion_tokens, cost_nano_usd,
           cost_source, failure_json, latency_ms, time_to_first_token_ms, finish_reason, generation_id, created_at_ms FROM message ORDER BY conversation_id, id`,
        [],
      ),
      database.all('SELECT * FROM reservation ORDER BY id', []),
      database.all('SELECT * FROM charge_sum WHERE charges > 0 ORDER BY day_utc, conversation_id, model', []),
      database.all('SELECT * FROM accepted_overrun ORDER BY model', []),
    ];
  }

  for (const [what, event, minLength, numRuns] of [
    ['anything', anyEvent, 0, 300],
    ['money', anySpend, 15, 60],
  ] as const) {
    it(`reaches one state of ${what}, in whatever order events arrive`, () => {
      fc.assert(
        fc.property(
          placed(event, minLength),
          fc.array(fc.array(fc.nat(5), { minLength: 3, maxLength: 30 }), { minLength: 3, maxLength: 3 }),
          (inFoldOrder, orders) => {
            const expected = resultOf(inFoldOrder);
            for (const choices of orders) assert.deepEqual(resultOf(heard(inFoldOrder, choices)), expected);
          },
        ),
        { numRuns, seed: 20_261_121 },
      );
    });
  }
});
