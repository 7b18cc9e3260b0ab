import { RefusedError } from '../../domain/failure';
import type { Clock, Logger, Timers } from '../../domain/ports/system';
import type { FailedOutcome } from '../../domain/retry';
import type { Attempt, AttemptSeries, Attempts, NextAttempt, Turn } from './attempts';
import type { Conversations } from '../conversations/conversations';
import { type SpendLedger, releaseOf } from '../spend/ledger';
import type { TurnMeter } from './meter';

export interface TurnRetryOptions {
  readonly conversations: Conversations;
  readonly ledger: SpendLedger;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
}

/** What follows a request that failed without a charge. */
export type NextRequest =
  /** Another request is admitted; the wait is over. */
  | { readonly kind: 'request'; readonly attempt: Attempt }
  /** No further request. `isReleased`: the failed one's reservation is already released. */
  | { readonly kind: 'failed'; readonly isReleased: boolean }
  /** The user stopped the reply during the wait. */
  | { readonly kind: 'stopped' };

/** What the requests of one reply have in common. */
export interface TurnRequests {
  readonly meter: TurnMeter;
  readonly series: AttemptSeries;
  /** Number of the failed request, 1-based. */
  readonly request: number;
  /** Reports progress. */
  readonly report: () => void;
}

/**
 * Gets from a failed request to the next one of the same reply. If the budget, the circuit or the store refuses it, the
 * reply ends with the failure of its last request. A retry by the user then shows the refusal.
 */
export class TurnRetry {
  constructor(private readonly options: TurnRetryOptions) {}

  /** Never throws. */
  async follow(turn: Turn, failed: FailedOutcome, requests: TurnRequests): Promise<NextRequest> {
    let isReleased = false;
    try {
      const next = await requests.series.next(turn.plan, failed);
      if (!next) return { kind: 'failed', isReleased };
      await this.recordFailed(turn, failed, requests);
      isReleased = true;
      await this.options.ledger.ended(turn.reservationId);
      requests.meter.waits(
        { failure: failed.failure, model: turn.plan.request.model, attempt: requests.request },
        next.model,
        next.waitMs,
      );
      requests.report();
      const attempt = await this.waitAndAdmit(turn, next);
      if (attempt) return { kind: 'request', attempt };
      return turn.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', isReleased };
    } catch (error) {
      if (isReleased && turn.signal.aborted) return { kind: 'stopped' };
      const reason = error instanceof RefusedError ? error.refusal.code : String(error);
      this.options.log.warn(`no other request follows ${failed.failure.code}: ${reason}`);
      return { kind: 'failed', isReleased };
    }
  }

  /** Durable before anything else is reserved, so that at no time two requests of a reply can be charged. @throws StoreWriteError */
  private async recordFailed(
    turn: Turn,
    { failure }: FailedOutcome,
    { meter, request: attempt }: TurnRequests,
  ): Promise<void> {
    const { conversations, clock } = this.options;
    const atMs = clock.nowMs();
    const about = { conversationId: turn.conversationId, messageId: turn.replyId };
    await conversations.record([
      releaseOf(turn.reservationId, atMs),
      {
        type: 'attempt.failed',
        ...about,
        attempt,
        model: turn.plan.request.model,
        failure,
        elapsedMs: meter.requestMs ?? 0,
        atMs,
      },
    ]);
  }

  /** Stop ends the wait at once. @returns undefined where no request may follow any more. @throws RefusedError */
  private async waitAndAdmit(
    { conversationId, replyId, signal }: Turn,
    next: NextAttempt,
  ): Promise<Attempt | undefined> {
    const stopped = untilAborted(signal);
    if (next.waitMs > 0) await Promise.race([stopped, this.pause(next.waitMs, signal)]);
    const plan = signal.aborted ? undefined : await Promise.race([stopped, next.plan()]);
    // From here on Stop is looked at again before the request goes out: what is reserved by then must be taken back.
    return plan && !signal.aborted ? this.options.attempts.admit(conversationId, replyId, plan) : undefined;
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.timers.after(ms, resolve);
      signal.addEventListener('abort', () => timer.dispose(), { once: true });
    });
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
