import { randomBytes } from 'node:crypto';
import { type HttpError, contextTooLong, unknownModel } from './emulatorErrors';
import { type EmulatorModel, answeringModel, exactCostUsd } from './emulatorModels';
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
  readonly reasoningTokens: number;
  /** Includes reasoning tokens. */
  readonly completionTokens: number;
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
  readonly cancelled: boolean;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

export function planGeneration(body: ChatBody, replyText: string | ((question: string) => string) | undefined): Generation | HttpError {
  const id = typeof body.model === 'string' ? body.model : '';
  const model = answeringModel(id);
  if (!model) return unknownModel(id);
  const texts = messageTexts(body.messages);
  const promptTokens = texts.reduce((sum, m) => sum + tokensOf(m.text) + TOKENS_PER_MESSAGE, TOKENS_PER_PROMPT);
  const maxTokens = typeof body.max_tokens === 'number' ? body.max_tokens : undefined;
  if (promptTokens + (maxTokens ?? 0) > model.contextLength) return contextTooLong(model.contextLength, promptTokens, maxTokens ?? 0);

  const question = texts.findLast((m) => m.role === 'user')?.text ?? '';
  const script = scriptFor(question, replyText);
  const limit = Math.min(maxTokens ?? Infinity, model.maxCompletionTokens ?? Infinity, model.contextLength - promptTokens);
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
    reasoningTokens: tokensOf(reasoning),
    completionTokens: tokensOf(reasoning) + tokensOf(content),
  };
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

/** `completionTokens`: those streamed before a cut. Nothing produced is nothing charged, as the service promises. */
export function billFor(generation: Generation, completionTokens: number, cancelled: boolean, failed: boolean): Bill {
  const free = failed || (cancelled && completionTokens === 0);
  return {
    generationId: generation.id,
    model: generation.model.id,
    question: generation.question,
    promptTokens: generation.promptTokens,
    completionTokens,
    costUsd: free ? '0' : exactCostUsd(generation.model, generation.promptTokens, completionTokens),
    cancelled,
    atMs: Date.now(),
  };
}

/** The usage object of a whole reply. The cost is a JSON number, as the service sends it. */
export function usageOf(generation: Generation): {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost: number;
  readonly is_byok: boolean;
  readonly cost_details: { readonly upstream_inference_cost: number; readonly upstream_inference_prompt_cost: number; readonly upstream_inference_completions_cost: number };
  readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
} {
  const { model, promptTokens, completionTokens } = generation;
  const cost = Number(exactCostUsd(model, promptTokens, completionTokens));
  const promptCost = Number(exactCostUsd(model, promptTokens, 0));
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
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: generation.reasoningTokens },
  };
}

/** The body of GET /generation. */
export function generationRecord(bill: Bill): unknown {
  return {
    data: {
      id: bill.generationId,
      model: bill.model,
      api_type: 'completions',
      streamed: true,
      cancelled: bill.cancelled,
      finish_reason: bill.cancelled ? null : 'stop',
      total_cost: Number(bill.costUsd),
      usage: Number(bill.costUsd),
      upstream_inference_cost: null,
      cache_discount: null,
      is_byok: false,
      tokens_prompt: bill.promptTokens,
      tokens_completion: bill.completionTokens,
      native_tokens_prompt: bill.promptTokens,
      native_tokens_completion: bill.completionTokens,
      native_tokens_reasoning: 0,
      native_tokens_cached: 0,
      created_at: new Date(bill.atMs).toISOString(),
    },
  };
}
