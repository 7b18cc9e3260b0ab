import type { NanoUsd } from '../domain/money';
import type { Clock, ProviderEvent } from '../domain/ports';
import { type ModelPrice, affordableReplyTokens, estimateCost } from '../domain/price';
import type { TurnPhase, TurnProgress } from '../domain/productEvent';
import type { Turn } from './turnRunner';

/** Rough tokens of streamed text, for figures that move; the bill's own count replaces it at the end. */
const CHARACTERS_PER_TOKEN = 4;
/**
 * More than any whole reply has on average: prose and code have three to six, runs of spaces some more. A reply that
 * honestly uses all its `max_tokens` must not look as if it went beyond them.
 */
const MOST_CHARACTERS_PER_TOKEN = 8;
const VELOCITY_SAMPLES = 60;
const SAMPLE_MS = 1_000;

/** Measures one running reply on the monotonic clock. */
export class TurnMeter {
  timeToFirstTokenMs: number | null = null;
  private phase: TurnPhase = 'connecting';
  private characters = 0;
  private readonly startedAtMs: number;
  /** Text that cannot have cost less than the worst case. */
  private readonly mostCharacters: number;
  /** Estimated tokens received in each whole second since the first token. */
  private readonly tokensBySecond: number[] = [];

  constructor(
    private readonly turn: Pick<Turn, 'conversationId' | 'replyId' | 'plan' | 'worstCaseNanoUsd'>,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.monotonicMs();
    const { reckonedPrice, promptTokens, request } = turn.plan;
    const tokens = reckonedPrice ? affordableReplyTokens(reckonedPrice, promptTokens, turn.worstCaseNanoUsd) : Infinity;
    this.mostCharacters = Math.max(tokens, request.maxTokens) * MOST_CHARACTERS_PER_TOKEN;
  }

  /** The text alone has cost more than the request's worst case: whoever answers ignores `max_tokens`. */
  get isBeyondWorstCase(): boolean {
    return this.characters > this.mostCharacters;
  }

  get elapsedMs(): number {
    return Math.round(this.clock.monotonicMs() - this.startedAtMs);
  }

  observe(event: ProviderEvent): void {
    if (event.type === 'text' || event.type === 'reasoning') this.received(event.text.length);
    else if (this.phase === 'connecting' && event.type !== 'ended') this.phase = 'thinking';
  }

  progress(): TurnProgress {
    return {
      conversationId: this.turn.conversationId,
      replyId: this.turn.replyId,
      phase: this.phase,
      elapsedMs: this.elapsedMs,
      model: this.turn.plan.request.model,
      retryOf: null,
      waitMs: null,
      tokensPerSecond: this.tokensPerSecond(),
      velocity: this.velocity(),
      estimateNanoUsd: this.estimate(),
    };
  }

  private received(characters: number): void {
    if (characters === 0) return;
    this.phase = 'streaming';
    this.timeToFirstTokenMs ??= this.elapsedMs;
    this.characters += characters;
    const second = Math.floor((this.elapsedMs - this.timeToFirstTokenMs) / SAMPLE_MS);
    while (this.tokensBySecond.length <= second) this.tokensBySecond.push(0);
    this.tokensBySecond[second] = (this.tokensBySecond[second] ?? 0) + characters / CHARACTERS_PER_TOKEN;
  }

  private velocity(): number[] {
    return this.tokensBySecond.slice(-VELOCITY_SAMPLES).map(Math.round);
  }

  private tokensPerSecond(): number {
    if (this.timeToFirstTokenMs === null) return 0;
    const streamedMs = this.elapsedMs - this.timeToFirstTokenMs;
    return streamedMs < SAMPLE_MS / 4 ? 0 : Math.round(this.characters / CHARACTERS_PER_TOKEN / (streamedMs / 1000));
  }

  private estimate(): NanoUsd | null {
    const { price, promptTokens } = this.turn.plan;
    return price && estimateSoFar(price, promptTokens, this.characters, this.clock.nowMs());
  }
}

/** What a reply has cost so far by the price list, its length judged by its text. `atMs`: wall clock, for the rates. */
export function estimateSoFar(price: ModelPrice, promptTokens: number, characters: number, atMs: number): NanoUsd {
  const completionTokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return estimateCost(price, { promptTokens, completionTokens, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 }, atMs);
}
