import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PanelView } from '../../src/protocol/views';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { IntentEvent } from '../shared/events';
import { emptyStyles } from './nt-empty.styles';
import { sharedStyles } from '../shared/shared.styles';

/** Empty state: what this is, whether it is set up, and examples. */
@customElement('nt-empty')
export class EmptyElement extends LitElement {
  static override styles = [sharedStyles, emptyStyles];

  @property({ attribute: false }) view: PanelView | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null) return nothing;
    return html`<section class="empty">
      <svg class="trace" viewBox="0 0 320 40" preserveAspectRatio="xMinYMid meet" aria-hidden="true">
        <path
          d="M0 26h64l6-8 6 8h22l5-20 9 32 7-12h30l6-6 6 6h159"
          fill="none"
          stroke="currentColor"
          stroke-width="1.25"
        />
      </svg>
      <h2>Neural Terminal</h2>
      <p class="lead">${strings.emptyLead()}</p>
      <dl class="data">${this.#renderReadings(view)}</dl>
      <p class="label">${strings.examplesTitle()}</p>
      <ul>
        ${strings.examples().map(
          ({ label, draft }) =>
            html`<li>
              <button class="example" @click=${() => this.#start(draft)}>
                <span aria-hidden="true">></span>${label}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #renderReadings({ model, connection, budget }: PanelView): TemplateResult {
    return html`${reading(sharedStrings.model(), `${model.id} · ${model.priceText}`, 'ok')}
    ${reading(strings.key(), connection.needsKey ? strings.keyMissing() : strings.keyReady(), connection.needsKey ? 'missing' : 'ok')}
    ${connection.isOpenRouter ? nothing : reading(strings.endpoint(), connection.origin, 'caution')}
    ${reading(strings.budget(), spentText(budget), budget.level === 'exhausted' ? 'missing' : 'ok')}`;
  }

  #start(text: string): void {
    this.dispatchEvent(new IntentEvent({ kind: 'draft', text }));
  }
}

const spentText = ({ spentText: spent, limitText }: PanelView['budget']): string =>
  limitText === null ? strings.spentWithoutLimit(spent) : strings.spentOf(spent, limitText);

function reading(name: string, value: string, state: 'ok' | 'caution' | 'missing'): TemplateResult {
  return html`<div data-state=${state}>
    <dt class="label">${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
