import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bill, type BillCause, type Generation, billFor } from './emulatorGeneration';
import { withUsageAs } from './emulatorUsage';

export interface Pace {
  /** Asked before every token. */
  readonly msPerToken: () => number;
  readonly timeToFirstTokenMs: number;
  readonly onBill: (bill: Bill) => void;
}

const COMMENT = ': OPENROUTER PROCESSING\n\n';
const COMMENT_EVERY_MS = 1_000;
/** Faults occur after this many tokens, so that there is text to keep. */
const FAULT_AFTER_TOKENS = 12;

/**
 * Forwards a reply at the pace of a model, counts the sent tokens, and bills them: in full before the event with the
 * finish reason is sent, or at once when the client disconnects.
 */
export async function pumpReply(
  upstream: http.IncomingMessage,
  res: http.ServerResponse,
  generation: Generation,
  pace: Pace,
): Promise<void> {
  const gone = new AbortController();
  let sentTokens = 0;
  let billed = false;
  const bill = (cause: BillCause): void => {
    if (billed) return;
    billed = true;
    pace.onBill(billFor(generation, sentTokens, cause));
  };
  const leave = (): void => {
    gone.abort();
    upstream.destroy();
    bill('cancelled');
  };
  // The client may have disconnected before the first token.
  if (res.closed) leave();
  else res.once('close', leave);
  const { fault } = generation.script;
  try {
    let dueAtMs: number | undefined;
    for await (const event of withUsageAs(generation.script.usage, eventsOf(upstream))) {
      if (isToken(event)) {
        if (dueAtMs === undefined) {
          await think(res, pace.timeToFirstTokenMs, gone.signal, event.startsWith('data:'));
          dueAtMs = performance.now();
        } else dueAtMs += pace.msPerToken();
        await sleepUntil(dueAtMs, gone.signal);
        sentTokens++;
      }
      if (/"finish_reason":"/.test(event)) bill('complete');
      res.write(event);
      if (fault !== 'none' && sentTokens >= FAULT_AFTER_TOKENS) {
        if (fault === 'midstream-error') bill('failed');
        await strike(fault, res, generation);
        return;
      }
    }
    bill('complete');
    res.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function strike(
  fault: Generation['script']['fault'],
  res: http.ServerResponse,
  generation: Generation,
): Promise<void> {
  if (fault === 'cut') {
    // A reset may overtake data in transit.
    await sleep(50);
    res.socket?.resetAndDestroy();
  }
  if (fault === 'midstream-error') res.end(`data: ${JSON.stringify(midstreamError(generation))}\n\n`);
  // A stall leaves the connection open until the client, or the end of the emulator, closes it.
}

const midstreamError = (generation: Generation): unknown => ({
  id: generation.id,
  object: 'chat.completion.chunk',
  created: Math.floor(Date.now() / 1000),
  model: generation.model.id,
  provider: generation.model.provider,
  error: { code: 502, message: 'Provider disconnected unexpectedly', metadata: { error_type: 'provider_unavailable' } },
  choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: 'error' }],
});

/** A piece of content or reasoning. aimock is configured for one token per piece. */
const isToken = (event: string): boolean => /"(?:content|reasoning_content)":"[^"]/.test(event);

async function* eventsOf(upstream: http.IncomingMessage): AsyncGenerator<string> {
  upstream.setEncoding('utf8');
  let pending = '';
  for await (const piece of upstream as AsyncIterable<string>) {
    pending += piece;
    for (let end = pending.indexOf('\n\n'); end !== -1; end = pending.indexOf('\n\n')) {
      yield pending.slice(0, end + 2);
      pending = pending.slice(end + 2);
    }
  }
  // A reply that is not streamed is one JSON text without a blank line.
  if (pending !== '') yield pending;
}

async function think(res: http.ServerResponse, forMs: number, signal: AbortSignal, streamed: boolean): Promise<void> {
  for (let leftMs = forMs; leftMs > 0; leftMs -= COMMENT_EVERY_MS) {
    if (streamed) res.write(COMMENT);
    await sleep(Math.min(leftMs, COMMENT_EVERY_MS), undefined, { signal });
  }
}

async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = atMs - performance.now();
  // Timers are good to about a millisecond; a faster pace is kept by sending several pieces at once.
  if (leftMs >= 1) await sleep(leftMs, undefined, { signal });
}
