import type { ListLayout } from './listLayout';

/** A focusable part of a row. `index` finds a neighbour if the row no longer exists. */
export interface FocusPlace {
  readonly id: string | null;
  readonly index: number;
  readonly part: string;
}

/**
 * Keeps the focus on its conversation while rows are added, removed and moved. Rows out of sight are not in the page.
 */
export class RowFocus {
  /** Gets the focus once its row is in the page. Until then the list has it. */
  #wanted: FocusPlace | null = null;
  #before: FocusPlace | null = null;
  /** The focus was requested and does not just return with a row that became visible again. */
  #isFresh = false;

  constructor(
    private readonly root: ShadowRoot,
    private readonly layout: () => ListLayout,
  ) {}

  /** The row part that has the focus. */
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

  /** Call it when the user moves the focus. */
  forget(): void {
    this.#wanted = null;
  }

  beforeUpdate(): void {
    this.#before = this.place();
  }

  /** `park` focuses the list while the row is not in the page. Returns false if the list is empty. */
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

  /** Selects a title; puts the cursor behind tags. */
  #setCaret(field: HTMLInputElement): void {
    const end = field.value.length;
    field.setSelectionRange(this.#isFresh && field.dataset['caret'] === 'all' ? 0 : end, end);
  }

  /** The row, or the one at its position now; null if the list is empty. */
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
