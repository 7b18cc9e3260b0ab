import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { EntryView } from '../../src/protocol/views';
import { findPattern, matchesIn } from '../../webview/find/findPattern';
import { markdownSamples } from './markdownSamples';
import { composerOf, eventually, isFocused } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { live, panelView, question, reply, streamingReply } from './viewFixtures';

const fieldOf = (panel: PanelPage): Locator => panel.page.getByRole('textbox', { name: 'Find in conversation' });
const placeOf = (panel: PanelPage): Promise<string | null> => panel.page.locator('nt-find .place').textContent();

/** The text of highlighted matches: the current one, or all the others near. */
const markedIn = (panel: PanelPage, name: 'nt-find' | 'nt-find-current'): Promise<string[]> =>
  panel.page.evaluate(`[...(CSS.highlights.get('${name}') ?? [])].map((range) => range.toString())`);

async function find(panel: PanelPage, text: string, wanted: string): Promise<void> {
  await panel.page.keyboard.press('Control+f');
  await eventually(() => isFocused(fieldOf(panel)), 'the bar opens');
  await fieldOf(panel).fill(text);
  await eventually(async () => (await placeOf(panel)) === wanted, `${wanted}, not ${await placeOf(panel)}`);
}

describe('find pattern', () => {
  const rows: readonly [string, string, string[]][] = [
    ['Event', 'event EVENT eventual', ['event', 'EVENT', 'event']],
    ['a.b*', 'a.b* axb', ['a.b*']],
    ['two  words', 'two\nwords', ['two\nwords']],
    ['  pad ', 'pad padded', ['pad', 'pad']],
    ['(x)[y]{z}\\^$|?+/-', '(x)[y]{z}\\^$|?+/-', ['(x)[y]{z}\\^$|?+/-']],
    ['straße', 'STRASSE Straße', ['Straße']],
    ['é', 'É é e', ['É', 'é']],
    ['😀', '😀😀', ['😀', '😀']],
    ['ab', 'a\u0000b', []],
  ];
  for (const [typed, text, wanted] of rows) {
    it(JSON.stringify(typed), () => {
      const pattern = findPattern(typed);
      assert.ok(pattern !== null, 'there is a pattern');
      assert.deepEqual(
        matchesIn(text, pattern).map(({ start, end }) => text.slice(start, end)),
        wanted,
      );
    });
  }

  it('finds nothing for blank text', () => {
    assert.equal(findPattern(''), null);
    assert.equal(findPattern('  \n'), null);
  });
});

describe('find in the conversation', () => {
  const panels = usePanels();
  const entries: readonly EntryView[] = [
    question('The **first** event?', { id: 'q-1' }),
    reply('An **eve**nt is `sent`.\n\n- one Event\n- two\n\n```ts\nemit(event);\n```', { id: 'r-1' }),
  ];

  it('searches the visible text in any case and highlights matches without changing nodes', async () => {
    const panel = await panels.open();
    await panel.show(panelView({ conversation: { entries: [...entries] } }));
    const before = await panel.page.locator('nt-entry .reply').innerHTML();
    await find(panel, 'event', '1/4');
    assert.deepEqual(
      [await markedIn(panel, 'nt-find-current'), await markedIn(panel, 'nt-find')],
      [['event'], ['event', 'Event', 'event']],
    );
    assert.equal(await panel.page.locator('nt-entry .reply').innerHTML(), before);
    await fieldOf(panel).fill('**first**');
    await eventually(async () => (await placeOf(panel)) === '1/1', 'marks of Markdown are text in a question');
    await fieldOf(panel).fill('**eve**');
    await eventually(async () => (await placeOf(panel)) === 'No results', 'and not in a reply');
    await fieldOf(panel).fill('insert');
    await eventually(async () => (await placeOf(panel)) === 'No results', 'buttons are not text');
    assert.deepEqual(await panel.violations(), []);
  });

  it('steps by Enter, Shift+Enter, F3 and the buttons, and wraps around', async () => {
    const panel = await panels.open();
    await panel.show(panelView({ conversation: { entries: [...entries] } }));
    await find(panel, 'event', '1/4');
    const steps: readonly [() => Promise<void>, string][] = [
      [() => panel.page.keyboard.press('Enter'), '2/4'],
      [() => panel.page.keyboard.press('F3'), '3/4'],
      [() => panel.page.keyboard.press('Shift+Enter'), '2/4'],
      [() => panel.page.keyboard.press('Shift+F3'), '1/4'],
      [() => panel.page.keyboard.press('Shift+F3'), '4/4'],
      [() => panel.page.getByRole('button', { name: 'Next match' }).click(), '1/4'],
      [() => panel.page.getByRole('button', { name: 'Previous match' }).click(), '4/4'],
    ];
    for (const [step, wanted] of steps) {
      await step();
      await eventually(async () => (await placeOf(panel)) === wanted, wanted);
    }
    await composerOf(panel).focus();
    await panel.page.keyboard.press('F3');
    await eventually(async () => (await placeOf(panel)) === '1/4', 'F3 works from the composer');
  });

  it('closes on Escape, removes the highlights and restores the focus', async () => {
    const panel = await panels.open();
    await panel.show(panelView({ live: live(), conversation: { entries: [...entries, streamingReply('…')] } }));
    await panel.page.getByRole('button', { name: 'Model' }).focus();
    await find(panel, 'event', '1/4');
    await panel.page.keyboard.press('Escape');
    await eventually(() => isFocused(panel.page.getByRole('button', { name: 'Model' })), 'the focus comes back');
    assert.equal(await fieldOf(panel).count(), 0);
    assert.deepEqual(
      [await markedIn(panel, 'nt-find'), await markedIn(panel, 'nt-find-current'), await panel.postedOf('stop')],
      [[], [], []],
    );
  });

  it('finds entries that are not rendered yet, and renders them', async () => {
    const panel = await panels.open();
    const many = Array.from({ length: 300 }, (_, index) =>
      reply(`Answer **number** ${index}${index % 100 === 7 ? ' has a *need*le' : ''}`, { id: `r-${index}` }),
    );
    await panel.show(panelView({ conversation: { entries: many } }));
    await find(panel, 'a needle', '1/3');
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('Enter');
    await eventually(async () => (await placeOf(panel)) === '3/3', '3/3');
    const log = await panel.page.getByRole('log').boundingBox();
    const box = await panel.page.locator('[data-entry-id="r-207"]').boundingBox();
    assert.ok(log !== null && box !== null && box.y > log.y && box.y < log.y + log.height, 'it is in sight');
    assert.deepEqual(await markedIn(panel, 'nt-find-current'), ['a needle']);
  });

  it('counts the same in rendered and unrendered text', async () => {
    // The last one contains a line separator, which is shown as its code and is not white space.
    const texts = [...Object.values(markdownSamples), 'aleph\u2028beth'];
    const letters = ['aleph beth', 'e', 'a', 'the', 'li', '1', ' b', '.'];
    const panel = await panels.open();
    await panel.show(
      panelView({ conversation: { entries: texts.map((text, index) => reply(text, { id: `r-${index}` })) } }),
    );
    const drawn: string[] = [];
    for (const letter of letters) drawn.push(await countOf(panel, letter));
    const filler = Array.from({ length: 120 }, (_, index) => question('?', { id: `q-${index}` }));
    await panel.page.keyboard.press('Escape');
    await panel.show(
      panelView({
        conversation: { entries: [...texts.map((text, index) => reply(text, { id: `u-${index}` })), ...filler] },
      }),
    );
    assert.equal(await panel.page.locator('[data-entry-id^="u-"]').count(), 0);
    for (const [index, letter] of letters.entries()) assert.equal(await countOf(panel, letter), drawn[index], letter);
  });

  async function countOf(panel: PanelPage, text: string): Promise<string> {
    await panel.page.keyboard.press('Control+f');
    await fieldOf(panel).fill(text);
    await eventually(async () => /\d$|No results/.test((await placeOf(panel)) ?? ''), 'it is counted');
    return ((await placeOf(panel)) ?? '').split('/').at(-1) ?? '';
  }

  it('follows a streaming reply and stays in place', async () => {
    const panel = await panels.open();
    await panel.show(panelView({ live: live(), conversation: { entries: [...entries, streamingReply('An event')] } }));
    await find(panel, 'event', '1/5');
    await panel.patch({
      type: 'text',
      entryId: 'r-stream',
      contentOffset: 8,
      content: ' and an event.\n\nAnother ev',
      reasoningOffset: 0,
      reasoning: '',
      costText: '',
    });
    await eventually(async () => (await placeOf(panel)) === '1/6', 'one more');
    await panel.patch({
      type: 'text',
      entryId: 'r-stream',
      contentOffset: 34,
      content: 'ent.',
      reasoningOffset: 0,
      reasoning: '',
      costText: '',
    });
    await eventually(async () => (await placeOf(panel)) === '1/7', 'and one cut in two');
    assert.deepEqual((await markedIn(panel, 'nt-find')).length, 6);
    await panel.patch(
      { type: 'entry', entry: reply('An event and an event.\n\nAnother event.', { id: 'r-stream' }) },
      { type: 'live', live: null },
    );
    await panel.settle();
    assert.equal(await placeOf(panel), '1/7');
  });

  it('leaves the shortcut to the editor if there is nothing to search', async () => {
    const panel = await panels.open();
    await panel.show(panelView());
    await panel.page.keyboard.press('Control+f');
    await panel.settle();
    assert.equal(await fieldOf(panel).count(), 0);
  });
});
