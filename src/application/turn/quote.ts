import { type Refusal, RefusedError } from '../../domain/failure';
import type { ConversationId } from '../../domain/ids';
import type { NanoUsd } from '../../domain/money';
import { worstCaseCost } from '../../domain/price';
import type { Circuits } from './circuits';
import type { SpendGate } from '../spend/gate';
import { MAX_INPUT_CHARACTERS, type Plan, type PlanInput, type TurnPlanner, spendRequestOf } from './planner';

/** What a send would take now. Reserves nothing. */
export interface TurnQuote {
  /** Estimate of the whole prompt: system message, history, attachments and text. */
  readonly promptTokens: number;
  /** `max_tokens` of the request. Lower than usual if the budget leaves less. */
  readonly maxTokens: number;
  /** Shorter than settings and model allow, because of the budget. */
  readonly isShortened: boolean;
  readonly omittedMessages: number;
  /** Worst case. Null without a price or a ceiling. */
  readonly worstCaseNanoUsd: NanoUsd | null;
  /** Why a send would be refused. Undefined: it would be sent. Never EMPTY_INPUT, TOO_SOON or BUSY. */
  readonly refusal: Refusal | undefined;
}

/** Quote of a turn that can't be planned. */
export const refusedQuote = (refusal: Refusal): TurnQuote => ({
  promptTokens: refusal.code === 'CONTEXT_TOO_LONG' ? refusal.tokens : 0,
  maxTokens: 0,
  isShortened: false,
  omittedMessages: 0,
  worstCaseNanoUsd: null,
  refusal,
});

export interface QuoteOptions {
  readonly planner: TurnPlanner;
  readonly gate: SpendGate;
  readonly circuits: Circuits;
}

/** Plans like a send, but also returns figures where a send would refuse: without a key, a price or enough budget. */
export async function quoteTurn(
  { planner, gate, circuits }: QuoteOptions,
  conversationId: ConversationId | null,
  input: PlanInput,
): Promise<TurnQuote> {
  const refusedBefore = tooLong(input.newest.text) ?? (await planner.missingKey());
  const planned = await planOrRefusal(planner, input);
  if (!planned.plan) return { ...refusedQuote(planned.refusal), refusal: refusedBefore ?? planned.refusal };
  const { plan } = planned;
  const { maxTokens } = plan.request;
  const price = planned.refusal ? null : plan.effectivePrice;
  const offer = gate.preview(spendRequestOf(plan, conversationId));
  const fitting = offer.kind === 'fits' ? offer.maxTokens : maxTokens;
  const waitMs = await circuits.waitMs(plan.request.model);
  const paused: Refusal | undefined = waitMs > 0 ? { code: 'CIRCUIT_OPEN', waitMs } : undefined;
  return {
    promptTokens: plan.promptTokens,
    maxTokens: fitting,
    isShortened: fitting < maxTokens,
    omittedMessages: plan.omittedMessages,
    worstCaseNanoUsd: price && worstCaseCost(price, plan.promptTokensBound, fitting),
    refusal: refusedBefore ?? planned.refusal ?? paused ?? (offer.kind === 'refused' ? offer.refusal : undefined),
  };
}

function tooLong(text: string): Refusal | undefined {
  return text.length > MAX_INPUT_CHARACTERS
    ? { code: 'INPUT_TOO_LONG', characters: text.length, limit: MAX_INPUT_CHARACTERS }
    : undefined;
}

type Planned =
  { readonly plan: Plan; readonly refusal: Refusal | undefined } | { readonly plan?: never; readonly refusal: Refusal };

/** Without a known price it still counts the tokens. */
async function planOrRefusal(planner: TurnPlanner, input: PlanInput): Promise<Planned> {
  try {
    return { plan: await planner.plan(input), refusal: undefined };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { refusal } = error;
    if (input.acceptUnknownPrice || (refusal.code !== 'PRICE_UNKNOWN' && refusal.code !== 'NOT_FOUND'))
      return { refusal };
    const { plan } = await planOrRefusal(planner, { ...input, acceptUnknownPrice: true });
    return plan ? { plan, refusal } : { refusal };
  }
}
