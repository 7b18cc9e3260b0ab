import type { Attachment, Message } from '../domain/conversation';
import { TOKENS_PER_MESSAGE, fitWindow } from '../domain/contextWindow';
import { type Failure, RefusedError } from '../domain/failure';
import type { ModelId } from '../domain/ids';
import type { Model } from '../domain/model';
import { type NanoUsd, ZERO_USD } from '../domain/money';
import type { ChatRequest, ChatTurn, ConnectionSource, SettingsSource, TokenCounter } from '../domain/ports';
import { type ModelPrice, worstCaseCost } from '../domain/price';
import { TRUNCATION_MARKER, contentToSend, systemTurn } from '../domain/prompt';
import type { ModelCatalogue } from './modelCatalogue';

/** Typed text in UTF-16 units; attachments are counted apart. */
export const MAX_INPUT_CHARACTERS = 32_000;

/** A reply shorter than this is of no use: a window or a budget that leaves less refuses instead. */
const MIN_REPLY_TOKENS = 16;

export interface Draft {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export interface PlanInput {
  readonly model: ModelId;
  readonly systemPrompt: string;
  /** First to last, without the newest. */
  readonly history: readonly Message[];
  readonly newest: Draft;
  readonly temperature?: number;
  readonly maxTokens?: number;
  /** The person agreed to send without knowing the price. */
  readonly acceptUnknownPrice: boolean;
}

export interface Plan {
  readonly request: ChatRequest;
  readonly price: ModelPrice | null;
  /** An estimate in the encoding nearest to the model's. */
  readonly promptTokens: number;
  readonly truncatedMessages: number;
  /** Zero only where the price is unknown and that was accepted. */
  readonly worstCaseNanoUsd: NanoUsd;
}

/** Refuses empty and over-long text. @throws RefusedError */
export function validateInput(text: string): void {
  if (text.trim() === '') throw new RefusedError({ code: 'EMPTY_INPUT' });
  if (text.length > MAX_INPUT_CHARACTERS) {
    throw new RefusedError({ code: 'INPUT_TOO_LONG', characters: text.length, limit: MAX_INPUT_CHARACTERS });
  }
}

/** Works out what will be sent and the most it can cost, before anything is stored or sent. */
export class TurnPlanner {
  constructor(
    private readonly catalogue: ModelCatalogue,
    private readonly counter: TokenCounter,
    private readonly connections: ConnectionSource,
    private readonly settings: SettingsSource,
  ) {}

  /** @throws RefusedError */
  async plan(input: PlanInput): Promise<Plan> {
    const connection = await this.connections.current();
    if (connection.keyRequired && connection.key === undefined) throw new RefusedError({ code: 'NO_KEY', origin: connection.origin });
    const model = await this.modelFor(input);
    const prompt = await this.fit(input, model);
    const maxTokens = this.replyCap(input, model, prompt.tokens);
    const price = model?.price ?? null;
    return {
      request: { model: input.model, turns: prompt.turns, maxTokens, ...this.temperature(input) },
      price,
      promptTokens: prompt.tokens,
      truncatedMessages: prompt.dropped,
      worstCaseNanoUsd: price ? worstCaseCost(price, boundTokens(prompt.turns), maxTokens) : ZERO_USD,
    };
  }

  private async modelFor(input: PlanInput): Promise<Model | undefined> {
    const listing = await this.catalogue.list();
    const model = this.catalogue.known(input.model);
    if (model?.price || input.acceptUnknownPrice) return model;
    const listFailure: Failure | undefined = listing.kind === 'stale' ? listing.failure : undefined;
    if (!model && !listFailure && listing.models.length > 0) throw new RefusedError({ code: 'NOT_FOUND', what: 'model' });
    throw new RefusedError({ code: 'PRICE_UNKNOWN', model: input.model, ...(listFailure ? { listFailure } : {}) });
  }

  private async fit(input: PlanInput, model: Model | undefined): Promise<{ turns: ChatTurn[]; tokens: number; dropped: number }> {
    const history = input.history.filter(worthSending).map((m) => ({ role: roleOf(m), content: contentToSend(m) }));
    const newest: ChatTurn = { role: 'user', content: contentToSend({ content: input.newest.text, attachments: input.newest.attachments }) };
    const system = systemTurn(input.systemPrompt, [...input.history, input.newest]);
    const texts = [system?.content ?? '', TRUNCATION_MARKER, newest.content, ...history.map((t) => t.content)];
    const [systemTokens = 0, markerTokens = 0, newestTokens = 0, ...historyTokens] = await this.counter.count(texts, input.model);
    const contextLength = model?.contextLength ?? null;
    const fit = fitWindow({
      contextLength,
      reserveTokens: this.replyReserve(contextLength),
      systemTokens,
      history: history.map((t, i) => ({ role: t.role, tokens: historyTokens[i] ?? 0 })),
      newestTokens,
      markerTokens,
    });
    if (fit.kind === 'tooLong') throw new RefusedError({ code: 'CONTEXT_TOO_LONG', tokens: fit.tokens, limitTokens: fit.limitTokens });
    const marker: ChatTurn[] = fit.dropped > 0 ? [{ role: 'system', content: TRUNCATION_MARKER }] : [];
    const turns = [...(system ? [system] : []), ...marker, ...history.slice(fit.firstKept), newest];
    return { turns, tokens: fit.promptTokens, dropped: fit.dropped };
  }

  /** Never more than half of a small window, or nothing could be asked there. */
  private replyReserve(contextLength: number | null): number {
    const { reserveTokens } = this.settings.current();
    return contextLength === null ? reserveTokens : Math.min(reserveTokens, Math.floor(contextLength / 2));
  }

  /** `max_tokens`: the smallest of what was asked, what the model can write and what the window leaves. */
  private replyCap(input: PlanInput, model: Model | undefined, promptTokens: number): number {
    const asked = input.maxTokens ?? this.settings.current().maxOutputTokens;
    const left = model?.contextLength ? model.contextLength - promptTokens : asked;
    return Math.max(MIN_REPLY_TOKENS, Math.min(asked, model?.maxCompletionTokens ?? asked, left));
  }

  private temperature(input: PlanInput): { temperature?: number } {
    const temperature = input.temperature ?? this.settings.current().temperature;
    return temperature === null ? {} : { temperature };
  }
}

/** A reply without text has nothing to say to the model; a system message has its own place. */
const worthSending = (m: Message): boolean => m.role !== 'system' && (m.content !== '' || m.attachments.length > 0);

const roleOf = (m: Message): 'user' | 'assistant' => (m.role === 'assistant' ? 'assistant' : 'user');

/** Byte-level tokenizers never make more tokens than UTF-8 bytes; templates add a few around each message. */
const boundTokens = (turns: readonly ChatTurn[]): number =>
  turns.reduce((sum, turn) => sum + new TextEncoder().encode(turn.content).length + 4 * TOKENS_PER_MESSAGE, 0);
