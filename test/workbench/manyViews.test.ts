import assert from 'node:assert/strict';
import path from 'node:path';
import type { Workbench } from '../harness/workbench';
import { Panel, type Session, aSession } from './session';

const PICTURES = path.join('out', 'pictures', 'workbench');
/** Takes minutes at the slow pace; the test speeds it up when it has seen enough. */
const REPLY = Array.from({ length: 1_200 }, (_, n) => `w${n}`).join(' ');
const SLOW_TOKENS_PER_SECOND = 10;
/** A silent window counts as dead after 12 s at most. */
const SECONDS_MS = 15_000;

const reply = (panel: Panel, state: string) =>
  panel.frame.locator(`nt-entry[data-role="assistant"][data-state="${state}"]`).last();

/** Waits until the text is longer than it is now. @returns the text, which is the beginning of the reply. */
async function grown(panel: Panel): Promise<string> {
  const before = await panel.replyText();
  await panel.lastReply
    .locator('[data-part="text"]')
    .filter({ hasText: new RegExp(`.{${before.length + 1}}`, 's') })
    .waitFor();
  const text = await panel.replyText();
  assert.ok(text.startsWith(before) && REPLY.startsWith(text), `“${text}” after “${before}”`);
  return text;
}

describe('one reply in three views', () => {
  let session: Session;
  let first: Workbench;
  let second: Workbench;
  let pace = SLOW_TOKENS_PER_SECOND;
  before(async () => {
    session = await aSession({ emulator: { replyText: REPLY, tokensPerSecond: () => pace, timeToFirstTokenMs: 50 } });
    first = await session.open();
    second = await first.openAnotherWindow();
  });
  afterEach(async function () {
    if (!this.currentTest?.isFailed()) return;
    for (const [index, window] of [first, second].entries())
      await window.screenshot(path.join(PICTURES, `failed-views-${index}.png`));
  });
  after(() => session.dispose());

  const sentRequests = (): number => session.emulator.requests.filter(({ method }) => method === 'POST').length;

  let sideBar: Panel;
  let tab: Panel;
  let other: Panel;

  it('grows in the side bar, in a tab and in a second window alike', async () => {
    sideBar = await Panel.in(first);
    await sideBar.send('A reply that many look at');
    await grown(sideBar);
    await first.runCommand('Neural Terminal: Open in Editor');
    tab = await Panel.beside(first, [sideBar.frame]);
    await reply(tab, 'streaming').waitFor();
    other = await Panel.in(second);
    await other.button('History').click();
    await other.frame.locator('nt-history').getByText('A reply that many look at').first().click();
    await reply(other, 'streaming').waitFor();
    const seen = await grown(other);
    for (const panel of [sideBar, tab])
      assert.ok((await grown(panel)).length >= seen.length, 'the window that writes it is ahead');
  });

  it('refuses a second message there while it streams, and keeps what was typed', async () => {
    await other.send('Me, too');
    await other.frame.getByRole('alert').getByText('A reply is still streaming here.').waitFor();
    assert.equal(await other.message.inputValue(), 'Me, too');
    assert.equal(sentRequests(), 1);
    await other.message.fill('');
  });

  it('is whole where it was hidden, and where a page or a window was loaded again', async () => {
    const beforeHidden = await grown(sideBar);
    await first.openActivity('Explorer');
    await sideBar.message.waitFor({ state: 'hidden' }).catch(() => undefined);
    await grown(tab);
    await first.openActivity('Neural Terminal');
    sideBar = await Panel.beside(first, [tab.frame]);
    assert.ok((await grown(sideBar)).length > beforeHidden.length);

    const before = [sideBar.frame, tab.frame];
    await first.runCommand('Developer: Reload Webviews');
    sideBar = await Panel.beside(first, before);
    tab = await Panel.beside(first, [...before, sideBar.frame]);
    for (const panel of [sideBar, tab]) await grown(panel);

    const beforeReload = await grown(other);
    await second.reload();
    other = await Panel.in(second);
    await reply(other, 'streaming').waitFor();
    assert.ok((await grown(other)).length >= beforeReload.length);

    pace = Infinity;
    for (const panel of [sideBar, tab, other]) {
      await reply(panel, 'complete').waitFor();
      assert.equal(await panel.replyText(), REPLY);
    }
    await first.screenshot(path.join(PICTURES, 'many-views.png'));
    assert.equal(sentRequests(), 1);
  });

  it('is interrupted in the second window when its own is killed, and the conversation goes on there', async () => {
    pace = SLOW_TOKENS_PER_SECOND;
    await sideBar.send('A reply that loses its window');
    await reply(other, 'streaming').waitFor();
    const seen = await grown(other);
    const [oldest] = session.server.extensionHostPids();
    assert.ok(oldest);
    process.kill(oldest, 'SIGKILL');
    await reply(other, 'interrupted').waitFor({ timeout: SECONDS_MS });
    assert.ok((await other.replyText()).startsWith(seen));
    pace = Infinity;
    assert.equal(await other.ask('Go on in this window'), REPLY);
  });
});
