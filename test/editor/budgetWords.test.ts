import assert from 'node:assert/strict';
import type { BudgetStatus } from '../../src/application/spend/budgetStatus';
import type { SpendSummary } from '../../src/application/spend/ledger';
import type { Refusal } from '../../src/domain/failure';
import { nanoUsd } from '../../src/domain/money';
import { parseUsd } from '../../src/editor/commands/budgetMenu';
import { describeRefusal } from '../../src/editor/words/failureText';
import { meterText, tooltipRows } from '../../src/editor/statusBarMeter';

const cents = (amount: number) => nanoUsd(amount * 10_000_000);
const standing = (spent: number, limit: number | null, period: BudgetStatus['period'] = 'day'): BudgetStatus => ({
  period,
  name: '2026-11-20',
  spentNanoUsd: cents(spent),
  limitNanoUsd: limit === null ? null : cents(limit),
  level: 'ok',
});

describe('words about the budget', () => {
  const meters: readonly [BudgetStatus, boolean, string][] = [
    [standing(31, 500), false, '$(pulse) $0.31 / $5.00'],
    [standing(31, 500), true, '$(pulse) ≈ $0.31 / $5.00'],
    [standing(1820, 2000, 'month'), false, '$(pulse) $18.20 / $20.00 this month'],
    [standing(31, null), false, '$(pulse) $0.31'],
  ];
  for (const [from, isEstimated, expected] of meters)
    it(expected, () => assert.equal(meterText(from, isEstimated), expected));

  const spend: SpendSummary = {
    todayNanoUsd: cents(31),
    monthNanoUsd: cents(410),
    runningNanoUsd: cents(0),
    reservedNanoUsd: cents(0),
    pendingNanoUsd: cents(0),
    dailyLimitNanoUsd: cents(500),
    monthlyLimitNanoUsd: null,
    dayUtc: '2026-11-20',
    key: null,
  };
  it('the tooltip leaves out what is nothing', () => {
    assert.deepEqual(
      tooltipRows({ spend, standings: [standing(31, 500), standing(410, null, 'month')], conversation: undefined }),
      [
        ['Today (UTC)', '$0.3100 of $5.00'],
        ['This month', '$4.1000'],
      ],
    );
  });
  it('the tooltip has everything apart: spent, reserved, pending, the key’s own', () => {
    const full = {
      ...spend,
      reservedNanoUsd: cents(5),
      pendingNanoUsd: cents(12),
      key: { limitNanoUsd: cents(2500), remainingNanoUsd: cents(2000), reset: 'monthly' },
    };
    assert.deepEqual(
      tooltipRows({
        spend: full,
        standings: [standing(31, null), standing(410, 2000, 'month')],
        conversation: { runNumber: 417, costNanoUsd: cents(2) },
      }),
      [
        ['This conversation (R·0417)', '$0.0200'],
        ['Today (UTC)', '$0.3100, no limit'],
        ['This month', '$4.1000 of $20.00'],
        ['Reserved for running replies', '≤ $0.0500'],
        ['Pending, not yet billed', '≤ $0.1200'],
        ['The key itself', '$20.00 left of $25.00, monthly'],
      ],
    );
  });

  const exceeded = (period: 'day' | 'month' | 'conversation' | 'reply'): Refusal => ({
    code: 'BUDGET_EXCEEDED',
    period,
    limitNanoUsd: cents(500),
    spentNanoUsd: cents(498),
    worstCaseNanoUsd: cents(5),
  });
  const needed = 'Even a short reply could cost up to $0.0500 here. Nothing was sent, your text is kept.';
  const refusals: readonly [Refusal, string, string, string][] = [
    [
      exceeded('day'),
      'Today’s budget does not cover this.',
      `Of $5.0000 for today (UTC), $4.9800 is spent or held back for replies without a bill yet. ${needed}`,
      'openBudgetMenu selectModel newConversation',
    ],
    [
      exceeded('month'),
      'This month’s budget does not cover this.',
      `Of $5.0000 for this month (UTC), $4.9800 is spent or held back for replies without a bill yet. ${needed}`,
      'openBudgetMenu selectModel newConversation',
    ],
    [
      exceeded('conversation'),
      'This conversation’s budget is too small.',
      `Of $5.0000 for it with all its branches, $4.9800 is spent or held back for replies without a bill yet. ${needed}`,
      'openBudgetMenu selectModel newConversation',
    ],
    [
      exceeded('reply'),
      'The limit per reply is too low for this.',
      `A single reply may cost $5.0000. ${needed}`,
      'openBudgetMenu selectModel newConversation',
    ],
    [
      { code: 'BUDGET_EXCEEDED', period: 'model', model: 'a/b', billedNanoUsd: cents(9), worstCaseNanoUsd: cents(5) },
      'a/b is blocked: it went beyond its worst case.',
      'Its last bill was $0.0900, though the most it should have cost was $0.0500. Nothing was sent, your text is kept.',
      'selectModel acceptOverrun',
    ],
    [
      { code: 'SPEND_UNSURE', gaps: [{ kind: 'network' }] },
      'What was spent cannot be seen in full, so no limit can be promised.',
      'The history is on a network disk, where windows may see each other’s spending too late.',
      'runDiagnostics openBudgetMenu',
    ],
  ];
  for (const [refusal, title, detail, actions] of refusals) {
    it(title, () => {
      const notice = describeRefusal(refusal);
      assert.deepEqual(
        [notice.title, notice.detail, notice.actions.map((a) => a.action).join(' ')],
        [title, detail, actions],
      );
    });
  }

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
});
