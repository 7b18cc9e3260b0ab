import { verdictOn } from '../../domain/circuit';
import type { ConversationId, GenerationId, MessageId } from '../../domain/ids';
import type { ChatProvider, ProviderEvent, StreamOutcome } from '../../domain/ports/provider';
import type { Clock, Logger } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import type { StoreEvent } from '../../domain/storeEvent';
import type { Attempt, Attempts, Turn } from './attempts';
import type { Conversations } from '../conversations/conversations';
import type { SpendLedger } from '../spend/ledger';
import { chargeOf, failedUncharged, settlementOf } from './billing';
import { TurnMeter } from './meter';
import { type Received, emptyReply, onward, stateOf, unstoredLength } from './received';
import type { TurnRequests, TurnRetry } from './retry';

/** Partial text is stored at least this often, so that a crash loses at most a second of a paid reply. */
const STORE_EVERY_MS = 1_000;
const STORE_EVERY_CHARACTERS = 4_096;
/** Interval of progress reports. */
const PROGRESS_EVERY_MS = 250;

export interface TurnRunnerOptions {
  readonly provider: Pick<ChatProvider, 'stream'>;
  readonly conversations: Conversations;
  readonly ledger: SpendLedger;
  readonly attempts: Attempts;
  readonly retry: TurnRetry;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Runs one reply through its requests until it is stored and settled. Never throws: every end is a state. */
export class TurnRunner {
  constructor(private readonly options: TurnRunnerOptions) {}

  /** One request at a time, and another one only if the last can't have been charged. */
  async run(first: Turn): Promise<void> {
    const { bus, clock, ledger, attempts, log } = this.options;
    const meter = new TurnMeter(first, clock);
    const series = attempts.series(first.plan);
    let turn: Turn | undefined = first;
    let request = 1;
    const report = (): void => {
      const progress = meter.progress();
      bus.fire({ type: 'turnProgressed', progress });
      if (turn && progress.estimateNanoUsd !== null) ledger.meter(turn.reservationId, progress.estimateNanoUsd);
    };
    const progressTimer = setInterval(report, PROGRESS_EVERY_MS);
    try {
      while (turn) {
        report();
        const received: Received = await this.ask(turn, meter);
        turn.permit.over(verdictOn(received.outcome));
        const next: Attempt | undefined = await this.another(turn, received, { meter, series, request, report });
        if (!next) await this.end(turn, received, meter);
        turn = next && { ...turn, ...next };
        if (turn) meter.begins(turn);
        request += 1;
      }
    } catch (error) {
      log.error(`could not record the end of a reply: ${String(error)}`);
    }
    clearInterval(progressTimer);
    bus.fire({ type: 'turnEnded', conversationId: first.conversationId, replyId: first.replyId });
  }

  /** Runs one request until its outcome. */
  private async ask(turn: Turn, meter: TurnMeter): Promise<Received> {
    const received = emptyReply(turn.plan.input.continues);
    // Stopped while it was being admitted: nothing was sent.
    if (turn.signal.aborted) return { ...received, outcome: { kind: 'aborted' } };
    received.stage = 'sent';
    const storeTimer = setInterval(() => void this.storeText(turn, received), STORE_EVERY_MS);
    const guard = new AbortController();
    try {
      for await (const event of this.options.provider.stream(
        turn.plan.request,
        AbortSignal.any([turn.signal, guard.signal]),
      )) {
        meter.observe(event);
        this.take(turn, received, event);
        if (meter.isBeyondWorstCase) guard.abort();
      }
      if (guard.signal.aborted && received.outcome.kind === 'aborted') received.outcome = BEYOND_WORST_CASE;
    } catch (error) {
      received.outcome = {
        kind: 'failed',
        sent: true,
        failure: { code: 'PROTOCOL', detail: String(error), reason: { kind: 'internalError' } },
      };
    } finally {
      clearInterval(storeTimer);
    }
    return received;
  }

  /** The admitted request after a failed one. Undefined: the reply ends as `received` says. */
  private async another(turn: Turn, received: Received, requests: TurnRequests): Promise<Attempt | undefined> {
    const failed = failedUncharged(received);
    if (!failed || turn.signal.aborted) return undefined;
    const followUp = await this.options.retry.follow(turn, failed, requests);
    switch (followUp.kind) {
      case 'request':
        return followUp.attempt;
      case 'failed':
        if (followUp.isReleased) received.stage = 'released';
        return undefined;
      case 'stopped':
        received.stage = 'released';
        received.outcome = { kind: 'aborted' };
        return undefined;
    }
  }

  private take(turn: Turn, received: Received, event: ProviderEvent): void {
    if (event.type !== 'ended') received.stage = 'accepted';
    switch (event.type) {
      case 'text':
      case 'reasoning':
        turn.permit.answers();
        this.append(turn, received, event.type, onward(turn, received, event));
        if (unstoredLength(received) >= STORE_EVERY_CHARACTERS) void this.storeText(turn, received);
        break;
      case 'opened':
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

  /** Stores the provider's id of the generation at once: after a crash the bill can only be requested with it. */
  private identify(turn: Turn, received: Received, generationId: GenerationId | null): void {
    if (generationId === null || received.generationId !== null) return;
    received.generationId = generationId;
    const atMs = this.options.clock.nowMs();
    void this.options.conversations.storeLive([
      { type: 'spend.identified', reservationId: turn.reservationId, generationId, atMs },
    ]);
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
    this.options.conversations.applyLive({
      type: 'reply.appended',
      ...idsOf(turn),
      contentOffset,
      content,
      reasoningOffset,
      reasoning,
      atMs,
    });
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

  /** Stores the last text, the end of the reply and its settlement as one record: all or nothing. */
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
      // If no provider answered, the requested model.
      model: received.model ?? turn.plan.request.model,
      provider: received.provider,
      usage: received.usage,
      cost: charge.cost,
      timeToFirstTokenMs: meter.timeToFirstTokenMs,
      latencyMs: meter.requestMs,
      finishReason: received.finishReason,
      generationId: received.generationId,
      atMs,
    };
    conversations.applyLive(ended);
    await conversations.storeLive([
      ...this.unstoredText(turn, received),
      ended,
      ...settlementOf(turn.reservationId, charge, received, meter.progress().estimateNanoUsd, atMs),
    ]);
    // Without a price there is no worst case that the bill could exceed.
    const billed = typeof charge.settle === 'object' && turn.plan.effectivePrice ? charge.settle.amount : undefined;
    await ledger.ended(turn.reservationId, billed);
  }
}

const idsOf = (turn: Turn): { conversationId: ConversationId; messageId: MessageId } => ({
  conversationId: turn.conversationId,
  messageId: turn.replyId,
});

const BEYOND_WORST_CASE: StreamOutcome = {
  kind: 'failed',
  sent: true,
  failure: { code: 'BUDGET_EXCEEDED', detail: '' },
};
