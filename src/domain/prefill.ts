import type { ModelId } from './ids';

/**
 * Models that go on from an assistant message at the end of the prompt, as OpenRouter names them. Whoever is not
 * here is asked in words, which works everywhere: a wrong guess would cost a refused or a misread request.
 *
 * Left out on purpose: Claude from 4.6 on (400, "does not support assistant message prefill"), OpenAI and Google
 * (take the message as finished and answer anew), Mistral (400 without `prefix: true`, which OpenRouter's schema
 * does not have), and `:thinking` variants, because Anthropic rules out a prefill with extended thinking.
 */
const PREFILLED: readonly RegExp[] = [
  // OpenRouter's guide, "Assistant prefill"; Anthropic's guide to 4.6 names 4.5 as the last generation that takes it.
  /^anthropic\/claude-3(\.[57])?-(opus|sonnet|haiku)(-\d{8})?$/,
  /^anthropic\/claude-(opus|sonnet|haiku)-4(\.[15])?(-\d{8})?$/,
  // DeepSeek's "Chat prefix completion" for V3 and R1; OpenRouter sets its `prefix` since January 2025.
  /^deepseek\/deepseek-(chat(-v3-0324)?|r1(-0528)?)$/,
];

export function takesPrefill(model: ModelId): boolean {
  const [name = '', variant] = model.split(':');
  return variant !== 'thinking' && PREFILLED.some((pattern) => pattern.test(name));
}
