import type { EntryView } from '../../src/protocol/views';
import type { RequestEvent } from '../shared/events';

/** Longer than switching a branch takes. Later changes have another cause. */
const ANSWER_WITHIN_MS = 5000;

interface Arrow {
  readonly index: number;
  readonly entryId: string;
  readonly topPx: number;
  readonly step: -1 | 1;
  readonly pressedMs: number;
}

export interface ChosenSibling {
  readonly entry: EntryView;
  /** Position of the previous alternative in the window. */
  readonly topPx: number;
  readonly step: -1 | 1;
}

/** Remembers the position of a pressed branch arrow, so that the sibling appears in the same place. */
export class SiblingAnchor {
  #arrow: Arrow | null = null;

  note({ body, target }: RequestEvent, entries: readonly EntryView[]): void {
    if (body.type !== 'chooseSibling' || !(target instanceof HTMLElement)) return;
    const index = entries.findIndex((entry) => entry.id === body.entryId);
    const topPx = target.getBoundingClientRect().top;
    this.#arrow = { index, entryId: body.entryId, topPx, step: body.step, pressedMs: performance.now() };
  }

  /** Returns the sibling once after the branch has changed. */
  take(entries: readonly EntryView[]): ChosenSibling | null {
    const arrow = this.#arrow;
    const entry = arrow === null ? undefined : entries[arrow.index];
    if (arrow === null || entry === undefined || entry.id === arrow.entryId) return null;
    this.#arrow = null;
    if (performance.now() - arrow.pressedMs > ANSWER_WITHIN_MS) return null;
    return { entry, topPx: arrow.topPx, step: arrow.step };
  }
}
