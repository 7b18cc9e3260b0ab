import type { Answer } from '../../src/protocol/messages';
import type { RequestBody } from '../channel';

/** What a component wants of the host. The root component alone sends it, and shows a refusal that nobody takes. */
export class RequestEvent extends Event {
  static readonly type = 'nt-request';

  constructor(
    readonly body: RequestBody,
    /** Takes the answer; with it, refusals are the component's to show. */
    readonly onAnswer?: (answer: Answer) => void,
  ) {
    super(RequestEvent.type, { bubbles: true, composed: true });
  }
}

/** The typed text changed. */
export class DraftEvent extends Event {
  static readonly type = 'nt-draft';

  constructor(readonly text: string) {
    super(DraftEvent.type, { bubbles: true, composed: true });
  }
}

/** A wish that the root component fulfils within the panel. */
export class IntentEvent extends Event {
  static readonly type = 'nt-intent';

  constructor(readonly intent: Intent) {
    super(IntentEvent.type, { bubbles: true, composed: true });
  }
}

export type Intent = { readonly kind: 'openHistory' } | { readonly kind: 'closeHistory' } | { readonly kind: 'draft'; readonly text: string } | { readonly kind: 'dismissRefusal' };

declare global {
  interface HTMLElementEventMap {
    'nt-request': RequestEvent;
    'nt-draft': DraftEvent;
    'nt-intent': IntentEvent;
  }
}
