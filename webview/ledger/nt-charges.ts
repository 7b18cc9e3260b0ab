import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { CHARGES_PAGE } from '../../src/protocol/ledger';
import type { ChargeRow, LedgerFilter, LedgerView } from '../../src/protocol/ledger';
import { buttonStyles, sharedStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';
import { formatClock, formatCount, formatDay } from '../shared/format';
import { LedgerRequestEvent, QueryEvent } from './events';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { chargesStyles } from './nt-charges.styles';

const COLUMNS = {
  time: strings.timeColumn,
  run: strings.conversation,
  model: strings.modelColumn,
  tokens: strings.tokensColumn,
  cost: strings.costColumn,
  source: strings.sourceColumn,
};

/**
 * The paged list of charges with its filter. Rows keep their elements, and so focus and scroll position, on updates.
 */
@customElement('nt-charges')
export class ChargesElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, chargesStyles];

  @property({ attribute: false }) view: LedgerView | null = null;
  @property({ attribute: false }) filter: LedgerFilter | null = null;
  /** The charge that is being settled manually. */
  @state() private settling: string | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { view, filter } = this;
    if (view === null || filter === null) return nothing;
    const { rows, total } = view.charges;
    return html`<section aria-labelledby="title">
      <div class="head">
        <h2 class="label" id="title">${strings.chargesTitle()} <span class="total">${formatCount(total)}</span></h2>
        <vscode-button
          class="quiet"
          aria-disabled=${total === 0}
          @click=${() => total > 0 && this.dispatchEvent(new LedgerRequestEvent({ type: 'exportCsv', filter }))}
          >${strings.exportCsv()}</vscode-button
        >
      </div>
      ${this.#renderFilter(view, filter)} ${rows.length === 0 ? this.#renderNone() : this.#renderTable(rows)}
      ${total > CHARGES_PAGE ? this.#renderPager(view.charges) : nothing}
    </section>`;
  }

  #renderFilter(view: LedgerView, filter: LedgerFilter): TemplateResult {
    const models = view.models.map(({ model }) => ({ id: model, name: model }));
    const conversations = view.conversations.map(({ conversationId, runLabel, title }) => ({
      id: conversationId,
      name: runLabel === '' ? strings.deletedConversation() : `${runLabel} ${title}`,
    }));
    return html`<div class="filters data">
      ${renderChoice(sharedStrings.model(), strings.allModels(), models, filter.model, (model) => this.#query({ model }))}
      ${renderChoice(strings.conversation(), strings.allConversations(), conversations, filter.conversationId, (conversationId) => this.#query({ conversationId }))}
      <label class="only">
        <input
          type="checkbox"
          .checked=${filter.onlyPending}
          @change=${() => this.#query({ onlyPending: !filter.onlyPending })}
        />
        ${strings.onlyPending()}
      </label>
    </div>`;
  }

  #renderNone(): TemplateResult {
    return html`<p class="none data">
      ${strings.emptyFilter()}
      <button class="link" @click=${() => this.#query({ model: null, conversationId: null, onlyPending: false })}>
        ${strings.clearFilter()}
      </button>
    </p>`;
  }

  // Explicit roles because rows are blocks in a narrow page.
  #renderTable(rows: readonly ChargeRow[]): TemplateResult {
    const heading = (name: keyof typeof COLUMNS): TemplateResult =>
      html`<th role="columnheader" scope="col" class=${name}>${COLUMNS[name]()}</th>`;
    return html`<table role="table" class="data" aria-labelledby="title">
      <thead role="rowgroup">
        <tr role="row">
          ${heading('time')} ${heading('run')} ${heading('model')} ${heading('tokens')} ${heading('cost')}
          ${heading('source')}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows,
          (row) => row.reservationId,
          (row) => this.#renderCharge(row),
        )}
      </tbody>
    </table>`;
  }

  #renderCharge(row: ChargeRow): TemplateResult {
    const isSettling = this.settling === row.reservationId && row.state === 'pending';
    return html`<tr role="row" data-state=${row.state}>
        <td role="cell" class="time"><span class="day">${formatDay(row.atMs)}</span> ${formatClock(row.atMs)}</td>
        <td role="cell" class="run">${renderRun(row)}</td>
        <td role="cell" class="model">
          <span class="cut" title=${row.model}>${visibleText(row.model)}</span
          >${row.provider === null ? nothing : html`<span class="provider">${visibleText(row.provider)}</span>`}
        </td>
        <td role="cell" class="tokens">${renderTokens(row)}</td>
        <td role="cell" class="cost money">${row.costText}</td>
        <td role="cell" class="source">
          <span class="mark">${strings.source(row.state)}</span>
          ${row.settledBy === null ? nothing : html`<span class="by">${strings.settledBy(row.settledBy)}</span>`}
          ${row.state === 'pending' ? this.#renderSettle(row, isSettling) : nothing}
        </td>
      </tr>
      ${
        isSettling
          ? html`<tr role="row" class="settling">
              <td role="cell" colspan="6">
                <nt-settle .charge=${row} @nt-settle-end=${() => this.#endSettling(row.reservationId)}></nt-settle>
              </td>
            </tr>`
          : nothing
      }`;
  }

  #renderSettle(row: ChargeRow, isSettling: boolean): TemplateResult {
    const name = strings.settleCharge(row.runLabel === '' ? row.model : row.runLabel, row.costText);
    return html`<button
      class="settle"
      data-id=${row.reservationId}
      aria-label=${name}
      aria-expanded=${isSettling}
      @click=${() => (this.settling = isSettling ? null : row.reservationId)}
    >
      ${strings.settleOpen()}
    </button>`;
  }

  #endSettling(id: string): void {
    this.settling = null;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`.settle[data-id="${CSS.escape(id)}"]`)?.focus(),
    );
  }

  #renderPager({ rows, total, offset }: LedgerView['charges']): TemplateResult {
    const step = (name: string, to: number, isPossible: boolean): TemplateResult =>
      html`<vscode-button
        class="quiet"
        aria-disabled=${!isPossible}
        @click=${() => isPossible && this.dispatchEvent(new QueryEvent({ offset: to }))}
        >${name}</vscode-button
      >`;
    return html`<div class="pager data">
      ${step(strings.newer(), Math.max(0, offset - CHARGES_PAGE), offset > 0)}
      <span>${strings.place(formatCount(offset + 1), formatCount(offset + rows.length), formatCount(total))}</span>
      ${step(strings.older(), offset + CHARGES_PAGE, offset + rows.length < total)}
    </div>`;
  }

  #query(filter: Partial<LedgerFilter>): void {
    this.dispatchEvent(new QueryEvent({ filter }));
  }
}

interface Choice {
  readonly id: string;
  readonly name: string;
}

function renderChoice(
  label: string,
  all: string,
  choices: readonly Choice[],
  chosen: string | null,
  choose: (id: string | null) => void,
): TemplateResult {
  // The selected item may have no charge in the period.
  const shown =
    chosen === null || choices.some(({ id }) => id === chosen) ? choices : [...choices, { id: chosen, name: chosen }];
  const onChange = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) choose(event.target.value === '' ? null : event.target.value);
  };
  return html`<label class="choice">
    <span class="label">${label}</span>
    <select @change=${onChange}>
      <option value="" .selected=${chosen === null}>${all}</option>
      ${shown.map(({ id, name }) => html`<option value=${id} .selected=${id === chosen}>${name}</option>`)}
    </select>
  </label>`;
}

function renderRun({ runLabel, title, conversationId, messageId }: ChargeRow): TemplateResult {
  if (runLabel === '') return html`<span class="missing">${strings.deletedConversation()}</span>`;
  const open = (event: Event): void =>
    void event.currentTarget?.dispatchEvent(new LedgerRequestEvent({ type: 'openMessage', conversationId, messageId }));
  return html`<button class="open" title=${title} @click=${open}>${runLabel}</button
    ><span class="title cut">${visibleText(title)}</span>`;
}

function renderTokens({ promptTokens, completionTokens }: ChargeRow): TemplateResult {
  if (promptTokens === null && completionTokens === null)
    return html`<span class="missing">${strings.tokensUnknown()}</span>`;
  const [input, output] = [promptTokens, completionTokens].map((tokens) =>
    tokens === null ? '?' : formatCount(tokens),
  );
  return html`<span class="visually-hidden">${sharedStrings.tokensInOut(input ?? '', output ?? '')}</span
    ><span aria-hidden="true">${sharedStrings.tokensShort(`${input ?? ''} → ${output ?? ''}`)}</span>`;
}
