import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Conversation } from '../../../../../src/domain/conversation';
import { applyEvent } from '../../../../../src/domain/conversationMutator';
import { conversationId, messageId, modelId } from '../../../../../src/domain/ids';
import { nanoUsd } from '../../../../../src/domain/money';
import { type StoreEvent, isConversationEvent } from '../../../../../src/domain/storeEvent';
import type { Telemetry } from '../../../../../src/domain/telemetry';
import type { SqlDatabase } from '../../../../../src/infrastructure/store/sql/engine';
import { TelemetryQueries } from '../../../../../src/infrastructure/store/projection/telemetryQueries';
import { ProjectionFold } from '../../../../../src/infrastructure/store/projection/fold';
import { newProjectionDatabase } from '../../../../../src/infrastructure/store/projection/schema';
import { added, appended, attempted, billed, created, ended, shell } from '../storeEvents';
import { EMPTY_PROJECTION, openStore, wasmBinary, withFolder } from '../storeFixtures';
import { ownReplies, telemetryOf } from './telemetryOracle';

const ALIVE = 'a'.repeat(32);
const DEAD = 'd'.repeat(32);
const CONVERSATIONS = ['c1', 'c2'].map(conversationId);
const MODELS = ['v/one', 'v/two', 'odd/\ufeff\0\u001a', 'v/nobody'].map(modelId);

const model = fc.constantFrom(...MODELS.slice(0, 3));
/** On the bounds, beside them and anywhere. */
const firstTokenMs = fc.oneof(
  fc.constantFrom(0, 249.9, 250, 500, 999.99, 31_999, 32_000, 50_000),
  fc.double({ min: 0, max: 40_000, noNaN: true }).map((ms) => ms + 0),
);
const streamMs = fc.oneof(
  fc.constantFrom(0, 49.5, 50, 51),
  fc.double({ min: 0, max: 20_000, noNaN: true }).map((ms) => ms + 0),
);
const failure = fc.record({
  code: fc.constantFrom('RATE_LIMIT', 'OVERLOADED', 'TRUNCATED', 'STALLED'),
  detail: fc.constantFrom('', 'wait\ufeff', '"'),
});
const createdMs = fc.integer({ min: 1, max: 8 });
const usage = fc.record({
  promptTokens: fc.nat(9),
  completionTokens: fc.nat(3_000),
  reasoningTokens: fc.nat(9),
  cachedTokens: fc.nat(9),
  cacheWriteTokens: fc.nat(9),
});

interface Drawn {
  readonly writer: string;
  readonly events: readonly StoreEvent[];
}

/** A reply from its beginning on, as far as it got; its window may have died, or it was imported as a whole. */
const anyReply = fc
  .record({
    c: fc.constantFrom('c1', 'c2'),
    isDead: fc.boolean(),
    origin: fc.constantFrom('asked', 'asked', 'asked', 'imported'),
    asked: model,
    createdMs,
    attempts: fc.array(fc.record({ model, failure }), { maxLength: 2 }),
    text: fc.constantFrom('', '', 'text', 'a longer text'),
    end: fc.option(
      fc.record({
        state: fc.constantFrom('complete', 'complete', 'interrupted', 'cancelled', 'failed'),
        failure: fc.option(failure),
        model: fc.option(model),
        first: fc.option(firstTokenMs),
        streamMs: fc.option(streamMs),
        usage: fc.option(usage),
      }),
    ),
    late: fc.option(usage),
  })
  .map((r) => (at: number): Drawn => {
    const id = `m${at}`;
    const shellOf = { ...shell(r.c, id), model: r.asked, atMs: r.createdMs };
    const first = r.end?.first ?? null;
    return {
      writer: r.isDead ? DEAD : ALIVE,
      events: [
        r.origin === 'asked' ? shellOf : { ...shellOf, state: r.end?.state ?? 'interrupted' },
        ...r.attempts.map((attempt, i) => attempted(r.c, id, { ...attempt, attempt: i + 1 })),
        appended(r.c, id, 0, r.text),
        ...(r.end
          ? [
              ended(r.c, id, {
                state: r.end.state,
                failure: r.end.failure,
                model: r.end.model,
                usage: r.end.usage,
                timeToFirstTokenMs: first,
                latencyMs: r.end.streamMs === null ? null : (first ?? 0) + r.end.streamMs,
              }),
            ]
          : []),
        ...(r.late ? [billed(r.c, id, { usage: r.late })] : []),
      ],
    };
  });

describe('telemetry', () => {
  let database: SqlDatabase;
  let fold: ProjectionFold;
  let projection: TelemetryQueries;
  let lamport = 0;

  before(async () => {
    database = await newProjectionDatabase(await wasmBinary());
    fold = new ProjectionFold(database);
    projection = new TelemetryQueries(database, (writer) => writer !== DEAD);
  });
  after(() => database.close());
  beforeEach(() => database.execute(EMPTY_PROJECTION));

  const apply = (writer: string, events: readonly StoreEvent[]): void =>
    events.forEach((event) => assert.ok(fold.apply({ writer, lamport: (lamport += 1), index: 0 }, event)));
  const setUp = (): void =>
    apply(
      ALIVE,
      CONVERSATIONS.map((id, i) => created(id, { runNumber: i + 1 })),
    );

  it('agrees with a calculation from the conversations', () => {
    const seen = { left: 0, speeds: 0, partial: 0, retried: 0 };
    fc.assert(
      fc.property(
        fc.array(anyReply, { maxLength: 25 }),
        fc.option(createdMs),
        fc.option(fc.constantFrom(...MODELS)),
        (replies, sinceMs, asked) => {
          database.execute(EMPTY_PROJECTION);
          setUp();
          const drawn = replies.map((reply, at) => reply(at));
          for (const { writer, events } of drawn) apply(writer, events);
          const begun = new Map(
            drawn.flatMap(({ writer, events: [first] }) =>
              first?.type === 'message.added' && first.state === 'streaming'
                ? [[`${first.conversationId} ${first.messageId}`, writer]]
                : [],
            ),
          );
          const all: readonly StoreEvent[] = [
            ...CONVERSATIONS.map((id) => created(id)),
            ...drawn.flatMap(({ events }) => events),
          ];
          const conversations = CONVERSATIONS.flatMap(
            (id) =>
              all
                .filter(isConversationEvent)
                .filter((event) => event.conversationId === id)
                .reduce<Conversation | undefined>(applyEvent, undefined) ?? [],
          );
          const own = ownReplies(conversations, begun, DEAD);
          const query = { sinceMs, model: asked };
          const expected = telemetryOf(own, query);
          assert.deepEqual(projection.telemetry(query), expected);
          seen.left += own.filter(({ message, isAlive }) => message.state === 'streaming' && !isAlive).length;
          seen.speeds += expected.tokensPerSecond.count;
          seen.partial += expected.partial.count;
          seen.retried += expected.failures.filter(({ retried }) => retried > 0).length;
        },
      ),
      { seed: 20_261_121, numRuns: 200 },
    );
    for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${what}: ${count}`);
  });

  it('counts deleted conversations, and a shared message once', () => {
    setUp();
    apply(ALIVE, [shell('c1', 'm1'), ended('c1', 'm1')]);
    const before = projection.telemetry({ sinceMs: null, model: null });
    apply(ALIVE, [
      created('f1', { runNumber: 3, forkedFrom: { conversationId: conversationId('c1'), messageId: messageId('m1') } }),
    ]);
    apply(ALIVE, [{ type: 'conversation.deleted', conversationId: conversationId('c1'), deleted: true, atMs: 9 }]);
    assert.deepEqual(projection.telemetry({ sinceMs: null, model: null }), before);
    assert.equal(before.ended.complete, 1);
  });

  it('is empty without replies', () => {
    const none: Telemetry = {
      ended: { complete: 0, interrupted: 0, cancelled: 0, failed: 0 },
      failures: [],
      partial: { count: 0, empty: 0, medianCharacters: null },
      firstToken: { counts: [0, 0, 0, 0, 0, 0, 0, 0, 0], medianMs: null, p95Ms: null },
      tokensPerSecond: { count: 0, median: null, p10: null },
    };
    assert.deepEqual(projection.telemetry({ sinceMs: null, model: null }), none);
    apply(ALIVE, [created('c1'), added('c1', 'q'), shell('c1', 'm1', 'q'), attempted('c1', 'm1')]);
    assert.deepEqual(projection.telemetry({ sinceMs: null, model: null }), none, 'while the only reply runs');
  });

  it('is available from the store', () =>
    withFolder(async (folder) => {
      const store = openStore(folder);
      await store.commit([
        created('c1'),
        shell('c1', 'm1'),
        attempted('c1', 'm1'),
        ended('c1', 'm1', {
          timeToFirstTokenMs: 300,
          latencyMs: 1300,
          cost: { costNanoUsd: nanoUsd(1), source: 'reported' },
        }),
      ]);
      const told = await store.telemetry({ sinceMs: null, model: null });
      assert.deepEqual(told, {
        ended: { complete: 1, interrupted: 0, cancelled: 0, failed: 0 },
        failures: [{ code: 'OVERLOADED', ended: 0, retried: 1 }],
        partial: { count: 0, empty: 0, medianCharacters: null },
        firstToken: { counts: [0, 1, 0, 0, 0, 0, 0, 0, 0], medianMs: 300, p95Ms: 300 },
        tokensPerSecond: { count: 1, median: 5, p10: 5 },
      });
      await store.close();
    }));
});
