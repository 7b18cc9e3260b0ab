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
import type { MoneyWords } from '../models/moneyWords';
import type { SpendLedger } from '../spend/ledger';
import { storedOrRefused } from '../conversations/writeQueue';

/** What the ledger needs from the editor. */
export interface LedgerActions {
  showConversation(id: ConversationId): Promise<void>;
  /** The message is on the active branch. */
  showMessage(id: ConversationId, message: MessageId): Promise<void>;
  /** Asks for a file, then creates and writes the text. */
  saveCsv(text: () => Promise<string>): Promise<void>;
  act(action: NoticeAction): Promise<void>;
  /** Reports a problem that occurred after the request was answered, for example in a dialog. */
  notify(notice: NoticeView): void;
}

export interface LedgerRequestsOptions {
  readonly store: ChargeReader;
  readonly conversations: Pick<Conversations, 'get' | 'known'>;
  readonly branches: Pick<Branches, 'showMessage'>;
  readonly ledger: Pick<SpendLedger, 'summary'>;
  readonly settings: SettingsSource;
  readonly theme: () => LedgerView['theme'];
  /** Settles a pending charge with an amount from the provider's log. @throws StoreWriteError */
  readonly settleByUser: (id: ReservationId, amount: NanoUsd) => Promise<boolean>;
  readonly actions: LedgerActions;
  readonly words: LedgerWords;
}

export interface LedgerWords extends MoneyWords {
  describeRefusal(refusal: Refusal): NoticeView;
  /** For a ledger that can't be read. */
  describeLedgerTrouble(error: unknown): NoticeView;
}

type RequestOf<T extends LedgerRequest['type']> = Extract<LedgerRequest, { type: T }>;

const OK: LedgerAnswer = { kind: 'ok' };
/** Charges per query when all are read. */
const BATCH_SIZE = 2_000;
/** Attempts before giving up on a list that keeps changing. */
const MAX_ATTEMPTS = 5;

/** Answers the ledger's page. Stateless: every request carries the whole filter. */
export class LedgerRequests {
  constructor(private readonly options: LedgerRequestsOptions) {}

  /** Never throws; errors become `refused` answers. */
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
    const { store, conversations, ledger, settings, theme, words } = this.options;
    const summary = ledger.summary();
    const days = daysOf(filter.period, summary.dayUtc);
    const [{ page, offset: shownOffset }, totals, conversation] = await Promise.all([
      this.page(this.queryOf(filter), offset),
      store.chargeTotals(days),
      filter.conversationId === null ? undefined : conversations.get(conversationId(filter.conversationId)),
    ]);
    return ledgerView(words, {
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

  /** Shows the last page if the list has become shorter than `offset`. */
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
    // More than nine million dollars doesn't fit the unit.
    let amount = ZERO_USD;
    try {
      amount = toNanoUsd(decimal, 'nearest');
    } catch {
      throw tooHigh();
    }
    if (amount > charge.worstCaseNanoUsd) throw tooHigh();
    // It may have been settled while the user was typing.
    const isSettled = await storedOrRefused(() => this.options.settleByUser(charge.reservationId, amount));
    if (!isSettled) throw refused({ kind: 'notPending' });
  }

  /**
   * Every charge of the query, newest first, each once. Reads in batches, and starts again if the list changed in the
   * meantime, because a shifted batch could skip a charge.
   * @throws Error when the list keeps changing
   */
  private async allCharges(query: Query): Promise<readonly Charge[]> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const charges = new Map<ReservationId, Charge>();
      const totals = new Set<number>();
      let page: ChargePage;
      let offset = 0;
      do {
        page = await this.options.store.charges({ ...query, limit: BATCH_SIZE, offset });
        offset += BATCH_SIZE;
        totals.add(page.total);
        for (const charge of page.charges) charges.set(charge.reservationId, charge);
      } while (offset < page.total);
      if (totals.size === 1 && charges.size === page.total) return [...charges.values()];
    }
    throw new Error('the list of charges keeps changing');
  }

  /** Answers at once, because a dialog may stay open for any time. */
  private later(work: () => Promise<void>): LedgerAnswer {
    work().catch((error: unknown) => this.options.actions.notify(this.describe(error)));
    return OK;
  }

  private describe(error: unknown): NoticeView {
    const { words } = this.options;
    return error instanceof RefusedError ? words.describeRefusal(error.refusal) : words.describeLedgerTrouble(error);
  }
}

type Query = Omit<ChargeQuery, 'limit' | 'offset'>;
type Problem = Extract<Refusal, { code: 'SETTLEMENT_INVALID' }>['problem'];

const refused = (problem: Problem): RefusedError => new RefusedError({ code: 'SETTLEMENT_INVALID', problem });
