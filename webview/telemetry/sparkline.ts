import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';

const WIDTH = 240;
const HEIGHT = 24;
const MAX_SAMPLES = 60;

/** Recent speed as a line, newest on the right. Decorative: the number is next to it. */
export function sparkline(samples: readonly number[]): TemplateResult {
  const points = samplePoints(samples);
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<polyline points=${points} fill="none" stroke="currentColor" stroke-width="1.2" vector-effect="non-scaling-stroke"/>`}
  </svg>`;
}

function samplePoints(samples: readonly number[]): string {
  const shown = samples.slice(-MAX_SAMPLES);
  const line = shown.length === 1 ? [...shown, ...shown] : shown;
  const peak = Math.max(1, ...line);
  // The baseline follows the slowest sample, so that small changes of a fast reply stay visible.
  const floor = Math.min(...line) * 0.6;
  const step = WIDTH / Math.max(1, line.length - 1);
  return line
    .map(
      (value, index) =>
        `${(index * step).toFixed(1)},${(HEIGHT - 2 - ((value - floor) / Math.max(1, peak - floor)) * (HEIGHT - 4)).toFixed(1)}`,
    )
    .join(' ');
}
