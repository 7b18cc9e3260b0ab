import { hostMessage, PROTOCOL_VERSION } from '../src/protocol/messages';
import type { Answer, HostMessage, PanelMessage, PanelRequest } from '../src/protocol/messages';
import { strings } from './strings';

type WithoutRequestId<T> = T extends unknown ? Omit<T, 'requestId'> : never;
/** A request as components write it: the channel numbers it. */
export type RequestBody = WithoutRequestId<PanelRequest>;

/** What outlives a reload of the page. */
export interface PanelState {
  readonly draft: string;
  /** What a tab shows again after the window was closed; null for a new conversation. */
  readonly conversationId: string | null;
}

export type PushedMessage = Exclude<HostMessage, { type: 'answer' }>;

/** Longer than any answer takes that the host gives by itself; dialogs answer when they open. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Answer of the panel itself when the host gave none. */
export const NO_ANSWER: Answer = {
  kind: 'refused',
  notice: { code: 'NO_ANSWER', severity: 'error', title: strings.noAnswerTitle, detail: strings.noAnswerDetail, actions: [] },
};

/** The panel's one connection to the host. Sole user of `acquireVsCodeApi`. */
export class Channel {
  readonly #api = acquireVsCodeApi<PanelState>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #lastRequest = 0;

  constructor(
    private readonly onMessage: (message: PushedMessage) => void,
    /** A message came that this version of the panel does not understand. */
    private readonly onUnreadable: () => void,
  ) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
  }

  ready(): void {
    this.#post({ type: 'ready', version: PROTOCOL_VERSION });
  }

  resync(): void {
    this.#post({ type: 'resync' });
  }

  draftChanged(text: string): void {
    this.#keep({ draft: text });
    this.#post({ type: 'draftChanged', text });
  }

  showing(conversationId: string | null): void {
    if (conversationId !== this.#state.conversationId) this.#keep({ conversationId });
  }

  get draft(): string {
    return this.#state.draft;
  }

  get #state(): PanelState {
    const state = this.#api.getState();
    return {
      draft: typeof state?.draft === 'string' ? state.draft : '',
      conversationId: typeof state?.conversationId === 'string' ? state.conversationId : null,
    };
  }

  #keep(changes: Partial<PanelState>): void {
    this.#api.setState({ ...this.#state, ...changes });
  }

  /** Resolves always: without an answer in time to {@link NO_ANSWER}. */
  request(body: RequestBody): Promise<Answer> {
    const requestId = `${++this.#lastRequest}-${crypto.randomUUID()}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(NO_ANSWER), ANSWER_TIMEOUT_MS);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(answer);
      };
      this.#waiting.set(requestId, settle);
      this.#post({ ...body, requestId });
    });
  }

  #post(message: PanelMessage): void {
    this.#api.postMessage(message);
  }

  #receive(data: unknown): void {
    const parsed = hostMessage.safeParse(data);
    if (!parsed.success) {
      this.onUnreadable();
      return;
    }
    const message = parsed.data;
    if (message.type === 'answer') this.#waiting.get(message.requestId)?.(message.answer);
    else this.onMessage(message);
  }
}
