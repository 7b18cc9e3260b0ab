import assert from 'node:assert/strict';
import path from 'node:path';
import { formatUsd, parseDecimal, toNanoUsd } from '../../src/domain/money';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');

/** The ledger's editor tab. */
describe('the ledger in the editor', () => {
  let session: Session;
  let workbench: Workbench;
  before(async () => {
    session = await aSession({ emulator: { tokensPerSecond: 200, timeToFirstTokenMs: 20, billDelayMs: 100 } });
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(path.join(PICTURES, 'failed-ledger.png'));
  });
  after(() => session.dispose());

  const billed = (question: string): string => {
    const cost = parseDecimal(session.emulator.bills.find((bill) => bill.question.includes(question))?.costUsd ?? '');
    return cost ? formatUsd(toNanoUsd(cost, 'nearest')) : assert.fail(`no bill for “${question}”`);
  };

  it('shows what was charged, settles what was stopped, leads to its conversation, and comes back after a reload', async () => {
    workbench = await session.open({ theme: 'dark', viewport: { width: 1400, height: 900 } });
    let panel = await Panel.in(workbench);
    await panel.ask('A whole reply');
    await panel.send('[[slow]] a reply that is stopped');
    await panel.replies
      .nth(1)
      .locator('[data-part="text"]')
      .filter({ hasText: /\w+ \w+/ })
      .waitFor();
    await panel.stopButton.click();
    await panel.lastReply.and(panel.frame.locator('[data-state="cancelled"]')).waitFor();

    await workbench.runCommand('Neural Terminal: Show Ledger');
    let ledger = await workbench.ledgerFrame();
    const rows = ledger.locator('nt-charges tbody tr[data-state]');
    await rows.nth(1).waitFor();
    await rows.nth(1).getByText(billed('A whole reply')).first().waitFor();
    // The stopped reply settles by itself from the provider's record.
    await ledger.locator('nt-charges tbody tr[data-state="reported"]').nth(1).waitFor();
    await rows.nth(0).getByText(billed('a reply that is stopped')).first().waitFor();
    await workbench.screenshot(path.join(PICTURES, 'ledger.png'));

    await workbench.runCommand('Neural Terminal: New Conversation');
    await panel.frame.locator('nt-entry').first().waitFor({ state: 'detached' });
    await rows
      .nth(0)
      .getByRole('button', { name: /R·0001/ })
      .click();
    await panel.frame.locator('nt-entry').nth(3).waitFor();

    await workbench.reload();
    panel = await Panel.in(workbench);
    ledger = await workbench.ledgerFrame();
    await ledger.locator('nt-charges tbody tr[data-state="reported"]').nth(1).waitFor();
  });
});
