import { modelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import { priceFrom } from './pricing';
import { type ModelEntry, modelListSchema, modelSchema } from './schemas';

/** Skips unreadable entries. @returns undefined if the body is not a model list */
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
