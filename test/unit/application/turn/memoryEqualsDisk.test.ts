import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Conversation, canContinue } from '../../../../src/domain/conversation';
import { RefusedError } from '../../../../src/domain/failure';
import type { ConversationId } from '../../../../src/domain/ids';
import type { TestCore } from '../../../support/testCore';
import { type Step, reply } from '../../../support/scriptedProvider';
import { TestCores, found } from '../useCases';

/** Steps of a user; `pick` selects among the items at that moment. */
type Act =
  | {
      readonly kind:
        | 'send'
        | 'regenerate'
        | 'continueReply'
        | 'edit'
        | 'fork'
        | 'showMessage'
        | 'rename'
        | 'tag'
        | 'pin'
        | 'archive'
        | 'deleteAndUndo';
      readonly pick: number;
    }
  | { readonly kind: 'chooseSibling'; readonly pick: number; readonly step: 1 | -1 };

const pick = fc.nat(1_000);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('send', 'regenerate', 'continueReply', 'edit', 'fork', 'showMessage'),
      pick,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('chooseSibling' as const), pick, step: fc.constantFrom<1 | -1>(1, -1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('rename', 'tag', 'pin', 'archive', 'deleteAndUndo'), pick }),
  },
);

/** All data of a conversation, with messages in order. */
const whole = (conversation: Conversation | undefined): unknown =>
  conversation && { ...conversation, messages: [...conversation.messages] };

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] ?? assert.fail('nothing to pick');

const CUT: readonly Step[] = [
  { type: 'opened', generationId: null },
  { type: 'text', text: 'Some ' },
  { type: 'ended', outcome: { kind: 'failed', sent: true, failure: { code: 'TRUNCATED', detail: '' } } },
];

async function perform(p: TestCore, ids: ConversationId[], { kind, pick: chosen, ...rest }: Act): Promise<void> {
  const id = at(ids, chosen);
  const conversation = await found(p, id);
  const message = at([...conversation.messages.keys()], Math.floor(chosen / 7));
  p.provider.script = chosen % 3 === 0 ? reply('Some text') : CUT;
  switch (kind) {
    case 'send':
      return (await p.orchestrator.send({ conversationId: id, text: `question ${chosen}`, attachments: [] })).done;
    case 'regenerate':
      return (await p.orchestrator.regenerate(id, message)).done;
    case 'continueReply':
      return (
        await p.orchestrator.continueReply(id, [...conversation.messages.values()].find(canContinue)?.id ?? message)
      ).done;
    case 'edit':
      return (await p.orchestrator.edit(id, message, `edited ${chosen}`)).done;
    case 'fork':
      ids.push(await p.branches.fork(message, id));
      return;
    case 'chooseSibling':
      return p.branches.chooseSibling(id, message, 'step' in rest && rest.step === 1 ? 1 : -1);
    case 'showMessage':
      return p.branches.showMessage(id, message);
    case 'rename':
      return p.filing.rename(id, `title ${chosen}`);
    case 'tag':
      return p.filing.tag(id, [`tag ${chosen}`]);
    case 'pin':
      return p.filing.pin(id, chosen % 2 === 0);
    case 'archive':
      return p.filing.archive(id, chosen % 2 === 0);
    case 'deleteAndUndo':
      await p.filing.delete(id);
      return p.filing.undelete(id);
  }
}

describe('what is in memory', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  it('is what a restart shows, after any sequence of steps', async function () {
    this.timeout(120_000);
    const counts = new Map<string, number>();
    const property = fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
      const p = cores.make({ settings: { circuitFailureThreshold: 1_000 } });
      p.provider.script = reply('Some text');
      const first = await p.orchestrator.send({ conversationId: null, text: 'Start', attachments: [] });
      await first.done;
      const ids = [first.conversationId];
      for (const step of acts) {
        try {
          await perform(p, ids, step);
          counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
        } catch (error) {
          // A reply cannot be edited, a question not regenerated: a refused step must change nothing either.
          if (!(error instanceof RefusedError)) throw error;
        }
        for (const id of ids)
          assert.deepEqual(whole(await p.conversations.getEvenDeleted(id)), whole(await p.store.load(id)));
      }
      const restarted = cores.make({ directory: p.directory });
      for (const id of ids)
        assert.deepEqual(
          whole(await p.conversations.getEvenDeleted(id)),
          whole(await restarted.conversations.getEvenDeleted(id)),
        );
      await cores.endAll();
    });
    await fc.assert(property, { seed: 417, numRuns: 40 });
    for (const kind of ['send', 'regenerate', 'continueReply', 'edit', 'fork', 'chooseSibling', 'showMessage'])
      assert.ok((counts.get(kind) ?? 0) > 10, `${kind}: ${counts.get(kind)}`);
  });
});
