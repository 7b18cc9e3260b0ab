import assert from 'node:assert/strict';
import type { TurnQuote } from '../../../../src/application/turn/quote';
import type { QuoteInput } from '../../../../src/application/panel/quoteMeter';
import { modelId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { NoticeAction } from '../../../../src/protocol/views';
import { type TestCoreOptions } from '../../../support/testCore';
import { aPanel } from '../panelWithoutPage';
import { TestCores, asked, eventually } from '../useCases';

describe('a panel’s quote', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  /** Prompt tokens of a quote are the characters of its text, so that it shows which text was quoted. */
  const panel = async (options?: TestCoreOptions) => {
    const p = cores.make(options);
    const inputs: QuoteInput[] = [];
    const quote = async (input: QuoteInput): Promise<TurnQuote> => {
      inputs.push(input);
      return {
        promptTokens: input.text.length,
        maxTokens: 1000,
        isShortened: false,
        omittedMessages: 0,
        worstCaseNanoUsd: nanoUsd(1_000_000),
        refusal: undefined,
      };
    };
    const due = new Set<() => void>();
    const after = (_ms: number, run: () => void) => {
      due.add(run);
      return { dispose: () => due.delete(run) };
    };
    const t = aPanel(p, { quoting: { quote, timers: { after } } });
    // The first price list is news of its own.
    await p.catalogue.list();
    await t.session.ready(true);
    const type = (text: string) => t.requests.notify({ type: 'draftChanged', text });
    /** The moment passes after which a quote is worked out. */
    const pass = (): void => {
      const runs = [...due];
      due.clear();
      for (const run of runs) run();
    };
    const shown = (tokens: string | undefined) =>
      eventually(() => t.view().quote?.tokensText === tokens, `a quote of ${tokens}`);
    const typed = async (text: string): Promise<void> => {
      await type(text);
      pass();
      await shown(`≈ ${text.length}`);
      assert.equal(due.size, 0);
    };
    return { ...t, p, inputs, due, type, pass, typed, shown };
  };

  it('follows what is typed and goes when it is gone', async () => {
    const t = await panel();
    await t.typed('Why?');
    assert.deepEqual(t.view().quote, {
      tokensText: '≈ 4',
      costText: '≤ $0.0010',
      level: 'ok',
      detail: '',
      waitUntilMs: null,
    });
    await t.type('');
    await t.shown(undefined);
  });

  it('is in a snapshot too, and is not worked out for a hidden panel', async () => {
    const t = await panel();
    await t.typed('Why?');
    assert.equal((await t.fresh()).quote?.tokensText, '≈ 4');
    t.session.setVisible(false);
    t.due.clear();
    await t.type('Why not?');
    assert.equal(t.due.size, 0);
    t.session.setVisible(true);
    await eventually(() => t.due.size === 1, 'it is due');
    t.pass();
    await t.shown('≈ 8');
  });

  it('is made for the conversation, the model and the chips of the message', async () => {
    const t = await panel();
    await t.typed('Why?');
    t.session.chooseModel(modelId('openai/gpt-5'));
    const chip = {
      id: 'a',
      kind: 'selection',
      path: 'a.ts',
      startLine: 1,
      endLine: 2,
      languageId: 'ts',
      text: 'x',
    } as const;
    t.session.setAttachments([chip]);
    t.pass();
    assert.deepEqual(t.inputs.at(-1), {
      conversationId: null,
      text: 'Why?',
      attachments: [chip],
      model: 'openai/gpt-5',
    });
    const { id } = await asked(t.p, 'Another conversation');
    await t.session.show(id);
    assert.equal(t.view().quote, null, 'not that of the other conversation');
    t.pass();
    assert.deepEqual([t.inputs.at(-1)?.conversationId, t.inputs.at(-1)?.model], [id, 'anthropic/claude-sonnet-5']);
  });

  const causes: readonly [string, (t: Awaited<ReturnType<typeof panel>>) => unknown][] = [
    ['prices change', (t) => t.p.bus.fire({ type: 'modelsChanged' })],
    ['settings change', (t) => t.p.bus.fire({ type: 'settingsChanged' })],
    ['another conversation spends', (t) => asked(t.p, 'Another')],
    ['a chip comes', (t) => t.session.setAttachments([])],
    ['another model is chosen', (t) => t.session.chooseModel(modelId('openai/gpt-5'))],
    [
      'an unknown price was allowed',
      (t) => t.requests.answer({ type: 'noticeAction', requestId: 'r', action: 'acceptUnknownPrice', entryId: null }),
    ],
  ];
  for (const [what, cause] of causes) {
    it(`is made anew when ${what}`, async () => {
      const t = await panel();
      await t.typed('Why?');
      await cause(t);
      await eventually(() => t.due.size === 1, 'it is due');
    });
  }

  it('is made anew when another branch of its conversation is shown', async () => {
    const t = await panel();
    const { id, reply } = await asked(t.p, 'First');
    await (
      await t.p.orchestrator.regenerate(id, reply)
    ).done;
    await t.session.show(id);
    await t.typed('Why?');
    await t.requests.answer({
      type: 'chooseSibling',
      requestId: 'r',
      entryId: t.view().conversation.entries.at(-1)?.id ?? '',
      step: -1,
    });
    await eventually(() => t.due.size === 1, 'it is due');
  });

  it('is not made anew by estimates that only run', async () => {
    const t = await panel();
    t.p.bus.fire({ type: 'spendChanged' });
    await t.typed('Why?');
    for (let i = 0; i < 5; i++) t.p.bus.fire({ type: 'spendChanged' });
    assert.equal(t.due.size, 0);
  });

  it('goes with the message that is sent, and is made anew for what is typed next', async () => {
    const t = await panel();
    await t.typed('Why?');
    await t.requests.answer({ type: 'send', requestId: 'r', clientMessageId: 'c', text: 'Why?' });
    await t.settled();
    assert.deepEqual([t.view().quote, t.due.size], [null, 0]);
    await t.typed('And?');
    assert.equal(t.inputs.at(-1)?.conversationId, t.session.conversation);
  });

  it('knows the prompt’s length from the quote, else from the last reply, else not', async () => {
    const t = await panel();
    assert.equal(t.session.promptTokens, null);
    await t.typed('Why?');
    assert.equal(t.session.promptTokens, 4);
    await t.requests.answer({ type: 'send', requestId: 'r', clientMessageId: 'c', text: 'Why?' });
    await t.settled();
    const last = t.view().conversation.entries.at(-1);
    assert.equal(t.session.promptTokens, (last?.promptTokens ?? 0) + (last?.completionTokens ?? 0));
    assert.notEqual(t.session.promptTokens, 0);
  });

  const actions: readonly [NoticeAction, string][] = [
    ['acceptOverrun', 'allow anthropic/claude-sonnet-5'],
    ['showLedger', 'ledger'],
    ['runDiagnostics', 'diagnostics'],
    ['openBudgetMenu', 'budget'],
  ];
  for (const [action, call] of actions) {
    it(`a notice’s ${action} reaches the editor`, async () => {
      const t = await panel();
      assert.deepEqual(await t.requests.answer({ type: 'noticeAction', requestId: 'r', action, entryId: null }), {
        kind: 'ok',
      });
      await eventually(() => t.actions.calls.length > 0, call);
      assert.deepEqual(t.actions.calls, [call]);
    });
  }
});
