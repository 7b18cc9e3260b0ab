import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Conversation } from '../../../../../src/domain/conversation';
import { applyEvent } from '../../../../../src/domain/conversationMutator';
import { conversationId, messageId } from '../../../../../src/domain/ids';
import { nanoUsd } from '../../../../../src/domain/money';
import { type StoreEvent, isConversationEvent, isSpendEvent } from '../../../../../src/domain/storeEvent';
import { ConversationQueries } from '../../../../../src/infrastructure/store/projection/conversationQueries';
import type { SqlDatabase } from '../../../../../src/infrastructure/store/sql/engine';
import { ProjectionFold } from '../../../../../src/infrastructure/store/projection/fold';
import { newProjectionDatabase } from '../../../../../src/infrastructure/store/projection/schema';
import { PROJECTION_VERSION } from '../../../../../src/infrastructure/store/projection/snapshotManifest';
import { anyEvent, anySpend, conversationIds } from '../journal/anyEvents';
import { added, appended, attempted, billed, created, ended, shell } from '../storeEvents';
import { SearchIndex } from '../../../../../src/infrastructure/store/search/index';
import { EMPTY_PROJECTION, testClock, wasmBinary } from '../storeFixtures';
import { acceptancesOf, bookOf, chargesOf } from './spendOracle';

/** The event after a JSON round trip, as in a frame. */
const stored = (event: StoreEvent): StoreEvent => JSON.parse(JSON.stringify(event)) as StoreEvent;

describe('ProjectionFold', () => {
  let database: SqlDatabase;
  let fold: ProjectionFold;
  let projection: ConversationQueries;

  beforeEach(async () => {
    database = await newProjectionDatabase(await wasmBinary());
    fold = new ProjectionFold(database);
    projection = new ConversationQueries(database, new SearchIndex(database, testClock), () => true);
  });

  afterEach(() => database.close());

  let lamport = 0;
  const applyAll = (events: readonly StoreEvent[]): void =>
    events.forEach((event) => void fold.apply({ writer: 'w', lamport: (lamport += 1), index: 0 }, event));
  const empty = (): void => database.execute(EMPTY_PROJECTION);

  it("reaches the state of the domain's mutator for any events", () => {
    fc.assert(
      fc.property(fc.array(anyEvent.map(stored), { maxLength: 40 }), (events) => {
        empty();
        applyAll(events);
        const expected = conversationIds.map((id) =>
          events
            .filter(isConversationEvent)
            .filter((event) => event.conversationId === id)
            .reduce<Conversation | undefined>(applyEvent, undefined),
        );
        const loaded = conversationIds.map((id) => projection.load(id));
        assert.deepEqual(loaded, expected);
        assert.deepEqual(
          loaded.map((c) => c && [...c.messages.keys()]),
          expected.map((c) => c && [...c.messages.keys()]),
        );
        const listed = new Map(projection.conversations().map((summary) => [summary.id, summary]));
        for (const conversation of expected) {
          if (!conversation) continue;
          const { messages, activeLeafId, deleted } = conversation;
          if (deleted) assert.equal(listed.has(conversation.id), false);
          else assert.deepEqual({ ...listed.get(conversation.id), messages, activeLeafId, deleted }, conversation);
          for (const id of messages.keys()) assert.ok(projection.conversationOf(id) !== undefined);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('computes the result of settlements and releases, and their sums, in any order', () => {
    fc.assert(
      fc.property(fc.array(anySpend.map(stored), { maxLength: 30 }), (drawn) => {
        empty();
        const events = drawn.filter(isSpendEvent);
        const early = events.filter((event) => !fold.apply({ writer: 'w', lamport: (lamport += 1), index: 0 }, event));
        applyAll(early);
        const charges = chargesOf(events);
        const expected = [...charges.values()].map(({ reserved, state, settled }) => [
          reserved.reservationId,
          reserved.worstCaseNanoUsd,
          state,
          settled?.costNanoUsd ?? null,
        ]);
        assert.deepEqual(
          database.all('SELECT id, worst_case_nano_usd, state, cost_nano_usd FROM reservation', []),
          expected.sort(),
        );
        const accepted = database.all('SELECT model, at_ms FROM accepted_overrun', []);
        assert.deepEqual(accepted, [...acceptancesOf(events)].sort());

        const sum = (of: 'settled' | 'pending'): number =>
          [...charges.values()]
            .filter(({ state }) => state === of)
            .reduce((total, { reserved, settled }) => total + (settled?.costNanoUsd ?? reserved.worstCaseNanoUsd), 0);
        const { all } = projection.chargeTotals({});
        assert.deepEqual([all.settledNanoUsd, all.pendingNanoUsd], [sum('settled'), sum('pending')]);
        assert.equal(
          projection.charges({ limit: 9, offset: 0 }).total,
          [...charges.values()].filter(({ state }) => state !== 'released').length,
        );
        const spend = conversationIds.flatMap((id) => projection.spendOf(id));
        assert.deepEqual(bookOf(spend), bookOf(events.filter(({ type }) => type !== 'spend.overrunAccepted')));
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing if the same events are applied again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        empty();
        for (const event of events) applyAll([event, event]);
        const twice = conversationIds.map((id) => projection.load(id));
        empty();
        applyAll(events);
        assert.deepEqual(
          conversationIds.map((id) => projection.load(id)),
          twice,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('gives the later of two conversations with the same run number the next free one', () => {
    applyAll([
      created('a', { runNumber: 4 }),
      created('b', { runNumber: 5 }),
      created('c', { runNumber: 4 }),
      created('a', { runNumber: 9 }),
    ]);
    const numbers = ['a', 'b', 'c'].map((id) => projection.load(conversationId(id))?.runNumber);
    assert.deepEqual(numbers, [4, 5, 6]);
    assert.equal(projection.nextRunNumber(), 7);
  });

  it('lists conversations by latest change, in pages and by status', () => {
    applyAll(['a', 'b', 'c', 'd'].map((id, i) => created(id, { runNumber: i + 1, atMs: [30, 10, 40, 20][i] ?? 0 })));
    const ids = (query?: Parameters<ConversationQueries['conversations']>[0]): readonly string[] =>
      projection.conversations(query).map((c) => c.id);
    assert.deepEqual(ids(), ['c', 'a', 'd', 'b']);
    assert.deepEqual(ids({ limit: 2 }), ['c', 'a']);
    assert.deepEqual(ids({ limit: 2, offset: 1 }), ['a', 'd']);
    assert.deepEqual(ids({ offset: 3 }), ['b']);
    assert.deepEqual(ids({ status: 'active' }), ['c', 'a', 'd', 'b']);
    assert.deepEqual(ids({ status: 'archived' }), []);
    applyAll([added('b', 'm', { atMs: 99 })]);
    assert.deepEqual(ids({ limit: 1 }), ['b']);
  });

  it('shows a reply that another process left streaming as interrupted, with its text and its cost pending', () => {
    applyAll([created('c1'), shell('c1', 'm1'), appended('c1', 'm1', 0, 'so far')]);
    const other = new ConversationQueries(database, new SearchIndex(database, testClock), () => false);
    const message = other.load(conversationId('c1'))?.messages.get(messageId('m1'));
    assert.deepEqual(
      [message?.state, message?.content, message?.cost],
      ['interrupted', 'so far', { costNanoUsd: null, source: 'pending' }],
    );
    assert.equal(projection.load(conversationId('c1'))?.messages.get(messageId('m1'))?.state, 'streaming');
    applyAll([ended('c1', 'm1')]);
    assert.equal(other.load(conversationId('c1'))?.messages.get(messageId('m1'))?.state, 'complete');
  });

  it('uses the later of two ends in either order, and keeps billing details from the earlier one', () => {
    const unknown = { costNanoUsd: null, source: 'unknown' } as const;
    applyAll([created('c1'), shell('c1', 'm1')]);
    fold.apply(
      { writer: 'x', lamport: 9_000_002, index: 0 },
      ended('c1', 'm1', { state: 'cancelled', cost: unknown, usage: null, latencyMs: 7, atMs: 9 }),
    );
    fold.apply(
      { writer: 'y', lamport: 9_000_001, index: 0 },
      ended('c1', 'm1', { state: 'complete', latencyMs: 5, atMs: 8 }),
    );
    applyAll([billed('c1', 'm1', { cost: { costNanoUsd: nanoUsd(99_000), source: 'estimated' } })]);
    const loaded = projection.load(conversationId('c1'));
    const message = loaded?.messages.get(messageId('m1'));
    assert.deepEqual(
      [
        message?.state,
        message?.latencyMs,
        message?.cost,
        loaded?.costNanoUsd,
        loaded?.totalTokens,
        loaded?.updatedAtMs,
      ],
      ['cancelled', 7, ended('c1', 'm1').cost, 64_000, 15, 9],
    );
  });

  it('buffers a failed attempt that arrives before the previous one from another journal', () => {
    applyAll([created('c1'), shell('c1', 'm1')]);
    const [first, second] = [attempted('c1', 'm1'), attempted('c1', 'm1', { attempt: 2, elapsedMs: 900 })];
    const origin = { writer: 'z', lamport: 9_000_001, index: 0 };
    assert.equal(fold.apply(origin, second), false);
    assert.equal(fold.apply({ ...origin, writer: 'y' }, first), true);
    assert.equal(fold.apply(origin, second), true);
    assert.deepEqual(
      projection
        .load(conversationId('c1'))
        ?.messages.get(messageId('m1'))
        ?.failedAttempts.map(({ elapsedMs }) => elapsedMs),
      [300, 900],
    );
  });

  it('has the projection’s version', () => {
    assert.deepEqual(database.get('PRAGMA user_version', []), [PROJECTION_VERSION]);
  });
});
