import type { Message, MessageState } from '../domain/conversation';
import type { Failure } from '../domain/failure';
import type { ConversationId, GenerationId, MessageId, ModelId, ReservationId } from '../domain/ids';
import { type Decimal, type NanoUsd, toNanoUsd } from '../domain/money';
import type { ChatProvider, Clock, Logger, ProviderEvent, StreamOutcome } from '../domain/ports';
import { type TokenUsage, estimateCost } from '../domain/price';
import type { Cost } from '../domain/conversation';
import type { EventBus } from '../domain/productEvent';
import { ReplyJoin } from '../domain/replyJoin';
import type { StoreEvent } from '../domain/storeEvent';
import type { Conversations } from './conversations';
import { type SpendLedger, releaseOf } from './spendLedger';
import type { Plan } from './turnPlanner';
import { TurnMeter } from './turnMeter';

/** Partial text is on disk at least this often, so that a crash costs at most a second of a paid reply. */
const STORE_EVERY_MS = 1_000;
const STORE_EVERY_CHARACTERS = 4_096;
/** The running figures of a reply are told this often. */
const PROGRESS_EVERY_MS = 250;

export interface Turn {
  readonly conversationId: ConversationId;
  readonly replyId: MessageId;
  readonly reservationId: ReservationId;
  /** As the budget let it through. */
  readonly plan: Plan;
  readonly worstCaseNanoUsd: NanoUsd;
  readonly signal: AbortSignal;
}

export interface TurnRunnerOptions {
  readonly provider: Pick<ChatProvider, 'stream'>;
  readonly conversations: Conversations;
  readonly ledger: SpendLedger;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What has been learnt about one reply so far. */
interface Received {
  /** Of a reply that goes on from another one: what came of its text goes through here. */
  readonly join: ReplyJoin | null;
  content: string;
  reasoning: string;
  /** Up to here the text is stored, or waits with the unsaved events. */
  storedContent: number;
  storedReasoning: number;
  model: ModelId | null;
  provider: string | null;
  generationId: GenerationId | null;
  finishReason: string | null;
  usage: TokenUsage | null;
  cost: Decimal | null;
  /** The provider accepted the request: from here on it may charge, whatever happens next. */
  accepted: boolean;
  outcome: StreamOutcome;
}

/** Carries one reply from the open stream to its stored, settled end. Never throws: every end is a state. */
export class TurnRunner {
  constructor(private readonly options: TurnRunnerOptions) {}

  async run(turn: Turn): Promise<void> {
    const { bus, clock, ledger } = this.options;
    const received = emptyReply(turn.plan.input.continues);
    const meter = new TurnMeter(turn, clock);
    const report = (): void => {
      const progress = meter.progress();
      bus.fire({ type: 'turnProgressed', progress });
      if (progress.estimateNanoUsd !== null) ledger.meter(turn.reservationId, progress.estimateNanoUsd);
    };
    const progressTimer = setInterval(report, PROGRESS_EVERY_MS);
    const storeTimer = setInterval(() => void this.storeText(turn, received), STORE_EVERY_MS);
    report();
    const guard = new AbortController();
    try {
      for await (const event of this.options.provider.stream(turn.plan.request, AbortSignal.any([turn.signal, guard.signal]))) {
        meter.observe(event);
        this.take(turn, received, event);
        if (meter.isBeyondWorstCase) guard.abort();
      }
      if (guard.signal.aborted && received.outcome.kind === 'aborted') received.outcome = BEYOND_WORST_CASE;
    } catch (error) {
      received.outcome = { kind: 'failed', sent: true, failure: { code: 'PROTOCOL', detail: `internal error: ${String(error)}` } };
    } finally {
      clearInterval(progressTimer);
      clearInterval(storeTimer);
    }
    try {
      await this.end(turn, received, meter);
    } catch (error) {
      this.options.log.error(`the end of a reply could not be recorded: ${String(error)}`);
    }
    bus.fire({ type: 'turnEnded', conversationId: turn.conversationId, replyId: turn.replyId });
  }

  private take(turn: Turn, received: Received, event: ProviderEvent): void {
    switch (event.type) {
      case 'text':
      case 'reasoning':
        this.append(turn, received, event.type, onward(turn, received, event));
        if (unstoredLength(received) >= STORE_EVERY_CHARACTERS) void this.storeText(turn, received);
        break;
      case 'opened':
        received.accepted = true;
        this.identify(turn, received, event.generationId);
        break;
      case 'started':
        received.model = event.model ?? received.model;
        received.provider = event.provider ?? received.provider;
        this.identify(turn, received, event.generationId);
        break;
      case 'finished':
        received.finishReason = event.reason;
        break;
      case 'usage':
        received.usage = event.usage;
        received.cost = event.cost;
        break;
      case 'ended':
        received.outcome = event.outcome;
        break;
      case 'waiting':
        break;
    }
  }

  /** The provider's id of the generation is stored at once: after a crash it is the only way to the bill. */
  private identify(turn: Turn, received: Received, generationId: GenerationId | null): void {
    if (generationId === null || received.generationId !== null) return;
    received.generationId = generationId;
    const atMs = this.options.clock.nowMs();
    void this.options.conversations.storeLive([{ type: 'spend.identified', reservationId: turn.reservationId, generationId, atMs }]);
  }

  private append(turn: Turn, received: Received, type: 'text' | 'reasoning', text: string): void {
    if (text === '') return;
    const contentOffset = received.content.length;
    const reasoningOffset = received.reasoning.length;
    const content = type === 'text' ? text : '';
    const reasoning = type === 'reasoning' ? text : '';
    received.content += content;
    received.reasoning += reasoning;
    const atMs = this.options.clock.nowMs();
    this.options.conversations.applyLive({ type: 'reply.appended', ...idsOf(turn), contentOffset, content, reasoningOffset, reasoning, atMs });
  }

  private async storeText(turn: Turn, received: Received): Promise<void> {
    const events = this.unstoredText(turn, received);
    if (events.length > 0) await this.options.conversations.storeLive(events);
  }

  private unstoredText(turn: Turn, received: Received): StoreEvent[] {
    if (unstoredLength(received) === 0) return [];
    const event: StoreEvent = {
      type: 'reply.appended',
      ...idsOf(turn),
      contentOffset: received.storedContent,
      content: received.content.slice(received.storedContent),
      reasoningOffset: received.storedReasoning,
      reasoning: received.reasoning.slice(received.storedReasoning),
      atMs: this.options.clock.nowMs(),
    };
    received.storedContent = received.content.length;
    received.storedReasoning = received.reasoning.length;
    return [event];
  }

  /** The last text, the end of the reply and its settlement are one record: all of it or none. */
  private async end(turn: Turn, received: Received, meter: TurnMeter): Promise<void> {
    const { conversations, ledger, clock } = this.options;
    this.append(turn, received, 'text', received.join?.end() ?? '');
    const atMs = clock.nowMs();
    const charge = chargeOf(turn.plan, received, atMs);
    const ended: StoreEvent = {
      type: 'reply.ended',
      ...idsOf(turn),
      state: stateOf(received.outcome),
      failure: received.outcome.kind === 'failed' ? received.outcome.failure : null,
      // Where nobody answered, the one that was asked.
      model: received.model ?? turn.plan.request.model,
      provider: received.provider,
      usage: received.usage,
      cost: charge.cost,
      timeToFirstTokenMs: meter.timeToFirstTokenMs,
      latencyMs: meter.elapsedMs,
      finishReason: received.finishReason,
      generationId: received.generationId,
      atMs,
    };
    conversations.applyLive(ended);
    await conversations.storeLive([...this.unstoredText(turn, received), ended, ...settlementOf(turn, received, charge, meter, atMs)]);
    // Without a price nothing was promised that a bill could go beyond.
    const billed = typeof charge.settle === 'object' && turn.plan.reckonedPrice ? charge.settle.amount : undefined;
    await ledger.ended(turn.reservationId, billed);
  }
}

/** @param continues the reply whose text stands stored at its beginning. */
const emptyReply = (continues: Message | undefined): Received => ({
  join: continues ? new ReplyJoin(continues.content) : null,
  content: continues?.content ?? '',
  reasoning: continues?.reasoning ?? '',
  storedContent: continues?.content.length ?? 0,
  storedReasoning: continues?.reasoning.length ?? 0,
  model: null,
  provider: null,
  generationId: null,
  finishReason: null,
  usage: null,
  cost: null,
  accepted: false,
  outcome: { kind: 'failed', sent: true, failure: { code: 'TRUNCATED', detail: '' } },
});

const idsOf = (turn: Turn): { conversationId: ConversationId; messageId: MessageId } => ({ conversationId: turn.conversationId, messageId: turn.replyId });

/** What an event adds to a reply that may have begun with the text of another. */
function onward({ plan }: Turn, { join, reasoning }: Received, { type, text }: { readonly type: 'text' | 'reasoning'; readonly text: string }): string {
  if (join === null) return text;
  if (type === 'text') return join.take(text);
  // A model thinks anew: that is a paragraph of its own.
  return reasoning !== '' && reasoning === plan.input.continues?.reasoning ? `\n\n${text}` : text;
}

const unstoredLength = (r: Received): number => r.content.length - r.storedContent + r.reasoning.length - r.storedReasoning;

/** Cut off with something to keep is `interrupted`; with nothing it has failed. */
function stateOf(outcome: StreamOutcome): Exclude<MessageState, 'streaming'> {
  if (outcome.kind === 'complete') return 'complete';
  if (outcome.kind === 'aborted') return 'cancelled';
  return INTERRUPTIONS.has(outcome.failure.code) ? 'interrupted' : 'failed';
}

const INTERRUPTIONS: ReadonlySet<Failure['code']> = new Set(['TRUNCATED', 'STALLED', 'BUDGET_EXCEEDED']);

const BEYOND_WORST_CASE: StreamOutcome = { kind: 'failed', sent: true, failure: { code: 'BUDGET_EXCEEDED', detail: '' } };

type Charge = { readonly cost: Cost; readonly settle: { readonly amount: NanoUsd; readonly source: 'reported' | 'estimated' } | 'release' | 'pending' };

/**
 * Reported wins. Tokens without an amount count by the price list only where the provider has no record that could
 * be asked for; everything else is open, and its worst case stays reserved.
 */
function chargeOf(plan: Plan, received: Received, atMs: number): Charge {
  if (received.cost !== null) return settled(toNanoUsd(received.cost, 'nearest'), 'reported');
  if (received.usage !== null && plan.price !== null && received.generationId === null) return settled(estimateCost(plan.price, received.usage, atMs), 'estimated');
  if (received.outcome.kind === 'failed' && !received.accepted && notCharged(received.outcome)) return { cost: { costNanoUsd: null, source: 'unknown' }, settle: 'release' };
  // Without a price nothing was reserved, and there is nobody to ask: no bill is waited for.
  if (!plan.reckonedPrice) return { cost: { costNanoUsd: null, source: 'unknown' }, settle: 'release' };
  return { cost: { costNanoUsd: null, source: 'pending' }, settle: 'pending' };
}

const settled = (amount: NanoUsd, source: 'reported' | 'estimated'): Charge => ({ cost: { costNanoUsd: amount, source }, settle: { amount, source } });

/**
 * Never sent, or refused with an HTTP error before any answer. 504 and 524 are gateways giving up: the model
 * behind them may have worked and been billed.
 */
function notCharged(outcome: Extract<StreamOutcome, { kind: 'failed' }>): boolean {
  const { httpStatus } = outcome.failure;
  if (!outcome.sent) return true;
  return httpStatus !== undefined && httpStatus >= 400 && httpStatus !== 504 && httpStatus !== 524;
}

function settlementOf(turn: Turn, received: Received, charge: Charge, meter: TurnMeter, atMs: number): StoreEvent[] {
  if (charge.settle === 'pending') return [];
  if (charge.settle === 'release') return [releaseOf(turn.reservationId, atMs)];
  return [
    {
      type: 'spend.settled',
      reservationId: turn.reservationId,
      costNanoUsd: charge.settle.amount,
      source: charge.settle.source,
      settledBy: 'stream',
      estimateNanoUsd: meter.progress().estimateNanoUsd,
      usage: received.usage,
      provider: received.provider,
      generationId: received.generationId,
      atMs,
    },
  ];
}
