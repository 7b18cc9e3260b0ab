import { html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EntryView, PanelView } from '../../src/protocol/views';
import { formatCount, formatDuration, formatPercent, formatRate, formatWindow } from '../format';
import { strings } from '../strings';
import { firstTokenFigures } from './firstTokenFigures';
import type { FirstTokenFigures } from './firstTokenFigures';
import { meterBar } from './meterBar';
import { telemetryStyles } from './nt-telemetry.styles';
import { sharedStyles } from './shared.styles';
import { sparkline } from './sparkline';

/** Readings of the conversation shown, beside it in a wide panel. Nothing here that the view does not hold. */
@customElement('nt-telemetry')
export class TelemetryElement extends LitElement {
  static override styles = [sharedStyles, telemetryStyles];

  @property({ attribute: false }) view: PanelView | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null) return nothing;
    const replies = view.conversation.entries.filter((entry) => entry.role === 'assistant');
    return html`<aside aria-label=${strings.telemetry}>
      ${this.#renderVelocity(view, replies)} ${this.#renderContext(view)} ${this.#renderFirstToken(replies)} ${this.#renderCost(view, replies)}
    </aside>`;
  }

  #renderVelocity({ live }: PanelView, replies: readonly EntryView[]): TemplateResult {
    const last = replies.findLast((entry) => entry.tokensPerSecond !== null)?.tokensPerSecond ?? null;
    const rate = live === null ? last : live.tokensPerSecond;
    return html`<section>
      <h2 class="label">${strings.tokenVelocity}</h2>
      <p class="figure">${rate === null ? '–' : formatRate(rate)} <small>${strings.tokensPerSecondUnit}</small></p>
      ${live === null ? html`<p class="note data">${last === null ? strings.noReplyYet : strings.lastReply}</p>` : sparkline(live.velocity)}
    </section>`;
  }

  #renderContext({ conversation, model }: PanelView): TemplateResult {
    const fraction = conversation.contextFraction;
    const size = model.contextLength === null ? null : formatWindow(model.contextLength);
    const used = fraction === null ? null : formatPercent(fraction);
    return html`<section class="context">
      <h2 class="label">${strings.contextWindow}</h2>
      ${fraction === null ? nothing : meterBar(fraction, null)}
      <p class="note data">
        ${used === null ? (size ?? strings.contextUnknown) : size === null ? strings.contextUsedUnknownSize(used) : strings.contextUsed(used, size)}
      </p>
    </section>`;
  }

  #renderFirstToken(replies: readonly EntryView[]): TemplateResult {
    const figures = firstTokenFigures(replies.flatMap((entry) => entry.timeToFirstTokenMs ?? []));
    if (figures === null) {
      return html`<section>
        <h2 class="label">${strings.firstToken}</h2>
        <p class="figure">– <small>ms</small></p>
        <p class="note data">${strings.noReplyYet}</p>
      </section>`;
    }
    const [value, unit] = formatDuration(figures.lastMs).split(/ (?=\S+$)/);
    return html`<section>
      <h2 class="label">${strings.firstToken}</h2>
      <p class="figure">${value} <small>${unit}</small></p>
      ${figures.count > 1 ? histogram(figures) : nothing}
      <p class="note data">
        ${figures.count === 1 ? strings.oneReply : strings.percentiles(formatDuration(figures.p50Ms), formatDuration(figures.p95Ms), formatCount(figures.count))}
      </p>
    </section>`;
  }

  #renderCost({ conversation }: PanelView, replies: readonly EntryView[]): TemplateResult | typeof nothing {
    if (conversation.costText === '') return nothing;
    const { length } = replies;
    return html`<section class="cost">
      <h2 class="label">${strings.runCost}</h2>
      <p class="figure">${conversation.costText}</p>
      ${conversation.branchCostText === '' ? nothing : html`<p class="note data" data-part="branch-cost">${strings.branchCost(conversation.branchCostText)}</p>`}
      <p class="note data">${length === 1 ? strings.oneReply : strings.replies(formatCount(length))}</p>
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
