import type { Answer } from '../../src/protocol/messages';
import type { NoticeView } from '../../src/protocol/views';
import type { RequestBody } from '../shared/events';

type Hits = Extract<Answer, { kind: 'hits' }>;

/** Longer than the pause between a fast typist's keys, short enough to feel immediate. */
const DEBOUNCE_MS = 120;

export type SearchState =
  | { readonly kind: 'idle' }
  /** `hits` of the previous text, so that the list does not flicker; null for the first search. */
  | { readonly kind: 'searching'; readonly text: string; readonly hits: Hits | null }
  | { readonly kind: 'found'; readonly text: string; readonly hits: Hits }
  | { readonly kind: 'refused'; readonly text: string; readonly notice: NoticeView };

/** Searches when typing pauses. Only the newest answer counts. */
export class HistorySearch {
  #state: SearchState = { kind: 'idle' };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newest = 0;

  constructor(
    private readonly request: (body: RequestBody) => Promise<Answer>,
    private readonly onChange: (state: SearchState) => void,
  ) {}

  get state(): SearchState {
    return this.#state;
  }

  type(text: string): void {
    clearTimeout(this.#timer);
    this.#newest += 1;
    if (text.trim() === '') {
      this.#set({ kind: 'idle' });
      return;
    }
    this.#set({ kind: 'searching', text, hits: this.#hits });
    this.#timer = setTimeout(() => void this.#search(text), DEBOUNCE_MS);
  }

  /** Repeats the search. */
  again(): void {
    if (this.#state.kind !== 'idle') void this.#search(this.#state.text);
  }

  get #hits(): Hits | null {
    return this.#state.kind === 'found' || this.#state.kind === 'searching' ? this.#state.hits : null;
  }

  async #search(text: string): Promise<void> {
    clearTimeout(this.#timer);
    this.#newest += 1;
    const search = this.#newest;
    const answer = await this.request({ type: 'search', text });
    if (search !== this.#newest) return;
    if (answer.kind === 'hits') this.#set({ kind: 'found', text, hits: answer });
    else if (answer.kind === 'refused') this.#set({ kind: 'refused', text, notice: answer.notice });
  }

  #set(state: SearchState): void {
    this.#state = state;
    this.onChange(state);
  }
}
