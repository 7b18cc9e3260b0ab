import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');

describe('a user with a history', () => {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  before(async () => {
    session = await aSession({ emulator: { timeToFirstTokenMs: 20 } });
    workbench = await session.open();
    panel = await Panel.in(workbench);
  });
  after(() => session.dispose());

  const drawer = (): Locator => panel.frame.locator('nt-history');
  const searchField = (): Locator => panel.frame.getByRole('textbox', { name: 'Search history' });
  const entry = (n: number): Locator => panel.frame.locator('nt-entry').nth(n);
  const tool = async (n: number, name: string): Promise<void> => {
    await entry(n).hover();
    await entry(n).getByRole('button', { name, exact: true }).click();
  };
  const row = (text: string): Locator => drawer().locator('.title', { hasText: text });
  const branch = (n: number, text: string): Promise<void> => entry(n).getByRole('group', { name: text }).waitFor();

  it('regenerates a reply, walks between the two, edits the question, and every branch stays', async () => {
    await panel.ask('Which animal lives in the reef?');
    await tool(1, 'Regenerate');
    await branch(1, 'Branch 2 of 2');
    await panel.frame.locator('nt-entry[data-state="streaming"]').waitFor({ state: 'detached' });
    await entry(1).getByRole('button', { name: 'Previous branch' }).click();
    await branch(1, 'Branch 1 of 2');
    await tool(0, 'Edit question');
    await panel.frame.getByRole('textbox', { name: 'Edit question' }).fill('Which animal lives in the desert?');
    await panel.frame.page().keyboard.press('Enter');
    await branch(0, 'Branch 2 of 2');
    await panel.frame.locator('nt-entry[data-role="assistant"][data-state="complete"]').waitFor();
    await entry(0).getByRole('button', { name: 'Previous branch' }).click();
    await entry(0).getByText('Which animal lives in the reef?').waitFor();
    await branch(1, 'Branch 2 of 2');
  });

  it('forks from a reply and goes on there, beside the original', async () => {
    await tool(1, 'Fork from here');
    await panel.frame.getByText('forked from').first().waitFor();
    await panel.ask('And in the fork?');
    await workbench.screenshot(path.join(PICTURES, 'fork.png'));
    assert.equal(await panel.replies.count(), 2);
  });

  it('finds a message of a branch that is not shown, and opens that very message', async () => {
    await panel.button('New conversation').click();
    await panel.frame.locator('nt-entry').first().waitFor({ state: 'detached' });
    await panel.button('History').click();
    await searchField().fill('desert');
    const hit = drawer().getByText('Which animal lives in the desert?').first();
    await hit.waitFor();
    await workbench.screenshot(path.join(PICTURES, 'search.png'));
    await hit.click();
    await entry(0).getByText('Which animal lives in the desert?').waitFor();
    await branch(0, 'Branch 2 of 2');
  });

  it('renames, deletes and brings back a conversation in the drawer, by keyboard', async () => {
    const { keyboard } = workbench.page;
    await panel.button('History').click();
    await row('Which animal').first().waitFor();
    await searchField().focus();
    await keyboard.press('ArrowDown');
    await keyboard.press('F2');
    await panel.frame.getByRole('textbox', { name: /^Title of/ }).fill('Reef and desert');
    await keyboard.press('Enter');
    await row('Reef and desert').first().waitFor();
    await keyboard.press('Delete');
    await drawer().getByRole('button', { name: 'Delete', exact: true }).click();
    await row('Reef and desert').first().waitFor({ state: 'detached' });
    await drawer().getByRole('button', { name: /^Undo/ }).click();
    await row('Reef and desert').first().waitFor();
    await keyboard.press('Escape');
  });
});
