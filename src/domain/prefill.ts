import type { ModelId } from './ids';

/**
 * Models that continue an assistant message at the end of the prompt, by their OpenRouter ids. Other models are asked to
 * continue in words, which works everywhere; a wrong guess here would cost a refused or misread request.
 *
 * Left out on purpose: Claude from 4.6 on (400, "does not support assistant message prefill"), OpenAI (treats the message
 * as finished and replies anew), Mistral (400 without `prefix: true`, and it is undocumented whether OpenRouter sets it),
 * and `:thinking` variants, because Anthropic does not allow a prefill with extended thinking.
 */
const PREFILLED: readonly RegExp[] = [
  // OpenRouter's guide, "Assistant prefill". Anthropic removed it with Claude 4.6 ("What's new in Claude 4.6").
  /^anthropic\/claude-3(\.[57])?-(opus|sonnet|haiku)(-\d{8})?$/,
  /^anthropic\/claude-(opus|sonnet|haiku)-4(\.[15])?(-\d{8})?$/,
  // DeepSeek's guide, "Chat prefix completion"; OpenRouter sets its `prefix` for V3 and R1 (SillyTavern#3233).
  /^deepseek\/deepseek-(chat(-v3-0324)?|r1(-0528)?)$/,
];

export function takesPrefill(model: ModelId): boolean {
  const [name = '', variant] = model.split(':');
  return variant !== 'thinking' && PREFILLED.some((pattern) => pattern.test(name));
}
