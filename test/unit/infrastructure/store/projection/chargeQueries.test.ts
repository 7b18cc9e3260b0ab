import assert from 'node:assert/strict';
import { conversationId, generationId, messageId, modelId, reservationId } from '../../../../../src/domain/ids';
import { nanoUsd } from '../../../../../src/domain/money';
import type { ChargeSum } from '../../../../../src/domain/charge';
import type { StoreEvent } from '../../../../../src/domain/storeEvent';
import { ConversationQueries } from '../../../../../src/infrastructure/store/projection/conversationQueries';
import { SearchIndex } from '../../../../../src/infrastructure/store/search/index';
import type { SqlDatabase } from '../../../../../src/infrastructure/store/sql/engine';
import { ProjectionFold } from '../../../../../src/infrastructure/store/projection/fold';
import { newProjectionDatabase } from '../../../../../src/infrastructure/store/projection/schema';
import { type EventOf, created, ended, reserved, settled, shell } from '../storeEvents';
import { testClock, wasmBinary } from '../storeFixtures';

const PAGE = { limit: 100, offset: 0 };
const USAGE = { promptTokens: 100, completionTokens: 20, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };

const released = (id: string): StoreEvent => ({ type: 'spend.released', reservationId: reservationId(id), atMs: 1 });
const identified = (id: string, generation: string): StoreEvent => ({
  type: 'spend.identified',
  reservationId: reservationId(id),
  generationId: generationId(generation),
  atMs: 1,
});
const of = (conversation: string, model: string, day: string, atMs: number): Partial<EventOf<'spend.reserved'>> => ({
  conversationId: conversationId(conversation),
  model: modelId(model),
  dayUtc: `2026-11-${day}`,
  atMs,
});

/** Two conversations and one that is nowhere, two models, three days; one reservation was released. */
const LEDGER: readonly StoreEvent[] = [
  created('c1', { runNumber: 1, title: 'First' }),
  created('c2', { runNumber: 2, title: 'Second' }),
  { ...reserved('a', 900), ...of('c1', 'v/one', '18', 10) },
  {
    ...settled('a', 500),
    usage: USAGE,
    provider: 'Upstream',
    generationId: generationId('gen-a'),
    estimateNanoUsd: nanoUsd(450),
  },
  { ...reserved('b', 70), ...of('c2', 'v/one', '19', 20) },
  { ...settled('b', 80), usage: USAGE, estimateNanoUsd: nanoUsd(60) },
  { ...reserved('c', 4000), ...of('c2', 'v/two', '19', 30) },
  identified('c', 'gen-c'),
  { ...reserved('d', 600), ...of('c1', 'v/two', '20', 40) },
  { ...settled('d', 30), source: 'estimated', settledBy: 'person', estimateNanoUsd: nanoUsd(30) },
  { ...reserved('e', 10), ...of('gone', 'v/one', '20', 50) },
  { ...settled('e', 7), estimateNanoUsd: null },
  { ...reserved('f', 99_999), ...of('c1', 'v/three', '21', 60) },
  released('f'),
];

const sum = (charges: number, settledNanoUsd: number, pendingNanoUsd: number, replies: number): ChargeSum => ({
  charges,
  settledNanoUsd: nanoUsd(settledNanoUsd),
  pendingNanoUsd: nanoUsd(pendingNanoUsd),
  promptTokens: 100 * replies,
  completionTokens: 20 * replies,
});

describe('ChargeQueries', () => {
  let database: SqlDatabase;
  let fold: ProjectionFold;
  let projection: ConversationQueries;
  let lamport = 0;

  const apply = (...events: readonly StoreEvent[]): void =>
    events.forEach((event) => assert.ok(fold.apply({ writer: 'w', lamport: (lamport += 1), index: 0 }, event)));

  beforeEach(async () => {
    database = await newProjectionDatabase(await wasmBinary());
    fold = new ProjectionFold(database);
    projection = new ConversationQueries(database, new SearchIndex(database, testClock), () => true);
  });

  afterEach(() => database.close());

  describe('pages of charges', () => {
    beforeEach(() => apply(...LEDGER));

    it('list every field of a charge, with its conversation', () => {
      const { charges } = projection.charges(PAGE);
      const byId = new Map(charges.map((charge) => [String(charge.reservationId), charge]));
      assert.deepEqual(byId.get('a'), {
        reservationId: 'a',
        conversationId: 'c1',
        runNumber: 1,
        conversationTitle: 'First',
        messageId: 'm1',
        model: 'v/one',
        provider: 'Upstream',
        generationId: 'gen-a',
        worstCaseNanoUsd: 900,
        quote: { promptTokens: 12, maxTokens: 1000 },
        usage: USAGE,
        dayUtc: '2026-11-18',
        reservedAtMs: 10,
        state: {
          kind: 'settled',
          costNanoUsd: 500,
          source: 'reported',
          settledBy: 'stream',
          estimateNanoUsd: 450,
          atMs: 4000,
        },
      });
      assert.deepEqual(byId.get('c'), {
        reservationId: 'c',
        conversationId: 'c2',
        runNumber: 2,
        conversationTitle: 'Second',
        messageId: 'm1',
        model: 'v/two',
        provider: null,
        generationId: 'gen-c',
        worstCaseNanoUsd: 4000,
        quote: { promptTokens: 12, maxTokens: 1000 },
        usage: null,
        dayUtc: '2026-11-19',
        reservedAtMs: 30,
        state: { kind: 'pending' },
      });
      assert.deepEqual([byId.get('e')?.runNumber, byId.get('e')?.conversationTitle], [0, '']);
    });

    it('include those of deleted conversations, with the number and without the title', () => {
      apply({ type: 'conversation.deleted', conversationId: conversationId('c2'), deleted: true, atMs: 99 });
      const { charges } = projection.charges({ ...PAGE, conversationId: conversationId('c2') });
      assert.deepEqual(
        charges.map(({ runNumber, conversationTitle }) => [runNumber, conversationTitle]),
        [
          [2, ''],
          [2, ''],
        ],
      );
      assert.deepEqual(
        projection.chargeTotals({}).byConversation.map(({ runNumber, title }) => [runNumber, title]),
        [
          [2, ''],
          [1, 'First'],
          [0, ''],
        ],
      );
    });

    const queries: readonly (readonly [
      string,
      Partial<Parameters<ConversationQueries['charges']>[0]>,
      string,
      number,
    ])[] = [
      ['all, newest first, without what was released', {}, 'edcba', 5],
      ['the first of several pages', { limit: 2 }, 'ed', 5],
      ['the next page', { limit: 2, offset: 2 }, 'cb', 5],
      ['a page behind the end', { offset: 9 }, '', 5],
      ['from a day on', { fromDayUtc: '2026-11-19' }, 'edcb', 4],
      ['up to a day', { toDayUtc: '2026-11-19' }, 'cba', 3],
      ['one day', { fromDayUtc: '2026-11-19', toDayUtc: '2026-11-19' }, 'cb', 2],
      ['of a conversation', { conversationId: conversationId('c1') }, 'da', 2],
      ['of a model', { model: modelId('v/one') }, 'eba', 3],
      ['of a conversation and a model', { conversationId: conversationId('c2'), model: modelId('v/one') }, 'b', 1],
      ['pending charges', { onlyPending: true }, 'c', 1],
      ['pending charges of a model that has none', { onlyPending: true, model: modelId('v/one') }, '', 0],
      ['only the total', { limit: 0 }, '', 5],
    ];
    for (const [what, query, ids, total] of queries) {
      it(`hold ${what}`, () => {
        const page = projection.charges({ ...PAGE, ...query });
        assert.deepEqual([page.charges.map(({ reservationId: id }) => id).join(''), page.total], [ids, total]);
      });
    }
  });

  it('have a stable order for equal times, so that no page repeats or misses any', () => {
    apply(...['x', 'z', 'y'].map((id) => reserved(id)));
    const pages = [0, 1, 2].map((offset) => projection.charges({ limit: 1, offset }).charges[0]?.reservationId);
    assert.deepEqual(pages, ['z', 'y', 'x']);
  });

  describe('totals', () => {
    beforeEach(() => apply(...LEDGER));

    it('add up by day, model and conversation, and compare estimates with reports', () => {
      assert.deepEqual(projection.chargeTotals({}), {
        all: sum(5, 617, 4000, 2),
        byDay: [
          { dayUtc: '2026-11-18', ...sum(1, 500, 0, 1) },
          { dayUtc: '2026-11-19', ...sum(2, 80, 4000, 1) },
          { dayUtc: '2026-11-20', ...sum(2, 37, 0, 0) },
        ],
        byModel: [
          { model: 'v/two', ...sum(2, 30, 4000, 0) },
          { model: 'v/one', ...sum(3, 587, 0, 2) },
        ],
        byConversation: [
          { conversationId: 'c2', runNumber: 2, title: 'Second', ...sum(2, 80, 4000, 1) },
          { conversationId: 'c1', runNumber: 1, title: 'First', ...sum(2, 530, 0, 1) },
          { conversationId: 'gone', runNumber: 0, title: '', ...sum(1, 7, 0, 0) },
        ],
        estimates: { charges: 2, estimatedNanoUsd: 510, reportedNanoUsd: 580 },
      });
    });

    it('of a period include both its ends', () => {
      const { all, byDay, byModel, byConversation, estimates } = projection.chargeTotals({
        fromDayUtc: '2026-11-18',
        toDayUtc: '2026-11-19',
      });
      assert.deepEqual(all, sum(3, 580, 4000, 2));
      assert.deepEqual([byDay.length, byModel.length, byConversation.length, estimates.charges], [2, 2, 2, 2]);
      assert.deepEqual(projection.chargeTotals({ fromDayUtc: '2026-11-21' }), {
        all: sum(0, 0, 0, 0),
        byDay: [],
        byModel: [],
        byConversation: [],
        estimates: { charges: 0, estimatedNanoUsd: 0, reportedNanoUsd: 0 },
      });
    });

    it('count the settlement that ranks highest, once', () => {
      apply(
        { ...settled('d', 20), settledBy: 'generation', usage: USAGE, estimateNanoUsd: nanoUsd(30) },
        { ...settled('d', 10), usage: USAGE },
        settled('a', 499),
      );
      const { all, estimates } = projection.chargeTotals({});
      assert.deepEqual(all, sum(5, 607, 4000, 3));
      assert.deepEqual(estimates, { charges: 3, estimatedNanoUsd: 540, reportedNanoUsd: 600 });
    });
  });

  const alternatives: readonly (readonly [
    string,
    Partial<EventOf<'spend.settled'>>,
    Partial<EventOf<'spend.settled'>>,
  ])[] = [
    [
      'a smaller report before a larger estimate of the stream',
      { source: 'reported' },
      { source: 'estimated', costNanoUsd: nanoUsd(9), atMs: 9 },
    ],
    [
      "a person's report before a larger estimate",
      { source: 'reported', settledBy: 'person' },
      { source: 'estimated', costNanoUsd: nanoUsd(9), atMs: 9 },
    ],
    [
      'a smaller estimate of the stream before a larger one of the person',
      { source: 'estimated' },
      { source: 'estimated', settledBy: 'person', costNanoUsd: nanoUsd(9), atMs: 9 },
    ],
    [
      'a smaller estimate of the generation before a larger one of the person',
      { source: 'estimated', settledBy: 'generation' },
      { source: 'estimated', settledBy: 'person', costNanoUsd: nanoUsd(9), atMs: 9 },
    ],
    [
      'the larger of two reports, although it is the earlier',
      { costNanoUsd: nanoUsd(6) },
      { settledBy: 'generation', atMs: 9 },
    ],
    ['the later of two that are alike', { settledBy: 'generation', atMs: 6 }, {}],
  ];
  for (const [what, counts, loses] of alternatives) {
    it(`counts ${what}, whichever comes first`, () => {
      const [winner, loser] = [
        { ...settled('first', 5), atMs: 5, ...counts },
        { ...settled('first', 5), atMs: 5, ...loses },
      ];
      apply(
        reserved('first'),
        winner,
        loser,
        reserved('second'),
        ...[loser, winner].map((event) => ({ ...event, reservationId: reservationId('second') })),
      );
      for (const { state } of projection.charges(PAGE).charges) {
        const { costNanoUsd, source, settledBy, atMs, estimateNanoUsd } = winner;
        assert.deepEqual(state, { kind: 'settled', costNanoUsd, source, settledBy, atMs, estimateNanoUsd });
      }
    });
  }

  it('returns all spend events of a conversation, however often it is settled', () => {
    const events = LEDGER.filter((event) => 'reservationId' in event && ['a', 'd', 'f'].includes(event.reservationId));
    apply(...LEDGER, identified('a', 'gen-a'));
    assert.deepEqual(projection.spendOf(conversationId('c1')), [
      events[0],
      { ...identified('a', 'gen-a'), atMs: 10 },
      events[1],
      events[2],
      events[3],
      events[4],
      events[5],
    ]);
    assert.deepEqual(projection.spendOf(conversationId('nowhere')), []);
  });

  describe('the record of a model', () => {
    /** One reply of `v/one` with its charge. @param n counts the moments. */
    function reply(
      n: number,
      {
        cost = 100,
        completionTokens = 10,
        firstMs = 100,
        latencyMs = 1100,
        state = 'complete' as const,
        over = {},
      }: {
        readonly cost?: number;
        readonly completionTokens?: number;
        readonly firstMs?: number | null;
        readonly latencyMs?: number | null;
        readonly state?: EventOf<'reply.ended'>['state'];
        readonly over?: Partial<EventOf<'spend.reserved'>>;
      } = {},
    ): readonly StoreEvent[] {
      return [
        { ...reserved(`r${n}`), model: modelId('v/one'), messageId: messageId(`m${n}`), atMs: n, ...over },
        shell('c1', `m${n}`),
        ended('c1', `m${n}`, { state, timeToFirstTokenMs: firstMs, latencyMs }),
        { ...settled(`r${n}`, cost), usage: { ...USAGE, completionTokens } },
      ];
    }

    const recordOf = (): unknown =>
      projection.modelRecords().map(({ model, ...rest }) => [String(model), ...Object.values(rest)]);

    beforeEach(() => apply(created('c1')));

    it('has the medians of its complete replies', () => {
      apply(
        ...reply(1, { cost: 100, completionTokens: 10, firstMs: 100, latencyMs: 1100 }),
        ...reply(2, { cost: 301, completionTokens: 40, firstMs: 300, latencyMs: 800 }),
      );
      assert.deepEqual(recordOf(), [['v/one', 2, 401, 201, 25, 200, 45]]);
      apply(...reply(3, { cost: 900, completionTokens: 90, firstMs: 900, latencyMs: 1900 }));
      assert.deepEqual(recordOf(), [['v/one', 3, 1301, 301, 40, 300, 80]]);
    });

    it('ignores incomplete replies and meaningless speeds', () => {
      apply(
        ...reply(1, { cost: 100 }),
        ...reply(2, { cost: 900, state: 'cancelled' }),
        ...reply(3, { cost: 200, firstMs: 100, latencyMs: 149 }),
        ...reply(4, { cost: 300, firstMs: null, latencyMs: null }),
      );
      assert.deepEqual(recordOf(), [['v/one', 4, 1500, 200, 10, 100, 10]]);
      apply(...reply(5, { firstMs: 100, latencyMs: 150, completionTokens: 50 }));
      assert.deepEqual(projection.modelRecords()[0]?.medianTokensPerSecond, 505);
    });

    it('covers the newest hundred replies', () => {
      apply(...Array.from({ length: 150 }, (_, n) => reply(n, { cost: n < 100 ? 1 : 7 })).flat());
      assert.deepEqual(recordOf(), [['v/one', 150, 450, 4, 10, 100, 10]]);
    });

    it('has no medians without complete replies, and needs a settled charge', () => {
      apply(
        ...reply(1, { state: 'failed' }),
        { ...reserved('open'), model: modelId('v/two') },
        { ...reserved('free'), model: modelId('v/three') },
        released('free'),
        { ...reserved('a'), model: modelId('v/another'), messageId: messageId('nowhere') },
        settled('a', 3),
      );
      assert.deepEqual(recordOf(), [
        ['v/another', 1, 3, null, null, null, null],
        ['v/one', 1, 100, null, null, null, null],
      ]);
    });
  });
});
