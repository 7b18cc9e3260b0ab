import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NoticeAction, NoticeView } from '../../src/protocol/views';
import { Countdown } from './countdown';
import { formatCountdown } from './format';
import { withElements } from './localization';
import { sharedStrings } from './strings';
import { RequestEvent } from './events';
import { noticeStyles } from './nt-notice.styles';
import { buttonStyles, sharedStyles } from './shared.styles';

/** Disabled until the wait is over. */
const HELD_BACK: ReadonlySet<NoticeAction> = new Set(['retry', 'continueReply']);

/** A notice of the host with its buttons. */
@customElement('nt-notice')
export class NoticeElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, noticeStyles];

  @property({ attribute: false }) notice: NoticeView | null = null;
  /** The entry that the actions apply to. */
  @property({ attribute: false }) entryId: string | null = null;
  readonly #wait = new Countdown(this);

  protected override willUpdate(): void {
    this.#wait.set(this.notice?.waitUntilMs ?? null);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { notice } = this;
    if (notice === null) return nothing;
    const { seconds } = this.#wait;
    return html`<div class="notice" data-severity=${notice.severity} data-code=${notice.code}>
      <p class="title">
        <span class="label severity">${sharedStrings.severity(notice.severity)}</span> ${notice.title}
      </p>
      ${notice.detail === '' ? nothing : html`<p class="detail">${notice.detail}</p>`}
      ${seconds === null ? nothing : renderWait(seconds)}
      <div class="actions" ?hidden=${notice.actions.length === 0}>
        ${notice.actions.map(
          ({ action, label }) =>
            html`<vscode-button
              class="quiet"
              data-action=${action}
              ?disabled=${HELD_BACK.has(action) && seconds !== null && seconds > 0}
              @click=${() => this.#act(action)}
              >${label}</vscode-button
            >`,
        )}
        <slot></slot>
      </div>
    </div>`;
  }

  #act(action: NoticeAction): void {
    this.dispatchEvent(new RequestEvent({ type: 'noticeAction', action, entryId: this.entryId }));
  }
}

/** Keeps its line when it ends, so that nothing moves. Not live: inside an alert it would be read out each second. */
function renderWait(seconds: number): TemplateResult {
  return html`<p class="wait" aria-live="off">
    ${seconds === 0 ? sharedStrings.waitOver() : withElements(sharedStrings.wait, html`<span role="timer">${formatCountdown(seconds)}</span>`)}
  </p>`;
}
