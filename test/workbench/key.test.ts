import assert from 'node:assert/strict';
import path from 'node:path';
import { Panel, type Session, aSession } from './session';
import { filesWith } from './waiting';

const PICTURES = path.join('out', 'pictures', 'workbench');
const KEY = 'sk-or-v1-right-0123456789abcdef0123456789abcdef';

describe('a key', () => {
  let session: Session;
  before(async () => {
    session = await aSession({ emulator: { key: KEY, tokensPerSecond: 400, timeToFirstTokenMs: 50 } });
  });
  after(() => session.dispose());

  it('is asked for, checked, used, and written to no file', async () => {
    const workbench = await session.open();
    const panel = await Panel.in(workbench);
    await panel.ask('Anybody there?', 'failed');
    await panel.frame.getByText('The provider did not accept the API key.').last().waitFor();
    await workbench.screenshot(path.join(PICTURES, 'wrong-key.png'));

    const enter = async (key: string): Promise<void> => {
      await panel.frame.getByRole('button', { name: 'Set API key' }).first().click();
      await workbench.page.locator('.quick-input-widget input.input').first().fill(key);
      await workbench.page.keyboard.press('Enter');
    };
    await enter('sk-or-v1-wrong-key');
    await workbench.page.getByText('The provider did not accept the API key.').first().waitFor();
    await enter(KEY);
    await workbench.page.getByText('The key works.').first().waitFor();
    await panel.frame.getByRole('button', { name: 'Try again' }).first().click();
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="complete"]').waitFor();
    assert.equal(session.emulator.requests.at(-1)?.headers.authorization, `Bearer ${KEY}`);
    assert.equal(await panel.replies.count(), 1, 'the new reply took the failed one’s place');

    assert.deepEqual(await filesWith(session.profileDir, KEY), []);
  });
});
