import assert from 'node:assert/strict';
import { ledgerWords } from '../../../support/words';
import { LedgerRequests, type LedgerRequestsOptions } from '../../../../src/application/ledger/requests';
import type { SpendSummary } from '../../../../src/application/spend/ledger';
import type { Charge, ChargePage, ChargeQuery } from '../../../../src/domain/charge';
import type { Conversation, Message } from '../../../../src/domain/conversation';
import { RefusedError } from '../../../../src/domain/failure';
import { conversationId, messageId, modelId } from '../../../../src/domain/ids';
import { ZERO_USD, nanoUsd } from '../../../../src/domain/money';
import { StoreWriteError } from '../../../../src/domain/ports/store';
import {
  CHARGES_PAGE,
  type LedgerFilter,
  type LedgerRequest,
  type LedgerView,
  MAX_LEDGER_ROWS,
  ledgerAnswer,
} from '../../../../src/protocol/ledger';
import { ChargesInMemory, aCharge, estimated, pending, reported, usd } from '../../../support/charges';
import { defaultSettings } from '../../../support/testCore';

const SUMMARY: SpendSummary = {
  todayNanoUsd: usd(4.1),
  monthNanoUsd: usd(41),
  runningNanoUsd: usd(0.0033),
  reservedNanoUsd: usd(0.02),
  pendingNanoUsd: usd(0.05),
  dailyLimitNanoUsd: usd(5),
  monthlyLimitNanoUsd: null,
  dayUtc: '2026-11-20',
  key: null,
};
const ALL: LedgerFilter = { period: 'all', model: null, conversationId: null, onlyPending: false };

const message = (
  id: string,
  parentId: string | null,
  content: string,
  cost: number | null,
  atMs: number,
  within = 'c-1',
): Message => ({
  id: messageId(id),
  conversationId: conversationId(within),
  parentId: parentId === null ? null : messageId(parentId),
  role: cost === null ? 'user' : 'assistant',
  content,
  reasoning: '',
  attachments: [],
  state: 'complete',
  cost: { costNanoUsd: cost === null ? null : usd(cost), source: 'reported' },
  omittedMessages: 0,
  failedAttempts: [],
  createdAtMs: atMs,
});

function aConversation(messages: readonly Message[], activeLeaf: string): Conversation {
  return {
    id: conversationId('c-1'),
    runNumber: 417,
    title: 'Parser',
    model: modelId('m'),
    systemPrompt: '',
    personaId: null,
    tags: [],
    status: 'active',
    pinned: false,
    createdAtMs: 0,
    updatedAtMs: 0,
    costNanoUsd: ZERO_USD,
    totalTokens: 0,
    deleted: false,
    messages: new Map(messages.map((m) => [m.id, m])),
    activeLeafId: messageId(activeLeaf),
  };
}

interface Setup {
  readonly charges?: readonly Charge[];
  readonly conversation?: Conversation;
  readonly options?: Partial<LedgerRequestsOptions>;
}

function aLedger({ charges = [], conversation, options }: Setup = {}) {
  const store = new ChargesInMemory(charges);
  const done: string[] = [];
  const settled: [string, number][] = [];
  let csv: Promise<string> | undefined;
  const requests = new LedgerRequests({
    store,
    conversations: {
      get: async (id) => (id === conversation?.id ? conversation : undefined),
      known: (id) => (id === conversation?.id ? conversation : undefined),
    },
    branches: {
      showMessage: async (id, m) => {
        if (!conversation?.messages.has(m)) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
        done.push(`branch ${id} ${m}`);
      },
    },
    ledger: { summary: () => SUMMARY },
    settings: { current: () => defaultSettings },
    theme: () => 'thermal',
    settleByUser: async (id, amount) => settled.push([id, amount]) > 0,
    actions: {
      showConversation: async (id) => void done.push(`show ${id}`),
      showMessage: async (id, m) => void done.push(`reveal ${id} ${m}`),
      saveCsv: async (text) => {
        csv = text();
        await csv;
      },
      act: async (action) => void done.push(action),
      notify: (notice) => void done.push(`notified ${notice.code}`),
    },
    words: {
      ...ledgerWords,
      describeRefusal: (refusal) => ({
        code: refusal.code,
        severity: 'warning',
        title: refusal.code === 'SETTLEMENT_INVALID' ? refusal.problem.kind : '',
        detail: '',
        waitUntilMs: null,
        actions: [],
      }),
      describeLedgerTrouble: (error) => ({
        code: 'TROUBLE',
        severity: 'error',
        title: String(error),
        detail: '',
        waitUntilMs: null,
        actions: [],
      }),
    },
    ...options,
  });
  /** Every answer is one that the page takes. */
  const answer = async (request: LedgerRequest) => ledgerAnswer.parse(await requests.answer(request));
  const look = async (filter: Partial<LedgerFilter> = {}, offset = 0): Promise<LedgerView> => {
    const given = await answer({ type: 'load', requestId: 'r', filter: { ...ALL, ...filter }, offset });
    return given.kind === 'ledger' ? given.view : assert.fail(JSON.stringify(given));
  };
  const refusalOf = async (request: LedgerRequest): Promise<string> => {
    const given = await answer(request);
    return given.kind === 'refused'
      ? `${given.notice.code} ${given.notice.title}`.trim()
      : assert.fail(`was not refused: ${given.kind}`);
  };
  return { store, done, settled, answer, look, refusalOf, csvText: () => csv ?? assert.fail('no export') };
}

const ids = (view: LedgerView): readonly string[] => view.charges.rows.map((row) => row.reservationId);
const settle = (amountUsd: string, id = 'res-1'): LedgerRequest => ({
  type: 'settle',
  requestId: 'r',
  reservationId: id,
  amountUsd,
});
const pendingCharge = (number = 1): Charge =>
  aCharge(number, { state: pending, usage: null, worstCaseNanoUsd: usd(0.05) });

describe('ledger: what it shows', () => {
  it('keeps what is settled and what is pending apart, everywhere', async () => {
    const view = await aLedger({ charges: [aCharge(1, { state: reported(usd(1)) }), pendingCharge(2)] }).look();
    assert.deepEqual(view.head, {
      today: { spentText: '$4.1000', limitText: '$5.00', fraction: 0.82, level: 'warning' },
      month: { spentText: '$41.0000', limitText: null, fraction: 0, level: 'unlimited' },
      warnFraction: 0.8,
      budgetDayUtc: '2026-11-20',
      reservedText: '≤ $0.0200',
      period: { settledText: '$1.0000', pendingText: '≤ $0.0500', charges: 2 },
    });
    assert.deepEqual(view.models, [
      {
        model: 'anthropic/claude-sonnet-5',
        settledText: '$1.0000',
        pendingText: '≤ $0.0500',
        charges: 2,
        settledFraction: 1 / 1.05,
        pendingFraction: 0.05 / 1.05,
        share: 1,
      },
    ]);
    assert.deepEqual(
      view.conversations.map(({ runLabel, settledText, pendingText }) => [runLabel, settledText, pendingText]),
      [['R·0417', '$1.0000', '≤ $0.0500']],
    );
    assert.equal(view.theme, 'thermal');
  });

  it('is empty without a charge, and no share divides by nothing', async () => {
    const view = await aLedger().look();
    assert.deepEqual(
      [view.models, view.conversations, view.estimates, view.charges],
      [[], [], null, { rows: [], total: 0, offset: 0 }],
    );
    const pendingOnly = await aLedger({ charges: [pendingCharge()] }).look();
    assert.deepEqual([pendingOnly.models[0]?.share, pendingOnly.models[0]?.pendingFraction], [0, 1]);
  });

  it('names no conversation of which nothing is known', async () => {
    const view = await aLedger({ charges: [aCharge(1, { runNumber: 0, conversationTitle: '' })] }).look();
    assert.deepEqual([view.charges.rows[0]?.runLabel, view.conversations[0]?.runLabel], ['', '']);
  });

  const rows: readonly [name: string, charge: Partial<Charge>, row: object][] = [
    ['reported', { state: reported(usd(0.0162)) }, { costText: '$0.0162', state: 'reported', settledBy: 'stream' }],
    [
      'estimated',
      { state: estimated(usd(0.0019)) },
      { costText: '≈ $0.0019', state: 'estimated', settledBy: 'stream' },
    ],
    [
      'settled by hand with nothing',
      { state: estimated(ZERO_USD, 'person') },
      { costText: '≈ $0.00', state: 'estimated', settledBy: 'person' },
    ],
    [
      'pending',
      { state: pending, worstCaseNanoUsd: nanoUsd(50_000_001) },
      { costText: '≤ $0.0500', state: 'pending', settledBy: null, worstCaseUsd: '0.050000001' },
    ],
    ['without tokens', { usage: null }, { promptTokens: null, completionTokens: null }],
    ['with tokens', {}, { promptTokens: 412, completionTokens: 1033 }],
  ];
  for (const [name, charge, expected] of rows) {
    it(`shows a charge: ${name}`, async () => {
      const [row] = (await aLedger({ charges: [aCharge(1, charge)] }).look()).charges.rows;
      assert.deepEqual({ ...row, ...expected }, row);
    });
  }

  it('says that a reply which streams here runs, and not that it waits for a settlement', async () => {
    const streaming: Message = { ...message('m-1', null, 'The sp', 0, 1), state: 'streaming' };
    const running = await aLedger({
      charges: [pendingCharge()],
      conversation: aConversation([streaming], 'm-1'),
    }).look();
    assert.equal(running.charges.rows[0]?.state, 'running');
    const over = await aLedger({
      charges: [pendingCharge()],
      conversation: aConversation([{ ...streaming, state: 'interrupted' }], 'm-1'),
    }).look();
    assert.equal(over.charges.rows[0]?.state, 'pending');
  });

  const deviations: readonly [estimate: number, cost: number, expected: number][] = [
    [0.979, 1, -0.021],
    [1.05, 1, 0.05],
    [1, 1, 0],
  ];
  for (const [estimate, cost, expected] of deviations) {
    it(`judges its own estimates: ${estimate} for ${cost}`, async () => {
      const view = await aLedger({
        charges: [aCharge(1, { state: reported(usd(cost), usd(estimate)) }), aCharge(2, { state: reported(usd(7)) })],
      }).look();
      assert.equal(view.estimates?.charges, 1);
      assert.ok(Math.abs((view.estimates?.deviation ?? NaN) - expected) < 1e-12, String(view.estimates?.deviation));
    });
  }

  it('compares nothing with a bill of zero', async () => {
    assert.equal(
      (await aLedger({ charges: [aCharge(1, { state: reported(ZERO_USD, usd(1)) })] }).look()).estimates,
      null,
    );
  });

  it('shows the dearest rows and how many more there are', async () => {
    const charges = Array.from({ length: MAX_LEDGER_ROWS + 3 }, (_, index) =>
      aCharge(index, { model: modelId(`m${index}`), state: reported(nanoUsd(index + 1)) }),
    );
    const view = await aLedger({ charges }).look();
    assert.deepEqual(
      [view.models.length, view.moreModels, view.models[0]?.model],
      [MAX_LEDGER_ROWS, 3, `m${MAX_LEDGER_ROWS + 2}`],
    );
  });
});

describe('ledger: what it looks at', () => {
  const charges = [
    aCharge(1),
    aCharge(2, { model: modelId('other/model') }),
    aCharge(3, { conversationId: conversationId('c-2') }),
    pendingCharge(4),
    aCharge(5, { dayUtc: '2026-11-01' }),
    aCharge(6, { dayUtc: '2026-10-31' }),
  ];
  const filters: readonly [filter: Partial<LedgerFilter>, found: readonly string[]][] = [
    [{}, ['res-1', 'res-2', 'res-3', 'res-4', 'res-5', 'res-6']],
    [{ period: 'month' }, ['res-1', 'res-2', 'res-3', 'res-4', 'res-5']],
    [{ period: '7days' }, ['res-1', 'res-2', 'res-3', 'res-4']],
    [{ model: 'other/model' }, ['res-2']],
    [{ conversationId: 'c-2' }, ['res-3']],
    [{ onlyPending: true }, ['res-4']],
    [{ onlyPending: true, conversationId: 'c-2' }, []],
  ];
  for (const [filter, found] of filters)
    it(`finds with ${JSON.stringify(filter)}`, async () =>
      assert.deepEqual(ids(await aLedger({ charges }).look(filter)), found));

  it('sums the whole period, whatever the list is filtered by', async () => {
    const view = await aLedger({ charges }).look({ period: '7days', onlyPending: true });
    assert.deepEqual([view.head.period.charges, view.charges.total], [4, 1]);
  });

  const many = Array.from({ length: 2 * CHARGES_PAGE + 1 }, (_, index) => aCharge(index));
  const pages: readonly [offset: number, first: string | undefined, rows: number, shown: number][] = [
    [0, 'res-0', CHARGES_PAGE, 0],
    [CHARGES_PAGE, `res-${CHARGES_PAGE}`, CHARGES_PAGE, CHARGES_PAGE],
    [2 * CHARGES_PAGE, `res-${2 * CHARGES_PAGE}`, 1, 2 * CHARGES_PAGE],
    [9 * CHARGES_PAGE, `res-${2 * CHARGES_PAGE}`, 1, 2 * CHARGES_PAGE],
  ];
  for (const [offset, first, count, shown] of pages) {
    it(`shows the page at ${offset}`, async () => {
      const { charges: page } = await aLedger({ charges: many }).look({}, offset);
      assert.deepEqual(
        [page.rows[0]?.reservationId, page.rows.length, page.offset, page.total],
        [first, count, shown, many.length],
      );
    });
  }

  it('shows the last full page where the list ends with one', async () => {
    const { charges: page } = await aLedger({ charges: many.slice(0, 2 * CHARGES_PAGE) }).look({}, 9 * CHARGES_PAGE);
    assert.deepEqual(
      [page.rows[0]?.reservationId, page.rows.length, page.offset],
      [`res-${CHARGES_PAGE}`, CHARGES_PAGE, CHARGES_PAGE],
    );
  });

  it('goes back to the beginning when nothing is left', async () => {
    assert.equal((await aLedger().look({}, CHARGES_PAGE)).charges.offset, 0);
  });

  it('says in words that the store cannot be read', async () => {
    const ledger = aLedger({
      options: {
        store: {
          charges: () => Promise.reject(new Error('the disk is gone')),
          chargeTotals: () => Promise.reject(new Error('the disk is gone')),
        },
      },
    });
    assert.equal(
      await ledger.refusalOf({ type: 'load', requestId: 'r', filter: ALL, offset: 0 }),
      'TROUBLE Error: the disk is gone',
    );
  });
});

describe('ledger: branches of a conversation', () => {
  const tree = aConversation(
    [
      message('shared', null, 'Shared', 9, 0, 'c-0'),
      message('q', 'shared', 'Why?', null, 1),
      message(
        'a1',
        'q',
        'Because of the first reason that comes to mind, and there are so many more of them than one',
        1,
        2,
      ),
      message('a2', 'q', 'Second', 2, 3),
      message('q2', 'a2', 'And?', null, 4),
      message('a3', 'q2', '  ', 4, 5),
    ],
    'a1',
  );
  const charges = [aCharge(1)];

  it('has each with its own cost, newest first, by the last words said', async () => {
    const { branches } = await aLedger({ charges, conversation: tree }).look({ conversationId: 'c-1' });
    assert.deepEqual(branches, {
      runLabel: 'R·0417',
      title: 'Parser',
      moreBranches: 0,
      branches: [
        { leafId: 'a3', name: 'And?', costText: '$6.0000', messages: 5, isShown: false },
        {
          leafId: 'a1',
          name: 'Because of the first reason that comes to mind, and there…',
          costText: '$1.0000',
          messages: 3,
          isShown: true,
        },
      ],
    });
  });

  it('has none without a chosen conversation, or of one that is gone', async () => {
    assert.equal((await aLedger({ charges, conversation: tree }).look()).branches, null);
    assert.equal((await aLedger({ charges }).look({ conversationId: 'c-1' })).branches, null);
  });
});

describe('ledger: settling by hand', () => {
  const amounts: readonly [typed: string, nano: number][] = [
    ['0', 0],
    ['0.05', 50_000_000],
    ['0.0123', 12_300_000],
    [' .01 ', 10_000_000],
    ['1e-3', 1_000_000],
    ['0.0000000001', 1],
  ];
  for (const [typed, nano] of amounts) {
    it(`takes ${JSON.stringify(typed)}`, async () => {
      const ledger = aLedger({ charges: [pendingCharge()] });
      assert.deepEqual(await ledger.answer(settle(typed)), { kind: 'ok' });
      assert.deepEqual(ledger.settled, [['res-1', nano]]);
    });
  }

  const refused: readonly [typed: string, why: string][] = [
    ['', 'notAnAmount'],
    ['abc', 'notAnAmount'],
    ['-0.01', 'notAnAmount'],
    ['0,01', 'notAnAmount'],
    ['$0.01', 'notAnAmount'],
    ['NaN', 'notAnAmount'],
    ['0.050000001', 'tooHigh'],
    ['1', 'tooHigh'],
    ['1e300', 'tooHigh'],
  ];
  for (const [typed, why] of refused) {
    it(`refuses ${JSON.stringify(typed)}: ${why}`, async () => {
      const ledger = aLedger({ charges: [pendingCharge()] });
      assert.equal(await ledger.refusalOf(settle(typed)), `SETTLEMENT_INVALID ${why}`);
      assert.deepEqual(ledger.settled, []);
    });
  }

  it('refuses what is settled already or was never there', async () => {
    const ledger = aLedger({ charges: [aCharge(1), pendingCharge(2)] });
    assert.equal(await ledger.refusalOf(settle('0')), 'SETTLEMENT_INVALID notPending');
    assert.equal(await ledger.refusalOf(settle('0', 'other')), 'SETTLEMENT_INVALID notPending');
    assert.deepEqual(ledger.settled, []);
  });

  it('refuses while the reply streams', async () => {
    const conversation = aConversation([{ ...message('m-1', null, 'The sp', 0, 1), state: 'streaming' }], 'm-1');
    const ledger = aLedger({ charges: [pendingCharge()], conversation });
    assert.equal(await ledger.refusalOf(settle('0')), 'SETTLEMENT_INVALID running');
    assert.deepEqual(ledger.settled, []);
  });

  it('finds the charge behind thousands of others', async () => {
    const ledger = aLedger({ charges: Array.from({ length: 2_500 }, (_, index) => pendingCharge(index)) });
    assert.deepEqual(await ledger.answer(settle('0', 'res-2499')), { kind: 'ok' });
  });

  it('says that it could not be stored', async () => {
    const settleByUser = (): Promise<boolean> => Promise.reject(new StoreWriteError({ kind: 'diskFull' }));
    assert.equal(
      await aLedger({ charges: [pendingCharge()], options: { settleByUser } }).refusalOf(settle('0')),
      'STORE_READ_ONLY',
    );
  });
});

describe('ledger: opening and exporting', () => {
  const conversation = aConversation([message('m-1', null, 'Hello', null, 1)], 'm-1');

  it('opens the conversation, or says that it is gone', async () => {
    const ledger = aLedger({ conversation });
    assert.deepEqual(await ledger.answer({ type: 'openConversation', requestId: 'r', conversationId: 'c-1' }), {
      kind: 'ok',
    });
    assert.equal(
      await ledger.refusalOf({ type: 'openConversation', requestId: 'r', conversationId: 'c-9' }),
      'NOT_FOUND',
    );
    assert.deepEqual(ledger.done, ['show c-1']);
  });

  it('opens the message on its branch', async () => {
    const ledger = aLedger({ conversation });
    assert.deepEqual(
      await ledger.answer({ type: 'openMessage', requestId: 'r', conversationId: 'c-1', messageId: 'm-1' }),
      { kind: 'ok' },
    );
    assert.equal(
      await ledger.refusalOf({ type: 'openMessage', requestId: 'r', conversationId: 'c-1', messageId: 'm-9' }),
      'NOT_FOUND',
    );
    assert.deepEqual(ledger.done, ['branch c-1 m-1', 'reveal c-1 m-1']);
  });

  it('exports the whole filtered list, not the page', async () => {
    const charges = [
      ...Array.from({ length: 4_100 }, (_, index) => aCharge(index)),
      aCharge(9_000, { model: modelId('other') }),
    ];
    const ledger = aLedger({ charges });
    await ledger.answer({ type: 'exportCsv', requestId: 'r', filter: { ...ALL, model: 'anthropic/claude-sonnet-5' } });
    const lines = (await ledger.csvText()).split('\r\n');
    assert.deepEqual([lines.length, new Set(lines).size], [4_102, 4_102]);
    assert.ok(lines[1]?.includes(',res-0,') && lines[4_100]?.includes(',res-4099,'));
  });

  /** A store in which charges come or go between two readings of a list. */
  class Moving extends ChargesInMemory {
    constructor(
      all: readonly Charge[],
      private readonly move: (all: readonly Charge[]) => readonly Charge[],
      private times: number,
    ) {
      super(all);
    }
    override async charges(query: ChargeQuery): Promise<ChargePage> {
      const page = await super.charges(query);
      if (this.times > 0) this.all = this.move(this.all);
      this.times -= 1;
      return page;
    }
  }
  const two = Array.from({ length: 2_001 }, (_, index) => aCharge(index));
  const moves: readonly [name: string, (all: readonly Charge[]) => readonly Charge[], expected: number][] = [
    ['one is released while it reads', (all) => all.slice(1), 2_000],
    ['one comes while it reads', (all) => [aCharge(-1), ...all], 2_002],
  ];
  for (const [name, move, expected] of moves) {
    it(`loses and doubles none when ${name}`, async () => {
      const store = new Moving(two, move, 1);
      const ledger = aLedger({ options: { store } });
      await ledger.answer({ type: 'exportCsv', requestId: 'r', filter: ALL });
      const lines = (await ledger.csvText()).trimEnd().split('\r\n').slice(1);
      assert.deepEqual([lines.length, new Set(lines).size], [expected, expected]);
      assert.ok(lines.some((line) => line.includes(',res-2000,')));
    });
  }

  it('gives up on a list that never holds still, and says so', async () => {
    let number = 0;
    const ledger = aLedger({ options: { store: new Moving(two, (all) => [aCharge(--number), ...all], Infinity) } });
    assert.deepEqual(await ledger.answer({ type: 'exportCsv', requestId: 'r', filter: ALL }), { kind: 'ok' });
    await assert.rejects(ledger.csvText(), /keeps changing/);
    await Promise.resolve();
    assert.deepEqual(ledger.done, ['notified TROUBLE']);
  });

  it('passes the buttons of notices on', async () => {
    const ledger = aLedger();
    await ledger.answer({ type: 'noticeAction', requestId: 'r', action: 'openBudgetMenu' });
    assert.deepEqual(ledger.done, ['openBudgetMenu']);
  });
});
