import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PanelChange } from '../../src/protocol/messages';
import { emptyReplica, reduce } from '../../webview/app/store';
import type { Replica, ReplicaMessage } from '../../webview/app/store';
import { live, notice, panelView, question, selection, streamingReply } from './viewFixtures';

function snapshot(epoch: number, seq: number, content = ''): ReplicaMessage {
  return {
    type: 'snapshot',
    epoch,
    seq,
    view: panelView({ conversation: { entries: [question('Q'), streamingReply(content)] } }),
  };
}

function patch(epoch: number, seq: number, ...changes: PanelChange[]): ReplicaMessage {
  return { type: 'patch', epoch, seq, changes };
}

function text(contentOffset: number, content: string, reasoningOffset = 0, reasoning = ''): PanelChange {
  return {
    type: 'text',
    entryId: 'r-stream',
    contentOffset,
    content,
    reasoningOffset,
    reasoning,
    costText: '≈ $0.0020',
  };
}

function reduceAll(messages: readonly ReplicaMessage[]): { replica: Replica; resyncs: number } {
  let replica = emptyReplica;
  let resyncs = 0;
  for (const message of messages) {
    const reduction = reduce(replica, message);
    replica = reduction.replica;
    if (reduction.resync) resyncs += 1;
  }
  return { replica, resyncs };
}

function contentOf(replica: Replica): string {
  return replica.view?.conversation.entries.at(-1)?.content ?? '';
}

const words = ['The ', 'buffer ', 'is ', 'flushed ', 'late.'];
/** The stream of one reply: a snapshot and a patch per word. */
const stream: readonly ReplicaMessage[] = [
  snapshot(1, 0),
  ...words.map((word, index) => patch(1, index + 1, text(words.slice(0, index).join('').length, word))),
];

describe('panel replica', () => {
  it('applies a stream in order', () => {
    const { replica, resyncs } = reduceAll(stream);
    assert.equal(contentOf(replica), words.join(''));
    assert.equal(resyncs, 0);
    assert.equal(replica.view?.conversation.entries.at(-1)?.costText, '≈ $0.0020');
  });

  it('shows the text up to a gap in any order and with repetitions, and requests what is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...stream), { maxLength: 14 }), (messages) => {
        let replica = emptyReplica;
        for (const message of messages) {
          const before = replica;
          const reduction = reduce(replica, message);
          replica = reduction.replica;
          assert.ok(words.join('').startsWith(contentOf(replica)), 'never a wrong text');
          const isGap = message.type === 'patch' && (before.view === null || message.seq > before.seq + 1);
          assert.equal(reduction.resync, isGap && before.missed === 0, 'asked once for all that is missed');
          if (isGap) assert.deepEqual(replica, { ...before, missed: before.missed + 1 });
        }
        const { replica: mended } = reduceAll([...messages, snapshot(2, 0, words.join(''))]);
        assert.equal(contentOf(mended), words.join(''));
      }),
      { numRuns: 1000 },
    );
  });

  const view = panelView({ conversation: { entries: [question('Q'), streamingReply('abc')] } });
  const start: ReplicaMessage = { type: 'snapshot', epoch: 5, seq: 3, view };

  const ignored: Readonly<Record<string, ReplicaMessage>> = {
    'a patch of an earlier epoch': patch(4, 99, text(3, 'x')),
    'a patch that was taken already': patch(5, 3, text(3, 'x')),
    'an older patch': patch(5, 1, text(3, 'x')),
    'a snapshot of an earlier epoch': snapshot(4, 99, 'old'),
    'an older snapshot of the epoch': snapshot(5, 2, 'old'),
  };
  for (const [name, message] of Object.entries(ignored)) {
    it(`ignores ${name}`, () => {
      const before = reduceAll([start]).replica;
      assert.deepEqual(reduce(before, message), { replica: before, resync: false });
    });
  }

  const gaps: Readonly<Record<string, ReplicaMessage>> = {
    'a patch is missing': patch(5, 5, text(3, 'x')),
    'the epoch is unknown': patch(6, 1, text(3, 'x')),
    'the text begins past the end': patch(5, 4, text(4, 'x')),
    'the reasoning begins past the end': patch(5, 4, text(3, 'x', 1, 'y')),
    'the entry is unknown': patch(5, 4, {
      type: 'text',
      entryId: 'r-other',
      contentOffset: 0,
      content: '',
      reasoningOffset: 0,
      reasoning: '',
      costText: '',
    }),
    'a later change of the patch does not fit': patch(5, 4, { type: 'live', live: live() }, text(9, 'x')),
  };
  for (const [name, message] of Object.entries(gaps)) {
    it(`requests a snapshot and changes nothing when ${name}`, () => {
      const before = reduceAll([start]).replica;
      assert.deepEqual(reduce(before, message), { replica: { ...before, missed: 1 }, resync: true });
    });
  }

  it('requests a snapshot when a patch comes first', () => {
    assert.deepEqual(reduce(emptyReplica, patch(1, 1)), { replica: { ...emptyReplica, missed: 1 }, resync: true });
  });

  it('requests again when the snapshot does not arrive, but not for every patch', () => {
    const late = Array.from({ length: 61 }, (_, index) => patch(5, 5 + index, text(3, 'x')));
    assert.equal(reduceAll([start, ...late]).resyncs, 3);
    assert.equal(
      reduceAll([start, ...late.slice(0, 30), snapshot(6, 0), patch(6, 2)]).resyncs,
      2,
      'counted again after a snapshot',
    );
  });

  it('keeps text that arrives twice or overlaps', () => {
    const { replica } = reduceAll([start, patch(5, 4, text(0, 'abc'), text(1, 'bcd'), text(2, 'c'), text(4, ''))]);
    assert.equal(contentOf(replica), 'abcd');
  });

  it('appends entries, replaces by id and keeps the others', () => {
    const changed = streamingReply('done', { state: 'complete' });
    const { replica } = reduceAll([
      start,
      patch(5, 4, { type: 'entry', entry: changed }, { type: 'entry', entry: question('Next') }),
    ]);
    const entries = replica.view?.conversation.entries ?? [];
    assert.deepEqual(
      entries.map((entry) => entry.content),
      ['Q', 'done', 'Next'],
    );
    assert.equal(entries[0], view.conversation.entries[0]);
  });

  const { entries, ...kept } = view.conversation;
  const header = { ...kept, title: 'Renamed', tags: ['sse'] };
  const changes: readonly [PanelChange, (replica: Replica) => unknown, unknown][] = [
    [
      { type: 'header', header },
      (replica) => [replica.view?.conversation.title, replica.view?.conversation.entries],
      ['Renamed', entries],
    ],
    [{ type: 'live', live: live() }, (replica) => replica.view?.live, live()],
    [
      { type: 'budget', budget: { ...view.budget, level: 'warning' } },
      (replica) => replica.view?.budget.level,
      'warning',
    ],
    [
      { type: 'connection', connection: { ...view.connection, needsKey: true } },
      (replica) => replica.view?.connection.needsKey,
      true,
    ],
    [{ type: 'model', model: { ...view.model, id: 'm' } }, (replica) => replica.view?.model.id, 'm'],
    [
      { type: 'circuit', circuit: { state: 'open', failures: 5, threshold: 5, untilMs: 9 } },
      (replica) => replica.view?.circuit.state,
      'open',
    ],
    [{ type: 'attachments', attachments: [selection] }, (replica) => replica.view?.attachments, [selection]],
    [{ type: 'banner', banner: notice() }, (replica) => replica.view?.banner, notice()],
  ];
  for (const [change, read, wanted] of changes) {
    it(`applies a change of ${change.type} once, even if it arrives twice`, () => {
      assert.deepEqual(read(reduceAll([start, patch(5, 4, change)]).replica), wanted);
      assert.deepEqual(read(reduceAll([start, patch(5, 4, change, change)]).replica), wanted);
    });
  }
});
