/** Encodings that are built in. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

/**
 * Which encoding a model's tokens are counted in: the first pattern that matches its id. OpenAI's models have
 * their own; for every other maker the newest one is the nearest, and the count is an estimate.
 */
const ENCODING_BY_MODEL: readonly (readonly [RegExp, EncodingName])[] = [
  [/^openai\/gpt-4o|^openai\/chatgpt-4o/, 'o200k_base'],
  [/^openai\/(?:gpt-3\.5|gpt-4(?:-|$))/, 'cl100k_base'],
  [/./, 'o200k_base'],
];

export function encodingFor(model: string): EncodingName {
  return ENCODING_BY_MODEL.find(([pattern]) => pattern.test(model))?.[1] ?? 'o200k_base';
}
