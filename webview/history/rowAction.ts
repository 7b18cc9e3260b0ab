import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import type { RequestBody } from '../shared/events';

/** An action on a conversation in the drawer. */
export type RowAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'rename'; readonly title: string }
  | { readonly kind: 'tag'; readonly tags: readonly string[] }
  | { readonly kind: 'pin'; readonly pinned: boolean }
  | { readonly kind: 'archive'; readonly archived: boolean }
  | { readonly kind: 'delete' };

/** Performed by the drawer, which passes the answer to `onAnswer`. */
export class RowEvent extends Event {
  static readonly type = 'nt-row';

  constructor(
    readonly conversation: HistoryEntryView,
    readonly action: RowAction,
    readonly onAnswer: (answer: Answer) => void = () => undefined,
  ) {
    super(RowEvent.type, { bubbles: true, composed: true });
  }
}

export function requestOf({ id }: HistoryEntryView, action: RowAction): RequestBody {
  switch (action.kind) {
    case 'open':
      return { type: 'openConversation', conversationId: id };
    case 'rename':
      return { type: 'rename', conversationId: id, title: action.title };
    case 'tag':
      return { type: 'tag', conversationId: id, tags: [...action.tags] };
    case 'pin':
      return { type: 'pin', conversationId: id, pinned: action.pinned };
    case 'archive':
      return { type: 'archive', conversationId: id, archived: action.archived };
    case 'delete':
      return { type: 'delete', conversationId: id, deleted: true };
  }
}

declare global {
  interface HTMLElementEventMap {
    'nt-row': RowEvent;
  }
}
