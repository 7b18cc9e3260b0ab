import assert from 'node:assert/strict';
import path from 'node:path';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');

/** Titles in the history drawer, newest first, once `title` is among them. Leaves the drawer open. */
async function historyWith(panel: Panel, title: string): Promise<void> {
  await panel.button('History').click();
  await panel.frame.locator('nt-history').getByText(title).first().waitFor();
}

async function openFromHistory(panel: Panel, title: string): Promise<void> {
  await historyWith(panel, title);
  await panel.frame.locator('nt-history').getByText(title).first().click();
  await panel.frame.locator('nt-history dialog').waitFor({ state: 'hidden' });
}

async function newConversation(workbench: Workbench, panel: Panel): Promise<void> {
  await workbench.runCommand('Neural Terminal: New Conversation');
  await panel.frame.locator('nt-entry').first().waitFor({ state: 'detached' });
}

const questions = (panel: Panel): Promise<string[]> =>
  panel.frame.locator('nt-entry[data-role="user"] [data-part="text"]').allInnerTexts();

describe('two windows on one profile', () => {
  let session: Session;
  let first: Workbench;
  let second: Workbench;
  before(async () => {
    session = await aSession({ emulator: { tokensPerSecond: 60, timeToFirstTokenMs: 50 } });
    first = await session.open();
    second = await first.openAnotherWindow();
  });
  after(() => session.dispose());

  it('both write, both see everything while it happens, one is killed, and nothing is lost', async () => {
    const one = await Panel.in(first);
    const two = await Panel.in(second);
    await one.ask('Alpha question of the first window');
    await two.ask('Beta question of the second window');

    // Each sees the other's conversation and continues it.
    await openFromHistory(two, 'Alpha question');
    const alpha = await one.replyText();
    assert.equal(await two.replyText(), alpha);
    await two.ask('Alpha again, from the second window');
    await one.frame.locator('nt-entry').nth(3).waitFor();
    assert.deepEqual(await questions(one), [
      'Alpha question of the first window',
      'Alpha again, from the second window',
    ]);

    // An open drawer follows as well.
    await historyWith(one, 'Beta question');
    await two.frame.page().keyboard.press('Escape');
    await newConversation(second, two);
    await two.ask('Gamma question, while the drawer is open');
    await one.frame.locator('nt-history').getByText('Gamma question').first().waitFor();
    await first.screenshot(path.join(PICTURES, 'two-windows-history.png'));
    await one.frame.page().keyboard.press('Escape');

    // Both stream at once; each shows the other's reply as it grows.
    await newConversation(first, one);
    await one.send('[[slow]] Delta, cut by a crash');
    await one.lastReply
      .locator('[data-part="text"]')
      .filter({ hasText: /\w+ \w+/ })
      .waitFor();
    await openFromHistory(two, 'Delta, cut by a crash');
    const running = two.frame.locator('nt-entry[data-role="assistant"][data-state="streaming"]');
    await running.waitFor();
    const early = (await two.replyText()).length;
    await two.lastReply
      .locator('[data-part="text"]')
      .filter({ hasText: new RegExp(`.{${early + 1}}`, 's') })
      .waitFor();

    const [pid] = session.server.extensionHostPids();
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    // The other window notices, keeps the stored text and shows it as interrupted.
    await two.frame.locator('nt-entry[data-role="assistant"][data-state="interrupted"]').waitFor();
    const kept = await two.replyText();
    assert.ok(kept.length >= early, `kept “${kept}”`);
    await second.screenshot(path.join(PICTURES, 'two-windows-one.png'));
    await two.ask('Delta goes on in the second window');

    await first.page.close();
    const third = await second.openAnotherWindow();
    const reopened = await Panel.in(third);
    await openFromHistory(reopened, 'Delta, cut by a crash');
    await reopened.frame.locator('nt-entry').nth(3).waitFor();
    assert.deepEqual(await questions(reopened), [
      '[[slow]] Delta, cut by a crash',
      'Delta goes on in the second window',
    ]);
    for (const [title, texts] of [
      ['Alpha question', ['Alpha question of the first window', 'Alpha again, from the second window']],
      ['Beta question', ['Beta question of the second window']],
      ['Gamma question', ['Gamma question, while the drawer is open']],
    ] as const) {
      for (const panel of [reopened, two]) {
        await openFromHistory(panel, title);
        await panel.frame
          .locator('nt-entry[data-role="user"]')
          .nth(texts.length - 1)
          .waitFor();
        assert.deepEqual(await questions(panel), texts);
      }
    }

    await third.runCommand('Neural Terminal: Run Diagnostics');
    await third.page.getByText('Every history file is whole.').first().waitFor();
  });
});
