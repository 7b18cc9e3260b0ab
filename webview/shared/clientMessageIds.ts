import type { Answer } from '../../src/protocol/messages';
import { isNoAnswer } from './ownNotices';

/** Ids by which the host recognises a repeated message, so that retrying without an answer can't send twice. */
export class ClientMessageIds {
  #unanswered: { readonly id: string; readonly text: string } | null = null;

  /** Returns the same id for the same text until the host has answered. */
  idFor(text: string): string {
    if (this.#unanswered?.text !== text) this.#unanswered = { id: crypto.randomUUID(), text };
    return this.#unanswered.id;
  }

  settle(answer: Answer): void {
    if (!isNoAnswer(answer)) this.#unanswered = null;
  }
}
