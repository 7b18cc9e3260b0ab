import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Whole seconds until a moment of the wall clock, drawn anew by its component at each of them. For display only. */
export class Countdown implements ReactiveController {
  #untilMs: number | null = null;
  /** It was still to come when it was named: only then its end is news. */
  #wasAhead = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Epoch milliseconds; null: nothing is waited for. To be called before each drawing. */
  set(untilMs: number | null): void {
    if (untilMs === this.#untilMs) return;
    this.#untilMs = untilMs;
    this.#wasAhead = this.#leftMs() > 0;
    this.#tick();
  }

  /** Seconds left, rounded up; 0 when a wait that was seen is over; null without one. */
  get seconds(): number | null {
    return this.#wasAhead ? Math.max(0, Math.ceil(this.#leftMs() / 1000)) : null;
  }

  hostConnected(): void {
    this.#tick();
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    clearTimeout(this.#timer);
    const leftMs = this.#leftMs();
    if (leftMs <= 0) return;
    this.#timer = setTimeout(
      () => {
        this.host.requestUpdate();
        this.#tick();
      },
      leftMs % 1000 || 1000,
    );
  }

  #leftMs(): number {
    return this.#untilMs === null ? 0 : this.#untilMs - Date.now();
  }
}
