/**
 * What a credential looks like in text that is logged, stored or shown. Redacting too much is safe; redacting too
 * little is not. The patterns run in linear time.
 */
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // `Authorization: Bearer …`, also percent-encoded.
  [/Bearer(?:\s|%20)+[^\s"',;<>]+/gi, 'Bearer [key]'],
  // Keys of OpenRouter, OpenAI, Anthropic and DeepSeek. A letter before "sk-" makes it part of a word, as in
  // "task-force", unless the letter ends a percent escape.
  [/(?:(?<![A-Za-z])|(?<=%[0-9A-F]{2}))sk(?:-|%2D)[\w%-]{6,}/gi, '[key]'],
  // Keys of xAI, Perplexity, NVIDIA, Groq, Hugging Face and Google.
  [/(?<![A-Za-z])(?:(?:xai|pplx|nvapi)-|gsk_|hf_|AIza)[\w-]{16,}/g, '[key]'],
  // `https://user:password@host`.
  [/(?<=:\/\/)[^\s/?#@"'<>]{1,256}@/g, '[key]@'],
];

/** Replaces everything that looks like a key or a password with `[key]`. */
export function redactKeys(text: string): string {
  return PATTERNS.reduce((safe, [pattern, replacement]) => safe.replace(pattern, replacement), text);
}
