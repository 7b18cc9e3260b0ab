import { LEDGER_PROTOCOL_VERSION, ledgerFilter, ledgerHostMessage } from '../../src/protocol/ledger';
import type { LedgerAnswer, LedgerFilter, LedgerMessage, LedgerRequest } from '../../src/protocol/ledger';
import { HostLink } from '../shared/hostLink';
import type { Received, WithoutRequestId } from '../shared/hostLink';
import { noAnswer } from '../shared/ownNotices';

export type LedgerRequestBody = WithoutRequestId<LedgerRequest>;

/** Kept when the page reloads. */
interface LedgerState {
  readonly filter: LedgerFilter;
}

export const FIRST_FILTER: LedgerFilter = { period: '30days', model: null, conversationId: null, onlyPending: false };

/** The ledger's side of its protocol. */
export class LedgerChannel {
  readonly #link: HostLink<LedgerMessage, 'changed', LedgerAnswer, LedgerState>;

  constructor(onChanged: () => void, onUnreadable: () => void) {
    this.#link = new HostLink({
      read,
      onPushed: onChanged,
      onUnreadable,
      noAnswer,
    });
  }

  ready(): void {
    this.#link.post({ type: 'ready', version: LEDGER_PROTOCOL_VERSION });
  }

  /** Never rejects. */
  request(body: LedgerRequestBody): Promise<LedgerAnswer> {
    return this.#link.request((requestId) => ({ ...body, requestId }));
  }

  /** The filter before the page was reloaded. */
  get filter(): LedgerFilter {
    const kept = ledgerFilter.safeParse(this.#link.state?.filter);
    return kept.success ? kept.data : FIRST_FILTER;
  }

  keepFilter(filter: LedgerFilter): void {
    this.#link.keep({ filter });
  }
}

function read(data: unknown): Received<'changed', LedgerAnswer> | undefined {
  const parsed = ledgerHostMessage.safeParse(data);
  if (!parsed.success) return undefined;
  const message = parsed.data;
  return message.type === 'answer'
    ? { kind: 'answer', requestId: message.requestId, answer: message.answer }
    : { kind: 'pushed', message: message.type };
}
