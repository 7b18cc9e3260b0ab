import type { ModelId } from './ids';
import type { ModelPrice } from './price';

/** One model of the provider's list. Lengths in tokens; null is unknown, never zero. */
export interface Model {
  readonly id: ModelId;
  readonly name: string;
  /** `min(context_length, top_provider.context_length)` where both are known. */
  readonly contextLength: number | null;
  readonly maxCompletionTokens: number | null;
  /** Null when the provider gives no fixed price (`-1`, absent, unreadable). */
  readonly price: ModelPrice | null;
  readonly inputModalities: readonly string[];
  readonly supportedParameters: readonly string[];
  readonly tokenizer: string;
}
