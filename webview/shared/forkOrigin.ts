import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ConversationView } from '../../src/protocol/views';
import { withElements } from './localization';
import { sharedStrings } from './strings';

import { RequestEvent } from './events';
import { forkIcon } from './icons';

export type ForkOrigin = NonNullable<ConversationView['forkedFrom']>;

/** The line between inherited messages and the fork's own, with a link to the original. */
export function forkRule(origin: ForkOrigin): TemplateResult {
  return html`<p class="fork-rule data">${forkIcon}<span>${forkOriginText(origin, 'full')}</span></p>`;
}

/**
 * "forked from R·0417": the number is a link while that conversation exists. `short`: the number alone, for a line of
 * marks.
 */
export function forkOriginText(
  { conversationId, messageId, runLabel, title }: ForkOrigin,
  extent: 'full' | 'short',
): TemplateResult {
  if (runLabel === '') return html`${sharedStrings.forkedFromDeleted()}`;
  const open = (event: Event): void => {
    event.currentTarget?.dispatchEvent(new RequestEvent({ type: 'openMessage', conversationId, messageId }));
  };
  const name = `${runLabel} ${title}`;
  const whole = sharedStrings.forkedFrom(name);
  if (extent === 'short')
    return html`<button
      class="origin-link"
      aria-label=${sharedStrings.forkedFrom(runLabel)}
      title=${whole}
      @click=${open}
    >
      ${runLabel}
    </button>`;
  const link = html`<button class="origin-link" title=${whole} @click=${open}>${name}</button>`;
  return html`${withElements(sharedStrings.forkedFrom, link)}`;
}
