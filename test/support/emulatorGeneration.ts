import { randomBytes } from 'node:crypto';
import { type HttpError, contextTooLong, tooDear, unknownModel } from './emulatorErrors';
import {
  type EmulatorModel,
  type MaxPrice,
  billsWholeAnswer,
  exactCostUsd,
  isWithin,
  modelsBehind,
} from './emulatorModels';
import { type Script, scriptFor } from './emulatorReplies';

/** One token is this many UTF-16 units of a reply; also the size of a streamed piece, so that pieces are tokens. */
export const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_PROMPT = 3;

/** What the emulator reads of a chat request; everything else is passed on unread. */
export interface ChatBody {
  readonly model?: unknown;
  readonly messages?: unknown;
  readonly max_tokens?: unknown;
  readonly provider?: unknown;
}

/** One reply, decided before it is streamed. */
export interface Generation {
  readonly id: string;
  readonly model: EmulatorModel;
  readonly question: string;
  readonly script: Script;
  readonly reasoning: string;
  readonly content: string;
  readonly finishReason: 'stop' | 'length';
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  /** Includes reasoning tokens. */
  readonly completionTokens: number;
  /** Factor on the listed price. */
  readonly overcharge: number;
}

/** How a reply ended, for its bill. `failed`: an error of the provider's, which is not charged. */
export type BillCause = 'complete' | 'cancelled' | 'failed';

export interface PlanOptions {
  readonly replyText: string | ((question: string) => string) | undefined;
  readonly overcharge: number;
}

/** What one generation cost, as GET /generation reports it. */
export interface Bill {
  readonly generationId: string;
  readonly model: string;
  readonly question: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Exact: `"0.000064"`. */
  readonly costUsd: string;
  readonly cause: BillCause;
  readonly cancelled: boolean;
  /** Paid with the user's own provider key. */
  readonly byok: boolean;
  readonly provider: string;
  readonly reasoningTokens: number;
  readonly cachedTokens: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

export function planGeneration(body: ChatBody, { replyText, overcharge }: PlanOptions): Generation | HttpError {
  const id = typeof body.model === 'string' ? body.model : '';
  const behind = modelsBehind(id);
  if (behind.length === 0) return unknownModel(id);
  const texts = messageTexts(body.messages);
  const promptTokens = texts.reduce((sum, m) => sum + tokensOf(m.text) + TOKENS_PER_MESSAGE, TOKENS_PER_PROMPT);
  const maxPrice = maxPriceIn(body.provider);
  const model = behind.find((m) => isWithin(maxPrice, m, promptTokens));
  if (!model) return tooDear(id);
  const maxTokens = typeof body.max_tokens === 'number' ? body.max_tokens : undefined;
  if (promptTokens + (maxTokens ?? 0) > model.contextLength)
    return contextTooLong(model.contextLength, promptTokens, maxTokens ?? 0);

  const question = texts.findLast((m) => m.role === 'user')?.text ?? '';
  const script = scriptFor(question, replyText);
  const limit = Math.min(
    maxTokens ?? Infinity,
    model.maxCompletionTokens ?? Infinity,
    model.contextLength - promptTokens,
  );
  const reasoning = script.reasoning.slice(0, limit * CHARACTERS_PER_TOKEN);
  const content = script.content.slice(0, (limit - tokensOf(reasoning)) * CHARACTERS_PER_TOKEN);
  return {
    id: `gen-${Math.floor(Date.now() / 1000)}-${randomBytes(15).toString('base64url')}`,
    model,
    question,
    script,
    reasoning,
    content,
    finishReason: content.length < script.content.length ? 'length' : 'stop',
    promptTokens,
    cachedTokens: script.usage === 'cached' ? Math.floor(promptTokens / 2) : 0,
    reasoningTokens: tokensOf(reasoning),
    completionTokens: tokensOf(reasoning) + tokensOf(content),
    overcharge,
  };
}

function maxPriceIn(provider: unknown): MaxPrice {
  if (typeof provider !== 'object' || provider === null || !('max_price' in provider)) return {};
  return typeof provider.max_price === 'object' && provider.max_price !== null ? provider.max_price : {};
}

const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

function messageTexts(messages: unknown): { readonly role: string; readonly text: string }[] {
  if (!Array.isArray(messages)) return [];
  return messages.map((message: { readonly role?: unknown; readonly content?: unknown }) => ({
    role: String(message.role),
    text: contentText(message.content),
  }));
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('');
}

/**
 * The bill of a reply of which `sentTokens` were streamed. When the client disconnects, some providers stop and the
 * others bill the whole reply. A reply without tokens is free, as documented by the service.
 */
export function billFor(generation: Generation, sentTokens: number, cause: BillCause): Bill {
  const whole = cause === 'complete' || (cause === 'cancelled' && billsWholeAnswer(generation.model));
  const completionTokens = whole ? generation.completionTokens : sentTokens;
  const free = cause === 'failed' || (cause === 'cancelled' && completionTokens === 0);
  return {
    generationId: generation.id,
    model: generation.model.id,
    question: generation.question,
    promptTokens: generation.promptTokens,
    cachedTokens: generation.cachedTokens,
    completionTokens,
    reasoningTokens: Math.min(generation.reasoningTokens, completionTokens),
    costUsd: free ? '0' : costUsd(generation, completionTokens),
    cause,
    cancelled: cause === 'cancelled',
    byok: generation.script.usage === 'byok',
    provider: generation.model.provider,
    atMs: Date.now(),
  };
}

const costUsd = ({ model, promptTokens, cachedTokens, overcharge }: Generation, completionTokens: number): string =>
  exactCostUsd(model, { promptTokens, cachedTokens, completionTokens }, overcharge);

/** The usage object of a whole reply. The cost is a JSON number, as the service sends it. */
export function usageOf(generation: Generation): {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost: number;
  readonly is_byok: boolean;
  readonly cost_details: {
    readonly upstream_inference_cost: number;
    readonly upstream_inference_prompt_cost: number;
    readonly upstream_inference_completions_cost: number;
  };
  readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
} {
  const { promptTokens, completionTokens } = generation;
  const cost = Number(costUsd(generation, completionTokens));
  const promptCost = Number(costUsd(generation, 0));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost,
    is_byok: false,
    // The service repeats the same amount here on calls that are paid with credits; adding both doubles the bill.
    cost_details: {
      upstream_inference_cost: cost,
      upstream_inference_prompt_cost: promptCost,
      upstream_inference_completions_cost: Number((cost - promptCost).toPrecision(12)),
    },
    prompt_tokens_details: { cached_tokens: generation.cachedTokens, cache_write_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: generation.reasoningTokens },
  };
}

/** The body of GET /generation. */
export function generationRecord(bill: Bill): unknown {
  const cost = Number(bill.costUsd);
  return {
    data: {
      id: bill.generationId,
      model: bill.model,
      provider_name: bill.provider,
      api_type: 'completions',
      streamed: true,
      cancelled: bill.cancelled,
      finish_reason: { complete: 'stop', cancelled: null, failed: 'error' }[bill.cause],
      total_cost: bill.byok ? 0 : cost,
      usage: bill.byok ? 0 : cost,
      upstream_inference_cost: bill.byok ? cost : null,
      cache_discount: null,
      is_byok: bill.byok,
      tokens_prompt: bill.promptTokens,
      tokens_completion: bill.completionTokens,
      native_tokens_prompt: bill.promptTokens,
      native_tokens_completion: bill.completionTokens,
      native_tokens_reasoning: bill.reasoningTokens,
      native_tokens_cached: bill.cachedTokens,
      created_at: new Date(bill.atMs).toISOString(),
    },
  };
}
