import type { ModelId } from '../../domain/ids';
import type { NanoUsd } from '../../domain/money';
import type { ProviderEvent } from '../../domain/ports/provider';
import type { Clock } from '../../domain/ports/system';
import { CHARACTERS_PER_TOKEN, affordableReplyTokens, estimateSoFar } from '../../domain/price';
import { tokensPerSecond } from '../../domain/telemetry';
import type { TurnPhase, TurnProgress } from '../../domain/coreEvent';
import type { Turn } from './attempts';

/**
 * Above the average of any complete reply: prose and code have three to six, runs of spaces some more. A reply that uses
 * all of its `max_tokens` must not look as if it exceeded them.
 */
const MOST_CHARACTERS_PER_TOKEN = 8;
const VELOCITY_SAMPLES = 60;
const SAMPLE_MS = 1_000;

type MeteredTurn = Pick<Turn, 'conversationId' | 'replyId' | 'plan' | 'worstCaseNanoUsd'>;

/** Why the previous request failed. */
type RetryOf = NonNullable<TurnProgress['retryOf']>;

/**
 * Measures one running reply on the monotonic clock. Progress counts from the start of the turn, because that is how long
 * the user waits. The stored figures (latency, time to first token) count from the last request, because they describe the
 * model and not the waits before it.
 */
export class TurnMeter {
  timeToFirstTokenMs: number | null = null;
  private phase: TurnPhase = 'connecting';
  private characters = 0;
  private readonly startedAtMs: number;
  private requestedAtMs: number;
  private retryOf: RetryOf | null = null;
  /** The next request, while it waits to be sent. */
  private next: { readonly model: ModelId; readonly atMs: number } | null = null;
  /** Longer text costs more than the worst case. */
  private mostCharacters: number;
  /** Estimated tokens received in each whole second since the first token. */
  private readonly tokensBySecond: number[] = [];

  constructor(
    private turn: MeteredTurn,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.monotonicMs();
    this.requestedAtMs = this.startedAtMs;
    this.mostCharacters = mostCharactersOf(turn);
  }

  /** The next request waits to be sent. */
  waits(retryOf: RetryOf, model: ModelId, waitMs: number): void {
    this.phase = 'waiting';
    this.retryOf = retryOf;
    this.next = { model, atMs: this.clock.monotonicMs() + waitMs };
  }

  /** Another request is sent. Earlier ones brought no text. */
  begins(turn: MeteredTurn): void {
    this.turn = turn;
    this.phase = 'connecting';
    this.next = null;
    this.requestedAtMs = this.clock.monotonicMs();
    this.mostCharacters = mostCharactersOf(turn);
  }

  /** The text alone costs more than the request's worst case, so the endpoint ignores `max_tokens`. */
  get isBeyondWorstCase(): boolean {
    return this.characters > this.mostCharacters;
  }

  /** Since the running request was sent; null while none runs. */
  get requestMs(): number | null {
    return this.next ? null : this.sinceRequestMs();
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
      elapsedMs: Math.round(this.clock.monotonicMs() - this.startedAtMs),
      model: this.next?.model ?? this.turn.plan.request.model,
      retryOf: this.retryOf,
      waitMs: this.next && Math.max(0, Math.round(this.next.atMs - this.clock.monotonicMs())),
      tokensPerSecond: this.tokensPerSecond(),
      velocity: this.velocity(),
      estimateNanoUsd: this.estimate(),
    };
  }

  private received(characters: number): void {
    if (characters === 0) return;
    this.phase = 'streaming';
    this.timeToFirstTokenMs ??= this.sinceRequestMs();
    this.characters += characters;
    const second = Math.floor((this.sinceRequestMs() - this.timeToFirstTokenMs) / SAMPLE_MS);
    while (this.tokensBySecond.length <= second) this.tokensBySecond.push(0);
    this.tokensBySecond[second] = (this.tokensBySecond[second] ?? 0) + characters / CHARACTERS_PER_TOKEN;
  }

  private velocity(): number[] {
    return this.tokensBySecond.slice(-VELOCITY_SAMPLES).map(Math.round);
  }

  private tokensPerSecond(): number {
    const latencyMs = this.sinceRequestMs();
    if (this.timeToFirstTokenMs === null || latencyMs - this.timeToFirstTokenMs < SAMPLE_MS / 4) return 0;
    const speed = tokensPerSecond(this.characters / CHARACTERS_PER_TOKEN, this.timeToFirstTokenMs, latencyMs);
    return Math.round(speed ?? 0);
  }

  private sinceRequestMs(): number {
    return Math.round(this.clock.monotonicMs() - this.requestedAtMs);
  }

  /** Null during a wait, which costs nothing. */
  private estimate(): NanoUsd | null {
    if (this.next) return null;
    const { price, promptTokens } = this.turn.plan;
    return price && estimateSoFar(price, promptTokens, this.characters, this.clock.nowMs());
  }
}

function mostCharactersOf({ plan, worstCaseNanoUsd }: MeteredTurn): number {
  const { effectivePrice, promptTokens, request } = plan;
  const tokens = effectivePrice ? affordableReplyTokens(effectivePrice, promptTokens, worstCaseNanoUsd) : Infinity;
  return Math.max(tokens, request.maxTokens) * MOST_CHARACTERS_PER_TOKEN;
}
