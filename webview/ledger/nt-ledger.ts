import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { BranchList, LedgerAnswer, LedgerFilter, LedgerPeriod, LedgerView } from '../../src/protocol/ledger';
import type { NoticeView } from '../../src/protocol/views';
import { visibleText } from '../shared/visibleText';
import { buttonStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';
import { ThemeController } from '../themes/theme';
import { formatUtcPeriod, isoDay } from '../shared/format';
import { unreadableNotice } from '../shared/ownNotices';
import { LedgerRequestEvent, QueryEvent } from './events';
import { LedgerChannel } from './ledgerChannel';
import { ledgerHead } from './ledgerHead';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { ledgerStyles } from './nt-ledger.styles';

const PERIODS: readonly LedgerPeriod[] = ['7days', '30days', 'month', 'all'];

/** The ledger's root element. Only it talks to the host; other components dispatch events. */
@customElement('nt-ledger')
export class LedgerElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, ledgerStyles];

  @state() private view: LedgerView | null = null;
  /** Why the ledger could not be loaded. What was loaded before stays visible. */
  @state() private trouble: NoticeView | null = null;
  /** Why the last request was refused. */
  @state() private refusal: NoticeView | null = null;
  @state() private filter: LedgerFilter;
  /** Announced after the user changed the filter. */
  @state() private said = '';
  @query('main') private readonly main!: HTMLElement;
  readonly #channel = new LedgerChannel(
    () => void this.#load(),
    () => (this.trouble = unreadableNotice()),
  );
  readonly #theme = new ThemeController(document.body);
  #offset = 0;
  /** The running request; `again` if something changed after it was sent. */
  #loading: { again: boolean } | null = null;
  /** The next view is the result of a user action. */
  #isUserAction = false;

  constructor() {
    super();
    this.filter = this.#channel.filter;
    this.addEventListener('nt-ledger-request', (event) => void this.#request(event));
    this.addEventListener('nt-query', (event) => void this.#onQuery(event));
    this.addEventListener('nt-settled', () => void this.#load());
    // Notices dispatch the panel's events. The actions are the same here.
    this.addEventListener('nt-request', ({ body }) => {
      if (body.type === 'noticeAction')
        void this.#request(new LedgerRequestEvent({ type: 'noticeAction', action: body.action }));
    });
    this.#channel.ready();
    void this.#load();
  }

  protected override render(): TemplateResult {
    return html`<main class="scroll" tabindex="-1" aria-busy=${this.#loading !== null}>
      <header>
        <h1>${strings.ledger()}</h1>
        ${this.#renderBudgetDay()}
        <button class="link data" aria-haspopup="dialog" @click=${this.#openBudgetMenu}>
          ${strings.changeLimits()}
        </button>
        <div class="periods" role="group" aria-label=${strings.period()}>
          ${PERIODS.map(
            (period) =>
              html`<button
                class="period data"
                aria-pressed=${this.filter.period === period}
                @click=${() => this.#choose({ period })}
              >
                ${strings.periodName(period)}
              </button>`,
          )}
        </div>
      </header>
      <p class="visually-hidden" role="status">${this.said}</p>
      ${this.#renderNotices()} ${this.view === null ? this.#renderUnread() : this.#renderView(this.view)}
    </main>`;
  }

  /** Shown only if it differs from the user's local date. */
  #renderBudgetDay(): TemplateResult | typeof nothing {
    const day = this.view?.head.budgetDayUtc;
    return day === undefined || day === isoDay(Date.now())
      ? nothing
      : html`<span class="budget-day data" title=${strings.budgetDayHint()}
          >${strings.budgetDay(formatUtcPeriod(day))}</span
        >`;
  }

  #renderNotices(): TemplateResult {
    const { trouble, refusal } = this;
    return html`<div class="notices" role="alert" ?hidden=${trouble === null && refusal === null}>
      ${trouble === null ? nothing : renderNotice(trouble, strings.reload(), () => void this.#load())}
      ${refusal === null ? nothing : renderNotice(refusal, sharedStrings.dismiss(), () => (this.refusal = null))}
    </div>`;
  }

  #renderUnread(): TemplateResult {
    const text = this.trouble === null ? strings.loading() : strings.notLoaded();
    return html`<p class="unread data" role="status">${text}</p>`;
  }

  #renderView(view: LedgerView): TemplateResult {
    const hasNone = view.head.period.charges === 0;
    const shares = html`<nt-shares
        class="cell models"
        .rows=${view.models}
        .more=${view.moreModels}
        .estimates=${view.estimates}
        .chosen=${this.filter.model}
        kind="model"
      ></nt-shares>
      <nt-shares
        class="cell conversations"
        .rows=${view.conversations}
        .more=${view.moreConversations}
        .chosen=${this.filter.conversationId}
        kind="conversation"
      ></nt-shares>`;
    return html`${ledgerHead(view.head, this.filter.period)}
    ${
      hasNone
        ? this.#renderEmpty()
        : html`<div class="grid"><nt-spend-chart class="cell" .chart=${view.chart}></nt-spend-chart>${shares}</div>`
    }
    ${view.branches === null || view.branches.branches.length === 0 ? nothing : this.#renderBranches(view.branches)}
    ${hasNone && !this.#isFiltered ? nothing : html`<nt-charges .view=${view} .filter=${this.filter}></nt-charges>`}`;
  }

  #renderEmpty(): TemplateResult {
    if (this.filter.period === 'all') {
      return html`<section class="empty">
        <p class="title">${strings.emptyTitle()}</p>
        <p>${strings.emptyDetail()}</p>
      </section>`;
    }
    return html`<section class="empty">
      <p class="title">${strings.emptyPeriod()}</p>
      <vscode-button class="quiet" @click=${() => this.#choose({ period: 'all' })}
        >${strings.showAllTime()}</vscode-button
      >
    </section>`;
  }

  #renderBranches({ runLabel, title, branches, moreBranches }: BranchList): TemplateResult {
    return html`<section class="branches" aria-labelledby="branches">
      <h2 class="label" id="branches">${strings.branchesOf(runLabel)}</h2>
      <p class="about data">${visibleText(title)}</p>
      <ul>
        ${branches.map(
          ({ leafId, name, costText, messages, isShown }) =>
            html`<li class="data">
              <button class="branch" @click=${() => this.#openMessage(leafId)}>
                ${name === '' ? strings.emptyBranch() : visibleText(name)}
              </button>
              <span class="dim">${strings.messages(messages)}${isShown ? ` · ${strings.branchShown()}` : ''}</span>
              <span class="money">${costText}</span>
            </li>`,
        )}
      </ul>
      ${branches.length > 1 ? html`<p class="note data">${strings.branchesNote()}</p>` : nothing}
      ${moreBranches > 0 ? html`<p class="note data">${strings.moreInExport(moreBranches)}</p>` : nothing}
    </section>`;
  }

  get #isFiltered(): boolean {
    return this.filter.model !== null || this.filter.conversationId !== null || this.filter.onlyPending;
  }

  #openMessage(messageId: string): void {
    const { conversationId } = this.filter;
    if (conversationId !== null)
      void this.#request(new LedgerRequestEvent({ type: 'openMessage', conversationId, messageId }));
  }

  #openBudgetMenu = (): void => {
    void this.#request(new LedgerRequestEvent({ type: 'noticeAction', action: 'openBudgetMenu' }));
  };

  #choose(filter: Partial<LedgerFilter>): void {
    this.dispatchEvent(new QueryEvent({ filter }));
  }

  async #onQuery({ action }: QueryEvent): Promise<void> {
    if ('offset' in action) this.#offset = action.offset;
    else {
      this.filter = { ...this.filter, ...action.filter };
      this.#offset = 0;
      this.#channel.keepFilter(this.filter);
    }
    this.#isUserAction = true;
    await this.#load();
  }

  /** One request at a time, repeated if something changed meanwhile. */
  async #load(): Promise<void> {
    if (this.#loading !== null) {
      this.#loading.again = true;
      return;
    }
    const loading = { again: true };
    this.#loading = loading;
    while (loading.again) {
      loading.again = false;
      const { filter } = this;
      const offset = this.#offset;
      const answer = await this.#channel.request({ type: 'load', filter, offset });
      if (filter === this.filter && offset === this.#offset) this.#take(answer);
    }
    this.#loading = null;
    this.requestUpdate();
  }

  #take(answer: LedgerAnswer): void {
    if (answer.kind === 'refused') this.trouble = answer.notice;
    if (answer.kind !== 'ledger') return;
    const { view } = answer;
    this.trouble = null;
    this.view = view;
    this.#offset = view.charges.offset;
    this.#theme.set(view.theme);
    if (this.#isUserAction)
      this.said = strings.periodCharges(strings.inPeriod(this.filter.period), strings.charges(view.charges.total));
    this.#isUserAction = false;
  }

  async #request({ body, onAnswer }: LedgerRequestEvent): Promise<void> {
    this.refusal = null;
    const answer = await this.#channel.request(body);
    if (onAnswer !== undefined) onAnswer(answer);
    else if (answer.kind === 'refused') this.#refuse(answer.notice);
  }

  #refuse(notice: NoticeView): void {
    this.refusal = notice;
    this.main.scrollTo({ top: 0 });
  }
}

/** A notice with an additional button. */
const renderNotice = (notice: NoticeView, label: string, act: () => void): TemplateResult =>
  html`<div class="notice">
    <nt-notice .notice=${notice}></nt-notice><vscode-button class="quiet" @click=${act}>${label}</vscode-button>
  </div>`;
