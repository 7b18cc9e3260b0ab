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

/** One request that may go out: within the limits, and to a model that is not left alone. */
export interface Attempt {
  readonly reservationId: ReservationId;
  /** As the budget let it through. */
  readonly plan: Plan;
  readonly worstCaseNanoUsd: NanoUsd;
  readonly permit: CircuitPermit;
}

/** One reply and the request that is made for it now. */
export interface Turn extends Attempt {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly signal: AbortSignal;
}

/** The request after one that failed. */
export interface NextAttempt {
  readonly model: ModelId;
  /** Before it goes out. */
  readonly waitMs: number;
  /** Made when the wait is over; undefined: it may not be made any more. @throws RefusedError */
  readonly plan: () => Promise<Plan | undefined>;
}

export interface AttemptsOptions {
  readonly planner: TurnPlanner;
  readonly gate: SpendGate;
  readonly circuits: Circuits;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  /** Evenly from 0 to 1, without 1. */
  readonly random: () => number;
}

/** First wait where the provider names none. Each further one is twice as long, and each is shortened by up to half at random. */
const FIRST_BACKOFF_MS = 1_000;

/** The requests of replies: each passes the circuit and the gate by itself, whether it is the first or follows a failed one. */
export class Attempts {
  constructor(private readonly options: AttemptsOptions) {}

  /** Reserves durably. Whoever gets it sends it or takes the reservation back. @throws RefusedError: nothing is reserved. */
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

  /** For one reply that begins with this plan. */
  series(asked: Plan): AttemptSeries {
    return new AttemptSeries(asked, this.options);
  }
}

/** Which requests of one reply follow each other. None is dearer than the first, or sees less of the conversation. */
export class AttemptSeries {
  private retries = 0;
  private readonly tried: Set<ModelId>;
  private backoffs = 0;

  constructor(
    private readonly asked: Plan,
    private readonly options: AttemptsOptions,
  ) {
    this.tried = new Set([asked.request.model]);
  }

  /** After a request that failed and was not charged; undefined: the reply ends with its failure. */
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
    // To wait for a model that will be left alone even then is of no use.
    if ((await this.options.circuits.waitMs(input.model)) > waitMs) return undefined;
    this.retries += 1;
    return { model: input.model, waitMs, plan: () => this.permitted(input) };
  }

  private async fallback(): Promise<NextAttempt | undefined> {
    const { settings, circuits } = this.options;
    for (const model of chainAfter(settings.current().fallbackModels, this.asked.request.model)) {
      if (this.tried.has(model) || (await circuits.waitMs(model)) > 0) continue;
      const plan = await this.planOrSkip(this.inputFor(model));
      if (!plan) continue;
      this.tried.add(model);
      return { model, waitMs: 0, plan: () => Promise.resolve(plan) };
    }
    return undefined;
  }

  /** The same prompt and no longer a reply, so that only the rates can make a difference. */
  private inputFor(model: ModelId): PlanInput {
    const { input, contextLength, request } = this.asked;
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
    const { asked } = this;
    if (plan.omittedMessages !== asked.omittedMessages) return false;
    // Nothing limits the cost, and the person agreed to that: the plan of another model would have been refused.
    if (!plan.effectivePrice || !asked.effectivePrice) return plan.effectivePrice === asked.effectivePrice;
    return isNotMoreExpensive(
      plan.effectivePrice,
      asked.effectivePrice,
      asked.promptTokens,
      this.options.clock.nowMs(),
    );
  }

  private nextBackoffMs(): number {
    const longestMs = FIRST_BACKOFF_MS * 2 ** this.backoffs;
    this.backoffs += 1;
    return Math.round((longestMs + this.options.random() * longestMs) / 2);
  }
}
