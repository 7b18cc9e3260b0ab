import { type GenerationId, generationId } from '../../domain/ids';
import type { GenerationAnswer } from '../../domain/ports/provider';
import type { TokenUsage } from '../../domain/price';
import { wholeCost } from './amounts';
import type { JsonAnswer } from './jsonRequest';
import { type GenerationRecord, generationSchema } from './schemas';

/** Ids for GET /generation. They come from a header and are written to journals and URLs. */
const SAFE_ID = /^[\w.:-]{1,200}$/;

/** From the header `X-Generation-Id`, which only servers with generation records send. */
export const generationIdFromHeader = (text: string | null): GenerationId | null =>
  text !== null && SAFE_ID.test(text) ? generationId(text) : null;

/** From an event. Other servers also send ids (`chatcmpl-…`), but have no record for them. */
export const generationIdFromEvent = (text: string | undefined): GenerationId | null =>
  text?.startsWith('gen-') && SAFE_ID.test(text) ? generationId(text) : null;

/**
 * The record of a generation appears seconds after its end, after an abort even later; until then OpenRouter responds
 * with 404. For other servers, an error with a code means that they keep records; any other error means that they
 * don't.
 */
export function generationAnswer(answer: JsonAnswer, id: GenerationId, isOpenRouter: boolean): GenerationAnswer {
  if (answer.kind === 'failed') {
    const { failure } = answer;
    if (!isOpenRouter && hasNoRecords(answer)) return { kind: 'unsupported' };
    return failure.httpStatus === 404 ? { kind: 'notYet' } : { kind: 'failed', failure };
  }
  const parsed = generationSchema.safeParse(answer.body);
  if (!parsed.success) return isOpenRouter ? { kind: 'notYet' } : { kind: 'unsupported' };
  const record = parsed.data.data;
  return record.id === undefined || record.id === id ? billOf(record) : { kind: 'notYet' };
}

function hasNoRecords({ failure: { httpStatus }, body }: Extract<JsonAnswer, { kind: 'failed' }>): boolean {
  if (body === 'page' || httpStatus === 405 || httpStatus === 501) return true;
  return body === 'other' && (httpStatus === undefined || httpStatus === 200 || httpStatus === 404);
}

/**
 * An amount above zero is final. Zero is final for a cancelled generation and for one with a finish reason (a free
 * model, a cached reply, or an error: "zero completion insurance"). Otherwise the amount may not be computed yet: a
 * record of 31,540 tokens had a cost of zero, so token counts don't tell. An absent amount is unknown.
 */
function billOf(record: GenerationRecord): GenerationAnswer {
  const cost = wholeCost(record.total_cost, record.is_byok, record.upstream_inference_cost);
  const cancelled = record.cancelled === true;
  if (!cost || (cost.digits === 0n && !cancelled && !record.finish_reason)) return { kind: 'notYet' };
  return { kind: 'billed', cost, usage: usageOf(record), provider: record.provider_name ?? null, cancelled };
}

/** The native counts are the billed ones. */
function usageOf(record: GenerationRecord): TokenUsage | null {
  const { native_tokens_prompt: promptTokens, native_tokens_completion: completionTokens } = record;
  if (promptTokens === undefined || completionTokens === undefined) return null;
  // The record doesn't contain cache writes.
  return {
    promptTokens,
    completionTokens,
    reasoningTokens: record.native_tokens_reasoning ?? 0,
    cachedTokens: record.native_tokens_cached ?? 0,
    cacheWriteTokens: 0,
  };
}
