import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { NoticeView, PanelView } from '../../src/protocol/views';
import { Channel } from './channel';
import type { PushedMessage } from './channel';
import { ThemeController } from '../themes/theme';
import { unreadableNotice } from '../shared/ownNotices';
import { emptyReplica, reduce } from './store';
import type { ReplicaMessage } from './store';
import type { DraftEvent, IntentEvent, RequestEvent } from '../shared/events';
import type { ComposerElement } from '../composer/nt-composer';
import type { HeaderElement } from '../header/nt-header';
import type { HistoryElement } from '../history/nt-history';
import type { LogElement } from '../log/nt-log';
import { appStyles } from './nt-app.styles';
import { PanelAnnouncer } from './panelAnnouncer';
import { sharedStyles } from '../shared/shared.styles';

/** Shortest time between two reports of the draft. The host saves it and estimates its cost. */
const DRAFT_DELAY_MS = 200;

/** Requests that start a reply. The log then scrolls to its end. */
const STARTS_REPLY: ReadonlySet<string> = new Set(['send', 'regenerate', 'continueReply', 'edit']);

/** The panel's root element. Only it talks to the host; other components dispatch events. */
@customElement('nt-app')
export class AppElement extends LitElement {
  static override styles = [sharedStyles, appStyles];

  @state() private replica = emptyReplica;
  @state() private refusal: NoticeView | null = null;
  @state() private isHistoryOpen = false;
  @state() private isTelemetryOpen = false;
  @query('nt-composer') private readonly composer!: ComposerElement | null;
  @query('nt-header') private readonly header!: HeaderElement | null;
  @query('nt-history') private readonly history!: HistoryElement | null;
  @query('nt-log') private readonly log!: LogElement | null;
  @query('.announcer') private readonly announcerBox!: HTMLElement | null;
  readonly #channel = new Channel(
    (message) => this.#receive(message),
    () => (this.refusal = unreadableNotice()),
  );
  readonly #theme = new ThemeController(document.body);
  readonly #announcer = new PanelAnnouncer();
  /** Entry revealed behind the open drawer, focused when the drawer closes. */
  #revealedBehindDrawer: string | null = null;
  /** Draft that the page restored on load; null after the first change. */
  #restoredDraft: string | null = null;
  #pendingDraft: { readonly text: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor() {
    super();
    this.addEventListener('nt-request', (event) => void this.#request(event));
    this.addEventListener('nt-draft', (event) => this.#onDraft(event));
    this.addEventListener('nt-intent', (event) => this.#onIntent(event));
    window.addEventListener('keydown', (event) => this.#onKey(event));
    window.addEventListener('focus', () => this.#focusComposerIfLost());
    window.addEventListener('pagehide', () => this.#flushDraft());
    this.#channel.ready();
  }

  protected override render(): TemplateResult {
    const { view } = this.replica;
    return html`<div class="announcer visually-hidden" aria-live="polite"></div>
      ${view === null ? html`<nt-notice .notice=${this.refusal}></nt-notice>` : this.#renderPanel(view)}`;
  }

  #renderPanel(view: PanelView): TemplateResult {
    const { conversation, live } = view;
    return html`<nt-header
        .conversation=${conversation}
        .model=${view.model}
        .connection=${view.connection}
      ></nt-header>
      <main>
        ${view.banner === null ? nothing : html`<div class="banner"><nt-notice .notice=${view.banner}></nt-notice></div>`}
        <nt-log .entries=${conversation.entries} .live=${live} .forkedFrom=${conversation.forkedFrom}>
          ${conversation.entries.length === 0 ? html`<nt-empty .view=${view}></nt-empty>` : nothing}
        </nt-log>
        <nt-live .live=${live}></nt-live>
        <nt-budget .budget=${view.budget}></nt-budget>
        <nt-composer
          .attachments=${view.attachments}
          .quote=${view.quote}
          ?busy=${live !== null}
          .refusal=${this.refusal}
        ></nt-composer>
      </main>
      <nt-telemetry .view=${view} ?open=${this.isTelemetryOpen}></nt-telemetry>
      <nt-history ?open=${this.isHistoryOpen} .currentId=${conversation.id}></nt-history>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('replica')) return;
    const { view } = this.replica;
    if (view === null) return;
    if (this.announcerBox !== null) this.#announcer.announce(view, this.announcerBox);
    if (changed.get('replica') === emptyReplica) this.#onFirstView();
  }

  #onFirstView(): void {
    const { draft } = this.#channel;
    this.#restoredDraft = draft;
    if (draft !== '') this.composer?.setDraft(draft);
    // A page that finishes loading late must not take the focus from another place.
    else if (document.hasFocus()) this.composer?.focus();
  }

  #receive(message: PushedMessage): void {
    switch (message.type) {
      case 'snapshot':
      case 'patch':
        this.#reduce(message);
        return;
      case 'focusComposer':
        this.composer?.focus();
        return;
      case 'draft':
        this.#takeDraft(message.text);
        return;
      case 'reveal':
        void this.#reveal(message.entryId);
        return;
      case 'openHistory':
        this.#openHistory();
        return;
      case 'historyChanged':
        this.history?.reload();
        return;
    }
  }

  async #reveal(entryId: string): Promise<void> {
    if (this.isHistoryOpen) this.#revealedBehindDrawer = entryId;
    await this.updateComplete;
    await this.log?.reveal(entryId);
  }

  /**
   * The host's draft is newer than the page's, which is saved only when the window closes normally. It replaces a
   * restored draft, but never text that the user has typed since.
   */
  #takeDraft(text: string): void {
    const { composer } = this;
    if (composer && composer.draft !== text && (composer.draft === '' || composer.draft === this.#restoredDraft))
      composer.setDraft(text);
  }

  #reduce(message: ReplicaMessage): void {
    const { replica, resync } = reduce(this.replica, message);
    if (resync) this.#channel.resync();
    this.replica = replica;
    if (replica.view === null) return;
    this.#theme.set(replica.view.theme);
    this.#channel.showing(replica.view.conversation.id);
  }

  async #request({ body, onAnswer }: RequestEvent): Promise<void> {
    if (STARTS_REPLY.has(body.type)) this.log?.follow();
    const answer = await this.#channel.request(body);
    if (onAnswer !== undefined) onAnswer(answer);
    else if (answer.kind === 'refused') this.refusal = answer.notice;
  }

  #onIntent({ intent }: IntentEvent): void {
    switch (intent.kind) {
      case 'openHistory':
        this.#openHistory();
        return;
      case 'closeHistory':
        this.#closeHistory();
        return;
      case 'openTelemetry':
        this.isTelemetryOpen = this.replica.view !== null;
        return;
      case 'closeTelemetry':
        this.isTelemetryOpen = false;
        void this.updateComplete.then(() => this.header?.focusTelemetry());
        return;
      case 'draft':
        this.composer?.setDraft(intent.text);
        return;
      case 'focusComposer':
        this.composer?.focus();
        return;
      case 'dismissRefusal':
        this.refusal = null;
        return;
    }
  }

  #openHistory(): void {
    if (this.replica.view === null) return;
    if (this.isHistoryOpen) this.history?.focusSearch();
    this.isHistoryOpen = true;
  }

  #closeHistory(): void {
    if (!this.isHistoryOpen) return;
    this.isHistoryOpen = false;
    const revealed = this.#revealedBehindDrawer;
    this.#revealedBehindDrawer = null;
    void this.updateComplete.then(() => (revealed === null ? this.header?.focusHistory() : this.log?.reveal(revealed)));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || this.isHistoryOpen || this.isTelemetryOpen) return;
    if (event.key === 'Escape') this.#stop(event);
    else if (event.key === 'F3') this.#findStep(event);
    else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey)
      this.#find(event);
  }

  #stop(event: KeyboardEvent): void {
    if (this.replica.view === null || this.replica.view.live === null) return;
    event.preventDefault();
    void this.#channel.request({ type: 'stop' });
  }

  #find(event: KeyboardEvent): void {
    if (this.replica.view === null || this.replica.view.conversation.entries.length === 0) return;
    event.preventDefault();
    const [focused] = event.composedPath();
    void this.log?.find(focused instanceof HTMLElement ? focused : null);
  }

  #findStep(event: KeyboardEvent): void {
    if (this.log?.findStep(event.shiftKey ? -1 : 1) === true) event.preventDefault();
  }

  #onDraft({ text }: DraftEvent): void {
    if (text !== this.#restoredDraft) this.#restoredDraft = null;
    this.#pendingDraft = {
      text,
      timer: this.#pendingDraft?.timer ?? setTimeout(() => this.#flushDraft(), DRAFT_DELAY_MS),
    };
  }

  #flushDraft(): void {
    if (this.#pendingDraft === null) return;
    clearTimeout(this.#pendingDraft.timer);
    this.#channel.draftChanged(this.#pendingDraft.text);
    this.#pendingDraft = null;
  }

  #focusComposerIfLost(): void {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) this.composer?.focus();
  }
}
