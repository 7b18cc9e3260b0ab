import assert from 'node:assert/strict';
import { PROTOCOL_VERSION } from '../../src/protocol/messages';
import type { PanelPage } from './panelPage';
import { composerOf, eventually, isFocused } from './panelChecks';
import { usePanels } from './panelSuite';
import {
  emptyView,
  firstExchange,
  historyAnswer,
  live,
  notice,
  panelView,
  question,
  reply,
  selection,
  streamingReply,
  streamingView,
} from './viewFixtures';

describe('panel', () => {
  const panels = usePanels();

  it('reports ready once, with the protocol version', async () => {
    const panel = await panels.open();
    await panel.show(emptyView());
    assert.deepEqual(await panel.postedOf('ready'), [{ type: 'ready', version: PROTOCOL_VERSION }]);
  });

  it('focuses the composer on load', async () => {
    const panel = await panels.open();
    await panel.show(emptyView());
    assert.ok(await isFocused(composerOf(panel)));
  });

  it('violates no policy and logs nothing in any state', async () => {
    const panel = await panels.open({ width: 1200 });
    await panel.answer('listConversations', historyAnswer());
    for (const view of [
      emptyView(),
      streamingView(),
      panelView({ live: live({ phase: 'thinking' }), banner: notice(), conversation: { entries: [...firstExchange] } }),
    ])
      await panel.show(view);
    await panel.page.getByRole('button', { name: 'History' }).click();
    await panel.page.getByRole('button', { name: /Journal format/ }).waitFor();
    assert.deepEqual(await panel.violations(), []);
    assert.deepEqual(panel.console, []);
  });

  it('requests one snapshot after a missed patch and continues with it', async () => {
    const panel = await panels.open();
    await panel.show(streamingView('abc'));
    const lost = {
      type: 'text',
      entryId: 'r-stream',
      contentOffset: 3,
      content: 'def',
      reasoningOffset: 0,
      reasoning: '',
      costText: '',
    } as const;
    await panel.post({ type: 'patch', epoch: 1, seq: 2, changes: [lost] });
    await panel.post({ type: 'patch', epoch: 1, seq: 3, changes: [lost] });
    await panel.settle();
    assert.equal((await panel.postedOf('resync')).length, 1);
    await panel.show(streamingView('abcdef'));
    assert.equal(await panel.page.locator('[data-entry-id="r-stream"] [data-part="text"]').textContent(), 'abcdef');
  });

  it('reports a message that it cannot parse', async () => {
    const panel = await panels.open();
    await panel.page.evaluate(
      "window.postMessage({ type: 'snapshot', epoch: 1, seq: 0, view: { from: 'the future' } }, '*')",
    );
    await panel.page.getByText('have different versions').waitFor();
  });

  it('gives each entry its role, state, id, cost and text', async () => {
    const panel = await panels.open();
    await panel.show(streamingView());
    const entries = panel.page.getByRole('log', { name: 'Conversation' }).locator('[data-entry-id]');
    assert.deepEqual(
      await entries.evaluateAll((all: { dataset: Record<string, string> }[]) =>
        all.map((one) => [one.dataset['role'], one.dataset['state']]),
      ),
      [
        ['user', 'complete'],
        ['assistant', 'complete'],
        ['user', 'complete'],
        ['assistant', 'streaming'],
      ],
    );
    const running = panel.page.locator('[data-entry-id="r-stream"]');
    assert.equal(await running.locator('[data-part="cost"]').textContent(), '≈ $0.0019');
    assert.match((await running.locator('[data-part="text"]').textContent()) ?? '', /first half of a pair$/);
  });

  describe('composer', () => {
    it('sends on Enter and clears only after the host accepted the message', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.answer('send', null);
      await composerOf(panel).pressSequentially('Hello there');
      await panel.page.keyboard.press('Enter');
      const [sent] = await panel.postedOf('send');
      assert.equal(sent?.text, 'Hello there');
      assert.equal(await composerOf(panel).inputValue(), 'Hello there');
      await composerOf(panel).pressSequentially(' and more');
      await panel.post({ type: 'answer', requestId: sent.requestId, answer: { kind: 'ok' } });
      await eventually(
        async () => (await composerOf(panel).inputValue()) === ' and more',
        'what was typed since stays',
      );
    });

    it('sends once however often Enter and the button are pressed', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.answer('send', null);
      await composerOf(panel).fill('Once');
      await panel.page.keyboard.press('Enter');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('button', { name: 'Transmit' }).click({ force: true });
      assert.equal((await panel.postedOf('send')).length, 1);
    });

    it('keeps the text on a refusal and shows the reason with its actions', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.answer('send', {
        kind: 'refused',
        notice: notice({ title: 'No budget.', actions: [{ action: 'openBudgetMenu', label: 'Change budget' }] }),
      });
      await composerOf(panel).fill('Keep me');
      await panel.page.getByRole('button', { name: 'Transmit' }).click();
      await panel.page.getByRole('alert').getByText('No budget.').waitFor();
      assert.equal(await composerOf(panel).inputValue(), 'Keep me');
      await panel.page.getByRole('button', { name: 'Change budget' }).click();
      assert.deepEqual(
        (await panel.postedOf('noticeAction')).map(({ action, entryId }) => [action, entryId]),
        [['openBudgetMenu', null]],
      );
    });

    it('sends with a new id after a refusal and hides the reason', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.answer('send', { kind: 'refused', notice: notice() });
      await composerOf(panel).fill('Again');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('alert').waitFor();
      await panel.answer('send', { kind: 'ok' });
      await panel.page.keyboard.press('Enter');
      await eventually(async () => (await composerOf(panel).inputValue()) === '', 'the text goes');
      const sent = await panel.postedOf('send');
      assert.equal(new Set(sent.map((message) => message.clientMessageId)).size, 2);
      assert.equal(await panel.page.getByRole('alert').count(), 0);
    });

    it('makes a new line on Shift+Enter and grows with the text up to its limit', async () => {
      const panel = await panels.open({ height: 800 });
      await panel.show(emptyView());
      await composerOf(panel).pressSequentially('a');
      const heightOf = async (): Promise<number> => (await composerOf(panel).boundingBox())?.height ?? 0;
      const before = await heightOf();
      for (let line = 0; line < 6; line++) await panel.page.keyboard.press('Shift+Enter');
      assert.equal(await composerOf(panel).inputValue(), `a${'\n'.repeat(6)}`);
      assert.ok((await heightOf()) > before);
      await composerOf(panel).fill('x\n'.repeat(200));
      assert.ok((await heightOf()) <= 0.4 * 800 + 1);
      assert.deepEqual(await panel.postedOf('send'), []);
    });

    it('ignores Enter while an input method composes', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await composerOf(panel).fill('にほん');
      for (const init of [
        { key: 'Enter', isComposing: true },
        { key: 'Enter', keyCode: 229 },
      ]) {
        await composerOf(panel).dispatchEvent('keydown', init);
      }
      await panel.settle();
      assert.deepEqual(await panel.postedOf('send'), []);
    });

    it('shows the host’s note about an empty message until something is typed', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.answer('send', {
        kind: 'refused',
        notice: notice({ code: 'EMPTY_INPUT', severity: 'info', title: 'There is nothing to send yet.' }),
      });
      await composerOf(panel).fill('  \n ');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('alert').getByText('There is nothing to send yet.').waitFor();
      await composerOf(panel).pressSequentially('a');
      await panel.page.getByRole('alert').waitFor({ state: 'detached' });
    });

    it('reports the draft when typing pauses and restores it after a reload', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await composerOf(panel).pressSequentially('Half a thought');
      await eventually(
        async () => (await panel.postedOf('draftChanged')).at(-1)?.text === 'Half a thought',
        'the draft is reported',
      );
      assert.ok((await panel.postedOf('draftChanged')).length < 4);
      const reopened = await panels.open({ state: await panel.state() });
      await reopened.show(emptyView());
      assert.equal(await composerOf(reopened).inputValue(), 'Half a thought');
    });

    it('takes text from a command unless something is typed', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.post({ type: 'draft', text: 'Explain this' });
      await eventually(async () => (await composerOf(panel).inputValue()) === 'Explain this', 'the text is put in');
      await panel.post({ type: 'draft', text: 'Something else' });
      await panel.settle();
      assert.equal(await composerOf(panel).inputValue(), 'Explain this');
    });

    it('keeps typed text from a command’s text, even after the draft was saved', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await composerOf(panel).fill('My own words');
      await eventually(
        async () => (await panel.postedOf('draftChanged')).at(-1)?.text === 'My own words',
        'the draft is saved',
      );
      await panel.post({ type: 'draft', text: 'Explain this' });
      await panel.settle();
      assert.equal(await composerOf(panel).inputValue(), 'My own words');
    });

    it('prefers the host’s newer draft to the restored one', async () => {
      const panel = await panels.open({ state: { draft: 'Older', conversationId: null } });
      await panel.show(emptyView());
      assert.equal(await composerOf(panel).inputValue(), 'Older');
      await panel.post({ type: 'draft', text: 'Older and newer' });
      await eventually(async () => (await composerOf(panel).inputValue()) === 'Older and newer', 'the newer one comes');
    });

    for (const draft of ['', 'Half a thought']) {
      it(`keeps the focus elsewhere when the page loads late, with the draft “${draft}”`, async () => {
        const panel = await panels.open({ state: { draft, conversationId: null } });
        await panel.page.evaluate('document.hasFocus = () => false');
        await panel.show(emptyView());
        await panel.settle();
        assert.equal(await panel.page.evaluate('document.activeElement.localName'), 'body');
        assert.equal(await composerOf(panel).inputValue(), draft);
      });
    }

    it('gets the focus when the host requests it', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.page.getByRole('button', { name: 'Model' }).focus();
      await panel.post({ type: 'focusComposer' });
      await eventually(() => isFocused(composerOf(panel)), 'the focus comes');
    });

    it('shows exactly what an attachment sends, and removes it', async () => {
      const panel = await panels.open();
      await panel.show(panelView({ attachments: [selection] }));
      await panel.page.getByRole('button', { name: /Show the attached text of .*parser\.ts/ }).click();
      assert.equal(await panel.page.locator('nt-composer pre').textContent(), selection.text);
      await panel.page.getByRole('button', { name: 'Remove src/parser.ts:12–48' }).click();
      assert.deepEqual(
        (await panel.postedOf('removeAttachment')).map((message) => message.attachmentId),
        ['a-1'],
      );
    });
  });

  describe('streaming reply', () => {
    it('stops on Escape and on Stop; Enter keeps the text', async () => {
      const panel = await panels.open();
      await panel.show(streamingView());
      await composerOf(panel).fill('Next question');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByText('Your text is kept').waitFor();
      assert.ok(await panel.page.getByRole('button', { name: 'Transmit' }).isDisabled());
      await panel.page.keyboard.press('Escape');
      await panel.page.getByRole('button', { name: 'Stop' }).click();
      assert.equal((await panel.postedOf('stop')).length, 2);
      assert.deepEqual(await panel.postedOf('send'), []);
      assert.equal(await composerOf(panel).inputValue(), 'Next question');
    });

    it('has no strip and no Stop when nothing is streaming', async () => {
      const panel = await panels.open();
      await panel.show(panelView());
      assert.equal(await panel.page.getByRole('button', { name: 'Stop' }).count(), 0);
      assert.equal((await panel.page.locator('nt-live').boundingBox())?.height, 0);
    });

    it('is announced by sentence in a polite region outside the log, with the cost at the end', async () => {
      const panel = await panels.open();
      await panel.show(streamingView('First sentence. Sec'));
      await panel.patch({
        type: 'text',
        entryId: 'r-stream',
        contentOffset: 19,
        content: 'ond one.\n\nThird',
        reasoningOffset: 0,
        reasoning: '',
        costText: '',
      });
      await panel.patch(
        {
          type: 'entry',
          entry: reply('First sentence. Second one.\n\nThird', { id: 'r-stream', costText: '$0.0042' }),
        },
        { type: 'live', live: null },
      );
      const region = panel.page.locator('[aria-live="polite"]').first();
      await eventually(async () => (await region.locator('p').count()) === 4, 'all is said');
      assert.deepEqual(await region.locator('p').allTextContents(), [
        'First sentence.',
        'Second one.',
        'Third',
        'Reply complete: $0.0042.',
      ]);
      assert.equal(await panel.page.getByRole('log').getAttribute('aria-live'), 'off');
    });
  });

  describe('scrolling', () => {
    const many = Array.from({ length: 12 }, (_, index) => [
      question(`Question ${index}`),
      reply(`Answer ${index}. ${'Some words. '.repeat(40)}`),
    ]).flat();
    const longView = panelView({ live: live(), conversation: { entries: [...many, streamingReply('Start. ')] } });
    interface Scroller {
      readonly scrollTop: number;
      readonly scrollHeight: number;
      readonly clientHeight: number;
    }
    const topOf = (panel: PanelPage): Promise<number> =>
      panel.page.getByRole('log').evaluate((log: Scroller) => log.scrollTop);
    const gapOf = (panel: PanelPage): Promise<number> =>
      panel.page.getByRole('log').evaluate((log: Scroller) => log.scrollHeight - log.clientHeight - log.scrollTop);

    async function grow(panel: PanelPage, from: number, times: number): Promise<void> {
      for (let step = 0; step < times; step++) {
        const content = 'More words come. '.repeat(12);
        await panel.patch({
          type: 'text',
          entryId: 'r-stream',
          contentOffset: from + step * content.length,
          content,
          reasoningOffset: 0,
          reasoning: '',
          costText: '',
        });
        await panel.settle();
      }
    }

    it('follows the stream', async () => {
      const panel = await panels.open();
      await panel.show(longView);
      assert.ok((await gapOf(panel)) < 2);
      await grow(panel, 7, 5);
      assert.ok((await gapOf(panel)) < 2);
      assert.equal(await panel.page.getByRole('button', { name: 'Jump to latest' }).count(), 0);
    });

    it('starts at the top without a conversation and follows once there is one', async () => {
      const panel = await panels.open({ height: 420 });
      await panel.show(longView);
      await panel.show(emptyView());
      assert.equal(await topOf(panel), 0, 'the end of the one before is not kept');
      assert.ok((await gapOf(panel)) > 30, 'the panel is too low for all of it');
      await panel.page.mouse.move(200, 150);
      await panel.page.mouse.wheel(0, 40);
      await eventually(async () => (await topOf(panel)) > 0, 'the user has scrolled');
      await panel.show(structuredClone(emptyView()));
      assert.ok((await topOf(panel)) > 0, 'and stays there');
      assert.equal(await panel.page.getByRole('button', { name: 'Jump to latest' }).count(), 0);
      await panel.show(longView);
      assert.ok((await gapOf(panel)) < 2);
    });

    for (const [name, leave] of Object.entries({
      wheel: async (panel: PanelPage) => {
        await panel.page.mouse.move(200, 300);
        await panel.page.mouse.wheel(0, -300);
      },
      keys: async (panel: PanelPage) => {
        await panel.page.getByRole('log').focus();
        await panel.page.keyboard.press('PageUp');
      },
    })) {
      it(`stays where the user went by ${name}, and returns on demand`, async () => {
        const panel = await panels.open();
        await panel.show(longView);
        await leave(panel);
        await panel.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
        await panel.rest();
        const before = await topOf(panel);
        await grow(panel, 7, 5);
        assert.equal(await topOf(panel), before);
        await panel.page.getByRole('button', { name: 'Jump to latest' }).click();
        await panel.settle();
        assert.ok((await gapOf(panel)) < 2);
        await grow(panel, 7 + 5 * 204, 2);
        assert.ok((await gapOf(panel)) < 2);
      });
    }

    it('renders a long conversation from its end, and the rest while scrolling up, without a jump', async () => {
      const entries = Array.from({ length: 300 }, (_, index) =>
        question(`Question number ${index}`, { id: `q-${index}` }),
      );
      const panel = await panels.open();
      await panel.show(panelView({ conversation: { entries } }));
      assert.ok((await panel.page.locator('nt-entry').count()) < 100);
      const last = panel.page.getByText('Question number 299', { exact: true });
      await last.waitFor();
      await panel.page.getByRole('log').focus();
      await eventually(async () => {
        await panel.page.keyboard.press('Home');
        return (await panel.page.locator('nt-entry').count()) === 300;
      }, 'all are drawn');
      await panel.page.keyboard.press('Home');
      await panel.page.getByText('Question number 0', { exact: true }).waitFor();
    });

    it('keeps the visible part in place when earlier entries are inserted above', async () => {
      const entries = Array.from({ length: 300 }, (_, index) =>
        question(`Question number ${index}`, { id: `q-${index}` }),
      );
      const panel = await panels.open();
      await panel.show(panelView({ conversation: { entries } }));
      const drawn = await panel.page.locator('nt-entry').count();
      for (const top of [0, 300]) {
        const before = await panel.page.locator('nt-entry').count();
        const y = await panel.page.getByRole('log').evaluate(
          (
            log: Scroller & {
              scrollTop: number;
              querySelector(selector: string): { getBoundingClientRect(): { y: number } };
            },
            scrollTop: number,
          ) => {
            log.scrollTop = scrollTop;
            return log.querySelector('[data-entry-id="q-280"]').getBoundingClientRect().y;
          },
          top,
        );
        await eventually(async () => (await panel.page.locator('nt-entry').count()) > before, 'more are drawn');
        await panel.settle();
        const box = await panel.page.locator('[data-entry-id="q-280"]').boundingBox();
        assert.ok(Math.abs((box?.y ?? 0) - y) < 1, `from ${y} to ${box?.y ?? 0} at ${top}`);
        await panel.page
          .getByRole('log')
          .evaluate((log: { scrollTop: number; scrollHeight: number }) => (log.scrollTop = log.scrollHeight / 2));
        await panel.settle();
      }
      assert.ok((await panel.page.locator('nt-entry').count()) > drawn);
    });

    it('keeps its position when the host sends the same conversation again', async () => {
      const panel = await panels.open();
      await panel.show(longView);
      await panel.page.getByRole('log').focus();
      await panel.page.keyboard.press('PageUp');
      await panel.rest();
      const before = await topOf(panel);
      await panel.show(structuredClone(longView));
      assert.equal(await topOf(panel), before);
    });
  });

  describe('requests', () => {
    const clicks: readonly [string, string][] = [
      ['Model', 'selectModel'],
      ['New conversation', 'newConversation'],
    ];
    for (const [name, type] of clicks) {
      it(`${name} asks the host for ${type}`, async () => {
        const panel = await panels.open();
        await panel.show(panelView());
        await panel.page.getByRole('button', { name }).click();
        assert.ok((await panel.posted()).some((message) => message.type === type));
      });
    }

    it('opens the budget menu from the budget line', async () => {
      const panel = await panels.open();
      await panel.show(panelView());
      await panel.page.getByRole('status', { name: 'Budget' }).getByRole('button').click();
      assert.equal((await panel.postedOf('openBudgetMenu')).length, 1);
    });

    it('asks for a missing key and shows where requests go', async () => {
      const panel = await panels.open();
      await panel.show(
        emptyView({ connection: { origin: 'http://127.0.0.1:4010', isOpenRouter: false, needsKey: true } }),
      );
      await panel.page.locator('nt-header').getByText('requests go to http://127.0.0.1:4010').waitFor();
      await panel.page.getByRole('button', { name: 'Set API key' }).click();
      assert.equal((await panel.postedOf('noticeAction'))[0]?.action, 'setApiKey');
    });

    it('copies, inserts and opens the code exactly as the model wrote it, by keys too', async () => {
      const code = 'if (a) {\n\tb = "\u202ehidden\u200b";\n}\n';
      const panel = await panels.open();
      await panel.show(panelView({ conversation: { entries: [reply(`\`\`\`ts\n${code}\`\`\``)] } }));
      await panel.page.getByRole('button', { name: 'Copy code' }).click();
      await panel.page.getByRole('button', { name: 'Insert at cursor' }).focus();
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('button', { name: 'Open in new file' }).focus();
      await panel.page.keyboard.press('Space');
      assert.deepEqual(
        (await panel.postedOf('copy')).map((message) => message.text),
        [code],
      );
      assert.deepEqual(
        (await panel.postedOf('insertAtCursor')).map((message) => message.text),
        [code],
      );
      assert.deepEqual(
        (await panel.postedOf('openInNewFile')).map((message) => [message.text, message.languageId]),
        [[code, 'ts']],
      );
    });

    it('copies a whole reply as Markdown', async () => {
      const panel = await panels.open();
      await panel.show(panelView({ conversation: { entries: [reply('**a**')] } }));
      await panel.page.getByText('a', { exact: true }).hover();
      await panel.page.getByRole('button', { name: 'Copy reply' }).click();
      assert.deepEqual(
        (await panel.postedOf('copy')).map((message) => message.text),
        ['**a**'],
      );
    });

    it('reports links instead of following them, by click, middle click and Enter', async () => {
      const panel = await panels.open();
      await panel.show(panelView({ conversation: { entries: [reply('[the page](https://example.com/a?b=c)')] } }));
      const link = panel.page.getByRole('link', { name: 'the page' });
      const url = panel.page.url();
      await link.click();
      await link.click({ button: 'middle' });
      await link.click({ modifiers: ['Control'] });
      await link.focus();
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(
        (await panel.postedOf('openLink')).map((message) => message.href),
        Array(4).fill('https://example.com/a?b=c'),
      );
      assert.equal(panel.page.url(), url);
      assert.equal(panel.page.context().pages().length, 1);
    });

    it('sends the entry with a notice’s action', async () => {
      const panel = await panels.open();
      const failure = notice({ actions: [{ action: 'retry', label: 'Retry' }] });
      await panel.show(
        panelView({ conversation: { entries: [reply('Half', { id: 'r-9', state: 'failed', failure })] } }),
      );
      await panel.page.getByRole('button', { name: 'Retry' }).click();
      assert.deepEqual(
        (await panel.postedOf('noticeAction')).map(({ action, entryId }) => [action, entryId]),
        [['retry', 'r-9']],
      );
    });

    it('fills the composer from an example of the empty state', async () => {
      const panel = await panels.open();
      await panel.show(emptyView());
      await panel.page.getByRole('button', { name: /Explain a piece of code/ }).click();
      assert.match(await composerOf(panel).inputValue(), /^Explain what this code does/);
      await eventually(() => isFocused(composerOf(panel)), 'the focus is there');
    });
  });
});
