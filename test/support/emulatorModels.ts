import { type Decimal, parseDecimal } from '../../src/domain/money';

/** The emulator's price list, in the shape of OpenRouter's GET /models. Prices in USD per token, as strings. */

interface Pricing {
  readonly prompt: string;
  readonly completion: string;
  readonly input_cache_read?: string;
  readonly input_cache_write?: string;
  readonly request?: string;
  readonly image?: string;
  readonly overrides?: readonly {
    readonly min_prompt_tokens: number;
    readonly prompt?: string;
    readonly completion?: string;
  }[];
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
    pricing: {
      prompt: '0.000003',
      completion: '0.000015',
      input_cache_read: '0.0000003',
      input_cache_write: '0.00000375',
    },
    tokenizer: 'Claude',
    provider: 'Anthropic',
    inputModalities: ['text', 'image', 'file'],
  },
  {
    id: 'anthropic/claude-opus-5',
    name: 'Anthropic: Claude Opus 5',
    contextLength: 1_000_000,
    maxCompletionTokens: 128_000,
    pricing: {
      prompt: '0.000005',
      completion: '0.000025',
      input_cache_read: '0.0000005',
      input_cache_write: '0.00000625',
    },
    tokenizer: 'Claude',
    provider: 'Anthropic',
    inputModalities: ['text', 'image', 'file'],
  },
  {
    id: 'anthropic/claude-haiku-5',
    name: 'Anthropic: Claude Haiku 5',
    contextLength: 200_000,
    maxCompletionTokens: 64_000,
    pricing: {
      prompt: '0.000001',
      completion: '0.000005',
      input_cache_read: '0.0000001',
      input_cache_write: '0.00000125',
    },
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

/** Where it may be, `openrouter/auto` answers by the first; the list's order decides between the others. */
const AUTO_ROUTES_FIRST_TO = 'anthropic/claude-haiku-5';

const ROUTING_SUFFIX = /:(?:nitro|floor|exacto|online)$/;

/** The models that may reply for an id, in order of preference. */
export function modelsBehind(id: string): readonly EmulatorModel[] {
  if (id !== 'openrouter/auto') return EMULATOR_MODELS.filter((m) => m.id === id.replace(ROUTING_SUFFIX, ''));
  const priced = EMULATOR_MODELS.filter((m) => Number(m.pricing.prompt) > 0);
  return [
    ...priced.filter((m) => m.id === AUTO_ROUTES_FIRST_TO),
    ...priced.filter((m) => m.id !== AUTO_ROUTES_FIRST_TO),
  ];
}

/**
 * Providers that continue, and bill, a reply after the client disconnects. Source: OpenRouter's streaming page.
 * Providers that it doesn't list are assumed to continue.
 */
const STOPS_WHEN_ABORTED = new Set(['Anthropic', 'OpenAI', 'DeepInfra', 'Chutes', 'DeepSeek']);

export const billsWholeAnswer = (model: EmulatorModel): boolean => !STOPS_WHEN_ABORTED.has(model.provider);

/** `provider.max_price` of a request: USD for a million tokens, `request` for one. */
export interface MaxPrice {
  readonly prompt?: unknown;
  readonly completion?: unknown;
  readonly request?: unknown;
}

/** Whether a model's price at this length of prompt is within what the request allows. */
export function isWithin(maxPrice: MaxPrice, model: EmulatorModel, promptTokens: number): boolean {
  const rates = ratesOf(model, promptTokens);
  const allows = (limit: unknown, price: string, units: number): boolean =>
    (typeof limit !== 'number' && typeof limit !== 'string') ||
    compare(sumExactly([[price, units]]), sumExactly([[String(limit), 1]])) <= 0;
  return (
    allows(maxPrice.prompt, rates.prompt, 1_000_000) &&
    allows(maxPrice.completion, rates.completion, 1_000_000) &&
    allows(maxPrice.request, rates.request, 1)
  );
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
    top_provider: {
      context_length: model.contextLength,
      max_completion_tokens: model.maxCompletionTokens,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: ['max_tokens', 'temperature', 'top_p', 'stop', 'seed'],
    default_parameters: null,
    expiration_date: null,
  };
}

function ratesOf(
  { pricing }: EmulatorModel,
  promptTokens: number,
): { readonly prompt: string; readonly completion: string; readonly cacheRead: string; readonly request: string } {
  const holding = (pricing.overrides ?? []).filter((o) => promptTokens > o.min_prompt_tokens);
  const { prompt, completion, input_cache_read, request } = holding.reduce<Pricing>(
    (rates, override) => ({ ...rates, ...override }),
    pricing,
  );
  return { prompt, completion, cacheRead: input_cache_read ?? prompt, request: request ?? '0' };
}

export interface BilledTokens {
  readonly promptTokens: number;
  /** Part of `promptTokens`. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** Exact cost in USD of one reply, as a plain decimal string: `"0.000064"`. `factor`: on the listed price. */
export function exactCostUsd(
  model: EmulatorModel,
  { promptTokens, cachedTokens, completionTokens }: BilledTokens,
  factor: number,
): string {
  const rates = ratesOf(model, promptTokens);
  const listed = sumExactly([
    [rates.prompt, promptTokens - cachedTokens],
    [rates.cacheRead, cachedTokens],
    [rates.completion, completionTokens],
    [rates.request, 1],
  ]);
  const times = sumExactly([[String(factor), 1]]);
  return decimalText({ digits: listed.digits * times.digits, scale: listed.scale + times.scale });
}

/** The sum of decimal amounts, exactly. */
export function sumUsd(amounts: readonly string[]): string {
  return decimalText(sumExactly(amounts.map((amount) => [amount, 1])));
}

/** The exact difference of two amounts, which may be negative. */
export function leftUsd(amount: string, spent: string): string {
  const left = sumExactly([
    [amount, 1],
    [spent, -1],
  ]);
  return left.digits < 0n ? `-${decimalText({ ...left, digits: -left.digits })}` : decimalText(left);
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

function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

/** Only for amounts of zero and more. */
function decimalText({ digits, scale }: Decimal): string {
  const text = digits.toString().padStart(scale + 1, '0');
  const fraction = scale === 0 ? '' : text.slice(-scale).replace(/0+$/, '');
  const whole = scale === 0 ? text : text.slice(0, -scale);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
