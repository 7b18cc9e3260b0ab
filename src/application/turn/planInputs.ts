import { type Conversation, type Message, branchTo } from '../../domain/conversation';
import type { ConversationId, MessageId, ModelId } from '../../domain/ids';
import type { SettingsSource } from '../../domain/ports/settings';
import type { Draft, PlanInput } from './planner';

/** Overrides for this one reply. */
export interface RegenerateOptions {
  /** Another model, whatever it costs: the user has agreed to that. The conversation keeps its own. */
  readonly model?: ModelId;
  /** A smaller context window than the model is listed with, in tokens: older messages are omitted until the rest fits. */
  readonly contextLength?: number;
}

/** What a turn is planned from: the conversation, the new question, the settings, and what the user has agreed to. */
export class PlanInputs {
  /** Null: the next new conversation. */
  private readonly unknownPriceAccepted = new Set<ConversationId | null>();

  constructor(private readonly settings: SettingsSource) {}

  /** The user agreed that this conversation may use models of unknown price. */
  acceptUnknownPrice(id: ConversationId | null): void {
    this.unknownPriceAccepted.add(id);
  }

  /** What was agreed for the next new conversation holds for this one, and no further. */
  created(id: ConversationId): void {
    if (this.unknownPriceAccepted.delete(null)) this.unknownPriceAccepted.add(id);
  }

  /** A question after `leaf`; without a conversation, the first of a new one. */
  next(
    input: { readonly model?: ModelId; readonly temperature?: number; readonly maxTokens?: number },
    conversation: Conversation | undefined,
    leaf: MessageId | null,
    newest: Draft,
  ): PlanInput {
    return {
      model: conversation?.model ?? input.model ?? this.settings.current().defaultModel,
      systemPrompt: conversation?.systemPrompt ?? '',
      history: conversation ? branchTo(conversation, leaf) : [],
      newest,
      acceptUnknownPrice: this.unknownPriceAccepted.has(conversation?.id ?? null),
      ...(input.temperature === undefined ? {} : { temperature: input.temperature }),
      ...(input.maxTokens === undefined ? {} : { maxTokens: input.maxTokens }),
    };
  }

  /** The same question again. */
  again(
    conversation: Conversation,
    question: Message,
    over: RegenerateOptions & Pick<PlanInput, 'continues'>,
  ): PlanInput {
    const draft: Draft = { text: question.content, attachments: question.attachments };
    return { ...this.next({}, conversation, question.parentId, draft), ...over };
  }
}
