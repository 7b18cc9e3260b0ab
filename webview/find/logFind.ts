import type { EntryView } from '../../src/protocol/views';
import { EntryMatches } from './entryMatches';
import type { FindableEntry } from './findableEntry';
import { MatchHighlighter } from './matchHighlighter';
import type { MatchPlace } from './matchHighlighter';

/** What the find bar shows. */
export interface Found {
  /** Number of the current match, from 1; 0 if there is none. */
  readonly place: number;
  readonly count: number;
  /** False while entries are still being searched. */
  readonly isComplete: boolean;
}

/** The parts of the log that the search needs. */
export interface FindableLog {
  readonly entries: readonly EntryView[];
  readonly scroller: HTMLElement;
  drawnEntries(): FindableEntry[];
  entryElement(entryId: string): FindableEntry | null;
  bringIn(index: number): Promise<FindableEntry | null>;
  shiftView(topPx: number): void;
}

/** Shortest time between two searches of streaming text. */
const REFRESH_MS = 120;

/** Finds text in all entries of the current branch, steps through the matches and follows changes. */
export class LogFind {
  readonly #matches = new EntryMatches(
    (id) => this.log.entryElement(id)?.textBox ?? null,
    () => this.#onProgress(),
  );
  readonly #highlighter = new MatchHighlighter(this.#matches, () => this.#highlighter.paint(this.#current));
  readonly #grown = new MutationObserver(() => this.#refreshSoon());
  #current: MatchPlace | null = null;
  /** Entry to start from when looking for the first match. */
  #fromId: string | null = null;
  #isShowing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly log: FindableLog,
    private readonly onFound: (found: Found) => void,
  ) {}

  get found(): Found {
    const { entries } = this.log;
    let count = 0;
    let place = 0;
    for (const { id } of entries) {
      if (id === this.#current?.entryId) place = count + this.#current.ordinal + 1;
      count += this.#matches.countIn(id);
    }
    return { place, count, isComplete: this.#matches.isComplete };
  }

  /** Searches from the visible position. A blank text finds nothing. */
  search(text: string): void {
    this.#fromId ??= this.#firstSeenId();
    this.#current = null;
    this.#isShowing = true;
    this.#observe();
    this.#matches.search(text, this.log.entries);
  }

  /** Goes to the next or previous match and wraps around. */
  step(by: 1 | -1): void {
    const { place, count } = this.found;
    if (count === 0) return;
    this.#current = this.#placeAt((place - 1 + by + count) % count);
    this.#fromId = this.#current?.entryId ?? null;
    void this.#show();
  }

  /** Call it when the entries have changed or others are rendered. */
  refresh(): void {
    this.#observe();
    this.#refreshSoon();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#grown.disconnect();
    this.#highlighter.stop();
    this.#matches.clear();
    this.#current = null;
    this.#fromId = null;
  }

  #observe(): void {
    const drawn = this.log.drawnEntries();
    this.#highlighter.watch(this.log.scroller, drawn);
    this.#grown.disconnect();
    for (const { entry, textBox } of drawn) {
      if (entry?.state === 'streaming' && textBox !== null)
        this.#grown.observe(textBox, { childList: true, characterData: true, subtree: true });
    }
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#matches.refresh(this.log.entries);
    }, REFRESH_MS);
  }

  #onProgress(): void {
    const isGone = this.#current !== null && this.#current.ordinal >= this.#matches.countIn(this.#current.entryId);
    if (isGone) this.#current = null;
    const before = this.#current;
    this.#current ??= this.#firstWanted();
    if (isGone || before !== this.#current || this.#matches.isComplete) this.#highlighter.paint(this.#current);
    if (this.#isShowing && this.#current !== null) {
      this.#isShowing = false;
      void this.#show();
    }
    this.onFound(this.found);
  }

  /** The first match at or below the starting entry; one above only if there is none below. */
  #firstWanted(): MatchPlace | null {
    const { entries } = this.log;
    const from = Math.max(
      0,
      entries.findIndex((entry) => entry.id === this.#fromId),
    );
    const hasMatch = (entry: EntryView): boolean => this.#matches.countIn(entry.id) > 0;
    const below = entries.slice(from).find(hasMatch);
    if (below !== undefined) return { entryId: below.id, ordinal: 0 };
    const first = this.#matches.isComplete ? entries.find(hasMatch) : undefined;
    return first === undefined ? null : { entryId: first.id, ordinal: 0 };
  }

  #placeAt(index: number): MatchPlace | null {
    let before = 0;
    for (const { id } of this.log.entries) {
      const count = this.#matches.countIn(id);
      if (index < before + count) return { entryId: id, ordinal: index - before };
      before += count;
    }
    return null;
  }

  async #show(): Promise<void> {
    const place = this.#current;
    const index = this.log.entries.findIndex((entry) => entry.id === place?.entryId);
    const element = place === null ? null : await this.log.bringIn(index);
    if (place === null || element === null || this.#current !== place) return;
    this.#observe();
    const range = this.#highlighter.rangeAt(element, place.ordinal);
    if (range !== null) this.#scrollTo(range);
    this.#highlighter.paint(place);
    this.onFound(this.found);
  }

  #scrollTo(range: Range): void {
    const box = this.log.scroller.getBoundingClientRect();
    const at = range.getBoundingClientRect();
    const isSeen = at.top >= box.top + box.height * 0.1 && at.bottom <= box.bottom - box.height * 0.1;
    this.log.shiftView(isSeen ? 0 : at.top - box.top - box.height / 3);
    const wide = range.startContainer.parentElement?.closest('.code-body, .table-box');
    if (wide === null || wide === undefined) return;
    const frame = wide.getBoundingClientRect();
    if (at.left < frame.left) wide.scrollLeft -= frame.left - at.left + frame.width / 4;
    else if (at.right > frame.right) wide.scrollLeft += at.right - frame.right + frame.width / 4;
  }

  #firstSeenId(): string | null {
    const { top } = this.log.scroller.getBoundingClientRect();
    return this.log.drawnEntries().find((element) => element.getBoundingClientRect().bottom > top)?.entry?.id ?? null;
  }
}
