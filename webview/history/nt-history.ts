import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { HistoryEntryView, NoticeView } from '../../src/protocol/views';
import { FILTER_EXAMPLES, FILTERS, filterTabs, foundText, keyLine, undoLine } from './drawerParts';
import { HistorySearch } from './historySearch';
import type { SearchState } from './historySearch';
import { requestOf } from './rowAction';
import type { RowAction, RowEvent } from './rowAction';
import { HistoryPages } from './historyPages';
import type { ArchiveFilter } from './archivePages';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { ask, IntentEvent } from '../shared/events';
import type { HitEvent, SeenEvent } from '../shared/events';
import { closeIcon } from '../shared/icons';
import { historyStyles } from './nt-history.styles';
import './nt-hits';
import type { HitsElement } from './nt-hits';
import './nt-conversation-list';
import type { ConversationListElement } from './nt-conversation-list';
import { buttonStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';

/** Longest search text that the host accepts. */
const MAX_SEARCH_CHARACTERS = 1000;

/** The history drawer, modal while open. The root element restores the focus when it closes. */
@customElement('nt-history')
export class HistoryElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, historyStyles];

  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) currentId: string | null = null;
  @state() private text = '';
  @state() private refusal: NoticeView | null = null;
  /** The conversation deleted last, which can be restored. */
  @state() private deleted: HistoryEntryView | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('vscode-text-field') private readonly field!: HTMLElement | null;
  @query('nt-conversation-list') private readonly list!: ConversationListElement | null;
  @query('nt-hits') private readonly hitList!: HitsElement | null;
  readonly #pages = new HistoryPages(
    (body) => ask(this, body),
    () => this.requestUpdate(),
    (notice) => (this.refusal = notice),
  );
  readonly #search = new HistorySearch(
    (body) => ask(this, body),
    (state) => this.#onSearch(state),
  );
  /** Enter was pressed before the answer arrived, so its first hit opens. */
  #opensFirst = false;

  /** Reloads the content. Typed text, scroll position and focus are kept. */
  reload(): void {
    if (!this.open) return;
    void this.#pages.reload();
    this.#search.again();
  }

  focusSearch(): void {
    void this.updateComplete.then(() => this.field?.focus());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.text = '';
    this.#search.type('');
    this.refusal = null;
    this.deleted = null;
    void this.#pages.choose('active');
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-label=${sharedStrings.history()}
      @close=${this.#onClose}
      @click=${this.#onBackdrop}
      @keydown=${this.#onKey}
    >
      ${this.open ? this.#renderContent(this.#search.state) : nothing}
    </dialog>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open')) return;
    if (!this.open && this.dialog.open) this.dialog.close();
    if (!this.open || this.dialog.open) return;
    this.dialog.showModal();
    this.field?.focus();
  }

  #renderContent(search: SearchState): TemplateResult {
    return html`<div class="drawer">
      <div class="head">
        <h2 class="label">${sharedStrings.history()}</h2>
        <button class="icon-button" aria-label=${strings.close()} title=${strings.close()} @click=${this.#requestClose}>
          ${closeIcon}
        </button>
      </div>
      <vscode-text-field
        class="search"
        placeholder=${strings.search()}
        maxlength=${MAX_SEARCH_CHARACTERS}
        .value=${this.text}
        @input=${this.#onInput}
        >${strings.search()}</vscode-text-field
      >
      <p class="filters data" title=${strings.filtersHint(FILTER_EXAMPLES)}>${FILTERS}</p>
      <div class="bar data">
        ${search.kind === 'idle' ? filterTabs(this.#pages, (filter) => this.#choose(filter)) : html`<span class="found">${foundText(search)}</span>`}
      </div>
      <div class="content">
        ${this.refusal === null ? nothing : html`<div role="alert"><nt-notice .notice=${this.refusal}></nt-notice></div>`}
        ${search.kind === 'idle' ? this.#renderList() : this.#renderHits(search)}
      </div>
      ${this.deleted === null ? nothing : undoLine(this.deleted, this.#undo)}
      ${search.kind === 'idle' && (this.#pages.pages.total ?? 0) > 0 ? keyLine(this.#pages.chosen) : nothing}
      <p class="visually-hidden" role="status">
        ${search.kind === 'found' ? foundText(search) : this.deleted === null ? '' : strings.deleted(this.deleted.runLabel)}
      </p>
    </div>`;
  }

  #renderList(): TemplateResult {
    const { pages, chosen } = this.#pages;
    if (pages.total === null) {
      return this.refusal === null
        ? html`<p class="none data">
            <vscode-progress-ring aria-label=${sharedStrings.loading()}></vscode-progress-ring>
          </p>`
        : html``;
    }
    if (pages.total === 0)
      return html`<p class="none data">${chosen === 'active' ? strings.noConversations() : strings.noArchived()}</p>`;
    return html`${keyed(
      chosen,
      html`<nt-conversation-list
        .pages=${pages}
        .currentId=${this.currentId}
        @nt-seen=${this.#onSeen}
        @nt-row=${this.#onRow}
        @nt-list-exit=${this.focusSearch}
      ></nt-conversation-list>`,
    )}`;
  }

  #renderHits(search: Exclude<SearchState, { kind: 'idle' }>): TemplateResult {
    if (search.kind === 'refused')
      return html`<div role="alert"><nt-notice .notice=${search.notice}></nt-notice></div>`;
    return html`<nt-hits
      aria-busy=${search.kind === 'searching'}
      .hits=${search.hits}
      .text=${search.text}
      @nt-row=${this.#onRow}
      @nt-hit=${this.#onHit}
      @nt-list-exit=${this.focusSearch}
    ></nt-hits>`;
  }

  #choose(name: ArchiveFilter): void {
    this.refusal = null;
    if (name !== this.#pages.chosen) void this.#pages.choose(name);
  }

  #onInput = (event: Event): void => {
    if (!(event.target instanceof HTMLElement) || !('value' in event.target)) return;
    this.#type(String(event.target.value));
  };

  #type(text: string): void {
    this.text = text;
    this.#opensFirst = false;
    this.#search.type(text);
  }

  #onSearch(state: SearchState): void {
    this.requestUpdate();
    if (state.kind !== 'found' || !this.#opensFirst) return;
    this.#opensFirst = false;
    void this.updateComplete.then(() => this.hitList?.openFirst());
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const isInField = this.shadowRoot?.activeElement === this.field;
    const hasCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape' && this.text !== '') this.#clear();
    else if (isInField && event.key === 'ArrowDown') this.#focusList();
    else if (isInField && event.key === 'Enter') this.#openFirst();
    else if (hasCommand && event.key.toLowerCase() === 'f') this.focusSearch();
    else if (hasCommand && !isInField && event.key.toLowerCase() === 'z' && this.deleted !== null) void this.#undo();
    else return;
    event.preventDefault();
  };

  #clear(): void {
    this.#type('');
    this.focusSearch();
  }

  #focusList(): void {
    if (this.#search.state.kind === 'idle') this.list?.focus();
    else this.hitList?.focus();
  }

  #openFirst(): void {
    const { kind } = this.#search.state;
    if (kind === 'idle') this.list?.focus();
    else if (kind === 'found') this.hitList?.openFirst();
    else this.#opensFirst = true;
  }

  #onSeen = ({ places }: SeenEvent): void => this.#pages.need(places);

  #onHit = async ({ hit }: HitEvent): Promise<void> => {
    const answer = await ask(this, {
      type: 'openMessage',
      conversationId: hit.conversationId,
      messageId: hit.messageId,
    });
    if (answer.kind === 'refused') this.refusal = answer.notice;
    else this.#requestClose();
  };

  #onRow = async ({ conversation, action, onAnswer }: RowEvent): Promise<void> => {
    const answer = await ask(this, requestOf(conversation, action));
    this.refusal = answer.kind === 'refused' ? answer.notice : null;
    onAnswer(answer);
    if (answer.kind === 'refused') return;
    this.#show(conversation, action);
  };

  /** Shows an accepted change at once. The reloaded list replaces it. */
  #show(conversation: HistoryEntryView, action: RowAction): void {
    const { id } = conversation;
    switch (action.kind) {
      case 'open':
        this.#requestClose();
        return;
      case 'rename':
        this.#pages.change(id, { title: action.title });
        break;
      case 'tag':
        this.#pages.change(id, { tags: [...action.tags] });
        break;
      case 'pin':
        this.#pages.change(id, { pinned: action.pinned });
        break;
      case 'archive':
        this.#pages.remove(id, true);
        break;
      case 'delete':
        this.#pages.remove(id, false);
        this.deleted = conversation;
        break;
    }
    void this.#pages.reload();
  }

  #undo = async (): Promise<void> => {
    const { deleted } = this;
    if (deleted === null) return;
    const answer = await ask(this, { type: 'delete', conversationId: deleted.id, deleted: false });
    this.refusal = answer.kind === 'refused' ? answer.notice : null;
    if (answer.kind === 'refused') return;
    this.deleted = null;
    this.#focusList();
    await this.#pages.reload();
  };

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
