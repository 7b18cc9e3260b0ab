import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { EntryView } from '../../src/protocol/views';
import { formatClock, formatClockSeconds, formatDateTime } from '../format';
import { ReplyRenderer } from '../markdown/replyRenderer';
import { strings } from '../strings';
import { dataLine } from './dataLine';
import { EntryActions } from './entryActions';
import { replyIcon } from './icons';
import { codeStyles, cursorStyles, markdownStyles } from './markdown.styles';
import { entryStyles } from './nt-entry.styles';
import { buttonStyles, sharedStyles } from './shared.styles';
import { visibleText } from './visibleText';

/** One entry of the log: gutter, rule, data line, text, trouble. */
@customElement('nt-entry')
export class EntryElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, markdownStyles, codeStyles, cursorStyles, entryStyles];

  @property({ attribute: false }) entry: EntryView | null = null;
  /** Tokens per second now, of a running reply. */
  @property({ attribute: false }) rate: number | null = null;
  @query('.reply') private readonly replyBox!: HTMLElement | null;
  #renderer: ReplyRenderer | null = null;
  readonly #actions = new EntryActions(this);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#renderer?.dispose();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { entry } = this;
    if (entry === null) return nothing;
    const isReply = entry.role === 'assistant';
    return html`<article data-role=${entry.role} data-state=${entry.state} aria-label=${strings.entryName(speaker(entry), formatClock(entry.createdAtMs))}>
      <div class="gutter" title=${formatDateTime(entry.createdAtMs)}>
        <span class="glyph" aria-hidden="true">${isReply ? replyIcon : entry.role === 'user' ? '>' : '#'}</span>
        <time datetime=${new Date(entry.createdAtMs).toISOString()}>${formatClock(entry.createdAtMs)}<span class="seconds">${formatClockSeconds(entry.createdAtMs)}</span></time>
      </div>
      <div class="body" @click=${this.#actions.handleClick} @auxclick=${this.#actions.handleClick} @keydown=${this.#actions.handleKey}>
        ${isReply ? this.#renderReply(entry) : this.#renderQuestion(entry)}
        ${entry.failure === null ? nothing : html`<nt-notice .notice=${entry.failure} .entryId=${entry.id}></nt-notice>`}
      </div>
    </article>`;
  }

  #renderQuestion(entry: EntryView): TemplateResult {
    return html`<div class="question" data-part="text">${visibleText(entry.content)}</div>
      ${entry.attachments.length === 0 ? nothing : html`<nt-attachments .attachments=${entry.attachments}></nt-attachments>`}`;
  }

  #renderReply(entry: EntryView): TemplateResult {
    const isEmpty = entry.content === '' && entry.state !== 'streaming' && entry.failure === null;
    return html`${dataLine(entry, this.rate)} ${entry.reasoning === '' ? nothing : html`<nt-reasoning .text=${entry.reasoning}></nt-reasoning>`}
      <div class="text reply" data-part="text" ?data-streaming=${entry.state === 'streaming'}></div>
      ${isEmpty ? html`<p class="none data">${strings.emptyReply}</p>` : nothing}`;
  }

  protected override updated(): void {
    const { entry, replyBox } = this;
    if (entry === null || replyBox === null) return;
    this.#renderer ??= new ReplyRenderer(replyBox);
    this.#renderer.update(entry.content, entry.state !== 'streaming');
  }
}

function speaker(entry: EntryView): string {
  if (entry.role === 'assistant') return entry.model ?? strings.model;
  return entry.role === 'user' ? strings.you : strings.systemRole;
}
