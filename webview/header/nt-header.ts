import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ConnectionView, ConversationView, ModelView } from '../../src/protocol/views';
import { formatPercent } from '../shared/format';
import { withElements } from '../shared/localization';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { IntentEvent, RequestEvent } from '../shared/events';
import { forkOriginText } from '../shared/forkOrigin';
import { tagChips } from '../shared/tagChips';
import { archiveIcon, forkIcon, historyIcon, newIcon, pinIcon, telemetryIcon } from '../shared/icons';
import { segmentGauge } from '../shared/meterBar';
import { headerStyles } from './nt-header.styles';
import { buttonStyles, linkStyles, sharedStyles, tagStyles } from '../shared/shared.styles';

/** Conversation, model with its price, use of the context window, and where requests go if not to OpenRouter. */
@customElement('nt-header')
export class HeaderElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, linkStyles, tagStyles, headerStyles];

  @property({ attribute: false }) conversation: ConversationView | null = null;
  @property({ attribute: false }) model: ModelView | null = null;
  @property({ attribute: false }) connection: ConnectionView | null = null;

  /** Focuses the button that opened the drawer. */
  focusHistory(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-part="history"]')?.focus();
  }

  /** The same for telemetry, which has a button only in a narrow panel. */
  focusTelemetry(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-part="telemetry"]')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { conversation, model, connection } = this;
    if (conversation === null || model === null || connection === null) return nothing;
    return html`<header>
      <div class="run-line">
        <span class="run" ?hidden=${conversation.runLabel === ''}>${conversation.runLabel}</span>
        <h1 class="title" ?data-untitled=${conversation.title === ''} title=${conversation.title}>
          ${titleText(conversation)}
        </h1>
        ${this.#renderTools()}
      </div>
      <div class="model-line">${this.#renderModel(model)} ${this.#renderContext(conversation.contextFraction)}</div>
      ${this.#renderMarks(conversation)}
      ${connection.isOpenRouter ? nothing : html`<p class="origin data">${withElements(strings.requestsGoTo, html`<b>${connection.origin}</b>`)}</p>`}
      ${connection.needsKey ? this.#renderKeyNeeded(connection.origin) : nothing}
    </header>`;
  }

  #renderTools(): TemplateResult {
    return html`<span class="tools">
      <button
        class="icon-button"
        data-part="history"
        aria-label=${sharedStrings.history()}
        aria-haspopup="dialog"
        title=${sharedStrings.history()}
        @click=${this.#openHistory}
      >
        ${historyIcon}
      </button>
      <button
        class="icon-button"
        data-part="telemetry"
        aria-label=${strings.telemetry()}
        aria-haspopup="dialog"
        title=${strings.telemetry()}
        @click=${this.#openTelemetry}
      >
        ${telemetryIcon}
      </button>
      <button
        class="icon-button"
        aria-label=${strings.newConversation()}
        title=${strings.newConversation()}
        @click=${this.#startNew}
      >
        ${newIcon}
      </button>
    </span>`;
  }

  /** Pinned, archived, origin, branch cost and tags. Takes no space if there is nothing to show. */
  #renderMarks({
    tags,
    pinned,
    archived,
    forkedFrom,
    branchCostText,
    costText,
  }: ConversationView): TemplateResult | typeof nothing {
    if (tags.length === 0 && !pinned && !archived && forkedFrom === null && branchCostText === '') return nothing;
    return html`<div class="marks data">
      ${pinned ? html`<span class="mark" title=${strings.pinnedMark()}>${pinIcon}<span class="visually-hidden">${strings.pinnedMark()}</span></span>` : nothing}
      ${archived ? html`<span class="mark archived">${archiveIcon}${sharedStrings.archivedMark()}</span>` : nothing}
      ${forkedFrom === null ? nothing : html`<span class="mark">${forkIcon}<span>${forkOriginText(forkedFrom, 'short')}</span></span>`}
      ${branchCostText === '' ? nothing : html`<span class="mark costs"><span>${costText}</span><span>${sharedStrings.branchCost(branchCostText)}</span></span>`}
      ${tagChips(tags)}
    </div>`;
  }

  #renderModel(model: ModelView): TemplateResult {
    // The button covers the line: its name is fixed, and the text of the line describes it.
    return html`<div class="model data">
      <button
        class="cover"
        aria-label=${sharedStrings.model()}
        aria-describedby="model-id price"
        aria-haspopup="dialog"
        title=${strings.chooseModel(model.id, model.priceText)}
        @click=${this.#selectModel}
      ></button>
      <span class="model-id" id="model-id">${model.id}</span>
      <span class="price" id="price">${model.priceText}</span>
    </div>`;
  }

  #renderContext(fraction: number | null): TemplateResult | typeof nothing {
    if (fraction === null) return nothing;
    const percent = formatPercent(fraction);
    return html`<span
      class="context"
      role="meter"
      aria-label=${sharedStrings.contextWindow()}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(Math.min(1, fraction) * 100)}
      aria-valuetext=${strings.contextUsed(percent)}
      title=${strings.contextUsed(percent)}
      data-level=${contextLevel(fraction)}
      >${segmentGauge(fraction)}</span
    >`;
  }

  #renderKeyNeeded(origin: string): TemplateResult {
    return html`<div class="key data">
      <span>${strings.keyNeeded(origin)}</span>
      <vscode-button class="quiet" @click=${this.#setApiKey}>${strings.setApiKey()}</vscode-button>
    </div>`;
  }

  #openHistory = (): void => {
    this.dispatchEvent(new IntentEvent({ kind: 'openHistory' }));
  };

  #openTelemetry = (): void => {
    this.dispatchEvent(new IntentEvent({ kind: 'openTelemetry' }));
  };

  #startNew = (): void => {
    this.dispatchEvent(new RequestEvent({ type: 'newConversation' }));
  };

  #selectModel = (): void => {
    this.dispatchEvent(new RequestEvent({ type: 'selectModel' }));
  };

  #setApiKey = (): void => {
    this.dispatchEvent(new RequestEvent({ type: 'noticeAction', action: 'setApiKey', entryId: null }));
  };
}

function titleText({ title, runLabel }: ConversationView): string {
  if (title !== '') return title;
  return runLabel === '' ? strings.newConversation() : sharedStrings.untitled();
}

function contextLevel(fraction: number): 'ok' | 'warning' | 'full' {
  if (fraction >= 0.95) return 'full';
  return fraction >= 0.8 ? 'warning' : 'ok';
}
