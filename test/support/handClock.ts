import type { Clock } from '../../src/domain/ports/system';

/** A clock that the test moves. Both times start at different values, so that a mix-up shows. */
export class HandClock implements Clock {
  private passedMs = 0;

  constructor(private readonly startMs = Date.UTC(2026, 9, 1)) {}

  nowMs(): number {
    return this.startMs + this.passedMs;
  }

  monotonicMs(): number {
    return 5_000 + this.passedMs;
  }

  pass(ms: number): void {
    this.passedMs += ms;
  }
}
