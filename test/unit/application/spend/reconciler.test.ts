import assert from 'node:assert/strict';
import { BillReconciler } from '../../../../src/application/spend/reconciler';
import type { FailureCode } from '../../../../src/domain/failure';
import type { ConversationId } from '../../../../src/domain/ids';
import { parseDecimal } from '../../../../src/domain/money';
import type { GenerationAnswer } from '../../../../src/domain/ports/provider';
import type { SpendEvent } from '../../../../src/domain/storeEvent';
import { type TestCore, type TestCoreOptions, silentLog } from '../../../support/testCore';
import { ScriptedProvider, type Step, aModel, reply, usage } from '../../../support/scriptedProvider';
import { HandTimers } from '../../../support/sharedJournals';
import { FillingDisk } from '../panelWithoutPage';
import { TestCores, branchOf, eventually } from '../useCases';

const NOT_YET: GenerationAnswer = { kind: 'notYet' };
const UNSUPPORTED: GenerationAnswer = { kind: 'unsupported' };
const billed = (cost: string, over: Partial<Extract<GenerationAnswer, { kind: 'billed' }>> = {}): GenerationAnswer => ({
  kind: 'billed',
  cost: parseDecimal(cost)!,
  usage: null,
  provider: null,
  cancelled: false,
  ...over,
});
const failed = (code: FailureCode, retryAfterMs?: number): GenerationAnswer => ({
  kind: 'failed',
  failure: { code, detail: '', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});
/** Ends without its end marker, so without a bill. */
const cut: readonly Step[] = reply('Hello').slice(0, 4);
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 600_000, 600_000];

describe('bill reconciler', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  const core = (options: TestCoreOptions = {}, answers: readonly GenerationAnswer[] = []) => {
    const timers = new HandTimers();
    const provider = options.provider ?? new ScriptedProvider(cut);
    const p = cores.make({ ...options, provider, timers });
    let next = 0;
    provider.bill = () => answers[next++] ?? NOT_YET;
    return { p, timers };
  };
  const asked = async (p: TestCore): Promise<ConversationId> => {
    const turn = await p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });
    await turn.done;
    return turn.conversationId;
  };
  /** Lets the next question be asked, and waits until its answer has been taken. */
  const ask = async (p: TestCore, timers: HandTimers, waitMs: number): Promise<void> => {
    const before = p.provider.askedFor.length;
    const waiting = timers.waits.length;
    timers.pass(waitMs - 1);
    assert.deepEqual(
      [p.provider.askedFor.length, timers.waits.length],
      [before, waiting],
      `nothing is asked before ${waitMs}`,
    );
    timers.pass(1);
    await eventually(() => p.provider.askedFor.length === before + 1, 'it is asked');
  };
  const settlements = async (p: TestCore) =>
    (await p.store.spendEvents()).events.filter(
      (event): event is Extract<SpendEvent, { type: 'spend.settled' }> => event.type === 'spend.settled',
    );
  const answerOf = async (p: TestCore, id: ConversationId) => (await branchOf(p, id)).at(-1);

  it('asks after 1, 2, 4, 8, 15, 30 and 60 seconds and then every ten minutes, until there is a bill', async () => {
    const { p, timers } = core({}, [
      ...WAITS_MS.slice(1).map(() => NOT_YET),
      billed('0.000064', { usage: usage(11, 3), provider: 'Bedrock' }),
    ]);
    const id = await asked(p);
    for (const waitMs of WAITS_MS) {
      await eventually(() => timers.waits.length === 1, 'it waits');
      assert.deepEqual(timers.waits, [waitMs]);
      await ask(p, timers, waitMs);
    }
    await eventually(() => p.ledger.pending().length === 0, 'it is settled');
    assert.deepEqual([...new Set(p.provider.askedFor)], ['gen-1']);
    assert.deepEqual(
      [p.ledger.summary().todayNanoUsd, p.ledger.summary().pendingNanoUsd, timers.waits],
      [64_000, 0, []],
    );
    const [settled] = await settlements(p);
    // 8 tokens of prompt and, of three characters that arrived, one of reply.
    const characters = (await answerOf(p, id))?.content.length ?? 0;
    const estimateNanoUsd = 8 * 3_000 + Math.ceil(characters / 4) * 15_000;
    assert.deepEqual(
      { ...settled, atMs: 0, reservationId: '' },
      {
        type: 'spend.settled',
        reservationId: '',
        costNanoUsd: 64_000,
        source: 'reported',
        settledBy: 'generation',
        estimateNanoUsd,
        usage: usage(11, 3),
        provider: 'Bedrock',
        generationId: 'gen-1',
        atMs: 0,
      },
    );
  });

  it('shows the bill in the open conversation, in the list and after a restart', async () => {
    const { p, timers } = core({}, [billed('0.000064', { usage: usage(11, 3), provider: 'Bedrock' })]);
    const id = await asked(p);
    await ask(p, timers, 1_000);
    await eventually(async () => (await answerOf(p, id))?.cost.source === 'reported', 'it is shown');
    const changes = p.events.flatMap((event) => (event.type === 'conversationChanged' ? [event.change.type] : []));
    assert.equal(changes.at(-1), 'reply.billed');
    for (const window of [p, cores.make({ directory: p.directory })]) {
      const answer = await answerOf(window, id);
      assert.deepEqual(
        [answer?.cost, answer?.usage, answer?.provider, answer?.state],
        [{ costNanoUsd: 64_000, source: 'reported' }, usage(11, 3), 'Bedrock', 'interrupted'],
      );
      assert.deepEqual(
        (await window.conversations.list()).map((c) => c.costNanoUsd),
        [64_000],
      );
    }
  });

  it('reports a bill above the worst case', async () => {
    const { p, timers } = core({}, [billed('0.5')]);
    await asked(p);
    await ask(p, timers, 1_000);
    await eventually(() => p.events.some((e) => e.type === 'overran'), 'the overrun is reported');
    assert.equal(p.ledger.book.overruns().length, 1);
  });

  it('asks for bills that a closed window left, once started', async () => {
    const crashed = core();
    const id = await asked(crashed.p);
    crashed.p.bills.dispose();
    const { p, timers } = core({ directory: crashed.p.directory }, [billed('0.000064')]);
    p.bills.start();
    assert.deepEqual(timers.waits, [], 'nothing is known before the journals are read');
    await p.ledger.refresh();
    p.bills.start();
    p.bills.start();
    assert.deepEqual(timers.waits, [1_000]);
    await ask(p, timers, 1_000);
    await eventually(() => p.ledger.pending().length === 0, 'it is settled');
    assert.deepEqual((await answerOf(p, id))?.cost, { costNanoUsd: 64_000, source: 'reported' });
  });

  it('asks for nothing that still runs here, that has no id, or that is settled', async () => {
    const scripts: readonly (readonly Step[])[] = [
      [...cut, { type: 'untilAborted' }],
      [{ type: 'opened', generationId: null }],
      reply('Hello'),
    ];
    for (const script of scripts) {
      const { p, timers } = core({ provider: new ScriptedProvider(script) });
      const turn = await p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });
      await eventually(() => p.provider.requests.length === 1, 'it is sent');
      if (script.at(-1)?.type === 'untilAborted')
        await eventually(
          async () => (await p.store.spendEvents()).events.some((e) => e.type === 'spend.identified'),
          'its id is stored',
        );
      else await turn.done;
      await p.ledger.refresh();
      p.bills.start();
      assert.deepEqual(timers.waits, []);
    }
  });

  it('asks for one bill at a time', async () => {
    const { p, timers } = core();
    await asked(p);
    await asked(p);
    let running = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    p.provider.bill = async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => answers.push(resolve));
      running -= 1;
      return NOT_YET;
    };
    assert.deepEqual(timers.waits, [1_000, 1_000]);
    timers.pass(1_000);
    for (let i = 0; i < 2; i++) {
      await eventually(() => answers.length === 1, 'one is asked');
      p.bills.start();
      assert.equal(timers.waits.length, i, 'a request in progress is not repeated');
      answers.pop()?.();
      await eventually(() => timers.waits.length === i + 1, 'it waits again');
    }
    assert.deepEqual([most, p.provider.askedFor.length], [1, 2]);
  });

  describe('if the server keeps no records', () => {
    it('settles by the reply’s own tokens and the price list', async () => {
      const { p, timers } = core({ provider: new ScriptedProvider(reply('Hello', null)) }, [UNSUPPORTED]);
      const id = await asked(p);
      await ask(p, timers, 1_000);
      await eventually(() => p.ledger.pending().length === 0, 'it is settled');
      // 12 × 3,000 + 4 × 15,000
      assert.deepEqual((await answerOf(p, id))?.cost, { costNanoUsd: 96_000, source: 'estimated' });
      const [settled] = await settlements(p);
      assert.deepEqual(
        [settled?.costNanoUsd, settled?.source, settled?.settledBy, settled?.estimateNanoUsd],
        [96_000, 'estimated', 'stream', 54_000],
      );
    });

    const noPrice = new ScriptedProvider(reply('Hello', null));
    noPrice.models = [aModel({ price: null })];
    for (const [name, provider] of [
      ['tokens', new ScriptedProvider(cut)],
      ['a price', noPrice],
    ] as const) {
      it(`stops asking without ${name}, until the settings change`, async () => {
        const { p, timers } = core({ provider }, [UNSUPPORTED, NOT_YET]);
        p.orchestrator.acceptUnknownPrice(null);
        await asked(p);
        await ask(p, timers, 1_000);
        await eventually(() => p.provider.askedFor.length === 1, 'it is asked');
        await new Promise((resolve) => setImmediate(resolve));
        p.bills.start();
        await eventually(() => timers.waits.length === 0, 'it asks no more');
        assert.deepEqual([p.ledger.pending().length, await settlements(p)], [1, []]);
        p.bus.fire({ type: 'settingsChanged' });
        assert.deepEqual(timers.waits, [1_000]);
      });
    }

    it('asks again when only the price list could not be read', async () => {
      const provider = new ScriptedProvider(reply('Hello', null));
      const { p: gone } = core({ provider });
      await asked(gone);
      gone.bills.dispose();
      const { p, timers } = core({ directory: gone.directory, provider: new ScriptedProvider() }, [
        UNSUPPORTED,
        UNSUPPORTED,
      ]);
      p.provider.listResult = { kind: 'failed', failure: { code: 'NETWORK', detail: '' } };
      await p.ledger.refresh();
      p.bills.start();
      await ask(p, timers, 1_000);
      await eventually(() => timers.waits.length === 1, 'it waits');
      p.provider.listResult = undefined;
      await ask(p, timers, 2_000);
      await eventually(() => p.ledger.pending().length === 0, 'it is settled');
    });
  });

  describe('when the question fails', () => {
    it('goes on as before, but not before the provider wants to be asked', async () => {
      const { p, timers } = core({}, [
        failed('NETWORK'),
        failed('RATE_LIMIT', 45_000),
        failed('UPSTREAM'),
        billed('0.000064'),
      ]);
      await asked(p);
      for (const waitMs of [1_000, 2_000, 45_000, 8_000]) {
        await eventually(() => timers.waits.length === 1, 'it waits');
        assert.deepEqual(timers.waits, [waitMs]);
        await ask(p, timers, waitMs);
      }
      await eventually(() => p.ledger.pending().length === 0, 'it is settled');
    });

    it('asks for nothing more with a key that is not accepted, and again with another', async () => {
      const { p, timers } = core({}, [failed('AUTH'), billed('0.000064'), billed('0.000064')]);
      await asked(p);
      await asked(p);
      timers.pass(1_000);
      await eventually(() => p.provider.askedFor.length === 1, 'one is asked');
      await new Promise((resolve) => setImmediate(resolve));
      p.bills.start();
      assert.deepEqual([timers.waits, p.provider.askedFor.length], [[], 1]);
      p.bus.fire({ type: 'settingsChanged' });
      assert.deepEqual(timers.waits, [1_000, 1_000]);
      timers.pass(1_000);
      await eventually(() => p.ledger.pending().length === 0, 'both are settled');
      assert.equal(p.provider.askedFor.length, 3);
    });

    it('asks again when the settlement could not be stored', async () => {
      let full = false;
      const { p, timers } = core({ files: (directory) => new FillingDisk(directory, () => full) }, [
        billed('0.000064'),
        billed('0.000064'),
      ]);
      const id = await asked(p);
      full = true;
      await ask(p, timers, 1_000);
      await eventually(() => timers.waits.length === 1, 'it waits');
      assert.deepEqual([timers.waits, (await answerOf(p, id))?.cost.source], [[2_000], 'pending']);
      full = false;
      await ask(p, timers, 2_000);
      await eventually(async () => (await answerOf(p, id))?.cost.source === 'reported', 'it is shown');
    });
  });

  it('asks for a bill as soon as its id is stored, after a full disk', async () => {
    let full = true;
    const provider = new ScriptedProvider(cut);
    // From when the request goes out.
    const { p, timers } = core(
      { provider, files: (directory) => new FillingDisk(directory, () => full && provider.requests.length > 0) },
      [billed('0.000064')],
    );
    const id = await asked(p);
    assert.deepEqual([timers.waits, p.ledger.pending().map(({ generationId }) => generationId)], [[], [null]]);
    full = false;
    await p.conversations.flush();
    await eventually(() => timers.waits.length === 1, 'it waits');
    await ask(p, timers, 1_000);
    await eventually(async () => (await answerOf(p, id))?.cost.source === 'reported', 'it is settled and shown');
  });

  it('is harmless in two windows at once', async () => {
    const first = core({}, [billed('0.000064')]);
    const id = await asked(first.p);
    const second = core({ directory: first.p.directory }, [billed('0.000064')]);
    await second.p.ledger.refresh();
    second.p.bills.start();
    await Promise.all([ask(first.p, first.timers, 1_000), ask(second.p, second.timers, 1_000)]);
    for (const { p } of [first, second]) {
      await eventually(() => p.ledger.pending().length === 0, 'it is settled');
      await p.ledger.refresh();
      assert.deepEqual([p.ledger.summary().todayNanoUsd, (await answerOf(p, id))?.cost.costNanoUsd], [64_000, 64_000]);
    }
  });

  it('asks nothing after it was closed', async () => {
    const { p, timers } = core();
    await asked(p);
    p.bills.dispose();
    assert.deepEqual(timers.waits, []);
    p.bills.start();
    assert.deepEqual([timers.waits, p.provider.askedFor], [[], []]);
  });

  it('reads only the ledger’s book to find that nothing is pending', () => {
    const never = new Proxy({}, { get: () => assert.fail('was used') });
    const { p } = core();
    const timers = new HandTimers();
    const bills = new BillReconciler({
      ...(never as ConstructorParameters<typeof BillReconciler>[0]),
      ledger: p.ledger,
      bus: p.bus,
      timers,
      log: silentLog,
    });
    bills.start();
    bills.dispose();
    assert.deepEqual(timers.waits, []);
  });
});
