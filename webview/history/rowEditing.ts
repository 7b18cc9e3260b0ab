import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { parseTags } from './parseTags';
import { RowEvent } from './rowAction';
import type { RowAction } from './rowAction';
import type { RowEdit, RowTool } from './historyRow';

/** What is being done to a row in its place. Typed text stays until it is stored or given up. */
export class RowEditing {
  #edit: RowEdit | null = null;
  #isSaving = false;

  constructor(
    private readonly element: HTMLElement,
    /** The row is drawn differently now; `part` shall have the focus. */
    private readonly onChange: (conversation: HistoryEntryView, part: string) => void,
  ) {}

  of(id: string): RowEdit | null {
    return this.#edit?.id === id ? this.#edit : null;
  }

  use(tool: RowTool, conversation: HistoryEntryView): void {
    const { id, title, tags, pinned, archived } = conversation;
    switch (tool) {
      case 'rename':
        return this.#begin(conversation, { id, kind: 'rename', text: title }, 'field');
      case 'tag':
        return this.#begin(conversation, { id, kind: 'tag', text: tags.join(', ') }, 'field');
      case 'delete':
        return this.#begin(conversation, { id, kind: 'delete', text: '' }, 'confirm');
      case 'pin':
        return this.#fulfil(conversation, { kind: 'pin', pinned: !pinned });
      case 'archive':
        return this.#fulfil(conversation, { kind: 'archive', archived: !archived });
    }
  }

  type(text: string): void {
    if (this.#edit !== null) this.#edit = { ...this.#edit, text };
  }

  /** Stores what is typed, or deletes. An empty title and a name that did not change are no change. */
  confirm(conversation: HistoryEntryView): void {
    const edit = this.of(conversation.id);
    if (edit === null || this.#isSaving) return;
    const title = edit.text.trim();
    if (edit.kind === 'delete') this.#fulfil(conversation, { kind: 'delete' });
    else if (edit.kind === 'tag') this.#fulfil(conversation, { kind: 'tag', tags: parseTags(edit.text) });
    else if (title === '' || title === conversation.title) this.cancel(conversation);
    else this.#fulfil(conversation, { kind: 'rename', title });
  }

  cancel(conversation: HistoryEntryView): void {
    this.#begin(conversation, null, 'open');
  }

  #begin(conversation: HistoryEntryView, edit: RowEdit | null, part: string): void {
    this.#edit = edit;
    this.onChange(conversation, part);
  }

  #fulfil(conversation: HistoryEntryView, action: RowAction): void {
    this.#isSaving = true;
    const onAnswer = (answer: Answer): void => {
      this.#isSaving = false;
      // Refused: what was typed stays, and the drawer says why.
      if (answer.kind !== 'refused' && this.of(conversation.id) !== null) this.cancel(conversation);
    };
    this.element.dispatchEvent(new RowEvent(conversation, action, onAnswer));
  }
}
