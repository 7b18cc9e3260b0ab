import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ConversationView } from '../../src/protocol/views';
import { strings } from '../strings';
import { RequestEvent } from '../shared/events';
import { forkIcon } from '../shared/icons';

export type ForkOrigin = NonNullable<ConversationView['forkedFrom']>;

/** Where the shared part ends and the fork's own begins, with the way back to its origin. */
export function forkRule(origin: ForkOrigin): TemplateResult {
  return html`<p class="fork-rule data">${forkIcon}<span>${forkOriginText(origin, 'withTitle')}</span></p>`;
}

/** "forked from R·0417", a link while that conversation exists. */
export function forkOriginText(
  { conversationId, messageId, runLabel, title }: ForkOrigin,
  extent: 'withTitle' | 'runOnly',
): TemplateResult {
  if (runLabel === '') return html`${strings.forkedFromGone}`;
  const open = (event: Event): void => {
    event.currentTarget?.dispatchEvent(new RequestEvent({ type: 'openMessage', conversationId, messageId }));
  };
  const lead =
    extent === 'withTitle'
      ? html`${strings.forkedFrom}`
      : html`<span class="visually-hidden">${strings.forkedFrom}</span>`;
  return html`${lead}
    <button class="origin-link" title=${`${strings.forkedFrom} ${runLabel} ${title}`} @click=${open}>
      ${runLabel}${extent === 'withTitle' ? ` ${title}` : ''}
    </button>`;
}
