import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Counts down in whole seconds and rerenders its component each second. For display only. */
export class Countdown implements ReactiveController {
  #untilMs: number | null = null;
  /** The time was in the future when it was set. Only then is its end worth showing. */
  #wasAhead = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Epoch milliseconds; null stops the countdown. Call it before each render. */
  set(untilMs: number | null): void {
    if (untilMs === this.#untilMs) return;
    this.#untilMs = untilMs;
    this.#wasAhead = this.#leftMs() > 0;
    this.#tick();
  }

  /** Seconds left, rounded up; 0 once the countdown is over; null without one. */
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
