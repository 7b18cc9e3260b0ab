import type { EntryView } from '../../src/protocol/views';
import type { RequestEvent } from '../shared/events';

/** Longer than a branch takes to come; later changes are no answer to the arrow. */
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
  /** Where its predecessor stood in the window. */
  readonly topPx: number;
  readonly step: -1 | 1;
}

/** Remembers where a branch arrow was pressed, so that the sibling stands in the same place under the same finger. */
export class SiblingAnchor {
  #arrow: Arrow | null = null;

  note({ body, target }: RequestEvent, entries: readonly EntryView[]): void {
    if (body.type !== 'chooseSibling' || !(target instanceof HTMLElement)) return;
    const index = entries.findIndex((entry) => entry.id === body.entryId);
    const topPx = target.getBoundingClientRect().top;
    this.#arrow = { index, entryId: body.entryId, topPx, step: body.step, pressedMs: performance.now() };
  }

  /** The sibling, once, when the branch has changed as the arrow said. */
  take(entries: readonly EntryView[]): ChosenSibling | null {
    const arrow = this.#arrow;
    const entry = arrow === null ? undefined : entries[arrow.index];
    if (arrow === null || entry === undefined || entry.id === arrow.entryId) return null;
    this.#arrow = null;
    if (performance.now() - arrow.pressedMs > ANSWER_WITHIN_MS) return null;
    return { entry, topPx: arrow.topPx, step: arrow.step };
  }
}
