import type { EntryView } from '../../src/protocol/views';

/** An element of the log whose text can be searched. */
export interface FindableEntry extends HTMLElement {
  /** Null until the element has its entry. */
  readonly entry: EntryView | null;
  /** Contains the text as shown; null before the first render. */
  readonly textBox: HTMLElement | null;
}
