import { type SpendSums, monthOf } from '../../domain/budget';
import type { SpendGap, Refusal } from '../../domain/failure';
import type { SettingsSource } from '../../domain/ports/settings';
import type { IdSource, Timers } from '../../domain/ports/system';
import { type ConversationId, type MessageId, type ModelId, type ReservationId, reservationId } from '../../domain/ids';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import { type ModelPrice, affordableReplyTokens, worstCaseCost } from '../../domain/price';
import type { SpendLedger } from './ledger';

export interface SpendRequest {
  /** Null: a new conversation. */
  readonly conversationId: ConversationId | null;
  readonly model: ModelId;
  /** The worst case is computed with this. Null: nothing limits the cost, and the user agreed to that. */
  readonly price: ModelPrice | null;
  /** Upper bound of the prompt tokens, for the worst case. */
  readonly promptTokensBound: number;
  /** The longest reply wanted, and the shortest useful one. */
  readonly maxTokens: number;
  readonly minTokens: number;
}

/** Decision about a request by the current state of the book. */
export type Offer =
  /** `maxTokens`: as requested, or less if the limits leave less. Without a price the worst case is zero. */
  | { readonly kind: 'fits'; readonly maxTokens: number; readonly worstCaseNanoUsd: NanoUsd }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface PaidRequest extends SpendRequest {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  /** An estimate, for the ledger. */
  readonly promptTokens: number;
}

export type Admission =
  /** Its worst case counts against the limits until `reservationId` is settled or released. */
  | {
      readonly kind: 'admitted';
      readonly reservationId: ReservationId;
      readonly maxTokens: number;
      readonly worstCaseNanoUsd: NanoUsd;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface SpendGateOptions {
  readonly ledger: SpendLedger;
  readonly settings: SettingsSource;
  readonly ids: IdSource;
  readonly timers: Timers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const MAX_TRIES = 4;
/** Windows that blocked each other retry at different times. */
const RETRY_MS = { least: 5, most: 60 } as const;

interface Limit {
  readonly period: 'reply' | 'conversation' | 'day' | 'month';
  readonly limitNanoUsd: NanoUsd;
  /** What remains of the limit after settled and unsettled amounts. Negative: it is exceeded. */
  readonly leftNanoUsd: NanoUsd;
}

/**
 * The gate that every paid request passes. With a hard budget this holds at every moment and across all windows of one
 * store: settled amounts plus the worst cases of unsettled requests are within every limit.
 *
 * The worst case is reserved durably first, then everything that any window has journaled is read, then the gate decides.
 * Of simultaneous requests, the one whose reservation is written last sees all the others, so they can't all pass. A
 * request that does not fit releases its reservation.
 */
export class SpendGate {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SpendGateOptions) {}

  /**
   * One request at a time per window, because two would only block each other. An admitted request counts as running.
   * @throws StoreWriteError if its reservation can't be stored or released durably.
   */
  admit(request: PaidRequest): Promise<Admission> {
    const admission = this.last.then(() => this.tryAdmit(request));
    this.last = admission.catch(() => undefined);
    return admission;
  }

  /** What `admit` would return if nothing changed since the last refresh. Reads and reserves nothing. */
  preview(request: SpendRequest): Offer {
    const unsure = this.unsureAbout(this.options.ledger.gaps);
    return unsure ? refused(unsure) : this.offer(request, this.options.ledger.dayUtc);
  }

  private async tryAdmit(request: PaidRequest): Promise<Admission> {
    const { ledger, ids } = this.options;
    for (let tries = 1; ; tries++) {
      const unsure = await this.refresh(request);
      if (unsure) return refused(unsure);
      const { dayUtc } = ledger;
      const offer = this.offer(request, dayUtc);
      if (offer.kind === 'refused') return offer;
      const { maxTokens, worstCaseNanoUsd } = offer;
      // A release is final, so each try makes a reservation of its own.
      const id = reservationId(ids.next());
      const { conversationId, messageId, model, promptTokens } = request;
      await ledger.reserve({
        reservationId: id,
        conversationId,
        messageId,
        model,
        worstCaseNanoUsd,
        quote: { promptTokens, maxTokens },
        dayUtc,
      });
      const refusal = (await this.refresh(request)) ?? this.overLimit(request, dayUtc, worstCaseNanoUsd);
      if (!refusal) return { kind: 'admitted', reservationId: id, maxTokens, worstCaseNanoUsd };
      await ledger.release(id);
      if (refusal.code !== 'BUDGET_EXCEEDED' || tries === MAX_TRIES) return refused(refusal);
      await this.randomWait();
    }
  }

  /** Reads what all windows have journaled. @returns the refusal if the limits can't be guaranteed after that. */
  private async refresh({ conversationId }: PaidRequest): Promise<Refusal | undefined> {
    const { ledger, settings } = this.options;
    try {
      const gaps = await ledger.refresh();
      if (settings.current().conversationLimitNanoUsd !== null) await ledger.loadOldCharges(conversationId);
      return this.unsureAbout(gaps);
    } catch (error) {
      return this.unsureAbout([
        {
          kind: 'unreadable',
          journal: '',
          reason: { kind: 'other', detail: error instanceof Error ? error.message : String(error) },
        },
      ]);
    }
  }

  private unsureAbout(gaps: readonly SpendGap[]): Refusal | undefined {
    const { replyLimitNanoUsd, conversationLimitNanoUsd, dailyLimitNanoUsd, monthlyLimitNanoUsd, budgetMode } =
      this.options.settings.current();
    const isPromised =
      budgetMode === 'hard' &&
      [replyLimitNanoUsd, conversationLimitNanoUsd, dailyLimitNanoUsd, monthlyLimitNanoUsd].some(
        (limit) => limit !== null,
      );
    return isPromised && gaps.length > 0 ? { code: 'SPEND_UNSURE', gaps } : undefined;
  }

  /** The longest reply that the limits allow. */
  private offer(request: SpendRequest, dayUtc: string): Offer {
    const { price, promptTokensBound: bound, maxTokens, minTokens } = request;
    const fits = (tokens: number): Offer => ({
      kind: 'fits',
      maxTokens: tokens,
      worstCaseNanoUsd: price ? worstCaseCost(price, bound, tokens) : ZERO_USD,
    });
    if (!price || this.options.settings.current().budgetMode === 'warn') return fits(maxTokens);
    const overrun = this.overrunOf(request.model);
    if (overrun) return refused(overrun);
    const limit = this.tightest(request.conversationId, dayUtc);
    if (!limit) return fits(maxTokens);
    // An exceeded limit does not block free models.
    const affordable = affordableReplyTokens(price, bound, nanoUsd(Math.max(0, limit.leftNanoUsd)));
    return affordable < minTokens
      ? refused(exceeded(limit, worstCaseCost(price, bound, minTokens)))
      : fits(Math.min(maxTokens, affordable));
  }

  /** After the reservation: the refusal if the book now exceeds a limit. */
  private overLimit({ conversationId }: PaidRequest, dayUtc: string, worstCaseNanoUsd: NanoUsd): Refusal | undefined {
    if (worstCaseNanoUsd === 0 || this.options.settings.current().budgetMode === 'warn') return undefined;
    const limit = this.tightest(conversationId, dayUtc);
    if (!limit || limit.leftNanoUsd >= 0) return undefined;
    const withoutIt = { ...limit, leftNanoUsd: addUsd(limit.leftNanoUsd, worstCaseNanoUsd) };
    return exceeded(withoutIt, worstCaseNanoUsd);
  }

  private overrunOf(model: ModelId): Refusal | undefined {
    const overrun = this.options.ledger.book.overruns().find((candidate) => candidate.model === model);
    return (
      overrun && {
        code: 'BUDGET_EXCEEDED',
        period: 'model',
        model,
        billedNanoUsd: overrun.billedNanoUsd,
        worstCaseNanoUsd: overrun.worstCaseNanoUsd,
      }
    );
  }

  /** The limit with the least room; undefined if none is set. */
  private tightest(conversationId: ConversationId | null, dayUtc: string): Limit | undefined {
    const { book } = this.options.ledger;
    const settings = this.options.settings.current();
    const candidates = [
      { period: 'reply', limitNanoUsd: settings.replyLimitNanoUsd, counted: () => NOTHING_SPENT },
      {
        period: 'conversation',
        limitNanoUsd: settings.conversationLimitNanoUsd,
        counted: () => (conversationId === null ? NOTHING_SPENT : book.ofConversation(conversationId)),
      },
      { period: 'day', limitNanoUsd: settings.dailyLimitNanoUsd, counted: () => book.spentIn(dayUtc) },
      { period: 'month', limitNanoUsd: settings.monthlyLimitNanoUsd, counted: () => book.spentIn(monthOf(dayUtc)) },
    ] as const;
    let tightest: Limit | undefined;
    for (const { period, limitNanoUsd, counted } of candidates) {
      if (limitNanoUsd === null) continue;
      const { settledNanoUsd, unsettledNanoUsd } = counted();
      const leftNanoUsd = nanoUsd(limitNanoUsd - settledNanoUsd - unsettledNanoUsd);
      if (!tightest || leftNanoUsd < tightest.leftNanoUsd) tightest = { period, limitNanoUsd, leftNanoUsd };
    }
    return tightest;
  }

  private randomWait(): Promise<void> {
    const ms = RETRY_MS.least + this.options.random() * (RETRY_MS.most - RETRY_MS.least);
    return new Promise((resolve) => this.options.timers.after(ms, resolve));
  }
}

const NOTHING_SPENT: SpendSums = { settledNanoUsd: ZERO_USD, unsettledNanoUsd: ZERO_USD };

const refused = (refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } => ({
  kind: 'refused',
  refusal,
});

const exceeded = ({ period, limitNanoUsd, leftNanoUsd }: Limit, worstCaseNanoUsd: NanoUsd): Refusal => ({
  code: 'BUDGET_EXCEEDED',
  period,
  limitNanoUsd,
  spentNanoUsd: limitNanoUsd - leftNanoUsd,
  worstCaseNanoUsd,
});
