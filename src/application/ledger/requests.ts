import type { Charge, ChargePage, ChargeQuery } from '../../domain/charge';
import { type Refusal, RefusedError } from '../../domain/failure';
import {
  type ConversationId,
  type MessageId,
  type ReservationId,
  conversationId,
  messageId,
  modelId,
  reservationId,
} from '../../domain/ids';
import { type NanoUsd, ZERO_USD, parseDecimal, toNanoUsd } from '../../domain/money';
import type { SettingsSource } from '../../domain/ports/settings';
import type { ChargeReader } from '../../domain/ports/store';
import {
  CHARGES_PAGE,
  type LedgerAnswer,
  type LedgerFilter,
  type LedgerRequest,
  type LedgerView,
} from '../../protocol/ledger';
import type { NoticeAction, NoticeView } from '../../protocol/views';
import type { Branches } from '../conversations/branches';
import type { Conversations } from '../conversations/conversations';
import { chargesCsv } from './csv';
import { daysOf } from './periods';
import { ledgerView } from './presenter';
import type { SpendLedger } from '../spend/ledger';
import { storedOrRefused } from '../conversations/writeQueue';

/** What the ledger asks of the editor. */
export interface LedgerActions {
  showConversation(id: ConversationId): Promise<void>;
  /** The message is on the branch that is shown. */
  showMessage(id: ConversationId, message: MessageId): Promise<void>;
  /** Asks where to, makes the text and writes it. */
  saveCsv(text: () => Promise<string>): Promise<void>;
  act(action: NoticeAction): Promise<void>;
  /** Says what went wrong after a dialog, where no answer is waiting any more. */
  tell(notice: NoticeView): void;
}

export interface LedgerRequestsOptions {
  readonly store: ChargeReader;
  readonly conversations: Pick<Conversations, 'get' | 'known'>;
  readonly branches: Pick<Branches, 'showMessage'>;
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly theme: () => LedgerView['theme'];
  /** What the person read in the provider's log becomes the charge's cost. @throws StoreWriteError */
  readonly settleByUser: (id: ReservationId, amount: NanoUsd) => Promise<boolean>;
  readonly actions: LedgerActions;
  readonly describeRefusal: (refusal: Refusal) => NoticeView;
  /** For a ledger that cannot be read. */
  readonly describeTrouble: (error: unknown) => NoticeView;
}

type RequestOf<T extends LedgerRequest['type']> = Extract<LedgerRequest, { type: T }>;

const OK: LedgerAnswer = { kind: 'ok' };
/** Charges read at a time where all are wanted. */
const READ_AT_ONCE = 2_000;
/** Readings of the whole list before it counts as one that does not hold still. */
const READINGS = 5;

/** Answers the ledger's page. Keeps nothing: every look comes with its whole filter. */
export class LedgerRequests {
  constructor(private readonly options: LedgerRequestsOptions) {}

  /** Never throws: what goes wrong is an answer. */
  async answer(request: LedgerRequest): Promise<LedgerAnswer> {
    try {
      return await this.handle(request);
    } catch (error) {
      return { kind: 'refused', notice: this.describe(error) };
    }
  }

  private async handle(request: LedgerRequest): Promise<LedgerAnswer> {
    const { actions } = this.options;
    switch (request.type) {
      case 'load':
        return { kind: 'ledger', view: await this.view(request) };
      case 'openConversation':
        return this.open(conversationId(request.conversationId));
      case 'openMessage':
        return this.openMessage(conversationId(request.conversationId), messageId(request.messageId));
      case 'settle':
        await this.settle(request);
        return OK;
      case 'exportCsv':
        return this.later(() =>
          actions.saveCsv(async () => chargesCsv(await this.allCharges(this.queryOf(request.filter)))),
        );
      case 'noticeAction':
        return this.later(() => actions.act(request.action));
    }
  }

  private async view({ filter, offset }: RequestOf<'load'>): Promise<LedgerView> {
    const { store, conversations, ledger, settings, theme } = this.options;
    const summary = ledger.summary();
    const days = daysOf(filter.period, summary.dayUtc);
    const [{ page, offset: shownOffset }, totals, conversation] = await Promise.all([
      this.page(this.queryOf(filter), offset),
      store.chargeTotals(days),
      filter.conversationId === null ? undefined : conversations.get(conversationId(filter.conversationId)),
    ]);
    return ledgerView({
      summary,
      settings: settings.current(),
      theme: theme(),
      fromDayUtc: days.fromDayUtc,
      totals,
      page,
      offset: shownOffset,
      conversation,
      isRunning: (charge) => this.isRunning(charge),
    });
  }

  /** Charges may have gone since the page was told how many there are. */
  private async page(query: Query, offset: number): Promise<{ readonly page: ChargePage; readonly offset: number }> {
    const page = await this.options.store.charges({ ...query, limit: CHARGES_PAGE, offset });
    if (page.charges.length > 0 || page.total === 0 || offset === 0)
      return { page, offset: page.total === 0 ? 0 : offset };
    const last = Math.floor((page.total - 1) / CHARGES_PAGE) * CHARGES_PAGE;
    return { page: await this.options.store.charges({ ...query, limit: CHARGES_PAGE, offset: last }), offset: last };
  }

  private queryOf({ period, model, conversationId: id, onlyPending }: LedgerFilter): Query {
    return {
      ...daysOf(period, this.options.ledger.summary().dayUtc),
      ...(model === null ? {} : { model: modelId(model) }),
      ...(id === null ? {} : { conversationId: conversationId(id) }),
      ...(onlyPending ? { onlyPending: true } : {}),
    };
  }

  private isRunning({ conversationId: id, messageId: message, state }: Charge): boolean {
    return (
      state.kind === 'pending' && this.options.conversations.known(id)?.messages.get(message)?.state === 'streaming'
    );
  }

  private async open(id: ConversationId): Promise<LedgerAnswer> {
    const { conversations, actions } = this.options;
    if (!(await conversations.get(id))) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    await actions.showConversation(id);
    return OK;
  }

  private async openMessage(id: ConversationId, message: MessageId): Promise<LedgerAnswer> {
    await this.options.branches.showMessage(id, message);
    await this.options.actions.showMessage(id, message);
    return OK;
  }

  private async settle({ reservationId: id, amountUsd }: RequestOf<'settle'>): Promise<void> {
    const decimal = parseDecimal(amountUsd);
    if (!decimal || decimal.digits < 0n) throw refused({ kind: 'notAnAmount' });
    const charge = (await this.allCharges({ onlyPending: true })).find((c) => c.reservationId === reservationId(id));
    if (!charge) throw refused({ kind: 'notPending' });
    if (this.isRunning(charge)) throw refused({ kind: 'running' });
    const tooHigh = (): RefusedError => refused({ kind: 'tooHigh', limitNanoUsd: charge.worstCaseNanoUsd });
    // Beyond nine million dollars, or more digits than the unit has: not an amount of this kind of money.
    let amount = ZERO_USD;
    try {
      amount = toNanoUsd(decimal, 'nearest');
    } catch {
      throw tooHigh();
    }
    if (amount > charge.worstCaseNanoUsd) throw tooHigh();
    // Its bill may have come while the person typed.
    const isSettled = await storedOrRefused(() => this.options.settleByUser(charge.reservationId, amount));
    if (!isSettled) throw refused({ kind: 'notPending' });
  }

  /**
   * Every charge of the query, newest first, each once. Read in parts, so that no answer is too long; one that changed
   * meanwhile is read again, because a part that moved could hide a charge.
   * @throws Error when it never holds still
   */
  private async allCharges(query: Query): Promise<readonly Charge[]> {
    for (let reading = 0; reading < READINGS; reading += 1) {
      const charges = new Map<ReservationId, Charge>();
      const totals = new Set<number>();
      let page: ChargePage;
      let offset = 0;
      do {
        page = await this.options.store.charges({ ...query, limit: READ_AT_ONCE, offset });
        offset += READ_AT_ONCE;
        totals.add(page.total);
        for (const charge of page.charges) charges.set(charge.reservationId, charge);
      } while (offset < page.total);
      if (totals.size === 1 && charges.size === page.total) return [...charges.values()];
    }
    throw new Error('the list of charges keeps changing');
  }

  /** A dialog takes as long as the person does: the page gets its answer when it opens. */
  private later(work: () => Promise<void>): LedgerAnswer {
    work().catch((error: unknown) => this.options.actions.tell(this.describe(error)));
    return OK;
  }

  private describe(error: unknown): NoticeView {
    return error instanceof RefusedError
      ? this.options.describeRefusal(error.refusal)
      : this.options.describeTrouble(error);
  }
}

type Query = Omit<ChargeQuery, 'limit' | 'offset'>;
type Problem = Extract<Refusal, { code: 'SETTLEMENT_INVALID' }>['problem'];

const refused = (problem: Problem): RefusedError => new RefusedError({ code: 'SETTLEMENT_INVALID', problem });
