import * as z from 'zod';

/**
 * OpenRouter's bodies, parsed permissively, because the API adds fields, values and nulls without a new version. A
 * member of the wrong type counts as absent and doesn't affect the others.
 */

/** Undefined if absent, null or of another type. */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const text = lenient(z.string());
const record = lenient(z.record(z.string(), z.unknown()));
/** A number, with or without exponent, or a string. */
const amount = lenient(z.union([z.number(), z.string()]));
/** Token counts of a reply. A billion exceeds every context window. */
const count = lenient(
  z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(0).max(1e9)),
);
const flag = lenient(z.boolean());
const texts = z
  .array(lenient(z.string()))
  .catch([])
  .transform((items) => items.filter((item) => item !== undefined));

const usageSchema = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  cost: amount,
  is_byok: flag,
  prompt_tokens_details: lenient(z.looseObject({ cached_tokens: count, cache_write_tokens: count })),
  completion_tokens_details: lenient(z.looseObject({ reasoning_tokens: count })),
  cost_details: lenient(z.looseObject({ upstream_inference_cost: amount })),
});

const partSchema = z.looseObject({ text });

const deltaSchema = z.looseObject({
  /** Some other servers send a list of parts. */
  content: lenient(z.union([z.string(), z.array(lenient(partSchema))])),
  refusal: text,
  reasoning: text,
  reasoning_content: text,
  reasoning_details: lenient(z.array(lenient(z.looseObject({ text, summary: text })))),
});

const choiceSchema = z.looseObject({
  delta: lenient(deltaSchema),
  /** Instead of `delta`, in a response that is not streamed. */
  message: lenient(deltaSchema),
  finish_reason: text,
  native_finish_reason: text,
  error: z.unknown().optional(),
});

export const chunkSchema = z.looseObject({
  id: text,
  object: text,
  model: text,
  provider: text,
  choices: lenient(z.array(lenient(choiceSchema))),
  usage: lenient(usageSchema),
  error: z.unknown().optional(),
  message: z.unknown().optional(),
});

export type Chunk = z.infer<typeof chunkSchema>;
export type Delta = z.infer<typeof deltaSchema>;
export type Usage = z.infer<typeof usageSchema>;

/** The value of `error`, at any place. */
export const errorSchema = z.looseObject({
  code: lenient(z.union([z.number(), z.string()])),
  http_status: count,
  message: z.unknown().optional(),
  error_type: text,
  type: text,
  metadata: lenient(
    z.looseObject({
      error_type: text,
      limit_source: text,
      reason: text,
      raw: z.unknown().optional(),
      reasons: lenient(z.array(z.unknown())),
      patterns: lenient(z.array(z.unknown())),
      flagged_input: text,
      retry_after: amount,
      headers: record,
    }),
  ),
  availability: lenient(z.looseObject({ code: text, retryable: flag, retry_after: amount })),
});

export type ErrorBody = z.infer<typeof errorSchema>;

/** Undefined if absent or null. Another type is not treated as absent: it becomes an empty string, no amount. */
const rate = z
  .union([z.number(), z.string()])
  .nullish()
  .catch('')
  .transform((value) => value ?? undefined);
/** The same for numbers, with NaN. */
const condition = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .nullish()
  .catch(Number.NaN)
  .transform((value) => value ?? undefined);

const priceTableSchema = z.looseObject({
  prompt: rate,
  completion: rate,
  input_cache_read: rate,
  input_cache_write: rate,
  request: rate,
  internal_reasoning: rate,
});

const overrideSchema = priceTableSchema.extend({
  min_prompt_tokens: condition,
  /** HHMM: 1030 is 10:30. */
  utc_start: condition,
  utc_end: condition,
  utc_days: z
    .array(z.union([z.number(), z.string()]).catch(Number.NaN))
    .nullish()
    .catch([Number.NaN])
    .transform((value) => value ?? undefined),
});

/** An override with an unreadable condition. */
const UNREADABLE_OVERRIDE = { ...overrideSchema.parse({}), utc_start: Number.NaN };

const pricingSchema = priceTableSchema.extend({
  overrides: z.array(overrideSchema.nullable().catch(UNREADABLE_OVERRIDE)).nullish().catch([UNREADABLE_OVERRIDE]),
});

export type PriceTable = z.infer<typeof priceTableSchema>;
export type PriceOverride = z.infer<typeof overrideSchema>;
export type Pricing = z.infer<typeof pricingSchema>;

export const modelSchema = z.looseObject({
  id: z.string().min(1),
  name: text,
  context_length: count,
  architecture: lenient(z.looseObject({ input_modalities: texts, tokenizer: text })),
  pricing: lenient(pricingSchema),
  top_provider: lenient(z.looseObject({ context_length: count, max_completion_tokens: count })),
  supported_parameters: texts,
});

export type ModelEntry = z.infer<typeof modelSchema>;

export const modelListSchema = z.looseObject({ data: z.array(z.unknown()) });

export const keySchema = z.looseObject({
  data: z.looseObject({
    label: text,
    limit: amount,
    limit_remaining: amount,
    limit_reset: text,
    usage_daily: amount,
    usage_monthly: amount,
  }),
});

export const generationSchema = z.looseObject({
  data: z.looseObject({
    id: text,
    total_cost: amount,
    is_byok: flag,
    upstream_inference_cost: amount,
    cancelled: flag,
    finish_reason: text,
    provider_name: text,
    native_tokens_prompt: count,
    native_tokens_completion: count,
    native_tokens_reasoning: count,
    native_tokens_cached: count,
  }),
});

export type GenerationRecord = z.infer<typeof generationSchema>['data'];
