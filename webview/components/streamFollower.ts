/** Within this distance of the end the person counts as being there. */
const AT_END_PX = 24;

const AWAY_KEYS = new Set(['PageUp', 'ArrowUp', 'Home']);

/** Keeps a scrolled box at its end while content grows, until the person moves away from it, and again once back. */
export class StreamFollower {
  #scroller: HTMLElement | null = null;
  #isFollowing = true;
  #lastTop = 0;
  /** Distance from the end to keep while content is put in above. */
  #held: number | null = null;
  #stopListening = new AbortController();
  readonly #resized = new ResizeObserver(() => this.#keep());

  constructor(private readonly onChange: (isFollowing: boolean) => void) {}

  attach(scroller: HTMLElement, content: HTMLElement): void {
    this.#scroller = scroller;
    this.#resized.observe(content);
    this.#resized.observe(scroller);
    const { signal } = this.#stopListening;
    scroller.addEventListener('scroll', () => this.#onScroll(), { signal, passive: true });
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: true });
    scroller.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    this.#keep();
  }

  detach(): void {
    this.#resized.disconnect();
    this.#stopListening.abort();
    this.#stopListening = new AbortController();
  }

  follow(): void {
    this.#set(true);
    this.#keep();
  }

  /** Keeps what is seen where it is while content is put in above it within the next frames. */
  hold(): void {
    if (this.#scroller === null) return;
    this.#onScroll();
    this.#held = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    // The browser's own anchoring does the same except at the very top; both together would do it twice.
    this.#scroller.style.overflowAnchor = 'none';
    requestAnimationFrame(() => requestAnimationFrame(() => this.#release()));
  }

  #release(): void {
    this.#held = null;
    if (this.#scroller !== null) this.#scroller.style.overflowAnchor = '';
  }

  #keep(): void {
    if (this.#scroller === null) return;
    if (this.#isFollowing) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    else if (this.#held !== null) this.#scroller.scrollTop = this.#scroller.scrollHeight - this.#held;
    else return;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #onScroll(): void {
    if (this.#scroller === null) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    // By the step and not from the height: content may have come in between the scrolling and its event.
    if (this.#held !== null) this.#held -= scrollTop - this.#lastTop;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= AT_END_PX;
    if (isAtEnd) this.#set(true);
    else if (scrollTop < this.#lastTop) this.#set(false);
    this.#lastTop = scrollTop;
  }

  /** Heard before the scrolling happens, so that growing text cannot pull back. */
  #onWheel(event: WheelEvent): void {
    if (event.deltaY < 0 && this.#canScroll()) this.#set(false);
  }

  #onKey(event: KeyboardEvent): void {
    if (AWAY_KEYS.has(event.key) && event.target === this.#scroller && this.#canScroll()) this.#set(false);
  }

  #canScroll(): boolean {
    return this.#scroller !== null && this.#scroller.scrollTop > 0;
  }

  #set(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.onChange(isFollowing);
  }
}
