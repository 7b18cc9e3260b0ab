import type { Conversation } from './conversation';
import type { Emitter } from './emitter';
import type { Failure } from './failure';
import type { ConversationId, MessageId, ModelId } from './ids';
import type { NanoUsd } from './money';
import type { ConversationEvent } from './storeEvent';
import type { StoreWarning } from './storeTrouble';

/** `waiting`: the request before failed without a charge, and the next one goes out when the wait is over. */
export type TurnPhase = 'waiting' | 'connecting' | 'thinking' | 'streaming';

/** How a running reply is getting on. Durations are monotonic milliseconds. */
export interface TurnProgress {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly phase: TurnPhase;
  /** Since the turn's first request went out, waits included. */
  readonly elapsedMs: number;
  /** Who is asked now, or next. */
  readonly model: ModelId;
  /** What made the request before fail; null in a first request. */
  readonly retryOf: { readonly failure: Failure; readonly model: ModelId; readonly attempt: number } | null;
  /** Until the next request goes out; null unless `waiting`. */
  readonly waitMs: number | null;
  readonly tokensPerSecond: number;
  /** Tokens per second in each of the last seconds, oldest first. */
  readonly velocity: readonly number[];
  /** Running estimate; null without a price, and while nothing runs. */
  readonly estimateNanoUsd: NanoUsd | null;
}

/** What the use cases tell whoever listens: panels, the status bar, the public API. */
export type CoreEvent =
  | { readonly type: 'conversationChanged'; readonly conversation: Conversation; readonly change: ConversationEvent }
  /** Another window wrote in it, or it was read anew: `conversation` is the new whole. Undefined: it is gone. */
  | {
      readonly type: 'conversationReloaded';
      readonly conversationId: ConversationId;
      readonly conversation: Conversation | undefined;
    }
  /** The list of conversations is not what it was: something was made, named, filed or deleted, here or elsewhere. */
  | { readonly type: 'historyChanged' }
  | { readonly type: 'turnProgressed'; readonly progress: TurnProgress }
  | { readonly type: 'turnEnded'; readonly conversationId: ConversationId; readonly replyId: MessageId }
  /** The circuit of some model opened, is probed, or closed again. */
  | { readonly type: 'circuitChanged' }
  | { readonly type: 'spendChanged' }
  /** A bill was higher than the most it should have cost: a promise that the program could not keep. */
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
