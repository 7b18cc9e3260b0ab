/** Within this distance, the scroll position counts as being at the end. */
const AT_END_PX = 24;

const AWAY_KEYS = new Set(['PageUp', 'ArrowUp', 'Home']);

/**
 * `drawn`: the conversation's end is rendered. `later`: it is not. `none`: there is no conversation yet, so the top is
 * shown.
 */
export type LogEnd = 'drawn' | 'later' | 'none';

/** Keeps a scroll box at its end while content grows, until the user scrolls away, and again when they return. */
export class StreamFollower {
  #scroller: HTMLElement | null = null;
  #isFollowing = true;
  /** Placed by code. Only the user's own scrolling can start following again. */
  #isPlaced = false;
  #lastTop = 0;
  #isAtEnd = true;
  /** Distance from the end to keep while content is inserted above. */
  #held: number | null = null;
  #stopListening = new AbortController();
  readonly #resized = new ResizeObserver(() => this.#keep());

  /** `onChange` is called when the end comes into view or leaves it. */
  constructor(
    private readonly onChange: (isAtEnd: boolean) => void,
    private readonly end: () => LogEnd,
  ) {}

  attach(scroller: HTMLElement, content: HTMLElement): void {
    this.#scroller = scroller;
    this.#resized.observe(content);
    this.#resized.observe(scroller);
    const { signal } = this.#stopListening;
    scroller.addEventListener('scroll', () => this.#onScroll(), { signal, passive: true });
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: true });
    scroller.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    scroller.addEventListener('pointerdown', () => (this.#isPlaced = false), { signal, passive: true });
    this.#keep();
  }

  detach(): void {
    this.#resized.disconnect();
    this.#stopListening.abort();
    this.#stopListening = new AbortController();
  }

  follow(): void {
    this.#isPlaced = false;
    this.#isFollowing = true;
    this.#keep();
  }

  /** Stops following, so that a position stays visible while the end grows. */
  leave(): void {
    this.#isPlaced = true;
    this.#isFollowing = false;
  }

  /** Keeps the visible part in place while content is inserted above it in the next frames. */
  hold(): void {
    if (this.#scroller === null) return;
    this.#onScroll();
    this.#held = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    // Scroll anchoring does the same except at the very top. Both together would do it twice.
    this.#scroller.style.overflowAnchor = 'none';
    requestAnimationFrame(() => requestAnimationFrame(() => this.#release()));
  }

  #release(): void {
    this.#held = null;
    if (this.#scroller !== null) this.#scroller.style.overflowAnchor = '';
  }

  #keep(): void {
    if (this.#scroller === null) return;
    if (this.#isFollowing) this.#scroller.scrollTop = this.end() === 'none' ? 0 : this.#scroller.scrollHeight;
    else if (this.#held !== null) this.#scroller.scrollTop = this.#scroller.scrollHeight - this.#held;
    else return this.#report();
    this.#lastTop = this.#scroller.scrollTop;
    this.#report();
  }

  #onScroll(): void {
    if (this.#scroller === null) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    // By the step, not from the height: content may have been added between scrolling and its event.
    if (this.#held !== null) this.#held -= scrollTop - this.#lastTop;
    const isNearEnd = scrollHeight - scrollTop - clientHeight <= AT_END_PX;
    if (isNearEnd && !this.#isPlaced && this.end() === 'drawn') this.#isFollowing = true;
    else if (scrollTop < this.#lastTop || this.end() === 'none') this.#isFollowing = false;
    this.#lastTop = scrollTop;
    this.#report();
  }

  /** Runs before the scrolling, so that growing text can't scroll back. */
  #onWheel(event: WheelEvent): void {
    this.#isPlaced = false;
    if (event.deltaY < 0 && this.#canScroll()) this.#isFollowing = false;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target === this.#scroller) this.#isPlaced = false;
    if (AWAY_KEYS.has(event.key) && event.target === this.#scroller && this.#canScroll()) this.#isFollowing = false;
  }

  #canScroll(): boolean {
    return this.#scroller !== null && this.#scroller.scrollTop > 0;
  }

  #report(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const isNearEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= AT_END_PX;
    const end = this.end();
    const isAtEnd = end === 'none' || (end === 'drawn' && (this.#isFollowing || isNearEnd));
    if (isAtEnd === this.#isAtEnd) return;
    this.#isAtEnd = isAtEnd;
    this.onChange(isAtEnd);
  }
}
