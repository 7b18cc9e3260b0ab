import type { Answer } from '../../src/protocol/messages';
import type { TelemetryView } from '../../src/protocol/views';

export type TelemetryScope = 'model' | 'all';

export type TelemetryReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly title: string }
  | { readonly kind: 'read'; readonly telemetry: TelemetryView };

/** Shortest time between two automatic requests. */
const AT_MOST_EVERY_MS = 10_000;

/** Requests reply statistics from the host, at once or rate limited. */
export class TelemetryReader {
  #reading: TelemetryReading = { kind: 'none' };
  /** Number of the last request. Answers to earlier ones are ignored. */
  #asked = 0;
  #askedAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: (scope: TelemetryScope) => Promise<Answer>,
    private readonly onChange: () => void,
  ) {}

  get reading(): TelemetryReading {
    return this.#reading;
  }

  /** Requests at once. */
  read(scope: TelemetryScope): void {
    void this.#read(scope);
  }

  /** Requests after a change, at most once per interval. */
  readSoon(scope: TelemetryScope): void {
    clearTimeout(this.#timer);
    const waitMs = this.#askedAtMs + AT_MOST_EVERY_MS - performance.now();
    if (this.#asked === 0 || waitMs <= 0) this.read(scope);
    else this.#timer = setTimeout(() => this.read(scope), waitMs);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  async #read(scope: TelemetryScope): Promise<void> {
    clearTimeout(this.#timer);
    const number = ++this.#asked;
    this.#askedAtMs = performance.now();
    const answer = await this.ask(scope);
    if (number !== this.#asked) return;
    if (answer.kind === 'telemetry') this.#reading = { kind: 'read', telemetry: answer.telemetry };
    else if (answer.kind === 'refused') this.#reading = { kind: 'refused', title: answer.notice.title };
    this.onChange();
  }
}
