import assert from 'node:assert/strict';
import type { LedgerView } from '../../src/protocol/ledger';
import type { PanelView } from '../../src/protocol/views';
import { answerOf, ledgerOf, pendingView, typicalCharges, withBranches } from './ledgerFixtures';
import type { PanelPage } from './panelPage';
import { usePanels } from './panelSuite';
import { FIND_DEFECTS, PSEUDO_LANGUAGE, inGreek, pseudoTranslations } from './pseudoLocale';
import {
  budget,
  emptyView,
  forkView,
  historyAnswer,
  live,
  notice,
  panelView,
  question,
  quote,
  reply,
  searchHit,
  streamingView,
  telemetryAnswer,
} from './viewFixtures';

interface State {
  readonly name: string;
  readonly view: () => PanelView;
  readonly act?: (panel: PanelPage) => Promise<void>;
}

const failedView = (): PanelView =>
  panelView({
    budget: budget({ level: 'exhausted', fraction: 1, reservedText: '$0.01', pendingText: '≤ $0.0125' }),
    connection: { origin: 'http://127.0.0.1:4010', isOpenRouter: false, needsKey: true },
    circuit: { state: 'open', failures: 5, threshold: 5, untilMs: Date.now() + 100_000 },
    conversation: {
      entries: [
        question('Why?'),
        reply('Half', {
          state: 'interrupted',
          canContinue: true,
          omittedMessages: 3,
          continuedCostText: '$0.0021',
          attempts: ['Overloaded after 1.2 s; asked again.'],
          failure: notice({
            severity: 'error',
            waitUntilMs: Date.now() + 100_000,
            actions: [
              { action: 'retry', label: 'Try again' },
              { action: 'continueReply', label: 'Continue' },
              { action: 'switchModel', label: 'Switch model' },
            ],
          }),
        }),
        question('And?', { id: 'q-2' }),
        reply('', { id: 'r-2', state: 'cancelled', costText: 'cost pending', reasoning: 'Let me see.' }),
      ],
    },
  });

const longView = (): PanelView =>
  panelView({
    conversation: {
      entries: Array.from({ length: 40 }, (_, index) => [
        question(`Question ${index}`, { id: `q-${index}`, siblingNumber: 2, siblingCount: 3 }),
        reply(`Answer ${index}\n\n\`\`\`ts\nlet a = 1;\n\`\`\`\n\n| a | b |\n| - | - |\n| 1 | 2 |`, {
          id: `r-${index}`,
          siblingNumber: 1,
          siblingCount: 2,
          state: index % 3 === 0 ? 'cancelled' : 'complete',
        }),
      ]).flat(),
    },
  });

const openHistory = async (panel: PanelPage): Promise<void> => {
  await panel.page.locator('[data-part="history"]').click();
  await panel.page.locator('nt-history .row').first().waitFor();
};

const search = async (panel: PanelPage): Promise<void> => {
  await openHistory(panel);
  await panel.page.locator('nt-history vscode-text-field input').fill('θ');
  await panel.page.locator('nt-history nt-hits h3, nt-history nt-hits .note').first().waitFor();
};

const states: readonly State[] = [
  { name: 'empty', view: () => emptyView() },
  {
    name: 'typed',
    view: () =>
      emptyView({ quote: quote({ level: 'refused', detail: 'No budget.', waitUntilMs: Date.now() + 60_000 }) }),
    act: async (panel) => panel.page.locator('textarea').fill('αβ'),
  },
  {
    name: 'streaming',
    view: () => streamingView(),
    act: async (panel) => {
      await panel.page.locator('textarea').fill('α'.repeat(2500));
      await panel.page.locator('textarea').press('Enter');
    },
  },
  { name: 'waiting', view: () => ({ ...streamingView(), live: live({ phase: 'waiting', waitMs: 12_000 }) }) },
  { name: 'thinking', view: () => ({ ...streamingView(), live: live({ phase: 'thinking', elapsedMs: 31_000 }) }) },
  { name: 'failed', view: failedView },
  { name: 'long', view: longView, act: async (panel) => panel.page.locator('nt-entry article').last().focus() },
  {
    name: 'fork',
    view: forkView,
    act: (panel) => panel.page.locator('nt-entry [data-action="edit"]').last().dispatchEvent('click'),
  },
  {
    name: 'find',
    view: longView,
    act: async (panel) => {
      await panel.page.keyboard.press('Control+f');
      await panel.page.locator('nt-find input').fill('zz');
    },
  },
  { name: 'history', view: () => streamingView(), act: openHistory },
  {
    name: 'historyRename',
    view: () => streamingView(),
    act: async (panel) => {
      await openHistory(panel);
      await panel.page.locator('nt-history .row .open').first().press('F2');
    },
  },
  {
    name: 'historyTags',
    view: () => streamingView(),
    act: async (panel) => {
      await openHistory(panel);
      await panel.page.locator('nt-history .row .open').first().press('t');
    },
  },
  {
    name: 'historyDelete',
    view: () => streamingView(),
    act: async (panel) => {
      await openHistory(panel);
      await panel.page.locator('nt-history .row .open').first().press('Delete');
    },
  },
  {
    name: 'historyUndo',
    view: () => streamingView(),
    act: async (panel) => {
      await openHistory(panel);
      await panel.page.locator('nt-history .row .open').first().press('Delete');
      await panel.page.locator('nt-history [data-part="confirm"]').click();
      await panel.page.locator('nt-history .undo').waitFor();
    },
  },
  {
    name: 'historyArchive',
    view: () => streamingView(),
    act: async (panel) => {
      await openHistory(panel);
      await panel.answer('listConversations', historyAnswer([], 0));
      await panel.page.locator('nt-history .filter').last().click();
      await panel.page.locator('nt-history .none').waitFor();
    },
  },
  { name: 'hits', view: () => streamingView(), act: search },
  {
    name: 'noHits',
    view: () => streamingView(),
    act: async (panel) => {
      await panel.answer('search', { kind: 'hits', conversations: [], hits: [], complete: true });
      await search(panel);
    },
  },
  {
    name: 'telemetry',
    view: failedView,
    act: async (panel) => {
      await panel.page.locator('[data-part="telemetry"]').click();
      await panel.page.locator('nt-replies .failures').waitFor();
    },
  },
];

describe('pseudo-locale', () => {
  const panels = usePanels();
  before(async () => panels.translate(PSEUDO_LANGUAGE, await pseudoTranslations()));

  const defectsOf = async (panel: PanelPage): Promise<string[]> => {
    await panel.settle();
    return panel.page.evaluate(FIND_DEFECTS);
  };

  for (const width of [240, 300])
    for (const { name, view, act } of states) {
      it(`has every text translated and none cut off: ${name} at ${width} px`, async () => {
        const panel = await panels.open({ language: PSEUDO_LANGUAGE, width, reducedMotion: true });
        await panel.answer('listConversations', inGreek(historyAnswer()));
        await panel.answer('telemetry', inGreek(telemetryAnswer()));
        const hits = {
          kind: 'hits' as const,
          conversations: [],
          hits: [searchHit({ archived: true })],
          complete: false,
        };
        if (name !== 'noHits') await panel.answer('search', inGreek(hits));
        await panel.show(inGreek(view()));
        await act?.(panel);
        assert.deepEqual([...(await defectsOf(panel)), ...panel.console, ...(await panel.violations())], []);
      });
    }

  const ledgers: Readonly<Record<string, () => Promise<LedgerView>>> = {
    typical: () => ledgerOf({ charges: typicalCharges }),
    pending: pendingView,
    branches: async () => withBranches(await ledgerOf({ charges: typicalCharges })),
    empty: () => ledgerOf({ charges: [], period: '7days' }),
  };
  for (const [name, view] of Object.entries(ledgers))
    for (const width of [300, 1000]) {
      it(`has every text of the ledger translated and none cut off: ${name} at ${width} px`, async () => {
        const answers = { load: inGreek(answerOf(await view())) };
        const panel = await panels.open({ path: '/ledger', language: PSEUDO_LANGUAGE, width, answers });
        await panel.page.locator('.readings').waitFor();
        if (name === 'pending') await panel.page.locator('nt-charges .settle').first().click();
        assert.deepEqual([...(await defectsOf(panel)), ...panel.console, ...(await panel.violations())], []);
      });
    }
});
