import type { EntryMatches } from './entryMatches';
import type { FindableEntry } from './findableEntry';
import { matchesIn } from './findPattern';
import { rangeOf, readShownText } from './shownText';

/** Names of the highlights, used in `::highlight()` rules of the entries. */
const ALL = 'nt-find';
const CURRENT = 'nt-find-current';

export interface MatchPlace {
  readonly entryId: string;
  /** Index among the entry's matches. */
  readonly ordinal: number;
}

/** Highlights matches near the visible part by ranges, without changing nodes. */
export class MatchHighlighter {
  readonly #near = new Set<FindableEntry>();
  #drawn: readonly FindableEntry[] = [];
  #observer: IntersectionObserver | null = null;

  constructor(
    private readonly matches: EntryMatches,
    /** Called when other entries come near the visible part. */
    private readonly onMoved: () => void,
  ) {}

  watch(scroller: HTMLElement, drawn: readonly FindableEntry[]): void {
    this.#observer?.disconnect();
    const observer = new IntersectionObserver((changes) => this.#onSeen(changes), {
      root: scroller,
      rootMargin: '100% 0px',
    });
    for (const element of drawn) observer.observe(element);
    this.#drawn = drawn;
    this.#observer = observer;
    for (const element of this.#near) if (!element.isConnected) this.#near.delete(element);
  }

  paint(current: MatchPlace | null): void {
    const all = new Highlight();
    const chosen = new Highlight();
    chosen.priority = 1;
    for (const element of this.#near) {
      const entryId = element.entry?.id ?? '';
      this.#rangesOf(element).forEach((range, ordinal) =>
        (current?.entryId === entryId && current.ordinal === ordinal ? chosen : all).add(range),
      );
    }
    CSS.highlights.set(ALL, all);
    CSS.highlights.set(CURRENT, chosen);
  }

  /** The range of a match in a rendered entry. */
  rangeAt(element: FindableEntry, ordinal: number): Range | null {
    this.#near.add(element);
    return this.#rangesOf(element)[ordinal] ?? null;
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#drawn = [];
    this.#near.clear();
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(CURRENT);
  }

  #rangesOf(element: FindableEntry): Range[] {
    const { pattern } = this.matches;
    const box = element.textBox;
    if (pattern === null || box === null || this.matches.countIn(element.entry?.id ?? '') === 0) return [];
    const shown = readShownText(box);
    return matchesIn(shown.text, pattern).flatMap((match) => rangeOf(shown, match) ?? []);
  }

  #onSeen(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      const element = this.#drawn.find((entry) => entry === target);
      if (element === undefined) continue;
      if (isIntersecting) this.#near.add(element);
      else this.#near.delete(element);
    }
    this.onMoved();
  }
}
