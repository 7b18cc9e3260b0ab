import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';

/** Signs that the bundled fonts lack, and icons, drawn on a 16 px grid in the colour of the text. */
function icon(body: TemplateResult<2>): TemplateResult {
  return html`<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linecap="square" aria-hidden="true">${body}</svg>`;
}

/** A filing cabinet. */
export const historyIcon = icon(svg`<path d="M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.8 4.4h2.4M6.8 8h2.4M6.8 11.6h2.4"/>`);
export const newIcon = icon(svg`<path d="M8 3v10M3 8h10"/>`);
export const closeIcon = icon(svg`<path d="M4 4l8 8M12 4l-8 8"/>`);
export const downIcon = icon(svg`<path d="M8 3v9M4.5 8.8 8 12.3l3.5-3.5"/>`);
export const chevronIcon = icon(svg`<path d="M6 3.5 10.5 8 6 12.5"/>`);
export const enterIcon = icon(svg`<path d="M13 3.5v5.2H4M6.8 5.8 3.8 8.7l3 2.9"/>`);
export const stopIcon = icon(svg`<path d="M4 4h8v8H4z" fill="currentColor"/>`);
export const replyIcon = icon(svg`<path d="M11.5 3.5v9L4.5 8z" fill="currentColor" stroke="none"/>`);
export const arrowIcon = icon(svg`<path d="M2 8h11M9.8 4.8 13 8l-3.2 3.2"/>`);
