import { html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { SpendChart } from '../../src/protocol/ledger';
import { scrollStyles, sharedStyles } from '../shared/shared.styles';
import { formatCount, formatUtcPeriod } from '../shared/format';
import { strings } from './strings';
import { spendChartStyles } from './nt-spend-chart.styles';

type Slot = SpendChart['slots'][number];

/** Height of the plot in pixels. Widths are relative. */
const HEIGHT = 150;
/** Width of a bar as a fraction of its slot. */
const BAR = 0.72;
/** Any amount above zero is visible. */
const LEAST_PIXELS = 1.5;
/** Up to this many slots, every slot has a label in a wide page. */
const FEW_SLOTS = 8;

/**
 * Spend over time: bars with pending amounts hatched on top, and the limit as a line. The line above the plot shows
 * the slot under the pointer, or the one chosen by the arrow keys, or the newest one.
 */
@customElement('nt-spend-chart')
export class SpendChartElement extends LitElement {
  static override styles = [sharedStyles, scrollStyles, spendChartStyles];

  @property({ attribute: false }) chart: SpendChart | null = null;
  @state() private isTable = false;
  /** By label, so that it stays the same when days are added; null for the newest. */
  @state() private chosen: string | null = null;
  @state() private hovered: string | null = null;
  @query('.field') private readonly field!: HTMLElement | null;

  protected override render(): TemplateResult | typeof nothing {
    const { chart } = this;
    if (chart === null) return nothing;
    const title = chart.unit === 'day' ? strings.byDay() : strings.byMonth();
    return html`<section aria-labelledby="title">
      <div class="head">
        <h2 class="label" id="title">${title}</h2>
        <button
          class="toggle data"
          aria-pressed=${this.isTable}
          title=${this.isTable ? strings.showChart() : strings.showTable()}
          @click=${() => (this.isTable = !this.isTable)}
        >
          ${strings.table()}
        </button>
      </div>
      ${this.isTable ? renderTable(chart, title) : this.#renderPlot(chart, title)}
    </section>`;
  }

  #renderPlot(chart: SpendChart, title: string): TemplateResult {
    const at = this.#place(chart);
    const slot = chart.slots[at];
    if (slot === undefined) return html``;
    const limit = limitText(chart);
    return html`<p class="readout data" aria-hidden="true">
        <span class="when">${formatUtcPeriod(slot.label)}</span> <span class="money">${slot.settledText}</span>
        ${slot.pendingText === '' ? nothing : html`<span class="pending-text">${strings.pendingAmount(slot.pendingText)}</span>`}
        <span class="dim">${strings.charges(slot.charges)}</span>
      </p>
      <div class="plot">
        <svg class="axis" aria-hidden="true">
          ${chart.axis.map(({ fraction, text }) => svg`<text x="100%" y=${y(fraction)} dy="0.34em" text-anchor="end">${text}</text>`)}
        </svg>
        <div
          class="field"
          role="slider"
          tabindex="0"
          aria-readonly="true"
          aria-label=${title}
          aria-orientation="horizontal"
          aria-valuemin="1"
          aria-valuemax=${chart.slots.length}
          aria-valuenow=${at + 1}
          aria-valuetext=${spoken(slot, limit)}
          @keydown=${(event: KeyboardEvent) => this.#onKey(event, chart, at)}
          @pointermove=${(event: PointerEvent) => this.#onPointer(event, chart)}
          @pointerleave=${() => (this.hovered = null)}
          @blur=${() => (this.chosen = null)}
        >
          ${renderBars(chart, at, limit)}
          <svg class="labels" height="18" aria-hidden="true">
            ${labelPlaces(chart.slots.length).map(({ index, isMinor }) => renderLabel(chart, index, isMinor))}
          </svg>
        </div>
      </div>
      ${renderLegend(chart, limit)}`;
  }

  #place(chart: SpendChart): number {
    const label = this.hovered ?? this.chosen;
    const found = label === null ? -1 : chart.slots.findIndex((slot) => slot.label === label);
    return found < 0 ? chart.slots.length - 1 : found;
  }

  #onPointer(event: PointerEvent, chart: SpendChart): void {
    const box = this.field?.getBoundingClientRect();
    if (box === undefined) return;
    const index = Math.floor(((event.clientX - box.left) / box.width) * chart.slots.length);
    this.hovered = chart.slots[Math.min(chart.slots.length - 1, Math.max(0, index))]?.label ?? null;
  }

  #onKey(event: KeyboardEvent, chart: SpendChart, at: number): void {
    const last = chart.slots.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageUp: at + 7,
      PageDown: at - 7,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.hovered = null;
    this.chosen = chart.slots[Math.min(last, Math.max(0, place))]?.label ?? null;
  }
}

const y = (fraction: number): number => Math.round((1 - fraction) * HEIGHT * 100) / 100;
/** Aligns a line to the middle of a pixel. */
const crisp = (at: number): number => Math.min(HEIGHT - 0.5, Math.floor(at) + 0.5);
const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;
const lengthOf = (fraction: number): number => (fraction === 0 ? 0 : Math.max(LEAST_PIXELS, fraction * HEIGHT));

/** `at`: index of the slot shown above the plot. */
function renderBars(chart: SpendChart, at: number, limit: string): TemplateResult {
  const { slots, axis } = chart;
  return html`<svg class="bars" height=${HEIGHT} aria-hidden="true">
    <defs>
      <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-line" width="1.6" height="5" />
      </pattern>
    </defs>
    ${axis.map(({ fraction }) => svg`<line class=${fraction === 0 ? 'base' : 'rule'} x1="0" x2="100%" y1=${crisp(y(fraction))} y2=${crisp(y(fraction))}/>`)}
    ${svg`<rect class="cursor" x=${percent(at / slots.length)} width=${percent(1 / slots.length)} y="0" height=${HEIGHT}/>`}
    ${slots.map((slot, index) => renderBar(slot, index, slots.length))} ${renderLimit(chart, limit)}
  </svg>`;
}

function renderBar(slot: Slot, index: number, count: number): TemplateResult | typeof nothing {
  const settled = lengthOf(slot.settledFraction);
  const pending = lengthOf(slot.pendingFraction);
  if (settled + pending === 0) return nothing;
  const x = percent((index + (1 - BAR) / 2) / count);
  const width = percent(BAR / count);
  return svg`${settled === 0 ? nothing : svg`<rect class="settled" x=${x} width=${width} y=${HEIGHT - settled} height=${settled}/>`}
    ${pending === 0 ? nothing : svg`<rect class="pending" x=${x} width=${width} y=${HEIGHT - settled - pending} height=${pending} fill="url(#hatch)"/>`}`;
}

function renderLimit({ limit }: SpendChart, text: string): TemplateResult | typeof nothing {
  if (limit === null || limit.fraction === null) return nothing;
  const at = crisp(y(limit.fraction));
  // Above the line unless that is outside the plot.
  return svg`<line class="limit" x1="0" x2="100%" y1=${at} y2=${at}/>
    <text class="limit-text" x="100%" y=${at < 14 ? at + 13 : at - 5} text-anchor="end">${text}</text>`;
}

/**
 * Labels of the first, middle and last slot, and minor labels for a wide page: all others if they are few, or the
 * quarters.
 */
function labelPlaces(count: number): readonly { readonly index: number; readonly isMinor: boolean }[] {
  const last = count - 1;
  const major = [...new Set([0, Math.round(last / 2), last])];
  const between =
    count <= FEW_SLOTS
      ? Array.from({ length: count }, (_, index) => index)
      : [Math.round(last / 4), Math.round((last * 3) / 4)];
  const minor = between.filter((index) => !major.includes(index));
  return [...major.map((index) => ({ index, isMinor: false })), ...minor.map((index) => ({ index, isMinor: true }))];
}

function renderLabel({ slots }: SpendChart, index: number, isMinor: boolean): TemplateResult {
  const label = slots[index]?.label ?? '';
  const isFirst = index === 0 && slots.length > FEW_SLOTS;
  const isLast = index === slots.length - 1 && slots.length > FEW_SLOTS;
  const x = isFirst ? 0 : isLast ? 1 : (index + 0.5) / slots.length;
  return svg`<text class=${isMinor ? 'minor' : 'major'} x=${percent(x)} y="13" text-anchor=${isFirst ? 'start' : isLast ? 'end' : 'middle'}>${label === '' ? '' : formatUtcPeriod(label, 'short')}</text>`;
}

function limitText({ unit, limit }: SpendChart): string {
  if (limit === null) return '';
  return unit === 'day' ? strings.dailyLimit(limit.text) : strings.monthlyLimit(limit.text);
}

function renderLegend(chart: SpendChart, limit: string): TemplateResult {
  const hasPending = chart.slots.some((slot) => slot.pendingFraction > 0);
  const key = (name: string): TemplateResult =>
    html`<svg class="key" width="10" height="10" aria-hidden="true">
      ${svg`<rect class=${name} x="0.5" y="0.5" width="9" height="9" fill="url(#hatch)"/>`}
    </svg>`;
  const line = html`<svg class="key" width="16" height="10" aria-hidden="true">
    ${svg`<line class="limit" x1="0" x2="16" y1="5.5" y2="5.5"/>`}
  </svg>`;
  return html`<p class="legend data">
    <span>${key('settled')}${strings.settled()}</span>
    ${hasPending ? html`<span>${key('pending')}${strings.pendingWorstCase()}</span>` : nothing}
    ${limit === '' ? nothing : html`<span>${line}${chart.limit?.fraction === null ? strings.aboveScale(limit) : limit}</span>`}
  </p>`;
}

const spoken = (slot: Slot, limit: string): string =>
  [
    formatUtcPeriod(slot.label),
    slot.settledText,
    ...(slot.pendingText === '' ? [] : [strings.pendingAmount(slot.pendingText)]),
    strings.charges(slot.charges),
    ...(limit === '' ? [] : [limit]),
  ].join(', ');

/** Newest first, without days that have no charges. */
function renderTable(chart: SpendChart, title: string): TemplateResult {
  const slots = chart.slots.filter((slot) => slot.charges > 0).toReversed();
  return html`<div class="table-box scroll" tabindex="0" role="group" aria-label=${title}>
    <table class="data">
      <thead>
        <tr>
          <th scope="col">${chart.unit === 'day' ? strings.utcDay() : strings.utcMonth()}</th>
          <th scope="col">${strings.settled()}</th>
          <th scope="col">${strings.pending()}</th>
          <th scope="col">${strings.chargesTitle()}</th>
        </tr>
      </thead>
      <tbody>
        ${slots.map(
          (slot) =>
            html`<tr>
              <th scope="row">${formatUtcPeriod(slot.label)}</th>
              <td class="money">${slot.settledText}</td>
              <td>${slot.pendingText === '' ? '—' : slot.pendingText}</td>
              <td>${formatCount(slot.charges)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
