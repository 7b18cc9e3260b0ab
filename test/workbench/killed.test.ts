import assert from 'node:assert/strict';
import path from 'node:path';
import { formatUsd, parseDecimal, toNanoUsd } from '../../src/domain/money';
import { Panel, type Session, aSession } from './session';
import { until } from './waiting';

/** The extension host is killed, as in a crash. */
describe('killed in mid-reply', () => {
  let session: Session;
  /** The provider's record of the cut generation comes only after the cost was seen pending. */
  let hasRecord = false;
  before(async () => {
    session = await aSession({
      emulator: { tokensPerSecond: 60, timeToFirstTokenMs: 50, billDelayMs: () => (hasRecord ? 0 : Infinity) },
    });
  });
  after(() => session.dispose());

  it('comes back with what had been stored, marked as interrupted, and goes on working', async () => {
    const workbench = await session.open();
    let panel = await Panel.in(workbench);
    await panel.ask('First, a whole reply');
    await panel.send('[[slow]] and now one that is cut');
    await panel.replies
      .nth(1)
      .locator('[data-part="text"]')
      .filter({ hasText: /\w+ \w+/ })
      .waitFor();
    const shown = await panel.replyText();
    await session.stored(shown.slice(0, 10));
    const killed = session.server.extensionHostPids();
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await until(() => !killed.some((pid) => session.server.extensionHostPids().includes(pid)), 'its end');
    await workbench.reload();

    panel = await Panel.in(workbench);
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="interrupted"]').waitFor();
    const kept = await panel.replyText();
    assert.ok(kept.length > 0 && shown.startsWith(kept.slice(0, 10)), `kept “${kept}” of “${shown}”`);
    assert.equal(await panel.replies.count(), 2);
    await workbench.screenshot(path.join('out', 'pictures', 'workbench', 'interrupted.png'));
    const cutReply = panel.replies.nth(1);
    assert.match(await panel.budget.innerText(), /pending/);
    await cutReply.getByText('cost pending').waitFor();

    // It settles the cost by itself.
    hasRecord = true;
    const bill = session.emulator.bills.find((b) => b.question.includes('[[slow]]'));
    const amount = parseDecimal(bill?.costUsd ?? '');
    assert.ok(amount && amount.digits > 0n, 'the emulator billed what it had produced');
    await cutReply
      .getByText(formatUsd(toNanoUsd(amount, 'nearest')))
      .first()
      .waitFor({ timeout: 90_000 });
    await panel.budget.getByText(/pending/).waitFor({ state: 'detached' });
    await panel.ask('Still there?');
    assert.equal(await panel.replies.count(), 3);
  });
});
