import type { Attachment, Message } from '../../domain/conversation';
import { TOKENS_PER_MESSAGE, fitWindow } from '../../domain/contextWindow';
import { type Failure, type Refusal, RefusedError } from '../../domain/failure';
import type { ConversationId, ModelId } from '../../domain/ids';
import type { Model } from '../../domain/model';
import type { ChatRequest, ChatTurn, ConnectionSource } from '../../domain/ports/provider';
import type { SettingsSource } from '../../domain/ports/settings';
import type { TokenCounter } from '../../domain/ports/system';
import { type ModelPrice, ceilingOf } from '../../domain/price';
import { OMISSION_MARKER, contentToSend, continuingTurns, systemTurn } from '../../domain/prompt';
import type { ModelCatalogue } from '../models/catalogue';
import type { SpendRequest } from '../spend/gate';

/** Length of the typed text in UTF-16 units, without attachments. */
export const MAX_INPUT_CHARACTERS = 32_000;

/** A shorter reply is useless unless it was requested, so a budget that leaves less refuses. */
const MIN_REPLY_TOKENS = 256;

/**
 * Used where OpenRouter lists no price, for example for its own routers: 60 USD per million prompt tokens, 240 per million
 * completion tokens, 0.02 per request. Sent as the ceiling, so it holds for any model the router picks.
 */
export const UNKNOWN_PRICE_CEILING: ModelPrice = {
  prompt: { digits: 6n, scale: 5 },
  completion: { digits: 24n, scale: 5 },
  request: { digits: 2n, scale: 2 },
};

export interface Draft {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export interface PlanInput {
  readonly model: ModelId;
  readonly systemPrompt: string;
  /** First to last, without the newest message. */
  readonly history: readonly Message[];
  readonly newest: Draft;
  /** The reply to `newest` that the new one continues. Absent: a new reply. */
  readonly continues?: Message;
  readonly temperature?: number;
  readonly maxTokens?: number;
  /** A smaller context window than the model is listed with, in tokens. */
  readonly contextLength?: number;
  /** The user agreed to send without a known price. */
  readonly acceptUnknownPrice: boolean;
}

export interface Plan {
  /** Input of the plan, for planning the same turn with another model. */
  readonly input: PlanInput;
  /** `maxTokens`: what settings, model and context window allow. The budget may allow less. */
  readonly request: ChatRequest;
  /** As listed. Null: unknown, and the user agreed to that. */
  readonly price: ModelPrice | null;
  /** The worst case is computed with this: the price, or the ceiling used instead. Null: nothing limits the cost. */
  readonly effectivePrice: ModelPrice | null;
  /** An estimate, in the encoding closest to the model's. */
  readonly promptTokens: number;
  /** Upper bound for any tokenizer. */
  readonly promptTokensBound: number;
  /** A budget that leaves fewer tokens refuses. */
  readonly minTokens: number;
  readonly omittedMessages: number;
  /** Context window of the plan, in tokens. Null: unknown. */
  readonly contextLength: number | null;
}

export interface TurnPlannerOptions {
  readonly catalogue: ModelCatalogue;
  readonly counter: TokenCounter;
  readonly connections: ConnectionSource;
  readonly settings: SettingsSource;
}

/** Refuses empty and over-long text. @throws RefusedError */
export function validateInput(text: string): void {
  if (text.trim() === '') throw new RefusedError({ code: 'EMPTY_INPUT' });
  if (text.length > MAX_INPUT_CHARACTERS) {
    throw new RefusedError({ code: 'INPUT_TOO_LONG', characters: text.length, limit: MAX_INPUT_CHARACTERS });
  }
}

/** Decides what will be sent and at what price, before anything is stored or sent. */
export class TurnPlanner {
  constructor(private readonly options: TurnPlannerOptions) {}

  /** The refusal if the server needs a key and there is none. */
  async missingKey(): Promise<Refusal | undefined> {
    const { keyRequired, key, origin } = await this.options.connections.current();
    return keyRequired && key === undefined ? { code: 'NO_KEY', origin } : undefined;
  }

  /** Needs no key. @throws RefusedError */
  async plan(input: PlanInput): Promise<Plan> {
    const model = await this.modelFor(input);
    const prompt = await this.fit(input, model);
    const maxTokens = this.replyCap(input, model, prompt.tokens);
    const price = model?.price ?? null;
    // Other servers do not enforce a ceiling, so it says nothing about what they charge.
    const { isOpenRouter } = await this.options.connections.current();
    const effectivePrice = price ?? (isOpenRouter ? UNKNOWN_PRICE_CEILING : null);
    const ceiling = effectivePrice ? { ceiling: ceilingOf(effectivePrice) } : {};
    return {
      input,
      request: { model: input.model, turns: prompt.turns, maxTokens, ...this.temperature(input), ...ceiling },
      price,
      effectivePrice,
      promptTokens: prompt.tokens,
      promptTokensBound: boundTokens(prompt.turns),
      minTokens: Math.min(MIN_REPLY_TOKENS, maxTokens),
      omittedMessages: prompt.dropped,
      contextLength: windowOf(input, model),
    };
  }

  private async modelFor(input: PlanInput): Promise<Model | undefined> {
    const listing = await this.options.catalogue.list();
    const model = this.options.catalogue.known(input.model);
    if (model?.price || input.acceptUnknownPrice) return model;
    const listFailure: Failure | undefined = listing.kind === 'stale' ? listing.failure : undefined;
    if (!model && !listFailure && listing.models.length > 0)
      throw new RefusedError({ code: 'NOT_FOUND', what: 'model' });
    throw new RefusedError({ code: 'PRICE_UNKNOWN', model: input.model, ...(listFailure ? { listFailure } : {}) });
  }

  private async fit(
    input: PlanInput,
    model: Model | undefined,
  ): Promise<{ turns: ChatTurn[]; tokens: number; dropped: number }> {
    const history = input.history.filter(worthSending).map((m) => ({ role: roleOf(m), content: contentToSend(m) }));
    const question: ChatTurn = {
      role: 'user',
      content: contentToSend({ content: input.newest.text, attachments: input.newest.attachments }),
    };
    const newest = [question, ...(input.continues ? continuingTurns(input.continues.content, input.model) : [])];
    const system = systemTurn(input.systemPrompt, [...input.history, input.newest]);
    const texts = [system?.content ?? '', OMISSION_MARKER, ...[...newest, ...history].map((t) => t.content)];
    const [systemTokens = 0, markerTokens = 0, ...turnTokens] = await this.options.counter.count(texts, input.model);
    const contextLength = windowOf(input, model);
    const fit = fitWindow({
      contextLength,
      reserveTokens: this.replyReserve(contextLength),
      systemTokens,
      history: history.map((t, i) => ({ role: t.role, tokens: turnTokens[newest.length + i] ?? 0 })),
      newestTokens: turnTokens.slice(0, newest.length),
      markerTokens,
    });
    if (fit.kind === 'tooLong')
      throw new RefusedError({ code: 'CONTEXT_TOO_LONG', tokens: fit.tokens, limitTokens: fit.limitTokens });
    const marker: ChatTurn[] = fit.dropped > 0 ? [{ role: 'system', content: OMISSION_MARKER }] : [];
    const turns = [...(system ? [system] : []), ...marker, ...history.slice(fit.firstKept), ...newest];
    return { turns, tokens: fit.promptTokens, dropped: fit.dropped };
  }

  /** At most half of a small context window, so that there is room for a question. */
  private replyReserve(contextLength: number | null): number {
    const { reserveTokens } = this.options.settings.current();
    return contextLength === null ? reserveTokens : Math.min(reserveTokens, Math.floor(contextLength / 2));
  }

  /** `max_tokens`: the smallest of the requested number, the model's limit and the room left in the context window. */
  private replyCap(input: PlanInput, model: Model | undefined, promptTokens: number): number {
    const requested = input.maxTokens ?? this.options.settings.current().maxOutputTokens;
    const contextLength = windowOf(input, model);
    const left = contextLength ? contextLength - promptTokens : requested;
    return Math.max(1, Math.min(requested, model?.maxCompletionTokens ?? requested, left));
  }

  private temperature(input: PlanInput): { temperature?: number } {
    const temperature = input.temperature ?? this.options.settings.current().temperature;
    return temperature === null ? {} : { temperature };
  }
}

/** What the budget's gate needs to know about a plan. */
export const spendRequestOf = (plan: Plan, conversationId: ConversationId | null): SpendRequest => ({
  conversationId,
  model: plan.request.model,
  price: plan.effectivePrice,
  promptTokensBound: plan.promptTokensBound,
  maxTokens: plan.request.maxTokens,
  minTokens: plan.minTokens,
});

/** In tokens. Null: unknown. */
function windowOf({ contextLength }: PlanInput, model: Model | undefined): number | null {
  const listed = model?.contextLength ?? null;
  return contextLength === undefined || (listed !== null && listed <= contextLength) ? listed : contextLength;
}

/** Empty replies are not sent, and system messages are sent separately. */
const worthSending = (m: Message): boolean => m.role !== 'system' && (m.content !== '' || m.attachments.length > 0);

const roleOf = (m: Message): 'user' | 'assistant' => (m.role === 'assistant' ? 'assistant' : 'user');

/** Byte-level tokenizers never produce more tokens than UTF-8 bytes. Chat templates add a few per message. */
const boundTokens = (turns: readonly ChatTurn[]): number =>
  turns.reduce((sum, turn) => sum + new TextEncoder().encode(turn.content).length + 4 * TOKENS_PER_MESSAGE, 0);
