import assert from 'node:assert/strict';
import fc from 'fast-check';
import { generationId, modelId } from '../../../../src/domain/ids';
import type { ProviderEvent } from '../../../../src/domain/ports/provider';
import { ChatDialect } from '../../../../src/infrastructure/openrouter/dialect';
import { context, fixture, pieces, summary, translate } from './harness';

const complete = { kind: 'complete' } as const;
const truncated = (more: object = {}) =>
  ({ kind: 'failed', failure: { code: 'TRUNCATED', detail: '', ...more, host: 'host.test' }, sent: true }) as const;
const failed = (code: string, detail: string, more: object = {}) => ({
  kind: 'failed',
  failure: { code, detail, ...more },
  sent: true,
});
const protocol = (kind: string) => failed('PROTOCOL', '', { reason: { kind }, host: 'host.test' });

const USAGE = { promptTokens: 12, completionTokens: 4, reasoningTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };
const started = (model: string, provider: string): ProviderEvent => ({
  type: 'started',
  model: modelId(model),
  provider,
  generationId: generationId('gen-1790000001-AbCdEfGhIjKlMnOpQrSt'),
});
const STARTED = started('anthropic/claude-sonnet-5', 'Anthropic');
const WAITING: ProviderEvent = { type: 'waiting' };
const text = (piece: string): ProviderEvent => ({ type: 'text', text: piece });
const reasoning = (piece: string): ProviderEvent => ({ type: 'reasoning', text: piece });
const finished = (reason: string, nativeReason: string): ProviderEvent => ({ type: 'finished', reason, nativeReason });
const ended = (outcome: object): ProviderEvent => ({ type: 'ended', outcome }) as ProviderEvent;

const TRANSCRIPTS: Readonly<Record<string, readonly ProviderEvent[]>> = {
  't01-normal.sse': [
    WAITING,
    WAITING,
    STARTED,
    text('Héllo'),
    text(' 🌍'),
    finished('stop', 'end_turn'),
    { type: 'usage', usage: USAGE, cost: { digits: 64n, scale: 6 } },
    ended(complete),
  ],
  't02-usage-empty-choices.sse': [
    STARTED,
    text('Hi'),
    finished('stop', 'stop'),
    { type: 'usage', usage: { ...USAGE, promptTokens: 9, completionTokens: 1 }, cost: null },
    ended(complete),
  ],
  't04-reasoning.sse': [
    STARTED,
    reasoning('Let me'),
    WAITING,
    reasoning(' think'),
    text('42'),
    finished('stop', 'end_turn'),
    {
      type: 'usage',
      usage: { promptTokens: 20, completionTokens: 31, reasoningTokens: 29, cachedTokens: 16, cacheWriteTokens: 0 },
      cost: { digits: 35n, scale: 5 },
    },
    ended(complete),
  ],
  't05-tool-calls.sse': [
    STARTED,
    finished('tool_calls', 'tool_use'),
    { type: 'usage', usage: { ...USAGE, promptTokens: 300, completionTokens: 40 }, cost: { digits: 1n, scale: 3 } },
    ended(complete),
  ],
  't06-midstream-error.sse': [
    STARTED,
    text('Partial'),
    ended(failed('OVERLOADED', 'Provider disconnected unexpectedly', { httpStatus: 502 })),
  ],
  't07-error-first-event.sse': [
    WAITING,
    WAITING,
    started('nvidia/nemotron-3-ultra-550b-a55b:free', 'Nvidia'),
    ended(failed('OVERLOADED', 'Upstream error from Nvidia: Service temporarily overloaded', { httpStatus: 502 })),
  ],
  't18-truncated.sse': [STARTED, text('Grüße'), ended(truncated({ reason: { kind: 'eventCutOff' } }))],
};

/** Events as JSON texts, and what is left of them. */
interface Case {
  readonly name: string;
  readonly events: readonly string[];
  readonly text?: string;
  readonly reasoning?: string;
  readonly finish?: string;
  readonly cost?: string | null;
  readonly outcome: object;
}

const delta = (d: object, finish: string | null = null): string =>
  JSON.stringify({ choices: [{ index: 0, delta: d, finish_reason: finish }] });
const STOP = delta({}, 'stop');
const DONE = '[DONE]';
const usage = (u: object, choices: unknown = []): string => JSON.stringify({ choices, usage: u });
const COST = '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.5}}';
const OK = { text: 'a', finish: 'stop', outcome: complete } as const;
const said = delta({ content: 'a' });

const CASES: readonly Case[] = [
  // Usage
  {
    name: 'usage beside an empty delta without a reason',
    events: [said, STOP, usage({ cost: 0.5 }, [{ delta: {}, finish_reason: null }]), DONE],
    ...OK,
    cost: '5e-1',
  },
  { name: 'usage and no [DONE]', events: [said, STOP, COST], ...OK, cost: '5e-1' },
  {
    name: 'usage in the event with the reason',
    events: [said, '{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"cost":0.5}}'],
    ...OK,
    cost: '5e-1',
  },
  {
    name: 'running totals: the last counts',
    events: ['{"choices":[{"delta":{"content":"a"}}],"usage":{"cost":0.1}}', STOP, usage({ cost: 0.5 }), DONE],
    ...OK,
    cost: '5e-1',
  },
  {
    name: 'running totals without a final one',
    events: ['{"choices":[{"delta":{"content":"a"}}],"usage":{"cost":0.1}}', STOP, DONE],
    ...OK,
    cost: '1e-1',
  },
  {
    name: 'running totals of a reply that is cut off are no bill',
    events: ['{"choices":[{"delta":{"content":"a"}}],"usage":{"cost":0.1}}'],
    text: 'a',
    outcome: truncated(),
  },
  {
    name: 'a usage without cost before one with cost',
    events: [said, STOP, usage({ prompt_tokens: 1 }), COST, DONE],
    ...OK,
    cost: '5e-1',
  },
  { name: 'two usages: told once', events: [said, STOP, COST, usage({ cost: 9 }), DONE], ...OK, cost: '5e-1' },
  {
    name: 'usage: null everywhere but at the end',
    events: [`{"choices":[{"delta":{"content":"a"}}],"usage":null}`, STOP, COST, DONE],
    ...OK,
    cost: '5e-1',
  },
  { name: 'no usage at all', events: [said, STOP, DONE], ...OK },
  {
    name: 'usage with every detail null',
    events: [
      said,
      STOP,
      usage({
        prompt_tokens: null,
        cost: 7.1e-5,
        is_byok: null,
        cost_details: null,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      }),
      DONE,
    ],
    ...OK,
    cost: '71e-6',
  },
  { name: 'cost in exponent form', events: [said, STOP, '{"usage":{"cost":7.1e-05}}', DONE], ...OK, cost: '71e-6' },
  { name: 'cost as a string', events: [said, STOP, usage({ cost: '0.000071' }), DONE], ...OK, cost: '71e-6' },
  {
    name: 'cost as a string in exponent form',
    events: [said, STOP, usage({ cost: '7.1e-05' }), DONE],
    ...OK,
    cost: '71e-6',
  },
  { name: 'cost zero is a cost', events: [said, STOP, usage({ cost: 0 }), DONE], ...OK, cost: '0e-0' },
  {
    name: 'cost null',
    events: [said, STOP, usage({ prompt_tokens: 1, completion_tokens: 1, cost: null }), DONE],
    ...OK,
    cost: null,
  },
  {
    name: 'a negative cost is none',
    events: [said, STOP, usage({ prompt_tokens: 1, completion_tokens: 1, cost: -1 }), DONE],
    ...OK,
    cost: null,
  },
  {
    name: 'an absurd cost is none',
    events: [said, STOP, usage({ prompt_tokens: 1, completion_tokens: 1, cost: 1e300 }), DONE],
    ...OK,
    cost: null,
  },
  {
    name: 'broken counts do not lose the cost',
    events: [
      said,
      STOP,
      usage({ prompt_tokens: 'many', completion_tokens: -3, cost: 0.5, prompt_tokens_details: 'x' }),
      DONE,
    ],
    ...OK,
    cost: '5e-1',
  },
  {
    name: 'upstream cost is not added on credits',
    events: [said, STOP, usage({ cost: 0.5, is_byok: false, cost_details: { upstream_inference_cost: 0.5 } }), DONE],
    ...OK,
    cost: '5e-1',
  },
  {
    name: 'upstream cost is not added when is_byok is absent',
    events: [said, STOP, usage({ cost: 0.5, cost_details: { upstream_inference_cost: 0.5 } }), DONE],
    ...OK,
    cost: '5e-1',
  },
  {
    name: 'upstream cost is added with an own provider key',
    events: [said, STOP, usage({ cost: 0.025, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } }), DONE],
    ...OK,
    cost: '525e-3',
  },
  {
    name: 'an own provider key without the upstream cost',
    events: [said, STOP, usage({ cost: 0.025, is_byok: true, cost_details: { upstream_inference_cost: null } }), DONE],
    ...OK,
  },

  // Ends
  { name: 'the reason repeated: the first counts', events: [said, STOP, delta({}, 'length'), DONE], ...OK },
  { name: 'two [DONE]', events: [said, STOP, DONE, DONE], ...OK },
  {
    name: 'data after [DONE]',
    events: [said, STOP, DONE, delta({ content: 'b' }), '{"error":{"code":500,"message":"late"}}'],
    ...OK,
  },
  { name: 'garbage after the price', events: [said, STOP, COST, 'garbage'], ...OK, cost: '5e-1' },
  {
    name: 'an error after the price',
    events: [said, STOP, COST, '{"error":{"code":500,"message":"late"}}'],
    ...OK,
    cost: '5e-1',
  },
  { name: 'a reason and nothing after it', events: [said, STOP], text: 'a', finish: 'stop', outcome: truncated() },
  { name: '[DONE] without a reason', events: [said, DONE], text: 'a', outcome: truncated() },
  { name: 'nothing', events: [], outcome: truncated() },
  { name: 'nothing but [DONE]', events: [DONE], outcome: truncated() },
  { name: 'an empty reason is none', events: [said, delta({}, ''), STOP, DONE], ...OK },
  {
    name: 'reasoning ate max_tokens',
    events: [delta({ content: null }, 'length'), COST, DONE],
    finish: 'length',
    cost: '5e-1',
    outcome: complete,
  },

  // Content
  {
    name: 'content null and empty',
    events: [delta({ content: null }), delta({ content: '' }), said, STOP, DONE],
    ...OK,
  },
  { name: 'content in the event with the reason', events: [delta({ content: 'a' }, 'stop'), DONE], ...OK },
  {
    name: 'content as a list of parts',
    events: [delta({ content: [{ type: 'text', text: 'a' }, null, {}] }), STOP, DONE],
    ...OK,
  },
  { name: 'a refusal in words', events: [delta({ refusal: 'a' }), STOP, DONE], ...OK },
  { name: 'no delta', events: ['{"choices":[{"index":0}]}', said, STOP, DONE], ...OK },
  {
    name: 'choices null, empty, of another kind',
    events: ['{"choices":null}', '{"choices":[]}', '{"choices":[null]}', '{"choices":"x"}', said, STOP, DONE],
    ...OK,
  },
  {
    name: 'a character cut in two',
    events: [delta({ content: 'x\ud83c' }), delta({ content: '\udf0dy' }), STOP, DONE],
    ...OK,
    text: 'x🌍y',
  },
  { name: 'half a character at the end', events: [delta({ content: 'x\ud83c' }), STOP, DONE], ...OK, text: 'x\ufffd' },
  { name: 'empty data', events: ['', said, ' ', STOP, DONE], ...OK },
  { name: 'a comment passed on as data', events: [': OPENROUTER PROCESSING', said, STOP, DONE], ...OK },
  {
    name: 'reasoning told once',
    events: [delta({ reasoning: 'r', reasoning_details: [{ type: 'reasoning.text', text: 'r' }] }), said, STOP, DONE],
    ...OK,
    reasoning: 'r',
  },
  {
    name: 'reasoning only in details',
    events: [
      delta({ reasoning: null, reasoning_details: [{ text: 'r' }, { summary: 's' }, { data: 'x' }, null] }),
      said,
      STOP,
      DONE,
    ],
    ...OK,
    reasoning: 'rs',
  },
  {
    name: 'reasoning as local servers name it',
    events: [delta({ reasoning_content: 'r' }), said, STOP, DONE],
    ...OK,
    reasoning: 'r',
  },
  {
    name: 'reasoning under both names',
    events: [delta({ reasoning: 'r', reasoning_content: 'r' }), said, STOP, DONE],
    ...OK,
    reasoning: 'r',
  },

  // Errors
  {
    name: 'an error with a string code',
    events: [
      said,
      '{"error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}',
    ],
    text: 'a',
    outcome: failed('UPSTREAM', 'Provider disconnected'),
  },
  {
    name: 'an error and nothing else',
    events: ['{"error":{"code":429,"message":"Slow down","metadata":{"retry_after":3}}}'],
    outcome: failed('RATE_LIMIT', 'Slow down', { httpStatus: 429, retryAfterMs: 3000 }),
  },
  { name: 'an error as text', events: ['{"error":"out of memory"}'], outcome: failed('UPSTREAM', 'out of memory') },
  {
    name: 'an error on the choice',
    events: [said, '{"choices":[{"delta":{},"error":{"code":502,"message":"gone"},"finish_reason":null}]}'],
    text: 'a',
    outcome: failed('OVERLOADED', 'gone', { httpStatus: 502 }),
  },
  {
    name: 'an error object on its own, as vLLM sends it',
    events: ['{"object":"error","message":"too long","type":"BadRequestError","code":400}'],
    outcome: failed('BAD_REQUEST', 'too long', { httpStatus: 400 }),
  },
  {
    name: 'an availability body',
    events: [
      '{"http_status":404,"error_type":"not_found","message":"gone","availability":{"code":"no_endpoints","retryable":false}}',
    ],
    outcome: failed('MODEL_NOT_FOUND', 'gone', { httpStatus: 404 }),
  },
  {
    name: 'the reason "error" without an error',
    events: [said, delta({}, 'error')],
    text: 'a',
    outcome: failed('UPSTREAM', ''),
  },
  {
    name: 'the reason "error" with the upstream word for it',
    events: [
      said,
      '{"choices":[{"delta":{},"finish_reason":"error","native_finish_reason":"MALFORMED_FUNCTION_CALL"}]}',
      DONE,
    ],
    text: 'a',
    outcome: failed('UPSTREAM', 'MALFORMED_FUNCTION_CALL'),
  },
  {
    name: 'an error and then its price',
    events: [said, '{"error":{"code":502,"message":"gone"}}', COST, DONE],
    text: 'a',
    cost: '5e-1',
    outcome: failed('OVERLOADED', 'gone', { httpStatus: 502 }),
  },
  {
    name: 'text after an error is not told',
    events: [said, '{"error":{"code":502,"message":"gone"}}', delta({ content: 'b' }), STOP, DONE],
    text: 'a',
    outcome: failed('OVERLOADED', 'gone', { httpStatus: 502 }),
  },
  {
    name: 'error: null is none',
    events: ['{"error":null,"choices":[{"delta":{"content":"a"},"error":null}]}', STOP, DONE],
    ...OK,
  },
  {
    name: 'a key in an error',
    events: ['{"error":{"code":500,"message":"bad sk-or-v1-aaaaaaaaaaaaaaaa here"}}'],
    outcome: failed('UPSTREAM', 'bad [key] here', { httpStatus: 500 }),
  },

  // What the protocol does not allow
  {
    name: 'broken JSON keeps what came',
    events: [said, '{"choices":[{"delta":{"content":"b', STOP, DONE],
    text: 'a',
    outcome: protocol('eventNotJson'),
  },
  {
    name: 'JSON that is no object',
    events: [said, '42', STOP, DONE],
    text: 'a',
    outcome: protocol('eventNotJson'),
  },
];

describe('ChatDialect', () => {
  for (const [name, events] of Object.entries(TRANSCRIPTS)) {
    it(`reads transcript ${name} at every read size`, () => {
      const bytes = fixture(name);
      for (let size = 1; size <= bytes.length; size++)
        assert.deepEqual(translate(pieces(bytes, size)), events, `read size ${size}`);
    });

    it(`reads transcript ${name} cut at every byte`, () => {
      const bytes = fixture(name);
      for (let at = 0; at <= bytes.length; at++)
        assert.deepEqual(translate([bytes.subarray(0, at), bytes.subarray(at)]), events, `cut at ${at}`);
    });
  }

  it('never takes an incomplete transcript for complete', () => {
    const bytes = fixture('t01-normal.sse');
    // Up to the blank line after the event with the usage.
    const whole = bytes.indexOf('data: [DONE]');
    for (let at = 0; at < whole; at++) {
      const outcome = translate([bytes.subarray(0, at)]).at(-1);
      assert.equal(outcome?.type === 'ended' && outcome.outcome.kind, 'failed', `ends at ${at}`);
    }
    assert.deepEqual(translate([bytes.subarray(0, whole)]).at(-1), ended(complete));
  });

  for (const { name, events, ...expected } of CASES) {
    it(name, () => {
      const dialect = new ChatDialect(context);
      const read = [
        ...events.flatMap((data) => [...dialect.read({ type: 'data', name: undefined, data })]),
        ...dialect.end({ kind: 'eof' }),
      ];
      assert.deepEqual(summary(read), { text: '', reasoning: '', finish: undefined, cost: undefined, ...expected });
      assert.equal(read.filter((event) => event.type === 'ended').length, 1);
      for (const type of ['usage', 'finished', 'started'])
        assert.ok(read.filter((event) => event.type === type).length <= 1, `${type} at most once`);
    });
  }

  it('takes an event with the name "error" for an error', () => {
    const dialect = new ChatDialect(context);
    dialect.read({ type: 'data', name: 'error', data: '{"message":"no slot"}' });
    assert.deepEqual(dialect.end({ kind: 'eof' }), [ended(failed('UPSTREAM', 'no slot'))]);
  });

  it('reports when only the end marker can follow', () => {
    const dialect = new ChatDialect(context);
    const states = [said, STOP, COST, DONE].map((data) => {
      dialect.read({ type: 'data', name: undefined, data });
      return [dialect.settled, dialect.done];
    });
    assert.deepEqual(states, [
      [false, false],
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  const stalled = { kind: 'failed', failure: { code: 'STALLED', detail: '' }, sent: true } as const;
  const ENDS: readonly {
    readonly name: string;
    readonly events: readonly string[];
    readonly cause: Parameters<ChatDialect['end']>[0];
    readonly outcome: object;
  }[] = [
    { name: 'an abort in mid-reply', events: [said], cause: { kind: 'aborted' }, outcome: { kind: 'aborted' } },
    { name: 'an abort after the price', events: [said, STOP, COST], cause: { kind: 'aborted' }, outcome: complete },
    { name: 'a stall in mid-reply', events: [said], cause: stalled, outcome: stalled },
    { name: 'a stall after the price', events: [said, STOP, COST], cause: stalled, outcome: complete },
    {
      name: 'a stall after a usage without price',
      events: [said, STOP, usage({ prompt_tokens: 3 })],
      cause: stalled,
      outcome: complete,
    },
    {
      name: 'an abort after an error',
      events: ['{"error":"x"}'],
      cause: { kind: 'aborted' },
      outcome: failed('UPSTREAM', 'x'),
    },
  ];
  for (const { name, events, cause, outcome } of ENDS) {
    it(`ends correctly: ${name}`, () => {
      const dialect = new ChatDialect(context);
      for (const data of events) dialect.read({ type: 'data', name: undefined, data });
      assert.deepEqual(dialect.end(cause).at(-1), ended(outcome));
    });
  }

  it('never throws and ends once, whatever JSON comes', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom('stop', 'error', 1e300, -1, '1e999', null));
    const keys = [
      'id',
      'model',
      'choices',
      'usage',
      'error',
      'delta',
      'content',
      'finish_reason',
      'cost',
      'cost_details',
      'message',
      'metadata',
      'code',
      '__proto__',
    ];
    const chunk = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        member,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        const dialect = new ChatDialect(context);
        const events = [
          ...chunks.flatMap((c) => [...dialect.read({ type: 'data', name: undefined, data: JSON.stringify(c) })]),
          ...dialect.end({ kind: 'eof' }),
        ];
        assert.equal(events.filter((event) => event.type === 'ended').length, 1);
        const { outcome, finish } = summary(events);
        assert.ok(outcome?.kind !== 'complete' || finish !== undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on damaged bytes', () => {
    const bytes = fixture('t01-normal.sse');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (damage, size) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of damage) damaged[at] = value;
          assert.equal(translate(pieces(damaged, size)).filter((event) => event.type === 'ended').length, 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads an answer that is not streamed', () => {
    const dialect = new ChatDialect(context);
    const body =
      '{"id":"gen-1","model":"m","provider":"P","choices":[{"message":{"role":"assistant","content":"a","reasoning":"r"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"cost":0.5}}';
    const events = [...dialect.readWhole(body), ...dialect.end({ kind: 'eof' })];
    assert.deepEqual(summary(events), { text: 'a', reasoning: 'r', finish: 'stop', cost: '5e-1', outcome: complete });
  });

  it('does not take other JSON for a reply', () => {
    const dialect = new ChatDialect(context);
    dialect.readWhole('{"status":"ok"}');
    assert.deepEqual(dialect.end({ kind: 'eof' }), [ended(protocol('unexpectedAnswer'))]);
  });
});
