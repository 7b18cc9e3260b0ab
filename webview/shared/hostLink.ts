/** Longer than the host ever takes. Requests that open a dialog are answered when it opens. */
const ANSWER_TIMEOUT_MS = 30_000;

/** A request as components write it; the channel adds the id. */
export type WithoutRequestId<T> = T extends unknown ? Omit<T, 'requestId'> : never;

export type Received<Pushed, Answer> =
  | { readonly kind: 'answer'; readonly requestId: string; readonly answer: Answer }
  | { readonly kind: 'pushed'; readonly message: Pushed };

export interface HostLinkOptions<Pushed, Answer> {
  /** Parses a message of the host; undefined if this version of the page does not understand it. */
  readonly read: (data: unknown) => Received<Pushed, Answer> | undefined;
  readonly onPushed: (message: Pushed) => void;
  readonly onUnreadable: () => void;
  /** Makes the page's own answer when the host does not answer in time. */
  readonly noAnswer: () => Answer;
}

/** The page's connection to the host. Only user of `acquireVsCodeApi`. `State` is kept when the page reloads. */
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

  /** Never rejects. `message` gets the id of the request. */
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
