import type { Failure, TIME_LIMITS } from '../../domain/failure';
import type { Clock } from '../../domain/ports/system';

/**
 * Time limits of a reply, in milliseconds on the monotonic clock. Connecting has the transport's own limit (10 s in
 * Node's fetch); with fetch it can't be distinguished from waiting for a response.
 */
export interface StreamTimeouts {
  /** From sending to the first byte of the body. A server may need to load the model first. */
  readonly firstByteMs: number;
  /** Between two bytes, including comments. */
  readonly idleMs: number;
  /** Between two pieces of content. A server that only sends comments has stalled. */
  readonly noContentMs: number;
  readonly totalMs: number;
  /** From the end of text and usage to the end marker. Some servers keep the connection open. */
  readonly trailerMs: number;
  /** For requests that are not streamed, from sending to the last byte. */
  readonly requestMs: number;
}

export const DEFAULT_TIMEOUTS: StreamTimeouts = {
  firstByteMs: 120_000,
  idleMs: 60_000,
  noContentMs: 180_000,
  totalMs: 30 * 60_000,
  trailerMs: 2_000,
  requestMs: 30_000,
};

/** Watches one reply and reports once that a limit was exceeded. */
export class Watchdog {
  /** Set when a limit was exceeded. */
  expired: Failure | undefined;
  private readonly startedAtMs: number;
  private lastByteAtMs: number | undefined;
  private lastContentAtMs: number | undefined;
  private settledAtMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limits: StreamTimeouts,
    private readonly host: string,
    private readonly onExpired: () => void,
  ) {
    this.startedAtMs = clock.monotonicMs();
    this.check();
  }

  sawBytes(): void {
    const first = this.lastByteAtMs === undefined;
    this.lastByteAtMs = this.clock.monotonicMs();
    // This limit may be shorter than the one the timer was set for.
    if (first) this.check();
  }

  sawContent(): void {
    this.lastContentAtMs = this.clock.monotonicMs();
  }

  /** The reply is complete; only its end marker is missing. */
  settle(): void {
    if (this.settledAtMs !== undefined) return;
    this.settledAtMs = this.clock.monotonicMs();
    this.check();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** One timer for the nearest limit. Activity only postpones limits, so the timer is set again when it fires. */
  private check(): void {
    clearTimeout(this.timer);
    const nowMs = this.clock.monotonicMs();
    const next = this.deadlines().reduce((a, b) => (b.atMs < a.atMs ? b : a));
    if (next.atMs <= nowMs) {
      this.expired = { ...next.failure, host: this.host };
      this.onExpired();
    } else {
      this.timer = setTimeout(() => this.check(), Math.ceil(next.atMs - nowMs));
    }
  }

  private deadlines(): readonly [Deadline, ...Deadline[]] {
    const { limits, startedAtMs, lastByteAtMs, lastContentAtMs, settledAtMs } = this;
    const silence = lastContentAtMs === undefined ? 'TIMEOUT' : 'STALLED';
    const total = deadline(startedAtMs, 'STALLED', 'replyTooLong', limits.totalMs);
    if (lastByteAtMs === undefined) return [total, deadline(startedAtMs, 'TIMEOUT', 'noFirstByte', limits.firstByteMs)];
    // The reply is complete.
    if (settledAtMs !== undefined) return [total, deadline(settledAtMs, silence, 'noEndMark', limits.trailerMs)];
    return [
      total,
      deadline(lastByteAtMs, silence, 'silence', limits.idleMs),
      deadline(lastContentAtMs ?? startedAtMs, silence, 'noText', limits.noContentMs),
    ];
  }
}

interface Deadline {
  readonly atMs: number;
  readonly failure: Failure;
}

const deadline = (
  sinceMs: number,
  code: 'TIMEOUT' | 'STALLED',
  kind: (typeof TIME_LIMITS)[number],
  limitMs: number,
): Deadline => ({ atMs: sinceMs + limitMs, failure: { code, detail: '', reason: { kind, limitMs } } });
