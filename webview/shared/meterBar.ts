import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';

/**
 * A thin bar, in SVG because the page's policy forbids style attributes. A `fraction` above 1 fills it. `mark` is the
 * position of a tick, or null. `unsettled` is a hatched part behind `fraction`.
 */
export function meterBar(fraction: number, mark: number | null, unsettled = 0): TemplateResult {
  const percent = (part: number): string => `${(Math.min(1, Math.max(0, part)) * 100).toFixed(2)}%`;
  return html`<svg class="meter-bar" width="100%" height="9" aria-hidden="true">
    ${svg`<rect class="track" x="0" y="3" width="100%" height="3"/>
    ${unsettled <= 0 ? nothing : svg`<line class="unsettled" x1=${percent(fraction)} x2=${percent(fraction + unsettled)} y1="4.5" y2="4.5" stroke-width="5" stroke-dasharray="1.5 1.5"/>`}
    <rect class="fill" x="0" y="3" width=${percent(fraction)} height="3"/>
    ${mark === null ? nothing : svg`<rect class="mark" x=${percent(mark)} y="0" width="1" height="9"/>`}`}
  </svg>`;
}

const SEGMENTS = 8;
const SEGMENT_STEP = 7;

/** A gauge of eight segments. Any fraction above zero lights the first. */
export function segmentGauge(fraction: number): TemplateResult {
  const lit = fraction <= 0 ? 0 : Math.max(1, Math.round(Math.min(1, fraction) * SEGMENTS));
  const segments = Array.from({ length: SEGMENTS }, (_, index) => index);
  return html`<svg class="gauge" width=${SEGMENTS * SEGMENT_STEP - 2} height="8" aria-hidden="true">
    ${segments.map((index) => svg`<rect class=${index < lit ? 'on' : 'off'} x=${index * SEGMENT_STEP} y="0" width="5" height="8"/>`)}
  </svg>`;
}
