import assert from 'node:assert/strict';
import { composerOf, eventually } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { budget, emptyView, live, notice, panelView, quote, selection, streamingView } from './viewFixtures';

const foot = (panel: PanelPage) => panel.page.locator('nt-composer .foot');
const quoteOf = async (panel: PanelPage): Promise<string> =>
  ((await foot(panel).locator('.quote').innerText()) || '').replace(/\s+/g, ' ').trim();
const noteOf = (panel: PanelPage) => foot(panel).locator('.note');
const boxOf = async (panel: PanelPage) =>
  (await panel.page.locator('nt-composer').boundingBox()) ?? assert.fail('no composer');
const described = (panel: PanelPage): Promise<string> =>
  composerOf(panel).evaluate(
    (field: {
      getAttribute(name: string): string;
      getRootNode(): { getElementById(id: string): { textContent: string } | null };
    }) =>
      field
        .getAttribute('aria-describedby')
        .split(' ')
        .map((id) => field.getRootNode().getElementById(id)?.textContent.replace(/\s+/g, ' ').trim() ?? `no ${id}`)
        .join(' | '),
  );

describe('quote', () => {
  const panels = usePanels();

  it('is shown below the field with tokens and the worst case', async () => {
    const panel = await panels.open();
    await panel.show(emptyView({ quote: quote() }));
    await composerOf(panel).fill('Why?');
    assert.equal(
      await foot(panel)
        .locator('.quote')
        .textContent()
        .then((text) => text?.replace(/\s+/g, ' ').trim()),
      '≈ 1,240 tokens ≤ $0.0451',
    );
    assert.equal(await noteOf(panel).innerText(), 'Shift+Enter: new line');
  });

  it('describes the field for screen readers without announcing anything while typing', async () => {
    const panel = await panels.open();
    await panel.show(
      emptyView({ quote: quote({ level: 'shortened', detail: 'Budget leaves ≈ 900 tokens for the reply.' }) }),
    );
    assert.equal(await described(panel), 'Shift+Enter: new line');
    await composerOf(panel).fill('Why?');
    assert.equal(await described(panel), '≈ 1,240 tokens ≤ $0.0451 | Budget leaves ≈ 900 tokens for the reply.');
    const live: number = await foot(panel).evaluate(
      (element: { querySelectorAll(selector: string): { length: number }; closest(selector: string): unknown }) =>
        element.querySelectorAll('[aria-live], [role=status], [role=alert]').length +
        (element.closest('[aria-live]') === null ? 0 : 1),
    );
    assert.equal(live, 0);
  });

  it('disappears as soon as the field is empty and stays for an attachment alone', async () => {
    const panel = await panels.open();
    await panel.show(emptyView({ quote: quote() }));
    await composerOf(panel).fill('Why?');
    assert.match(await quoteOf(panel), /1,240/);
    await composerOf(panel).fill(' \n');
    assert.match(await quoteOf(panel), /^≈ – tok/);
    await panel.patch({ type: 'attachments', attachments: [selection] });
    await panel.settle();
    assert.match(await quoteOf(panel), /1,240/);
  });

  it('follows its patches', async () => {
    const panel = await panels.open();
    await panel.show(emptyView());
    await composerOf(panel).fill('Why?');
    await panel.patch({ type: 'quote', quote: quote({ tokensText: '≈ 7' }) });
    await panel.settle();
    assert.match(await quoteOf(panel), /≈ 7 tokens/);
    await panel.patch({ type: 'quote', quote: null });
    await panel.settle();
    assert.match(await quoteOf(panel), /^≈ – tok/);
  });

  const notes: readonly [string, Parameters<typeof quote>[0], string, string][] = [
    [
      'shortened',
      { level: 'shortened', detail: 'Budget leaves ≈ 900 tokens for the reply.' },
      'Budget leaves ≈ 900 tokens for the reply.',
      'shortened',
    ],
    [
      'refused',
      { level: 'refused', detail: 'Today’s budget does not cover this.' },
      'Today’s budget does not cover this.',
      'refused',
    ],
    ['ok with messages left out', { detail: '2 earlier messages do not fit.' }, '2 earlier messages do not fit.', 'ok'],
    ['ok', {}, 'Shift+Enter: new line', 'ok'],
  ];
  for (const [what, more, text, level] of notes) {
    it(`explains itself when ${what}, and Transmit stays enabled`, async () => {
      const panel = await panels.open();
      await panel.show(emptyView({ quote: quote(more) }));
      await composerOf(panel).fill('Why?');
      assert.deepEqual(
        [await noteOf(panel).innerText(), await noteOf(panel).getAttribute('data-level')],
        [text, level],
      );
      await panel.answer('send', { kind: 'refused', notice: notice({ title: 'The whole reason.' }) });
      await panel.page.getByRole('button', { name: 'Transmit' }).click();
      await panel.page.getByRole('alert').getByText('The whole reason.').waitFor();
      assert.equal(
        await noteOf(panel).innerText(),
        'Shift+Enter: new line',
        'the reason stands above; it is not said twice',
      );
    });
  }

  it('gives way to the streaming reply’s hint', async () => {
    const panel = await panels.open();
    await panel.show({
      ...streamingView(),
      quote: quote({ level: 'refused', detail: 'Today’s budget does not cover this.' }),
    });
    await composerOf(panel).fill('Next');
    assert.equal(await noteOf(panel).innerText(), 'Esc: stop the reply');
  });

  for (const width of [300, 420, 1200]) {
    it(`moves nothing when it appears, changes and disappears at ${width} px`, async () => {
      const panel = await panels.open({ width });
      await panel.show(emptyView());
      const before = await boxOf(panel);
      await composerOf(panel).fill('Why?');
      const steps = [
        quote({ tokensText: '≈ 7', costText: '≤ $0.000012' }),
        quote({ costText: 'price unknown' }),
        quote({ level: 'shortened', detail: 'Budget leaves ≈ 900 tokens for the reply.' }),
        quote({ level: 'refused', detail: 'Today’s budget does not cover this.' }),
        null,
      ];
      for (const step of steps) {
        await panel.patch({ type: 'quote', quote: step });
        await panel.settle();
        assert.deepEqual(await boxOf(panel), before, JSON.stringify(step));
      }
    });
  }

  it('is shortened at 300 px, and Transmit is usable at 210 px', async () => {
    const panel = await panels.open({ width: 300 });
    await panel.show(emptyView({ quote: quote() }));
    await composerOf(panel).fill('Why?');
    const line = (await foot(panel).locator('.quote').boundingBox())?.height ?? 0;
    assert.ok(line < 20, `one line, not ${line} px`);
    await panel.page.setViewportSize({ width: 210, height: 700 });
    await panel.settle();
    const send = (await panel.page.getByRole('button', { name: 'Transmit' }).boundingBox()) ?? assert.fail('no Send');
    assert.ok(send.x + send.width <= 210 && send.height >= 20 && send.width >= 24, JSON.stringify(send));
  });

  it('is requested during continuous typing, not only in pauses', async () => {
    const panel = await panels.open();
    await panel.show(emptyView());
    await composerOf(panel).pressSequentially('x'.repeat(40), { delay: 25 });
    const reported = (await panel.postedOf('draftChanged')).map((message) => message.text.length);
    assert.ok(reported.length >= 2 && (reported[0] ?? 40) < 40, `reported at ${reported.join(', ')}`);
    await eventually(
      async () => (await panel.postedOf('draftChanged')).at(-1)?.text.length === 40,
      'the whole text is reported',
    );
  });
});

describe('amounts that change', () => {
  const panels = usePanels();

  it('the streaming reply’s estimate is in its strip', async () => {
    const panel = await panels.open();
    await panel.show(streamingView());
    const amount = panel.page.locator('nt-live [data-part="amount"]');
    assert.equal(await amount.innerText(), '≈ $0.0019');
    await panel.patch({ type: 'live', live: live({ costText: '' }) });
    await panel.settle();
    assert.equal(await amount.count(), 0);
  });

  const bars: readonly [string, Parameters<typeof budget>[0], string | null][] = [
    ['nothing unsettled', {}, null],
    ['unsettled behind spent', { fraction: 0.25, unsettledFraction: 0.5 }, '25.00% to 75.00%'],
    ['no further than the end', { fraction: 0.9, unsettledFraction: 0.5 }, '90.00% to 100.00%'],
    ['no limit, no bar', { limitText: null, fraction: 0, unsettledFraction: 0, level: 'unlimited' }, null],
  ];
  for (const [what, more, expected] of bars) {
    it(`budget bar: ${what}`, async () => {
      const panel = await panels.open();
      await panel.show(panelView({ budget: budget(more) }));
      const unsettled = panel.page.locator('nt-budget .unsettled');
      const drawn =
        (await unsettled.count()) === 0
          ? null
          : `${await unsettled.getAttribute('x1')} to ${await unsettled.getAttribute('x2')}`;
      assert.equal(drawn, expected);
    });
  }

  it('the budget line shows its period, what is pending and the key’s remaining credit', async () => {
    const panel = await panels.open();
    await panel.show(
      panelView({
        budget: budget({
          period: 'month',
          pendingText: '$0.4120',
          reservedText: '$0.0460',
          keyText: '$20.00 left of $25.00, monthly',
        }),
      }),
    );
    const text = (await panel.page.getByRole('status', { name: 'Budget' }).innerText()).replace(/\s+/g, ' ');
    for (const part of [
      'this month',
      '$0.3139',
      '$0.4120 pending',
      '$0.0460 reserved',
      'key: $20.00 left of $25.00, monthly',
    ])
      assert.ok(text.toLowerCase().includes(part.toLowerCase()), `${part} in ${text}`);
  });
});
