import type { Conversation } from './conversation';
import type { Emitter } from './emitter';
import type { Failure } from './failure';
import type { ConversationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';
import type { ConversationEvent } from './storeEvent';
import type { StoreWarning } from './storeTrouble';

/** `waiting`: the last request failed without a charge, and the next one is sent after a wait. */
export type TurnPhase = 'waiting' | 'connecting' | 'thinking' | 'streaming';

/** Progress of a running reply. Durations are monotonic milliseconds. */
export interface TurnProgress {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly phase: TurnPhase;
  /** Since the turn's first request was sent, including waits. */
  readonly elapsedMs: number;
  /** Model of the current request, or of the next one while waiting. */
  readonly model: ModelId;
  /** Why the last request failed; null for the first request. */
  readonly retryOf: { readonly failure: Failure; readonly model: ModelId; readonly attempt: number } | null;
  /** Until the next request is sent; null unless `waiting`. */
  readonly waitMs: number | null;
  readonly tokensPerSecond: number;
  /** Tokens per second in each of the last seconds, oldest first. */
  readonly velocity: readonly number[];
  /** Running estimate; null without a price, and while nothing runs. */
  readonly estimateNanoUsd: NanoUsd | null;
}

/** Events of the use cases, for panels, the status bar and the public API. */
export type CoreEvent =
  | { readonly type: 'conversationChanged'; readonly conversation: Conversation; readonly change: ConversationEvent }
  /** Read again from the store, because another window changed it. `conversation` is undefined if it was deleted. */
  | {
      readonly type: 'conversationReloaded';
      readonly conversationId: ConversationId;
      readonly conversation: Conversation | undefined;
    }
  /** The list of conversations changed, in this window or another one. */
  | { readonly type: 'historyChanged' }
  | { readonly type: 'turnProgressed'; readonly progress: TurnProgress }
  | { readonly type: 'turnEnded'; readonly conversationId: ConversationId; readonly replyId: MessageId }
  /** A model's circuit changed its state. */
  | { readonly type: 'circuitChanged' }
  | { readonly type: 'spendChanged' }
  /** A bill was higher than the request's worst case, which no limit accounts for. */
  | {
      readonly type: 'overran';
      readonly model: ModelId;
      readonly billedNanoUsd: NanoUsd;
      readonly worstCaseNanoUsd: NanoUsd;
    }
  /** Problems of the store. Empty: everything is stored. */
  | { readonly type: 'storeTrouble'; readonly warnings: readonly StoreWarning[] }
  | { readonly type: 'modelsChanged' }
  | { readonly type: 'settingsChanged' };

export type EventBus = Emitter<CoreEvent>;
