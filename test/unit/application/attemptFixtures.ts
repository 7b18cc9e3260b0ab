import assert from 'node:assert/strict';
import type { Message } from '../../../src/domain/conversation';
import type { Failure, FailureCode } from '../../../src/domain/failure';
import { generationId, modelId, type ConversationId } from '../../../src/domain/ids';
import { parseDecimal } from '../../../src/domain/money';
import type { Model } from '../../../src/domain/model';
import type { TurnProgress } from '../../../src/domain/coreEvent';
import { HandClock } from '../../support/handClock';
import type { TestCore, TestCoreOptions } from '../../support/testCore';
import { ScriptedProvider, type Step, aModel } from '../../support/scriptedProvider';
import { HandTimers } from '../../support/sharedJournals';
import { reservationsIn } from '../../support/reservations';
import { type TestCores, branchOf } from './useCases';

/** The models of these tests, by their short names. */
export const MODELS = {
  asked: modelId('anthropic/claude-sonnet-5'),
  cheap: modelId('x/cheap'),
  same: modelId('x/same'),
  dear: modelId('x/dear'),
  /** Its prompt is cheaper, its reply more expensive. */
  mixed: modelId('x/mixed'),
  /** A fee for each request. */
  fee: modelId('x/fee'),
  /** Cheaper, until its prompt is longer than a token. */
  tiered: modelId('x/tiered'),
  unpriced: modelId('x/unpriced'),
  unknown: modelId('x/unknown'),
  /** As expensive as the requested one, and writes 300 tokens at most. */
  short: modelId('x/short'),
  small: modelId('x/small'),
  /** Its window holds one short question, and none with an answer before it. */
  narrow: modelId('x/narrow'),
  unlisted: modelId('x/unlisted'),
} as const;
export type ModelName = keyof typeof MODELS;
export const nameOf = (id: string | undefined): string =>
  Object.entries(MODELS).find(([, model]) => model === id)?.[0] ?? `${id}`;

const price = (prompt: string, completion: string, more: object = {}): Model['price'] => ({
  prompt: parseDecimal(prompt)!,
  completion: parseDecimal(completion)!,
  ...more,
});
const LISTED: readonly Model[] = [
  aModel(),
  aModel({ id: MODELS.cheap, price: price('0.000001', '0.000002') }),
  aModel({ id: MODELS.same }),
  aModel({ id: MODELS.dear, price: price('0.000003', '0.00001500001') }),
  aModel({ id: MODELS.mixed, price: price('0.000001', '0.00002') }),
  aModel({ id: MODELS.fee, price: price('0.000001', '0.000002', { request: parseDecimal('0.000001')! }) }),
  aModel({
    id: MODELS.tiered,
    price: price('0.000001', '0.000002', {
      overrides: [{ abovePromptTokens: 1, rates: { prompt: parseDecimal('0.000004')! } }],
    }),
  }),
  aModel({ id: MODELS.unpriced, price: null }),
  aModel({ id: MODELS.unknown, price: null }),
  aModel({ id: MODELS.short, maxCompletionTokens: 300 }),
  aModel({ id: MODELS.small, price: price('0.000001', '0.000002'), contextLength: 14, maxCompletionTokens: 7 }),
  aModel({ id: MODELS.narrow, price: price('0.000001', '0.000002'), contextLength: 30, maxCompletionTokens: 15 }),
];

/** Both clocks and every wait, moved together by hand. */
export class HandTime {
  readonly clock: HandClock;
  readonly timers = new HandTimers();

  constructor(startMs?: number) {
    this.clock = new HandClock(startMs);
  }

  pass(ms: number): void {
    this.clock.pass(ms);
    this.timers.pass(ms);
  }
}

export const chain = (...names: readonly ModelName[]): TestCoreOptions => ({
  settings: { fallbackModels: names.map((name) => MODELS[name]) },
});

interface TimedCore {
  readonly p: TestCore;
  readonly time: HandTime;
  /** When each request went out. */
  readonly requestedAtMs: readonly number[];
}

/** Time stands still until `pass`; backoffs are three quarters of their longest: 750, 1,500 and 3,000 ms. */
export function timedCore(cores: TestCores, options: TestCoreOptions = {}, time = new HandTime()): TimedCore {
  const p = cores.make({
    ...options,
    provider: options.provider ?? new ScriptedProvider(),
    clock: time.clock,
    timers: time.timers,
    random: () => 0.5,
  });
  p.provider.models = [...LISTED];
  const requestedAtMs: number[] = [];
  const { stream } = p.provider;
  p.provider.stream = (...request) => {
    requestedAtMs.push(time.clock.monotonicMs());
    return stream.apply(p.provider, request);
  };
  return { p, time, requestedAtMs };
}

export const failing = (code: FailureCode, over: Partial<Failure> = {}, sent = true): readonly Step[] => [
  { type: 'ended', outcome: { kind: 'failed', sent, failure: { code, detail: '', ...over } } },
];
export const http = (httpStatus: number, code: FailureCode, retryAfterMs?: number): readonly Step[] =>
  failing(code, { httpStatus, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
export const opened: Step = { type: 'opened', generationId: generationId('gen-1') };

export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets each wait between two requests pass as soon as it begins, and tells how long they were; NaN for one that was told and not waited. */
export function passWaits(
  p: TestCore,
  time: HandTime,
  onWait: (progress: TurnProgress, count: number) => unknown = () => undefined,
): number[] {
  const waits: number[] = [];
  const told = new Set<string>();
  p.bus.event((event) => {
    if (event.type !== 'turnProgressed' || event.progress.phase !== 'waiting') return;
    const { replyId, retryOf, waitMs } = event.progress;
    const name = `${replyId} ${retryOf?.attempt}`;
    if (told.has(name) || waitMs === null || waitMs === 0) return;
    told.add(name);
    const count = told.size;
    const pass = async (): Promise<void> => {
      await tick();
      waits.push(time.timers.waits.includes(waitMs) ? waitMs : NaN);
      await onWait(event.progress, count);
      time.pass(waitMs);
    };
    void pass();
  });
  return waits;
}

/** What became of each reservation, in their order: `released`, `settled` or `pending`. Checks that at no time two were open. */
export async function moneyOf(p: TestCore): Promise<readonly string[]> {
  const { events } = await p.store.spendEvents();
  const open = new Set<string>();
  for (const event of events) {
    if (event.type === 'spend.reserved') open.add(event.reservationId);
    if (event.type === 'spend.released' || event.type === 'spend.settled') open.delete(event.reservationId);
    assert.ok(open.size <= 1, 'two requests that can be charged at once');
  }
  const ids = events.flatMap((event) => (event.type === 'spend.reserved' ? [event.reservationId] : []));
  const made = reservationsIn(events);
  return ids.map((id) => {
    const { settled, released } = made.find(({ reserved }) => reserved.reservationId === id) ?? assert.fail(`no ${id}`);
    assert.ok(!(settled && released), 'settled and released');
    return settled ? 'settled' : released ? 'released' : 'pending';
  });
}

export interface Told {
  readonly state: string;
  readonly code: FailureCode | undefined;
  /** `asked RATE_LIMIT`, one for each failed request before the last. */
  readonly failed: readonly string[];
  readonly model: string;
  readonly requests: readonly string[];
  readonly money: readonly string[];
}

export async function told(p: TestCore, id: ConversationId): Promise<Told> {
  const answer: Message = (await branchOf(p, id)).at(-1) ?? assert.fail('no reply');
  return {
    state: answer.state,
    code: answer.failure?.code,
    failed: answer.failedAttempts.map(({ model, failure }) => `${nameOf(model)} ${failure.code}`),
    model: nameOf(answer.model),
    requests: p.provider.requests.map(({ model }) => nameOf(model)),
    money: await moneyOf(p),
  };
}
