import { html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { HistoryEntryView } from '../../src/protocol/views';
import { formatClock, formatRecentDay } from '../shared/format';
import { RowEvent } from './rowAction';
import { drawnGroups, rangeDrawn, rangeSeen, rowForKey } from './rowWindow';
import type { DrawnGroup, RowRange } from './rowWindow';
import { unknownPages } from './archivePages';
import type { ArchivePages } from './archivePages';
import { layoutList, rowAt } from './listLayout';
import type { RowHeights, RowGroup, ListLayout } from './listLayout';
import { strings } from './strings';
import { ListExitEvent, SeenEvent } from '../shared/events';
import { listRow, rowDeletion, rowEditor, rowFacts, rowTool, rowTools } from './historyRow';
import { listStyles } from './nt-conversation-list.styles';
import { rowStyles } from './row.styles';
import { RowEditing } from './rowEditing';
import { RowFocus } from './rowFocus';
import { toolForKey } from './rowKeys';
import { buttonStyles, scrollStyles, sharedStyles, tagStyles } from '../shared/shared.styles';

/** Rows to load beyond the visible ones. */
const AHEAD_ROWS = 80;
/** Used until the heights are measured. */
const UNMEASURED: RowHeights = { row: 46, taggedRow: 64, heading: 30 };

/** A virtual list of conversations: only rows near the visible ones are in the page. */
@customElement('nt-conversation-list')
export class ConversationListElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, tagStyles, rowStyles, listStyles];

  @property({ attribute: false }) pages: ArchivePages = unknownPages;
  @property({ attribute: false }) currentId: string | null = null;
  @state() private heights = UNMEASURED;
  @state() private reachedId: string | null = null;
  @query('.scroll') private readonly scroller!: HTMLElement | null;
  @query('.sizer') private readonly sizer!: HTMLElement;
  @query('.window') private readonly drawnBox!: HTMLElement;
  #layout: ListLayout = layoutList(unknownPages, UNMEASURED, 0);
  #seen: RowRange = { first: 0, last: -1 };
  #topPx = 0;
  #reachedIndex = 0;
  #focus: RowFocus | null = null;
  readonly #editing = new RowEditing(this, (conversation, part) => this.#onEditing(conversation, part));
  readonly #resized = new ResizeObserver(() => this.#measure());

  /** Focuses the last focused row, the open conversation's row, or the first row. */
  override focus(): void {
    this.#goTo(this.#layout.indexById.get(this.reachedId ?? this.currentId ?? '') ?? 0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#focus?.beforeUpdate();
    if (changed.has('pages') || changed.has('heights')) this.#layOut();
    this.#seen = this.#rangeSeen();
  }

  protected override render(): TemplateResult {
    const groups = drawnGroups(this.#layout, rangeDrawn(this.#layout, this.#seen));
    return html`<div
      class="scroll"
      tabindex="-1"
      @scroll=${this.#onScroll}
      @click=${this.#onClick}
      @input=${this.#onInput}
      @keydown=${this.#onKey}
      @focusin=${this.#onFocus}
      @focusout=${this.#onBlur}
    >
      <div class="probe" data-size="plain"></div>
      <div class="probe" data-size="tagged"></div>
      <div class="probe" data-size="heading"></div>
      <div class="sizer">
        <div class="window">
          ${repeat(
            groups,
            ({ group }) => group.label,
            (group, index) => this.#renderGroup(group, `group-${index}`),
          )}
        </div>
      </div>
    </div>`;
  }

  #renderGroup({ group, rows }: DrawnGroup, headingId: string): TemplateResult {
    return html`<div class="group">
      <h3 class="label" id=${headingId}>${group.label}</h3>
      <div role="list" aria-labelledby=${headingId}>
        ${repeat(
          rows,
          ({ row }) => row.conversation?.id ?? `place-${row.place}`,
          ({ row, index }) =>
            listRow(row.conversation, index - group.first + 1, group.count, (conversation) =>
              this.#renderContent(conversation, group),
            ),
        )}
      </div>
    </div>`;
  }

  #renderContent(conversation: HistoryEntryView, group: RowGroup): TemplateResult {
    const edit = this.#editing.of(conversation.id);
    if (edit !== null) return edit.kind === 'delete' ? rowDeletion(conversation) : rowEditor(conversation, edit);
    const isReached = conversation.id === this.#tabId();
    const isRecent = group.label === strings.today() || group.label === strings.yesterday();
    const when = isRecent ? formatClock(conversation.updatedAtMs) : formatRecentDay(conversation.updatedAtMs);
    return html`<button
        class="open"
        data-part="open"
        tabindex=${isReached ? 0 : -1}
        aria-current=${conversation.id === this.currentId ? 'true' : 'false'}
      >
        ${rowFacts(conversation, when)}
      </button>
      ${rowTools(conversation, isReached)}`;
  }

  protected override firstUpdated(): void {
    this.#focus = this.shadowRoot === null ? null : new RowFocus(this.shadowRoot, () => this.#layout);
    if (this.scroller !== null) this.#resized.observe(this.scroller);
    for (const probe of this.renderRoot.querySelectorAll('.probe')) this.#resized.observe(probe);
  }

  protected override updated(): void {
    const { scroller } = this;
    if (scroller === null) return;
    this.sizer.style.height = `${this.#layout.height}px`;
    const { first } = rangeDrawn(this.#layout, this.#seen);
    this.drawnBox.style.top = `${(this.#layout.rows[first]?.top ?? 0) - this.heights.heading}px`;
    if (Math.abs(scroller.scrollTop - this.#topPx) >= 1) scroller.scrollTop = this.#topPx;
    this.#topPx = scroller.scrollTop;
    if (this.#focus?.afterUpdate(() => scroller.focus({ preventScroll: true })) === false)
      this.dispatchEvent(new ListExitEvent());
    this.dispatchEvent(new SeenEvent(this.#placesAhead()));
  }

  /** Lays out all rows and keeps the first visible row in place. At the top, new rows become visible. */
  #layOut(): void {
    const before = this.#layout;
    this.#layout = layoutList(this.pages, this.heights, Date.now());
    const kept =
      this.#topPx === 0
        ? undefined
        : before.rows
            .slice(rowAt(before, this.#topPx))
            .find(({ conversation }) => this.#layout.indexById.has(conversation?.id ?? ''));
    const index = this.#layout.indexById.get(kept?.conversation?.id ?? '');
    const row = index === undefined ? undefined : this.#layout.rows[index];
    if (kept !== undefined && row !== undefined) this.#topPx += row.top - kept.top;
    const room = Math.max(0, this.#layout.height - (this.scroller?.clientHeight ?? 0));
    this.#topPx = Math.min(Math.max(0, this.#topPx), room);
  }

  #rangeSeen(): RowRange {
    return rangeSeen(this.#layout, this.#topPx, this.scroller?.clientHeight ?? 0);
  }

  #placesAhead(): number[] {
    const { first, last } = this.#seen;
    return this.#layout.rows.slice(Math.max(0, first - AHEAD_ROWS), last + AHEAD_ROWS + 1).map(({ place }) => place);
  }

  #measure(): void {
    const heightOf = (size: string): number =>
      this.renderRoot.querySelector(`.probe[data-size="${size}"]`)?.getBoundingClientRect().height ?? 0;
    const measured = { row: heightOf('plain'), taggedRow: heightOf('tagged'), heading: heightOf('heading') };
    const { row, taggedRow, heading } = this.heights;
    const isSame = measured.row === row && measured.taggedRow === taggedRow && measured.heading === heading;
    if (!isSame && measured.row > 0) this.heights = measured;
    this.requestUpdate();
  }

  /** The row that Tab leads to: the last focused one, or the first visible one. */
  #tabId(): string | null {
    const { rows, indexById } = this.#layout;
    const { first, last } = rangeDrawn(this.#layout, this.#seen);
    const wanted = this.reachedId ?? this.currentId;
    const index = wanted === null ? undefined : indexById.get(wanted);
    if (index !== undefined && index >= first && index <= last) return wanted;
    return rows[this.#seen.first]?.conversation?.id ?? null;
  }

  /** Scrolls the row into view below its group's heading and focuses it. */
  #goTo(index: number): void {
    const { scroller } = this;
    const row = this.#layout.rows[index];
    if (scroller === null || row === undefined) return;
    const lowest = row.top - this.heights.heading;
    const highest = row.top + row.height - scroller.clientHeight;
    this.#topPx = Math.max(0, Math.min(lowest, Math.max(highest, this.#topPx)));
    this.#reachedIndex = index;
    this.#focus?.want({ id: row.conversation?.id ?? null, index, part: 'open' });
    this.requestUpdate();
  }

  #onEditing(conversation: HistoryEntryView, part: string): void {
    this.#focus?.want({ id: conversation.id, index: this.#layout.indexById.get(conversation.id) ?? 0, part });
    this.requestUpdate();
  }

  #onScroll = (): void => {
    this.#topPx = this.scroller?.scrollTop ?? 0;
    const seen = this.#rangeSeen();
    if (seen.first !== this.#seen.first || seen.last !== this.#seen.last) this.requestUpdate();
  };

  #onClick = (event: Event): void => {
    const target =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tool], [data-part]') : null;
    const conversation = this.#conversationAt(target);
    if (target === null || conversation === undefined) return;
    const { tool, part } = target.dataset;
    const wanted = rowTool(tool);
    if (wanted !== null) this.#editing.use(wanted, conversation);
    else if (part === 'open') this.dispatchEvent(new RowEvent(conversation, { kind: 'open' }));
    else if (part === 'confirm') this.#editing.confirm(conversation);
    else if (part === 'cancel') this.#editing.cancel(conversation);
  };
  #onInput = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.#editing.type(event.target.value);
  };

  #onKey = (event: KeyboardEvent): void => {
    // Keys that end a composition belong to the input method. Some report them only by key code 229.
    if (event.isComposing || event.keyCode === 229) return;
    const conversation = this.#conversationAt(event.target);
    const isEditing = conversation !== undefined && this.#editing.of(conversation.id) !== null;
    const isTaken = isEditing ? this.#onEditKey(event, conversation) : this.#onListKey(event, conversation);
    if (!isTaken) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #onEditKey(event: KeyboardEvent, conversation: HistoryEntryView): boolean {
    if (event.key === 'Escape') this.#editing.cancel(conversation);
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.#editing.confirm(conversation);
    else return false;
    return true;
  }

  #onListKey(event: KeyboardEvent, conversation: HistoryEntryView | undefined): boolean {
    const tool = toolForKey(event);
    if (tool !== null && conversation !== undefined) {
      this.#editing.use(tool, conversation);
      return true;
    }
    const pageRows = Math.max(1, Math.floor((this.scroller?.clientHeight ?? 0) / this.heights.row) - 1);
    const index = rowForKey(event.key, this.#reachedIndex, this.#layout, pageRows);
    if (index === null) return false;
    if (index < 0) this.dispatchEvent(new ListExitEvent());
    else this.#goTo(index);
    return true;
  }

  #onFocus = (event: FocusEvent): void => {
    const conversation = this.#conversationAt(event.target);
    if (conversation === undefined) return;
    this.#focus?.forget();
    this.reachedId = conversation.id;
    this.#reachedIndex = this.#layout.indexById.get(conversation.id) ?? 0;
  };

  #onBlur = (event: FocusEvent): void => {
    if (event.target === this.scroller) this.#focus?.forget();
  };

  #conversationAt(target: EventTarget | null): HistoryEntryView | undefined {
    const id = target instanceof Element ? target.closest<HTMLElement>('.row')?.dataset['id'] : undefined;
    const index = id === undefined ? undefined : this.#layout.indexById.get(id);
    return index === undefined ? undefined : this.#layout.rows[index]?.conversation;
  }
}
