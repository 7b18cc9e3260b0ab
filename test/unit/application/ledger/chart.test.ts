import assert from 'node:assert/strict';
import { ledgerWords } from '../../../support/words';
import { spendChart } from '../../../../src/application/ledger/chart';
import { dayAfter, daysBetween, daysOf, monthsBetween } from '../../../../src/application/ledger/periods';
import type { ChargeTotals } from '../../../../src/domain/charge';
import type { LedgerPeriod } from '../../../../src/protocol/ledger';
import { usd } from '../../../support/charges';

type Day = ChargeTotals['byDay'][number];
const day = (dayUtc: string, settled: number, pending = 0, charges = 1): Day => ({
  dayUtc,
  settledNanoUsd: usd(settled),
  pendingNanoUsd: usd(pending),
  charges,
  promptTokens: 0,
  completionTokens: 0,
});
const limits = (daily: number | null, monthly: number | null = null) => ({
  dailyLimitNanoUsd: daily === null ? null : usd(daily),
  monthlyLimitNanoUsd: monthly === null ? null : usd(monthly),
});

describe('periods of the ledger', () => {
  const periods: readonly [LedgerPeriod, string, string | undefined][] = [
    ['7days', '2026-11-20', '2026-11-14'],
    ['7days', '2026-03-02', '2026-02-24'],
    ['30days', '2026-11-20', '2026-10-22'],
    ['30days', '2027-01-01', '2026-12-03'],
    ['month', '2026-11-20', '2026-11-01'],
    ['month', '2026-11-01', '2026-11-01'],
    ['all', '2026-11-20', undefined],
  ];
  for (const [period, today, from] of periods)
    it(`${period} on ${today} begins ${from ?? 'with the first charge'}`, () =>
      assert.deepEqual(daysOf(period, today), from === undefined ? {} : { fromDayUtc: from }));

  it('counts days and months over the ends of months, years and leap days', () => {
    assert.equal(dayAfter('2028-02-28', 1), '2028-02-29');
    assert.deepEqual(daysBetween('2026-12-30', '2027-01-02'), ['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02']);
    assert.deepEqual(daysBetween('2026-11-20', '2026-11-20'), ['2026-11-20']);
    assert.deepEqual(monthsBetween('2026-11-20', '2027-02-01'), ['2026-11', '2026-12', '2027-01', '2027-02']);
  });
});

describe('chart of spend', () => {
  it('has a slot for every day, those without a charge too, up to the budget’s day', () => {
    const chart = spendChart(
      ledgerWords,
      [day('2026-11-17', 1, 0, 3), day('2026-11-19', 0.5, 0.25)],
      undefined,
      '2026-11-20',
      limits(null),
    );
    assert.deepEqual(chart.slots, [
      {
        label: '2026-11-17',
        settledText: '$1.0000',
        pendingText: '',
        charges: 3,
        settledFraction: 1,
        pendingFraction: 0,
      },
      {
        label: '2026-11-18',
        settledText: '$0.00',
        pendingText: '',
        charges: 0,
        settledFraction: 0,
        pendingFraction: 0,
      },
      {
        label: '2026-11-19',
        settledText: '$0.5000',
        pendingText: '≤ $0.2500',
        charges: 1,
        settledFraction: 0.5,
        pendingFraction: 0.25,
      },
      {
        label: '2026-11-20',
        settledText: '$0.00',
        pendingText: '',
        charges: 0,
        settledFraction: 0,
        pendingFraction: 0,
      },
    ]);
    assert.equal(chart.unit, 'day');
  });

  it('begins with the first day of the period, whenever the first charge was', () => {
    assert.deepEqual(
      spendChart(ledgerWords, [day('2026-11-19', 1)], '2026-11-18', '2026-11-20', limits(null)).slots.map(
        (s) => s.label,
      ),
      ['2026-11-18', '2026-11-19', '2026-11-20'],
    );
  });

  it('shows a charge of a day after the budget’s', () => {
    assert.deepEqual(
      spendChart(ledgerWords, [day('2026-11-21', 1)], '2026-11-20', '2026-11-20', limits(null)).slots.map((s) => [
        s.label,
        s.charges,
      ]),
      [
        ['2026-11-20', 0],
        ['2026-11-21', 1],
      ],
    );
  });

  const axes: readonly [highest: number, texts: readonly string[]][] = [
    [0, ['$0.00', '$0.005', '$0.01']],
    [0.000000003, ['$0.00', '$0.000000001', '$0.000000002', '$0.000000003']],
    [0.0007, ['$0.00', '$0.0002', '$0.0004', '$0.0006', '$0.0008']],
    [0.31, ['$0.00', '$0.10', '$0.20', '$0.30', '$0.40']],
    [0.4, ['$0.00', '$0.10', '$0.20', '$0.30', '$0.40']],
    [1, ['$0.00', '$0.50', '$1.00']],
    [4.01, ['$0.00', '$2.00', '$4.00', '$6.00']],
    [1234, ['$0.00', '$500.00', '$1000.00', '$1500.00']],
  ];
  for (const [highest, texts] of axes) {
    it(`has round amounts up to ${texts.at(-1)} for ${highest}`, () => {
      const { axis } = spendChart(
        ledgerWords,
        highest === 0 ? [] : [day('2026-11-20', highest)],
        '2026-11-20',
        '2026-11-20',
        limits(null),
      );
      assert.deepEqual(
        axis.map((tick) => tick.text),
        texts,
      );
      assert.deepEqual([axis[0]?.fraction, axis.at(-1)?.fraction], [0, 1]);
    });
  }

  it('makes room for settled and pending together', () => {
    const { slots, axis } = spendChart(
      ledgerWords,
      [day('2026-11-20', 0.6, 0.6)],
      '2026-11-20',
      '2026-11-20',
      limits(null),
    );
    assert.equal(axis.at(-1)?.text, '$1.50');
    assert.deepEqual([slots[0]?.settledFraction, slots[0]?.pendingFraction], [0.4, 0.4]);
  });

  const limitCases: readonly [name: string, highest: number, daily: number | null, limit: object | null][] = [
    ['none', 1, null, null],
    ['below the highest bar', 2, 1, { fraction: 0.5, text: '$1.00' }],
    ['somewhat above, which lifts the scale', 1, 3, { fraction: 1, text: '$3.00' }],
    ['far above, which would flatten the bars', 1, 3.01, { fraction: null, text: '$3.01' }],
    ['the only amount there is', 0, 5, { fraction: 5 / 6, text: '$5.00' }],
    ['zero', 1, 0, { fraction: 0, text: '$0.00' }],
  ];
  for (const [name, highest, daily, limit] of limitCases) {
    it(`puts the limit on the scale: ${name}`, () => {
      assert.deepEqual(
        spendChart(
          ledgerWords,
          highest === 0 ? [] : [day('2026-11-20', highest)],
          '2026-11-20',
          '2026-11-20',
          limits(daily),
        ).limit,
        limit,
      );
    });
  }

  it('counts by month with the monthly limit from the 93rd day on', () => {
    const first = dayAfter('2026-11-20', -91);
    assert.deepEqual(
      [
        spendChart(ledgerWords, [day(first, 1)], undefined, '2026-11-20', limits(1, 2)).unit,
        spendChart(ledgerWords, [day(first, 1)], undefined, '2026-11-20', limits(1, 2)).slots.length,
      ],
      ['day', 92],
    );
    assert.equal(
      spendChart(ledgerWords, [day(dayAfter(first, -1), 1)], undefined, '2026-11-20', limits(1, 2)).unit,
      'month',
    );
    const chart = spendChart(
      ledgerWords,
      [day('2026-08-19', 1, 0, 2), day('2026-08-31', 0.5, 0.5), day('2026-11-01', 2)],
      undefined,
      '2026-11-20',
      limits(1, 2),
    );
    assert.equal(chart.unit, 'month');
    assert.deepEqual(
      chart.slots.map(({ label, settledText, pendingText, charges }) => [label, settledText, pendingText, charges]),
      [
        ['2026-08', '$1.5000', '≤ $0.5000', 3],
        ['2026-09', '$0.00', '', 0],
        ['2026-10', '$0.00', '', 0],
        ['2026-11', '$2.0000', '', 1],
      ],
    );
    assert.deepEqual(chart.limit, { fraction: 1, text: '$2.00' });
  });
});
