import assert from 'node:assert/strict';
import type { Conversation, Cost, Message } from '../../../src/domain/conversation';
import { applyEvent, surerCost } from '../../../src/domain/conversationMutator';
import { messageId } from '../../../src/domain/ids';
import { nanoUsd } from '../../../src/domain/money';
import type { CostSource, TokenUsage } from '../../../src/domain/price';
import type { ConversationEvent } from '../../../src/domain/storeEvent';
import { billed, created, ended, shell } from '../infrastructure/store/storeEvents';

const cost = (source: CostSource, amount: number | null): Cost => ({
  source,
  costNanoUsd: amount === null ? null : nanoUsd(amount),
});
const usage = (completionTokens: number): TokenUsage => ({
  promptTokens: 1,
  completionTokens,
  reasoningTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
});

const end = (said: Cost, used: TokenUsage | null = null, provider: string | null = null): ConversationEvent =>
  ended('c', 'm', { cost: said, usage: used, provider, atMs: 4000 });
const bill = (said: Cost, used: TokenUsage | null = null, provider: string | null = null): ConversationEvent =>
  billed('c', 'm', { cost: said, usage: used, provider, atMs: 9000 });

function replay(...events: readonly ConversationEvent[]): {
  readonly conversation: Conversation;
  readonly message: Message;
} {
  const conversation = [created('c'), shell('c', 'm'), ...events].reduce<Conversation | undefined>(
    applyEvent,
    undefined,
  );
  const message = conversation?.messages.get(messageId('m'));
  assert.ok(conversation && message);
  return { conversation, message };
}

describe('the bill of a reply', () => {
  const known: readonly (readonly [string, Cost, Cost, Cost])[] = [
    ['a report before an estimate', cost('estimated', 9), cost('reported', 2), cost('reported', 2)],
    ['a report of nothing before an estimate', cost('estimated', 9), cost('reported', 0), cost('reported', 0)],
    ['an estimate before none', cost('pending', null), cost('estimated', 3), cost('estimated', 3)],
    ['none to come before one to come', cost('pending', null), cost('unknown', null), cost('unknown', null)],
    ['the larger of two reports', cost('reported', 5), cost('reported', 6), cost('reported', 6)],
    ['the larger of two estimates', cost('estimated', 6), cost('estimated', 5), cost('estimated', 6)],
    ['an amount before none', cost('reported', null), cost('reported', 0), cost('reported', 0)],
  ];
  for (const [what, a, b, expected] of known) {
    it(`takes ${what}, whichever comes first`, () => {
      assert.deepEqual([surerCost(a, b), surerCost(b, a)], [expected, expected]);
      for (const events of [
        [end(a), bill(b)],
        [end(b), bill(a)],
        [bill(a), end(b)],
        [bill(b), end(a)],
        [bill(a), bill(b), end(cost('pending', null))],
      ]) {
        const { message, conversation } = replay(...events);
        assert.deepEqual(message.cost, expected);
        assert.equal(conversation.costNanoUsd, expected.costNanoUsd ?? 0);
      }
    });
  }

  it('keeps what it does not name, and changes nothing else', () => {
    const before = replay(end(cost('pending', null), usage(7), 'First'));
    const { message, conversation } = replay(end(cost('pending', null), usage(7), 'First'), bill(cost('reported', 5)));
    assert.deepEqual({ ...message, cost: null }, { ...before.message, cost: null });
    assert.deepEqual([conversation.updatedAtMs, conversation.totalTokens], [4000, 8]);
  });

  it('takes the last usage and provider that are named', () => {
    const { message, conversation } = replay(
      end(cost('reported', 5), usage(7), 'First'),
      bill(cost('reported', 5), usage(8), 'Second'),
      end(cost('reported', 5)),
    );
    assert.deepEqual([message.usage, message.provider, conversation.totalTokens], [usage(8), 'Second', 9]);
  });

  it('applies to a reply without an end', () => {
    const { message, conversation } = replay(bill(cost('reported', 5), usage(8)));
    assert.deepEqual(
      [message.state, message.cost, conversation.costNanoUsd, conversation.updatedAtMs],
      ['streaming', cost('reported', 5), 5, 2000],
    );
  });
});
