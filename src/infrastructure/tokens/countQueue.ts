import type { EncodingName } from './encodings';
import type { TokenEncoding } from './tokenEncoding';

export interface CountRequest {
  readonly encoding: EncodingName;
  readonly texts: readonly { readonly id: number; readonly text: string }[];
}

export interface CountResult {
  readonly id: number;
  /** Null if counting failed, as with tens of megabytes without a break. */
  readonly tokens: number | null;
}

interface Waiting {
  readonly id: number;
  readonly length: number;
  readonly steps: Generator<undefined, number>;
}

/** Counts texts in small steps, shortest first, so that the text being typed never waits for a file. */
export class CountQueue {
  /** Longest first. */
  private readonly waiting: Waiting[] = [];

  constructor(private readonly encodingOf: (name: EncodingName) => TokenEncoding) {}

  add({ encoding, texts }: CountRequest): void {
    for (const { id, text } of texts)
      this.waiting.push({ id, length: text.length, steps: this.stepsOf(text, encoding) });
    this.waiting.sort((a, b) => b.length - a.length);
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Works for a few milliseconds. @returns the result if a text was finished */
  step(): CountResult | undefined {
    const next = this.waiting.at(-1);
    const tokens = next && advance(next.steps);
    if (!next || tokens === undefined) return undefined;
    this.waiting.pop();
    return { id: next.id, tokens };
  }

  /** Builds the encoding in the first step, so that accepting requests stays fast. */
  private *stepsOf(text: string, encoding: EncodingName): Generator<undefined, number> {
    return yield* this.encodingOf(encoding).steps(text);
  }
}

/** @returns undefined if there is more to do */
function advance(steps: Generator<undefined, number>): number | null | undefined {
  try {
    const step = steps.next();
    return step.done ? step.value : undefined;
  } catch {
    // The text exceeds the stack of regular expressions or the length of arrays. The caller estimates instead.
    return null;
  }
}
