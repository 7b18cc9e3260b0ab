import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { MAX_AMOUNT_CHARACTERS } from '../../src/protocol/ledger';
import type { ChargeRow } from '../../src/protocol/ledger';
import type { NoticeView } from '../../src/protocol/views';
import { buttonStyles, sharedStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';
import { withElements } from '../shared/localization';
import { LedgerRequestEvent, SettledEvent } from './events';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { settleStyles } from './nt-settle.styles';

/** The form that settles a pending charge by the provider's log. */
@customElement('nt-settle')
export class SettleElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, settleStyles];

  @property({ attribute: false }) charge: ChargeRow | null = null;
  @state() private refusal: NoticeView | null = null;
  /** The request is not answered yet. */
  @state() private isSending = false;
  @query('input') private readonly field!: HTMLInputElement | null;

  protected override firstUpdated(): void {
    this.field?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { charge } = this;
    if (charge === null) return nothing;
    return html`<div class="settle data" role="group" aria-labelledby="title" @keydown=${this.#onKey}>
      <h3 class="label" id="title">${strings.settleTitle()}</h3>
      <p>${strings.settleWhy()}</p>
      ${charge.generationId === null ? html`<p class="dim">${strings.noGenerationId()}</p>` : html`<p class="dim">${withElements(strings.generationId, html`<code>${visibleText(charge.generationId)}</code>`)}</p>`}
      <label for="amount">${strings.amountCharged(`$${charge.worstCaseUsd}`)}</label>
      <div class="row">
        <input
          id="amount"
          inputmode="decimal"
          autocomplete="off"
          spellcheck="false"
          maxlength=${MAX_AMOUNT_CHARACTERS}
          placeholder="0.00"
          aria-invalid=${this.refusal !== null}
          aria-describedby="problem"
        />
        <vscode-button @click=${() => this.#settle(this.field?.value ?? '')}>${strings.settle()}</vscode-button>
        <vscode-button class="quiet" @click=${() => this.#settle('0')}>${strings.notCharged()}</vscode-button>
        <vscode-button class="quiet" @click=${this.#end}>${sharedStrings.cancel()}</vscode-button>
      </div>
      <p class="problem" id="problem" role="alert">
        ${this.refusal === null ? '' : `${this.refusal.title} ${this.refusal.detail}`}
      </p>
    </div>`;
  }

  #settle(amountUsd: string): void {
    if (this.charge === null || this.isSending) return;
    this.isSending = true;
    this.refusal = null;
    this.dispatchEvent(
      new LedgerRequestEvent(
        { type: 'settle', reservationId: this.charge.reservationId, amountUsd: amountUsd.trim() },
        (answer) => {
          this.isSending = false;
          if (answer.kind === 'refused') {
            this.refusal = answer.notice;
            this.field?.focus();
            return;
          }
          this.dispatchEvent(new SettledEvent());
          this.#end();
        },
      ),
    );
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.#end();
    } else if (event.key === 'Enter' && event.composedPath()[0] === this.field) {
      event.preventDefault();
      this.#settle(this.field?.value ?? '');
    }
  };

  #end = (): void => {
    this.dispatchEvent(new Event('nt-settle-end'));
  };
}
