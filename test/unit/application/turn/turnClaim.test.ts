import assert from 'node:assert/strict';
import type { ConversationId, MessageId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { TestCore } from '../../../support/testCore';
import { ScriptedProvider, type Step, aModel, reply } from '../../../support/scriptedProvider';
import { TestCores, asked, found, refusal } from '../useCases';

const opened: Step = { type: 'opened', generationId: null };
const failed = (code: 'TRUNCATED' | 'UPSTREAM', sent: boolean): Step => ({
  type: 'ended',
  outcome: { kind: 'failed', sent, failure: { code, detail: '' } },
});
/** Ends so that all four acts can follow. */
const CUT: readonly Step[] = [opened, { type: 'text', text: 'hel' }, failed('TRUNCATED', true)];

describe('the claim of a turn', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  async function begun(): Promise<{ p: TestCore; id: ConversationId; question: MessageId; old: MessageId }> {
    const p = cores.make({ provider: new ScriptedProvider(CUT) });
    const { id, question, reply: old } = await asked(p, 'Hi');
    return { p, id, question, old };
  }

  /** Grants by script and logs the order of calls. */
  function watched(p: TestCore, isFree: () => boolean = () => true): readonly string[] {
    const log: string[] = [];
    p.store.claimTurn = async () => {
      if (!isFree()) return undefined;
      log.push('claim');
      return { dispose: () => log.push('free') };
    };
    const list = p.catalogue.list.bind(p.catalogue);
    p.catalogue.list = (options) => {
      log.push('plan');
      return list(options);
    };
    return log;
  }

  type Act = (
    p: TestCore,
    id: ConversationId,
    question: MessageId,
    old: MessageId,
  ) => ReturnType<TestCore['orchestrator']['regenerate']>;
  const acts: readonly (readonly [string, Act])[] = [
    ['a send', (p, id) => p.orchestrator.send({ conversationId: id, text: 'More', attachments: [] })],
    ['an edit', (p, id, question) => p.orchestrator.edit(id, question, 'Other')],
    ['a regenerated reply', (p, id, _, old) => p.orchestrator.regenerate(id, old)],
    ['a continued reply', (p, id, _, old) => p.orchestrator.continueReply(id, old)],
  ];
  const plays =
    (...script: readonly Step[]) =>
    async (p: TestCore): Promise<void> =>
      void (p.provider.script = script);
  const ends: readonly (readonly [string, (p: TestCore) => Promise<void>])[] = [
    ['its end', plays(...reply('lo'))],
    ['a cut', plays(...CUT)],
    ['an error before any text', plays(failed('UPSTREAM', true))],
    [
      'a stream that throws',
      async (p) =>
        void (p.provider.stream = () => {
          throw new Error('internal');
        }),
    ],
  ];
  const refusals: readonly (readonly [string, (p: TestCore) => Promise<void>, string])[] = [
    [
      'the budget',
      async (p) => void (p.settings.value = { ...p.settings.value, dailyLimitNanoUsd: nanoUsd(1) }),
      'BUDGET_EXCEEDED',
    ],
    [
      'an unknown price',
      async (p) => {
        p.provider.models = [aModel({ price: null })];
        await p.catalogue.list({ refresh: true });
      },
      'PRICE_UNKNOWN',
    ],
    [
      'a store that takes nothing',
      async (p) => void (p.store.commit = () => Promise.reject(new Error('no disk'))),
      'Error: no disk',
    ],
  ];
  for (const [name, act] of acts) {
    for (const [end, prepare] of ends) {
      it(`of ${name} is taken before the plan is made and given back once at ${end}`, async () => {
        const { p, id, question, old } = await begun();
        await prepare(p);
        const log = watched(p);
        await (
          await act(p, id, question, old)
        ).done;
        assert.deepEqual(log, ['claim', 'plan', 'free']);
      });
    }

    for (const [by, prepare, code] of refusals) {
      it(`of ${name} is given back once when it is refused by ${by}`, async () => {
        const { p, id, question, old } = await begun();
        await prepare(p);
        const log = watched(p);
        await assert.rejects(act(p, id, question, old), (error: Error) =>
          code.startsWith('Error') ? String(error) === code : error.message === code,
        );
        assert.deepEqual(log, ['claim', 'plan', 'free']);
      });
    }

    it(`of ${name} is refused as busy if another window has it, and nothing is planned, stored or sent`, async () => {
      const { p, id, question, old } = await begun();
      let isFree = false;
      const log = watched(p, () => isFree);
      const before = [...(await found(p, id)).messages.values()];
      assert.deepEqual(await refusal(act(p, id, question, old)), { code: 'BUSY' });
      assert.deepEqual([[...(await found(p, id)).messages.values()], p.provider.requests.length, log], [before, 1, []]);
      isFree = true;
      await (
        await act(p, id, question, old)
      ).done;
      assert.deepEqual(log, ['claim', 'plan', 'free']);
    });

    it(`of ${name} is held while the reply streams, and given back once when it is stopped`, async () => {
      const { p, id, question, old } = await begun();
      const log = watched(p);
      p.provider.script = [opened, { type: 'untilAborted' }];
      await act(p, id, question, old);
      assert.deepEqual(await refusal(p.orchestrator.regenerate(id, old)), { code: 'BUSY' });
      assert.deepEqual(log, ['claim', 'plan']);
      await p.orchestrator.stop(id);
      assert.deepEqual(log, ['claim', 'plan', 'free'], 'the user may continue at once after a stop');
    });
  }

  it('is given back when the window closes', async () => {
    const { p, id, old } = await begun();
    const log = watched(p);
    p.provider.script = [opened, { type: 'untilAborted' }];
    await p.orchestrator.regenerate(id, old);
    await p.orchestrator.stopAll();
    assert.deepEqual(log, ['claim', 'plan', 'free']);
  });

  it('can be asked for again when asking failed', async () => {
    const { p, id } = await begun();
    p.store.claimTurn = () => Promise.reject(new Error('no disk'));
    await assert.rejects(p.orchestrator.send({ conversationId: id, text: 'More', attachments: [] }), /no disk/);
    const log = watched(p);
    await asked(p, 'More', id);
    assert.deepEqual(log, ['claim', 'plan', 'free']);
  });

  it('needs none in a new conversation', async () => {
    const p = cores.make();
    const log = watched(p, () => false);
    await asked(p, 'Hi');
    assert.deepEqual([log, p.provider.requests.length], [['plan'], 1]);
  });
});
