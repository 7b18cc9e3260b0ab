import type { ConversationId, MessageId } from '../../domain/ids';
import type { Attempt } from './attempts';

/** One reply and the request that is made for it now. */
export interface Turn extends Attempt {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly signal: AbortSignal;
}
