import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import { parseTags } from './parseTags';
import { RowEvent } from './rowAction';
import type { RowAction } from './rowAction';
import type { RowEdit, RowTool } from './historyRow';

/** Edits a row in place. Typed text stays until it is saved or cancelled. */
export class RowEditing {
  #edit: RowEdit | null = null;
  #isSaving = false;

  constructor(
    private readonly element: HTMLElement,
    /** Called when the row changes; `part` should get the focus. */
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

  /** Saves or deletes. An empty or unchanged title cancels. */
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
      // If refused, the typed text stays and the drawer shows the reason.
      if (answer.kind !== 'refused' && this.of(conversation.id) !== null) this.cancel(conversation);
    };
    this.element.dispatchEvent(new RowEvent(conversation, action, onAnswer));
  }
}
