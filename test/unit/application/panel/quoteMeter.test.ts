import assert from 'node:assert/strict';
import type { TurnQuote } from '../../../../src/application/turn/quote';
import { type QuoteInput, QuoteMeter } from '../../../../src/application/panel/quoteMeter';
import { type ConversationId, conversationId, modelId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';

const quoteOf = (promptTokens: number): TurnQuote => ({
  promptTokens,
  maxTokens: 1000,
  isShortened: false,
  omittedMessages: 0,
  worstCaseNanoUsd: nanoUsd(1000),
  refusal: undefined,
});

/** A meter whose timer and quotes go on by hand. */
function aMeter() {
  const state = {
    text: '',
    model: modelId('a/b'),
    conversation: null as ConversationId | null,
    budget: '5 0',
    attachments: [] as QuoteInput['attachments'],
    visible: true,
  };
  const asked: { input: QuoteInput; answer: (quote: TurnQuote) => void; fail: () => void }[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const shown: (number | null)[] = [];
  const budgetLooks: string[] = [];
  const meter = new QuoteMeter({
    quote: (input) =>
      new Promise((resolve, reject) =>
        asked.push({ input, answer: resolve, fail: () => reject(new Error('no store')) }),
      ),
    input: () =>
      state.visible
        ? { conversationId: state.conversation, text: state.text, attachments: state.attachments, model: state.model }
        : undefined,
    budgetKey: () => {
      budgetLooks.push(state.budget);
      return state.budget;
    },
    onChange: () => shown.push(meter.current?.promptTokens ?? null),
    timers: {
      after: (ms, run) => {
        const timer = { run, ms };
        timers.push(timer);
        return { dispose: () => timers.splice(timers.indexOf(timer), 1) };
      },
    },
  });
  const pass = (): void => timers.splice(0).forEach((timer) => timer.run());
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const type = (text: string): void => {
    state.text = text;
    meter.changed();
  };
  return { state, asked, timers, shown, budgetLooks, meter, pass, settle, type };
}

describe('quote meter', () => {
  it('gathers what is typed within a moment into one quote, of the newest text', async () => {
    const t = aMeter();
    for (const text of ['W', 'Wh', 'Why']) t.type(text);
    assert.deepEqual([t.timers.map((timer) => timer.ms), t.asked.length], [[150], 0]);
    t.pass();
    assert.deepEqual(
      t.asked.map(({ input }) => input.text),
      ['Why'],
    );
    t.asked[0]?.answer(quoteOf(3));
    await t.settle();
    assert.deepEqual(t.shown, [3]);
  });

  it('works out one at a time, shows it while typing goes on, and then the newest', async () => {
    const t = aMeter();
    t.type('Why');
    t.pass();
    for (const text of ['Why n', 'Why not']) t.type(text);
    t.pass();
    assert.equal(t.asked.length, 1);
    t.asked[0]?.answer(quoteOf(3));
    await t.settle();
    t.pass();
    assert.deepEqual(
      t.asked.map(({ input }) => input.text),
      ['Why', 'Why not'],
    );
    t.asked[1]?.answer(quoteOf(7));
    await t.settle();
    t.pass();
    assert.deepEqual([t.shown, t.asked.length], [[3, 7], 2]);
  });

  const leavings: readonly [string, (t: ReturnType<typeof aMeter>) => void][] = [
    ['the text is gone', (t) => (t.state.text = ' \n')],
    ['another conversation is shown', (t) => (t.state.conversation = conversationId('c2'))],
    ['another model answers', (t) => (t.state.model = modelId('c/d'))],
    ['the panel is hidden', (t) => (t.state.visible = false)],
  ];
  for (const [what, leave] of leavings) {
    it(`takes the quote away at once when ${what}`, async () => {
      const t = aMeter();
      t.type('Why');
      t.pass();
      t.asked[0]?.answer(quoteOf(3));
      await t.settle();
      leave(t);
      t.meter.changed();
      assert.deepEqual(t.shown, [3, null]);
    });

    it(`does not show a quote that comes when ${what}`, async () => {
      const t = aMeter();
      t.type('Why');
      t.pass();
      leave(t);
      t.meter.changed();
      t.asked[0]?.answer(quoteOf(3));
      await t.settle();
      assert.deepEqual(t.shown, []);
    });
  }

  it('quotes nothing for an empty field, and drops what was about to be quoted', () => {
    const t = aMeter();
    t.type('   ');
    assert.deepEqual([t.timers.length, t.shown], [0, []]);
    t.type('Why');
    t.type('');
    t.pass();
    assert.equal(t.asked.length, 0);
  });

  it('quotes attachments without a text', () => {
    const t = aMeter();
    t.state.attachments = [
      { id: 'a', kind: 'selection', path: 'a.ts', languageId: 'ts', startLine: 1, endLine: 1, text: 'x' },
    ];
    t.type('');
    t.pass();
    assert.equal(t.asked.length, 1);
  });

  it('shows nothing when a quote cannot be had, and tries again at the next change', async () => {
    const t = aMeter();
    t.type('Why');
    t.pass();
    t.asked[0]?.answer(quoteOf(3));
    await t.settle();
    t.type('Why not');
    t.pass();
    t.asked[1]?.fail();
    await t.settle();
    assert.deepEqual(t.shown, [3, null]);
    t.type('Why not?');
    t.pass();
    t.asked[2]?.answer(quoteOf(8));
    await t.settle();
    assert.deepEqual(t.shown, [3, null, 8]);
  });

  it('quotes anew when the budget has changed, and only then', async () => {
    const t = aMeter();
    t.meter.budgetChanged();
    assert.deepEqual(t.budgetLooks, [], 'nothing is typed, so nothing is looked up');
    t.type('Why');
    t.pass();
    t.asked[0]?.answer(quoteOf(3));
    await t.settle();
    t.meter.budgetChanged();
    assert.equal(t.timers.length, 0);
    t.state.budget = '5 1';
    t.meter.budgetChanged();
    t.pass();
    assert.equal(t.asked.length, 2);
  });

  it('says nothing after it is disposed of', async () => {
    const t = aMeter();
    t.type('Why');
    t.pass();
    t.type('Why not');
    t.meter.dispose();
    t.asked[0]?.answer(quoteOf(3));
    await t.settle();
    assert.deepEqual([t.shown, t.timers.length], [[], 0]);
  });
});
