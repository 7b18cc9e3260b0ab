import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { MarkdownString, fakeEditor } from '../../support/vscodeShim';
import type { CoreEvent } from '../../../src/domain/coreEvent';
import { Emitter } from '../../../src/domain/emitter';
import { type ConversationId, conversationId } from '../../../src/domain/ids';
import { COMMANDS } from '../../../src/editor/contributions';
import { StatusBarMeter, type StatusBarMeterOptions } from '../../../src/editor/statusBarMeter';
import { FakeBudget, spendOf, usd } from './spendFixtures';

const NOON_MS = Date.UTC(2026, 10, 20, 12);
const REDRAW_MS = 250;

describe('status bar meter', () => {
  let meter: StatusBarMeter | undefined;
  beforeEach(() => {
    fakeEditor.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    meter?.dispose();
    mock.timers.reset();
  });

  const aMeter = () => {
    const budget = new FakeBudget();
    const bus = new Emitter<CoreEvent>();
    const changed = new Emitter<unknown>();
    let current: ConversationId | null = null;
    const known = ((id: ConversationId) =>
      id === 'c1'
        ? { runNumber: 7, costNanoUsd: usd(0.25) }
        : undefined) as StatusBarMeterOptions['conversations']['known'];
    meter = new StatusBarMeter({
      ...budget,
      clock: { nowMs: () => NOON_MS, monotonicMs: () => 0 },
      bus,
      conversations: { known },
      current: () => current,
      onDidChangeConversation: changed.event,
    });
    const item = fakeEditor.statusBarItems.at(-1) ?? assert.fail('no item');
    const tooltip = (): string => (item.tooltip instanceof MarkdownString ? item.tooltip.value : assert.fail());
    const spends = (changes: Parameters<typeof spendOf>[0]): void => {
      budget.spend = spendOf({ ...budget.spend, ...changes });
      bus.fire({ type: 'spendChanged' });
      mock.timers.tick(REDRAW_MS);
    };
    const enters = (id: ConversationId | null): void => {
      current = id;
      changed.fire(undefined);
      mock.timers.tick(REDRAW_MS);
    };
    return { budget, bus, item, tooltip, spends, enters };
  };

  it('is shown at once, opens the budget menu, and has no amount before the first reading', () => {
    const { item } = aMeter();
    assert.equal(item.isVisible, true);
    assert.equal(item.command, COMMANDS.budgetMenu);
    assert.doesNotMatch(item.text, /\d/);
  });

  const day = { spent: /\$0\.31/, limit: /\$5\.00/ };
  const texts: readonly (readonly [string, Parameters<typeof spendOf>[0], readonly RegExp[], readonly RegExp[]])[] = [
    ['the day’s spend and limit', { todayNanoUsd: usd(0.31) }, [day.spent, day.limit], [/≈/]],
    ['no limit when there is none', { todayNanoUsd: usd(0.31), dailyLimitNanoUsd: null }, [day.spent], [/\//]],
    [
      'a running estimate, marked as one',
      { todayNanoUsd: usd(0.3), runningNanoUsd: usd(0.01) },
      [/≈ ?\$0\.31/, day.limit],
      [],
    ],
    [
      'the month when it is nearer to its limit',
      { todayNanoUsd: usd(0.31), monthNanoUsd: usd(18.2), monthlyLimitNanoUsd: usd(20) },
      [/\$18\.20/, /\$20\.00/],
      [day.limit],
    ],
    [
      'the day when both are as near',
      { todayNanoUsd: usd(0.31), monthNanoUsd: usd(1), monthlyLimitNanoUsd: usd(20) },
      [day.spent, day.limit],
      [/\$20/],
    ],
  ];
  for (const [name, spend, shown, absent] of texts) {
    it(`shows ${name}, to screen readers as well`, () => {
      const { item, spends } = aMeter();
      spends(spend);
      for (const text of [item.text, item.accessibilityInformation?.label ?? '']) {
        for (const part of shown) assert.match(text, part);
        for (const part of absent) assert.doesNotMatch(text, part);
      }
      assert.doesNotMatch(item.accessibilityInformation?.label ?? '', /\$\(/, 'no icon names');
    });
  }

  const colours: readonly (readonly [number, string | undefined])[] = [
    [3.99, undefined],
    [4, 'statusBarItem.warningBackground'],
    [5, 'statusBarItem.errorBackground'],
    [0, undefined],
  ];
  it('takes its colour from the level, and gives it back', () => {
    const { item, spends } = aMeter();
    for (const [amount, colour] of colours) {
      spends({ todayNanoUsd: usd(amount) });
      assert.equal(item.backgroundColor?.id, colour, `at $${amount}`);
    }
  });

  it('lists in its tooltip what is spent, reserved and pending, and what the key has left', () => {
    const { tooltip, spends, enters } = aMeter();
    spends({ todayNanoUsd: usd(1), monthNanoUsd: usd(2) });
    const rows = (): number => tooltip().match(/^\| [^:|]/gm)?.length ?? 0;
    const before = rows();
    spends({ reservedNanoUsd: usd(0.5), pendingNanoUsd: usd(0.125) });
    assert.equal(rows(), before + 2);
    spends({ key: { limitNanoUsd: usd(20), remainingNanoUsd: usd(12.5), reset: null } });
    enters(conversationId('c1'));
    assert.equal(rows(), before + 4);
    for (const part of ['R·0007', '0.25', '0.50', '0.125', '12.5']) assert.ok(tooltip().includes(part), part);
    assert.doesNotMatch(tooltip(), /[^\\]\$\d/, 'dollar signs are escaped');
    enters(conversationId('unknown'));
    assert.equal(rows(), before + 3);
  });

  it('names the budget’s day only while that day has not come', () => {
    const { tooltip, spends } = aMeter();
    spends({});
    assert.ok(!tooltip().includes('2026-11-20'));
    spends({ dayUtc: '2026-11-22' });
    assert.ok(tooltip().includes('2026-11-22'));
  });

  it('redraws once for many changes, and not after its end', () => {
    const { budget, bus, item } = aMeter();
    let summaries = 0;
    budget.ledger.summary = () => ((summaries += 1), budget.spend);
    meter?.dispose();
    meter = new StatusBarMeter({
      ...budget,
      clock: { nowMs: () => NOON_MS, monotonicMs: () => 0 },
      bus,
      conversations: { known: () => undefined },
      current: () => null,
      onDidChangeConversation: new Emitter<unknown>().event,
    });
    for (let i = 0; i < 10; i++) bus.fire({ type: 'spendChanged' });
    assert.equal(summaries, 0);
    mock.timers.tick(REDRAW_MS);
    assert.equal(summaries, 1);
    bus.fire({ type: 'settingsChanged' });
    meter.dispose();
    mock.timers.tick(REDRAW_MS);
    assert.equal(summaries, 1);
    assert.equal(item.isDisposed, true);
  });
});
