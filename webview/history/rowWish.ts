import type { Answer } from '../../src/protocol/messages';
import type { HistoryEntryView } from '../../src/protocol/views';
import type { RequestBody } from '../channel';

/** What a person wants done with a conversation of the drawer. */
export type RowWish =
  | { readonly kind: 'open' }
  | { readonly kind: 'rename'; readonly title: string }
  | { readonly kind: 'tag'; readonly tags: readonly string[] }
  | { readonly kind: 'pin'; readonly pinned: boolean }
  | { readonly kind: 'archive'; readonly archived: boolean }
  | { readonly kind: 'delete' };

/** The drawer fulfils it and hands the answer back. */
export class RowEvent extends Event {
  static readonly type = 'nt-row';

  constructor(
    readonly conversation: HistoryEntryView,
    readonly wish: RowWish,
    readonly onAnswer: (answer: Answer) => void = () => undefined,
  ) {
    super(RowEvent.type, { bubbles: true, composed: true });
  }
}

export function requestOf({ id }: HistoryEntryView, wish: RowWish): RequestBody {
  switch (wish.kind) {
    case 'open':
      return { type: 'openConversation', conversationId: id };
    case 'rename':
      return { type: 'rename', conversationId: id, title: wish.title };
    case 'tag':
      return { type: 'tag', conversationId: id, tags: [...wish.tags] };
    case 'pin':
      return { type: 'pin', conversationId: id, pinned: wish.pinned };
    case 'archive':
      return { type: 'archive', conversationId: id, archived: wish.archived };
    case 'delete':
      return { type: 'delete', conversationId: id, deleted: true };
  }
}

declare global {
  interface HTMLElementEventMap {
    'nt-row': RowEvent;
  }
}
