/** Built-in encodings. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

/**
 * The encodings of OpenAI's models, by the part of the id after the vendor. The first match applies. Source:
 * `tiktoken/model.py` (whole names, or prefixes up to a hyphen; gpt-oss's harmony encoding differs from o200k only in
 * special tokens).
 */
const OPENAI_ENCODINGS: readonly (readonly [RegExp, EncodingName])[] = [
  [/^(?:chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5(?:\.\d+)?|gpt-oss|o1|o3|o4-mini)(?:-|$)/, 'o200k_base'],
  [
    /^(?:gpt-4|gpt-3\.5|gpt-3\.5-turbo|gpt-35-turbo|davinci-002|babbage-002|text-embedding-ada-002|text-embedding-3)(?:-|$)/,
    'cl100k_base',
  ],
];

/** For models of other vendors: the nearest of these encodings. */
const NEAREST: EncodingName = 'o200k_base';

export const encodingFor = (model: string): EncodingName => ownEncoding(model) ?? NEAREST;

/**
 * True if counts for the model are exact. They are estimates for models of other vendors, and for `~` names, which mean
 * the newest model.
 */
export const isExact = (model: string): boolean => !model.startsWith('~') && ownEncoding(model) !== undefined;

/** At other providers than OpenRouter, ids have no vendor. Suffixes such as `:free` don't change the encoding. */
function ownEncoding(model: string): EncodingName | undefined {
  const name = model.replace(/^~?openai\//, '').replace(/:.*$/, '');
  return OPENAI_ENCODINGS.find(([pattern]) => pattern.test(name))?.[1];
}
