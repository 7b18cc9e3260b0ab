import { html, LitElement, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TelemetryView } from '../../src/protocol/views';
import { formatCount, formatDuration, formatRate } from '../shared/format';
import { sharedStrings } from '../shared/strings';
import { strings } from './strings';
import { type TelemetryScope, TelemetryReader } from './telemetryReader';
import { ask } from '../shared/events';
import { repliesStyles } from './nt-replies.styles';
import { sharedStyles } from '../shared/shared.styles';

/** Statistics on the user's replies of the last 30 days. Requests them when it is added to the page. */
@customElement('nt-replies')
export class RepliesElement extends LitElement {
  static override styles = [sharedStyles, repliesStyles];

  @property() model = '';
  /** A reply is streaming in this conversation. */
  @property({ type: Boolean }) busy = false;
  @state() private scope: TelemetryScope = 'model';
  readonly #reader = new TelemetryReader(
    (scope) => ask(this, { type: 'telemetry', scope }),
    () => this.requestUpdate(),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#reader.read(this.scope);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#reader.pause();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('busy');
    if (changed.has('model')) this.#reader.read(this.scope);
    else if (before === true && !this.busy) this.#reader.readSoon(this.scope);
  }

  protected override render(): TemplateResult {
    return html`<section>
      <div class="head">
        <h2 class="label">${strings.recentReplies()}</h2>
        <span class="scopes data" role="group" aria-label=${strings.models()}
          >${this.#renderScope('model', strings.thisModel())}${this.#renderScope('all', strings.allModels())}</span
        >
      </div>
      ${this.#renderReading()}
    </section>`;
  }

  #renderScope(scope: TelemetryScope, label: string): TemplateResult {
    return html`<button aria-pressed=${this.scope === scope} @click=${() => this.#choose(scope)}>${label}</button>`;
  }

  #choose(scope: TelemetryScope): void {
    this.scope = scope;
    this.#reader.read(scope);
  }

  #renderReading(): TemplateResult {
    const { reading } = this.#reader;
    if (reading.kind === 'none') return html`<p class="note data">${sharedStrings.loading()}</p>`;
    if (reading.kind === 'refused') return html`<p class="note data">${reading.title}</p>`;
    const { telemetry } = reading;
    const { complete, cancelled, interrupted, failed } = telemetry.ended;
    if (complete + cancelled + interrupted + failed === 0)
      return html`<p class="note data">${strings.noFinishedReplies()}</p>`;
    return html`<dl class="ended data">
        ${ended('complete', complete)}${ended('cancelled', cancelled)}${ended('interrupted', interrupted)}${ended('failed', failed)}
      </dl>
      ${firstToken(telemetry)} ${speed(telemetry)} ${failures(telemetry)} ${partial(telemetry)}`;
  }
}

function ended(state: 'complete' | 'cancelled' | 'interrupted' | 'failed', count: number): TemplateResult {
  return html`<div data-state=${state} ?data-none=${count === 0}>
    <dt>${strings.ended(state)}</dt>
    <dd>${formatCount(count)}</dd>
  </div>`;
}

function firstToken({
  firstToken: { boundsMs, counts, medianMs, p95Ms },
}: TelemetryView): TemplateResult | typeof nothing {
  if (medianMs === null || p95Ms === null) return nothing;
  const peak = Math.max(1, ...counts);
  const width = 100 / counts.length;
  return html`<h3 class="label">${strings.firstToken()}</h3>
    <svg class="histogram" width="100%" height="28" aria-hidden="true">
      ${counts.map((count, index) => {
        const height = count === 0 ? 1 : 2 + (count / peak) * 26;
        return svg`<rect x="${index * width}%" y=${28 - height} width="${width * 0.84}%" height=${height}/>`;
      })}
    </svg>
    <p class="bounds data" aria-hidden="true">
      <span>&lt; ${formatDuration(boundsMs[0] ?? 0)}</span><span>&gt; ${formatDuration(boundsMs.at(-1) ?? 0)}</span>
    </p>
    <p class="note data">${strings.medianAndP95(formatDuration(medianMs), formatDuration(p95Ms))}</p>`;
}

const rateText = (perSecond: number): string => sharedStrings.tokensPerSecond(formatRate(perSecond));

function speed({ tokensPerSecond: { median, p10 } }: TelemetryView): TemplateResult | typeof nothing {
  if (median === null || p10 === null) return nothing;
  return html`<h3 class="label">${strings.tokenVelocity()}</h3>
    <p class="note data">${strings.medianAndP10(rateText(median), rateText(p10))}</p>`;
}

function failures({ failures: all }: TelemetryView): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<h3 class="label">${strings.failures()}</h3>
    <ul class="failures data">
      ${all.map(({ code, label, ended: count, retried }) => html`<li data-code=${code}><span>${label}</span> <span class="counts">${failureCounts(count, retried)}</span></li>`)}
    </ul>`;
}

const failureCounts = (count: number, retried: number): string =>
  [count > 0 || retried === 0 ? formatCount(count) : '', retried === 0 ? '' : strings.retried(formatCount(retried))]
    .filter((part) => part !== '')
    .join(' · ');

function partial({ partial: { count, empty, medianCharacters } }: TelemetryView): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  return html`<h3 class="label">${strings.partialReplies()}</h3>
    <p class="note data">
      ${[medianCharacters === null ? '' : strings.partialMedian(formatCount(Math.round(medianCharacters))), empty === 0 ? '' : strings.partialEmpty(formatCount(empty))].filter((part) => part !== '').join(' · ')}
    </p>`;
}
