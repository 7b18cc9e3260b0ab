import type { LedgerAnswer, LedgerFilter } from '../../src/protocol/ledger';
import type { LedgerRequestBody } from './ledgerChannel';

/** What a component wants of the host. The root component alone sends it, and shows a refusal that nobody takes. */
export class LedgerRequestEvent extends Event {
  static readonly type = 'nt-ledger-request';

  constructor(
    readonly body: LedgerRequestBody,
    readonly onAnswer?: (answer: LedgerAnswer) => void,
  ) {
    super(LedgerRequestEvent.type, { bubbles: true, composed: true });
  }
}

/** The person wants to look at something else; a new filter begins with the newest charges. */
export class LookEvent extends Event {
  static readonly type = 'nt-look';

  constructor(readonly wish: { readonly filter: Partial<LedgerFilter> } | { readonly offset: number }) {
    super(LookEvent.type, { bubbles: true, composed: true });
  }
}

/** A charge was settled by hand. */
export class SettledEvent extends Event {
  static readonly type = 'nt-settled';

  constructor() {
    super(SettledEvent.type, { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'nt-ledger-request': LedgerRequestEvent;
    'nt-look': LookEvent;
    'nt-settled': SettledEvent;
  }
}
