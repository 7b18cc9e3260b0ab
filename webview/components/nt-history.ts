import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { HistoryEntryView, NoticeView } from '../../src/protocol/views';
import { formatClock, formatCount, formatDay } from '../format';
import { groupHistory } from '../historyGroups';
import type { HistoryGroup } from '../historyGroups';
import { strings } from '../strings';
import { IntentEvent, RequestEvent } from './events';
import { closeIcon } from './icons';
import { historyStyles } from './nt-history.styles';
import { buttonStyles, scrollStyles, sharedStyles } from './shared.styles';

/** The drawer of conversations. Modal while open; the root gives the focus back when it closes. */
@customElement('nt-history')
export class HistoryElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, historyStyles];

  @property({ type: Boolean }) open = false;
  /** Null while the host has not answered. */
  @property({ attribute: false }) conversations: readonly HistoryEntryView[] | null = null;
  @property({ attribute: false }) currentId: string | null = null;
  @state() private filter = '';
  @state() private refusal: NoticeView | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.filter = '';
    this.refusal = null;
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-label=${strings.history} @close=${this.#onClose} @click=${this.#onBackdrop} @keydown=${this.#onKey}>
      ${this.open ? this.#renderContent() : nothing}
    </dialog>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open')) return;
    if (this.open && !this.dialog.open) this.#show();
    else if (!this.open && this.dialog.open) this.dialog.close();
  }

  #show(): void {
    this.dialog.showModal();
    this.renderRoot.querySelector<HTMLElement>('vscode-text-field')?.focus();
  }

  #renderContent(): TemplateResult {
    return html`<div class="drawer">
      <div class="head">
        <h2 class="label">${strings.history}</h2>
        <span class="count data">${this.conversations === null ? '' : strings.matchCount(formatCount(this.conversations.length))}</span>
        <button class="icon-button" aria-label=${strings.closeHistory} title=${strings.closeHistory} @click=${this.#requestClose}>${closeIcon}</button>
      </div>
      <vscode-text-field class="filter" .value=${this.filter} @input=${this.#onFilter}>${strings.filterHistory}</vscode-text-field>
      <div class="list scroll">${this.refusal === null ? nothing : html`<nt-notice .notice=${this.refusal}></nt-notice>`} ${this.#renderList()}</div>
    </div>`;
  }

  #renderList(): TemplateResult | TemplateResult[] {
    if (this.conversations === null) return html`<p class="none data"><vscode-progress-ring aria-label=${strings.loading}></vscode-progress-ring></p>`;
    if (this.conversations.length === 0) return html`<p class="none data">${strings.noConversations}</p>`;
    const groups = groupHistory(this.conversations, this.filter, Date.now());
    if (groups.length === 0) return html`<p class="none data">${strings.noMatches(this.filter)}</p>`;
    return groups.map((group) => this.#renderGroup(group));
  }

  #renderGroup(group: HistoryGroup): TemplateResult {
    const isRecent = group.label === strings.today || group.label === strings.yesterday;
    return html`<section>
      <h3 class="label">${group.label}</h3>
      <ul>
        ${group.conversations.map((conversation) => this.#renderConversation(conversation, isRecent))}
      </ul>
    </section>`;
  }

  #renderConversation(conversation: HistoryEntryView, isRecent: boolean): TemplateResult {
    const { id, runLabel, title, model, costText, updatedAtMs } = conversation;
    return html`<li>
      <button class="row" aria-current=${id === this.currentId ? 'true' : 'false'} @click=${() => this.#openConversation(id)}>
        <span class="title">${title === '' ? strings.untitled : title}</span>
        <span class="facts data">
          <span class="run">${runLabel}</span><span class="cost">${costText}</span><span class="model">${model}</span
          ><span class="time">${isRecent ? formatClock(updatedAtMs) : formatDay(updatedAtMs)}</span>
        </span>
      </button>
    </li>`;
  }

  #rows(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.row')];
  }

  #onFilter = (event: Event): void => {
    if (event.target instanceof HTMLElement && 'value' in event.target) this.filter = String(event.target.value);
  };

  #onKey = (event: KeyboardEvent): void => {
    const rows = this.#rows();
    const active = this.shadowRoot?.activeElement ?? null;
    const index = rows.findIndex((row) => row === active);
    const isInField = index < 0 && active?.localName === 'vscode-text-field';
    if (event.key === 'Enter' && isInField) rows[0]?.click();
    const next = nextIndex(event.key, index, rows.length, isInField);
    if (next === null) return;
    event.preventDefault();
    if (next < 0) this.renderRoot.querySelector<HTMLElement>('vscode-text-field')?.focus();
    else rows[next]?.focus();
  };

  #openConversation(conversationId: string): void {
    const request = new RequestEvent({ type: 'openConversation', conversationId }, (answer) => {
      if (answer.kind === 'refused') this.refusal = answer.notice;
      else this.#requestClose();
    });
    this.dispatchEvent(request);
  }

  #onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.dialog) this.#requestClose();
  };

  #onClose = (): void => {
    if (this.open) this.#requestClose();
  };

  #requestClose = (): void => {
    this.dispatchEvent(new IntentEvent({ kind: 'closeHistory' }));
  };
}

/** Row that an arrow leads to; below zero the filter; null for other keys. */
function nextIndex(key: string, index: number, count: number, isInField: boolean): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return Math.min(count - 1, index + 1);
  if (key === 'ArrowUp') return isInField ? null : index - 1;
  if (isInField) return null;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
