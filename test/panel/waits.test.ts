import assert from 'node:assert/strict';
import type { TelemetryView } from '../../src/protocol/views';
import { composerOf, eventually, isFocused } from './panelChecks';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import {
  emptyView,
  firstExchange,
  live,
  notice,
  panelView,
  question,
  quote,
  reply,
  streamingReply,
  telemetry,
  telemetryAnswer,
} from './viewFixtures';

/** Times far apart, so that a slow machine shows another second but never another minute. */
const START_MS = Date.UTC(2026, 10, 21, 12, 0, 0);
const inMinutes = (minutes: number): number => START_MS + minutes * 60_000;

describe('waits', () => {
  const panels = usePanels();

  /** The page's clock starts at {@link START_MS}, runs, and jumps on request. */
  const open = async (width = 420): Promise<PanelPage> => {
    const panel = await panels.open({ width });
    await panel.page.clock.install({ time: START_MS });
    return panel;
  };

  const failed = (waitUntilMs: number | null) =>
    panelView({
      conversation: {
        entries: [
          question('Why?'),
          reply('', {
            id: 'r-limited',
            state: 'failed',
            failure: notice({
              title: 'Slow down.',
              waitUntilMs,
              actions: [
                { action: 'retry', label: 'Try again' },
                { action: 'continueReply', label: 'Continue' },
                { action: 'switchModel', label: 'Ask y' },
              ],
            }),
          }),
        ],
      },
    });
  const noticeOf = (panel: PanelPage) => panel.page.locator('nt-notice').first();
  const timerOf = (panel: PanelPage) => noticeOf(panel).getByRole('timer');
  const isOff = (panel: PanelPage, name: string) => panel.page.getByRole('button', { name }).isDisabled();

  it('a notice counts down in whole seconds and enables retry and continue at the end, without moving', async () => {
    const panel = await open();
    await panel.show(failed(inMinutes(5)));
    assert.match((await timerOf(panel).textContent()) ?? '', /^[45]m \d\ds$/);
    assert.deepEqual(
      [await isOff(panel, 'Try again'), await isOff(panel, 'Continue'), await isOff(panel, 'Ask y')],
      [true, true, false],
    );
    const before = await noticeOf(panel).boundingBox();
    await panel.page.clock.fastForward(3 * 60_000);
    await eventually(async () => /^[12]m \d\ds$/.test((await timerOf(panel).textContent()) ?? ''), 'it counts');
    await panel.page.clock.fastForward(3 * 60_000);
    await noticeOf(panel).getByText('The wait is over.').waitFor();
    await eventually(
      async () => !(await isOff(panel, 'Try again')) && !(await isOff(panel, 'Continue')),
      'both are free',
    );
    assert.deepEqual(await noticeOf(panel).boundingBox(), before);
  });

  for (const [what, waitUntilMs] of [
    ['none', null],
    ['one that is over', START_MS - 1],
  ] as const) {
    it(`a notice with ${what} shows no countdown and disables nothing`, async () => {
      const panel = await open();
      await panel.show(failed(waitUntilMs));
      assert.deepEqual(
        [
          await timerOf(panel).count(),
          await isOff(panel, 'Try again'),
          await noticeOf(panel).getByText('The wait is over.').count(),
        ],
        [0, false, 0],
      );
    });
  }

  it('a countdown inside an alert is not announced', async () => {
    const panel = await open();
    await panel.show(emptyView());
    await panel.answer('send', {
      kind: 'refused',
      notice: notice({ code: 'CIRCUIT_OPEN', waitUntilMs: inMinutes(5) }),
    });
    await composerOf(panel).fill('Why?');
    await panel.page.keyboard.press('Enter');
    const timer = panel.page.getByRole('alert').getByRole('timer');
    await timer.waitFor();
    assert.equal(
      await timer.evaluate((element: { closest(selector: string): { getAttribute(name: string): string } }) =>
        element.closest('[aria-live]').getAttribute('aria-live'),
      ),
      'off',
    );
  });

  it('an estimate refused by a circuit counts down to the test', async () => {
    const panel = await open();
    await panel.show(emptyView({ quote: quote({ level: 'refused', detail: 'Paused.', waitUntilMs: inMinutes(5) }) }));
    await composerOf(panel).fill('Why?');
    const note = panel.page.locator('nt-composer .note');
    assert.match(await note.innerText(), /^Paused\. Wait [45]m \d\ds$/);
    await panel.page.clock.fastForward(6 * 60_000);
    await eventually(async () => (await note.innerText()).trim() === 'Paused.', 'the wait is over');
  });

  describe('streaming reply', () => {
    const strip = (panel: PanelPage) => panel.page.locator('nt-live section');
    const running = (more: Parameters<typeof live>[0]) =>
      panelView({
        live: live({ velocity: [], tokensPerSecond: 0, costText: '', ...more }),
        conversation: { entries: [question('Why?'), streamingReply('')] },
      });
    const phases: readonly [string, Parameters<typeof live>[0], RegExp][] = [
      ['connecting', { phase: 'connecting', elapsedMs: 2_000 }, /^connecting \d/],
      ['thinking', { phase: 'thinking', elapsedMs: 2_000 }, /^model is thinking \d/],
      ['connecting for half a minute', { phase: 'connecting', elapsedMs: 30_000 }, /^model is still thinking 3\ds/],
      ['thinking for half a minute', { phase: 'thinking', elapsedMs: 95_000 }, /^model is still thinking 1m \d\ds/],
      [
        'another request',
        { phase: 'connecting', elapsedMs: 2_000, retryText: 'x was overloaded; asking y' },
        /^x was overloaded; asking y \d/,
      ],
      [
        'waiting',
        { phase: 'waiting', elapsedMs: 40_000, waitMs: 300_000, retryText: 'Rate limited; trying again' },
        /^Rate limited; trying again in [45]m \d\ds/,
      ],
    ];
    for (const [what, more, text] of phases) {
      it(`says what it is doing while ${what}, and can be stopped`, async () => {
        const panel = await open();
        await panel.show(running(more));
        assert.match((await strip(panel).innerText()).replace(/\s+/g, ' ').trim(), text);
        await panel.page.getByRole('button', { name: 'Stop' }).click();
        assert.equal((await panel.postedOf('stop')).length, 1);
      });
    }

    it('says that the wait is over, and announces its reason once', async () => {
      const panel = await open();
      await panel.show(running({ phase: 'waiting', waitMs: 60_000, retryText: 'Rate limited; trying again' }));
      await panel.patch({
        type: 'live',
        live: live({ phase: 'waiting', waitMs: 59_750, retryText: 'Rate limited; trying again' }),
      });
      await panel.page.clock.fastForward(61_000);
      await strip(panel).getByText('now', { exact: true }).waitFor();
      assert.deepEqual(await panel.page.locator('[aria-live="polite"]').first().locator('p').allTextContents(), [
        'Rate limited; trying again',
      ]);
    });
  });

  it('an entry shows earlier attempts and the cost of the continued reply', async () => {
    const panel = await open();
    await panel.show(
      panelView({
        conversation: {
          entries: [
            question('Why?'),
            reply('So.', {
              id: 'r',
              attempts: ['x was overloaded, so y was asked.', 'Rate limited; asked again.'],
              continues: 'q',
              continuedCostText: '$0.0021',
            }),
            reply('Then.', { id: 's', continues: 'q', continuedCostText: 'cost pending' }),
          ],
        },
      }),
    );
    assert.deepEqual(
      await panel.page.getByRole('list', { name: 'Earlier attempts' }).getByRole('listitem').allTextContents(),
      ['x was overloaded, so y was asked.', 'Rate limited; asked again.'],
    );
    assert.deepEqual(await panel.page.locator('[data-part="continued"]').allTextContents(), [
      'continues a reply that cost $0.0021',
      'continues another reply (cost pending)',
    ]);
  });
});

describe('telemetry', () => {
  const panels = usePanels();
  const view = panelView({ conversation: { entries: [...firstExchange] } });
  const readings = (panel: PanelPage) => panel.page.locator('nt-replies section');
  const scopes = async (panel: PanelPage) => (await panel.postedOf('telemetry')).map(({ scope }) => scope);

  const circuits: readonly [string, () => Parameters<typeof panelView>[0], RegExp][] = [
    [
      'closed',
      () => ({ circuit: { state: 'closed', failures: 1, threshold: 5, untilMs: null } }),
      /closed\s+1 of 5 failures/,
    ],
    [
      'open',
      () => ({ circuit: { state: 'open', failures: 5, threshold: 5, untilMs: Date.now() + 600_000 } }),
      /open\s+test in \d+m \d\ds · 5 of 5 failures/,
    ],
    [
      'open, and the wait is over',
      () => ({ circuit: { state: 'open', failures: 5, threshold: 5, untilMs: 1 } }),
      /open\s+next message is a test · 5 of 5 failures/,
    ],
    [
      'halfOpen',
      () => ({ circuit: { state: 'halfOpen', failures: 5, threshold: 5, untilMs: null } }),
      /testing\s+test in progress · 5 of 5 failures/,
    ],
  ];
  for (const [what, more, text] of circuits) {
    it(`shows a circuit that is ${what}`, async () => {
      const panel = await panels.open({ width: 1200 });
      await panel.show(panelView(more()));
      assert.match(await panel.page.locator('nt-telemetry .circuit').innerText(), text);
    });
  }

  it('follows the circuit’s patches', async () => {
    const panel = await panels.open({ width: 1200 });
    await panel.show(view);
    await panel.patch({ type: 'circuit', circuit: { state: 'halfOpen', failures: 5, threshold: 5, untilMs: null } });
    await panel.page.locator('nt-telemetry .circuit').getByText('testing').waitFor();
  });

  it('requests statistics only while the column is visible, for one model or all', async () => {
    const panel = await panels.open({ width: 420, answers: { telemetry: telemetryAnswer() } });
    await panel.show(view);
    assert.deepEqual(await scopes(panel), []);
    await panel.page.setViewportSize({ width: 1200, height: 900 });
    await readings(panel).getByText('1,038').waitFor();
    await panel.page.getByRole('button', { name: 'all models' }).click();
    assert.equal(await panel.page.getByRole('button', { name: 'all models' }).getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await scopes(panel), ['model', 'all']);
    await panel.patch({ type: 'model', model: { ...view.model, id: 'openai/y' } });
    await eventually(async () => (await scopes(panel)).length === 3, 'another model is asked about');
  });

  it('requests again after a reply ended, at most once in ten seconds', async () => {
    const panel = await panels.open({ width: 1200, answers: { telemetry: telemetryAnswer() } });
    await panel.page.clock.install();
    await panel.show(view);
    await panel.page.clock.fastForward(11_000);
    const before = (await scopes(panel)).length;
    for (let reply = 0; reply < 3; reply++) {
      await panel.patch({ type: 'live', live: live() });
      await panel.settle();
      await panel.patch({ type: 'live', live: null });
      await panel.settle();
    }
    assert.equal((await scopes(panel)).length, before + 1);
    await panel.page.clock.fastForward(11_000);
    await eventually(async () => (await scopes(panel)).length === before + 2, 'the last of them is seen, too');
  });

  const words: readonly [string, Partial<TelemetryView>, readonly string[], readonly string[]][] = [
    [
      'everything',
      {},
      [
        'complete 1,038',
        'stopped 4',
        'interrupted 2',
        'failed 3',
        'median 412ms · p95 1.98s',
        'median 84 tok/s · p10 31 tok/s',
        'Overloaded 1 · 5 retried',
        'Rate limited 2 retried',
        'Cut off 2',
        'median 1,204 characters kept · 1 without text',
      ],
      [],
    ],
    [
      'no failure',
      { failures: [], partial: { count: 0, empty: 0, medianCharacters: null } },
      ['complete 1,038'],
      ['Failures', 'Partial replies'],
    ],
    [
      'nothing counted',
      {
        firstToken: { ...telemetry().firstToken, medianMs: null, p95Ms: null },
        tokensPerSecond: { count: 0, median: null, p10: null },
      },
      ['complete 1,038'],
      ['First token', 'Token velocity'],
    ],
    [
      'no reply',
      { ended: { complete: 0, interrupted: 0, cancelled: 0, failed: 0 } },
      ['No finished replies yet.'],
      ['complete'],
    ],
  ];
  for (const [what, more, shown, absent] of words) {
    it(`shows ${what}`, async () => {
      const panel = await panels.open({ width: 1200, answers: { telemetry: telemetryAnswer(more) } });
      await panel.show(view);
      const read = async (): Promise<string> => (await readings(panel).innerText()).replace(/\s+/g, ' ').toLowerCase();
      await eventually(async () => (await read()).includes(shown[0]!.toLowerCase()), shown[0]!);
      const text = await read();
      for (const part of shown) assert.ok(text.includes(part.toLowerCase()), `${part} in ${text}`);
      for (const part of absent) assert.ok(!text.includes(part.toLowerCase()), `no ${part} in ${text}`);
    });
  }

  it('says why it cannot be read', async () => {
    const panel = await panels.open({
      width: 1200,
      answers: { telemetry: { kind: 'refused', notice: notice({ title: 'The store is away.' }) } },
    });
    await panel.show(view);
    await readings(panel).getByText('The store is away.').waitFor();
  });

  it('is a drawer in a narrow panel: opens by keyboard, closes by Escape and restores the focus', async () => {
    const panel = await panels.open({ width: 300, answers: { telemetry: telemetryAnswer() } });
    await panel.show(panelView({ live: live(), conversation: { entries: [...firstExchange, streamingReply('So')] } }));
    const button = panel.page.getByRole('button', { name: 'Telemetry', exact: true });
    await button.focus();
    await panel.page.keyboard.press('Enter');
    const drawer = panel.page.getByRole('dialog', { name: 'Telemetry' });
    await drawer.getByText('Overloaded', { exact: true }).waitFor();
    await panel.page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await eventually(() => isFocused(button), 'the focus comes back');
    assert.deepEqual(await panel.postedOf('stop'), [], 'Escape closed the drawer and stopped nothing');
    assert.deepEqual(panel.console, []);
  });

  it('has no button if it has a column', async () => {
    const panel = await panels.open({ width: 1200 });
    await panel.show(view);
    assert.equal(await panel.page.getByRole('button', { name: 'Telemetry', exact: true }).count(), 0);
    assert.equal(await panel.page.getByRole('complementary', { name: 'Telemetry' }).count(), 1);
  });
});
