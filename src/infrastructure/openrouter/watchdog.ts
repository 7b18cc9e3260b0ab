import type { Failure } from '../../domain/failure';
import type { Clock } from '../../domain/ports/system';

/**
 * How long a reply may keep silent, in milliseconds on the monotonic clock. Making the connection has the
 * transport's own limit (10 s in Node's fetch); through fetch it cannot be told from waiting for an answer.
 */
export interface StreamTimeouts {
  /** From sending to the first byte of the answer's body. A server may load a model first. */
  readonly firstByteMs: number;
  /** Between two bytes; comments count as life. */
  readonly idleMs: number;
  /** Between two pieces of content: a server that only sends comments has stalled. */
  readonly noContentMs: number;
  readonly totalMs: number;
  /** After the end of the text and its price, for the end mark: some servers keep the connection open. */
  readonly trailerMs: number;
  /** For a request that is not a stream, from sending to its last byte. */
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

/** Watches one reply and says once that it has kept silent for too long. */
export class Watchdog {
  /** Why the reply was given up; undefined while it was not. */
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
    // From here on a shorter limit holds than the one the timer was set for.
    if (first) this.check();
  }

  sawContent(): void {
    this.lastContentAtMs = this.clock.monotonicMs();
  }

  /** The reply is over; only its trailer is waited for. */
  settle(): void {
    if (this.settledAtMs !== undefined) return;
    this.settledAtMs = this.clock.monotonicMs();
    this.check();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** One timer for the nearest limit. Signs of life only move limits away, so it is set anew when it fires. */
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
    const total = deadline(
      startedAtMs + limits.totalMs,
      'STALLED',
      `the reply took longer than ${seconds(limits.totalMs)}`,
    );
    if (lastByteAtMs === undefined)
      return [
        total,
        deadline(startedAtMs + limits.firstByteMs, 'TIMEOUT', `no answer within ${seconds(limits.firstByteMs)}`),
      ];
    // Whatever else still comes: the reply is over.
    if (settledAtMs !== undefined)
      return [
        total,
        deadline(settledAtMs + limits.trailerMs, silence, `no end mark came within ${seconds(limits.trailerMs)}`),
      ];
    return [
      total,
      deadline(lastByteAtMs + limits.idleMs, silence, `nothing came for ${seconds(limits.idleMs)}`),
      deadline(
        (lastContentAtMs ?? startedAtMs) + limits.noContentMs,
        silence,
        `no text came for ${seconds(limits.noContentMs)}`,
      ),
    ];
  }
}

interface Deadline {
  readonly atMs: number;
  readonly failure: Failure;
}

const deadline = (atMs: number, code: 'TIMEOUT' | 'STALLED', detail: string): Deadline => ({
  atMs,
  failure: { code, detail },
});

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
