import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { EntryView } from '../../src/protocol/views';
import { eventually } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { live, notice, panelView, question, reply, streamingReply } from './viewFixtures';

const ask = question('Say hello', { id: 'q-1' });
const cut = reply('hel', { id: 'r-1', state: 'interrupted', canContinue: true });
const whole = reply('hello', { id: 'r-2' });
const entryOf = (panel: PanelPage, id: string): Locator => panel.page.locator(`[data-entry-id="${id}"]`);
const buttonOf = (panel: PanelPage, id: string): Locator =>
  entryOf(panel, id).getByRole('button', { name: 'Continue reply', exact: true });
const shown = (...entries: readonly EntryView[]): ReturnType<typeof panelView> =>
  panelView({ conversation: { entries: [...entries] } });

describe('continue', () => {
  const panels = usePanels();

  it('is offered for replies that can be continued, before Regenerate, by mouse and keyboard', async () => {
    const panel = await panels.open();
    await panel.show(shown(ask, cut, question('And?'), whole));
    assert.equal(await panel.page.getByRole('button', { name: 'Continue reply', exact: true }).count(), 1);
    const names = await entryOf(panel, 'r-1')
      .getByRole('group', { name: 'Message actions', exact: true })
      .getByRole('button')
      .allTextContents();
    assert.deepEqual(
      names.map((name) => name.trim()),
      ['Copy', 'Continue', 'Regenerate', 'Fork'],
    );
    await entryOf(panel, 'r-1').hover();
    await buttonOf(panel, 'r-1').click();
    await buttonOf(panel, 'r-1').focus();
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(
      (await panel.postedOf('continueReply')).map(({ entryId }) => entryId),
      ['r-1', 'r-1'],
    );
  });

  it('is disabled while a reply is streaming', async () => {
    const panel = await panels.open();
    await panel.show(
      panelView({ live: live(), conversation: { entries: [ask, cut, question('Next'), streamingReply('…')] } }),
    );
    assert.equal(await buttonOf(panel, 'r-1').isDisabled(), true);
    assert.equal(
      await buttonOf(panel, 'r-1').getAttribute('title'),
      'Continue reply: unavailable while a reply is streaming',
    );
    await panel.patch({ type: 'live', live: null });
    await eventually(async () => !(await buttonOf(panel, 'r-1').isDisabled()), 'it is back');
  });

  it('disappears once the reply is complete', async () => {
    const panel = await panels.open();
    await panel.show(shown(ask, cut));
    await buttonOf(panel, 'r-1').waitFor({ state: 'attached' });
    await panel.patch({ type: 'entry', entry: { ...cut, state: 'complete', canContinue: false } });
    await eventually(async () => (await buttonOf(panel, 'r-1').count()) === 0, 'it disappears');
  });

  it('shows a refusal where the user looks', async () => {
    const panel = await panels.open();
    await panel.show(shown(ask, cut));
    await panel.answer('continueReply', { kind: 'refused', notice: notice({ title: 'No budget.' }) });
    await buttonOf(panel, 'r-1').dispatchEvent('click');
    await panel.page.getByRole('alert').getByText('No budget.').waitFor();
  });

  it('follows the requested reply', async () => {
    const panel = await panels.open();
    const before = Array.from({ length: 12 }, (_, i) =>
      reply(`Earlier ${i}. ${'Words. '.repeat(80)}`, { id: `r-e${i}` }),
    );
    await panel.show(shown(...before, ask, cut));
    await panel.page.locator('nt-log').hover();
    await panel.page.mouse.wheel(0, -20_000);
    await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    await buttonOf(panel, 'r-1').dispatchEvent('click');
    await eventually(
      async () => (await panel.page.getByRole('button', { name: 'Jump to latest' }).count()) === 0,
      'the end is in sight',
    );
  });
});
