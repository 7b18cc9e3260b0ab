/** Encodings that are built in. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

/**
 * The encodings of OpenAI's models, by the part of the id behind the maker's name, as tiktoken's own table has them
 * (`tiktoken/model.py`: whole names, or prefixes up to a hyphen; the harmony encoding of gpt-oss differs from o200k in
 * special tokens only). The first that matches decides.
 */
const OPENAI_ENCODINGS: readonly (readonly [RegExp, EncodingName])[] = [
  [/^(?:chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5(?:\.\d+)?|gpt-oss|o1|o3|o4-mini)(?:-|$)/, 'o200k_base'],
  [
    /^(?:gpt-4|gpt-3\.5|gpt-3\.5-turbo|gpt-35-turbo|davinci-002|babbage-002|text-embedding-ada-002|text-embedding-3)(?:-|$)/,
    'cl100k_base',
  ],
];

/** What other makers' texts are counted in: of the encodings here the one nearest to theirs. */
const NEAREST: EncodingName = 'o200k_base';

export const encodingFor = (model: string): EncodingName => ownEncoding(model) ?? NEAREST;

/**
 * Whether a model counts a text as this extension does. For every other model, and for `~` names, which stand for
 * whatever is newest, a count is an estimate.
 */
export const isExact = (model: string): boolean => !model.startsWith('~') && ownEncoding(model) !== undefined;

/** A model at another provider than OpenRouter has no maker in its id; `:free` and the like do not change the encoding. */
function ownEncoding(model: string): EncodingName | undefined {
  const name = model.replace(/^~?openai\//, '').replace(/:.*$/, '');
  return OPENAI_ENCODINGS.find(([pattern]) => pattern.test(name))?.[1];
}
