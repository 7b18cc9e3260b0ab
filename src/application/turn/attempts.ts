import { RefusedError } from '../../domain/failure';
import type { ConversationId, MessageId, ModelId, ReservationId } from '../../domain/ids';
import type { NanoUsd } from '../../domain/money';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock } from '../../domain/ports/system';
import { isNotMoreExpensive } from '../../domain/price';
import { type FailedOutcome, type NextStep, chainAfter, nextStep } from '../../domain/retry';
import type { Circuits, CircuitPermit } from './circuits';
import type { SpendGate } from '../spend/gate';
import { storedOrRefused } from '../conversations/writeQueue';
import { type Plan, type PlanInput, type TurnPlanner, spendRequestOf } from './planner';

/** One admitted request: within the limits, and to a model whose circuit lets it through. */
export interface Attempt {
  readonly reservationId: ReservationId;
  /** With `maxTokens` as the budget allows. */
  readonly plan: Plan;
  readonly worstCaseNanoUsd: NanoUsd;
  readonly permit: CircuitPermit;
}

/** One reply and its current request. */
export interface Turn extends Attempt {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly signal: AbortSignal;
}

/** The request that follows a failed one. */
export interface NextAttempt {
  readonly model: ModelId;
  /** Time to wait before it is sent. */
  readonly waitMs: number;
  /** To be called after the wait. Undefined: the request is no longer permitted. @throws RefusedError */
  readonly plan: () => Promise<Plan | undefined>;
}

export interface AttemptsOptions {
  readonly planner: TurnPlanner;
  readonly gate: SpendGate;
  readonly circuits: Circuits;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** First wait when the provider names none. Each further wait doubles, and each is shortened by up to half at random. */
const FIRST_BACKOFF_MS = 1_000;

/** Admits requests: each passes the circuit and the gate, whether it is the first of a reply or follows a failed one. */
export class Attempts {
  constructor(private readonly options: AttemptsOptions) {}

  /** Reserves durably. The caller must send the request or release the reservation. @throws RefusedError: nothing is reserved. */
  async admit(conversationId: ConversationId, messageId: MessageId, plan: Plan): Promise<Attempt> {
    const { circuits, gate } = this.options;
    const permit = await circuits.enter(plan.request.model);
    try {
      const paid = {
        ...spendRequestOf(plan, conversationId),
        conversationId,
        messageId,
        promptTokens: plan.promptTokens,
      };
      const admission = await storedOrRefused(() => gate.admit(paid));
      if (admission.kind === 'refused') throw new RefusedError(admission.refusal);
      const { reservationId, worstCaseNanoUsd, maxTokens } = admission;
      return { reservationId, worstCaseNanoUsd, permit, plan: { ...plan, request: { ...plan.request, maxTokens } } };
    } catch (error) {
      permit.over('nothing');
      throw error;
    }
  }

  /** The series of requests for a reply that starts with this plan. */
  series(firstPlan: Plan): AttemptSeries {
    return new AttemptSeries(firstPlan, this.options);
  }
}

/** The requests of one reply. None may be more expensive than the first, or omit more of the conversation. */
export class AttemptSeries {
  private retries = 0;
  private readonly tried: Set<ModelId>;
  private backoffs = 0;

  constructor(
    private readonly firstPlan: Plan,
    private readonly options: AttemptsOptions,
  ) {
    this.tried = new Set([firstPlan.request.model]);
  }

  /** The request after one that failed without a charge. Undefined: the reply ends with that failure. */
  async next(failed: Plan, outcome: FailedOutcome): Promise<NextAttempt | undefined> {
    const step = nextStep(outcome, this.retries);
    switch (step.kind) {
      case 'end':
        return undefined;
      case 'retry':
        return this.retry(failed, step);
      case 'fallback':
        return (
          (await this.fallback()) ?? (step.otherwise.kind === 'retry' ? this.retry(failed, step.otherwise) : undefined)
        );
    }
  }

  private async retry({ input }: Plan, step: Extract<NextStep, { kind: 'retry' }>): Promise<NextAttempt | undefined> {
    const waitMs = step.waitMs === 'backoff' ? this.nextBackoffMs() : step.waitMs;
    // Waiting is useless if the model will still be paused afterwards.
    if ((await this.options.circuits.waitMs(input.model)) > waitMs) return undefined;
    this.retries += 1;
    return { model: input.model, waitMs, plan: () => this.permitted(input) };
  }

  private async fallback(): Promise<NextAttempt | undefined> {
    const { settings, circuits } = this.options;
    for (const model of chainAfter(settings.current().fallbackModels, this.firstPlan.request.model)) {
      if (this.tried.has(model) || (await circuits.waitMs(model)) > 0) continue;
      const plan = await this.planOrSkip(this.inputFor(model));
      if (!plan) continue;
      this.tried.add(model);
      return { model, waitMs: 0, plan: () => Promise.resolve(plan) };
    }
    return undefined;
  }

  /** The same prompt and reply length, so that only the rates can differ. */
  private inputFor(model: ModelId): PlanInput {
    const { input, contextLength, request } = this.firstPlan;
    return {
      ...input,
      model,
      maxTokens: request.maxTokens,
      acceptUnknownPrice: false,
      ...(contextLength === null ? {} : { contextLength }),
    };
  }

  private async planOrSkip(input: PlanInput): Promise<Plan | undefined> {
    try {
      return await this.permitted(input);
    } catch (error) {
      if (error instanceof RefusedError) return undefined;
      throw error;
    }
  }

  private async permitted(input: PlanInput): Promise<Plan | undefined> {
    const plan = await this.options.planner.plan(input);
    return this.isPermitted(plan) ? plan : undefined;
  }

  private isPermitted(plan: Plan): boolean {
    const { firstPlan } = this;
    if (plan.omittedMessages !== firstPlan.omittedMessages) return false;
    // The user agreed to an unknown price for the first plan only.
    if (!plan.effectivePrice || !firstPlan.effectivePrice) return plan.effectivePrice === firstPlan.effectivePrice;
    return isNotMoreExpensive(
      plan.effectivePrice,
      firstPlan.effectivePrice,
      firstPlan.promptTokens,
      this.options.clock.nowMs(),
    );
  }

  private nextBackoffMs(): number {
    const longestMs = FIRST_BACKOFF_MS * 2 ** this.backoffs;
    this.backoffs += 1;
    return Math.round((longestMs + this.options.random() * longestMs) / 2);
  }
}
