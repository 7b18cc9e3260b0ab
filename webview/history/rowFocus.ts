import type { ListLayout } from './listLayout';

/** A part of a row that has the focus or shall get it. `index` finds a neighbour once the row is gone. */
export interface FocusPlace {
  readonly id: string | null;
  readonly index: number;
  readonly part: string;
}

/** Keeps the focus with its conversation while rows come, go and move: rows out of sight are not in the page. */
export class RowFocus {
  /** Where the focus goes once that row is in the page; until then the list itself has it. */
  #wanted: FocusPlace | null = null;
  #before: FocusPlace | null = null;
  /** The wish is new, and not for a row that has come back into sight. */
  #isFresh = false;

  constructor(
    private readonly root: ShadowRoot,
    private readonly layout: () => ListLayout,
  ) {}

  /** What part of which row has the focus now. */
  place(): FocusPlace | null {
    const { activeElement } = this.root;
    const id = activeElement?.closest<HTMLElement>('.row')?.dataset['id'];
    if (activeElement === null || id === undefined) return null;
    const part = activeElement.closest<HTMLElement>('[data-part], [data-tool]')?.dataset;
    return { id, index: this.layout().indexById.get(id) ?? 0, part: part?.['part'] ?? part?.['tool'] ?? 'open' };
  }

  want(place: FocusPlace): void {
    this.#wanted = place;
    this.#isFresh = true;
  }

  /** The person has put the focus somewhere else. */
  forget(): void {
    this.#wanted = null;
  }

  beforeUpdate(): void {
    this.#before = this.place();
  }

  /** `park` gives the focus to the list while its row is not in the page; false: the list is empty. */
  afterUpdate(park: () => void): boolean {
    const lost = this.place() === null ? this.#before : null;
    const place = this.#wanted ?? lost;
    if (place === null) return true;
    const found = this.#resolve(place);
    if (found === null) {
      this.#wanted = null;
      return false;
    }
    const element = found.id === null ? null : this.#element(found.id, found.part);
    if (element === null) {
      this.#wanted = found;
      park();
    } else {
      this.#wanted = null;
      element.focus({ preventScroll: true });
      if (element instanceof HTMLInputElement) this.#setCaret(element);
      this.#isFresh = false;
    }
    return true;
  }

  /** A title is written over, tags are written on. */
  #setCaret(field: HTMLInputElement): void {
    const end = field.value.length;
    field.setSelectionRange(this.#isFresh && field.dataset['caret'] === 'all' ? 0 : end, end);
  }

  /** The row itself, or the one that stands in its place now. Null: there is none. */
  #resolve(place: FocusPlace): FocusPlace | null {
    const { rows, indexById } = this.layout();
    if (place.id !== null && indexById.has(place.id)) return place;
    const row = rows[Math.min(place.index, rows.length - 1)];
    return row === undefined ? null : { id: row.conversation?.id ?? null, index: place.index, part: 'open' };
  }

  #element(id: string, part: string): HTMLElement | null {
    const row = this.root.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
    const exact = row?.querySelector<HTMLElement>(`[data-part="${part}"], [data-tool="${part}"]`);
    return (
      exact ?? row?.querySelector<HTMLElement>('[data-part="field"], [data-part="confirm"], [data-part="open"]') ?? null
    );
  }
}
