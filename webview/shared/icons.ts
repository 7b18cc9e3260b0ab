import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';

/** Icons on a 16 px grid in the text's colour, including symbols that the bundled fonts lack. */
function icon(body: TemplateResult<2>): TemplateResult {
  return html`<svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.2"
    stroke-linecap="square"
    aria-hidden="true"
  >
    ${body}
  </svg>`;
}

/** A filing cabinet. */
export const historyIcon = icon(
  svg`<path d="M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.8 4.4h2.4M6.8 8h2.4M6.8 11.6h2.4"/>`,
);
/** A gauge. */
export const telemetryIcon = icon(svg`<path d="M2.5 11.5a5.5 5.5 0 0 1 11 0M8 11.5 10.8 7M2.5 13.5h11"/>`);
export const newIcon = icon(svg`<path d="M8 3v10M3 8h10"/>`);
export const closeIcon = icon(svg`<path d="M4 4l8 8M12 4l-8 8"/>`);
export const downIcon = icon(svg`<path d="M8 3v9M4.5 8.8 8 12.3l3.5-3.5"/>`);
export const chevronIcon = icon(svg`<path d="M6 3.5 10.5 8 6 12.5"/>`);
export const enterIcon = icon(svg`<path d="M13 3.5v5.2H4M6.8 5.8 3.8 8.7l3 2.9"/>`);
export const stopIcon = icon(svg`<path d="M4 4h8v8H4z" fill="currentColor"/>`);
export const replyIcon = icon(svg`<path d="M11.5 3.5v9L4.5 8z" fill="currentColor" stroke="none"/>`);
export const arrowIcon = icon(svg`<path d="M2 8h11M9.8 4.8 13 8l-3.2 3.2"/>`);
export const forkIcon = icon(
  svg`<path d="M5 5.5v5M11 5.5v1.2L5 9.6"/><circle cx="5" cy="3.8" r="1.7"/><circle cx="5" cy="12.2" r="1.7"/><circle cx="11" cy="3.8" r="1.7"/>`,
);
export const previousIcon = icon(svg`<path d="M10 3.5 5.5 8l4.5 4.5"/>`);
export const upIcon = icon(svg`<path d="M3.5 10 8 5.5l4.5 4.5"/>`);
export const downwardIcon = icon(svg`<path d="M3.5 6 8 10.5 12.5 6"/>`);
export const renameIcon = icon(svg`<path d="M3 13l.8-3.2L11 2.6l2.4 2.4-7.2 7.2zM9.4 4.2l2.4 2.4"/>`);
export const tagIcon = icon(
  svg`<path d="M2.5 2.5h5.3l5.7 5.7-5.3 5.3-5.7-5.7z"/><path d="M5.2 5.2h.1" stroke-width="1.8"/>`,
);
export const pinIcon = icon(svg`<path d="M5.5 2.5h5M6.3 2.5v4.6L4.5 9.5h7L9.7 7.1V2.5M8 9.5v4.3"/>`);
export const archiveIcon = icon(svg`<path d="M2.5 3h11v3h-11zM3.5 6v7h9V6M6.3 8.7h3.4"/>`);
export const restoreIcon = icon(svg`<path d="M2.5 3h11v3h-11zM3.5 6v7h9V6M8 11.6V8M6.2 9.6 8 7.8l1.8 1.8"/>`);
export const deleteIcon = icon(svg`<path d="M3 4.5h10M6.2 4.5v-2h3.6v2M4.4 4.5l.6 9h6l.6-9M6.8 7v4M9.2 7v4"/>`);
