import { type SpendSums, monthOf } from '../../domain/budget';
import type { SpendGap, Refusal } from '../../domain/failure';
import type { SettingsSource } from '../../domain/ports/settings';
import type { IdSource, Timers } from '../../domain/ports/system';
import { type ConversationId, type MessageId, type ModelId, type ReservationId, reservationId } from '../../domain/ids';
import { type NanoUsd, ZERO_USD, addUsd, nanoUsd } from '../../domain/money';
import { type ModelPrice, affordableReplyTokens, worstCaseCost } from '../../domain/price';
import type { SpendLedger } from './ledger';

export interface SpendRequest {
  /** Null: one that does not exist yet. */
  readonly conversationId: ConversationId | null;
  readonly model: ModelId;
  /** What the worst case is reckoned with; null: nothing limits what it may cost, and the person agreed to that. */
  readonly price: ModelPrice | null;
  /** Upper bound of the prompt's tokens, for the worst case. */
  readonly promptTokensBound: number;
  /** What is asked for at most, and the least that is of use. */
  readonly maxTokens: number;
  readonly minTokens: number;
}

/** What becomes of a request by the book as it is known now. */
export type Offer =
  /** `maxTokens`: what was asked for, or less where the limits leave less. Zero worst case without a price. */
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
  /** Evenly from 0 to 1, without 1. */
  readonly random: () => number;
}

const MAX_TRIES = 4;
/** Two windows that got in each other's way try again at different times. */
const RETRY_MS = { least: 5, most: 60 } as const;

interface Limit {
  readonly period: 'reply' | 'conversation' | 'day' | 'month';
  readonly limitNanoUsd: NanoUsd;
  /** Of the limit, after what is settled and outstanding. Negative: it has been passed. */
  readonly leftNanoUsd: NanoUsd;
}

/**
 * The one gate that every paid request passes. With a hard budget, at every instant and over all windows of one
 * store: what is settled and the worst cases of what is outstanding are together within every limit.
 *
 * A worst case is made durable first; then everything that any window has journaled is read; then it is decided.
 * Of requests that are at it at once, the one whose reservation is written last sees all the others, so they
 * cannot all pass. Whoever does not fit takes the reservation back.
 */
export class SpendGate {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SpendGateOptions) {}

  /**
   * One request at a time in this window: two would only get in each other's way. An admitted one is reserved and
   * runs. @throws StoreWriteError when its reservation cannot be made durable, or be taken back.
   */
  admit(request: PaidRequest): Promise<Admission> {
    const admission = this.last.then(() => this.tryInTurn(request));
    this.last = admission.catch(() => undefined);
    return admission;
  }

  /** What `admit` would answer if nothing changed since the last look. Reads and reserves nothing. */
  preview(request: SpendRequest): Offer {
    const unsure = this.unsureAbout(this.options.ledger.gaps);
    return unsure ? refused(unsure) : this.offer(request, this.options.ledger.dayUtc);
  }

  private async tryInTurn(request: PaidRequest): Promise<Admission> {
    const { ledger, ids } = this.options;
    for (let tries = 1; ; tries++) {
      const unsure = await this.look(request);
      if (unsure) return refused(unsure);
      const { dayUtc } = ledger;
      const offer = this.offer(request, dayUtc);
      if (offer.kind === 'refused') return offer;
      const { maxTokens, worstCaseNanoUsd } = offer;
      // A reservation that was taken back stays so: every try has one of its own.
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
      const refusal = (await this.look(request)) ?? this.overLimit(request, dayUtc, worstCaseNanoUsd);
      if (!refusal) return { kind: 'admitted', reservationId: id, maxTokens, worstCaseNanoUsd };
      await ledger.release(id);
      if (refusal.code !== 'BUDGET_EXCEEDED' || tries === MAX_TRIES) return refused(refusal);
      await this.randomWait();
    }
  }

  /** Reads what all windows have journaled. @returns why no limit can be promised after it. */
  private async look({ conversationId }: PaidRequest): Promise<Refusal | undefined> {
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

  /** As much of the reply as the limits leave. */
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
    // What has passed a limit already does not keep a free model from answering.
    const affordable = affordableReplyTokens(price, bound, nanoUsd(Math.max(0, limit.leftNanoUsd)));
    return affordable < minTokens
      ? refused(exceeded(limit, worstCaseCost(price, bound, minTokens)))
      : fits(Math.min(maxTokens, affordable));
  }

  /** After the reservation: whether it and everything else that is in the book now stay within the limits. */
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

  /** The limit that leaves least; undefined when none is set. */
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
