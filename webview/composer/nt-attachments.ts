import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AttachmentView } from '../../src/protocol/views';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { RequestEvent } from '../shared/events';
import { closeIcon } from '../shared/icons';
import { attachmentsStyles } from './nt-attachments.styles';
import { scrollStyles, sharedStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';

/** Attachments as chips. A chip opens to show exactly what is sent. Those in the composer can be removed. */
@customElement('nt-attachments')
export class AttachmentsElement extends LitElement {
  static override styles = [sharedStyles, scrollStyles, attachmentsStyles];

  @property({ attribute: false }) attachments: readonly AttachmentView[] = [];
  @property({ type: Boolean }) removable = false;
  @state() private openId: string | null = null;

  protected override render(): TemplateResult | typeof nothing {
    if (this.attachments.length === 0) return nothing;
    const open = this.attachments.find((attachment) => attachment.id === this.openId);
    return html`<ul aria-label=${strings.attachments()}>
        ${repeat(
          this.attachments,
          (attachment) => attachment.id,
          (attachment) => this.#renderChip(attachment),
        )}
      </ul>
      ${open === undefined ? nothing : renderText(open)}`;
  }

  #renderChip(attachment: AttachmentView): TemplateResult {
    const { id, label } = attachment;
    return html`<li class="chip data">
      <button
        class="name"
        aria-expanded=${this.openId === id}
        aria-label=${strings.showAttachment(label)}
        title=${label}
        @click=${() => this.#toggle(id)}
      >
        ${label}
      </button>
      ${
        this.removable
          ? html`<button
              class="remove"
              aria-label=${strings.removeAttachment(label)}
              title=${strings.removeAttachment(label)}
              @click=${() => this.#remove(id)}
            >
              ${closeIcon}
            </button>`
          : nothing
      }
    </li>`;
  }

  #toggle(id: string): void {
    this.openId = this.openId === id ? null : id;
  }

  #remove(attachmentId: string): void {
    this.dispatchEvent(new RequestEvent({ type: 'removeAttachment', attachmentId }));
  }
}

function renderText(attachment: AttachmentView): TemplateResult {
  const { label, text } = attachment;
  const facts = [strings.sentAsShown(), strings.lines(text.split('\n').length), sharedStrings.characters(text.length)];
  return html`<div class="sent">
    <p class="data">${facts.join(' · ')}</p>
    <pre class="scroll data" tabindex="0" role="group" aria-label=${label}>${visibleText(text)}</pre>
  </div>`;
}
