import assert from 'node:assert/strict';
import { FakeMemento, fakeEditor } from '../../support/vscodeShim';
import type { CoreEvent } from '../../../src/domain/coreEvent';
import { Emitter } from '../../../src/domain/emitter';
import { modelId } from '../../../src/domain/ids';
import { BudgetNotifier } from '../../../src/editor/budgetNotifier';
import { COMMANDS } from '../../../src/editor/contributions';
import { tick } from '../application/attemptFixtures';
import { FakeBudget, spendOf, usd } from './spendFixtures';

const MODEL = modelId('vendor/model');
const OVERRUN: CoreEvent = {
  type: 'overran',
  model: MODEL,
  billedNanoUsd: usd(0.03),
  worstCaseNanoUsd: usd(0.02),
};

describe('budget notifier', () => {
  let notifier: BudgetNotifier | undefined;
  beforeEach(() => fakeEditor.reset());
  afterEach(() => notifier?.dispose());

  const aNotifier = (memento = new FakeMemento()) => {
    const budget = new FakeBudget();
    const bus = new Emitter<CoreEvent>();
    const calls: string[] = [];
    notifier = new BudgetNotifier({
      ...budget,
      bus,
      memento,
      raiseLimit: async (limit) => void calls.push(`raise ${limit}`),
      allowOverrun: async (model) => void calls.push(`allow ${model}`),
    });
    /** @returns severities of the notices that this spend causes. */
    const spends = async (spend: Parameters<typeof spendOf>[0]): Promise<readonly string[]> => {
      const before = fakeEditor.messages.length;
      budget.spend = spendOf({ ...budget.spend, ...spend });
      bus.fire({ type: 'spendChanged' });
      await tick();
      return fakeEditor.messages.slice(before).map(({ severity }) => severity);
    };
    return { budget, bus, memento, calls, spends };
  };

  type Spend = Parameters<typeof spendOf>[0];
  const courses: readonly (readonly [string, readonly (readonly [Spend, readonly string[]])[]])[] = [
    [
      'warns once near the daily limit and once at it',
      [
        [{ todayNanoUsd: usd(3.99) }, []],
        [{ todayNanoUsd: usd(4) }, ['warning']],
        [{ todayNanoUsd: usd(4.5) }, []],
        [{ todayNanoUsd: usd(5) }, ['error']],
        [{ todayNanoUsd: usd(9) }, []],
      ],
    ],
    [
      'skips the warning when the limit is passed at once',
      [
        [{ todayNanoUsd: usd(6) }, ['error']],
        [{}, []],
      ],
    ],
    [
      'starts anew after the limit was raised',
      [
        [{ todayNanoUsd: usd(5) }, ['error']],
        [{ dailyLimitNanoUsd: usd(6) }, ['warning']],
        [{ todayNanoUsd: usd(6) }, ['error']],
      ],
    ],
    [
      'starts anew on the next day',
      [
        [{ todayNanoUsd: usd(4) }, ['warning']],
        [{ todayNanoUsd: usd(4.2), dayUtc: '2026-11-21' }, ['warning']],
      ],
    ],
    [
      'keeps the periods apart',
      [
        [{ todayNanoUsd: usd(4), monthNanoUsd: usd(4), monthlyLimitNanoUsd: usd(20) }, ['warning']],
        [{ monthNanoUsd: usd(16) }, ['warning']],
        [{ monthNanoUsd: usd(20), todayNanoUsd: usd(5) }, ['error', 'error']],
        [{ dayUtc: '2026-11-21', todayNanoUsd: usd(0) }, []],
      ],
    ],
    [
      'counts running estimates',
      [
        [{ todayNanoUsd: usd(3) }, []],
        [{ runningNanoUsd: usd(1) }, ['warning']],
      ],
    ],
    ['is silent without a limit', [[{ todayNanoUsd: usd(1000), dailyLimitNanoUsd: null }, []]]],
  ];
  for (const [name, steps] of courses) {
    it(name, async () => {
      const t = aNotifier();
      for (const [index, [spend, expected]] of steps.entries())
        assert.deepEqual(await t.spends(spend), expected, `step ${index + 1}`);
    });
  }

  it('warns at the percentage that is set, also when a setting changes', async () => {
    const t = aNotifier();
    assert.deepEqual(await t.spends({ todayNanoUsd: usd(2.5) }), []);
    t.budget.limits = { ...t.budget.limits, warnAtPercent: 50 };
    t.bus.fire({ type: 'settingsChanged' });
    await tick();
    assert.equal(fakeEditor.messages.length, 1);
  });

  it('waits for the focus, and shows once in all windows what one has shown', async () => {
    const t = aNotifier();
    fakeEditor.setFocus(false);
    assert.deepEqual(await t.spends({ todayNanoUsd: usd(4) }), []);
    fakeEditor.setFocus(true);
    await tick();
    assert.equal(fakeEditor.messages.length, 1);
    notifier?.dispose();
    const other = aNotifier(t.memento);
    assert.deepEqual(await other.spends({ todayNanoUsd: usd(4) }), []);
  });

  it('is silent once it is disposed', async () => {
    const t = aNotifier();
    notifier?.dispose();
    assert.deepEqual(await t.spends({ todayNanoUsd: usd(9) }), []);
    fakeEditor.setFocus(true);
    assert.deepEqual(fakeEditor.messages, []);
  });

  /** Shows one notice, then the same one again with its choice of that index taken. */
  const choosing = async (index: number, cause: (t: ReturnType<typeof aNotifier>) => Promise<unknown>) => {
    await cause(aNotifier());
    const label = fakeEditor.messages.at(-1)?.choices[index];
    notifier?.dispose();
    fakeEditor.answers.push(label ?? assert.fail(`no choice ${index}`));
    const t = aNotifier();
    await cause(t);
    await tick();
    return [...t.calls, ...fakeEditor.executed.map(([id]) => id)];
  };
  const daily = (t: ReturnType<typeof aNotifier>) => t.spends({ todayNanoUsd: usd(5) });
  const monthly = (t: ReturnType<typeof aNotifier>) => t.spends({ monthNanoUsd: usd(5), monthlyLimitNanoUsd: usd(5) });
  const overrun = async (t: ReturnType<typeof aNotifier>): Promise<void> => {
    t.bus.fire(OVERRUN);
    await tick();
  };
  const choices: readonly (readonly [string, number, typeof daily | typeof overrun, string])[] = [
    ['raises the daily limit', 0, daily, 'raise dailyUsd'],
    ['raises the monthly limit', 0, monthly, 'raise monthlyUsd'],
    ['opens the ledger from a limit', 1, daily, COMMANDS.showLedger],
    ['opens the ledger from an overrun', 0, overrun, COMMANDS.showLedger],
    ['allows the model again', 1, overrun, 'allow vendor/model'],
  ];
  for (const [name, index, cause, call] of choices) {
    it(`${name} when the user chooses it`, async () => assert.deepEqual(await choosing(index, cause), [call]));
  }

  it('notifies of every overrun, and names the model and both amounts', async () => {
    const t = aNotifier();
    await overrun(t);
    await overrun(t);
    assert.equal(fakeEditor.messages.length, 2);
    const { severity, text } = fakeEditor.messages[0] ?? assert.fail();
    assert.equal(severity, 'error');
    for (const part of ['vendor/model', '$0.03', '$0.02']) assert.ok(text.includes(part), text);
  });

  it('offers to allow the model only where limits block it', async () => {
    const t = aNotifier();
    await overrun(t);
    t.budget.limits = { ...t.budget.limits, budgetMode: 'warn' };
    await overrun(t);
    assert.deepEqual(
      fakeEditor.messages.map((message) => message.choices.length),
      [2, 1],
    );
  });
});
