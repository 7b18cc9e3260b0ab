/** Within this distance of the end the person counts as being there. */
const AT_END_PX = 24;

const AWAY_KEYS = new Set(['PageUp', 'ArrowUp', 'Home']);

/** Keeps a scrolled box at its end while content grows, until the person moves away from it, and again once back. */
export class StreamFollower {
  #scroller: HTMLElement | null = null;
  #isFollowing = true;
  #lastTop = 0;
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

  #keep(): void {
    if (!this.#isFollowing || this.#scroller === null) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #onScroll(): void {
    if (this.#scroller === null) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
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
