import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NoticeView } from '../../src/protocol/views';
import { strings } from '../strings';
import { RequestEvent } from './events';
import { noticeStyles } from './nt-notice.styles';
import { buttonStyles, sharedStyles } from './shared.styles';

/** What happened, what was kept, what to do. */
@customElement('nt-notice')
export class NoticeElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, noticeStyles];

  @property({ attribute: false }) notice: NoticeView | null = null;
  /** The entry that the actions are about. */
  @property({ attribute: false }) entryId: string | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { notice } = this;
    if (notice === null) return nothing;
    return html`<div class="notice" data-severity=${notice.severity} data-code=${notice.code}>
      <p class="title"><span class="label severity">${strings.severity[notice.severity]}</span> ${notice.title}</p>
      ${notice.detail === '' ? nothing : html`<p class="detail">${notice.detail}</p>`}
      <div class="actions" ?hidden=${notice.actions.length === 0}>
        ${notice.actions.map(
          ({ action, label }) => html`<vscode-button class="quiet" data-action=${action} @click=${() => this.#act(action)}>${label}</vscode-button>`,
        )}
        <slot></slot>
      </div>
    </div>`;
  }

  #act(action: NoticeView['actions'][number]['action']): void {
    this.dispatchEvent(new RequestEvent({ type: 'noticeAction', action, entryId: this.entryId }));
  }
}
