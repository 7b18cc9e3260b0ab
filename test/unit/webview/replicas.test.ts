import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Message, activeBranch } from '../../../src/domain/conversation';
import { type ConversationId, type MessageId, messageId, modelId } from '../../../src/domain/ids';
import { nanoUsd } from '../../../src/domain/money';
import type { Timers } from '../../../src/domain/ports/system';
import type { ConversationEvent } from '../../../src/domain/storeEvent';
import type { PanelView } from '../../../src/protocol/views';
import { type Replica, type ReplicaMessage, emptyReplica, reduce } from '../../../webview/app/store';
import type { TestCore } from '../../support/testCore';
import { aPanel } from '../application/panelWithoutPage';
import { TestCores } from '../application/useCases';

const DEEDS = [
  'ask',
  'text',
  'text',
  'text',
  'reason',
  'attempt',
  'progress',
  'turnEnd',
  'end',
  'bill',
  'again',
  'branch',
  'rename',
  'model',
  'circuit',
  'spend',
  'frame',
  'frame',
  'frame',
  'settle',
  'settle',
  'hide',
  'reload',
  'deliver',
  'deliver',
  'deliver',
  'drop',
  'double',
] as const;
type Deed = (typeof DEEDS)[number];
type Step = readonly [deed: Deed, choice: number];

const MODEL = modelId('anthropic/claude-sonnet-5');

/** A hand-driven clock. */
class Frames implements Timers {
  private readonly due = new Set<() => void>();
  after(_ms: number, action: () => void) {
    this.due.add(action);
    return { dispose: () => void this.due.delete(action) };
  }
  pass(): void {
    const actions = [...this.due];
    this.due.clear();
    for (const action of actions) action();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A real session, the messages in transit to its page, and the page. */
class Line {
  readonly frames = new Frames();
  readonly host: ReturnType<typeof aPanel>;
  replica: Replica = emptyReplica;
  private readonly inFlight: ReplicaMessage[] = [];
  private taken = 0;
  private lastWasShown = new Map<string, string>();

  constructor(private readonly p: TestCore) {
    this.host = aPanel(p, {
      quoting: { quote: () => Promise.reject(new Error('nothing is typed')), timers: this.frames },
      timers: this.frames,
    });
  }

  get waiting(): readonly ReplicaMessage[] {
    this.takePosted();
    return this.inFlight;
  }

  async play([deed, choice]: Step): Promise<void> {
    switch (deed) {
      case 'frame':
        return this.frames.pass();
      case 'hide':
        this.host.session.setVisible(false);
        this.drop(Infinity);
        await settled();
        return this.host.session.setVisible(true);
      case 'reload':
        this.replica = emptyReplica;
        this.lastWasShown = new Map();
        return this.host.session.ready(true);
      case 'deliver':
        return this.deliver(choice);
      case 'drop':
        return this.drop(1, choice);
      case 'double':
        this.takePosted();
        if (this.inFlight.length > 0) this.inFlight.push(this.inFlight[choice % this.inFlight.length]!);
        return;
      default:
        await settled();
    }
  }

  /** Delivers the chosen message. A resync is answered like the host does. */
  async deliver(choice: number): Promise<void> {
    this.takePosted();
    const [message] = this.inFlight.splice(choice % Math.max(1, this.inFlight.length), 1);
    if (message) await this.take(message);
  }

  async take(message: ReplicaMessage): Promise<void> {
    const before = this.replica;
    const { replica, resync } = reduce(before, message);
    this.replica = replica;
    this.checkTexts(before.epoch === replica.epoch);
    if (resync) await this.host.requests.notify({ type: 'resync' });
  }

  /** Delivers everything from now on. If a snapshot got lost, the page requests it again within 30 patches. */
  async end(): Promise<void> {
    for (let round = 0; round < 32; round++) {
      await settled();
      this.p.bus.fire({ type: 'spendChanged' });
      this.frames.pass();
      while (this.waiting.length > 0) await this.deliver(0);
    }
  }

  private takePosted(): void {
    const fresh = this.host.posted.slice(this.taken);
    this.taken = this.host.posted.length;
    for (const message of fresh)
      if (message.type === 'snapshot' || message.type === 'patch') this.inFlight.push(message);
  }

  private drop(count: number, from = 0): void {
    this.takePosted();
    this.inFlight.splice(count === Infinity ? 0 : from % Math.max(1, this.inFlight.length), count);
  }

  /** The shown text is a prefix of the real one, without repeated characters, and never shrinks within an epoch. */
  private checkTexts(sameEpoch: boolean): void {
    const shown = new Map<string, string>();
    const messages = this.p.conversations.known(this.host.session.conversation!)?.messages;
    for (const { id, content } of this.replica.view?.conversation.entries ?? []) {
      const whole = messages?.get(messageId(id))?.content ?? '';
      assert.ok(whole.startsWith(content), `shown “${content}” of “${whole}”`);
      if (sameEpoch) assert.ok(content.startsWith(this.lastWasShown.get(id) ?? ''), 'went backwards');
      shown.set(id, content);
    }
    this.lastWasShown = shown;
  }
}

describe('replicas', () => {
  const cores = new TestCores();
  let p: TestCore;
  let counter = 0;
  before(() => {
    p = cores.make();
  });
  after(() => cores.endAll());

  async function conversation(): Promise<ConversationId> {
    return p.orchestrator.create();
  }

  async function line(id: ConversationId): Promise<Line> {
    const made = new Line(p);
    await made.host.session.show(id);
    await made.host.session.ready(true);
    return made;
  }

  const newId = (): MessageId => messageId(`m-${++counter}`);

  function doTo(id: ConversationId, [deed, choice]: Step): void {
    const open = p.conversations.known(id) ?? assert.fail('not open');
    const about = (m: Message) => ({ conversationId: id, messageId: m.id, atMs: 1 });
    const apply = (event: ConversationEvent) => p.conversations.applyLive(event);
    const add = (role: 'user' | 'assistant', parentId: MessageId | null): MessageId => {
      const messageId = newId();
      apply({
        type: 'message.added',
        conversationId: id,
        messageId,
        parentId,
        role,
        content: role === 'user' ? 'Why?' : '',
        attachments: [],
        state: role === 'user' ? 'complete' : 'streaming',
        model: role === 'user' ? null : MODEL,
        truncatedMessages: 0,
        continues: null,
        atMs: 1,
      });
      return messageId;
    };
    const all = [...open.messages.values()];
    const replies = all.filter((m) => m.role === 'assistant');
    const running = replies.findLast((m) => m.state === 'streaming');
    const any = all[choice % Math.max(1, all.length)];
    switch (deed) {
      case 'ask':
        add('assistant', add('user', activeBranch(open).at(-1)?.id ?? null));
        return;
      case 'again':
        if (replies.length > 0) add('assistant', replies[choice % replies.length]!.parentId);
        return;
      case 'text':
        if (running)
          apply({
            type: 'reply.appended',
            ...about(running),
            contentOffset: running.content.length,
            content: `w${choice} `,
            reasoningOffset: running.reasoning.length,
            reasoning: '',
          });
        return;
      case 'reason':
        if (running)
          apply({
            type: 'reply.appended',
            ...about(running),
            contentOffset: running.content.length,
            content: '',
            reasoningOffset: running.reasoning.length,
            reasoning: `r${choice} `,
          });
        return;
      case 'attempt':
        if (running)
          apply({
            type: 'attempt.failed',
            ...about(running),
            attempt: running.failedAttempts.length + 1,
            model: MODEL,
            failure: { code: 'OVERLOADED', detail: '' },
            elapsedMs: 1,
          });
        return;
      case 'end':
        if (running)
          apply({
            type: 'reply.ended',
            ...about(running),
            state: choice % 2 === 0 ? 'complete' : 'interrupted',
            failure: null,
            model: MODEL,
            provider: null,
            usage: null,
            cost: { costNanoUsd: null, source: 'pending' },
            timeToFirstTokenMs: 5,
            latencyMs: 9,
            finishReason: 'stop',
            generationId: null,
          });
        return;
      case 'bill':
        if (any?.role === 'assistant')
          apply({
            type: 'reply.billed',
            ...about(any),
            cost: { costNanoUsd: nanoUsd(choice), source: 'reported' },
            usage: null,
            provider: null,
          });
        return;
      case 'branch':
        if (any) apply({ type: 'branch.chosen', conversationId: id, leafId: any.id, atMs: 1 });
        return;
      case 'rename':
        apply({ type: 'conversation.renamed', conversationId: id, title: `T${choice}`, atMs: 1 });
        return;
      case 'model':
        apply({
          type: 'conversation.modelChosen',
          conversationId: id,
          model: modelId(choice % 2 === 0 ? MODEL : 'a/b'),
          atMs: 1,
        });
        return;
      case 'progress':
        if (running)
          p.bus.fire({
            type: 'turnProgressed',
            progress: {
              conversationId: id,
              replyId: running.id,
              phase: choice % 3 === 0 ? 'waiting' : 'streaming',
              elapsedMs: choice,
              model: modelId(choice % 2 === 0 ? MODEL : 'a/b'),
              retryOf: null,
              waitMs: choice % 3 === 0 ? choice : null,
              tokensPerSecond: choice,
              velocity: [choice],
              estimateNanoUsd: nanoUsd(choice),
            },
          });
        return;
      case 'turnEnd':
        p.bus.fire({ type: 'turnEnded', conversationId: id, replyId: running?.id ?? newId() });
        return;
      case 'circuit':
        p.bus.fire({ type: 'circuitChanged' });
        return;
      case 'spend':
        p.bus.fire({ type: 'spendChanged' });
        return;
      default:
        // Affects the transport, not the conversation.
        return;
    }
  }

  const steps = fc.array(fc.tuple(fc.constantFrom(...DEEDS), fc.nat(999)), { minLength: 8, maxLength: 60 });

  /** The host's view, as a page that opens now would get it. */
  const hostView = (of: Line): Promise<PanelView> => of.host.fresh();

  it('show what the host shows, whatever is late, lost, doubled, hidden or reloaded', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const id = await conversation();
        const page = await line(id);
        doTo(id, ['ask', 0]);
        for (const step of history) {
          doTo(id, step);
          await page.play(step);
        }
        await page.end();
        assert.deepEqual(page.replica.view, await hostView(page));
        page.host.session.dispose();
      }),
      { numRuns: 250 },
    );
  });

  it('show the same, two of them on one conversation', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(steps, steps, async (history, other) => {
        const id = await conversation();
        const pages = [await line(id), await line(id)] as const;
        doTo(id, ['ask', 0]);
        for (const [i, step] of history.entries()) {
          doTo(id, step);
          await pages[0].play(step);
          await pages[1].play(other[i % other.length]!);
        }
        for (const page of pages) await page.end();
        assert.deepEqual(pages[0].replica.view, pages[1].replica.view);
        for (const page of pages) page.host.session.dispose();
      }),
      { numRuns: 80 },
    );
  });

  /** One snapshot and five patches with every kind of change. */
  const COURSE: readonly (readonly Step[])[] = [
    [['ask', 0]],
    [
      ['text', 1],
      ['progress', 4],
    ],
    [
      ['attempt', 0],
      ['text', 2],
      ['reason', 3],
    ],
    [
      ['rename', 5],
      ['text', 6],
    ],
    [
      ['end', 1],
      ['turnEnd', 0],
    ],
  ];

  it('come to the same end by each of the 720 orders of six messages, with each of them lost or doubled', async function () {
    this.timeout(120_000);
    const id = await conversation();
    const host = await line(id);
    for (const frame of COURSE) {
      for (const step of frame) doTo(id, step);
      host.frames.pass();
    }
    const posted = [...host.waiting];
    assert.deepEqual(
      posted.map((m) => `${m.type} ${m.epoch} ${m.seq}`),
      ['snapshot 1 0', 'patch 1 1', 'patch 1 2', 'patch 1 3', 'patch 1 4', 'patch 1 5'].map((m) =>
        m.replace(' 1 ', ` ${posted[0]!.epoch} `),
      ),
    );
    const wanted = await hostView(host);
    const mending: ReplicaMessage = { type: 'snapshot', epoch: posted[0]!.epoch + 1, seq: 0, view: wanted };
    const later: ReplicaMessage = {
      type: 'patch',
      epoch: posted[0]!.epoch + 1,
      seq: 1,
      changes: [{ type: 'live', live: null }],
    };
    let orders = 0;
    for (const order of permutations(posted)) {
      orders += 1;
      for (const course of [order, order.slice(1), [...order, ...order]]) {
        for (const answered of ['at once', 'late'] as const) {
          const end = run(course, mending, answered, wanted);
          // A loss at the end is noticed with the next patch.
          const last: Replica = [later, mending, later].reduce<Replica>(
            (replica, message) => reduce(replica, message).replica,
            end,
          );
          assert.deepEqual(last.view, wanted);
        }
      }
    }
    assert.equal(orders, 720);
  });
});

/** Applies messages in this order. A requested snapshot arrives immediately or after all of them. */
function run(
  course: readonly ReplicaMessage[],
  mending: ReplicaMessage,
  answered: 'at once' | 'late',
  wanted: PanelView,
): Replica {
  let replica = emptyReplica;
  let isWanted = false;
  const take = (message: ReplicaMessage): void => {
    const before = replica;
    const reduction = reduce(replica, message);
    replica = reduction.replica;
    isWanted ||= reduction.resync;
    for (const entry of replica.view?.conversation.entries ?? []) {
      const whole = wanted.conversation.entries.find((e) => e.id === entry.id)?.content ?? '';
      assert.ok(whole.startsWith(entry.content), 'never a wrong text');
      const earlier =
        before.epoch === replica.epoch ? before.view?.conversation.entries.find((e) => e.id === entry.id)?.content : '';
      assert.ok(entry.content.startsWith(earlier ?? ''), 'never backwards');
    }
    if (reduction.resync && answered === 'at once') take(mending);
  };
  for (const message of course) take(message);
  if (isWanted && answered === 'late') take(mending);
  const whole = new Set(course.map((m) => m.seq)).size === 6;
  if (isWanted || whole) assert.deepEqual(replica.view, wanted);
  return replica;
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries())
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
}
