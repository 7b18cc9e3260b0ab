import { html, LitElement, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { CircuitView, EntryView, PanelView } from '../../src/protocol/views';
import { Countdown } from '../shared/countdown';
import {
  durationParts,
  formatCount,
  formatCountdown,
  formatDuration,
  formatPercent,
  formatRate,
  formatTokens,
} from '../shared/format';
import { withElements } from '../shared/localization';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { firstTokenFigures } from './firstTokenFigures';
import type { FirstTokenFigures } from './firstTokenFigures';
import { IntentEvent } from '../shared/events';
import { closeIcon } from '../shared/icons';
import { meterBar } from '../shared/meterBar';
import './nt-replies';
import { telemetryStyles } from './nt-telemetry.styles';
import { buttonStyles, scrollStyles, sharedStyles } from '../shared/shared.styles';
import { sparkline } from './sparkline';

/** Same as in the style sheets: from this width on, telemetry has its own column. */
const WIDE = '(min-width: 900px)';

/** Telemetry of the conversation and of the user's replies: a column in a wide panel, a drawer in a narrow one. */
@customElement('nt-telemetry')
export class TelemetryElement extends LitElement {
  static override styles = [sharedStyles, buttonStyles, scrollStyles, telemetryStyles];

  @property({ attribute: false }) view: PanelView | null = null;
  /** Whether the drawer is open. A column always is. */
  @property({ type: Boolean }) open = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement | null;
  readonly #wide = window.matchMedia(WIDE);
  @state() private isWide = this.#wide.matches;
  readonly #probe = new Countdown(this);

  override connectedCallback(): void {
    super.connectedCallback();
    this.#wide.addEventListener('change', this.#onWidth);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#wide.removeEventListener('change', this.#onWidth);
  }

  protected override willUpdate(): void {
    this.#probe.set(this.view?.circuit.untilMs ?? null);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null) return nothing;
    if (this.isWide) return html`<aside aria-label=${strings.telemetry()}>${this.#renderReadings(view)}</aside>`;
    return html`<dialog
      class="scroll"
      aria-label=${strings.telemetry()}
      @close=${this.#close}
      @click=${this.#onBackdrop}
    >
      ${
        this.open
          ? html`<div class="drawer">
              <div class="bar">
                <button
                  class="icon-button"
                  aria-label=${strings.close()}
                  title=${strings.close()}
                  @click=${this.#close}
                >
                  ${closeIcon}
                </button>
              </div>
              ${this.#renderReadings(view)}
            </div>`
          : nothing
      }
    </dialog>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open') || this.dialog === null) return;
    if (this.open && !this.dialog.open) this.dialog.showModal();
    else if (!this.open && this.dialog.open) this.dialog.close();
  }

  #renderReadings(view: PanelView): TemplateResult {
    const replies = view.conversation.entries.filter((entry) => entry.role === 'assistant');
    return html`${this.#renderVelocity(view, replies)} ${this.#renderContext(view)} ${this.#renderFirstToken(replies)}
      ${this.#renderCircuit(view.circuit)} ${this.#renderCost(view, replies)}
      <nt-replies .model=${view.model.id} ?busy=${view.live !== null}></nt-replies>`;
  }

  #renderCircuit({ state: circuit, failures, threshold }: CircuitView): TemplateResult {
    return html`<section class="circuit" data-state=${circuit}>
      <h2 class="label">${strings.circuit()}</h2>
      <p class="state"><span class="dot" aria-hidden="true"></span>${strings.circuitState(circuit)}</p>
      <p class="note data">
        ${this.#renderProbe(circuit)}${strings.circuitFailures(formatCount(failures), formatCount(threshold))}
      </p>
    </section>`;
  }

  #renderProbe(circuit: CircuitView['state']): TemplateResult | typeof nothing {
    if (circuit === 'closed') return nothing;
    if (circuit === 'halfOpen') return html`${strings.circuitTesting()} · `;
    const seconds = this.#probe.seconds ?? 0;
    return seconds === 0
      ? html`${strings.circuitTestDue()} · `
      : html`${withElements(strings.circuitTestIn, html`<span role="timer" aria-live="off">${formatCountdown(seconds)}</span>`)}
        · `;
  }

  #onWidth = (): void => {
    this.isWide = this.#wide.matches;
    if (this.isWide) this.#close();
  };

  #close = (): void => {
    if (this.open) this.dispatchEvent(new IntentEvent({ kind: 'closeTelemetry' }));
  };

  #onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.dialog) this.#close();
  };

  #renderVelocity({ live }: PanelView, replies: readonly EntryView[]): TemplateResult {
    const last = replies.findLast((entry) => entry.tokensPerSecond !== null)?.tokensPerSecond ?? null;
    const rate = live === null ? last : live.tokensPerSecond;
    return html`<section>
      <h2 class="label">${strings.tokenVelocity()}</h2>
      <p class="figure">${rate === null ? '–' : formatRate(rate)} <small>${strings.tokensPerSecondUnit()}</small></p>
      ${live === null ? html`<p class="note data">${last === null ? strings.noReplyYet() : strings.lastReply()}</p>` : sparkline(live.velocity)}
    </section>`;
  }

  #renderContext({ conversation, model }: PanelView): TemplateResult {
    const fraction = conversation.contextFraction;
    const size = model.contextLength === null ? null : formatTokens(model.contextLength);
    const used = fraction === null ? null : formatPercent(fraction);
    return html`<section class="context">
      <h2 class="label">${sharedStrings.contextWindow()}</h2>
      ${fraction === null ? nothing : meterBar(fraction, null)}
      <p class="note data">
        ${used === null ? (size ?? strings.contextSizeUnknown()) : size === null ? strings.contextUsed(used) : strings.contextUsedOf(used, size)}
      </p>
    </section>`;
  }

  #renderFirstToken(replies: readonly EntryView[]): TemplateResult {
    const figures = firstTokenFigures(replies.flatMap((entry) => entry.timeToFirstTokenMs ?? []));
    if (figures === null) {
      return html`<section>
        <h2 class="label">${strings.firstToken()}</h2>
        <p class="figure">–</p>
        <p class="note data">${strings.noReplyYet()}</p>
      </section>`;
    }
    const { value, unit } = durationParts(figures.lastMs);
    return html`<section>
      <h2 class="label">${strings.firstToken()}</h2>
      <p class="figure">${value} <small>${unit}</small></p>
      ${figures.count > 1 ? histogram(figures) : nothing}
      <p class="note data">
        ${figures.count === 1 ? '' : `${strings.percentiles(formatDuration(figures.p50Ms), formatDuration(figures.p95Ms))} · `}${strings.replies(figures.count)}
      </p>
    </section>`;
  }

  #renderCost({ conversation }: PanelView, replies: readonly EntryView[]): TemplateResult | typeof nothing {
    if (conversation.costText === '') return nothing;
    return html`<section class="cost">
      <h2 class="label">${strings.conversationCost()}</h2>
      <p class="figure">${conversation.costText}</p>
      ${conversation.branchCostText === '' ? nothing : html`<p class="note data" data-part="branch-cost">${sharedStrings.branchCost(conversation.branchCostText)}</p>`}
      <p class="note data">${strings.replies(replies.length)}</p>
    </section>`;
  }
}

function histogram(figures: FirstTokenFigures): TemplateResult {
  const peak = Math.max(1, ...figures.bins);
  const width = 100 / figures.bins.length;
  return html`<svg class="histogram" width="100%" height="28" aria-hidden="true">
    ${figures.bins.map((count, index) => {
      const height = count === 0 ? 1 : 2 + (count / peak) * 26;
      return svg`<rect x="${index * width}%" y=${28 - height} width="${width * 0.84}%" height=${height}/>`;
    })}
  </svg>`;
}
