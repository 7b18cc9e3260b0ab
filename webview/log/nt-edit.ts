import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { EntryView, NoticeView } from '../../src/protocol/views';
import { ClientMessageIds } from '../shared/clientMessageIds';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { ask, EditEndEvent } from '../shared/events';
import { editStyles } from './nt-edit.styles';
import { buttonStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';

/** Edits a question in place. Typed text stays until the host accepted it or the user cancels. */
@customElement('nt-edit')
export class EditElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, editStyles];

  @property({ attribute: false }) entry: EntryView | null = null;
  /** A reply is streaming, so nothing can be sent. */
  @property({ type: Boolean }) busy = false;
  @state() private text: string | null = null;
  @state() private isSending = false;
  @state() private refusal: NoticeView | null = null;
  @query('textarea') private readonly field!: HTMLTextAreaElement;
  readonly #ids = new ClientMessageIds();

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('entry')) this.text ??= this.entry?.content ?? null;
  }

  protected override firstUpdated(): void {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  protected override render(): TemplateResult {
    return html`<textarea
        class="scroll"
        aria-label=${strings.editQuestion()}
        rows="1"
        autocomplete="off"
        spellcheck="false"
        .value=${this.text ?? ''}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      ></textarea>
      ${this.refusal === null ? nothing : html`<div role="alert"><nt-notice .notice=${this.refusal} .entryId=${this.entry?.id ?? null}></nt-notice></div>`}
      <div class="foot data">
        <span class="hint">${this.#hint()}</span>
        <vscode-button class="quiet" @click=${this.#cancel}>${sharedStrings.cancel()}</vscode-button>
        <vscode-button ?disabled=${this.busy || this.isSending} @click=${this.#send}
          >${sharedStrings.send()}</vscode-button
        >
      </div>`;
  }

  #hint(): string {
    if (this.busy) return strings.editHintBusy();
    return this.isSending ? sharedStrings.sending() : strings.editHint();
  }

  #onInput = (): void => {
    this.text = this.field.value;
  };

  #onKey = (event: KeyboardEvent): void => {
    // Keys that end a composition belong to the input method. Some report them only by key code 229.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.#cancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void this.#send();
    }
  };

  #cancel = (): void => {
    this.dispatchEvent(new EditEndEvent('cancelled'));
  };

  #send = async (): Promise<void> => {
    const { entry, text } = this;
    if (entry === null || text === null || this.isSending || this.busy) return;
    this.isSending = true;
    this.refusal = null;
    const answer = await ask(this, { type: 'edit', clientMessageId: this.#ids.idFor(text), entryId: entry.id, text });
    this.isSending = false;
    this.#ids.settle(answer);
    if (answer.kind === 'refused') this.refusal = answer.notice;
    else this.dispatchEvent(new EditEndEvent('sent'));
  };
}
