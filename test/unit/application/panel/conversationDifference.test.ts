import assert from 'node:assert/strict';
import { differenceOf } from '../../../../src/application/panel/conversationDifference';
import type { Conversation, Message } from '../../../../src/domain/conversation';
import { applyEvent } from '../../../../src/domain/conversationMutator';
import { conversationId, messageId, modelId } from '../../../../src/domain/ids';
import { nanoUsd } from '../../../../src/domain/money';
import type { ConversationEvent } from '../../../../src/domain/storeEvent';
import { usage } from '../../../support/scriptedProvider';

const id = conversationId('c');
const added = (message: string, parent: string | null, role: Message['role'] = 'user'): ConversationEvent => ({
  type: 'message.added',
  conversationId: id,
  messageId: messageId(message),
  parentId: parent === null ? null : messageId(parent),
  role,
  content: '',
  attachments: [],
  state: role === 'user' ? 'complete' : 'streaming',
  model: null,
  truncatedMessages: 0,
  continues: null,
  atMs: 1,
});
const appended = (content: string, contentOffset = 0): ConversationEvent => ({
  type: 'reply.appended',
  conversationId: id,
  messageId: messageId('r'),
  contentOffset,
  content,
  reasoningOffset: 0,
  reasoning: '',
  atMs: 2,
});
const ended = (cost: number | null): ConversationEvent => ({
  type: 'reply.ended',
  conversationId: id,
  messageId: messageId('r'),
  state: 'complete',
  failure: null,
  model: modelId('m'),
  provider: null,
  usage: usage(1, 2),
  cost: { costNanoUsd: cost === null ? null : nanoUsd(cost), source: cost === null ? 'pending' : 'reported' },
  timeToFirstTokenMs: 1,
  latencyMs: 2,
  finishReason: 'stop',
  generationId: null,
  atMs: 3,
});
const CREATED: ConversationEvent = {
  type: 'conversation.created',
  conversationId: id,
  runNumber: 1,
  title: 't',
  model: modelId('m'),
  systemPrompt: '',
  personaId: null,
  forkedFrom: null,
  atMs: 0,
};
/** Nothing of it is shared with another one of the same events: as if it was read anew. */
const conversationOf = (...events: readonly ConversationEvent[]): Conversation =>
  structuredClone(
    [CREATED, added('q', null), added('r', 'q', 'assistant'), ...events].reduce<Conversation | undefined>(
      applyEvent,
      undefined,
    ),
  ) ?? assert.fail();

describe('the difference of a conversation that was read anew', () => {
  const patches = (grown: readonly string[], changed: readonly string[]) => ({ kind: 'patches', grown, changed });
  const cases: readonly (readonly [string, readonly ConversationEvent[], readonly ConversationEvent[], unknown])[] = [
    ['nothing', [appended('Hel')], [appended('Hel')], patches([], [])],
    ['more text', [appended('Hel')], [appended('Hello')], patches(['r'], [])],
    ['other text', [appended('Hel')], [appended('Hal')], patches([], ['r'])],
    ['the end', [appended('Hel')], [appended('Hel'), ended(5)], patches([], ['r'])],
    ['the end with the last text', [appended('Hel')], [appended('Hello'), ended(5)], patches([], ['r'])],
    ['another cost', [ended(5)], [ended(6)], patches([], ['r'])],
    ['a cost that is known now', [ended(null)], [ended(6)], patches([], ['r'])],
    ['a next question', [ended(5)], [ended(5), added('q2', 'r')], patches([], ['q2'])],
    ['a sibling of the reply', [ended(5)], [ended(5), added('r2', 'q', 'assistant')], { kind: 'snapshot' }],
    [
      'a sibling on a branch that is not shown',
      [ended(5)],
      [
        ended(5),
        added('r2', 'q', 'assistant'),
        { type: 'branch.chosen', conversationId: id, leafId: messageId('r'), atMs: 4 },
      ],
      { kind: 'snapshot' },
    ],
    ['less', [ended(5), added('q2', 'r')], [ended(5)], { kind: 'snapshot' }],
  ];
  for (const [name, before, after, expected] of cases)
    it(`${name}`, () => assert.deepEqual(differenceOf(conversationOf(...before), conversationOf(...after)), expected));
});
