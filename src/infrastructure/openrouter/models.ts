import { modelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { Decimal } from '../../domain/money';
import type { ModelPrice } from '../../domain/price';
import { larger, usdFrom } from './amounts';
import { type ModelEntry, type PriceKeys, modelListSchema, modelSchema } from './schemas';

/** @returns undefined when the body is not a model list; an entry that cannot be read is left out, the others stay. */
export function modelsFrom(body: unknown): readonly Model[] | undefined {
  const list = modelListSchema.safeParse(body);
  if (!list.success) return undefined;
  return list.data.data.flatMap((entry) => {
    const model = modelSchema.safeParse(entry);
    return model.success ? [modelFrom(model.data)] : [];
  });
}

function modelFrom(entry: ModelEntry): Model {
  return {
    id: modelId(entry.id),
    name: entry.name ?? entry.id,
    contextLength: smallestKnown(entry.context_length, entry.top_provider?.context_length),
    maxCompletionTokens: smallestKnown(entry.top_provider?.max_completion_tokens),
    price: priceFrom(entry.pricing),
    inputModalities: entry.architecture?.input_modalities ?? [],
    supportedParameters: entry.supported_parameters,
    tokenizer: entry.architecture?.tokenizer ?? '',
  };
}

function smallestKnown(...lengths: readonly (number | undefined)[]): number | null {
  const known = lengths.filter((length): length is number => length !== undefined && length > 0);
  return known.length === 0 ? null : Math.min(...known);
}

/**
 * `overrides` change prices by prompt length and time of day. Which of them will hold is only known to the
 * provider, so every price is the dearest that may apply: a budget must hold in the worst case.
 * `discount` is not applied: listed prices are already net of it (PostHog/posthog#74972, anomalyco/models.dev#4576).
 * `-1` stands for a price that depends on what a router picks; it is unknown, never zero and never negative.
 */
function priceFrom(pricing: ModelEntry['pricing']): ModelPrice | null {
  if (!pricing) return null;
  const tables = [pricing, ...(pricing.overrides ?? []).filter((o) => o !== undefined)];
  const prompt = dearest(tables, 'prompt');
  const output = dearest(tables, 'completion');
  if (pricing.prompt === undefined || pricing.completion === undefined || !prompt || !output) return null;
  // Where reasoning tokens have a rate of their own they still count as completion tokens.
  const reasoning = dearest(tables, 'internal_reasoning');
  const cacheRead = dearest(tables, 'input_cache_read');
  const cacheWrite = dearest(tables, 'input_cache_write');
  const request = dearest(tables, 'request');
  return {
    prompt,
    completion: reasoning ? larger(output, reasoning) : output,
    ...(cacheRead ? { cacheRead } : {}),
    ...(cacheWrite ? { cacheWrite } : {}),
    ...(request ? { request } : {}),
  };
}

/** Undefined when no table has the key, or one of them has it and it cannot be read. */
function dearest(tables: readonly PriceKeys[], key: 'prompt' | 'completion' | 'internal_reasoning' | 'input_cache_read' | 'input_cache_write' | 'request'): Decimal | undefined {
  const amounts = tables.map((table) => table[key]).filter((amount) => amount !== undefined);
  const prices = amounts.map((amount) => usdFrom(amount, 'positive')).filter((price) => price !== undefined);
  return prices.length < amounts.length ? undefined : prices.reduce<Decimal | undefined>((max, price) => (max ? larger(max, price) : price), undefined);
}
