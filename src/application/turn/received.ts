import type { Message, MessageState } from '../../domain/conversation';
import type { Failure } from '../../domain/failure';
import type { GenerationId, ModelId } from '../../domain/ids';
import type { Decimal } from '../../domain/money';
import type { StreamOutcome } from '../../domain/ports/provider';
import type { TokenUsage } from '../../domain/price';
import { ReplyJoin } from '../../domain/replyJoin';
import type { Turn } from './attempts';
import type { Billing, RequestStage } from './billing';

/** What one request has brought so far. */
export interface Received extends Billing {
  stage: RequestStage;
  /** Joins the text of a continued reply to what the first one said; null for a new reply. */
  readonly join: ReplyJoin | null;
  content: string;
  reasoning: string;
  /** Length of the text that is stored or queued to be stored. */
  storedContent: number;
  storedReasoning: number;
  model: ModelId | null;
  provider: string | null;
  generationId: GenerationId | null;
  finishReason: string | null;
  usage: TokenUsage | null;
  cost: Decimal | null;
  outcome: StreamOutcome;
}

/** @param continues the reply whose text is stored as the beginning of this one. */
export const emptyReply = (continues: Message | undefined): Received => ({
  join: continues ? new ReplyJoin(continues.content) : null,
  content: continues?.content ?? '',
  reasoning: continues?.reasoning ?? '',
  storedContent: continues?.content.length ?? 0,
  storedReasoning: continues?.reasoning.length ?? 0,
  model: null,
  provider: null,
  generationId: null,
  finishReason: null,
  usage: null,
  cost: null,
  stage: 'unsent',
  outcome: { kind: 'failed', sent: true, failure: { code: 'TRUNCATED', detail: '' } },
});

/** What an event adds to a reply that may begin with the text of the reply it continues. */
export function onward(
  { plan }: Pick<Turn, 'plan'>,
  { join, reasoning }: Received,
  { type, text }: { readonly type: 'text' | 'reasoning'; readonly text: string },
): string {
  if (join === null) return text;
  if (type === 'text') return join.take(text);
  // The model starts thinking again, in a new paragraph.
  return reasoning !== '' && reasoning === plan.input.continues?.reasoning ? `\n\n${text}` : text;
}

export const unstoredLength = (r: Received): number =>
  r.content.length - r.storedContent + r.reasoning.length - r.storedReasoning;

/** `interrupted` when there may be text to keep, otherwise `failed`. */
export function stateOf(outcome: StreamOutcome): Exclude<MessageState, 'streaming'> {
  if (outcome.kind === 'complete') return 'complete';
  if (outcome.kind === 'aborted') return 'cancelled';
  return INTERRUPTIONS.has(outcome.failure.code) ? 'interrupted' : 'failed';
}

const INTERRUPTIONS: ReadonlySet<Failure['code']> = new Set(['TRUNCATED', 'STALLED', 'BUDGET_EXCEEDED']);
