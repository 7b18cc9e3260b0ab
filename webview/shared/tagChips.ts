import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStrings } from './strings';
import { formatCount } from './format';

/** Tags shown one by one; the rest is a number. */
const SHOWN_TAGS = 3;

/** The tags of a conversation; all of them in the tooltip. */
export function tagChips(tags: readonly string[]): TemplateResult | typeof nothing {
  if (tags.length === 0) return nothing;
  const more = tags.length - SHOWN_TAGS;
  return html`<span class="tag-chips data" title=${tags.join(', ')}>
    <span class="visually-hidden">${sharedStrings.tags()} </span>
    ${tags.slice(0, SHOWN_TAGS).map((tag) => html`<span class="tag-chip">${tag}</span> `)}
    ${more > 0 ? html`<span class="tag-more">${sharedStrings.moreTags(formatCount(more))}</span>` : nothing}
  </span>`;
}
