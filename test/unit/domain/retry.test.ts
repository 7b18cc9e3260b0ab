import assert from 'node:assert/strict';
import type { Failure, FailureCode } from '../../../src/domain/failure';
import { modelId } from '../../../src/domain/ids';
import { type FailedOutcome, type NextStep, chainAfter, isUncharged, nextStep } from '../../../src/domain/retry';

const failed = (code: FailureCode, over: Partial<Failure> = {}, sent = true): FailedOutcome => ({
  kind: 'failed',
  sent,
  failure: { code, detail: '', ...over },
});
const END: NextStep = { kind: 'end' };
const again = (waitMs: number | 'backoff') => ({ kind: 'retry', waitMs }) as const;
const another = (otherwise: Exclude<NextStep, { kind: 'fallback' }>): NextStep => ({ kind: 'fallback', otherwise });
const NEVER: readonly FailureCode[] = [
  'DAILY_QUOTA',
  'AUTH',
  'CREDITS',
  'KEY_LIMIT',
  'MODERATION',
  'CONTEXT_TOO_LONG',
  'MODEL_NOT_FOUND',
  'BAD_REQUEST',
  'TIMEOUT',
  'STALLED',
  'TRUNCATED',
  'PROTOCOL',
  'UPSTREAM',
  'BUDGET_EXCEEDED',
];

describe('what follows a failed request', () => {
  const rows: readonly (readonly [string, FailedOutcome, retries: number, NextStep])[] = [
    ...(['RATE_LIMIT', 'IN_FLIGHT'] as const).flatMap(
      (code): (readonly [string, FailedOutcome, number, NextStep])[] => [
        [`${code}: the wait that was named`, failed(code, { retryAfterMs: 12_000 }), 0, again(12_000)],
        [`${code}: no wait was named`, failed(code), 0, again('backoff')],
        [`${code}: at once when that was named`, failed(code, { retryAfterMs: 0 }), 0, again(0)],
        [`${code}: a minute is waited for`, failed(code, { retryAfterMs: 60_000 }), 0, again(60_000)],
        [`${code}: more is not`, failed(code, { retryAfterMs: 60_001 }), 0, END],
        [`${code}: a third time`, failed(code), 2, again('backoff')],
        [`${code}: no fourth time`, failed(code), 3, END],
      ],
    ),
    [
      'OVERLOADED: another model, else the wait that was named',
      failed('OVERLOADED', { retryAfterMs: 5_000 }),
      0,
      another(again(5_000)),
    ],
    ['OVERLOADED: another model, else a growing wait', failed('OVERLOADED'), 2, another(again('backoff'))],
    ['OVERLOADED: another model, else none after three', failed('OVERLOADED'), 3, another(END)],
    [
      'OVERLOADED: another model also where the wait is too long',
      failed('OVERLOADED', { retryAfterMs: 60_001 }),
      0,
      another(END),
    ],
    ['NETWORK, not sent: quickly', failed('NETWORK', {}, false), 0, again(250)],
    ['NETWORK, not sent: a second time', failed('NETWORK', {}, false), 1, again(1_000)],
    ['NETWORK, not sent: no third time', failed('NETWORK', {}, false), 2, END],
    ['NETWORK, perhaps sent', failed('NETWORK'), 0, END],
    ...NEVER.map(
      (code) => [`${code}: never, whatever was named`, failed(code, { retryAfterMs: 1_000 }, false), 0, END] as const,
    ),
  ];
  for (const [name, outcome, retries, expected] of rows)
    it(name, () => assert.deepEqual(nextStep(outcome, retries), expected));

  const charges: readonly (readonly [string, FailedOutcome, boolean])[] = [
    ['what was never sent', failed('NETWORK', {}, false), true],
    ['what broke before any answer', failed('NETWORK'), false],
    ['what got no answer in time', failed('TIMEOUT'), false],
    ...[400, 401, 402, 403, 404, 408, 429, 500, 502, 503, 529].map(
      (httpStatus) => [`HTTP ${httpStatus}`, failed('UPSTREAM', { httpStatus }), true] as const,
    ),
    ...[200, 302, 399, 504, 524].map(
      (httpStatus) => [`HTTP ${httpStatus}`, failed('UPSTREAM', { httpStatus }), false] as const,
    ),
  ];
  for (const [name, outcome, expected] of charges)
    it(`${name} ${expected ? 'cannot' : 'can'} have been charged`, () => assert.equal(isUncharged(outcome), expected));

  const chains: readonly (readonly [chain: string, model: string, rest: string])[] = [
    ['b c', 'a', 'b c'],
    ['a b c', 'a', 'b c'],
    ['a b c', 'b', 'c'],
    ['a b c', 'c', ''],
    ['', 'a', ''],
    ['b b c b', 'a', 'b c'],
    ['a b a', 'a', 'b'],
  ];
  for (const [chain, model, rest] of chains) {
    it(`of “${chain}” after ${model}: “${rest}”`, () => {
      const of = (text: string) =>
        text
          .split(' ')
          .filter((id) => id !== '')
          .map(modelId);
      assert.deepEqual(chainAfter(of(chain), modelId(model)), of(rest));
    });
  }
});
