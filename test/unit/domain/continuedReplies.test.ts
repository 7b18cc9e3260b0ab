import assert from 'node:assert/strict';
import {
  type Conversation,
  type Message,
  canContinue,
  continuedCost,
  continuedReplies,
} from '../../../src/domain/conversation';
import { applyEvent } from '../../../src/domain/conversationMutator';
import { messageId } from '../../../src/domain/ids';
import { nanoUsd } from '../../../src/domain/money';
import type { CostSource } from '../../../src/domain/price';
import type { ConversationEvent } from '../../../src/domain/storeEvent';
import { added, appended, created, ended, shell } from '../infrastructure/store/storeEvents';

const replay = (...events: readonly ConversationEvent[]): Conversation =>
  [created('c'), ...events].reduce<Conversation | undefined>(applyEvent, undefined) ?? assert.fail();
const message = (conversation: Conversation, id: string): Message =>
  conversation.messages.get(messageId(id)) ?? assert.fail(`no ${id}`);

describe('a reply', () => {
  const shellAndText = [shell('c', 'm'), appended('c', 'm', 0, 'hel')] as const;
  const end = (over: Parameters<typeof ended>[2]): ConversationEvent => ended('c', 'm', over);
  const cases: readonly (readonly [string, readonly ConversationEvent[], boolean])[] = [
    ['that streams', shellAndText, false],
    ['that is complete', [...shellAndText, end({ finishReason: 'stop' })], false],
    ['that is complete without a reason', [...shellAndText, end({ finishReason: null })], false],
    ['that called a tool', [...shellAndText, end({ finishReason: 'tool_calls' })], false],
    ['at its length limit', [...shellAndText, end({ finishReason: 'length' })], true],
    ['that was cut', [...shellAndText, end({ state: 'interrupted', finishReason: null })], true],
    ['that was stopped', [...shellAndText, end({ state: 'cancelled', finishReason: null })], true],
    ['that failed half way', [...shellAndText, end({ state: 'failed', finishReason: null })], true],
    ['that was cut before any text', [shell('c', 'm'), end({ state: 'interrupted' })], false],
    ['of white space', [shell('c', 'm'), appended('c', 'm', 0, ' \n'), end({ finishReason: 'length' })], false],
    [
      'that only thought',
      [shell('c', 'm'), appended('c', 'm', 0, '', { reasoning: 'Hm.' }), end({ state: 'cancelled' })],
      false,
    ],
    ['that is a question', [added('c', 'm')], false],
    ['that is a question of an odd import', [added('c', 'm', { state: 'interrupted' })], false],
  ];
  for (const [what, events, expected] of cases) {
    it(`${what} ${expected ? 'can' : 'cannot'} be continued`, () =>
      assert.equal(canContinue(message(replay(...events), 'm')), expected));
  }

  it('stays a continued one when it ends', () => {
    const conversation = replay({ ...shell('c', 'm'), continues: messageId('before') }, end({}));
    assert.equal(message(conversation, 'm').continues, 'before');
  });
});

type Known = readonly [CostSource, number | null];

describe('the cost of the replies that a reply continues', () => {
  /** `r1`, which `r2` continues, which `r3` continues, and so on. */
  const chain = (...costs: readonly Known[]): Conversation =>
    replay(
      ...costs.flatMap(([source, amount], i) => [
        { ...shell('c', `r${i + 1}`), continues: i === 0 ? null : messageId(`r${i}`) },
        ended('c', `r${i + 1}`, { cost: { source, costNanoUsd: amount === null ? null : nanoUsd(amount) } }),
      ]),
    );
  const own: Known = ['reported', 1_000_000];
  const cases: readonly (readonly [string, readonly Known[], Known | undefined])[] = [
    ['nothing that it continues', [own], undefined],
    ['one', [['reported', 5], own], ['reported', 5]],
    ['one that cost nothing', [['reported', 0], own], ['reported', 0]],
    ['all of them', [['reported', 5], ['reported', 7], ['reported', 11], own], ['reported', 23]],
    ['an estimate among them', [['reported', 5], ['estimated', 7], own], ['estimated', 12]],
    ['a bill to come', [['pending', null], own], ['pending', null]],
    ['a bill to come among others', [['reported', 5], ['pending', null], ['estimated', 7], own], ['pending', null]],
    ['an unknown one', [['unknown', null], ['pending', null], ['reported', 5], own], ['unknown', null]],
  ];
  for (const [what, costs, expected] of cases) {
    it(`counts ${what}`, () => {
      const conversation = chain(...costs);
      const cost = continuedCost(conversation, message(conversation, `r${costs.length}`));
      assert.deepEqual(cost && [cost.source, cost.costNanoUsd], expected);
    });
  }

  it('is unknown if one of them is missing', () => {
    const gone = replay({ ...shell('c', 'r2'), continues: messageId('r1') }, ended('c', 'r2'), {
      ...shell('c', 'r3'),
      continues: messageId('r2'),
    });
    assert.deepEqual(
      continuedReplies(gone, message(gone, 'r3')).map((m) => m.id),
      ['r2'],
    );
    assert.deepEqual(continuedCost(gone, message(gone, 'r3')), { costNanoUsd: null, source: 'unknown' });
    assert.deepEqual(continuedCost(gone, message(gone, 'r2')), { costNanoUsd: null, source: 'unknown' });
  });

  it('is unknown if damaged links form a cycle', () => {
    const ring = replay(
      { ...shell('c', 'r1'), continues: messageId('r2') },
      ended('c', 'r1'),
      { ...shell('c', 'r2'), continues: messageId('r1') },
      ended('c', 'r2'),
    );
    assert.deepEqual(
      continuedReplies(ring, message(ring, 'r1')).map((m) => m.id),
      ['r2'],
    );
    assert.deepEqual(continuedCost(ring, message(ring, 'r1')), { costNanoUsd: null, source: 'unknown' });
    const beside = applyEvent(ring, { ...shell('c', 'r3'), continues: messageId('r2') }) ?? assert.fail();
    assert.deepEqual(
      continuedReplies(beside, message(beside, 'r3')).map((m) => m.id),
      ['r2', 'r1'],
    );
  });
});
