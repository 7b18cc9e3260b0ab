import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type Conversation, type Message, activeBranch } from '../../../src/domain/conversation';
import { type Refusal, RefusedError } from '../../../src/domain/failure';
import { type ConversationId, type MessageId, conversationId } from '../../../src/domain/ids';
import { type TestCore, type TestCoreOptions, testCore } from '../../support/testCore';

/** Products that are ended and removed together. */
export class TestCores {
  private readonly open: TestCore[] = [];

  make(options?: TestCoreOptions): TestCore {
    const made = testCore(options);
    this.open.push(made);
    return made;
  }

  async endAll(): Promise<void> {
    for (const made of this.open.splice(0)) {
      await made.dispose();
      rmSync(made.directory, { recursive: true, force: true });
    }
  }
}

export const NOWHERE = conversationId('nowhere');

export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await promise.then(
    () => assert.fail('was not refused'),
    (e: unknown) => e,
  );
  assert.ok(error instanceof RefusedError, String(error));
  return error.refusal;
}

/** Sends and waits for the end of the reply. */
export async function asked(
  p: TestCore,
  text: string,
  id: ConversationId | null = null,
): Promise<{ id: ConversationId; question: MessageId; reply: MessageId }> {
  const turn = await p.orchestrator.send({ conversationId: id, text, attachments: [] });
  await turn.done;
  const question = (await found(p, turn.conversationId)).messages.get(turn.replyId)?.parentId;
  return { id: turn.conversationId, question: question ?? assert.fail('no question'), reply: turn.replyId };
}

export const found = async (p: TestCore, id: ConversationId): Promise<Conversation> =>
  (await p.conversations.get(id)) ?? assert.fail(`no ${id}`);

export const branchOf = async (p: TestCore, id: ConversationId): Promise<readonly Message[]> =>
  activeBranch(await found(p, id));

export const texts = async (p: TestCore, id: ConversationId): Promise<readonly string[]> =>
  (await branchOf(p, id)).map((m) => m.content);

/** Waits for what another window or a running reply is about to do. */
export async function eventually(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await check())) {
    if (performance.now() > deadlineMs) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
