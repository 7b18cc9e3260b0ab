import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { EntryView } from '../../src/protocol/views';
import { formatClock, formatClockSeconds, formatDateTime } from '../shared/format';
import { ReplyRenderer } from '../markdown/replyRenderer';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { dataLine } from './dataLine';
import { EntryActions } from './entryActions';
import { branchSwitch, entryTools } from './entryTools';
import type { EntryTool } from './entryTools';
import { type EditEndEvent, IntentEvent } from '../shared/events';
import './nt-edit';
import { replyIcon } from '../shared/icons';
import { foundStyles } from '../find/found.styles';
import { codeStyles } from '../markdown/code.styles';
import { cursorStyles, markdownStyles } from '../markdown/markdown.styles';
import { entryStyles } from './nt-entry.styles';
import { buttonStyles, sharedStyles } from '../shared/shared.styles';
import { visibleText } from '../shared/visibleText';

/** One entry of the log. */
@customElement('nt-entry')
export class EntryElement extends LitElement {
  static override styles = [
    sharedStyles,
    buttonStyles,
    markdownStyles,
    codeStyles,
    cursorStyles,
    foundStyles,
    entryStyles,
  ];

  @property({ attribute: false }) entry: EntryView | null = null;
  /** Current tokens per second of a streaming reply. */
  @property({ attribute: false }) rate: number | null = null;
  /** A reply is streaming in the conversation, so tools that start another one are disabled. */
  @property({ type: Boolean }) busy = false;
  @state() private isEditing = false;
  @query('article') private readonly article!: HTMLElement | null;
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

  /** Contains the text as shown; null before the first render. */
  get textBox(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[data-part="text"]');
  }

  /** Focuses the entry as a whole, so that a screen reader continues from here. */
  focusEntry(): void {
    this.article?.focus({ preventScroll: true });
  }

  focusTool(tool: EntryTool): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-action="${tool}"]`)?.focus({ preventScroll: true });
  }

  /** The entry holds unsaved text and must stay in the page. */
  get holdsTypedText(): boolean {
    return this.isEditing;
  }

  startEditing(): void {
    this.isEditing = true;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { entry } = this;
    if (entry === null) return nothing;
    const isReply = entry.role === 'assistant';
    return html`<article
      data-role=${entry.role}
      data-state=${entry.state}
      ?data-inherited=${entry.isInherited}
      tabindex="-1"
      aria-label=${strings.entryName(speaker(entry), formatClock(entry.createdAtMs))}
    >
      <div class="gutter" title=${formatDateTime(entry.createdAtMs)}>
        <span class="glyph" aria-hidden="true">${isReply ? replyIcon : entry.role === 'user' ? '>' : '#'}</span>
        <time datetime=${new Date(entry.createdAtMs).toISOString()}
          >${formatClock(entry.createdAtMs)}<span class="seconds">${formatClockSeconds(entry.createdAtMs)}</span></time
        >
      </div>
      <div
        class="body"
        @click=${this.#actions.handleClick}
        @auxclick=${this.#actions.handleClick}
        @keydown=${this.#actions.handleKey}
      >
        ${isReply ? this.#renderReply(entry) : this.#renderQuestion(entry)}
        ${entry.failure === null ? nothing : html`<nt-notice .notice=${entry.failure} .entryId=${entry.id}></nt-notice>`}
      </div>
    </article>`;
  }

  #renderQuestion(entry: EntryView): TemplateResult {
    if (this.isEditing)
      return html`<nt-edit .entry=${entry} ?busy=${this.busy} @nt-edit-end=${this.#onEditEnd}></nt-edit>`;
    return html`<div class="question" data-part="text">${visibleText(entry.content)}</div>
      ${branchSwitch(entry)} ${entryTools(entry, this.busy)}
      ${entry.attachments.length === 0 ? nothing : html`<nt-attachments .attachments=${entry.attachments}></nt-attachments>`}`;
  }

  #renderReply(entry: EntryView): TemplateResult {
    const isEmpty = entry.content === '' && entry.state !== 'streaming' && entry.failure === null;
    return html`${dataLine(entry, this.rate, this.busy)} ${renderAttempts(entry.attempts)}
      ${entry.reasoning === '' ? nothing : html`<nt-reasoning .text=${entry.reasoning}></nt-reasoning>`}
      <div class="text reply" data-part="text" ?data-streaming=${entry.state === 'streaming'}></div>
      ${isEmpty ? html`<p class="none data">${strings.emptyReply()}</p>` : nothing}`;
  }

  protected override updated(): void {
    const { entry, replyBox } = this;
    if (entry === null || replyBox === null) return;
    this.#renderer ??= new ReplyRenderer(replyBox);
    this.#renderer.update(entry.content, entry.state !== 'streaming');
  }

  #onEditEnd = ({ outcome }: EditEndEvent): void => {
    this.isEditing = false;
    if (outcome === 'sent') this.dispatchEvent(new IntentEvent({ kind: 'focusComposer' }));
    else void this.updateComplete.then(() => this.focusTool('edit'));
  };
}

function renderAttempts(attempts: readonly string[]): TemplateResult | typeof nothing {
  if (attempts.length === 0) return nothing;
  return html`<ul class="attempts data" aria-label=${strings.attempts()}>
    ${attempts.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}

function speaker(entry: EntryView): string {
  if (entry.role === 'assistant') return entry.model ?? sharedStrings.model();
  return entry.role === 'user' ? strings.you() : strings.systemRole();
}
