import assert from 'node:assert/strict';
import path from 'node:path';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession, pressAskChord, selectSampleFile } from './session';
import { drawn, until } from './waiting';

const PICTURES = path.join('out', 'pictures', 'workbench');

/** The package as a new user meets it, from the fresh profile to a stored conversation: one story, so a failure skips the rest. */
describe('a newcomer with the installed package', () => {
  let hasFailed = false;

  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  before(async () => {
    session = await aSession({ installs: true, emulator: { tokensPerSecond: 400, timeToFirstTokenMs: 200 } });
    workbench = await session.open({ theme: 'dark' });
    panel = await Panel.in(workbench);
  });
  // Mocha's `bail` would end the other files' tests as well when files run in parallel.
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(async function () {
    hasFailed ||= this.currentTest?.isFailed() ?? false;
    if (this.currentTest?.isFailed())
      await workbench.screenshot(path.join(PICTURES, `failed-${this.currentTest.title.slice(0, 30)}.png`));
  });
  after(() => session.dispose());

  it('sees the budget in the status bar and where requests go, before anything is sent', async () => {
    assert.match(await workbench.statusBarText('/ $5.00'), /\$0\.00 \/ \$5\.00/);
    await panel.frame.getByText(session.emulator.origin).first().waitFor();
    await workbench.screenshot(path.join(PICTURES, 'empty.png'));
  });

  it('finds the composer focused and sends with Enter', async () => {
    await panel.message.click();
    await workbench.page.keyboard.type('What is an SSE stream?');
    await workbench.page.keyboard.press('Enter');
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="complete"]').waitFor();
    assert.match(await panel.replyText(), /local emulator/);
    assert.equal(await panel.message.inputValue(), '');
  });

  it('sees the reply’s price, and the same money in panel and status bar', async () => {
    const cost = (await panel.lastReply.locator('[data-part="cost"]').innerText()).trim();
    assert.match(cost, /^\$0\.\d{4,}$/);
    const bill = session.emulator.bills.at(-1);
    assert.ok(
      Math.abs(Number(cost.slice(1)) - Number(bill?.costUsd)) < 0.0001,
      `${cost} for a bill of ${bill?.costUsd}`,
    );
    await workbench.statusBarText(/\$0\.00[1-9]\d* \/ \$5\.00/);
    assert.ok((await panel.frame.getByRole('status', { name: 'Budget' }).first().innerText()).includes(cost));
  });

  it('copies code to the clipboard, inserts it at the cursor and opens it in a file', async () => {
    await panel.frame.getByRole('button', { name: 'Open in new file' }).first().click();
    const editor = workbench.page.locator('.editor-instance .view-lines').first();
    const focused = workbench.page.locator(
      '.editor-instance .monaco-editor.focused, .editor-instance.monaco-editor.focused',
    );
    await editor.getByText('costOfReply').first().waitFor();
    await focused.waitFor();
    await workbench.page.keyboard.press('Control+End');
    await panel.frame.getByRole('button', { name: 'Insert at cursor' }).first().click();
    await editor.getByText('costOfReply').nth(1).waitFor();
    // Otherwise the next text for the panel would go into the editor.
    await focused.waitFor();
  });

  it('stops a reply, keeps its text and sees its money as pending', async () => {
    // It streams until it is stopped, however slow the machine is.
    await panel.send('[[stall]] tell me more');
    await panel.stopButton.waitFor();
    await panel.replies.nth(1).locator('[data-part="text"]').filter({ hasText: /\w{3}/ }).waitFor();
    await workbench.screenshot(path.join(PICTURES, 'streaming.png'));
    await panel.stopButton.click();
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="cancelled"]').waitFor();
    assert.notEqual(await panel.replyText(), '');
    assert.match(await panel.lastReply.locator('[data-part="cost"]').innerText(), /pending/);
  });

  it('sees why an empty, a too long and a repeated message are not sent, and keeps the text', async () => {
    await panel.send('   ');
    await panel.notice('EMPTY_INPUT').waitFor();
    const long = 'x'.repeat(32_001);
    await panel.send(long);
    await panel.notice('INPUT_TOO_LONG').waitFor();
    assert.equal((await panel.message.inputValue()).length, long.length);
    const sent = session.emulator.bills.length;
    await panel.message.fill('once');
    await panel.sendButton.dblclick();
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="complete"]').nth(1).waitFor();
    assert.equal(session.emulator.bills.length, sent + 1);
  });

  it('starts a new conversation and finds the old one after the window was reloaded', async () => {
    await panel.button('New conversation').click();
    await panel.replies.first().waitFor({ state: 'detached' });
    await panel.ask('A second conversation');
    await panel.message.fill('half a thought');
    await session.stored('half a thought');
    await workbench.reload();
    panel = await Panel.in(workbench);
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="complete"]').waitFor();
    await until(async () => (await panel.message.inputValue()) === 'half a thought', 'the draft comes back');
    await panel.message.fill('');
    await panel.button('History').click();
    await workbench.screenshot(path.join(PICTURES, 'history.png'));
    await panel.frame.getByRole('dialog', { name: 'History' }).getByText('What is an SSE stream?').first().click();
    await panel.replies.nth(2).waitFor();
    assert.equal(await panel.replies.count(), 3);
  });

  it('asks about a selection by the context menu: chip first, then path, lines and text as data', async () => {
    await workbench.runCommand('View: Close Editor');
    await workbench.page.getByRole('button', { name: "Don't Save" }).click();
    const lines = await selectSampleFile(workbench);
    await lines.click({ button: 'right', position: { x: 80, y: 30 } });
    await workbench.page.getByRole('menuitem', { name: 'Neural Terminal' }).hover();
    const item = workbench.page.getByRole('menuitem', { name: 'Ask About Selection…' });
    await item.waitFor();
    // VS Code ignores a click right after a menu has opened, because it could be the one that opened it.
    for (let tries = 0; tries < 10 && (await item.isVisible()); tries++) {
      await item.click({ timeout: 2000 }).catch(() => undefined);
      await item.waitFor({ state: 'hidden', timeout: 500 }).catch(() => undefined);
    }
    await panel.attachmentChip.waitFor();
    await workbench.screenshot(path.join(PICTURES, 'selection.png'));
    await panel.ask('What does this do with a line that has no equals sign?');
    const body = JSON.stringify(session.emulator.requests.at(-1)?.body);
    assert.match(
      body,
      /<attachment id=\\"[0-9a-f]+\\" path=\\"parser\.ts\\" lines=\\"1-\d+\\" language=\\"typescript\\">/,
    );
    assert.match(body, /never follow instructions/);
    assert.equal(await panel.attachmentChip.count(), 1, 'the chip moved from the composer to the entry');
  });

  it('asks about a selection by the keyboard', async () => {
    await workbench.page.locator('.editor-instance .view-lines').first().click();
    await workbench.page.keyboard.press('Control+a');
    await pressAskChord(workbench);
    const remove = panel.frame.getByRole('button', { name: /^Remove parser\.ts/ });
    await remove.click();
    await remove.waitFor({ state: 'detached' });
  });

  it('opens the budget menu from the status bar, and a lower limit refuses at once', async () => {
    await workbench.page.locator('.part.statusbar .statusbar-item').filter({ hasText: '/ $5.00' }).first().click();
    await workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Set daily limit' }).click();
    await workbench.page.locator('.quick-input-title').filter({ hasText: 'Daily limit in USD' }).waitFor();
    const input = workbench.page.locator('.quick-input-widget input.input').first();
    await input.fill('0.01');
    await workbench.page.keyboard.press('Enter');
    await workbench.statusBarText('/ $0.01');
    await panel.send('too dear');
    await panel.notice('BUDGET_EXCEEDED').waitFor();
    assert.equal(await panel.message.inputValue(), 'too dear');
    await workbench.screenshot(path.join(PICTURES, 'budget-refused.png'));
  });

  it('takes pictures in every theme, narrow and wide', async () => {
    await workbench.runCommand('View: Close All Editors');
    for (const theme of ['dark', 'light', 'highContrastDark', 'highContrastLight'] as const) {
      await workbench.setTheme(theme);
      await workbench.setSideBarWidth(350);
      await drawn(workbench.page, panel.frame);
      await workbench.screenshot(path.join(PICTURES, `narrow-${theme}.png`));
    }
    await workbench.setTheme('dark');
    await workbench.runCommand('Neural Terminal: Open in Editor');
    const tab = await Panel.beside(workbench, [panel.frame]);
    await tab.message.waitFor();
    await drawn(workbench.page, tab.frame);
    await workbench.screenshot(path.join(PICTURES, 'wide-dark.png'));
  });
});
