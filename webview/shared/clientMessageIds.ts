import type { Answer } from '../../src/protocol/messages';
import { isNoAnswer } from './ownNotices';

/** Ids of messages by which the host knows a repeated one: trying again without an answer cannot send twice. */
export class ClientMessageIds {
  #unanswered: { readonly id: string; readonly text: string } | null = null;

  /** The same id for the same text until the host has answered. */
  idFor(text: string): string {
    if (this.#unanswered?.text !== text) this.#unanswered = { id: crypto.randomUUID(), text };
    return this.#unanswered.id;
  }

  settle(answer: Answer): void {
    if (!isNoAnswer(answer)) this.#unanswered = null;
  }
}
