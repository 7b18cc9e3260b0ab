import { contextNumbers } from '../../domain/contextWindow';
import type { Conversation, Message } from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import { type ConversationId, type ModelId, messageId } from '../../domain/ids';
import type { NanoUsd } from '../../domain/money';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock } from '../../domain/ports/system';
import { isNotMoreExpensive } from '../../domain/price';
import type { Answer, PanelRequest } from '../../protocol/messages';
import type { Branches } from '../conversations/branches';
import type { Conversations } from '../conversations/conversations';
import { nextOfChain } from './entryPresenter';
import type { ModelCatalogue } from '../models/catalogue';
import type { Orchestrator } from '../turn/orchestrator';
import type { RegenerateOptions } from '../turn/planInputs';
import type { PanelSession } from './session';
import { priceText } from '../models/priceText';

type RequestOf<T extends PanelRequest['type']> = Extract<PanelRequest, { type: T }>;
export type TurnRequest = RequestOf<
  'send' | 'edit' | 'regenerate' | 'continueReply' | 'stop' | 'chooseSibling' | 'fork'
>;

/** A model that may cost more than the one that the conversation uses, and what its reply may cost. */
export interface MoreExpensiveModel {
  readonly model: ModelId;
  /** `3/15 $/M` */
  readonly priceText: string;
  readonly insteadOf: ModelId;
  readonly insteadOfPriceText: string;
  /** Null: nothing limits the cost. */
  readonly worstCaseNanoUsd: NanoUsd | null;
}

export interface PanelTurnsOptions {
  readonly session: PanelSession;
  readonly orchestrator: Orchestrator;
  readonly branches: Branches;
  readonly conversations: Conversations;
  readonly catalogue: ModelCatalogue;
  readonly settings: SettingsSource;
  readonly clock: Pick<Clock, 'nowMs'>;
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
  async regenerate(entryId: string | null, over: RegenerateOptions = {}): Promise<Answer> {
    const { session, orchestrator } = this.options;
    if (entryId === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    await orchestrator.regenerate(this.shown(), messageId(entryId), over);
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

  /** With the window that the provider named when it refused the prompt. @throws RefusedError */
  async shorten(entryId: string | null): Promise<Answer> {
    const { reply } = await this.replyOf(entryId);
    const named = reply.failure && contextNumbers(reply.failure.detail);
    if (!named) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    return this.regenerate(reply.id, { contextLength: named.limitTokens });
  }

  /**
   * Asks the next model of the person's chain, for this reply only. One that is surely no dearer is asked at once, any
   * other after `confirm`, which is not waited for. @throws RefusedError: it would not be sent anyway
   */
  async switchModel(
    entryId: string | null,
    confirm: (dearer: MoreExpensiveModel, ask: () => Promise<void>) => void,
  ): Promise<Answer> {
    const { orchestrator, catalogue, settings, clock } = this.options;
    const { conversation, reply } = await this.replyOf(entryId);
    const model = nextOfChain(settings.current().fallbackModels, reply);
    if (model === undefined) throw new RefusedError({ code: 'NOT_FOUND', what: 'model' });
    const quote = await orchestrator.quoteAgain(conversation.id, reply.id, { model });
    if (quote.refusal) throw new RefusedError(quote.refusal);
    const [next, usual] = [catalogue.known(model), catalogue.known(conversation.model)];
    if (next?.price && usual?.price && isNotMoreExpensive(next.price, usual.price, quote.promptTokens, clock.nowMs()))
      return this.regenerate(reply.id, { model });
    const dearer: MoreExpensiveModel = {
      model,
      priceText: priceText(next),
      insteadOf: conversation.model,
      insteadOfPriceText: priceText(usual),
      worstCaseNanoUsd: quote.worstCaseNanoUsd,
    };
    confirm(dearer, async () => void (await this.regenerate(reply.id, { model })));
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
    const turn = await orchestrator.send({
      conversationId: session.conversation,
      text,
      attachments,
      model: session.model,
    });
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

  private async replyOf(
    entryId: string | null,
  ): Promise<{ readonly conversation: Conversation; readonly reply: Message }> {
    const conversation = await this.options.conversations.get(this.shown());
    const reply = entryId === null ? undefined : conversation?.messages.get(messageId(entryId));
    if (!conversation || !reply) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    return { conversation, reply };
  }

  private shown(): ConversationId {
    const id = this.options.session.conversation;
    if (id === null) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
    return id;
  }
}
