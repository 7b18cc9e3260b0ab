import assert from 'node:assert/strict';
import '../../../support/vscodeWords';
import type { BudgetStatus } from '../../../../src/application/spend/budgetStatus';
import { nanoUsd } from '../../../../src/domain/money';
import { parseUsd } from '../../../../src/editor/commands/budgetMenu';
import { meterText } from '../../../../src/editor/words/budgetText';
import { formatMoney, shortCount } from '../../../../src/editor/words/format';
import { tooltipRows } from '../../../../src/editor/words/meterText';
import { inLanguage, fillIn } from '../../../support/vscodeWords';
import { cents, spend, status } from './samples';

describe('texts of the budget', () => {
  const meters: readonly [BudgetStatus, boolean, string][] = [
    [status(31, 500), false, '$0.31 / $5.00'],
    [status(31, 500), true, '≈ $0.31 / $5.00'],
    [status(1820, 2000, 'month'), false, '$18.20 / $20.00 this month'],
    [status(31, null), false, '$0.31'],
  ];
  for (const [from, isEstimated, expected] of meters)
    it(`meter: ${expected}`, () => assert.equal(meterText(from, isEstimated), expected));

  it('the tooltip omits rows that are zero', () => {
    const idle = { ...spend, reservedNanoUsd: nanoUsd(0), pendingNanoUsd: nanoUsd(0), key: null };
    assert.deepEqual(
      tooltipRows({ spend: idle, statuses: [status(31, 500), status(410, null, 'month')], conversation: undefined }),
      [
        ['Today (UTC)', '$0.3100 of $5.00'],
        ['This month', '$4.1000'],
      ],
    );
  });

  it('the tooltip keeps spent, reserved and pending amounts apart', () => {
    assert.deepEqual(
      tooltipRows({
        spend,
        statuses: [status(31, null), status(410, 2000, 'month')],
        conversation: { runNumber: 417, costNanoUsd: cents(2) },
      }),
      [
        ['This conversation (R·0417)', '$0.0200'],
        ['Today (UTC)', '$0.3100, no limit'],
        ['This month', '$4.1000 of $20.00'],
        ['Reserved for running replies', '≤ $0.0500'],
        ['Pending, not yet billed', '≤ $0.1200'],
        ['API key', '$20.00 left of $25.00, monthly'],
      ],
    );
  });

  const amounts: readonly [string, number | undefined][] = [
    ['5', 5],
    [' $2.50 ', 2.5],
    ['0', 0],
    ['0.000000001', 1e-9],
    ['', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['5,00', undefined],
    ['1234567', undefined],
    ['0.0000000001', undefined],
  ];
  for (const [text, expected] of amounts)
    it(`reads “${text}” as ${expected}`, () => assert.equal(parseUsd(text), expected));

  const money: readonly [language: string, nanoUsd: number, text: string][] = [
    ['en', 64_000, '$0.000064'],
    ['en', -1_234_500_000_000, '-$1234.50'],
    ['de', 16_200_000, '0,0162\u00a0$'],
    ['ja', 16_200_000, '$0.0162'],
  ];
  for (const [language, amount, text] of money)
    it(`writes ${text} in ${language}`, () =>
      assert.equal(
        inLanguage(language, fillIn, () => formatMoney(nanoUsd(amount))),
        text,
      ));

  it('shortens counts', () => assert.deepEqual([512, 200_000, 1_048_576].map(shortCount), ['512', '200K', '1.05M']));
});
