import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { EntryView } from '../../src/protocol/views';
import { composerOf, eventually, isFocused } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { firstExchange, forkView, live, notice, panelView, question, reply, streamingReply } from './viewFixtures';

const entryOf = (panel: PanelPage, id: string): Locator => panel.page.locator(`[data-entry-id="${id}"]`);
const ask = question('And for CRLF?', { id: 'q-1' });
const answer = reply('It depends.', { id: 'r-1' });
const exchange = panelView({ conversation: { entries: [ask, answer] } });

describe('branches', () => {
  const panels = usePanels();

  describe('tools of an entry', () => {
    const tools: readonly [string, string, string, object][] = [
      ['r-1', 'Copy reply', 'copy', { text: 'It depends.' }],
      ['r-1', 'Regenerate', 'regenerate', { entryId: 'r-1' }],
      ['r-1', 'Fork from here', 'fork', { entryId: 'r-1' }],
      ['q-1', 'Copy question', 'copy', { text: 'And for CRLF?' }],
      ['q-1', 'Fork from here', 'fork', { entryId: 'q-1' }],
    ];
    for (const [id, name, type, wanted] of tools) {
      it(`${name} of ${id} asks for ${type}, by mouse and by keys`, async () => {
        const panel = await panels.open();
        await panel.show(exchange);
        await entryOf(panel, id).hover();
        await entryOf(panel, id).getByRole('button', { name }).click();
        await entryOf(panel, id).getByRole('button', { name }).focus();
        await panel.page.keyboard.press('Enter');
        const sent = (await panel.posted()).filter((message) => message.type === type);
        assert.deepEqual(
          sent.map((message) => ({ ...message, requestId: '' })),
          Array(2).fill({ type, requestId: '', ...wanted }),
        );
      });
    }

    it('are shown on hover and focus without moving anything', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(exchange);
      for (const id of ['q-1', 'r-1']) {
        const group = entryOf(panel, id).getByRole('group', { name: 'Message actions', exact: true });
        const isSeen = async (): Promise<boolean> =>
          (await group.evaluate(
            (element: object) =>
              (globalThis as unknown as { getComputedStyle(of: object): { opacity: string } }).getComputedStyle(element)
                .opacity,
          )) === '1';
        assert.equal(await isSeen(), false);
        const before = await entryOf(panel, 'r-1').boundingBox();
        await entryOf(panel, id).hover();
        assert.equal(await isSeen(), true);
        await composerOf(panel).hover();
        assert.equal(await isSeen(), false);
        await group.getByRole('button').first().focus();
        assert.equal(await isSeen(), true);
        assert.deepEqual(await entryOf(panel, 'r-1').boundingBox(), before);
        await composerOf(panel).focus();
      }
    });

    it('are disabled while a reply is streaming if they start another one', async () => {
      const panel = await panels.open();
      await panel.show(
        panelView({ live: live(), conversation: { entries: [ask, answer, question('Next'), streamingReply('…')] } }),
      );
      const disabled = async (name: string): Promise<boolean> =>
        panel.page.getByRole('button', { name }).first().isDisabled();
      assert.deepEqual(
        [
          await disabled('Regenerate'),
          await disabled('Edit question'),
          await disabled('Copy reply'),
          await disabled('Fork from here'),
        ],
        [true, true, false, false],
      );
      assert.equal(
        await entryOf(panel, 'r-stream').getByRole('group', { name: 'Message actions', exact: true }).count(),
        0,
      );
      await panel.patch({ type: 'live', live: null });
      await eventually(async () => !(await disabled('Regenerate')), 'they are back');
    });

    it('show a refusal where the user looks', async () => {
      const panel = await panels.open();
      await panel.show(exchange);
      await panel.answer('regenerate', { kind: 'refused', notice: notice({ title: 'No budget.' }) });
      await entryOf(panel, 'r-1').getByRole('button', { name: 'Regenerate' }).dispatchEvent('click');
      await panel.page.getByRole('alert').getByText('No budget.').waitFor();
    });
  });

  describe('siblings', () => {
    const second = [{ ...ask, siblingNumber: 2, siblingCount: 3 }, answer];
    const siblingView = (entries: readonly EntryView[]): ReturnType<typeof panelView> =>
      panelView({ conversation: { entries: [...entries] } });

    it('are switched by named arrows', async () => {
      const panel = await panels.open();
      await panel.show(siblingView(second));
      await panel.page.getByRole('group', { name: 'Branch 2 of 3' }).getByText('2/3').waitFor();
      await panel.page.getByRole('button', { name: 'Previous branch' }).click();
      await panel.page.getByRole('button', { name: 'Next branch' }).click();
      assert.deepEqual(
        (await panel.postedOf('chooseSibling')).map(({ entryId, step }) => [entryId, step]),
        [
          ['q-1', -1],
          ['q-1', 1],
        ],
      );
      assert.equal(
        await entryOf(panel, 'r-1')
          .getByRole('group', { name: /^Branch/ })
          .count(),
        0,
      );
    });

    it('stop at the first and the last', async () => {
      const panel = await panels.open();
      await panel.show(siblingView([{ ...ask, siblingNumber: 1, siblingCount: 2 }]));
      const previous = panel.page.getByRole('button', { name: 'Previous branch' });
      assert.equal(await previous.getAttribute('aria-disabled'), 'true');
      await previous.focus();
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.postedOf('chooseSibling'), []);
      assert.equal(await isFocused(previous), true);
    });

    it('appear in the same place, under the same arrow', async () => {
      const before = Array.from({ length: 8 }, (_, index) =>
        reply(`Earlier ${index}. ${'Words. '.repeat(60)}`, { id: `r-${index}-e` }),
      );
      const long = (number: number): EntryView =>
        question('Which one?', { id: `q-s${number}`, siblingNumber: number, siblingCount: 3 });
      const after = (number: number, times: number): EntryView[] => [
        reply('After. '.repeat(times), { id: `r-after-${number}` }),
      ];
      const panel = await panels.open();
      await panel.show(siblingView([...before, long(2), ...after(2, 20)]));
      const arrow = panel.page.getByRole('button', { name: 'Next branch' });
      const place = await arrow.boundingBox();
      await arrow.focus();
      await panel.page.keyboard.press('Enter');
      await panel.show(siblingView([...before, long(3), ...after(3, 2000)]));
      await eventually(
        () => isFocused(entryOf(panel, 'q-s3').getByRole('button', { name: 'Next branch' })),
        'the arrow has the focus',
      );
      await panel.settle();
      const now = await arrow.boundingBox();
      assert.ok(Math.abs((now?.y ?? 0) - (place?.y ?? 0)) < 1, `from ${place?.y} to ${now?.y}`);
    });
  });

  describe('edit', () => {
    const editorOf = (panel: PanelPage): Locator => panel.page.getByRole('textbox', { name: 'Edit question' });

    async function startEditing(panel: PanelPage): Promise<void> {
      await panel.show(exchange);
      await entryOf(panel, 'q-1').hover();
      await entryOf(panel, 'q-1').getByRole('button', { name: 'Edit question' }).click();
      await eventually(() => isFocused(editorOf(panel)), 'the editor has the focus');
    }

    it('turns the question into an editor and sends on Enter', async () => {
      const panel = await panels.open();
      await startEditing(panel);
      assert.equal(await editorOf(panel).inputValue(), 'And for CRLF?');
      await panel.page.keyboard.type(' And CR?');
      await panel.page.keyboard.press('Shift+Enter');
      await panel.page.keyboard.type('Two lines.');
      assert.deepEqual(await panel.postedOf('edit'), []);
      await panel.page.keyboard.press('Enter');
      await eventually(() => isFocused(composerOf(panel)), 'the composer has the focus');
      assert.deepEqual(
        (await panel.postedOf('edit')).map(({ entryId, text }) => [entryId, text]),
        [['q-1', 'And for CRLF? And CR?\nTwo lines.']],
      );
      assert.equal(await editorOf(panel).count(), 0);
    });

    it('is cancelled by Escape and Cancel, which restore the focus', async () => {
      const panel = await panels.open();
      for (const giveUp of [
        () => panel.page.keyboard.press('Escape'),
        () => panel.page.getByRole('button', { name: 'Cancel' }).click(),
      ]) {
        await startEditing(panel);
        await panel.page.keyboard.type(' never mind');
        await giveUp();
        await eventually(
          () => isFocused(entryOf(panel, 'q-1').getByRole('button', { name: 'Edit question' })),
          'the tool has the focus',
        );
      }
      assert.deepEqual(await panel.postedOf('edit'), []);
      assert.equal(await entryOf(panel, 'q-1').locator('[data-part="text"]').textContent(), 'And for CRLF?');
    });

    it('keeps typed text through new views and refusals, and shows the reason at the editor', async () => {
      const panel = await panels.open();
      await startEditing(panel);
      await editorOf(panel).fill('Another question');
      await panel.show(structuredClone(exchange));
      await panel.patch({ type: 'entry', entry: { ...ask, siblingCount: 2 } });
      await panel.answer('edit', { kind: 'refused', notice: notice({ title: 'No budget.' }) });
      await panel.page.locator('nt-edit').getByRole('button', { name: 'Transmit' }).click();
      await entryOf(panel, 'q-1').getByRole('alert').getByText('No budget.').waitFor();
      assert.equal(await editorOf(panel).inputValue(), 'Another question');
      await panel.answer('edit', { kind: 'ok' });
      await editorOf(panel).press('Enter');
      await eventually(async () => (await editorOf(panel).count()) === 0, 'it is sent');
      assert.equal(new Set((await panel.postedOf('edit')).map((message) => message.clientMessageId)).size, 2);
    });

    it('sends once however often Enter is pressed, and nothing that an input method composes', async () => {
      const panel = await panels.open();
      await panel.answer('edit', null);
      await startEditing(panel);
      await editorOf(panel).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
      await panel.page.keyboard.press('Enter');
      await panel.page.keyboard.press('Enter');
      assert.equal((await panel.postedOf('edit')).length, 1);
    });

    it('is disabled while a reply is streaming; Escape closes the editor and does not stop the reply', async () => {
      const panel = await panels.open();
      await startEditing(panel);
      await panel.patch({ type: 'live', live: live() });
      await panel.page.getByText('A reply is streaming. Your text is kept.').waitFor();
      await panel.page.keyboard.press('Enter');
      await panel.page.keyboard.press('Escape');
      assert.deepEqual([await panel.postedOf('edit'), await panel.postedOf('stop')], [[], []]);
    });
  });

  describe('fork', () => {
    it('marks inherited entries and links to its origin', async () => {
      const panel = await panels.open();
      await panel.show(forkView());
      assert.equal(await panel.page.locator('article[data-inherited]').count(), firstExchange.length);
      const order: string[] = await panel.page
        .locator('nt-log')
        .locator('nt-entry, .fork-rule')
        .evaluateAll((all: { localName: string }[]) => all.map((one) => one.localName));
      assert.deepEqual(order, ['nt-entry', 'nt-entry', 'p', 'nt-entry', 'nt-entry']);
      await panel.page
        .locator('.fork-rule')
        .getByRole('button', { name: /^R·0417/ })
        .click();
      assert.deepEqual(
        (await panel.postedOf('openMessage')).map(({ conversationId, messageId }) => [conversationId, messageId]),
        [['c-1', 'm-2']],
      );
    });

    it('says so if its origin was deleted', async () => {
      const panel = await panels.open();
      const view = forkView();
      await panel.show({
        ...view,
        conversation: {
          ...view.conversation,
          forkedFrom: { conversationId: 'c-1', messageId: 'm-2', runLabel: '', title: '' },
        },
      });
      await panel.page.locator('.fork-rule').getByText('forked from a deleted conversation').waitFor();
      assert.equal(await panel.page.locator('.fork-rule').getByRole('button').count(), 0);
    });

    it('is marked in the header, with the cost of the conversation and the branch', async () => {
      const panel = await panels.open();
      await panel.show(forkView());
      const header = panel.page.locator('nt-header');
      for (const text of ['$0.0421', 'branch $0.0162', 'archived', 'pinned', 'sse', 'parser', 'streams', '+1'])
        await header.getByText(text, { exact: true }).waitFor({ state: 'attached' });
      await header.getByRole('button', { name: 'R·0417' }).click();
      assert.equal((await panel.postedOf('openMessage')).length, 1);
      await panel.page.setViewportSize({ width: 1200, height: 800 });
      await panel.page.locator('nt-telemetry').getByText('branch $0.0162').waitFor();
    });

    it('takes no space in the header of an ordinary conversation', async () => {
      const panel = await panels.open();
      await panel.show(exchange);
      assert.equal(await panel.page.locator('nt-header .marks').count(), 0);
    });
  });

  describe('reveal', () => {
    const entries = Array.from({ length: 300 }, (_, index) =>
      question(`Question number ${index}`, { id: `q-${index}` }),
    );

    async function inSight(panel: PanelPage, id: string): Promise<boolean> {
      const log = await panel.page.getByRole('log').boundingBox();
      const box = await entryOf(panel, id).boundingBox();
      return log !== null && box !== null && box.y >= log.y && box.y + box.height <= log.y + log.height;
    }

    it('renders up to the entry, shows, highlights and focuses it, and keeps the draft', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(panelView({ conversation: { entries } }));
      await composerOf(panel).fill('Half a thought');
      await panel.post({ type: 'reveal', entryId: 'q-40' });
      await eventually(() => isFocused(entryOf(panel, 'q-40').locator('article')), 'it has the focus');
      assert.equal(await inSight(panel, 'q-40'), true);
      assert.equal(await panel.page.locator('[data-revealed]').count(), 1);
      assert.equal(await composerOf(panel).inputValue(), 'Half a thought');
    });

    it('renders little more than is visible, and the rest while scrolling to the end', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(panelView({ conversation: { entries } }));
      await panel.post({ type: 'reveal', entryId: 'q-40' });
      await eventually(() => isFocused(entryOf(panel, 'q-40').locator('article')), 'it has the focus');
      const drawn = await panel.page.locator('nt-entry').count();
      assert.ok(drawn < 100, `${drawn} entries`);
      await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
      await eventually(async () => {
        await panel.page
          .getByRole('log')
          .evaluate((log: { scrollTop: number; scrollHeight: number }) => (log.scrollTop = log.scrollHeight));
        return (await entryOf(panel, 'q-299').count()) === 1 && inSight(panel, 'q-299');
      }, 'the end is drawn and in sight');
      await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor({ state: 'hidden' });
    });

    it('does not scroll to the end by itself', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(panelView({ conversation: { entries } }));
      await panel.post({ type: 'reveal', entryId: 'q-40' });
      await eventually(() => isFocused(entryOf(panel, 'q-40').locator('article')), 'it has the focus');
      const last = (await panel.page.locator('nt-entry').last().getAttribute('data-entry-id')) ?? '';
      // Like dragging the scroll bar to the end.
      await panel.page.getByRole('log').dispatchEvent('pointerdown');
      await panel.page
        .getByRole('log')
        .evaluate((log: { scrollTop: number; scrollHeight: number }) => (log.scrollTop = log.scrollHeight));
      await eventually(() => inSight(panel, last), 'the end of what was drawn is in sight');
      for (let frame = 0; frame < 5; frame++) await panel.settle();
      assert.equal(await inSight(panel, last), true);
      assert.equal(await entryOf(panel, 'q-299').count(), 0);
    });

    it('returns to the end in one step', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(panelView({ conversation: { entries } }));
      await panel.post({ type: 'reveal', entryId: 'q-0' });
      await eventually(() => isFocused(entryOf(panel, 'q-0').locator('article')), 'it has the focus');
      await panel.page.getByRole('button', { name: 'Jump to latest' }).click();
      await eventually(() => inSight(panel, 'q-299'), 'the end is in sight');
      assert.equal(await entryOf(panel, 'q-0').count(), 0);
    });

    it('keeps a question that is being edited, whatever is revealed', async () => {
      const panel = await panels.open({ reducedMotion: true });
      await panel.show(panelView({ conversation: { entries } }));
      await entryOf(panel, 'q-299').getByRole('button', { name: 'Edit question' }).dispatchEvent('click');
      const editor = panel.page.getByRole('textbox', { name: 'Edit question' });
      await editor.fill('Half a question');
      await panel.post({ type: 'reveal', entryId: 'q-0' });
      await eventually(() => isFocused(entryOf(panel, 'q-0').locator('article')), 'it has the focus');
      assert.equal(await editor.inputValue(), 'Half a question');
    });

    it('stays there while a reply streams', async () => {
      const panel = await panels.open();
      await panel.show(panelView({ live: live(), conversation: { entries: [...entries, streamingReply('Start.')] } }));
      // From above, so that revealing it scrolls to the end.
      await panel.page.getByRole('log').evaluate((log: { scrollTop: number }) => (log.scrollTop -= 600));
      await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
      await panel.post({ type: 'reveal', entryId: 'q-297' });
      await eventually(() => isFocused(entryOf(panel, 'q-297').locator('article')), 'it has the focus');
      await panel.settle();
      const before = await entryOf(panel, 'q-297').boundingBox();
      for (let step = 0; step < 6; step++) {
        const content = 'More words come. '.repeat(12);
        await panel.patch({
          type: 'text',
          entryId: 'r-stream',
          contentOffset: 6 + step * content.length,
          content,
          reasoningOffset: 0,
          reasoning: '',
          costText: '',
        });
        await panel.settle();
      }
      assert.deepEqual(await entryOf(panel, 'q-297').boundingBox(), before);
      await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    });

    it('does nothing for an entry that is not in the branch', async () => {
      const panel = await panels.open();
      await panel.show(exchange);
      await panel.post({ type: 'reveal', entryId: 'q-gone' });
      await panel.settle();
      assert.equal(await isFocused(composerOf(panel)), true);
      assert.deepEqual(panel.console, []);
    });
  });
});
