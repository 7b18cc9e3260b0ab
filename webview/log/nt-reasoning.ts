import { html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { markHidden } from '../markdown/decorate';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { chevronIcon } from '../shared/icons';
import { reasoningStyles } from './nt-reasoning.styles';
import { scrollStyles, sharedStyles } from '../shared/shared.styles';

/** The model's reasoning, collapsed to one line. Growing text is appended only while it is expanded. */
@customElement('nt-reasoning')
export class ReasoningElement extends LitElement {
  static override styles = [sharedStyles, scrollStyles, reasoningStyles];

  @property({ attribute: false }) text = '';
  @state() private isOpen = false;
  @query('.body') private readonly body!: HTMLElement | null;
  #shown = '';

  protected override render(): TemplateResult {
    return html`<button class="toggle data" aria-expanded=${this.isOpen} @click=${this.#toggle}>
        ${chevronIcon}<span>${strings.reasoning()}</span
        ><span class="size">${sharedStrings.characters(this.text.length)}</span>
      </button>
      <div
        class="body scroll"
        tabindex="0"
        role="group"
        aria-label=${strings.reasoning()}
        ?hidden=${!this.isOpen}
      ></div>`;
  }

  protected override updated(): void {
    if (!this.isOpen || this.body === null || this.#shown === this.text) return;
    const continues = this.text.startsWith(this.#shown);
    if (!continues) this.body.replaceChildren();
    const piece = document.createElement('span');
    piece.textContent = continues ? this.text.slice(this.#shown.length) : this.text;
    markHidden(piece);
    this.body.append(piece);
    this.#shown = this.text;
  }

  #toggle = (): void => {
    this.isOpen = !this.isOpen;
  };
}
