import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { EntryView, LiveView } from '../../src/protocol/views';
import { LogFind } from '../find/logFind';
import { strings } from './strings';
import { fittedRange, tailRange, withEarlier, withEntry, withLater } from './drawnRange';
import type { FindEvent, RequestEvent } from '../shared/events';
import { forkRule } from '../shared/forkOrigin';
import type { ForkOrigin } from '../shared/forkOrigin';
import { downIcon } from '../shared/icons';
import type { EntryElement } from './nt-entry';
import '../find/nt-find';
import type { FindElement } from '../find/nt-find';
import { logStyles } from './nt-log.styles';
import { buttonStyles, linkStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';
import { SiblingAnchor } from './siblingAnchor';
import type { ChosenSibling } from './siblingAnchor';
import { StreamFollower } from './streamFollower';

/** Within this distance of either end, more entries are rendered. */
const NEAR_EDGE_PX = 600;
/** How long a revealed entry stays highlighted. */
const REVEALED_MS = 4000;

/** The conversation. Follows its end until the user scrolls up. Long conversations are rendered from the end. */
@customElement('nt-log')
export class LogElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, linkStyles, logStyles];

  @property({ attribute: false }) entries: readonly EntryView[] = [];
  @property({ attribute: false }) live: LiveView | null = null;
  @property({ attribute: false }) forkedFrom: ForkOrigin | null = null;
  @state() private drawn = tailRange(0);
  @state() private isAway = false;
  @state() private isFinding = false;
  @state() private revealedId: string | null = null;
  @query('.scroll') readonly scroller!: HTMLElement;
  @query('.entries') private readonly content!: HTMLElement;
  @query('nt-find') private readonly findBar!: FindElement | null;
  readonly #follower = new StreamFollower(
    (isAtEnd) => (this.isAway = !isAtEnd),
    () => (this.entries.length === 0 ? 'none' : this.drawn.end === null ? 'drawn' : 'later'),
  );
  readonly #siblings = new SiblingAnchor();
  readonly #find = new LogFind(this, (found) => {
    if (this.findBar !== null) this.findBar.found = found;
  });
  #focusedBefore: HTMLElement | null = null;
  #revealedTimer: ReturnType<typeof setTimeout> | undefined;

  /** Scrolls to the end and follows it. */
  follow(): void {
    if (this.drawn.end !== null) this.drawn = tailRange(this.entries.length);
    void this.updateComplete.then(() => this.#follower.follow());
  }

  /** Scrolls to the entry, highlights it briefly and focuses it. Does nothing if the branch does not contain it. */
  async reveal(entryId: string): Promise<void> {
    await this.updateComplete;
    const index = this.entries.findIndex((entry) => entry.id === entryId);
    const element = index < 0 ? null : await this.bringIn(index);
    if (element === null) return;
    const room = this.scroller.clientHeight / 5;
    this.shiftView(element.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - room);
    element.focusEntry();
    this.revealedId = entryId;
    clearTimeout(this.#revealedTimer);
    this.#revealedTimer = setTimeout(() => (this.revealedId = null), REVEALED_MS);
  }

  /** Opens or focuses the find bar. Closing it restores the focus. */
  async find(focusedBefore: HTMLElement | null): Promise<void> {
    if (!this.isFinding) this.#focusedBefore = focusedBefore;
    this.isFinding = true;
    await this.updateComplete;
    this.findBar?.focus();
  }

  /** Goes to the next or previous match. Returns false if the find bar is closed. */
  findStep(by: 1 | -1): boolean {
    if (this.isFinding) this.#find.step(by);
    return this.isFinding;
  }

  /** Renders the entry and its surroundings; null if the branch does not contain it. */
  async bringIn(index: number): Promise<EntryElement | null> {
    const entry = this.entries[index];
    if (entry === undefined) return null;
    const keeps = this.drawnEntries().some((element) => element.holdsTypedText);
    this.drawn = withEntry(this.drawn, index, this.entries.length, keeps);
    if (this.drawn.end !== null) this.#follower.leave();
    await this.updateComplete;
    await Promise.all(this.drawnEntries().map((element) => element.updateComplete));
    return this.entryElement(entry.id);
  }

  /** Scrolls by this distance and stops following the end. */
  shiftView(topPx: number): void {
    this.#follower.leave();
    this.scroller.scrollTop += topPx;
  }

  drawnEntries(): EntryElement[] {
    return [...this.renderRoot.querySelectorAll<EntryElement>('nt-entry')];
  }

  entryElement(entryId: string): EntryElement | null {
    return this.renderRoot.querySelector<EntryElement>(`nt-entry[data-entry-id="${CSS.escape(entryId)}"]`);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#follower.detach();
    this.#find.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('entries')) return;
    const entriesBefore = changed.get('entries');
    if (entriesBefore?.length === 0 && this.entries.length === 0) return;
    const before = entriesBefore?.[0]?.id;
    if (before !== undefined && before === this.entries[0]?.id) {
      this.drawn = fittedRange(this.drawn, this.entries.length);
      return;
    }
    this.drawn = tailRange(this.entries.length);
    this.#follower.follow();
  }

  protected override render(): TemplateResult {
    const { first, end } = this.drawn;
    const laterCount = end === null ? 0 : this.entries.length - end;
    return html`<div
        class="scroll"
        role="log"
        aria-label=${strings.conversation()}
        aria-live="off"
        tabindex="0"
        @scroll=${this.#onScroll}
      >
        <div class="entries" @nt-request=${this.#onRequest}>
          ${first === 0 ? nothing : html`<button class="more data" @click=${this.#showEarlier}>${strings.showEarlier(first)}</button>`}
          ${repeat(this.entries.slice(first, end ?? undefined), (entry) => entry.id, this.#renderEntry)}
          ${laterCount === 0 ? nothing : html`<button class="more data" @click=${this.#showLater}>${strings.showLater(laterCount)}</button>`}
          <slot></slot>
        </div>
      </div>
      ${this.isFinding ? html`<nt-find @nt-find=${this.#onFind}></nt-find>` : nothing}
      <button class="latest data" ?hidden=${!this.isAway} @click=${this.#jump}>
        ${downIcon}${strings.jumpToLatest()}
      </button>`;
  }

  protected override firstUpdated(): void {
    this.#follower.attach(this.scroller, this.content);
  }

  protected override updated(changed: PropertyValues): void {
    if (this.isFinding && (changed.has('entries') || changed.has('drawn'))) void this.#refreshFind();
    if (!changed.has('entries')) return;
    const sibling = this.#siblings.take(this.entries);
    if (sibling !== null) void this.#showSibling(sibling);
  }

  #renderEntry = (entry: EntryView): TemplateResult => {
    const row = html`<nt-entry
      data-entry-id=${entry.id}
      data-role=${entry.role}
      data-state=${entry.state}
      ?data-revealed=${entry.id === this.revealedId}
      ?busy=${this.live !== null}
      .entry=${entry}
      .rate=${this.live?.entryId === entry.id ? this.live.tokensPerSecond : null}
    ></nt-entry>`;
    return this.forkedFrom !== null && entry.id === this.#lastInheritedId
      ? html`${row}${forkRule(this.forkedFrom)}`
      : row;
  };

  get #lastInheritedId(): string | undefined {
    return this.forkedFrom === null ? undefined : this.entries.findLast((entry) => entry.isInherited)?.id;
  }

  async #showSibling({ entry, topPx, step }: ChosenSibling): Promise<void> {
    const element = await this.bringIn(this.entries.indexOf(entry));
    if (element === null) return;
    this.shiftView(element.getBoundingClientRect().top - topPx);
    element.focusTool(step === -1 ? 'previousBranch' : 'nextBranch');
  }

  #onRequest = (event: RequestEvent): void => this.#siblings.note(event, this.entries);

  #onFind = ({ action }: FindEvent): void => {
    if (action.kind === 'text') this.#find.search(action.text);
    else if (action.kind === 'step') this.#find.step(action.by);
    else this.#closeFind();
  };

  async #refreshFind(): Promise<void> {
    await Promise.all(this.drawnEntries().map((element) => element.updateComplete));
    if (this.isFinding) this.#find.refresh();
  }

  #closeFind(): void {
    this.#find.stop();
    this.isFinding = false;
    (this.#focusedBefore ?? this.scroller).focus();
    this.#focusedBefore = null;
  }

  #onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollTop < NEAR_EDGE_PX && this.drawn.first > 0) this.#showEarlier();
    if (scrollHeight - clientHeight - scrollTop < NEAR_EDGE_PX && this.drawn.end !== null) this.#showLater();
  };

  #showEarlier = (): void => {
    this.#follower.hold();
    this.drawn = withEarlier(this.drawn);
  };

  #showLater = (): void => {
    this.drawn = withLater(this.drawn, this.entries.length);
  };

  #jump = (): void => {
    this.follow();
    this.scroller.focus();
  };
}
