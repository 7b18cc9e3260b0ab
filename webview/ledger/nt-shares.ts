import { html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ConversationShare, LedgerView, ModelShare } from '../../src/protocol/ledger';
import { sharedStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';
import { formatCount, formatPercent } from '../shared/format';
import { LedgerRequestEvent, QueryEvent } from './events';
import { strings } from './strings';
import { sharesStyles } from './nt-shares.styles';

type Share = ModelShare | ConversationShare;

/** Rows shown before the list is expanded. */
const FIRST_ROWS = 6;

/**
 * Spend per model or conversation as bars, the most expensive first. The text contains everything that the bars show.
 */
@customElement('nt-shares')
export class SharesElement extends LitElement {
  static override styles = [sharedStyles, sharesStyles];

  @property() kind: 'model' | 'conversation' = 'model';
  @property({ attribute: false }) rows: readonly Share[] = [];
  /** Number of rows omitted by the host. */
  @property({ attribute: false }) more = 0;
  @property({ attribute: false }) estimates: LedgerView['estimates'] = null;
  /** The model or conversation that the list of charges is filtered by. */
  @property({ attribute: false }) chosen: string | null = null;
  @state() private isOpen = false;

  protected override render(): TemplateResult {
    const shown = this.isOpen ? this.rows : this.rows.slice(0, FIRST_ROWS);
    return html`<section aria-labelledby="title">
      <h2 class="label" id="title">${this.kind === 'model' ? strings.byModel() : strings.byConversation()}</h2>
      <ul>
        ${shown.map((row) => this.#renderRow(row))}
      </ul>
      ${
        this.rows.length > FIRST_ROWS
          ? html`<button class="link data" aria-expanded=${this.isOpen} @click=${() => (this.isOpen = !this.isOpen)}>
              ${this.isOpen ? strings.showFewer() : strings.showAll(formatCount(this.rows.length))}
            </button>`
          : nothing
      }
      ${this.isOpen && this.more > 0 ? html`<p class="note data">${strings.moreInExport(this.more)}</p>` : nothing}
      ${this.estimates === null ? nothing : html`<p class="note data">${estimatesText(this.estimates)}</p>`}
    </section>`;
  }

  #renderRow(row: Share): TemplateResult {
    const isChosen = this.chosen === idOf(row);
    return html`<li class="data">
      <span class="name">${'model' in row ? visibleText(row.model) : renderConversation(row)}</span>
      <span class="amounts">
        <span class="money">${row.settledText}</span>
        <span class="share">${formatPercent(row.share)}</span>
      </span>
      ${renderBar(row)}
      <span class="notes">
        <button
          class="filter"
          aria-pressed=${isChosen}
          aria-label=${strings.chargesFilter(strings.charges(row.charges), filterName(row))}
          title=${filterName(row)}
          @click=${() => this.#filter(row, isChosen)}
        >
          ${strings.charges(row.charges)}
        </button>
        ${row.pendingText === '' ? nothing : html`<span>${strings.pendingAmount(row.pendingText)}</span>`}
      </span>
    </li>`;
  }

  #filter(row: Share, isChosen: boolean): void {
    const id = isChosen ? null : idOf(row);
    this.dispatchEvent(new QueryEvent({ filter: 'model' in row ? { model: id } : { conversationId: id } }));
  }
}

const idOf = (row: Share): string => ('model' in row ? row.model : row.conversationId);

function filterName(row: Share): string {
  if ('model' in row) return strings.onlyChargesOf(row.model);
  return strings.onlyChargesOf(row.runLabel === '' ? strings.deletedConversation() : row.runLabel);
}

function renderConversation({ conversationId, runLabel, title }: ConversationShare): TemplateResult {
  if (runLabel === '') return html`<span class="missing">${strings.deletedConversation()}</span>`;
  const open = (event: Event): void =>
    void event.currentTarget?.dispatchEvent(new LedgerRequestEvent({ type: 'openConversation', conversationId }));
  return html`<button class="open" title=${strings.openConversation(runLabel)} @click=${open}>
    <span class="run">${runLabel}</span> ${visibleText(title)}
  </button>`;
}

function renderBar({ settledFraction, pendingFraction }: Share): TemplateResult {
  const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
  return html`<svg class="bar" width="100%" height="5" aria-hidden="true">
    ${svg`<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-line" width="1.5" height="4"/></pattern></defs>
    <rect class="track" y="2" width="100%" height="1"/>
    <rect class="settled" width=${percent(settledFraction)} height="5"/>
    <rect class="pending" x=${percent(settledFraction)} width=${percent(pendingFraction)} height="5" fill="url(#hatch)"/>`}
  </svg>`;
}

function estimatesText({ charges, deviation }: NonNullable<LedgerView['estimates']>): string {
  const percent = formatPercent(Math.abs(deviation));
  if (percent === formatPercent(0)) return strings.estimatesExact(strings.charges(charges));
  return deviation < 0
    ? strings.estimatesLow(percent, strings.charges(charges))
    : strings.estimatesHigh(percent, strings.charges(charges));
}
