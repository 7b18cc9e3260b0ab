import type { Answer, PanelRequest } from '../../src/protocol/messages';
import type { SearchHitView } from '../../src/protocol/views';
import type { WithoutRequestId } from './hostLink';

export type RequestBody = WithoutRequestId<PanelRequest>;

/** A request to the host. The root component sends it, and shows the refusal if `onAnswer` is missing. */
export class RequestEvent extends Event {
  static readonly type = 'nt-request';

  constructor(
    readonly body: RequestBody,
    /** Receives the answer. A component that passes it shows refusals itself. */
    readonly onAnswer?: (answer: Answer) => void,
  ) {
    super(RequestEvent.type, { bubbles: true, composed: true });
  }
}

/** The composer's text changed. */
export class DraftEvent extends Event {
  static readonly type = 'nt-draft';

  constructor(readonly text: string) {
    super(DraftEvent.type, { bubbles: true, composed: true });
  }
}

/** An action that the root component performs inside the panel. */
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

/** Sends a request for a component and resolves to the answer, refusals included. */
export function ask(component: HTMLElement, body: RequestBody): Promise<Answer> {
  return new Promise((resolve) => component.dispatchEvent(new RequestEvent(body, resolve)));
}

/** The question's editor can close. */
export class EditEndEvent extends Event {
  static readonly type = 'nt-edit-end';

  constructor(readonly outcome: 'sent' | 'cancelled') {
    super(EditEndEvent.type);
  }
}

/** An action of the find bar, performed by the log. */
export class FindEvent extends Event {
  static readonly type = 'nt-find';

  constructor(
    readonly action:
      | { readonly kind: 'text'; readonly text: string }
      | { readonly kind: 'step'; readonly by: 1 | -1 }
      | { readonly kind: 'close' },
  ) {
    super(FindEvent.type);
  }
}

/** Positions in the list that are or soon will be visible. */
export class SeenEvent extends Event {
  static readonly type = 'nt-seen';

  constructor(readonly places: readonly number[]) {
    super(SeenEvent.type);
  }
}

/** The focus leaves the list at its top. */
export class ListExitEvent extends Event {
  static readonly type = 'nt-list-exit';

  constructor() {
    super(ListExitEvent.type);
  }
}

/** The user chose a search hit. */
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
