import { EntryElement } from '../log/nt-entry';
import type { EntryMatches } from './entryMatches';
import { matchesIn } from './findPattern';
import { rangeOf, readShownText } from './shownText';

/** Names of the highlights that `::highlight()` rules colour in the entries' own styles. */
const ALL = 'nt-find';
const CURRENT = 'nt-find-current';

export interface MatchPlace {
  readonly entryId: string;
  /** Among the entry's matches, from 0. */
  readonly ordinal: number;
}

/** Marks matches near the part that is seen, by ranges: no node of the text is touched. */
export class MatchHighlighter {
  readonly #near = new Set<EntryElement>();
  #observer: IntersectionObserver | null = null;

  constructor(
    private readonly matches: EntryMatches,
    /** Other entries came near. */
    private readonly onMoved: () => void,
  ) {}

  watch(scroller: HTMLElement, drawn: readonly EntryElement[]): void {
    this.#observer?.disconnect();
    const observer = new IntersectionObserver((changes) => this.#onSeen(changes), {
      root: scroller,
      rootMargin: '100% 0px',
    });
    for (const element of drawn) observer.observe(element);
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

  /** The range of one match in a drawn entry. */
  rangeAt(element: EntryElement, ordinal: number): Range | null {
    this.#near.add(element);
    return this.#rangesOf(element)[ordinal] ?? null;
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#near.clear();
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(CURRENT);
  }

  #rangesOf(element: EntryElement): Range[] {
    const { pattern } = this.matches;
    const box = element.textBox;
    if (pattern === null || box === null || this.matches.countIn(element.entry?.id ?? '') === 0) return [];
    const shown = readShownText(box);
    return matchesIn(shown.text, pattern).flatMap((match) => rangeOf(shown, match) ?? []);
  }

  #onSeen(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      if (!(target instanceof EntryElement)) continue;
      if (isIntersecting) this.#near.add(target);
      else this.#near.delete(target);
    }
    this.onMoved();
  }
}
