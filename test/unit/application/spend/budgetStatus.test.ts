import assert from 'node:assert/strict';
import {
  type NotifiedLevels,
  budgetAlerts,
  unsettledNanoUsd,
  isDayAhead,
  shownBudgetStatus,
  budgetStatuses,
} from '../../../../src/application/spend/budgetStatus';
import type { SpendSummary } from '../../../../src/application/spend/ledger';
import { nanoUsd } from '../../../../src/domain/money';

/** Amounts in whole cents. */
const cents = (amount: number) => nanoUsd(amount * 10_000_000);
const spend = ({
  today = 0,
  month = today,
  running = 0,
  reserved = 0,
  pending = 0,
  daily = 500,
  monthly = null,
  dayUtc = '2026-11-20',
}: {
  today?: number;
  month?: number;
  running?: number;
  reserved?: number;
  pending?: number;
  daily?: number | null;
  monthly?: number | null;
  dayUtc?: string;
} = {}): SpendSummary => ({
  todayNanoUsd: cents(today),
  monthNanoUsd: cents(month),
  runningNanoUsd: cents(running),
  reservedNanoUsd: cents(reserved),
  pendingNanoUsd: cents(pending),
  dailyLimitNanoUsd: daily === null ? null : cents(daily),
  monthlyLimitNanoUsd: monthly === null ? null : cents(monthly),
  dayUtc,
  key: null,
});
const AT_80 = { warnAtPercent: 80 };

describe('budget status', () => {
  const rows: readonly [string, SpendSummary, string][] = [
    ['below the warning', spend({ today: 399 }), 'day 399 of 500 ok'],
    ['at the warning', spend({ today: 400 }), 'day 400 of 500 warning'],
    ['running estimates count', spend({ today: 399, running: 1 }), 'day 400 of 500 warning'],
    ['exhausted at the limit itself', spend({ today: 500 }), 'day 500 of 500 exhausted'],
    ['no limit at all', spend({ today: 900, daily: null }), 'day 900 of null unlimited'],
    ['only a monthly limit', spend({ today: 10, month: 60, daily: null, monthly: 1000 }), 'month 60 of 1000 ok'],
    ['the month is nearer to its end', spend({ today: 10, month: 900, monthly: 1000 }), 'month 900 of 1000 warning'],
    ['both the same: the day', spend({ today: 450, month: 900, monthly: 1000 }), 'day 450 of 500 warning'],
    ['the day is worse', spend({ today: 500, month: 900, monthly: 1000 }), 'day 500 of 500 exhausted'],
    ['the month is worse', spend({ today: 450, month: 1000, monthly: 1000 }), 'month 1000 of 1000 exhausted'],
  ];
  for (const [what, summary, expected] of rows) {
    it(`shows ${what}`, () => {
      const { period, spentNanoUsd, limitNanoUsd, level } = shownBudgetStatus(summary, AT_80);
      assert.equal(
        `${period} ${spentNanoUsd / 10_000_000} of ${limitNanoUsd === null ? null : limitNanoUsd / 10_000_000} ${level}`,
        expected,
      );
    });
  }

  it('names both periods by the budget’s own day', () => {
    assert.deepEqual(
      budgetStatuses(spend({ dayUtc: '2026-12-01' }), AT_80).map((s) => s.name),
      ['2026-12-01', '2026-12'],
    );
  });

  it('counts worst cases beyond the running estimates as reserved, and pending bills', () => {
    assert.deepEqual(
      [
        spend(),
        spend({ running: 2, reserved: 9 }),
        spend({ running: 9, reserved: 8 }),
        spend({ reserved: 9, running: 2, pending: 4 }),
      ].map(unsettledNanoUsd),
      [cents(0), cents(7), cents(0), cents(11)],
    );
  });

  it('knows that the budget’s day is ahead of the clock', () => {
    const noonMs = Date.UTC(2026, 10, 20, 12);
    assert.deepEqual(
      [
        isDayAhead(spend(), noonMs),
        isDayAhead(spend({ dayUtc: '2026-11-21' }), noonMs),
        isDayAhead(spend({ dayUtc: '2026-11-19' }), noonMs),
      ],
      [false, true, false],
    );
  });
});

describe('budget alerts', () => {
  /** Successive spend summaries, and the notifications after each. */
  const tell = (summaries: readonly SpendSummary[], start: NotifiedLevels = {}): string[] => {
    let notified = start;
    return summaries.map((summary) => {
      const due = budgetAlerts(summary, AT_80, notified);
      notified = due.notified;
      return due.alerts.map(({ status, level }) => `${status.period} ${level}`).join(', ');
    });
  };
  const rows: readonly [string, SpendSummary[], string[]][] = [
    ['nothing below the warning', [spend({ today: 399 })], ['']],
    [
      'each level once',
      [spend({ today: 400 }), spend({ today: 450 }), spend({ today: 500 }), spend({ today: 501 })],
      ['day warning', '', 'day exhausted', ''],
    ],
    [
      'the worse one only when both are passed at once',
      [spend({ today: 600 }), spend({ today: 450 })],
      ['day exhausted', ''],
    ],
    [
      'not the warning again after an estimate sank',
      [spend({ today: 400 }), spend({ today: 390 }), spend({ today: 400 })],
      ['day warning', '', ''],
    ],
    [
      'the next day again',
      [spend({ today: 400 }), spend({ today: 0, dayUtc: '2026-11-21' }), spend({ today: 400, dayUtc: '2026-11-21' })],
      ['day warning', '', 'day warning'],
    ],
    [
      'a raised limit again',
      [spend({ today: 500 }), spend({ today: 500, daily: 600 }), spend({ today: 600, daily: 600 })],
      ['day exhausted', 'day warning', 'day exhausted'],
    ],
    [
      'both periods, each for itself',
      [spend({ today: 400, month: 800, monthly: 1000 }), spend({ today: 450, month: 1000, monthly: 1000 })],
      ['day warning, month warning', 'month exhausted'],
    ],
    [
      'the month not again on the next day',
      [
        spend({ month: 800, monthly: 1000 }),
        spend({ month: 900, monthly: 1000, dayUtc: '2026-11-21' }),
        spend({ month: 800, monthly: 1000, dayUtc: '2026-12-01' }),
      ],
      ['month warning', '', 'month warning'],
    ],
    ['nothing without a limit', [spend({ today: 9000, daily: null })], ['']],
  ];
  for (const [what, summaries, expected] of rows)
    it(`reports ${what}`, () => assert.deepEqual(tell(summaries), expected));

  it('does not repeat a notification of another window', () => {
    const { notified } = budgetAlerts(spend({ today: 400 }), AT_80, {});
    assert.deepEqual(tell([spend({ today: 400 }), spend({ today: 500 })], notified), ['', 'day exhausted']);
  });

  it('remembers notifications about the other period', () => {
    const first = budgetAlerts(spend({ month: 800, monthly: 1000 }), AT_80, {});
    const second = budgetAlerts(spend({ today: 400, month: 800, monthly: 1000 }), AT_80, first.notified);
    assert.deepEqual(Object.keys(second.notified).toSorted(), ['day', 'month']);
  });
});
