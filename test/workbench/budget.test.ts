import assert from 'node:assert/strict';
import path from 'node:path';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');

/** The status bar, the budget menu and the model list. */
describe('budget and models in the editor', () => {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  const rows = () => workbench.page.locator('.quick-input-list .monaco-list-row');
  /** Otherwise the next step would find the closing list, with the old search in it. */
  const closeList = async (): Promise<void> => {
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  };
  const openBudgetMenu = async (): Promise<void> => {
    await workbench.page
      .locator('.part.statusbar .statusbar-item')
      .filter({ hasText: '$' })
      .filter({ hasText: '/' })
      .first()
      .click();
    await rows().filter({ hasText: 'Set daily limit' }).waitFor();
  };
  /** The input replaces the menu. Text typed earlier would search the menu. */
  const enterLimit = async (title: string, before: string, after: string): Promise<void> => {
    await workbench.page.locator('.quick-input-title').filter({ hasText: title }).waitFor();
    const input = workbench.page.locator('.quick-input-widget input.input').first();
    assert.equal(await input.inputValue(), before);
    await input.fill(after);
    await workbench.page.keyboard.press('Enter');
  };
  before(async () => {
    session = await aSession({ emulator: { tokensPerSecond: 2000, timeToFirstTokenMs: 20 } });
    workbench = await session.open({ theme: 'dark' });
    panel = await Panel.in(workbench);
    await panel.ask('What is an SSE stream?');
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed())
      await workbench.screenshot(path.join(PICTURES, `failed-${this.currentTest.title.slice(0, 30)}.png`));
  });
  after(() => session.dispose());

  it('picks a model by its price, with the search over name, id and provider', async () => {
    await panel.button('Model').click();
    await rows().filter({ hasText: '$/M' }).first().waitFor();
    await workbench.screenshot(path.join(PICTURES, 'models.png'));
    const detail = await rows().filter({ hasText: 'anthropic/claude-sonnet-5' }).first().innerText();
    assert.match(detail, /3\/15 \$\/M/);
    assert.match(detail, /this conversation ≈ \$0\.\d+ a turn/);
    await workbench.page.keyboard.type('price unknown');
    await rows().filter({ hasText: 'price unknown' }).first().waitFor();
    await closeList();
  });

  it('keeps a favourite on top', async () => {
    await panel.button('Model').click();
    await rows().filter({ hasText: '$/M' }).first().waitFor();
    await workbench.page.keyboard.type('gpt');
    const row = rows().filter({ hasText: 'openai/gpt' }).first();
    await row.hover();
    await row.locator('.action-label.codicon-star-empty').click();
    await rows().locator('.action-label.codicon-star-full').first().waitFor({ state: 'attached' });
    await closeList();
    await panel.button('Model').click();
    await rows().filter({ hasText: '$/M' }).first().waitFor();
    await workbench.page.keyboard.press('Home');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row[data-index="0"]')
      .filter({ hasText: 'openai/gpt' })
      .filter({ hasText: 'Favourites' })
      .waitFor();
    await workbench.screenshot(path.join(PICTURES, 'favourite.png'));
    await closeList();
  });

  it('offers every limit, the ledger and the settings from the meter', async () => {
    await openBudgetMenu();
    await workbench.screenshot(path.join(PICTURES, 'budget-menu.png'));
    for (const item of [
      'Set daily limit',
      'Set monthly limit',
      'Set limit per conversation',
      'Set limit per reply',
      'Show ledger',
      'Choose another model',
      'All budget settings',
    ]) {
      assert.equal(await rows().filter({ hasText: item }).count(), 1, item);
    }
    await rows().filter({ hasText: 'Set monthly limit' }).click();
    await enterLimit('Monthly limit in USD', '0', '0.001');
    await workbench.statusBarText('/ $0.001 this month');
    await openBudgetMenu();
    await rows().filter({ hasText: 'Set monthly limit' }).filter({ hasText: 'now $0.001' }).click();
    await enterLimit('Monthly limit in USD', '0.001', '0');
    await workbench.statusBarText('/ $5.00');
    await workbench.dismissNotifications();
  });

  it('tells once that the limit is reached, with the ways on', async () => {
    await workbench.changeSettings({ 'neuralTerminal.budget.dailyUsd': 0.000001 });
    const toast = workbench.page.locator('.notification-toast').filter({ hasText: 'Today’s budget is spent' });
    await toast.waitFor();
    await workbench.screenshot(path.join(PICTURES, 'budget-spent.png'));
    for (const button of ['Raise Limit', 'Show Ledger'])
      assert.equal(await toast.getByRole('button', { name: button }).count(), 1, button);
    await toast.getByRole('button', { name: 'Raise Limit' }).click();
    await enterLimit('Daily limit in USD', '0.000001', '5');
    await workbench.statusBarText('/ $5.00');
  });
});
