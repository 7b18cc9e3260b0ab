import assert from 'node:assert/strict';
import path from 'node:path';
import { type NanoUsd, addUsd, formatUsd, nanoUsd, parseDecimal, toNanoUsd } from '../../src/domain/money';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');

/** Covers two replies of 600 tokens at $15 per million with their prompts, but not a third one of 256 tokens. */
const LIMIT_USD = 0.022;

const billed = (session: Session): NanoUsd =>
  addUsd(
    ...session.emulator.bills.map((bill) => {
      const cost = parseDecimal(bill.costUsd);
      return cost ? toNanoUsd(cost, 'nearest') : assert.fail(bill.costUsd);
    }),
  );

async function raiseDailyLimit(workbench: Workbench, usd: string): Promise<void> {
  await workbench.runCommand('Neural Terminal: Set Daily Budget…');
  const input = workbench.page.locator('.quick-input-widget input.input').first();
  await input.waitFor();
  await input.fill(usd);
  await workbench.page.keyboard.press('Enter');
}

const streaming = (panel: Panel) => panel.frame.locator('nt-entry[data-role="assistant"][data-state="streaming"]');

describe('two windows with one daily limit', () => {
  let session: Session;
  before(async () => {
    session = await aSession({
      emulator: { tokensPerSecond: 60, timeToFirstTokenMs: 50 },
      settings: { 'neuralTerminal.budget.dailyUsd': LIMIT_USD, 'neuralTerminal.maxOutputTokens': 600 },
    });
  });
  const windows: Workbench[] = [];
  afterEach(async function () {
    if (!this.currentTest?.isFailed()) return;
    for (const [index, window] of windows.entries())
      await window.screenshot(path.join(PICTURES, `failed-limit-${index}.png`));
  });
  after(() => session.dispose());

  it('both stream within it, the next send is refused in words, and a raised limit lets it through at once', async () => {
    const first = await session.open();
    const second = await first.openAnotherWindow();
    windows.push(first, second);
    const one = await Panel.in(first);
    const two = await Panel.in(second);
    await one.send('[[slow]] from the first window');
    await two.send('[[slow]] from the second window');
    await Promise.all([streaming(one).waitFor(), streaming(two).waitFor()]);

    await second.runCommand('Neural Terminal: New Conversation');
    await two.frame.locator('nt-entry').first().waitFor({ state: 'detached' });
    const requestsBefore = session.emulator.requests.filter((r) => r.method === 'POST').length;
    await two.send('one more');
    const refusal = two.frame.getByRole('alert');
    await refusal.getByText('Today’s budget does not cover this.').waitFor();
    await refusal.getByText(/Of \$0\.022\d* for today \(UTC\).*Nothing was sent, your text is kept/).waitFor();
    assert.equal(await two.message.inputValue(), 'one more');
    assert.equal(
      session.emulator.requests.filter((r) => r.method === 'POST').length,
      requestsBefore,
      'nothing was sent',
    );
    await second.screenshot(path.join(PICTURES, 'two-budgets-refused.png'));
    assert.equal(await streaming(one).count(), 1, 'the first still streams');

    await raiseDailyLimit(second, '1');
    await second.statusBarText('/ $1.00');
    await two.sendButton.click();
    await two.lastReply.and(two.frame.locator('[data-state="complete"]')).waitFor();

    await one.lastReply.and(one.frame.locator('[data-state="complete"]')).waitFor();
    await second.statusBarText(`${formatUsd(billed(session), 'coarse')} / $1.00`);
    const [slow = [], rest = []] = [
      session.emulator.bills.filter((b) => b.question.includes('[[slow]]')),
      session.emulator.bills.filter((b) => !b.question.includes('[[slow]]')),
    ];
    assert.equal(slow.length, 2);
    assert.equal(rest.length, 1);
    const underTheFirstLimit = addUsd(...slow.map((b) => nanoUsd(Math.round(Number(b.costUsd) * 1e9))));
    assert.ok(underTheFirstLimit <= LIMIT_USD * 1e9, `${underTheFirstLimit}`);
  });
});
