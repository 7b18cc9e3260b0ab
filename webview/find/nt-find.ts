import { html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Found } from './logFind';
import { formatCount } from '../shared/format';
import { strings } from './strings';
import { FindEvent } from '../shared/events';
import { closeIcon, downwardIcon, upIcon } from '../shared/icons';
import { findStyles } from './nt-find.styles';
import { buttonStyles, sharedStyles } from '../shared/shared.styles';

/** The find bar. The log searches. */
@customElement('nt-find')
export class FindElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, findStyles];

  @property({ attribute: false }) found: Found = { place: 0, count: 0, isComplete: true };
  @state() private text = '';
  @query('input') private readonly field!: HTMLInputElement;

  override focus(): void {
    void this.updateComplete.then(() => {
      this.field.focus();
      this.field.select();
    });
  }

  protected override render(): TemplateResult {
    return html`<search aria-label=${strings.find()} @keydown=${this.#onKey}>
      <input
        type="text"
        aria-label=${strings.findInConversation()}
        placeholder=${strings.find()}
        autocomplete="off"
        spellcheck="false"
        .value=${this.text}
        @input=${this.#onInput}
      />
      <span
        class="place data"
        role="status"
        data-none=${this.text.trim() !== '' && this.found.count === 0 && this.found.isComplete}
        >${this.#placeText()}</span
      >
      <button
        class="icon-button"
        aria-label=${strings.previousMatch()}
        title=${strings.previousMatch()}
        @click=${() => this.#step(-1)}
      >
        ${upIcon}
      </button>
      <button
        class="icon-button"
        aria-label=${strings.nextMatch()}
        title=${strings.nextMatch()}
        @click=${() => this.#step(1)}
      >
        ${downwardIcon}
      </button>
      <button class="icon-button" aria-label=${strings.close()} title=${strings.close()} @click=${this.#close}>
        ${closeIcon}
      </button>
    </search>`;
  }

  #placeText(): string {
    const { place, count, isComplete } = this.found;
    if (this.text.trim() === '') return '';
    if (count === 0) return isComplete ? strings.noResults() : '…';
    return `${strings.place(formatCount(place), formatCount(count))}${isComplete ? '' : '…'}`;
  }

  #onInput = (): void => {
    this.text = this.field.value;
    this.dispatchEvent(new FindEvent({ kind: 'text', text: this.text }));
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    const isInField = event.composedPath()[0] === this.field;
    if (event.key === 'Escape') this.#close();
    else if (event.key === 'F3' || (event.key === 'Enter' && isInField)) this.#step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };

  #step(by: 1 | -1): void {
    this.dispatchEvent(new FindEvent({ kind: 'step', by }));
  }

  #close = (): void => {
    this.dispatchEvent(new FindEvent({ kind: 'close' }));
  };
}
