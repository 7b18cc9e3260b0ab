import { type Refusal, RefusedError } from '../domain/failure';
import { type ModelId, conversationId, messageId, modelId } from '../domain/ids';
import type { Answer, PanelMessage, PanelRequest } from '../protocol/messages';
import type { NoticeAction, NoticeView } from '../protocol/views';
import type { Conversations } from './conversations';
import type { Orchestrator } from './orchestrator';
import type { PanelSession } from './panelSession';
import { historyEntryView } from './presenter';

/** What a panel asks of the editor. Every one of these asks the person where money, keys or links are concerned. */
export interface PanelActions {
  copy(text: string): Promise<void>;
  /** False: no editor to insert into. */
  insertAtCursor(text: string): Promise<boolean>;
  openInNewFile(text: string, languageId: string): Promise<void>;
  openLink(href: string): Promise<void>;
  setApiKey(): Promise<void>;
  openBudgetMenu(): Promise<void>;
  pickModel(current: ModelId): Promise<ModelId | undefined>;
  confirmUnknownPrice(model: ModelId): Promise<boolean>;
  openBaseUrlSetting(): Promise<void>;
  showLog(): void;
  /** Says what went wrong after a dialog, where no answer is waiting any more. */
  tell(notice: NoticeView): void;
}

export interface PanelRequestsOptions {
  readonly session: PanelSession;
  readonly orchestrator: Orchestrator;
  readonly conversations: Conversations;
  readonly actions: PanelActions;
  /** What is typed and not sent, for the panel that the window remembers it for. */
  readonly saveDraft: (text: string) => void;
  readonly describeRefusal: (refusal: Refusal) => NoticeView;
  /** For what should never happen; the person still gets an answer. */
  readonly describeError: (error: unknown) => NoticeView;
}

const OK: Answer = { kind: 'ok' };

/** Conversations listed in the history drawer. */
const HISTORY_LIMIT = 500;
/** Answers kept for repeated sends. */
const REMEMBERED_SENDS = 64;

/** Answers one panel's requests through the same use cases that the public API and the commands go through. */
export class PanelRequests {
  /** A repeated `clientMessageId` gets the first answer and sends nothing again. */
  private readonly sends = new Map<string, Promise<Answer>>();

  constructor(private readonly options: PanelRequestsOptions) {}

  /** For messages without an answer. */
  async notify(message: Exclude<PanelMessage, PanelRequest | { type: 'ready' }>): Promise<void> {
    if (message.type === 'draftChanged') this.options.saveDraft(message.text);
    else await this.options.session.snapshot();
  }

  /** Never throws: what goes wrong is an answer. */
  async answer(request: PanelRequest): Promise<Answer> {
    try {
      return await this.handle(request);
    } catch (error) {
      return { kind: 'refused', notice: this.describe(error) };
    }
  }

  private async handle(request: PanelRequest): Promise<Answer> {
    const { session, orchestrator, conversations, actions } = this.options;
    switch (request.type) {
      case 'send':
        return this.sendOnce(request);
      case 'stop':
        if (session.conversation) await orchestrator.stop(session.conversation);
        return OK;
      case 'newConversation':
        await session.show(null);
        return OK;
      case 'openConversation':
        return this.open(request.conversationId);
      case 'listConversations':
        return { kind: 'conversations', conversations: (await conversations.list({ limit: HISTORY_LIMIT })).map(historyEntryView) };
      case 'removeAttachment':
        session.setAttachments(session.pendingAttachments.filter((a) => a.id !== request.attachmentId));
        return OK;
      case 'copy':
        await actions.copy(request.text);
        return OK;
      case 'insertAtCursor':
        if (!(await actions.insertAtCursor(request.text))) throw new RefusedError({ code: 'NO_EDITOR' });
        return OK;
      case 'openInNewFile':
        await actions.openInNewFile(request.text, request.languageId);
        return OK;
      case 'openLink':
        return this.later(() => actions.openLink(request.href));
      case 'noticeAction':
        return this.act(request.action, request.entryId);
      case 'selectModel':
        return this.later(() => this.selectModel());
      case 'openBudgetMenu':
        return this.later(() => actions.openBudgetMenu());
    }
  }

  /** A dialog takes as long as the person does: the panel gets its answer when it opens. */
  private later(work: () => Promise<void>): Answer {
    work().catch((error: unknown) => this.options.actions.tell(this.describe(error)));
    return OK;
  }

  private sendOnce(request: Extract<PanelRequest, { type: 'send' }>): Promise<Answer> {
    const known = this.sends.get(request.clientMessageId);
    if (known) return known;
    const sending = this.send(request.text);
    this.sends.set(request.clientMessageId, sending);
    const oldest = this.sends.keys().next().value;
    if (this.sends.size > REMEMBERED_SENDS && oldest !== undefined) this.sends.delete(oldest);
    // A refused send changed nothing, so the same message may be tried again.
    sending.catch(() => this.sends.delete(request.clientMessageId));
    return sending;
  }

  private async send(text: string): Promise<Answer> {
    const { session, orchestrator } = this.options;
    const attachments = session.pendingAttachments;
    const turn = await orchestrator.send({ conversationId: session.conversation, text, attachments, model: session.model });
    const sent = new Set(attachments.map((a) => a.id));
    session.setAttachments(session.pendingAttachments.filter((a) => !sent.has(a.id)));
    this.options.saveDraft('');
    await session.adopt(turn.conversationId);
    return OK;
  }

  private async open(id: string): Promise<Answer> {
    const conversation = await this.options.conversations.get(conversationId(id));
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    await this.options.session.show(conversation.id);
    return OK;
  }

  private async act(action: NoticeAction, entryId: string | null): Promise<Answer> {
    const { session, orchestrator, actions } = this.options;
    switch (action) {
      case 'setApiKey':
        return this.later(() => actions.setApiKey());
      case 'openBudgetMenu':
        return this.later(() => actions.openBudgetMenu());
      case 'selectModel':
        return this.later(() => this.selectModel());
      case 'acceptUnknownPrice':
        return this.later(async () => {
          if (await actions.confirmUnknownPrice(session.model)) orchestrator.acceptUnknownPrice(session.conversation);
        });
      case 'retry':
        return this.retry(entryId);
      case 'showLog':
        actions.showLog();
        return OK;
      case 'newConversation':
        await session.show(null);
        return OK;
      case 'openBaseUrlSetting':
        return this.later(() => actions.openBaseUrlSetting());
    }
  }

  private async retry(entryId: string | null): Promise<Answer> {
    const { session, orchestrator } = this.options;
    if (entryId === null || session.conversation === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    await orchestrator.regenerate(session.conversation, messageId(entryId));
    // The new reply takes the old one's place on the branch that is shown.
    await session.snapshot();
    return OK;
  }

  private async selectModel(): Promise<void> {
    const { session, orchestrator, actions } = this.options;
    const picked = await actions.pickModel(session.model);
    if (picked === undefined) return;
    if (session.conversation) await orchestrator.chooseModel(session.conversation, modelId(picked));
    session.chooseModel(picked);
  }

  private describe(error: unknown): NoticeView {
    return error instanceof RefusedError ? this.options.describeRefusal(error.refusal) : this.options.describeError(error);
  }
}
