/** OpenRouter's HTTP errors, by the name after `[[error:` in a prompt. */

export interface HttpError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const USER_ID = 'user_0000000000000000000000000';

const error = (
  status: number,
  message: string,
  metadata?: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
): HttpError => ({
  status,
  ...(headers ? { headers } : {}),
  body: { error: { message, code: status, ...(metadata ? { metadata } : {}) }, user_id: USER_ID },
});

export const MISSING_KEY = error(401, 'Missing Authentication header', { error_type: 'authentication' });
export const WRONG_KEY = error(401, 'User not found.', { error_type: 'authentication' });

export const unknownModel = (id: string): HttpError =>
  error(400, `${id} is not a valid model ID`, { error_type: 'invalid_request' });

/** All providers of the model exceed `provider.max_price`. */
export const tooDear = (id: string): HttpError => {
  const availability = {
    code: 'constraint_filtered',
    retryable: false,
    requested_models: [id],
    constraint: 'max_price',
  };
  return {
    status: 404,
    body: {
      error: {
        message: 'No endpoints found that can handle the requested parameters.',
        code: 404,
        metadata: { error_type: 'not_found' },
      },
      availability,
      user_id: USER_ID,
    },
  };
};

export const contextTooLong = (limit: number, promptTokens: number, maxTokens: number): HttpError =>
  error(
    400,
    `This endpoint's maximum context length is ${limit} tokens. However, you requested about ${promptTokens + maxTokens} tokens ` +
      `(${promptTokens} of text input, ${maxTokens} in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
    { error_type: 'context_length_exceeded', provider_name: null },
  );

export const HTTP_ERRORS: Readonly<Record<string, HttpError>> = {
  '400': error(400, 'Invalid request parameters', { error_type: 'invalid_request' }),
  '400-context': contextTooLong(131_072, 138_021, 1_500),
  '401': WRONG_KEY,
  '402': error(
    402,
    'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 3919. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
    { limit_source: 'openrouter_credits', provider_name: null },
  ),
  '402-key-limit': error(402, 'This request requires more credits, or fewer max_tokens.', {
    limit_source: 'openrouter_key_limit',
    provider_name: null,
  }),
  '402-in-flight': error(
    402,
    'This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.',
    { reason: 'in_flight_budget_exhausted', limit_source: 'openrouter_in_flight_budget' },
    { 'retry-after': '2' },
  ),
  '403': error(403, 'Key limit exceeded (weekly limit). Manage it using https://openrouter.ai/settings/keys', {
    limit_source: 'openrouter_key_limit',
  }),
  '403-moderation': error(403, 'Your chosen model requires moderation and your input was flagged', {
    reasons: ['harassment'],
    flagged_input: 'some text ... more text',
    provider_name: 'OpenAI',
    model_slug: 'openai/gpt-6-mini',
  }),
  '404': error(404, 'No endpoints found for this model.', { error_type: 'not_found' }),
  '408': error(408, 'Operation timed out. Please try again later.', { error_type: 'timeout' }),
  '429': error(
    429,
    'Provider returned error',
    {
      raw: 'The model is temporarily rate-limited upstream. Please retry shortly.',
      provider_name: 'Parasail',
      is_byok: false,
      limit_source: 'upstream_provider_shared_pool',
    },
    { 'retry-after': '2' },
  ),
  '429-daily': error(
    429,
    'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
    {
      headers: { 'X-RateLimit-Limit': '50', 'X-RateLimit-Remaining': '0' },
      limit_source: 'openrouter_free_tier_daily',
    },
    { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0' },
  ),
  '500': error(500, 'Internal Server Error', { error_type: 'server' }),
  '502': error(502, 'Provider returned error', { error_type: 'provider_unavailable', provider_name: 'Anthropic' }),
  '503': error(503, 'Service temporarily unavailable', { error_type: 'provider_overloaded' }, { 'retry-after': '1' }),
  '529': error(529, 'Provider is overloaded', { error_type: 'provider_overloaded' }),
};

export const GATEWAY_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Welcome to the guest network</h1><p>Please accept the terms.</p></body></html>';
