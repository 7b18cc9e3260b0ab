/** Measured with the way to another thread and back, which is most of it on a quick disk. */
const QUICK_FLUSH_MS = 1;
const QUICK_FLUSHES = 3;
/** After a longer pause a disk may have gone to sleep. */
const KNOWN_FOR_MS = 5_000;

/**
 * Whether a disk flushes faster than the flush can be handed to another thread and back: then doing it at once halves
 * a commit. One slow flush, or a pause, and the disk has to prove itself anew before the caller's thread waits for it
 * again. All times are monotonic milliseconds.
 */
export class FlushPace {
  private quickInARow = 0;
  private lastMs = -Infinity;

  isQuick(nowMs: number): boolean {
    return this.quickInARow >= QUICK_FLUSHES && nowMs - this.lastMs < KNOWN_FOR_MS;
  }

  took(startMs: number, endMs: number): void {
    const isKnown = startMs - this.lastMs < KNOWN_FOR_MS;
    this.quickInARow = endMs - startMs > QUICK_FLUSH_MS ? 0 : (isKnown ? this.quickInARow : 0) + 1;
    this.lastMs = endMs;
  }
}
