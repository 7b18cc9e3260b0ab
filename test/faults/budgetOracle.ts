import type { SpendEvent } from '../../src/domain/storeEvent';
import type { Bill } from '../support/openRouterEmulator';
import type { BookEntry, BudgetLimits, BudgetReport } from './budgetJobs';

type Reserved = Extract<SpendEvent, { type: 'spend.reserved' }>;

/** A reservation as its window announced it, before the first byte of it was written. */
interface Known {
  readonly reserved: Reserved;
  /** In force when it was announced; they only change while nobody asks the gate. */
  readonly limits: BudgetLimits;
  /** How many times the limits had changed by then. */
  readonly epoch: number;
  /** Worst cases of what had no durable bill and no durable release by then, its own included. */
  readonly inFlightNanoUsd: number;
}

export interface OracleOptions {
  readonly limits: BudgetLimits;
  /** How many times the price list is charged. */
  readonly overcharge: number;
  readonly wrong: (what: string) => void;
}

/** How every question of these schedules begins: the name of its turn. */
export const turnOf = (question: string): string => question.split(' ')[0] ?? '';

/**
 * Knows the truth: what the server has billed, and what the windows announced before they did it. Bills only add up
 * and a limit counts as it was when a request passed the gate, so a sum that is within it at the end of a step was
 * within it at every instant before.
 */
export class BudgetOracle {
  private readonly reservations = new Map<string, Known>();
  private readonly turnByMessage = new Map<string, string>();
  /** Reservations with a durable bill or release. What the person says is neither: the bill may come still, and be higher. */
  private readonly booked = new Set<string>();
  /** Models whose bill beyond the worst case is durable and not accepted since. */
  private readonly overrun = new Set<string>();
  /** Reservations whose record, and whose generation's id, is durable. */
  private readonly durable = new Set<string>();
  private readonly identified = new Set<string>();
  /** Those of them that could be asked for when `asksForBills` was said. */
  private askable: ReadonlySet<string> = new Set();
  private readonly announced = new Map<string, readonly SpendEvent[]>();
  private latestDay = '';
  private limits: BudgetLimits;
  private epoch = 0;
  /** What the person has said of what had no bill then, and what was billed beyond it. */
  private readonly byHand = new Map<string, { readonly costNanoUsd: number; readonly beyondNanoUsd: number }>();
  overranTold = 0;
  overrunsSeen = 0;

  constructor(private readonly options: OracleOptions) {
    this.limits = options.limits;
  }

  /** Only while nobody asks the gate. */
  changeLimits(limits: BudgetLimits): void {
    this.limits = limits;
    this.epoch += 1;
  }

  /** Greatest UTC day of all reservations that are known to be durable. */
  get latestDurableDay(): string {
    return this.latestDay;
  }

  isOverrun(model: string): boolean {
    return this.overrun.has(model);
  }

  /** From now on every open bill is asked for whose id is on a disk. */
  asksForBills(): void {
    this.askable = new Set(this.identified);
  }

  accept(model: string): void {
    this.overrun.delete(model);
  }

  get reservationIds(): readonly string[] {
    return [...this.reservations.keys()];
  }

  /** @param window names the process, because each counts its commits from 1. */
  take(window: string, report: BudgetReport): void {
    switch (report.kind) {
      case 'committing':
        for (const { messageId, text } of report.asked) this.turnByMessage.set(messageId, turnOf(text));
        for (const event of report.spend) if (event.type === 'spend.reserved') this.reserve(event);
        this.announced.set(`${window} ${report.commit}`, report.spend);
        break;
      case 'committed':
        for (const event of this.announced.get(`${window} ${report.commit}`) ?? []) this.commit(event);
        break;
      case 'overran':
        this.overranTold += 1;
        break;
      case 'answer':
      case 'journal':
        break;
    }
  }

  private reserve(reserved: Reserved): void {
    if (this.reservations.has(reserved.reservationId))
      this.options.wrong(`${reserved.reservationId} is reserved twice`);
    let inFlightNanoUsd: number = reserved.worstCaseNanoUsd;
    for (const [id, { reserved: other }] of this.reservations)
      if (!this.booked.has(id)) inFlightNanoUsd += other.worstCaseNanoUsd;
    this.reservations.set(reserved.reservationId, {
      reserved,
      limits: this.limits,
      epoch: this.epoch,
      inFlightNanoUsd,
    });
  }

  private commit(event: SpendEvent): void {
    if (event.type === 'spend.reserved') {
      this.durable.add(event.reservationId);
      if (event.dayUtc > this.latestDay) this.latestDay = event.dayUtc;
    }
    if (event.type === 'spend.identified') this.identified.add(event.reservationId);
    if (event.type === 'spend.released') this.booked.add(event.reservationId);
    if (event.type !== 'spend.settled' || event.settledBy === 'person') return;
    this.booked.add(event.reservationId);
    const { reserved } = this.reservations.get(event.reservationId) ?? {};
    if (!reserved || event.costNanoUsd <= reserved.worstCaseNanoUsd) return;
    this.overrun.add(reserved.model);
    this.overrunsSeen += 1;
  }

  /** A request that was asked for when the clocks and the journals said `sinceDay` may not count on an earlier day. */
  checkDays(reservationsBefore: number, sinceDay: string): void {
    for (const { reserved } of [...this.reservations.values()].slice(reservationsBefore)) {
      if (reserved.dayUtc < sinceDay)
        this.options.wrong(`${reserved.reservationId} counts on ${reserved.dayUtc}, when ${sinceDay} had been used`);
    }
  }

  /** Everything that was billed so far, against every limit under which it was let through. */
  check(bills: readonly Bill[]): void {
    const billed = this.billedReservations(bills);
    const { overcharge, wrong } = this.options;
    for (const { known, nanoUsd } of billed) {
      const { worstCaseNanoUsd, reservationId } = known.reserved;
      if (nanoUsd > overcharge * worstCaseNanoUsd)
        wrong(`${reservationId} is billed ${nanoUsd}, its worst case is ${worstCaseNanoUsd}`);
      const { replyLimitNanoUsd } = known.limits;
      if (replyLimitNanoUsd !== null && nanoUsd > overcharge * replyLimitNanoUsd)
        wrong(`${reservationId} is billed ${nanoUsd}, a reply may cost ${replyLimitNanoUsd}`);
    }
    this.checkSums(
      'day',
      billed,
      ({ reserved }) => reserved.dayUtc,
      (limits) => limits.dailyLimitNanoUsd,
    );
    this.checkSums(
      'month',
      billed,
      ({ reserved }) => reserved.dayUtc.slice(0, 7),
      (limits) => limits.monthlyLimitNanoUsd,
    );
    this.checkSums(
      'conversation',
      billed,
      ({ reserved }) => reserved.conversationId,
      (limits) => limits.conversationLimitNanoUsd,
    );
  }

  /**
   * Of each period, after each request that was let through: what is billed of it and of all before it is within the
   * limit of that moment. Where the server charges more than it says, each that was in flight may have passed its
   * worst case.
   */
  private checkSums(
    name: string,
    billed: readonly Billed[],
    keyOf: (known: Known) => string,
    limitOf: (limits: BudgetLimits) => number | null,
  ): void {
    const periods = new Map<string, { sum: number; last: Known }>();
    for (const { known, nanoUsd } of billed) {
      // What is free passes any limit.
      if (known.reserved.worstCaseNanoUsd === 0) continue;
      const key = keyOf(known);
      const period = periods.get(key) ?? { sum: 0, last: known };
      // Within one epoch nobody knows which of two that asked at once was the last.
      if (period.last.epoch !== known.epoch)
        this.judge(`${name} ${key}`, period.sum, period.last, limitOf(period.last.limits));
      periods.set(key, { sum: period.sum + nanoUsd, last: known });
    }
    for (const [key, { sum, last }] of periods) this.judge(`${name} ${key}`, sum, last, limitOf(last.limits));
  }

  private judge(what: string, sum: number, { inFlightNanoUsd }: Known, limit: number | null): void {
    if (limit === null) return;
    const { overcharge, wrong } = this.options;
    if (sum > limit + (overcharge - 1) * inFlightNanoUsd)
      wrong(`${what} is billed ${sum}, with a limit of ${limit} and ${inFlightNanoUsd} in flight`);
  }

  private billedReservations(bills: readonly Bill[]): readonly Billed[] {
    const nanoByTurn = new Map<string, number>();
    for (const bill of bills) {
      const turn = turnOf(bill.question);
      if (nanoByTurn.has(turn)) this.options.wrong(`${turn} is billed twice`);
      nanoByTurn.set(turn, nanoOf(bill.costUsd));
    }
    const billed: Billed[] = [];
    // A gate that tried again reserved again; what it took back before cannot have been sent.
    const lastTry = new Map([...this.reservations.values()].map((known) => [known.reserved.messageId, known]));
    for (const known of lastTry.values()) {
      const turn = this.turnByMessage.get(known.reserved.messageId);
      const nanoUsd = turn === undefined ? undefined : nanoByTurn.get(turn);
      if (turn === undefined || nanoUsd === undefined) continue;
      nanoByTurn.delete(turn);
      billed.push({ known, nanoUsd });
    }
    for (const [turn] of nanoByTurn) this.options.wrong(`${turn} is billed without a reservation`);
    return billed;
  }

  /**
   * After everything was reconciled, what a book says of a request is what was billed for it, to the nano-dollar. Only
   * one whose name at the server was on no disk can be open still: it ended before the server's first answer, or its
   * window had found no space for it or died. What the person says of it counts until its bill is on the disk.
   * @param sinceMonth what is older and settled may be missing.
   * @returns what the person has to settle by hand, with the true amount or, since nobody may enter more, the worst case.
   */
  checkBook(
    bills: readonly Bill[],
    entries: readonly BookEntry[],
    sinceMonth: string,
  ): readonly { readonly reservation: string; readonly costNanoUsd: number }[] {
    const truth = new Map<string, number>(
      this.billedReservations(bills).map(({ known, nanoUsd }) => [known.reserved.reservationId, nanoUsd]),
    );
    const byHand: { reservation: string; costNanoUsd: number }[] = [];
    for (const { reservation, state, costNanoUsd } of entries) {
      const billed = truth.get(reservation);
      if (state === null) {
        // Announced and never written: its window died or its disk was full.
        const isOld = (this.reservations.get(reservation)?.reserved.dayUtc ?? '') < sinceMonth;
        if (!isOld && (billed !== undefined || this.durable.has(reservation)))
          this.options.wrong(`${reservation} is in no book`);
      } else if (state === 'settled') this.checkSettled(reservation, costNanoUsd, billed);
      else if (state === 'released' && (billed ?? 0) > 0)
        this.options.wrong(`${reservation} is released and billed ${billed}`);
      else if (state === 'pending') {
        if (this.askable.has(reservation))
          this.options.wrong(`${reservation} is still open, though its bill can be asked for`);
        byHand.push({ reservation, costNanoUsd: this.settleByHand(reservation, billed ?? 0) });
      }
    }
    return byHand;
  }

  private checkSettled(reservation: string, costNanoUsd: number, billed: number | undefined): void {
    const said = this.byHand.get(reservation);
    const isBooked = this.booked.has(reservation);
    const expected = said && !isBooked ? said.costNanoUsd : (billed ?? 0);
    if (costNanoUsd === expected) return;
    const known = `billed ${billed ?? 'nothing'}, by hand ${said?.costNanoUsd ?? 'nothing'}, the bill is ${isBooked ? '' : 'not '}on the disk`;
    this.options.wrong(`${reservation} is settled with ${costNanoUsd} instead of ${expected}: ${known}`);
  }

  private settleByHand(reservation: string, billedNanoUsd: number): number {
    const costNanoUsd = Math.min(billedNanoUsd, this.reservations.get(reservation)?.reserved.worstCaseNanoUsd ?? 0);
    this.byHand.set(reservation, { costNanoUsd, beyondNanoUsd: billedNanoUsd - costNanoUsd });
    return costNanoUsd;
  }

  /** Everything that was billed, but for what went beyond the person's word and whose bill is on no disk. */
  bookable(bills: readonly Bill[]): number {
    const neverBooked = [...this.byHand].reduce(
      (sum, [id, { beyondNanoUsd }]) => (this.booked.has(id) ? sum : sum + beyondNanoUsd),
      0,
    );
    return bills.reduce((sum, bill) => sum + nanoOf(bill.costUsd), 0) - neverBooked;
  }
}

/** One request and what the server charged for it. */
interface Billed {
  readonly known: Known;
  readonly nanoUsd: number;
}

/** Exactly, of a decimal with at most nine places. */
export function nanoOf(usd: string): number {
  const [whole = '0', fraction = ''] = usd.split('.');
  if (fraction.length > 9) throw new RangeError(`${usd} is not a whole number of nano-dollars`);
  return Number(whole) * 1e9 + Number(fraction.padEnd(9, '0'));
}
