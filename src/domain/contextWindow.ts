/** Tokens that chat templates add around each message and around the whole prompt (OpenAI's published counts). */
export const TOKENS_PER_MESSAGE = 4;
export const TOKENS_PER_PROMPT = 3;

export interface WindowRequest {
  /** Size of the context window in tokens. Null: unknown, everything is sent. */
  readonly contextLength: number | null;
  /** Tokens reserved for the reply. */
  readonly reserveTokens: number;
  readonly systemTokens: number;
  /** First to last, without the newest messages. */
  readonly history: readonly { readonly role: 'user' | 'assistant'; readonly tokens: number }[];
  /** Tokens of each message that is always sent: the newest question, and the turns that continue a reply. */
  readonly newestTokens: readonly number[];
  readonly markerTokens: number;
}

export type WindowFit =
  /** `firstKept` indexes `history`; `dropped` is 0 when the whole history is sent. */
  | { readonly kind: 'fits'; readonly firstKept: number; readonly dropped: number; readonly promptTokens: number }
  /** The system message and the messages that are always sent are too long by themselves. */
  | { readonly kind: 'tooLong'; readonly tokens: number; readonly limitTokens: number };

/**
 * Fits as much recent history as there is room for beside the system message, the newest messages and the tokens reserved
 * for the reply. The kept history starts with a question, never with a reply whose question was omitted.
 */
export function fitWindow(request: WindowRequest): WindowFit {
  const { history, contextLength } = request;
  const system = request.systemTokens > 0 ? [request.systemTokens] : [];
  const fixed = [...system, ...request.newestTokens].reduce(
    (sum, tokens) => sum + tokens + TOKENS_PER_MESSAGE,
    TOKENS_PER_PROMPT,
  );
  const whole = history.reduce((sum, m) => sum + m.tokens + TOKENS_PER_MESSAGE, fixed);
  if (contextLength === null) return { kind: 'fits', firstKept: 0, dropped: 0, promptTokens: whole };
  const limitTokens = Math.max(0, contextLength - request.reserveTokens);
  if (fixed > limitTokens) return { kind: 'tooLong', tokens: fixed, limitTokens };
  if (whole <= limitTokens) return { kind: 'fits', firstKept: 0, dropped: 0, promptTokens: whole };

  const start = fixed + request.markerTokens + TOKENS_PER_MESSAGE;
  let used = start;
  let firstKept = history.length;
  let promptTokens = Math.min(start, limitTokens);
  for (let i = history.length - 1; i >= 0; i--) {
    const message = history[i];
    if (!message) break;
    used += message.tokens + TOKENS_PER_MESSAGE;
    if (used > limitTokens) break;
    if (message.role === 'user') {
      firstKept = i;
      promptTokens = used;
    }
  }
  return { kind: 'fits', firstKept, dropped: firstKept, promptTokens };
}

/** What a provider says about its context window when a request does not fit. Tokens. */
export interface ContextNumbers {
  readonly limitTokens: number;
  /** Prompt and reply together. Null: not stated. */
  readonly requestedTokens: number | null;
}

/**
 * Reads the numbers from a provider's error message, for example "This endpoint's maximum context length is 131072 tokens.
 * However, you requested about 139521 tokens (…)" (OpenRouter and OpenAI). Undefined if it names no limit.
 */
export function contextNumbers(detail: string): ContextNumbers | undefined {
  const limitTokens = tokensAfter(/maximum context length is ([\d,]{1,15}) tokens/i, detail);
  return limitTokens === null
    ? undefined
    : { limitTokens, requestedTokens: tokensAfter(/requested (?:about )?([\d,]{1,15}) tokens/i, detail) };
}

function tokensAfter(pattern: RegExp, text: string): number | null {
  const tokens = Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));
  return Number.isSafeInteger(tokens) && tokens > 0 ? tokens : null;
}
