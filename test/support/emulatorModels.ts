import { type Decimal, parseDecimal } from '../../src/domain/money';

/** The emulator's price list, in the shape of OpenRouter's GET /models. Prices in USD per token, as strings. */

interface Pricing {
  readonly prompt: string;
  readonly completion: string;
  readonly input_cache_read?: string;
  readonly input_cache_write?: string;
  readonly request?: string;
  readonly image?: string;
  readonly overrides?: readonly { readonly min_prompt_tokens: number; readonly prompt?: string; readonly completion?: string }[];
}

export interface EmulatorModel {
  readonly id: string;
  readonly name: string;
  readonly contextLength: number;
  readonly maxCompletionTokens: number | null;
  readonly pricing: Pricing;
  readonly tokenizer: string;
  readonly provider: string;
  readonly inputModalities?: readonly string[];
}

export const EMULATOR_MODELS: readonly EmulatorModel[] = [
  {
    id: 'anthropic/claude-sonnet-5',
    name: 'Anthropic: Claude Sonnet 5',
    contextLength: 1_000_000,
    maxCompletionTokens: 128_000,
    pricing: { prompt: '0.000003', completion: '0.000015', input_cache_read: '0.0000003', input_cache_write: '0.00000375' },
    tokenizer: 'Claude',
    provider: 'Anthropic',
    inputModalities: ['text', 'image', 'file'],
  },
  {
    id: 'anthropic/claude-opus-5',
    name: 'Anthropic: Claude Opus 5',
    contextLength: 1_000_000,
    maxCompletionTokens: 128_000,
    pricing: { prompt: '0.000005', completion: '0.000025', input_cache_read: '0.0000005', input_cache_write: '0.00000625' },
    tokenizer: 'Claude',
    provider: 'Anthropic',
    inputModalities: ['text', 'image', 'file'],
  },
  {
    id: 'anthropic/claude-haiku-5',
    name: 'Anthropic: Claude Haiku 5',
    contextLength: 200_000,
    maxCompletionTokens: 64_000,
    pricing: { prompt: '0.000001', completion: '0.000005', input_cache_read: '0.0000001', input_cache_write: '0.00000125' },
    tokenizer: 'Claude',
    provider: 'Anthropic',
    inputModalities: ['text', 'image'],
  },
  {
    id: 'openai/gpt-6-astra',
    name: 'OpenAI: GPT-6 Astra',
    contextLength: 1_050_000,
    maxCompletionTokens: 128_000,
    pricing: {
      prompt: '0.0000025',
      completion: '0.000015',
      input_cache_read: '0.00000025',
      overrides: [{ min_prompt_tokens: 272_000, prompt: '0.000005', completion: '0.0000225' }],
    },
    tokenizer: 'GPT',
    provider: 'OpenAI',
    inputModalities: ['text', 'image', 'file'],
  },
  {
    id: 'openai/gpt-6-mini',
    name: 'OpenAI: GPT-6 Mini',
    contextLength: 400_000,
    maxCompletionTokens: 128_000,
    pricing: { prompt: '0.00000025', completion: '0.000002', input_cache_read: '0.000000025' },
    tokenizer: 'GPT',
    provider: 'OpenAI',
  },
  {
    id: 'google/gemini-3.5-flash',
    name: 'Google: Gemini 3.5 Flash',
    contextLength: 1_048_576,
    maxCompletionTokens: 65_536,
    pricing: { prompt: '0.0000003', completion: '0.0000025', image: '0.001238', input_cache_read: '0.00000003' },
    tokenizer: 'Gemini',
    provider: 'Google AI Studio',
    inputModalities: ['text', 'image', 'audio', 'video', 'file'],
  },
  {
    id: 'deepseek/deepseek-v4',
    name: 'DeepSeek: DeepSeek V4',
    contextLength: 163_840,
    maxCompletionTokens: null,
    pricing: { prompt: '2.7e-7', completion: '4.0e-7', input_cache_read: '2.7e-8' },
    tokenizer: 'DeepSeek',
    provider: 'DeepSeek',
  },
  {
    id: 'mistralai/mistral-small-4',
    name: 'Mistral: Mistral Small 4',
    contextLength: 131_072,
    maxCompletionTokens: 131_072,
    pricing: { prompt: '0.00000006', completion: '0.00000018' },
    tokenizer: 'Mistral',
    provider: 'Mistral',
  },
  {
    id: 'perplexity/sonar-2',
    name: 'Perplexity: Sonar 2',
    contextLength: 127_072,
    maxCompletionTokens: null,
    pricing: { prompt: '0.000001', completion: '0.000001', request: '0.005' },
    tokenizer: 'Other',
    provider: 'Perplexity',
  },
  {
    id: 'microsoft/phi-5-mini',
    name: 'Microsoft: Phi 5 Mini (8K)',
    contextLength: 8_192,
    maxCompletionTokens: 2_048,
    pricing: { prompt: '0.00000005', completion: '0.0000001' },
    tokenizer: 'Other',
    provider: 'DeepInfra',
  },
  {
    id: 'meta-llama/llama-4-scout:free',
    name: 'Meta: Llama 4 Scout (free)',
    contextLength: 131_072,
    maxCompletionTokens: 8_192,
    pricing: { prompt: '0', completion: '0' },
    tokenizer: 'Llama4',
    provider: 'Chutes',
  },
  {
    id: 'openrouter/auto',
    name: 'Auto Router',
    contextLength: 2_000_000,
    maxCompletionTokens: null,
    pricing: { prompt: '-1', completion: '-1' },
    tokenizer: 'Router',
    provider: 'OpenRouter',
  },
];

/** A routed id answers by this model and is billed by its price. */
const AUTO_ROUTES_TO = 'anthropic/claude-haiku-5';

const ROUTING_SUFFIX = /:(?:nitro|floor|exacto|online)$/;

/** The model that answers for an id; undefined when the list has none. */
export function answeringModel(id: string): EmulatorModel | undefined {
  const wanted = id === 'openrouter/auto' ? AUTO_ROUTES_TO : id.replace(ROUTING_SUFFIX, '');
  return EMULATOR_MODELS.find((m) => m.id === wanted);
}

export function modelListBody(): unknown {
  return { data: EMULATOR_MODELS.map(listEntry), total_count: EMULATOR_MODELS.length, links: { next: null } };
}

function listEntry(model: EmulatorModel): unknown {
  return {
    id: model.id,
    canonical_slug: model.id,
    name: model.name,
    created: 1_788_000_000,
    description: `${model.name}, as the local emulator plays it.`,
    context_length: model.contextLength,
    architecture: {
      modality: 'text->text',
      input_modalities: model.inputModalities ?? ['text'],
      output_modalities: ['text'],
      tokenizer: model.tokenizer,
      instruct_type: null,
    },
    pricing: model.pricing,
    top_provider: { context_length: model.contextLength, max_completion_tokens: model.maxCompletionTokens, is_moderated: false },
    per_request_limits: null,
    supported_parameters: ['max_tokens', 'temperature', 'top_p', 'stop', 'seed'],
    default_parameters: null,
    expiration_date: null,
  };
}

/** Exact cost in USD of one reply, as a plain decimal string: `"0.000064"`. */
export function exactCostUsd(model: EmulatorModel, promptTokens: number, completionTokens: number): string {
  const override = model.pricing.overrides?.find((o) => promptTokens > o.min_prompt_tokens);
  return decimalText(
    sumExactly([
      [override?.prompt ?? model.pricing.prompt, promptTokens],
      [override?.completion ?? model.pricing.completion, completionTokens],
      [model.pricing.request ?? '0', 1],
    ]),
  );
}

export function sumUsd(amounts: readonly string[]): string {
  return decimalText(sumExactly(amounts.map((amount) => [amount, 1])));
}

function sumExactly(terms: readonly (readonly [price: string, units: number])[]): Decimal {
  const known = terms.map(([price, units]) => {
    const decimal = parseDecimal(price);
    if (!decimal) throw new RangeError(`not a price: ${price}`);
    return { digits: decimal.digits * BigInt(units), scale: decimal.scale };
  });
  const scale = Math.max(0, ...known.map((d) => d.scale));
  return { digits: known.reduce((sum, d) => sum + d.digits * 10n ** BigInt(scale - d.scale), 0n), scale };
}

/** Only for amounts of zero and more. */
function decimalText({ digits, scale }: Decimal): string {
  const text = digits.toString().padStart(scale + 1, '0');
  const fraction = scale === 0 ? '' : text.slice(-scale).replace(/0+$/, '');
  const whole = scale === 0 ? text : text.slice(0, -scale);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
