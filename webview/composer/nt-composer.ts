import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Answer } from '../../src/protocol/messages';
import type { AttachmentView, NoticeView, QuoteView } from '../../src/protocol/views';
import { ClientMessageIds } from '../shared/clientMessageIds';
import { Countdown } from '../shared/countdown';
import { formatCountdown } from '../shared/format';
import { withElements } from '../shared/localization';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { DraftEvent, IntentEvent, RequestEvent } from '../shared/events';
import { closeIcon, enterIcon } from '../shared/icons';
import { composerStyles } from './nt-composer.styles';
import { buttonStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';

/** From this length on, the number of characters is shown. */
const COUNT_FROM_CHARACTERS = 2_000;

/** The message field. The text is cleared only after the host accepted it. */
@customElement('nt-composer')
export class ComposerElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, composerStyles];

  @property({ attribute: false }) attachments: readonly AttachmentView[] = [];
  /** Estimate for sending the current text. */
  @property({ attribute: false }) quote: QuoteView | null = null;
  /** A reply is streaming, so nothing can be sent. */
  @property({ type: Boolean }) busy = false;
  /** Why the last request was refused. */
  @property({ attribute: false }) refusal: NoticeView | null = null;
  @state() private text = '';
  @state() private isSending = false;
  @state() private wasHeldBack = false;
  @query('textarea') private readonly field!: HTMLTextAreaElement;
  readonly #ids = new ClientMessageIds();
  readonly #wait = new Countdown(this);

  get draft(): string {
    return this.text;
  }

  /** Sets the text and moves the cursor to its end. Focuses the field only if the panel has the focus. */
  setDraft(text: string): void {
    this.#setText(text);
    void this.updateComplete.then(() => {
      if (document.hasFocus()) this.field.focus();
      this.field.setSelectionRange(text.length, text.length);
    });
  }

  override focus(): void {
    void this.updateComplete.then(() => this.field.focus());
  }

  protected override render(): TemplateResult {
    return html`<div class="composer">
      ${this.refusal === null ? nothing : this.#renderRefusal(this.refusal)}
      <nt-attachments removable .attachments=${this.attachments}></nt-attachments>
      <div class="field">
        <span class="prompt" aria-hidden="true">></span>
        <textarea
          class="scroll"
          aria-label=${strings.message()}
          aria-describedby=${this.#quoted === null ? 'note' : 'quote note'}
          placeholder=${strings.placeholder()}
          rows="1"
          autocomplete="off"
          spellcheck="false"
          .value=${this.text}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        ></textarea>
      </div>
      <div class="foot data">
        ${this.#renderQuote()} ${this.#renderNote()}
        <vscode-button
          class="send"
          aria-label=${sharedStrings.send()}
          ?disabled=${this.busy || this.isSending}
          @click=${this.#send}
        >
          <span class="face"><span class="face-label">${sharedStrings.send()}</span>${enterIcon}</span>
        </vscode-button>
      </div>
    </div>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('busy') && !this.busy) this.wasHeldBack = false;
    this.#wait.set(this.quote?.waitUntilMs ?? null);
  }

  #renderRefusal(refusal: NoticeView): TemplateResult {
    return html`<div class="refusal" role="alert">
      <nt-notice .notice=${refusal}></nt-notice>
      <button
        class="icon-button dismiss"
        aria-label=${sharedStrings.dismiss()}
        title=${sharedStrings.dismiss()}
        @click=${this.#dismiss}
      >
        ${closeIcon}
      </button>
    </div>`;
  }

  /** Keeps its space without an estimate, so that typing the first letter moves nothing. */
  #renderQuote(): TemplateResult {
    const quote = this.#quoted;
    if (quote === null) return html`<span class="quote" aria-hidden="true"><span>${strings.noQuote()}</span></span>`;
    return html`<span class="quote" id="quote">
      ${quote.tokensText === '' ? nothing : html`<span><span class="long">${strings.tokens(quote.tokensText)}</span><span class="short" aria-hidden="true" data-text=${sharedStrings.tokensShort(quote.tokensText)}></span></span>`}
      <span class="worst">${quote.costText}</span>
    </span>`;
  }

  /** Details of the estimate, or a hint. Always present. */
  #renderNote(): TemplateResult {
    const quote = this.#quoted;
    // A refusal shown above takes precedence.
    if (quote !== null && quote.detail !== '' && !this.busy && !this.isSending && this.refusal === null) {
      return html`<span class="note" id="note" data-level=${quote.level}>${quote.detail} ${this.#renderWait()}</span>`;
    }
    return html`<span class="note" id="note" data-level=${this.wasHeldBack && this.busy ? 'shortened' : 'ok'}
      >${this.#hint()}</span
    >`;
  }

  #renderWait(): TemplateResult | typeof nothing {
    const { seconds } = this.#wait;
    return seconds === null || seconds === 0
      ? nothing
      : html`<span class="wait"
          >${withElements(sharedStrings.wait, html`<span role="timer" aria-live="off">${formatCountdown(seconds)}</span>`)}</span
        >`;
  }

  /** An estimate may arrive after the field was cleared. */
  get #quoted(): QuoteView | null {
    return this.text.trim() === '' && this.attachments.length === 0 ? null : this.quote;
  }

  #hint(): string {
    if (this.busy) return this.wasHeldBack ? strings.hintBusy() : sharedStrings.hintStop();
    if (this.isSending) return sharedStrings.sending();
    return this.text.length >= COUNT_FROM_CHARACTERS ? sharedStrings.characters(this.text.length) : strings.hintKeys();
  }

  #onInput = (): void => {
    // Typing dismisses notes such as "There is nothing to send yet".
    if (this.refusal?.severity === 'info') this.#dismiss();
    this.#setText(this.field.value);
  };

  #onKey = (event: KeyboardEvent): void => {
    // Enter that ends a composition belongs to the input method. Some report it only by key code 229.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  };

  #send = (): void => {
    if (this.isSending) return;
    if (this.busy) {
      this.wasHeldBack = true;
      return;
    }
    const { text } = this;
    this.isSending = true;
    this.#dismiss();
    const body = { type: 'send', clientMessageId: this.#ids.idFor(text), text } as const;
    this.dispatchEvent(new RequestEvent(body, (answer) => this.#onAnswer(text, answer)));
  };

  #onAnswer(sent: string, answer: Answer): void {
    this.isSending = false;
    this.#ids.settle(answer);
    if (answer.kind === 'refused') {
      this.refusal = answer.notice;
      return;
    }
    // Text typed while sending stays.
    if (this.text.startsWith(sent)) this.#setText(this.text.slice(sent.length));
  }

  #dismiss = (): void => {
    this.refusal = null;
    this.dispatchEvent(new IntentEvent({ kind: 'dismissRefusal' }));
  };

  #setText(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.dispatchEvent(new DraftEvent(text));
  }
}
