import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HISTORY_PAGE } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { eventually, isFocused } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { history, historyAnswer, historyEntry, notice, panelView, question, searchHit } from './viewFixtures';

const fieldOf = (panel: PanelPage): Locator => panel.page.getByRole('textbox', { name: 'Search history' });
const rowOf = (panel: PanelPage, id: string): Locator =>
  panel.page.locator(`nt-conversation-list .row[data-id="${id}"] .open`);
const scrollerOf = (panel: PanelPage): Locator => panel.page.locator('nt-conversation-list .scroll');
const press = async (panel: PanelPage, ...keys: string[]): Promise<void> => {
  for (const key of keys) await panel.page.keyboard.press(key);
};

async function openDrawer(panel: PanelPage, conversations = history()): Promise<void> {
  await panel.show(panelView());
  await panel.answer('listConversations', historyAnswer(conversations));
  await panel.page.getByRole('button', { name: 'History' }).focus();
  await panel.page.keyboard.press('Enter');
  await panel.page.locator('nt-conversation-list .row').first().waitFor();
}

/** Opens the drawer and moves the focus to a row by keyboard. */
async function reach(panel: PanelPage, id: string): Promise<void> {
  await openDrawer(panel);
  await press(panel, 'ArrowDown', 'Home');
  for (let step = 0; step < 10 && !(await isFocused(rowOf(panel, id))); step++) {
    await press(panel, 'ArrowDown');
    await panel.settle();
  }
  assert.equal(await isFocused(rowOf(panel, id)), true);
}

/** A host with this many conversations, in pages. `window.renamed` changes a title. */
const hostOf = (count: number): string => `(message) => {
  const base = ${JSON.stringify(historyEntry(0, '', 30))};
  const entry = (index) => ({ ...base, id: 'c-' + index, runLabel: 'R·' + index, title: (window.renamed ?? {})[index] ?? 'Run number ' + index });
  const first = (window.added ?? []);
  const total = ${count} + first.length;
  const at = (place) => place < first.length ? { ...base, id: first[place], title: first[place] } : entry(place - first.length);
  const length = Math.max(0, Math.min(${HISTORY_PAGE}, total - message.offset));
  return { kind: 'conversations', conversations: Array.from({ length }, (_, index) => at(message.offset + index)), total, archivedTotal: 0 };
}`;

interface Box {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

interface Element {
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
  querySelectorAll(selector: string): Iterable<Element>;
}

/** Gaps without a row: at the top, except a heading, at the bottom and between rows. */
function widestGap(box: Element): number {
  const rows = [...box.querySelectorAll('.row')].map((row) => row.getBoundingClientRect());
  const view = box.getBoundingClientRect();
  const between = rows.slice(1).map((row, index) => Math.abs(row.top - rows[index]!.bottom));
  return Math.max(rows[0]!.top - view.top - 40, view.bottom - rows.at(-1)!.bottom, ...between);
}

describe('history', () => {
  const panels = usePanels();

  it('focuses the search field when it opens, closes on Escape and restores the focus', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    assert.equal(await isFocused(fieldOf(panel)), true);
    await press(panel, 'Escape');
    await eventually(() => isFocused(panel.page.getByRole('button', { name: 'History' })), 'the focus comes back');
    assert.equal(await panel.page.getByRole('dialog').count(), 0);
  });

  it('opens on the host’s request and focuses the field, even if it is already open', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    await press(panel, 'ArrowDown');
    await panel.post({ type: 'openHistory' });
    await eventually(() => isFocused(fieldOf(panel)), 'the field has the focus');
    await press(panel, 'Escape');
    await panel.post({ type: 'openHistory' });
    await eventually(() => isFocused(fieldOf(panel)), 'it opens again');
  });

  it('shows groups, numbers, costs, tags, marks and counts', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    assert.deepEqual(await panel.page.locator('nt-conversation-list h3').allTextContents(), [
      'Pinned',
      'Today',
      'Yesterday',
      'This week',
      'Older',
    ]);
    const text = await panel.page.locator('nt-conversation-list .row[data-id="c-1"]').innerText();
    for (const part of ['Why does the SSE parser', 'R·0417', '$0.0162', '12:00', 'sse', 'parser'])
      assert.ok(text.includes(part), part);
    assert.equal(
      await panel.page.locator('nt-conversation-list .row[data-id="c-6"]').getByText('fork', { exact: true }).count(),
      1,
    );
    assert.equal(await panel.page.getByRole('button', { name: 'Active 7' }).getAttribute('aria-pressed'), 'true');
    assert.equal(await panel.page.getByRole('button', { name: 'Archived 2' }).getAttribute('aria-pressed'), 'false');
    assert.equal(await rowOf(panel, 'c-1').getAttribute('aria-current'), 'true');
  });

  it('moves through rows by keys and opens one by Enter', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    await press(panel, 'ArrowDown');
    await eventually(() => isFocused(rowOf(panel, 'c-1')), 'the open conversation is reached first');
    await press(panel, 'Home');
    await eventually(() => isFocused(rowOf(panel, 'c-5')), 'Home');
    await press(panel, 'End');
    await eventually(() => isFocused(rowOf(panel, 'c-7')), 'End');
    await press(panel, 'ArrowUp');
    await eventually(() => isFocused(rowOf(panel, 'c-6')), 'ArrowUp');
    await press(panel, 'Enter');
    await eventually(async () => (await panel.page.getByRole('dialog').count()) === 0, 'the drawer closes');
    assert.deepEqual(
      (await panel.postedOf('openConversation')).map((message) => message.conversationId),
      ['c-6'],
    );
  });

  it('moves from the first row back to the field', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    await press(panel, 'ArrowDown', 'Home', 'ArrowUp');
    await eventually(() => isFocused(fieldOf(panel)), 'the field has the focus');
  });

  it('says why a conversation cannot be opened and stays', async () => {
    const panel = await panels.open();
    await panel.answer('openConversation', { kind: 'refused', notice: notice({ title: 'It is gone.' }) });
    await openDrawer(panel);
    await rowOf(panel, 'c-5').click();
    await panel.page.getByRole('dialog').getByText('It is gone.').waitFor();
  });

  it('says why nothing can be listed', async () => {
    const panel = await panels.open();
    await panel.show(panelView());
    await panel.answer('listConversations', {
      kind: 'refused',
      notice: notice({ title: 'The history cannot be read.' }),
    });
    await panel.page.getByRole('button', { name: 'History' }).click();
    await panel.page.getByRole('alert').getByText('The history cannot be read.').waitFor();
  });

  it('shows the archive', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    await panel.answer('listConversations', {
      kind: 'conversations',
      conversations: [historyEntry(20, 'Put away', 3, { archived: true })],
      total: 1,
      archivedTotal: 1,
    });
    await panel.page.getByRole('button', { name: 'Archived 2' }).click();
    await panel.page.getByText('Put away').waitFor();
    assert.deepEqual(
      (await panel.postedOf('listConversations')).map(({ filter, offset }) => [filter, offset]),
      [
        ['active', 0],
        ['archived', 0],
      ],
    );
    await panel.page.getByRole('button', { name: 'Restore R·0397' }).click();
    await eventually(async () => (await panel.postedOf('archive'))[0]?.archived === false, 'it is restored');
  });

  it('explains an empty archive', async () => {
    const panel = await panels.open();
    await openDrawer(panel);
    await panel.answer('listConversations', historyAnswer([], 0));
    await panel.page.getByRole('button', { name: 'Archived 2' }).click();
    await panel.page.getByText('The archive is empty').waitFor();
  });

  describe('rows', () => {
    it('are renamed in place by F2 and Enter', async () => {
      const panel = await panels.open();
      await reach(panel, 'c-2');
      await press(panel, 'F2');
      const editor = panel.page.getByRole('textbox', { name: 'Title of R·0416' });
      await eventually(() => isFocused(editor), 'the editor has the focus');
      assert.equal(await editor.inputValue(), 'Unit tests for the budget guard');
      await panel.page.keyboard.type('  Guard tests ');
      const before = (await panel.postedOf('listConversations')).length;
      const renamed = history().map((entry) => (entry.id === 'c-2' ? { ...entry, title: 'Guard tests' } : entry));
      await panel.answer('listConversations', historyAnswer(renamed));
      await press(panel, 'Enter');
      await eventually(() => isFocused(rowOf(panel, 'c-2')), 'the row has the focus again');
      assert.deepEqual(
        (await panel.postedOf('rename')).map(({ conversationId, title }) => [conversationId, title]),
        [['c-2', 'Guard tests']],
      );
      await rowOf(panel, 'c-2').getByText('Guard tests', { exact: true }).waitFor();
      await eventually(
        async () => (await panel.postedOf('listConversations')).length > before,
        'the list is requested again',
      );
    });

    it('keep their title on Escape, which closes only the editor', async () => {
      const panel = await panels.open();
      await reach(panel, 'c-2');
      await press(panel, 'F2', 'X', 'Escape');
      await eventually(() => isFocused(rowOf(panel, 'c-2')), 'the row has the focus again');
      assert.deepEqual(await panel.postedOf('rename'), []);
      assert.equal(await panel.page.getByRole('dialog').count(), 1);
    });

    it('keep typed text when the host refuses it', async () => {
      const panel = await panels.open();
      await panel.answer('rename', { kind: 'refused', notice: notice({ title: 'The history cannot be written.' }) });
      await reach(panel, 'c-2');
      await press(panel, 'F2', 'X', 'Enter');
      await panel.page.getByRole('alert').getByText('The history cannot be written.').waitFor();
      assert.equal(await panel.page.getByRole('textbox', { name: 'Title of R·0416' }).inputValue(), 'X');
    });

    it('are tagged in place', async () => {
      const panel = await panels.open();
      await reach(panel, 'c-1');
      await press(panel, 't');
      const editor = panel.page.getByRole('textbox', { name: /^Tags of R·0417/ });
      await eventually(() => isFocused(editor), 'the editor has the focus');
      assert.equal(await editor.inputValue(), 'sse, parser');
      await editor.fill('sse, #crlf, ');
      await press(panel, 'Enter');
      await eventually(async () => (await panel.postedOf('tag'))[0]?.tags.join() === 'sse,crlf', 'the tags are sent');
    });

    for (const [key, name, type, wanted] of [
      ['p', 'Pin R·0416', 'pin', { pinned: true }],
      ['a', 'Archive R·0416', 'archive', { archived: true }],
    ] as const) {
      it(`are changed by the key ${key} and by ${name}`, async () => {
        const panel = await panels.open();
        await reach(panel, 'c-2');
        await press(panel, key);
        await eventually(async () => (await panel.postedOf(type)).length === 1, 'by key');
        await panel.page
          .getByRole('button', { name })
          .or(panel.page.getByRole('button', { name: name.replace('Pin', 'Unpin') }))
          .first()
          .waitFor();
        const [sent] = await panel.postedOf(type);
        assert.deepEqual({ ...sent, requestId: '' }, { type, requestId: '', conversationId: 'c-2', ...wanted });
      });
    }

    it('show their tools on hover, reachable by Tab, without moving anything', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await openDrawer(panel);
      const tools = panel.page.locator('nt-conversation-list .row[data-id="c-3"] .row-tools');
      const opacity = (): Promise<string> =>
        tools.evaluate(
          (element: object) =>
            (globalThis as unknown as { getComputedStyle(of: object): { opacity: string } }).getComputedStyle(element)
              .opacity,
        );
      assert.equal(await opacity(), '0');
      const before = await rowOf(panel, 'c-3').boundingBox();
      await rowOf(panel, 'c-3').hover();
      assert.equal(await opacity(), '1');
      assert.deepEqual(await rowOf(panel, 'c-3').boundingBox(), before);
      await press(panel, 'ArrowDown', 'Tab');
      await eventually(
        () => isFocused(panel.page.getByRole('button', { name: 'Rename R·0417' })),
        'the first tool has the focus',
      );
    });

    it('are deleted after a confirmation and restored by Undo', async () => {
      const panel = await panels.open();
      await reach(panel, 'c-2');
      await press(panel, 'Delete');
      await panel.page.getByText('Delete R·0416?').waitFor();
      await eventually(
        () => isFocused(panel.page.locator('nt-conversation-list [data-part="confirm"]')),
        'the answer has the focus',
      );
      assert.deepEqual(await panel.postedOf('delete'), []);
      await panel.answer('listConversations', historyAnswer(history().filter(({ id }) => id !== 'c-2')));
      await press(panel, 'Enter');
      await panel.page.getByRole('button', { name: /^Undo/ }).waitFor();
      await eventually(() => isFocused(rowOf(panel, 'c-3')), 'the row in its place has the focus');
      await panel.page.getByRole('button', { name: 'Active 6' }).waitFor();
      await panel.answer('listConversations', historyAnswer());
      await panel.page.getByRole('button', { name: /^Undo/ }).click();
      await rowOf(panel, 'c-2').waitFor();
      assert.deepEqual(
        (await panel.postedOf('delete')).map(({ conversationId, deleted }) => [conversationId, deleted]),
        [
          ['c-2', true],
          ['c-2', false],
        ],
      );
      assert.equal(await panel.page.getByRole('button', { name: /^Undo/ }).count(), 0);
    });

    it('stay after Cancel or Escape', async () => {
      const panel = await panels.open();
      await reach(panel, 'c-2');
      await press(panel, 'Delete', 'Escape');
      await eventually(() => isFocused(rowOf(panel, 'c-2')), 'Escape keeps it');
      await press(panel, 'Delete');
      await panel.page.getByRole('button', { name: 'Cancel' }).click();
      await eventually(() => isFocused(rowOf(panel, 'c-2')), 'Keep keeps it');
      assert.deepEqual(await panel.postedOf('delete'), []);
    });
  });

  describe('with 10,000 conversations', () => {
    async function openLong(panel: PanelPage): Promise<void> {
      await panel.show(panelView());
      await panel.answerBy('listConversations', hostOf(10_000));
      await panel.page.getByRole('button', { name: 'History' }).click();
      await panel.page.getByText('Run number 0', { exact: true }).waitFor();
    }

    const countRows = (panel: PanelPage): Promise<number> => panel.page.locator('nt-conversation-list .row').count();
    async function scrollTo(panel: PanelPage, part: number): Promise<void> {
      await scrollerOf(panel).evaluate(
        (box: Box, to: number) => void (box.scrollTop = to * (box.scrollHeight - box.clientHeight)),
        part,
      );
      await panel.settle();
    }

    it('renders few rows at any scroll position and fills the visible part', async () => {
      const panel = await panels.open();
      await openLong(panel);
      for (const part of [0, 0.013, 0.25, 0.5001, 0.77, 0.999, 1, 0.4, 0]) {
        await scrollTo(panel, part);
        assert.ok((await countRows(panel)) <= 40, `${await countRows(panel)} rows at ${part}`);
        await eventually(
          async () => (await panel.page.locator('nt-conversation-list .row[data-blank]').count()) === 0,
          `all rows at ${part} have come`,
        );
        const gap = await scrollerOf(panel).evaluate(widestGap);
        assert.ok(gap < 1, `a gap of ${gap} px at ${part}`);
      }
      const { length } = await panel.postedOf('listConversations');
      assert.ok(length <= 14, `${length} requests`);
    });

    it('exposes a row’s position in the whole list', async () => {
      const panel = await panels.open();
      await openLong(panel);
      await press(panel, 'ArrowDown', 'End');
      await eventually(() => isFocused(rowOf(panel, 'c-9999')), 'the last row comes and has the focus');
      const last = panel.page.locator('nt-conversation-list .row[data-id="c-9999"]');
      assert.deepEqual(
        [await last.getAttribute('aria-posinset'), await last.getAttribute('aria-setsize')],
        ['10000', '10000'],
      );
      await press(panel, 'PageUp');
      await eventually(async () => !(await isFocused(rowOf(panel, 'c-9999'))), 'PageUp leads away');
      await press(panel, 'Home');
      await eventually(() => isFocused(rowOf(panel, 'c-0')), 'Home leads to the first');
    });

    it('requests the next page before its rows are visible, each once', async () => {
      const panel = await panels.open();
      await openLong(panel);
      await panel.answer('listConversations', null);
      await scrollTo(panel, (HISTORY_PAGE - 60) / 10_000);
      await eventually(
        async () => (await panel.postedOf('listConversations')).length === 2,
        'the second page is asked for',
      );
      for (const row of [50, 40, 30, 20]) await scrollTo(panel, (HISTORY_PAGE - row) / 10_000);
      assert.deepEqual(
        (await panel.postedOf('listConversations')).map(({ offset }) => offset),
        [0, HISTORY_PAGE],
      );
    });

    it('keeps position, focus and typed text when the list changes elsewhere', async () => {
      const panel = await panels.open();
      await openLong(panel);
      await scrollTo(panel, 0.3);
      await eventually(
        async () => (await panel.page.locator('nt-conversation-list .row[data-blank]').count()) === 0,
        'the rows have come',
      );
      const id = await panel.page.locator('nt-conversation-list .row').nth(8).getAttribute('data-id');
      const row = panel.page.locator(`nt-conversation-list .row[data-id="${id ?? ''}"]`);
      await row.getByRole('button', { name: /^Rename/ }).dispatchEvent('click');
      await panel.page.keyboard.type('Half a ti');
      const before = await row.boundingBox();
      await panel.page.evaluate("window.added = ['new one', 'new two', 'new three']");
      await panel.post({ type: 'historyChanged' });
      await panel.page.getByRole('button', { name: 'Active 10,003' }).waitFor();
      await panel.settle();
      assert.deepEqual(await row.boundingBox(), before);
      assert.equal(await isFocused(row.getByRole('textbox')), true);
      await panel.page.keyboard.type('tle');
      assert.equal(await row.getByRole('textbox').inputValue(), 'Half a title');
    });

    it('keeps typed text in a row that is scrolled out of view and back', async () => {
      const panel = await panels.open();
      await openLong(panel);
      await press(panel, 'ArrowDown', 'F2');
      await panel.page.keyboard.type('Kept');
      await scrollTo(panel, 0.5);
      assert.equal(await panel.page.locator('nt-conversation-list [data-part="field"]').count(), 0);
      await scrollTo(panel, 0);
      const editor = panel.page.getByRole('textbox', { name: /^Title of/ });
      await editor.waitFor();
      assert.equal(await editor.inputValue(), 'Kept');
      await eventually(() => isFocused(editor), 'the focus is back in it');
    });

    it('shows new rows at the top', async () => {
      const panel = await panels.open();
      await openLong(panel);
      await panel.page.evaluate("window.added = ['new one']; window.renamed = { 0: 'Renamed elsewhere' }");
      await panel.post({ type: 'historyChanged' });
      await panel.page.getByText('new one', { exact: true }).waitFor();
      await panel.page.getByText('Renamed elsewhere').waitFor();
      assert.equal(await scrollerOf(panel).evaluate((box: Box) => box.scrollTop), 0);
    });
  });

  describe('search', () => {
    const found = (conversations: HistoryEntryView[] = [], complete = true): Parameters<PanelPage['answer']>[1] => ({
      kind: 'hits',
      conversations,
      hits: [searchHit(), searchHit({ messageId: 'm-8', role: 'user', costText: '', archived: true })],
      complete,
    });

    it('runs when typing pauses and shows titles before messages', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found(history().slice(4, 5)));
      // The page's clock is stopped between keys, so that a slow machine does not look like a slow typist.
      await panel.page.clock.install();
      await panel.page.clock.pauseAt(Date.now() + 60_000);
      for (const key of 'journal') {
        await panel.page.keyboard.type(key);
        await panel.page.clock.runFor(100);
      }
      assert.deepEqual(await panel.postedOf('search'), []);
      await panel.page.clock.runFor(100);
      await panel.page.clock.resume();
      await panel.page.getByText('In messages').waitFor();
      assert.deepEqual(
        (await panel.postedOf('search')).map(({ text }) => text),
        ['journal'],
      );
      assert.deepEqual(await panel.page.locator('nt-hits h3').allTextContents(), ['In titles', 'In messages']);
      assert.deepEqual(await panel.page.locator('nt-hits mark').allTextContents(), [
        'request',
        'request',
        'request',
        'request',
      ]);
      const text = await panel.page.locator('nt-hits .hit').first().innerText();
      for (const part of ['R·0416', 'reply', '$0.0442', 'Nov 20, 2026']) assert.ok(text.includes(part), part);
      await panel.page.getByText('3 results').first().waitFor();
    });

    it('opens the message of a hit', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found());
      await panel.page.keyboard.type('request');
      await panel.page.locator('nt-hits .hit').first().waitFor();
      await press(panel, 'ArrowDown', 'ArrowDown', 'Enter');
      await eventually(async () => (await panel.page.getByRole('dialog').count()) === 0, 'the drawer closes');
      assert.deepEqual(
        (await panel.postedOf('openMessage')).map(({ conversationId, messageId }) => [conversationId, messageId]),
        [['c-2', 'm-8']],
      );
    });

    it('opens the best hit on Enter, even if Enter comes before the answer', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found());
      await panel.page.keyboard.type('request');
      await press(panel, 'Enter');
      await eventually(
        async () => (await panel.postedOf('openMessage'))[0]?.messageId === 'm-7',
        'the first hit opens',
      );
    });

    it('drops an answer to an outdated text', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', null);
      await panel.page.keyboard.type('first');
      await eventually(async () => (await panel.postedOf('search')).length === 1, 'the first is asked');
      await panel.answer('search', {
        kind: 'hits',
        conversations: [],
        hits: [searchHit({ title: 'Of the second' })],
        complete: true,
      });
      await panel.page.keyboard.type(' second');
      await panel.page.getByText('Of the second').waitFor();
      const [late] = await panel.postedOf('search');
      await panel.post({
        type: 'answer',
        requestId: late?.requestId ?? '',
        answer: { kind: 'hits', conversations: [], hits: [searchHit({ title: 'Of the first' })], complete: true },
      });
      await panel.settle();
      assert.equal(await panel.page.getByText('Of the first').count(), 0);
    });

    it('says when nothing is found, when there are more hits, and why it was refused', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', { kind: 'hits', conversations: [], hits: [], complete: true });
      await panel.page.keyboard.type('xylophone');
      await panel.page.getByText('No results for “xylophone”').waitFor();
      await panel.answer('search', found([], false));
      await panel.page.keyboard.type('s');
      await panel.page.getByText('These are the best').waitFor();
      await panel.answer('search', { kind: 'refused', notice: notice({ title: 'before: needs a date.' }) });
      await panel.page.keyboard.type(' before:x');
      await panel.page.getByRole('alert').getByText('before: needs a date.').waitFor();
    });

    it('is cleared by the first Escape and closes the drawer by the second', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found());
      await panel.page.keyboard.type('request');
      await panel.page.locator('nt-hits .hit').first().waitFor();
      await press(panel, 'ArrowDown', 'Escape');
      await panel.page.locator('nt-conversation-list .row').first().waitFor();
      await eventually(() => isFocused(fieldOf(panel)), 'the field has the focus');
      assert.equal(await fieldOf(panel).inputValue(), '');
      await press(panel, 'Escape');
      await eventually(async () => (await panel.page.getByRole('dialog').count()) === 0, 'the drawer closes');
    });

    it('searches again when the history changes, without losing the text', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found());
      await panel.page.keyboard.type('request');
      await panel.page.locator('nt-hits .hit').first().waitFor();
      await panel.answer('search', {
        kind: 'hits',
        conversations: [],
        hits: [searchHit({ title: 'Come later' })],
        complete: true,
      });
      await panel.post({ type: 'historyChanged' });
      await panel.page.getByText('Come later').waitFor();
      assert.equal(await fieldOf(panel).inputValue(), 'request');
    });

    it('names its filters', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.page.getByText('tag: model: role: before: after: cost>').waitFor();
    });

    it('focuses the message that the host reveals, not the button', async () => {
      const panel = await panels.open();
      await openDrawer(panel);
      await panel.answer('search', found());
      await panel.answer('openMessage', null);
      await panel.page.keyboard.type('request');
      await panel.page.locator('nt-hits .hit').first().click();
      await eventually(async () => (await panel.postedOf('openMessage')).length === 1, 'it is asked for');
      await panel.show(panelView({ conversation: { entries: [question('Found one', { id: 'm-7' })] } }));
      await panel.post({ type: 'reveal', entryId: 'm-7' });
      const [asked] = await panel.postedOf('openMessage');
      await panel.post({ type: 'answer', requestId: asked?.requestId ?? '', answer: { kind: 'ok' } });
      await eventually(() => isFocused(panel.page.locator('[data-entry-id="m-7"] article')), 'the entry has the focus');
    });
  });
});
