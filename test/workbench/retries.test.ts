import assert from 'node:assert/strict';
import path from 'node:path';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');
const STAND_IN = 'openai/gpt-6-mini';

describe('a failing provider', () => {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  before(async () => {
    session = await aSession({
      emulator: { timeToFirstTokenMs: 20 },
      settings: {
        'neuralTerminal.fallbackModels': [STAND_IN],
        'neuralTerminal.circuit.failureThreshold': 3,
        'neuralTerminal.circuit.recoverySeconds': 5,
      },
    });
    workbench = await session.open();
    panel = await Panel.in(workbench);
  });
  after(() => session.dispose());

  it('waits as long as the provider asks, shows it, and continues by itself', async () => {
    await panel.send('[[error-once:429]] Patience?');
    await panel.frame.locator('nt-live [data-phase="waiting"]').waitFor();
    await workbench.screenshot(path.join(PICTURES, 'waiting.png'));
    await panel.lastReply.and(panel.frame.locator('[data-state="complete"]')).waitFor();
    await panel.lastReply.getByRole('list', { name: 'Earlier attempts' }).getByText('Rate limited').waitFor();
  });

  it('stops waiting at once, and nothing is pending', async () => {
    await panel.send('[[error:429]] Never mind');
    await panel.frame.locator('nt-live [data-phase="waiting"]').waitFor();
    await panel.stopButton.click();
    await panel.lastReply.and(panel.frame.locator('[data-state="cancelled"]')).waitFor();
    assert.doesNotMatch(await panel.budget.innerText(), /pending/);
  });

  it('asks the next fallback model when the selected one is down, and names the one that answered', async () => {
    await panel.ask('[[error-once:503]] Who is there?');
    await panel.lastReply
      .getByRole('list', { name: 'Earlier attempts' })
      .getByText(`so ${STAND_IN} was asked`)
      .waitFor();
  });

  it('keeps an interrupted reply, and continues it', async () => {
    const before = await panel.ask('[[cut]] Half of it', 'interrupted');
    await panel.lastReply.getByRole('button', { name: 'Continue', exact: true }).first().click();
    await panel.lastReply.and(panel.frame.locator('[data-state="complete"]')).waitFor();
    const after = await panel.replyText();
    assert.ok(before.length > 0 && after.startsWith(before) && after.length > before.length, `${before} … ${after}`);
    await panel.lastReply.getByRole('group', { name: 'Branch 2 of 2' }).waitFor();
    await panel.lastReply.locator('[data-part="continued"]').waitFor();
    await workbench.screenshot(path.join(PICTURES, 'continued.png'));
  });

  it('opens the circuit of a model that keeps failing, keeps the text, and tries again later', async () => {
    await panel.ask('[[error:500]] One', 'failed');
    await panel.ask('[[error:500]] Two', 'failed');
    await panel.ask('[[error:500]] Three', 'failed');
    await panel.send('Four');
    await panel.frame.getByRole('alert').getByText('failed repeatedly').first().waitFor();
    assert.equal(await panel.message.inputValue(), 'Four');
    await workbench.screenshot(path.join(PICTURES, 'circuit.png'));
    await panel.frame.getByText('The wait is over.').first().waitFor();
    await panel.sendButton.click();
    await panel.lastReply.and(panel.frame.locator('[data-state="complete"]')).waitFor();
  });
});
