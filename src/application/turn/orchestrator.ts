import {
  type Attachment,
  type Conversation,
  UNTITLED,
  activeBranch,
  canContinue,
  isUntitled,
  questionOf,
  titleFrom,
} from '../../domain/conversation';
import { RefusedError } from '../../domain/failure';
import { type ConversationId, type MessageId, type ModelId, conversationId, messageId } from '../../domain/ids';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Clock, IdSource } from '../../domain/ports/system';
import type { StoreEvent } from '../../domain/storeEvent';
import type { Circuits } from './circuits';
import type { Conversations } from '../conversations/conversations';
import { SendPace } from './sendPace';
import type { SpendGate } from '../spend/gate';
import { storedOrRefused } from '../conversations/writeQueue';
import { type Draft, type Plan, type PlanInput, type TurnPlanner, validateInput } from './planner';
import { PlanInputs, type RegenerateOptions } from './planInputs';
import { type TurnQuote, quoteTurn, refusedQuote } from './quote';
import { TurnSlots } from './slots';
import { type TurnStart, type TurnStarter, addedMessage } from './starter';

export interface SendInput {
  /** Null: the first message of a new conversation. */
  readonly conversationId: ConversationId | null;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** For a new conversation. An existing one uses its own model. */
  readonly model?: ModelId;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

export interface NewConversation {
  readonly title?: string;
  readonly model?: ModelId;
  readonly systemPrompt?: string;
  readonly personaId?: string;
}

/** An accepted turn: its question is stored and its reply is requested. */
export interface AcceptedTurn {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  /** Resolves when the reply has ended and is stored. */
  readonly done: Promise<void>;
}

export interface OrchestratorOptions {
  readonly conversations: Conversations;
  readonly planner: TurnPlanner;
  readonly starter: TurnStarter;
  readonly gate: SpendGate;
  readonly circuits: Circuits;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * Runs turns in the only order that loses nothing: validate, plan, reserve durably, store the question durably, then open
 * the stream. A turn that is refused on the way leaves nothing behind except a released reservation.
 */
export class Orchestrator {
  private readonly slots: TurnSlots;
  private readonly pace: SendPace;
  private readonly inputs: PlanInputs;

  constructor(private readonly options: OrchestratorOptions) {
    this.slots = new TurnSlots(options.conversations);
    this.pace = new SendPace(options);
    this.inputs = new PlanInputs(options.settings);
  }

  /** @throws RefusedError: nothing was sent or stored. */
  async send(input: SendInput): Promise<AcceptedTurn> {
    validateInput(input.text);
    return this.slots.take(input.conversationId, async () => {
      this.pace.refuseDoubleClick(input.conversationId);
      const draft: Draft = { text: input.text, attachments: input.attachments };
      if (input.conversationId === null) return this.sendFirst(input, draft);
      const conversation = await this.idle(input.conversationId);
      // Continues the selected branch.
      const leaf = activeBranch(conversation).at(-1)?.id ?? null;
      const plan = await this.plan(this.inputs.next(input, conversation, leaf, draft));
      return this.ask(conversation.id, plan, leaf, draft, this.firstTitle(conversation, input.text));
    });
  }

  /**
   * Starts a new branch with another question in place of `questionId`, with its attachments, and a reply to it. The old
   * branch is kept. @throws RefusedError
   */
  async edit(id: ConversationId, questionId: MessageId, text: string): Promise<AcceptedTurn> {
    validateInput(text);
    return this.slots.take(id, async () => {
      this.pace.refuseDoubleClick(id);
      const conversation = await this.idle(id);
      const replaced = conversation.messages.get(questionId);
      if (replaced?.role !== 'user') throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
      const draft: Draft = { text, attachments: replaced.attachments };
      const plan = await this.plan(this.inputs.next({}, conversation, replaced.parentId, draft));
      return this.ask(id, plan, replaced.parentId, draft, []);
    });
  }

  /** Requests another reply to the same question, as a sibling of the old one. A new purchase. @throws RefusedError */
  async regenerate(id: ConversationId, replyId: MessageId, over: RegenerateOptions = {}): Promise<AcceptedTurn> {
    return this.slots.take(id, async () => {
      const conversation = await this.idle(id);
      const question = questionOf(conversation, replyId);
      if (!question) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
      const plan = await this.plan(this.inputs.again(conversation, question, over));
      return this.begin({ conversationId: id, plan, questionId: question.id, before: [] });
    });
  }

  /**
   * Continues a reply that was interrupted or stopped, with the conversation's current model. The new reply is a sibling
   * that begins with the old text; the original and its cost are kept. @throws RefusedError
   */
  async continueReply(id: ConversationId, replyId: MessageId): Promise<AcceptedTurn> {
    return this.slots.take(id, async () => {
      const conversation = await this.idle(id);
      const reply = conversation.messages.get(replyId);
      const question = questionOf(conversation, replyId);
      if (!reply || !question) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
      if (!canContinue(reply)) throw new RefusedError({ code: 'NOTHING_TO_CONTINUE' });
      const plan = await this.plan(this.inputs.again(conversation, question, { continues: reply }));
      return this.begin({ conversationId: id, plan, questionId: question.id, before: [] });
    });
  }

  /** Quote for {@link regenerate}. Throws only if the store can't be read. */
  async quoteAgain(id: ConversationId, replyId: MessageId, over: RegenerateOptions = {}): Promise<TurnQuote> {
    const conversation = await this.options.conversations.get(id);
    const question = conversation && questionOf(conversation, replyId);
    if (!question) return refusedQuote({ code: 'NOT_FOUND', what: 'message' });
    const { planner, gate, circuits } = this.options;
    return quoteTurn({ planner, gate, circuits }, id, this.inputs.again(conversation, question, over));
  }

  /** Quote for the meters below the composer, while the user types. Throws only if the store can't be read. */
  async quote(input: Pick<SendInput, 'conversationId' | 'text' | 'attachments' | 'model'>): Promise<TurnQuote> {
    const { conversations, planner, gate, circuits } = this.options;
    const conversation = input.conversationId === null ? undefined : await conversations.get(input.conversationId);
    if (input.conversationId !== null && !conversation)
      return refusedQuote({ code: 'NOT_FOUND', what: 'conversation' });
    const leaf = conversation ? (activeBranch(conversation).at(-1)?.id ?? null) : null;
    const draft: Draft = { text: input.text, attachments: input.attachments };
    return quoteTurn(
      { planner, gate, circuits },
      conversation?.id ?? null,
      this.inputs.next(input, conversation, leaf, draft),
    );
  }

  /** The text so far is kept. @returns false if no reply is streaming. */
  stop(id: ConversationId): Promise<boolean> {
    return this.slots.stop(id);
  }

  /** Stops every running reply and stores what arrived, before the window closes. */
  stopAll(): Promise<void> {
    return this.slots.stopAll();
  }

  isRunning(id: ConversationId): boolean {
    return this.slots.isRunning(id);
  }

  /** A reply is streaming or being prepared. */
  isBusy(id: ConversationId): boolean {
    return this.slots.isBusy(id);
  }

  async create(input: NewConversation = {}): Promise<ConversationId> {
    const created = await this.creation(input);
    await storedOrRefused(() => this.options.conversations.record([created]));
    return created.conversationId;
  }

  async chooseModel(id: ConversationId, model: ModelId): Promise<void> {
    await this.existing(id);
    const atMs = this.options.clock.nowMs();
    await storedOrRefused(() =>
      this.options.conversations.record([{ type: 'conversation.modelChosen', conversationId: id, model, atMs }]),
    );
  }

  /** The user agreed that this conversation (null: the next new one) may use models of unknown price. */
  acceptUnknownPrice(id: ConversationId | null): void {
    this.inputs.acceptUnknownPrice(id);
  }

  /** A conversation that was created empty gets its title from its first question. */
  private firstTitle(conversation: Conversation, text: string): StoreEvent[] {
    if (conversation.activeLeafId !== null || !isUntitled(conversation.title)) return [];
    return [
      {
        type: 'conversation.renamed',
        conversationId: conversation.id,
        title: titleFrom(text),
        atMs: this.options.clock.nowMs(),
      },
    ];
  }

  private async existing(id: ConversationId): Promise<Conversation> {
    const conversation = await this.options.conversations.get(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    return conversation;
  }

  /** @throws RefusedError BUSY if a reply is streaming, here or, as far as this window knows, in another live window. */
  private async idle(id: ConversationId): Promise<Conversation> {
    const conversation = await this.existing(id);
    if ([...conversation.messages.values()].some((m) => m.state === 'streaming'))
      throw new RefusedError({ code: 'BUSY' });
    return conversation;
  }

  private async sendFirst(input: SendInput, draft: Draft): Promise<AcceptedTurn> {
    const plan = await this.plan(this.inputs.next(input, undefined, null, draft));
    const created = await this.creation({ title: titleFrom(input.text), model: plan.request.model });
    const turn = await this.ask(created.conversationId, plan, null, draft, [created]);
    this.pace.accepted(null);
    return turn;
  }

  /** Stores the question, and `before` with it, and starts its reply. */
  private async ask(
    id: ConversationId,
    plan: Plan,
    parentId: MessageId | null,
    draft: Draft,
    before: readonly StoreEvent[],
  ): Promise<AcceptedTurn> {
    const questionId = messageId(this.options.ids.next());
    const question = addedMessage(id, questionId, {
      parentId,
      role: 'user',
      ...draft,
      atMs: this.options.clock.nowMs(),
    });
    const turn = await this.begin({ conversationId: id, plan, questionId, before: [...before, question] });
    this.pace.accepted(id);
    return turn;
  }

  private async begin(input: TurnStart): Promise<AcceptedTurn> {
    const { conversationId: id } = input;
    const controller = new AbortController();
    const { replyId, run } = await this.options.starter.begin(input, controller.signal);
    return { conversationId: id, replyId, done: this.slots.run(id, controller, run) };
  }

  private async plan(input: PlanInput): Promise<Plan> {
    const { planner } = this.options;
    const keyless = await planner.missingKey();
    if (keyless) throw new RefusedError(keyless);
    return planner.plan(input);
  }

  private async creation(input: NewConversation): Promise<Extract<StoreEvent, { type: 'conversation.created' }>> {
    const { conversations, ids, clock, settings } = this.options;
    const id = conversationId(ids.next());
    this.inputs.created(id);
    return {
      type: 'conversation.created',
      conversationId: id,
      runNumber: await conversations.nextRunNumber(),
      title: input.title ?? UNTITLED,
      model: input.model ?? settings.current().defaultModel,
      systemPrompt: input.systemPrompt ?? '',
      personaId: input.personaId ?? null,
      forkedFrom: null,
      atMs: clock.nowMs(),
    };
  }
}
