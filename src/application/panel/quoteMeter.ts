import type { Disposable } from '../../domain/emitter';
import type { Timers } from '../../domain/ports/system';
import type { SendInput } from '../turn/orchestrator';
import type { TurnQuote } from '../turn/quote';

/** What the panel would send now. */
export type QuoteInput = Required<Pick<SendInput, 'conversationId' | 'text' | 'attachments' | 'model'>>;

export interface QuoteMeterOptions {
  readonly quote: (input: QuoteInput) => Promise<TurnQuote>;
  /** Undefined while the panel is hidden; then nothing is computed. */
  readonly input: () => QuoteInput | undefined;
  /** A key of the budget figures that a quote depends on. */
  readonly budgetKey: () => string;
  readonly onChange: () => void;
  readonly timers: Timers;
}

/** Changes within this time of the first one share one quote, so that steady typing is quoted too. */
const GATHER_MS = 150;

/**
 * Keeps the quote of the draft up to date. One quote is computed at a time, and it is shown only while the panel still
 * has the conversation and model that it was computed for.
 */
export class QuoteMeter implements Disposable {
  private shown: { readonly quote: TurnQuote; readonly input: QuoteInput } | null = null;
  private waiting: Disposable | undefined;
  /** `again`: something changed since the running computation began. */
  private working: { again: boolean } | undefined;
  /** Key of the newest quote. */
  private budgetKey: string | undefined;
  private disposed = false;

  constructor(private readonly options: QuoteMeterOptions) {}

  /** Null while there is nothing to send or the quote is unknown. */
  get current(): TurnQuote | null {
    return this.shown?.quote ?? null;
  }

  /** Call when anything that a quote depends on may have changed. */
  changed(): void {
    const input = this.options.input();
    if (!input || isNothing(input) || (this.shown && !isSamePlace(this.shown.input, input))) this.show(null);
    if (!input || isNothing(input)) {
      this.waiting?.dispose();
      this.waiting = undefined;
    } else if (this.working) this.working.again = true;
    else this.waiting ??= this.options.timers.after(GATHER_MS, () => void this.work());
  }

  /** Call when spending changed. Running replies cause this many times a second, usually without affecting quotes. */
  budgetChanged(): void {
    const input = this.options.input();
    if (input && !isNothing(input) && this.options.budgetKey() !== this.budgetKey) this.changed();
  }

  dispose(): void {
    this.disposed = true;
    this.waiting?.dispose();
  }

  private async work(): Promise<void> {
    this.waiting = undefined;
    const input = this.options.input();
    if (!input || isNothing(input)) return;
    const working = { again: false };
    this.working = working;
    this.budgetKey = this.options.budgetKey();
    const quote = await this.quoteOf(input);
    this.working = undefined;
    if (this.disposed) return;
    const now = this.options.input();
    if (now && !isNothing(now) && isSamePlace(now, input)) this.show(quote && { quote, input });
    if (working.again) this.changed();
  }

  /** Null on errors; sending reports them. */
  private async quoteOf(input: QuoteInput): Promise<TurnQuote | null> {
    try {
      return await this.options.quote(input);
    } catch {
      return null;
    }
  }

  private show(shown: QuoteMeter['shown']): void {
    if (shown === null && this.shown === null) return;
    this.shown = shown;
    this.options.onChange();
  }
}

const isNothing = (input: QuoteInput): boolean => input.text.trim() === '' && input.attachments.length === 0;

const isSamePlace = (a: QuoteInput, b: QuoteInput): boolean =>
  a.conversationId === b.conversationId && a.model === b.model;
