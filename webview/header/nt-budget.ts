import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BudgetView } from '../../src/protocol/views';
import { formatPercent } from '../shared/format';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { RequestEvent } from '../shared/events';
import { meterBar } from '../shared/meterBar';
import { budgetStyles } from './nt-budget.styles';
import { sharedStyles } from '../shared/shared.styles';

/** The budget line. Not a live region because it changes often; the root announces level changes. */
@customElement('nt-budget')
export class BudgetElement extends LitElement {
  static override styles = [sharedStyles, budgetStyles];

  @property({ attribute: false }) budget: BudgetView | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { budget } = this;
    if (budget === null) return nothing;
    return html`<div
      class="budget"
      role="status"
      aria-live="off"
      aria-label=${strings.budget()}
      data-level=${budget.level}
    >
      <button title=${strings.changeLimits()} aria-haspopup="dialog" @click=${this.#open}>
        <span class="head">
          <span class="label narrow">${strings.budgetOf(budget.period)}</span>
          <span class="label wide">${strings.spentIn(budget.period)}</span>
          <span class="figures data">
            <span class="spent" data-part="spent">${budget.spentText}</span>
            <span class="limit"
              >${budget.limitText === null ? sharedStrings.noLimit() : html`<span aria-hidden="true">/</span> ${budget.limitText}`}</span
            >
          </span>
        </span>
        ${budget.limitText === null ? nothing : meterBar(budget.fraction, budget.warnFraction, budget.unsettledFraction)}
        ${this.#renderNotes(budget)}
      </button>
    </div>`;
  }

  #renderNotes(budget: BudgetView): TemplateResult {
    const share = budget.limitText === null ? '' : strings.ofLimit(formatPercent(budget.fraction), budget.limitText);
    return html`<span class="notes data">
      <span class="share" ?hidden=${share === ''}>${share}</span>
      ${budget.level === 'exhausted' ? html`<span class="exhausted">${strings.limitReached()}</span>` : nothing}
      ${budget.reservedText === '' ? nothing : html`<span>${strings.reserved(budget.reservedText)}</span>`}
      ${budget.pendingText === '' ? nothing : html`<span class="pending">${strings.pending(budget.pendingText)}</span>`}
      ${budget.keyText === '' ? nothing : html`<span>${strings.keyAllowance(budget.keyText)}</span>`}
    </span>`;
  }

  #open = (): void => {
    this.dispatchEvent(new RequestEvent({ type: 'openBudgetMenu' }));
  };
}
