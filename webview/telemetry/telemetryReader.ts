import type { Answer } from '../../src/protocol/messages';
import type { TelemetryView } from '../../src/protocol/views';

export type TelemetryScope = 'model' | 'all';

export type TelemetryReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly title: string }
  | { readonly kind: 'read'; readonly telemetry: TelemetryView };

/** Replies that end one after the other ask for one reading in this time. */
const AT_MOST_EVERY_MS = 10_000;

/** Asks the host how replies went, now or as soon as it may. */
export class TelemetryReader {
  #reading: TelemetryReading = { kind: 'none' };
  /** The answer to the last question is the one that counts. */
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

  /** At once: somebody looks at something else now. */
  read(scope: TelemetryScope): void {
    void this.#read(scope);
  }

  /** Something happened that a reading would show. */
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
