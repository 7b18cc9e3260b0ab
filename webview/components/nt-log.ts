import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { EntryView, LiveView } from '../../src/protocol/views';
import { formatCount } from '../format';
import { strings } from '../strings';
import { downIcon } from './icons';
import { logStyles } from './nt-log.styles';
import { buttonStyles, scrollStyles, sharedStyles } from './shared.styles';
import { StreamFollower } from './streamFollower';

/** Entries drawn at first, and how many more when the person comes near the top. */
const FIRST_ENTRIES = 24;
const MORE_ENTRIES = 30;
const NEAR_TOP_PX = 600;

/** The conversation. Follows its end until the person scrolls up; long ones are drawn from the end. */
@customElement('nt-log')
export class LogElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, logStyles];

  @property({ attribute: false }) entries: readonly EntryView[] = [];
  @property({ attribute: false }) live: LiveView | null = null;
  @state() private shownCount = FIRST_ENTRIES;
  @state() private isAway = false;
  @query('.scroll') private readonly scroller!: HTMLElement;
  @query('.entries') private readonly content!: HTMLElement;
  readonly #follower = new StreamFollower((isFollowing) => (this.isAway = !isFollowing));

  /** Back to the end, and follow from there. */
  follow(): void {
    this.#follower.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#follower.detach();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('entries')?.[0]?.id;
    if (before === undefined || before === this.entries[0]?.id) return;
    this.shownCount = FIRST_ENTRIES;
    this.#follower.follow();
  }

  protected override render(): TemplateResult {
    const hiddenCount = Math.max(0, this.entries.length - this.shownCount);
    return html`<div class="scroll" role="log" aria-label=${strings.conversation} aria-live="off" tabindex="0" @scroll=${this.#onScroll}>
        <div class="entries">
          ${hiddenCount === 0
            ? nothing
            : html`<button class="earlier data" @click=${this.#showMore}>${strings.showEarlier(formatCount(hiddenCount))}</button>`}
          ${repeat(hiddenCount === 0 ? this.entries : this.entries.slice(hiddenCount), (entry) => entry.id, this.#renderEntry)}
          <slot></slot>
        </div>
      </div>
      <button class="latest data" ?hidden=${!this.isAway} @click=${this.#jump}>${downIcon}${strings.jumpToLatest}</button>`;
  }

  protected override firstUpdated(): void {
    this.#follower.attach(this.scroller, this.content);
  }

  #renderEntry = (entry: EntryView): TemplateResult =>
    html`<nt-entry
      data-entry-id=${entry.id}
      data-role=${entry.role}
      data-state=${entry.state}
      .entry=${entry}
      .rate=${this.live?.entryId === entry.id ? this.live.tokensPerSecond : null}
    ></nt-entry>`;

  #onScroll = (): void => {
    if (this.scroller.scrollTop < NEAR_TOP_PX && this.shownCount < this.entries.length) this.#showMore();
  };

  #showMore = (): void => {
    this.#follower.hold();
    this.shownCount = Math.min(this.entries.length, this.shownCount + MORE_ENTRIES);
  };

  #jump = (): void => {
    this.#follower.follow();
    this.scroller.focus();
  };
}
