import { hostMessage, PROTOCOL_VERSION } from '../../src/protocol/messages';
import type { Answer, HostMessage, PanelMessage } from '../../src/protocol/messages';
import type { RequestBody } from '../shared/events';
import { HostLink } from '../shared/hostLink';
import type { Received } from '../shared/hostLink';
import { noAnswer } from '../shared/ownNotices';

/** Kept when the page reloads. */
export interface PanelState {
  readonly draft: string;
  /** Shown again when the window reopens; null for a new conversation. */
  readonly conversationId: string | null;
}

export type PushedMessage = Exclude<HostMessage, { type: 'answer' }>;

/** The panel's side of the protocol. */
export class Channel {
  readonly #link: HostLink<PanelMessage, PushedMessage, Answer, PanelState>;

  constructor(
    onMessage: (message: PushedMessage) => void,
    /** Called for a message that this version of the page can't parse. */
    onUnreadable: () => void,
  ) {
    this.#link = new HostLink({ read, onPushed: onMessage, onUnreadable, noAnswer });
  }

  ready(): void {
    this.#link.post({ type: 'ready', version: PROTOCOL_VERSION });
  }

  resync(): void {
    this.#link.post({ type: 'resync' });
  }

  draftChanged(text: string): void {
    this.#keep({ draft: text });
    this.#link.post({ type: 'draftChanged', text });
  }

  showing(conversationId: string | null): void {
    if (conversationId !== this.#state.conversationId) this.#keep({ conversationId });
  }

  get draft(): string {
    return this.#state.draft;
  }

  get #state(): PanelState {
    const { state } = this.#link;
    return {
      draft: typeof state?.draft === 'string' ? state.draft : '',
      conversationId: typeof state?.conversationId === 'string' ? state.conversationId : null,
    };
  }

  #keep(changes: Partial<PanelState>): void {
    this.#link.keep({ ...this.#state, ...changes });
  }

  /** Never rejects: without an answer in time it resolves to {@link noAnswer}. */
  request(body: RequestBody): Promise<Answer> {
    return this.#link.request((requestId) => ({ ...body, requestId }));
  }
}

function read(data: unknown): Received<PushedMessage, Answer> | undefined {
  const parsed = hostMessage.safeParse(data);
  if (!parsed.success) return undefined;
  const message = parsed.data;
  return message.type === 'answer'
    ? { kind: 'answer', requestId: message.requestId, answer: message.answer }
    : { kind: 'pushed', message };
}
