import assert from 'node:assert/strict';
import { modelId } from '../../../../src/domain/ids';
import type { TestCoreOptions } from '../../../support/testCore';
import { type Step, reply } from '../../../support/scriptedProvider';
import { type Told, chain, failing, http, opened, passWaits, tick, timedCore, told } from '../attemptFixtures';
import { TestCores } from '../useCases';

type Script = readonly Step[];
const answered = (model = 'anthropic/claude-sonnet-5'): Script =>
  reply('Hello').map((step) => (step.type === 'started' ? { ...step, model: modelId(model) } : step));
const text: Step = { type: 'text', text: 'Par' };

interface Expected extends Omit<Told, 'code' | 'failed' | 'model'> {
  readonly code?: Told['code'];
  readonly failed?: Told['failed'];
  readonly model?: string;
  /** Milliseconds between the requests. */
  readonly waits?: readonly number[];
}

const RATE = ['asked RATE_LIMIT', 'asked RATE_LIMIT', 'asked RATE_LIMIT'];
const DOWN = ['asked OVERLOADED', 'asked OVERLOADED', 'asked OVERLOADED'];
const OFFLINE = failing('NETWORK', {}, false);
const again = (first: string, waits: readonly number[]): Expected => ({
  state: 'complete',
  failed: [first],
  requests: ['asked', 'asked'],
  waits,
  money: ['released', 'settled'],
});
const ended = (code: Told['code'], money: string, state = 'failed'): Expected => ({
  state,
  code,
  requests: ['asked'],
  money: [money],
});
const other = (model: string, ...failed: readonly string[]): Expected => ({
  state: 'complete',
  model,
  failed: ['asked OVERLOADED', ...failed],
  requests: ['asked', ...failed.map((f) => f.split(' ')[0] ?? ''), model],
  money: ['released', ...failed.map(() => 'released'), 'settled'],
});
const noOther = (more: Partial<Expected> = {}): Expected => ({ ...again('asked OVERLOADED', [750]), ...more });

/** What happens → what is asked, waited for, stored and paid. Requests beyond the scripts are answered. */
const rows: readonly (readonly [string, TestCoreOptions, readonly Script[], Expected])[] = [
  ['429 that names a wait', {}, [http(429, 'RATE_LIMIT', 12_000)], again('asked RATE_LIMIT', [12_000])],
  [
    '429 that names none',
    {},
    [http(429, 'RATE_LIMIT'), http(429, 'RATE_LIMIT'), http(429, 'RATE_LIMIT')],
    {
      state: 'complete',
      failed: RATE,
      requests: ['asked', 'asked', 'asked', 'asked'],
      waits: [750, 1_500, 3_000],
      money: ['released', 'released', 'released', 'settled'],
    },
  ],
  [
    '429 without end',
    {},
    Array.from({ length: 9 }, () => http(429, 'RATE_LIMIT', 1_000)),
    {
      state: 'failed',
      code: 'RATE_LIMIT',
      failed: RATE,
      requests: ['asked', 'asked', 'asked', 'asked'],
      waits: [1_000, 1_000, 1_000],
      money: ['released', 'released', 'released', 'released'],
    },
  ],
  ['429 that names a minute', {}, [http(429, 'RATE_LIMIT', 60_000)], again('asked RATE_LIMIT', [60_000])],
  ['429 that names more than a minute', {}, [http(429, 'RATE_LIMIT', 60_001)], ended('RATE_LIMIT', 'released')],
  [
    '429 with a chain: the same model waits',
    chain('cheap'),
    [http(429, 'RATE_LIMIT', 2_000)],
    again('asked RATE_LIMIT', [2_000]),
  ],
  ['429 for the day', {}, [http(429, 'DAILY_QUOTA', 1_000)], ended('DAILY_QUOTA', 'released')],
  ['402 in flight', {}, [http(402, 'IN_FLIGHT', 5_000)], again('asked IN_FLIGHT', [5_000])],
  ['402 in flight for two minutes', {}, [http(402, 'IN_FLIGHT', 120_000)], ended('IN_FLIGHT', 'released')],
  ['402 without credits', {}, [http(402, 'CREDITS', 1_000)], ended('CREDITS', 'released')],
  ['403 of the key’s limit', {}, [http(403, 'KEY_LIMIT')], ended('KEY_LIMIT', 'released')],
  ['403 of the moderation', {}, [http(403, 'MODERATION')], ended('MODERATION', 'released')],
  ['401', {}, [http(401, 'AUTH')], ended('AUTH', 'released')],
  ['a key that cannot be sent', {}, [failing('AUTH', {}, false)], ended('AUTH', 'released')],
  ['400 of the context', chain('cheap'), [http(400, 'CONTEXT_TOO_LONG')], ended('CONTEXT_TOO_LONG', 'released')],
  ['400', chain('cheap'), [http(400, 'BAD_REQUEST')], ended('BAD_REQUEST', 'released')],
  ['404 of the model', chain('cheap'), [http(404, 'MODEL_NOT_FOUND')], ended('MODEL_NOT_FOUND', 'released')],
  ['404 of something else', {}, [http(404, 'PROTOCOL')], ended('PROTOCOL', 'released')],
  ['500', chain('cheap'), [http(500, 'UPSTREAM', 1_000)], ended('UPSTREAM', 'released')],
  ['408', {}, [http(408, 'TIMEOUT', 1_000)], ended('TIMEOUT', 'released')],
  ['504: the model may have worked', {}, [http(504, 'TIMEOUT', 1_000)], ended('TIMEOUT', 'pending')],
  ['524: the model may have worked', {}, [http(524, 'TIMEOUT')], ended('TIMEOUT', 'pending')],
  ['no byte in time', {}, [failing('TIMEOUT')], ended('TIMEOUT', 'pending')],
  ['no connection, for a moment', {}, [OFFLINE], again('asked NETWORK', [250])],
  [
    'no connection',
    {},
    [OFFLINE, OFFLINE, OFFLINE, OFFLINE],
    {
      state: 'failed',
      code: 'NETWORK',
      failed: ['asked NETWORK', 'asked NETWORK'],
      requests: ['asked', 'asked', 'asked'],
      waits: [250, 1_000],
      money: ['released', 'released', 'released'],
    },
  ],
  [
    'no connection, with a chain',
    chain('cheap'),
    [OFFLINE, OFFLINE, OFFLINE],
    {
      state: 'failed',
      code: 'NETWORK',
      failed: ['asked NETWORK', 'asked NETWORK'],
      requests: ['asked', 'asked', 'asked'],
      waits: [250, 1_000],
      money: ['released', 'released', 'released'],
    },
  ],
  ['a connection that broke before the answer', {}, [failing('NETWORK')], ended('NETWORK', 'pending')],
  ['a proxy that wants a password', {}, [http(407, 'NETWORK')], ended('NETWORK', 'released')],
  ['503 with a chain', chain('cheap'), [http(503, 'OVERLOADED', 30_000), answered('x/cheap')], other('cheap')],
  [
    '502 with a chain of models that are down',
    chain('cheap', 'same'),
    [http(502, 'OVERLOADED'), http(502, 'OVERLOADED'), answered('x/same')],
    other('same', 'cheap OVERLOADED'),
  ],
  [
    '529 with a chain that begins with the model',
    chain('asked', 'same'),
    [http(529, 'OVERLOADED'), answered('x/same')],
    other('same'),
  ],
  ['503 without a chain', {}, [http(503, 'OVERLOADED', 5_000)], again('asked OVERLOADED', [5_000])],
  [
    '503 without end',
    {},
    Array.from({ length: 9 }, () => http(503, 'OVERLOADED')),
    {
      state: 'failed',
      code: 'OVERLOADED',
      failed: DOWN,
      requests: ['asked', 'asked', 'asked', 'asked'],
      waits: [750, 1_500, 3_000],
      money: ['released', 'released', 'released', 'released'],
    },
  ],
  [
    '503 for more than a minute, with a chain',
    chain('cheap'),
    [http(503, 'OVERLOADED', 90_000), answered('x/cheap')],
    other('cheap'),
  ],
  ['503 for more than a minute', {}, [http(503, 'OVERLOADED', 90_000)], ended('OVERLOADED', 'released')],
  [
    'a whole chain that is down: the last one is asked again',
    chain('cheap'),
    [http(503, 'OVERLOADED'), http(503, 'OVERLOADED', 2_000), answered('x/cheap')],
    { ...other('cheap', 'cheap OVERLOADED'), waits: [2_000] },
  ],
  [
    'a model of the chain that asks to slow down',
    chain('cheap'),
    [http(503, 'OVERLOADED'), http(429, 'RATE_LIMIT', 4_000), answered('x/cheap')],
    { ...other('cheap', 'cheap RATE_LIMIT'), waits: [4_000] },
  ],
  [
    'a model of the chain that fails otherwise',
    chain('cheap', 'same'),
    [http(503, 'OVERLOADED'), http(500, 'UPSTREAM')],
    {
      state: 'failed',
      code: 'UPSTREAM',
      model: 'cheap',
      failed: ['asked OVERLOADED'],
      requests: ['asked', 'cheap'],
      money: ['released', 'released'],
    },
  ],
  [
    'a chain of more expensive models only',
    chain('dear', 'mixed', 'fee', 'tiered'),
    [http(503, 'OVERLOADED')],
    noOther(),
  ],
  [
    'a chain of a more expensive and a cheaper one',
    chain('dear', 'cheap'),
    [http(503, 'OVERLOADED'), answered('x/cheap')],
    other('cheap'),
  ],
  [
    'a chain of models that are not listed or have no price',
    chain('unlisted', 'unpriced'),
    [http(503, 'OVERLOADED')],
    noOther(),
  ],
  ['a chain of a model whose window is too small', chain('small'), [http(503, 'OVERLOADED')], noOther()],
  [
    '503 after the headers',
    chain('cheap'),
    [[opened, ...http(503, 'OVERLOADED', 1_000)]],
    ended('OVERLOADED', 'pending'),
  ],
  [
    '429 after the headers',
    {},
    [[opened, ...failing('RATE_LIMIT', { httpStatus: 429, retryAfterMs: 1_000 })]],
    ended('RATE_LIMIT', 'pending'),
  ],
  [
    '503 after a sign of life',
    chain('cheap'),
    [[{ type: 'waiting' }, ...http(503, 'OVERLOADED', 1_000)]],
    ended('OVERLOADED', 'pending'),
  ],
  [
    'an error in mid-reply',
    chain('cheap'),
    [[opened, text, ...http(502, 'OVERLOADED')]],
    ended('OVERLOADED', 'pending'),
  ],
  ['a cut in mid-reply', {}, [[opened, text, ...failing('TRUNCATED')]], ended('TRUNCATED', 'pending', 'interrupted')],
  ['a stall in mid-reply', {}, [[opened, text, ...failing('STALLED')]], ended('STALLED', 'pending', 'interrupted')],
  ['an answer of another kind', {}, [failing('PROTOCOL', { httpStatus: 200 })], ended('PROTOCOL', 'pending')],
];

describe('the error matrix', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  for (const [name, options, scripts, expected] of rows) {
    it(name, async () => {
      const { p, time, requestedAtMs } = timedCore(cores, options);
      p.provider.upcoming = [...scripts];
      const toldWaits = passWaits(p, time);
      const turn = await p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });
      await turn.done;
      const { waits: expectedWaits = [], code, failed = [], model = 'asked', ...rest } = expected;
      const waits = requestedAtMs
        .slice(1)
        .map((atMs, i) => atMs - (requestedAtMs[i] ?? 0))
        .filter((ms) => ms > 0);
      assert.deepEqual(
        { ...(await told(p, turn.conversationId)), waits, toldWaits },
        { ...rest, code, failed, model, waits: expectedWaits, toldWaits: expectedWaits },
      );
      assert.deepEqual([p.ledger.summary().reservedNanoUsd, p.orchestrator.isBusy(turn.conversationId)], [0, false]);
      await tick();
    });
  }
});
