import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView, SearchHitView } from '../../src/protocol/views';
import { formatClock, formatCount, formatDay } from '../shared/format';
import { RowEvent } from './rowAction';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { HitEvent, ListExitEvent } from '../shared/events';
import { rowFacts } from './historyRow';
import { archiveIcon } from '../shared/icons';
import { hitsStyles } from './nt-hits.styles';
import { rowStyles } from './row.styles';
import { scrollStyles, sharedStyles, tagStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';

export type Hits = Extract<Answer, { kind: 'hits' }>;

/** Search results: conversations by title, then messages with excerpts. */
@customElement('nt-hits')
export class HitsElement extends LitElement {
  static override styles = [sharedStyles, scrollStyles, tagStyles, rowStyles, hitsStyles];

  @property({ attribute: false }) hits: Hits | null = null;
  /** The search text. */
  @property({ attribute: false }) text = '';

  /** Opens the first result. */
  openFirst(): void {
    this.#items()[0]?.click();
  }

  override focus(): void {
    this.#items()[0]?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hits } = this;
    if (hits === null) return nothing;
    return html`<div class="scroll" @keydown=${this.#onKey}>
      ${
        hits.conversations.length === 0
          ? nothing
          : html`<h3 class="label" id="titles">${strings.inTitles()}</h3>
              <ul aria-labelledby="titles">
                ${hits.conversations.map((conversation) => this.#renderConversation(conversation))}
              </ul>`
      }
      ${
        hits.hits.length === 0
          ? nothing
          : html`<h3 class="label" id="messages">${strings.inMessages()}</h3>
              <ul aria-labelledby="messages">
                ${hits.hits.map((hit) => this.#renderHit(hit))}
              </ul>`
      }
      ${hits.complete ? nothing : html`<p class="note data">${strings.moreResults(formatCount(hits.hits.length))}</p>`}
      ${hits.conversations.length + hits.hits.length > 0 ? nothing : html`<p class="note data">${strings.noResults(this.text)}<br />${strings.noResultsHint()}</p>`}
    </div>`;
  }

  #renderConversation(conversation: HistoryEntryView): TemplateResult {
    const open = (): boolean => this.dispatchEvent(new RowEvent(conversation, { kind: 'open' }));
    return html`<li class="row">
      <button class="open" @click=${open}>${rowFacts(conversation, formatDay(conversation.updatedAtMs))}</button>
    </li>`;
  }

  #renderHit(hit: SearchHitView): TemplateResult {
    const { runLabel, title, archived, role, createdAtMs, costText, excerpt } = hit;
    return html`<li class="row">
      <button class="open hit" @click=${() => this.dispatchEvent(new HitEvent(hit))}>
        <span class="title">${title === '' ? sharedStrings.untitled() : title}</span>
        <span class="excerpt data"
          >${excerpt.map((part, i) => (i % 2 === 1 ? html`<mark>${visibleText(part)}</mark>` : visibleText(part)))}</span
        >
        <span class="facts data">
          <span class="run">${runLabel}</span><span>${strings.role(role)}</span><span class="cost">${costText}</span>
          ${archived ? html`<span class="fork" title=${sharedStrings.archivedMark()}>${archiveIcon}<span class="visually-hidden">${sharedStrings.archivedMark()}</span></span>` : nothing}
          <span class="when">${formatDay(createdAtMs)}<span class="clock"> ${formatClock(createdAtMs)}</span></span>
        </span>
      </button>
    </li>`;
  }

  #items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.open')];
  }

  #onKey = (event: KeyboardEvent): void => {
    const items = this.#items();
    const index = items.findIndex((item) => item === this.shadowRoot?.activeElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || index < 0) return;
    event.preventDefault();
    if (next < 0) this.dispatchEvent(new ListExitEvent());
    else items[Math.min(next, items.length - 1)]?.focus();
  };
}
