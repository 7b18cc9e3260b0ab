/** Longer than any answer takes that the host gives by itself; dialogs answer when they open. */
const ANSWER_TIMEOUT_MS = 30_000;

/** A request as components write it; the channel adds the id. */
export type WithoutRequestId<T> = T extends unknown ? Omit<T, 'requestId'> : never;

export type Received<Pushed, Answer> =
  | { readonly kind: 'answer'; readonly requestId: string; readonly answer: Answer }
  | { readonly kind: 'pushed'; readonly message: Pushed };

export interface HostLinkOptions<Pushed, Answer> {
  /** What came from the host, checked; undefined: this version of the page does not understand it. */
  readonly read: (data: unknown) => Received<Pushed, Answer> | undefined;
  readonly onPushed: (message: Pushed) => void;
  readonly onUnreadable: () => void;
  /** Makes the page's own answer when the host does not answer in time. */
  readonly noAnswer: () => Answer;
}

/** A page's one connection to the host. Sole user of `acquireVsCodeApi`. `State`: what outlives a reload of the page. */
export class HostLink<Message, Pushed, Answer, State> {
  readonly #api = acquireVsCodeApi<State>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #lastRequest = 0;

  constructor(private readonly options: HostLinkOptions<Pushed, Answer>) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
  }

  post(message: Message): void {
    this.#api.postMessage(message);
  }

  /** Resolves always. The message is made with the number of the request. */
  request(message: (requestId: string) => Message): Promise<Answer> {
    const requestId = `${++this.#lastRequest}-${crypto.randomUUID()}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(this.options.noAnswer()), ANSWER_TIMEOUT_MS);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(answer);
      };
      this.#waiting.set(requestId, settle);
      this.post(message(requestId));
    });
  }

  get state(): State | undefined {
    return this.#api.getState();
  }

  keep(state: State): void {
    this.#api.setState(state);
  }

  #receive(data: unknown): void {
    const received = this.options.read(data);
    if (received === undefined) this.options.onUnreadable();
    else if (received.kind === 'answer') this.#waiting.get(received.requestId)?.(received.answer);
    else this.options.onPushed(received.message);
  }
}
