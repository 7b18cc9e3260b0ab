import type { LedgerAnswer, LedgerFilter } from '../../src/protocol/ledger';
import type { LedgerRequestBody } from './ledgerChannel';

/** A request to the host. The root component sends it, and shows the refusal if `onAnswer` is missing. */
export class LedgerRequestEvent extends Event {
  static readonly type = 'nt-ledger-request';

  constructor(
    readonly body: LedgerRequestBody,
    readonly onAnswer?: (answer: LedgerAnswer) => void,
  ) {
    super(LedgerRequestEvent.type, { bubbles: true, composed: true });
  }
}

/** The user changed the filter or the page. A new filter starts with the newest charges. */
export class QueryEvent extends Event {
  static readonly type = 'nt-query';

  constructor(readonly action: { readonly filter: Partial<LedgerFilter> } | { readonly offset: number }) {
    super(QueryEvent.type, { bubbles: true, composed: true });
  }
}

/** A charge was settled manually. */
export class SettledEvent extends Event {
  static readonly type = 'nt-settled';

  constructor() {
    super(SettledEvent.type, { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'nt-ledger-request': LedgerRequestEvent;
    'nt-query': QueryEvent;
    'nt-settled': SettledEvent;
  }
}
