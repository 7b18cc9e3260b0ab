import { RefusedError } from '../domain/failure';
import { type ConversationId, messageId } from '../domain/ids';
import type { Answer, PanelRequest } from '../protocol/messages';
import type { Branches } from './branches';
import type { Orchestrator } from './orchestrator';
import type { PanelSession } from './panelSession';

type RequestOf<T extends PanelRequest['type']> = Extract<PanelRequest, { type: T }>;
export type TurnRequest = RequestOf<'send' | 'edit' | 'regenerate' | 'continueReply' | 'stop' | 'chooseSibling' | 'fork'>;

export interface PanelTurnsOptions {
  readonly session: PanelSession;
  readonly orchestrator: Orchestrator;
  readonly branches: Branches;
  /** What is typed and not sent, for the panel that the window remembers it for. */
  readonly saveDraft: (text: string) => void;
}

const OK: Answer = { kind: 'ok' };

/** Answers kept for repeated sends. */
const REMEMBERED_SENDS = 64;

/** What a person asks for inside the conversation that a panel shows. */
export class PanelTurns {
  /** A repeated `clientMessageId` gets the first answer and sends nothing again. */
  private readonly sends = new Map<string, Promise<Answer>>();

  constructor(private readonly options: PanelTurnsOptions) {}

  /** @throws RefusedError */
  async answer(request: TurnRequest): Promise<Answer> {
    const { session, orchestrator, branches } = this.options;
    switch (request.type) {
      case 'send':
        return this.once(request.clientMessageId, () => this.send(request.text));
      case 'edit':
        return this.once(request.clientMessageId, () => this.edit(request));
      case 'regenerate':
        return this.regenerate(request.entryId);
      case 'continueReply':
        return this.continueReply(request.entryId);
      case 'stop':
        if (session.conversation) await orchestrator.stop(session.conversation);
        return OK;
      case 'chooseSibling':
        await branches.chooseSibling(this.shown(), messageId(request.entryId), request.step);
        await session.snapshot();
        return OK;
      case 'fork':
        await session.show(await branches.fork(messageId(request.entryId), this.shown()));
        return OK;
    }
  }

  /** The new reply takes the old one's place on the branch that is shown. @throws RefusedError */
  async regenerate(entryId: string | null): Promise<Answer> {
    const { session, orchestrator } = this.options;
    if (entryId === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    await orchestrator.regenerate(this.shown(), messageId(entryId));
    await session.snapshot();
    return OK;
  }

  /** As `regenerate`, but the new reply begins with the old one's text. @throws RefusedError */
  async continueReply(entryId: string | null): Promise<Answer> {
    const { session, orchestrator } = this.options;
    if (entryId === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    await orchestrator.continueReply(this.shown(), messageId(entryId));
    await session.snapshot();
    return OK;
  }

  private once(clientMessageId: string, send: () => Promise<Answer>): Promise<Answer> {
    const known = this.sends.get(clientMessageId);
    if (known) return known;
    const sending = send();
    this.sends.set(clientMessageId, sending);
    const oldest = this.sends.keys().next().value;
    if (this.sends.size > REMEMBERED_SENDS && oldest !== undefined) this.sends.delete(oldest);
    // A refused send changed nothing, so the same message may be tried again.
    sending.catch(() => this.sends.delete(clientMessageId));
    return sending;
  }

  private async send(text: string): Promise<Answer> {
    const { session, orchestrator, saveDraft } = this.options;
    const attachments = session.pendingAttachments;
    const turn = await orchestrator.send({ conversationId: session.conversation, text, attachments, model: session.model });
    const sent = new Set(attachments.map((a) => a.id));
    session.setAttachments(session.pendingAttachments.filter((a) => !sent.has(a.id)));
    saveDraft('');
    session.setDraft('');
    await session.adopt(turn.conversationId);
    return OK;
  }

  private async edit({ entryId, text }: RequestOf<'edit'>): Promise<Answer> {
    await this.options.orchestrator.edit(this.shown(), messageId(entryId), text);
    await this.options.session.snapshot();
    return OK;
  }

  private shown(): ConversationId {
    const id = this.options.session.conversation;
    if (id === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    return id;
  }
}
