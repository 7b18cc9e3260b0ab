import type { EntryView } from '../../src/protocol/views';
import { findPattern, matchesIn } from './findPattern';
import { readShownText } from './shownText';
import { undrawnText } from './undrawnText';

interface KnownText {
  readonly content: string;
  readonly text: string;
}

/** Longest time to read texts without yielding. */
const SLICE_MS = 12;

/** Counts the matches in every entry, rendered or not. Texts are cached until they change. */
export class EntryMatches {
  #texts = new Map<string, KnownText>();
  #counts = new Map<string, number>();
  #pattern: RegExp | null = null;
  #entries: readonly EntryView[] = [];
  #next = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** The element that contains an entry's text; null if it is not rendered. */
    private readonly boxOf: (entryId: string) => HTMLElement | null,
    /** Called when counts have changed. */
    private readonly onProgress: () => void,
  ) {}

  get isComplete(): boolean {
    return this.#next < 0;
  }

  get pattern(): RegExp | null {
    return this.#pattern;
  }

  countIn(entryId: string): number {
    return this.#counts.get(entryId) ?? 0;
  }

  search(text: string, entries: readonly EntryView[]): void {
    this.#pattern = findPattern(text);
    this.#counts = new Map();
    this.#restart(entries);
  }

  /** Call it when entries, or the rendered text of a streaming entry, have changed. */
  refresh(entries: readonly EntryView[]): void {
    this.#restart(entries);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#texts = new Map();
    this.#counts = new Map();
    this.#pattern = null;
    this.#entries = [];
    this.#next = -1;
  }

  #restart(entries: readonly EntryView[]): void {
    this.#entries = entries;
    this.#next = entries.length - 1;
    this.#work();
  }

  /** Starts at the end, where the user usually is, and yields between slices to keep the page responsive. */
  #work(): void {
    clearTimeout(this.#timer);
    const untilMs = performance.now() + SLICE_MS;
    while (this.#next >= 0 && performance.now() < untilMs) {
      const entry = this.#entries[this.#next];
      if (entry !== undefined) this.#read(entry);
      this.#next -= 1;
    }
    if (this.#next >= 0) this.#timer = setTimeout(() => this.#work(), 0);
    this.onProgress();
  }

  #read(entry: EntryView): void {
    const pattern = this.#pattern;
    if (pattern === null) return;
    const known = this.#texts.get(entry.id);
    const isKnown = known?.content === entry.content && entry.state !== 'streaming';
    if (isKnown && this.#counts.has(entry.id)) return;
    const text = isKnown ? known.text : this.#textOf(entry);
    this.#texts.set(entry.id, { content: entry.content, text });
    this.#counts.set(entry.id, matchesIn(text, pattern).length);
  }

  #textOf(entry: EntryView): string {
    const box = this.boxOf(entry.id);
    return box === null ? undrawnText(entry) : readShownText(box).text;
  }
}
