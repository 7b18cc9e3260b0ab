import { type Attachment, type Conversation, type Message, UNTITLED, activeBranch, branchTo, titleFrom } from '../domain/conversation';
import { RefusedError } from '../domain/failure';
import { type ConversationId, type MessageId, type ModelId, conversationId, messageId } from '../domain/ids';
import type { Clock, IdSource, SettingsSource } from '../domain/ports';
import type { StoreEvent } from '../domain/storeEvent';
import type { Conversations } from './conversations';
import type { SpendGate } from './spendGate';
import { storedOrRefused } from './storeRefusal';
import { type Draft, type Plan, type PlanInput, type TurnPlanner, validateInput } from './turnPlanner';
import { type TurnQuote, quoteTurn, refusedQuote } from './turnQuote';
import { type TurnStart, type TurnStarter, addedMessage } from './turnStarter';

export type { TurnQuote } from './turnQuote';

export interface SendInput {
  /** Null: the first message of a new conversation. */
  readonly conversationId: ConversationId | null;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** For a new conversation; else the conversation's own model answers. */
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

/** A turn that has been accepted: its question is on disk, its reply is on the way. */
export interface AcceptedTurn {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  /** Resolves when the reply has ended and everything about it is stored. */
  readonly done: Promise<void>;
}

export interface OrchestratorOptions {
  readonly conversations: Conversations;
  readonly planner: TurnPlanner;
  readonly starter: TurnStarter;
  readonly gate: SpendGate;
  readonly settings: SettingsSource;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** What another try does otherwise than the conversation usually does. */
export interface Otherwise {
  readonly model?: ModelId;
  /** Tokens of the window that the provider named. */
  readonly contextLength?: number;
}

/** A conversation that is not yet stored takes its turn under this name. */
const NEW = 'new';

/**
 * The turn, in the only order that loses nothing: validate, plan, reserve durably, store the question durably,
 * then open the stream. What is refused on the way leaves no trace but a refused reservation.
 */
export class Orchestrator {
  private readonly running = new Map<ConversationId, { readonly controller: AbortController; readonly done: Promise<void> }>();
  /** From a send's first check until its stream is open, so that two sends cannot both pass the checks. */
  private readonly preparing = new Set<string>();
  private readonly acceptedAtMs = new Map<string, number>();
  private readonly unknownPriceAccepted = new Set<ConversationId | null>();

  constructor(private readonly options: OrchestratorOptions) {}

  /** @throws RefusedError: nothing was sent and nothing was stored. */
  async send(input: SendInput): Promise<AcceptedTurn> {
    validateInput(input.text);
    return this.exclusively(input.conversationId, async () => {
      this.refuseDoubleClick(input.conversationId);
      const draft: Draft = { text: input.text, attachments: input.attachments };
      if (input.conversationId === null) return this.sendFirst(input, draft);
      const conversation = await this.idle(input.conversationId);
      // The branch that is shown is the one that is continued.
      const leaf = activeBranch(conversation).at(-1)?.id ?? null;
      const plan = await this.plan(input, conversation, leaf, draft);
      return this.ask(conversation.id, plan, leaf, draft, this.firstTitle(conversation, input.text));
    });
  }

  /**
   * Another question in the place of `questionId`, with its attachments, and a reply to it: a new branch. The old
   * one stays. @throws RefusedError
   */
  async edit(id: ConversationId, questionId: MessageId, text: string): Promise<AcceptedTurn> {
    validateInput(text);
    return this.exclusively(id, async () => {
      this.refuseDoubleClick(id);
      const conversation = await this.idle(id);
      const replaced = conversation.messages.get(questionId);
      if (replaced?.role !== 'user') throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
      const draft: Draft = { text, attachments: replaced.attachments };
      const plan = await this.plan({}, conversation, replaced.parentId, draft);
      return this.ask(id, plan, replaced.parentId, draft, []);
    });
  }

  /** Asks the same question again; the new reply is a sibling of the old one. A new purchase. @throws RefusedError */
  async regenerate(id: ConversationId, replyId: MessageId, otherwise: Otherwise = {}): Promise<AcceptedTurn> {
    return this.exclusively(id, async () => {
      const conversation = await this.idle(id);
      const question = questionOf(conversation, replyId);
      if (!question) throw new RefusedError({ code: 'NOT_FOUND', what: 'message' });
      const keyless = await this.options.planner.missingKey();
      if (keyless) throw new RefusedError(keyless);
      const plan = await this.options.planner.plan(this.againInput(conversation, question, otherwise));
      return this.begin({ conversationId: id, plan, questionId: question.id, before: [] });
    });
  }

  /** What {@link regenerate} would take now. Throws only where the store cannot be read. */
  async quoteAgain(id: ConversationId, replyId: MessageId, otherwise: Otherwise = {}): Promise<TurnQuote> {
    const conversation = await this.options.conversations.get(id);
    const question = conversation && questionOf(conversation, replyId);
    if (!question) return refusedQuote({ code: 'NOT_FOUND', what: 'message' });
    return quoteTurn(this.options.planner, this.options.gate, id, this.againInput(conversation, question, otherwise));
  }

  /** For the meters beside the composer, as often as somebody types. Throws only where the store cannot be read. */
  async quote(input: Pick<SendInput, 'conversationId' | 'text' | 'attachments' | 'model'>): Promise<TurnQuote> {
    const { conversations, planner, gate } = this.options;
    const conversation = input.conversationId === null ? undefined : await conversations.get(input.conversationId);
    if (input.conversationId !== null && !conversation) return refusedQuote({ code: 'NOT_FOUND', what: 'conversation' });
    const leaf = conversation ? (activeBranch(conversation).at(-1)?.id ?? null) : null;
    const draft: Draft = { text: input.text, attachments: input.attachments };
    return quoteTurn(planner, gate, conversation?.id ?? null, this.planInput(input, conversation, leaf, draft));
  }

  /** @returns false when nothing streams there. The text so far is kept. */
  async stop(id: ConversationId): Promise<boolean> {
    const turn = this.running.get(id);
    if (!turn) return false;
    turn.controller.abort();
    await turn.done;
    return true;
  }

  /** Ends every running reply and stores what arrived: before the window closes. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }

  isRunning(id: ConversationId): boolean {
    return this.running.has(id);
  }

  /** A reply streams there, or is about to. */
  isBusy(id: ConversationId): boolean {
    return this.running.has(id) || this.preparing.has(id);
  }

  async create(input: NewConversation = {}): Promise<ConversationId> {
    const created = await this.creation(input);
    await storedOrRefused(() => this.options.conversations.record([created]));
    return created.conversationId;
  }

  async chooseModel(id: ConversationId, model: ModelId): Promise<void> {
    await this.existing(id);
    const atMs = this.options.clock.nowMs();
    await storedOrRefused(() => this.options.conversations.record([{ type: 'conversation.modelChosen', conversationId: id, model, atMs }]));
  }

  /** The person agreed that this conversation (null: the next new one) may use models of unknown price. */
  acceptUnknownPrice(id: ConversationId | null): void {
    this.unknownPriceAccepted.add(id);
  }

  private async exclusively<T>(id: ConversationId | null, action: () => Promise<T>): Promise<T> {
    const slot = id ?? NEW;
    if (this.preparing.has(slot) || (id !== null && this.running.has(id))) throw new RefusedError({ code: 'BUSY' });
    this.preparing.add(slot);
    try {
      return await action();
    } finally {
      this.preparing.delete(slot);
    }
  }

  /** A conversation that was created empty takes its title from its first question. */
  private firstTitle(conversation: Conversation, text: string): StoreEvent[] {
    if (conversation.activeLeafId !== null || conversation.title !== UNTITLED) return [];
    return [{ type: 'conversation.renamed', conversationId: conversation.id, title: titleFrom(text), atMs: this.options.clock.nowMs() }];
  }

  private refuseDoubleClick(id: ConversationId | null): void {
    const last = this.acceptedAtMs.get(id ?? NEW);
    if (last === undefined) return;
    const waitMs = last + this.options.settings.current().minIntervalMs - this.options.clock.monotonicMs();
    if (waitMs > 0) throw new RefusedError({ code: 'TOO_SOON', waitMs });
  }

  private async existing(id: ConversationId): Promise<Conversation> {
    const conversation = await this.options.conversations.get(id);
    if (!conversation) throw new RefusedError({ code: 'NOT_FOUND', what: 'conversation' });
    return conversation;
  }

  /** One turn at a time, over all windows: none streams here, and none in another window that is alive. */
  private async idle(id: ConversationId): Promise<Conversation> {
    const conversation = await this.existing(id);
    if ([...conversation.messages.values()].some((m) => m.state === 'streaming')) throw new RefusedError({ code: 'BUSY' });
    return conversation;
  }

  private async sendFirst(input: SendInput, draft: Draft): Promise<AcceptedTurn> {
    const plan = await this.plan(input, undefined, null, draft);
    const created = await this.creation({ title: titleFrom(input.text), model: plan.request.model });
    const turn = await this.ask(created.conversationId, plan, null, draft, [created]);
    this.acceptedAtMs.set(NEW, this.options.clock.monotonicMs());
    return turn;
  }

  /** A question and its reply; `before` is stored with them. */
  private async ask(id: ConversationId, plan: Plan, parentId: MessageId | null, draft: Draft, before: readonly StoreEvent[]): Promise<AcceptedTurn> {
    const questionId = messageId(this.options.ids.next());
    const question = addedMessage(id, questionId, { parentId, role: 'user', ...draft, atMs: this.options.clock.nowMs() });
    const turn = await this.begin({ conversationId: id, plan, questionId, before: [...before, question] });
    this.acceptedAtMs.set(id, this.options.clock.monotonicMs());
    return turn;
  }

  private async begin(input: TurnStart): Promise<AcceptedTurn> {
    const id = input.conversationId;
    const controller = new AbortController();
    const { replyId, run } = await this.options.starter.begin(input, controller.signal);
    const done = run().finally(() => this.running.delete(id));
    this.running.set(id, { controller, done });
    return { conversationId: id, replyId, done };
  }

  private async plan(...input: Parameters<Orchestrator['planInput']>): Promise<Plan> {
    const { planner } = this.options;
    const keyless = await planner.missingKey();
    if (keyless) throw new RefusedError(keyless);
    return planner.plan(this.planInput(...input));
  }

  private planInput(input: Pick<SendInput, 'model' | 'temperature' | 'maxTokens'>, conversation: Conversation | undefined, leaf: MessageId | null, newest: Draft): PlanInput {
    return {
      model: conversation?.model ?? input.model ?? this.options.settings.current().defaultModel,
      systemPrompt: conversation?.systemPrompt ?? '',
      history: conversation ? branchTo(conversation, leaf) : [],
      newest,
      acceptUnknownPrice: this.unknownPriceAccepted.has(conversation?.id ?? null),
      ...(input.temperature === undefined ? {} : { temperature: input.temperature }),
      ...(input.maxTokens === undefined ? {} : { maxTokens: input.maxTokens }),
    };
  }

  private againInput(conversation: Conversation, question: Message, otherwise: Otherwise): PlanInput {
    return { ...this.planInput({}, conversation, question.parentId, { text: question.content, attachments: question.attachments }), ...otherwise };
  }

  private async creation(input: NewConversation): Promise<Extract<StoreEvent, { type: 'conversation.created' }>> {
    const { conversations, ids, clock, settings } = this.options;
    const id = conversationId(ids.next());
    if (this.unknownPriceAccepted.delete(null)) this.unknownPriceAccepted.add(id);
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

function questionOf(conversation: Conversation, replyId: MessageId): Message | undefined {
  const parentId = conversation.messages.get(replyId)?.parentId;
  const question = parentId ? conversation.messages.get(parentId) : undefined;
  return question?.role === 'user' ? question : undefined;
}
