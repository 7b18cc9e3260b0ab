import type { Attachment } from '../../domain/conversation';
import { type ConversationId, type MessageId, type ModelId, messageId } from '../../domain/ids';
import type { Clock, IdSource } from '../../domain/ports/system';
import type { StoreEvent } from '../../domain/storeEvent';
import type { Attempts } from './attempts';
import type { Conversations } from '../conversations/conversations';
import type { SpendLedger } from '../spend/ledger';
import { storedOrRefused } from '../conversations/writeQueue';
import type { Plan } from './planner';
import type { TurnRunner } from './runner';

export interface TurnStart {
  readonly conversationId: ConversationId;
  readonly plan: Plan;
  readonly questionId: MessageId;
  /** Stored in one record with the empty reply. */
  readonly before: readonly StoreEvent[];
}

export interface StartedTurn {
  readonly replyId: MessageId;
  /** Runs the reply until it is stored. To be called once; never rejects. */
  readonly run: () => Promise<void>;
}

export interface TurnStarterOptions {
  readonly conversations: Conversations;
  readonly attempts: Attempts;
  readonly ledger: SpendLedger;
  readonly runner: TurnRunner;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** Turns a plan into a reply that is admitted, stored and ready to run. */
export class TurnStarter {
  constructor(private readonly options: TurnStarterOptions) {}

  /**
   * Reserves, then stores the question and the empty reply, with the text that it continues, as one record.
   * @throws RefusedError: nothing is stored or sent.
   */
  async begin({ conversationId, plan, questionId, before }: TurnStart, signal: AbortSignal): Promise<StartedTurn> {
    const { conversations, attempts, ledger, runner, ids, clock } = this.options;
    const replyId = messageId(ids.next());
    const attempt = await attempts.admit(conversationId, replyId, plan);
    const { omittedMessages } = plan;
    const { continues } = plan.input;
    const atMs = clock.nowMs();
    const shell = addedMessage(conversationId, replyId, {
      parentId: questionId,
      role: 'assistant',
      model: plan.request.model,
      omittedMessages,
      ...(continues ? { continues: continues.id } : {}),
      atMs,
    });
    const textSoFar: readonly StoreEvent[] = continues
      ? [
          {
            type: 'reply.appended',
            conversationId,
            messageId: replyId,
            contentOffset: 0,
            content: continues.content,
            reasoningOffset: 0,
            reasoning: continues.reasoning,
            atMs,
          },
        ]
      : [];
    try {
      await storedOrRefused(() => conversations.record([...before, shell, ...textSoFar]));
    } catch (error) {
      attempt.permit.over('nothing');
      // If the release fails, the reservation stays pending; the refusal says why nothing was sent.
      await ledger.release(attempt.reservationId).catch(() => undefined);
      throw error;
    }
    return { replyId, run: () => runner.run({ conversationId, replyId, ...attempt, signal }) };
  }
}

export interface NewMessage {
  readonly parentId: MessageId | null;
  readonly role: 'user' | 'assistant';
  readonly text?: string;
  readonly attachments?: readonly Attachment[];
  readonly model?: ModelId;
  readonly omittedMessages?: number;
  readonly continues?: MessageId;
  readonly atMs: number;
}

/** A complete question, or an empty reply. */
export function addedMessage(
  id: ConversationId,
  message: MessageId,
  { parentId, role, text = '', attachments = [], model, omittedMessages = 0, continues, atMs }: NewMessage,
): StoreEvent {
  return {
    type: 'message.added',
    conversationId: id,
    messageId: message,
    parentId,
    role,
    content: text,
    attachments,
    state: role === 'user' ? 'complete' : 'streaming',
    model: model ?? null,
    truncatedMessages: omittedMessages,
    continues: continues ?? null,
    atMs,
  };
}
