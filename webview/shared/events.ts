import type { Answer, PanelRequest } from '../../src/protocol/messages';
import type { SearchHitView } from '../../src/protocol/views';
import type { WithoutRequestId } from './hostLink';

export type RequestBody = WithoutRequestId<PanelRequest>;

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

export type Intent =
  | { readonly kind: 'openHistory' }
  | { readonly kind: 'closeHistory' }
  | { readonly kind: 'openTelemetry' }
  | { readonly kind: 'closeTelemetry' }
  | { readonly kind: 'draft'; readonly text: string }
  | { readonly kind: 'focusComposer' }
  | { readonly kind: 'dismissRefusal' };

/** Asks the host in the name of a component, which gets every answer, refusals too. */
export function ask(component: HTMLElement, body: RequestBody): Promise<Answer> {
  return new Promise((resolve) => component.dispatchEvent(new RequestEvent(body, resolve)));
}

/** The editor of a question has done its work. */
export class EditEndEvent extends Event {
  static readonly type = 'nt-edit-end';

  constructor(readonly outcome: 'sent' | 'cancelled') {
    super(EditEndEvent.type);
  }
}

/** What the find bar wants of the log. */
export class FindEvent extends Event {
  static readonly type = 'nt-find';

  constructor(
    readonly wish:
      | { readonly kind: 'text'; readonly text: string }
      | { readonly kind: 'step'; readonly by: 1 | -1 }
      | { readonly kind: 'close' },
  ) {
    super(FindEvent.type);
  }
}

/** Places of the shelf that are or soon will be seen. */
export class SeenEvent extends Event {
  static readonly type = 'nt-seen';

  constructor(readonly places: readonly number[]) {
    super(SeenEvent.type);
  }
}

/** The focus leaves the list upwards. */
export class ListExitEvent extends Event {
  static readonly type = 'nt-list-exit';

  constructor() {
    super(ListExitEvent.type);
  }
}

/** That very message shall be shown. */
export class HitEvent extends Event {
  static readonly type = 'nt-hit';

  constructor(readonly hit: SearchHitView) {
    super(HitEvent.type, { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'nt-hit': HitEvent;
    'nt-seen': SeenEvent;
    'nt-list-exit': ListExitEvent;
    'nt-find': FindEvent;
    'nt-edit-end': EditEndEvent;
    'nt-request': RequestEvent;
    'nt-draft': DraftEvent;
    'nt-intent': IntentEvent;
  }
}
