import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { LedgerMessage, LedgerView } from '../../src/protocol/ledger';
import type { PanelView } from '../../src/protocol/views';
import {
  answerOf,
  history,
  ledgerOf,
  ledgerPictures,
  longView,
  pendingView,
  typicalCharges,
  withBranches,
} from './ledgerFixtures';
import { axeFindings, FIND_WIDE } from './panelAxe';
import { eventually, isFocused } from './panelChecks';
import type { PanelPage, PanelPageOptions } from './panelPage';
import { usePanels } from './panelSuite';
import type { ThemeName } from './themes';
import { notice } from './viewFixtures';

type MessageOf<T extends LedgerMessage['type']> = Extract<LedgerMessage, { type: T }>;

const ALL = { period: '30days', model: null, conversationId: null, onlyPending: false };

describe('ledger page', () => {
  const panels = usePanels();

  const open = async (view: LedgerView, options: PanelPageOptions = {}): Promise<PanelPage> => {
    const panel = await panels.open({ path: '/ledger', width: 1000, answers: { load: answerOf(view) }, ...options });
    await panel.page.locator('.readings').waitFor();
    return panel;
  };
  const typical = (): Promise<LedgerView> => ledgerOf({ charges: typicalCharges });
  const messages = (panel: PanelPage): Promise<LedgerMessage[]> => panel.page.evaluate('window.fakeEditor.posted');
  const messagesOf = async <T extends LedgerMessage['type']>(panel: PanelPage, type: T): Promise<MessageOf<T>[]> =>
    (await messages(panel)).filter((message): message is MessageOf<T> => message.type === type);
  const say = (panel: PanelPage, type: LedgerMessage['type'], answer: unknown): Promise<void> =>
    panel.page.evaluate(`window.fakeEditor.answers[${JSON.stringify(type)}] = ${JSON.stringify(answer)}`);
  const tellChanged = (panel: PanelPage): Promise<void> =>
    panel.page.evaluate("window.postMessage({ type: 'changed' }, '*')");
  const button = (panel: PanelPage, name: string | RegExp): Locator =>
    panel.page.getByRole('button', { name, exact: true });
  const looked = async (panel: PanelPage, count: number): Promise<MessageOf<'load'>> => {
    await eventually(async () => (await messagesOf(panel, 'load')).length >= count, `request number ${count}`);
    return (await messagesOf(panel, 'load')).at(-1)!;
  };
  const texts = (locator: Locator): Promise<string[]> =>
    locator.evaluateAll((all: { textContent: string }[]) =>
      all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()),
    );

  /** The pictures one after the other in one page, as if the user switched the periods. */
  const eachPicture = async (
    panel: PanelPage,
    pageTheme: PanelView['theme'],
    check: (name: string) => Promise<void>,
  ): Promise<void> => {
    for (const { name, view, press } of ledgerPictures) {
      const { charges, ...rest } = await view();
      // A hundred rows take axe a minute, and all are alike.
      await say(
        panel,
        'load',
        answerOf({ ...rest, charges: { ...charges, rows: charges.rows.slice(0, 12) }, theme: pageTheme }),
      );
      const before = (await messagesOf(panel, 'load')).length;
      await button(panel, name === 'empty' ? 'All' : '30 days').click();
      await looked(panel, before + 1);
      await panel.settle();
      if (press !== undefined) await button(panel, press).click();
      await panel.settle();
      await check(name);
      if (press === 'Table') await button(panel, press).click();
    }
  };

  const themes: readonly ThemeName[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
  const pageThemes: readonly PanelView['theme'][] = ['auto', 'editor'];
  for (const pageTheme of pageThemes) {
    for (const theme of themes) {
      it(`axe finds nothing in any state: ${theme}, page theme ${pageTheme}`, async function () {
        this.timeout(120_000);
        const panel = await open(await typical(), {
          theme,
          width: pageTheme === 'auto' ? 320 : 1000,
          reducedMotion: true,
        });
        const findings: string[] = [];
        await eachPicture(
          panel,
          pageTheme,
          async (name) => void findings.push(...(await axeFindings(panel)).map((finding) => `${name}: ${finding}`)),
        );
        assert.deepEqual([...findings, ...panel.console, ...(await panel.violations())], []);
      });
    }
  }

  // A tab of 300 px has 150 px at a zoom of 200%.
  for (const width of [150, 300, 560, 760, 1000]) {
    it(`nothing is wider than the page at ${width} px`, async function () {
      this.timeout(120_000);
      const panel = await open(await typical(), { width });
      const findings: string[] = [];
      await eachPicture(panel, 'auto', async (name) => {
        const wide: string[] = await panel.page.evaluate(FIND_WIDE);
        findings.push(...wide.map((element) => `${name}: ${element}`));
      });
      assert.deepEqual(findings, []);
    });
  }

  it('requests the last 30 days first, and its last filter after a reload', async () => {
    const fresh = await open(await typical());
    assert.deepEqual(
      (await messagesOf(fresh, 'load')).map(({ filter, offset }) => ({ filter, offset })),
      [{ filter: ALL, offset: 0 }],
    );
    const filter = { period: 'month', model: 'm', conversationId: 'c', onlyPending: true };
    const back = await open(await typical(), { state: { filter } });
    assert.deepEqual((await looked(back, 1)).filter, filter);
    const broken = await open(await typical(), { state: { filter: { period: 'never' } } });
    assert.deepEqual((await looked(broken, 1)).filter, ALL);
  });

  it('shows that it is loading', async () => {
    const panel = await panels.open({ path: '/ledger', answers: { load: null } });
    assert.equal(await panel.page.getByText('Loading the ledger…').isVisible(), true);
    assert.equal(await panel.page.locator('.readings').count(), 0);
  });

  it('says why it cannot be loaded, and reloads', async () => {
    const trouble = notice({
      title: 'The ledger cannot be read.',
      actions: [{ action: 'runDiagnostics', label: 'Run diagnostics' }],
    });
    const panel = await panels.open({ path: '/ledger', answers: { load: { kind: 'refused', notice: trouble } } });
    await panel.page.getByRole('alert').getByText('The ledger cannot be read.').waitFor();
    assert.equal(await panel.page.getByText('Loading the ledger…').count(), 0);
    await button(panel, 'Run diagnostics').click();
    await eventually(
      async () => (await messagesOf(panel, 'noticeAction')).some(({ action }) => action === 'runDiagnostics'),
      'diagnostics were asked for',
    );
    await say(panel, 'load', answerOf(await typical()));
    await button(panel, 'Reload').click();
    await panel.page.locator('.readings').waitFor();
    assert.equal(await panel.page.getByText('The ledger cannot be read.').count(), 0);
  });

  it('keeps its content when a later request fails', async () => {
    const panel = await open(await typical());
    await say(panel, 'load', { kind: 'refused', notice: notice({ title: 'The ledger cannot be read.' }) });
    await tellChanged(panel);
    await panel.page.getByText('The ledger cannot be read.').waitFor();
    assert.equal(await panel.page.locator('.readings').isVisible(), true);
  });

  it('shows spent, limits and pending separately', async () => {
    const panel = await open(await pendingView());
    assert.deepEqual(await texts(panel.page.locator('.reading')), [
      'Today $4.3100 86% of $5.00',
      'This month $3.2071 no monthly limit',
      'Last 30 days $0.6867 37 charges',
      'Pending ≤ $0.5896 Counts against the limits, but is not part of the other sums. ≤ $0.4146 reserved',
    ]);
  });

  it('shows the budget day only if it is not today', async () => {
    const today = await panels.browser.newPage().then(async (page) => {
      const day: string = await page.evaluate(
        "new Date().getFullYear() + '-' + String(new Date().getMonth() + 1).padStart(2, '0') + '-' + String(new Date().getDate()).padStart(2, '0')",
      );
      await page.close();
      return day;
    });
    const view = await typical();
    assert.equal(
      await (await open({ ...view, head: { ...view.head, budgetDayUtc: today } })).page.locator('.budget-day').count(),
      0,
    );
    assert.deepEqual(
      await texts(
        (await open({ ...view, head: { ...view.head, budgetDayUtc: '1999-01-02' } })).page.locator('.budget-day'),
      ),
      ['UTC day Jan 2, 1999'],
    );
  });

  it('switches the period and remembers it', async () => {
    const panel = await open(await typical());
    await button(panel, '7 days').click();
    assert.deepEqual((await looked(panel, 2)).filter, { ...ALL, period: '7days' });
    assert.deepEqual(await panel.state(), { filter: { ...ALL, period: '7days' } });
    assert.equal(await button(panel, '7 days').getAttribute('aria-pressed'), 'true');
    await panel.page.getByRole('status').filter({ hasText: 'Last 7 days: 32 charges' }).waitFor({ state: 'attached' });
  });

  it('filters by model, conversation and pending, each from the newest charge', async () => {
    const view = await longView();
    const panel = await open(view, { state: { filter: { ...ALL, period: 'all' } } });
    await say(panel, 'load', answerOf({ ...view, charges: { ...view.charges, offset: 100 } }));
    await button(panel, 'Older').click();
    assert.equal((await looked(panel, 2)).offset, 100);
    await panel.page.getByText('101–200 of 1,180').waitFor();
    await panel.page.getByRole('combobox', { name: 'Model' }).selectOption('openai/gpt-5.2');
    assert.deepEqual(await looked(panel, 3).then(({ filter, offset }) => [filter.model, offset]), [
      'openai/gpt-5.2',
      0,
    ]);
    await panel.page.getByRole('combobox', { name: 'Conversation' }).selectOption('c-2');
    assert.equal((await looked(panel, 4)).filter.conversationId, 'c-2');
    await panel.page.getByRole('checkbox', { name: 'Only pending' }).click();
    assert.equal((await looked(panel, 5)).filter.onlyPending, true);
    await panel.page.getByRole('combobox', { name: 'Model' }).selectOption('');
    assert.deepEqual((await looked(panel, 6)).filter, {
      period: 'all',
      model: null,
      conversationId: 'c-2',
      onlyPending: true,
    });
  });

  it('filters by a row’s charges, and undoes it', async () => {
    const panel = await open(await typical());
    const row = button(panel, '10 charges. Show only charges for openai/gpt-5.2-mini');
    await row.click();
    assert.equal((await looked(panel, 2)).filter.model, 'openai/gpt-5.2-mini');
    assert.equal(await row.getAttribute('aria-pressed'), 'true');
    await row.click();
    assert.equal((await looked(panel, 3)).filter.model, null);
  });

  it('says that no charge matches, and clears the filter', async () => {
    const panel = await open(await ledgerOf({ charges: typicalCharges, listed: () => false }), {
      state: { filter: { ...ALL, onlyPending: true } },
    });
    await button(panel, 'Clear filter').click();
    assert.deepEqual((await looked(panel, 2)).filter, ALL);
  });

  it('opens the message of a charge, a conversation, a branch and the limits', async () => {
    const panel = await open(withBranches(await typical()), { state: { filter: { ...ALL, conversationId: 'c-1' } } });
    await panel.page
      .getByRole('row')
      .filter({ hasText: 'Azure' })
      .getByRole('button', { name: 'R·0416' })
      .first()
      .click();
    await button(panel, /^R·0413 Journal format$/).click();
    await button(panel, 'Use a TransformStream instead').click();
    await button(panel, 'Limits…').click();
    await eventually(async () => (await messages(panel)).length === 6, 'all were asked for');
    const asked = (await messages(panel)).slice(2).map((message) => ({ ...message, requestId: '' }));
    assert.deepEqual(asked, [
      { type: 'openMessage', requestId: '', conversationId: 'c-2', messageId: 'm-1' },
      { type: 'openConversation', requestId: '', conversationId: 'c-5' },
      { type: 'openMessage', requestId: '', conversationId: 'c-1', messageId: 'm-5' },
      { type: 'noticeAction', requestId: '', action: 'openBudgetMenu' },
    ]);
  });

  it('says why something was not opened until the user dismisses it', async () => {
    const panel = await open(await typical());
    await say(panel, 'openConversation', {
      kind: 'refused',
      notice: notice({ title: 'This conversation is not in the store.' }),
    });
    await button(panel, /^R·0413 Journal format$/).click();
    const said = panel.page.getByRole('alert').getByText('This conversation is not in the store.');
    await said.waitFor();
    await tellChanged(panel);
    await looked(panel, 2);
    await panel.settle();
    assert.equal(await said.isVisible(), true);
    await button(panel, 'Dismiss').click();
    assert.equal(await said.count(), 0);
  });

  it('exports the filtered charges', async () => {
    const panel = await open(await typical(), { state: { filter: { ...ALL, model: 'qwen/qwen3-coder' } } });
    await button(panel, 'Export CSV…').click();
    await eventually(async () => (await messagesOf(panel, 'exportCsv')).length === 1, 'the export was asked for');
    assert.deepEqual((await messagesOf(panel, 'exportCsv'))[0]?.filter, { ...ALL, model: 'qwen/qwen3-coder' });
  });

  it('marks invisible characters in titles', async () => {
    const panel = await open(await typical());
    assert.equal(await panel.page.locator('nt-shares .hidden-mark[data-code-point="U+202E"]').count(), 1);
  });

  describe('chart', () => {
    const slider = (panel: PanelPage): Locator => panel.page.getByRole('slider', { name: 'Spend by day' });
    const value = (panel: PanelPage): Promise<string | null> => slider(panel).getAttribute('aria-valuetext');

    it('shows the newest day, and others by the arrow keys', async () => {
      const panel = await open(await pendingView());
      assert.equal(await value(panel), 'Nov 20, 2026, $0.1273, ≤ $0.5896 pending, 9 charges, daily limit $5.00');
      await slider(panel).focus();
      const keys: readonly [key: string, day: string][] = [
        ['ArrowRight', 'Nov 20, 2026'],
        ['ArrowLeft', 'Nov 19, 2026'],
        ['PageDown', 'Nov 12, 2026'],
        ['ArrowUp', 'Nov 13, 2026'],
        ['Home', 'Oct 22, 2026'],
        ['ArrowLeft', 'Oct 22, 2026'],
        ['End', 'Nov 20, 2026'],
      ];
      for (const [key, day] of keys) {
        await panel.page.keyboard.press(key);
        assert.ok((await value(panel))?.startsWith(`${day}, `), `${key}: ${await value(panel)}`);
      }
      assert.deepEqual(await texts(panel.page.locator('.readout')), [
        'Nov 20, 2026 $0.1273 ≤ $0.5896 pending 9 charges',
      ]);
    });

    it('shows the day under the pointer', async () => {
      const panel = await open(await typical());
      const box = (await slider(panel).boundingBox())!;
      for (const [part, day] of [
        [0.001, 'Oct 22, 2026'],
        [0.5, 'Nov 6, 2026'],
        [0.999, 'Nov 20, 2026'],
        [0.95, 'Nov 19, 2026'],
      ] as const) {
        await panel.page.mouse.move(box.x + box.width * part, box.y + 40);
        await panel.settle();
        assert.ok((await value(panel))?.startsWith(`${day}, `), `${part}: ${await value(panel)}`);
      }
      await panel.page.mouse.move(box.x, box.y + 400);
      await panel.settle();
      assert.ok((await value(panel))?.startsWith('Nov 20, 2026, '));
    });

    it('draws amounts to scale: settled at the bottom, pending on top, and the limit', async () => {
      const view = await typical();
      const slot = { settledText: '', pendingText: '', charges: 1 };
      const chart = {
        ...view.chart,
        slots: [
          { ...slot, label: 'a', settledFraction: 0.5, pendingFraction: 0.25 },
          { ...slot, label: 'b', settledFraction: 0.0001, pendingFraction: 0 },
          { ...slot, label: 'c', settledFraction: 0, pendingFraction: 0 },
        ],
        limit: { fraction: 0.8, text: '$4.00' },
      };
      const panel = await open({ ...view, chart });
      const bars: unknown = await panel.page
        .locator('.bars rect:not(.cursor):not(.hatch-line)')
        .evaluateAll((all: { getAttribute(name: string): string }[]) =>
          all.map((bar) => ['class', 'y', 'height'].map((name) => bar.getAttribute(name))),
        );
      assert.deepEqual(bars, [
        ['settled', '75', '75'],
        ['pending', '37.5', '37.5'],
        ['settled', '148.5', '1.5'],
      ]);
      assert.equal(await panel.page.locator('.bars .limit').getAttribute('y1'), '30.5');
      assert.deepEqual(await texts(panel.page.locator('.limit-text')), ['daily limit $4.00']);
    });

    it('says when the limit is above the scale', async () => {
      const panel = await open(await typical());
      assert.equal(await panel.page.locator('.bars .limit').count(), 0);
      assert.deepEqual(await texts(panel.page.locator('.legend span')), [
        'Settled',
        'daily limit $5.00 (above this scale)',
      ]);
    });

    it('can be shown as a table', async () => {
      const panel = await open(await typical());
      await button(panel, 'Table').click();
      const rows = await texts(panel.page.locator('.table-box tr'));
      assert.deepEqual(rows.slice(0, 3), [
        'Day (UTC) Settled Pending Charges',
        'Nov 20, 2026 $0.0897 — 4',
        'Nov 19, 2026 $0.1488 — 4',
      ]);
      assert.equal(rows.length, 9);
      await button(panel, 'Table').click();
      assert.equal(await slider(panel).isVisible(), true);
    });
  });

  describe('settling', () => {
    const settleButton = (panel: PanelPage): Locator => button(panel, 'Settle R·0417, ≤ $0.1250');
    const field = (panel: PanelPage): Locator =>
      panel.page.getByRole('textbox', { name: 'Amount charged in US dollars, 0 to $0.125' });

    it('is offered for pending charges, not for running ones', async () => {
      const panel = await open(await pendingView());
      assert.equal(await panel.page.getByRole('button', { name: /^Settle R/ }).count(), 2);
      assert.equal(await panel.page.locator('tr[data-state="running"] .settle').count(), 0);
    });

    it('shows the generation id and sends the typed amount', async () => {
      const panel = await open(await pendingView());
      await settleButton(panel).focus();
      await panel.page.keyboard.press('Enter');
      await field(panel).waitFor();
      await eventually(() => isFocused(field(panel)), 'the field has the focus');
      assert.equal(await panel.page.getByText('gen-1763640000--2').isVisible(), true);
      await panel.page.keyboard.type('0.0123');
      await panel.page.keyboard.press('Enter');
      await looked(panel, 2);
      assert.deepEqual(
        (await messagesOf(panel, 'settle')).map(({ reservationId, amountUsd }) => [reservationId, amountUsd]),
        [['lost', '0.0123']],
      );
      assert.equal(await field(panel).count(), 0);
      assert.equal(await isFocused(settleButton(panel)), true);
    });

    it('sends zero for Not charged', async () => {
      const panel = await open(await pendingView());
      await settleButton(panel).click();
      await button(panel, 'Not charged').click();
      await eventually(async () => (await messagesOf(panel, 'settle')).length === 1, 'it was sent');
      assert.equal((await messagesOf(panel, 'settle'))[0]?.amountUsd, '0');
    });

    it('keeps what was typed when it is refused, and says why', async () => {
      const panel = await open(await pendingView());
      await say(panel, 'settle', {
        kind: 'refused',
        notice: notice({ title: 'The charge was not settled.', detail: 'Too much.' }),
      });
      await settleButton(panel).click();
      await field(panel).fill('9');
      await button(panel, 'Settle').click();
      await panel.page.getByText('The charge was not settled. Too much.').waitFor();
      assert.equal(await field(panel).inputValue(), '9');
      assert.equal(await field(panel).getAttribute('aria-invalid'), 'true');
    });

    it('sends once, however often Enter is pressed', async () => {
      const panel = await open(await pendingView());
      await say(panel, 'settle', null);
      await settleButton(panel).click();
      await field(panel).fill('0.01');
      for (let press = 0; press < 3; press += 1) await panel.page.keyboard.press('Enter');
      await panel.settle();
      assert.equal((await messagesOf(panel, 'settle')).length, 1);
    });

    it('closes on Escape and restores the focus', async () => {
      const panel = await open(await pendingView());
      await settleButton(panel).click();
      await field(panel).waitFor();
      await panel.page.keyboard.press('Escape');
      assert.equal(await field(panel).count(), 0);
      assert.equal(await isFocused(settleButton(panel)), true);
      assert.deepEqual(await messagesOf(panel, 'settle'), []);
    });
  });

  describe('live', () => {
    const more = (view: LedgerView, text: string): LedgerView => ({
      ...view,
      head: { ...view.head, today: { ...view.head.today, spentText: text } },
    });
    const today = (panel: PanelPage): Promise<string[]> => texts(panel.page.locator('.reading .figure').first());

    it('keeps scroll position, focus and typed text while charges arrive', async () => {
      const view = await pendingView();
      const panel = await open(view, { height: 500 });
      await button(panel, 'Settle R·0417, ≤ $0.1250').click();
      const field = panel.page.getByRole('textbox');
      await field.fill('0.0');
      const scrolled = (): Promise<number> =>
        panel.page.locator('main').evaluate((main: { scrollTop: number }) => main.scrollTop);
      const before = await scrolled();
      assert.ok(before > 100);
      const newest = { ...view.charges.rows[0]!, reservationId: 'newest', state: 'reported' as const };
      await say(
        panel,
        'load',
        answerOf({
          ...more(view, '$9.9999'),
          charges: { ...view.charges, rows: [...view.charges.rows, newest], total: 38 },
        }),
      );
      await tellChanged(panel);
      await eventually(async () => (await today(panel))[0] === '$9.9999', 'the new amount is shown');
      assert.deepEqual([await field.inputValue(), await isFocused(field), await scrolled()], ['0.0', true, before]);
    });

    it('requests once for all changes during a request, and shows every answer', async () => {
      const view = await typical();
      const panel = await open(view);
      await say(panel, 'load', null);
      for (let change = 0; change < 5; change += 1) await tellChanged(panel);
      const second = await looked(panel, 2);
      await panel.settle();
      assert.equal((await messagesOf(panel, 'load')).length, 2);
      await panel.page.evaluate(
        `window.postMessage(${JSON.stringify({ type: 'answer', requestId: second.requestId, answer: answerOf(more(view, '$2.0000')) })}, '*')`,
      );
      await eventually(
        async () => (await today(panel))[0] === '$2.0000',
        'the answer is shown although more has changed',
      );
      await looked(panel, 3);
    });

    it('drops the answer to an outdated request', async () => {
      const view = await typical();
      const panel = await open(view);
      await say(panel, 'load', null);
      await button(panel, '7 days').click();
      const older = await looked(panel, 2);
      await button(panel, 'All').click();
      await panel.page.evaluate(
        `window.postMessage(${JSON.stringify({ type: 'answer', requestId: older.requestId, answer: answerOf(more(view, '$7.0000')) })}, '*')`,
      );
      const newer = await looked(panel, 3);
      await panel.settle();
      assert.deepEqual([newer.filter.period, (await today(panel))[0]], ['all', '$0.3139']);
      await panel.page.evaluate(
        `window.postMessage(${JSON.stringify({ type: 'answer', requestId: newer.requestId, answer: answerOf(more(view, '$8.0000')) })}, '*')`,
      );
      await eventually(async () => (await today(panel))[0] === '$8.0000', 'the newer is shown');
      assert.equal(older.filter.period, '7days');
    });

    it('drops a message that it cannot parse and says so', async () => {
      const panel = await open(await typical());
      await panel.page.evaluate("window.postMessage({ type: 'changed?' }, '*')");
      await panel.page.getByText('The page and the extension have different versions.').waitFor();
    });
  });

  it('can be used by keyboard alone, with a visible focus ring', async () => {
    const panel = await open(await ledgerOf({ charges: history({ days: 3, models: 2, perDay: 1 }) }));
    const stops: string[] = [];
    for (let press = 0; press < 40; press += 1) {
      await panel.page.keyboard.press('Tab');
      stops.push(
        await panel.page.evaluate(`(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (element === document.body) return 'body';
        const style = getComputedStyle(element);
        const hasRing = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        const host = element.getRootNode().host;
        const named = host?.localName.startsWith('vscode-') ? host : element;
        return (named.getAttribute('aria-label') ?? (named.labels?.[0] ?? named).textContent.trim().slice(0, 24)) + (hasRing ? '' : ' WITHOUT RING');
      })()`),
      );
      if (stops.at(-1) === 'body') break;
    }
    assert.deepEqual(
      stops.filter((stop) => stop.endsWith('WITHOUT RING')),
      [],
    );
    for (const wanted of ['Limits…', '7 days', 'All', 'Table', 'Spend by day', 'Export CSV…', 'Only pending'])
      assert.ok(stops.includes(wanted), `${wanted} of ${stops.join(' | ')}`);
    assert.ok(
      stops.some((stop) => stop.startsWith('R·0417')),
      stops.join(' | '),
    );
  });
});
