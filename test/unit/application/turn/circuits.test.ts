import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Circuits, type CircuitPermit } from '../../../../src/application/turn/circuits';
import { type CircuitState, type Verdict, verdictOn } from '../../../../src/domain/circuit';
import { Emitter } from '../../../../src/domain/emitter';
import type { FailureCode, Refusal } from '../../../../src/domain/failure';
import { modelId } from '../../../../src/domain/ids';
import type { StreamOutcome } from '../../../../src/domain/ports/provider';
import type { CoreEvent } from '../../../../src/domain/coreEvent';
import { defaultSettings } from '../../../support/testCore';
import { reply } from '../../../support/scriptedProvider';
import {
  HandTime,
  MODELS,
  chain,
  failing,
  http,
  moneyOf,
  opened,
  passWaits,
  tick,
  timedCore,
  told,
} from '../attemptFixtures';
import { TestCores, eventually, refusal } from '../useCases';

const A = modelId('a/a');
const B = modelId('b/b');

function someCircuits(threshold = 3, recoveryMs = 30_000) {
  const time = new HandTime();
  const bus = new Emitter<CoreEvent>((error) => assert.fail(String(error)));
  const settings = {
    value: { ...defaultSettings, circuitFailureThreshold: threshold, circuitRecoveryMs: recoveryMs },
    current: () => settings.value,
  };
  const server = { origin: 'https://openrouter.ai' };
  const connections = {
    current: async () => ({
      baseUrl: `${server.origin}/api/v1`,
      origin: server.origin,
      key: undefined,
      keyRequired: false,
      isOpenRouter: false,
    }),
  };
  const circuits = new Circuits({ settings, connections, clock: time.clock, timers: time.timers, bus });
  let changes = 0;
  bus.event((event) => (changes += Number(event.type === 'circuitChanged')));
  const request = async (verdict: Verdict, model = A): Promise<void> => (await circuits.enter(model)).over(verdict);
  const wait = async (model = A): Promise<number> => {
    const r: Refusal = await refusal(circuits.enter(model));
    return r.code === 'CIRCUIT_OPEN' ? r.waitMs : assert.fail(r.code);
  };
  const newChanges = (): number => {
    const count = changes;
    changes = 0;
    return count;
  };
  const set = (over: Partial<typeof settings.value>): void => {
    settings.value = { ...settings.value, ...over };
    bus.fire({ type: 'settingsChanged' });
  };
  return { circuits, time, bus, server, request, wait, newChanges, set };
}

const closed = (failures: number, threshold = 3): CircuitState => ({ kind: 'closed', failures, threshold });
const open = (failures: number, waitMs: number, threshold = 3): CircuitState => ({
  kind: 'open',
  failures,
  threshold,
  waitMs,
});
const halfOpen = (failures: number, isRunning: boolean, threshold = 3): CircuitState => ({
  kind: 'halfOpen',
  failures,
  threshold,
  isRunning,
});

describe('circuits', () => {
  const cores = new TestCores();
  afterEach(() => cores.endAll());

  const failure = (code: FailureCode, sent = true): StreamOutcome => ({
    kind: 'failed',
    sent,
    failure: { code, detail: '' },
  });
  const verdicts: readonly (readonly [string, StreamOutcome, Verdict])[] = [
    ['a whole reply', { kind: 'complete' }, 'answered'],
    ['a stop', { kind: 'aborted' }, 'nothing'],
    ...(['NETWORK', 'TIMEOUT', 'OVERLOADED', 'UPSTREAM', 'STALLED', 'TRUNCATED', 'PROTOCOL'] as const).map(
      (code) => [code, failure(code), 'failed'] as const,
    ),
    ...(
      [
        'AUTH',
        'CREDITS',
        'KEY_LIMIT',
        'IN_FLIGHT',
        'RATE_LIMIT',
        'DAILY_QUOTA',
        'MODERATION',
        'CONTEXT_TOO_LONG',
        'MODEL_NOT_FOUND',
        'BAD_REQUEST',
        'BUDGET_EXCEEDED',
      ] as const
    ).map((code) => [code, failure(code), 'answered'] as const),
    ['NETWORK, not sent', failure('NETWORK', false), 'failed'],
    ['AUTH, not sent', failure('AUTH', false), 'nothing'],
  ];
  for (const [name, outcome, expected] of verdicts)
    it(`${name} counts as ${expected}`, () => assert.equal(verdictOn(outcome), expected));

  it('opens after so many failures in a row, lets a probe through after the recovery time, and tells each change', async () => {
    const { circuits, time, request, wait, newChanges } = someCircuits();
    await request('failed');
    await request('failed');
    await request('answered');
    assert.deepEqual([circuits.of(A), newChanges()], [closed(0), 3]);
    for (let failures = 1; failures <= 3; failures++) await request('failed');
    assert.deepEqual([circuits.of(A), newChanges(), await wait()], [open(3, 30_000), 3, 30_000]);
    time.pass(29_999.5);
    assert.deepEqual([circuits.of(A), newChanges(), await wait()], [open(3, 0.5), 0, 1]);
    time.pass(0.5);
    assert.deepEqual([circuits.of(A), newChanges()], [halfOpen(3, false), 1]);
    const probe = await circuits.enter(A);
    assert.deepEqual([circuits.of(A), await wait(), circuits.of(B)], [halfOpen(3, true), 30_000, closed(0)]);
    probe.over('failed');
    assert.deepEqual(circuits.of(A), open(4, 30_000));
    time.pass(30_000);
    (await circuits.enter(A)).over('answered');
    assert.deepEqual(circuits.of(A), closed(0));
  });

  it('lets only one of two requests at once be the probe', async () => {
    const { circuits, time, request } = someCircuits(1);
    await request('failed');
    time.pass(30_000);
    const results = await Promise.allSettled([circuits.enter(A), circuits.enter(A)]);
    assert.deepEqual(
      results.map((r) => r.status),
      ['fulfilled', 'rejected'],
    );
  });

  it('lets the next request be the probe when the one before was stopped', async () => {
    const { circuits, time, request } = someCircuits(1);
    await request('failed');
    time.pass(30_000);
    (await circuits.enter(A)).over('nothing');
    assert.deepEqual(circuits.of(A), halfOpen(1, false, 1));
    const probe = await circuits.enter(A);
    probe.over('failed');
    probe.over('answered');
    assert.deepEqual(circuits.of(A), open(2, 30_000, 1), 'only the first word counts');
  });

  it('closes as soon as its probe brings text; what breaks then counts anew', async () => {
    const { circuits, time, request } = someCircuits(2);
    await request('failed');
    await request('failed');
    time.pass(30_000);
    const probe = await circuits.enter(A);
    probe.answers();
    assert.deepEqual(circuits.of(A), closed(0, 2));
    probe.over('failed');
    assert.deepEqual(circuits.of(A), closed(1, 2));
  });

  it('is not kept open by requests that went out before', async () => {
    const { circuits, time, request } = someCircuits(1);
    const [late, good] = [await circuits.enter(A), await circuits.enter(A)];
    await request('failed');
    time.pass(20_000);
    late.over('failed');
    assert.deepEqual(circuits.of(A), open(2, 10_000, 1));
    good.answers();
    assert.deepEqual(circuits.of(A), open(2, 10_000, 1));
    good.over('answered');
    assert.deepEqual(circuits.of(A), closed(0, 1));
  });

  it('knows each model at each origin by itself', async () => {
    const { circuits, server, bus, request } = someCircuits(1);
    await request('failed');
    server.origin = 'http://localhost:11434';
    bus.fire({ type: 'settingsChanged' });
    await tick();
    assert.deepEqual([circuits.of(A), await circuits.waitMs(A)], [closed(0, 1), 0]);
    server.origin = 'https://openrouter.ai';
    assert.deepEqual([await circuits.waitMs(A), await circuits.waitMs(B)], [30_000, 0]);
  });

  it('follows the settings at once', async () => {
    const { circuits, time, request, newChanges, set } = someCircuits(5);
    for (let failures = 1; failures <= 3; failures++) await request('failed');
    time.pass(10_000);
    newChanges();
    set({ circuitFailureThreshold: 3 });
    await tick();
    assert.deepEqual([circuits.of(A), newChanges()], [open(3, 20_000), 1]);
    set({ circuitRecoveryMs: 12_000 });
    await tick();
    assert.deepEqual([circuits.of(A), newChanges()], [open(3, 2_000), 1]);
    time.pass(2_000);
    assert.deepEqual([circuits.of(A), newChanges()], [halfOpen(3, false), 1], 'the alarm follows, too');
    set({ circuitFailureThreshold: 4 });
    assert.deepEqual(circuits.of(A), closed(3, 4));
  });

  it('is independent of the wall clock', async () => {
    const { circuits, time, request } = someCircuits(1);
    await request('failed');
    time.clock.nowMs = () => Date.UTC(2031, 0, 1);
    assert.deepEqual(circuits.of(A), open(1, 30_000, 1));
    time.clock.nowMs = () => 0;
    time.pass(30_000);
    assert.deepEqual(circuits.of(A), halfOpen(1, false, 1));
  });

  it('reports nothing after it is disposed of', async () => {
    const { circuits, time, request, newChanges, set } = someCircuits(1);
    await request('failed');
    circuits.dispose();
    newChanges();
    set({ circuitRecoveryMs: 5_000 });
    time.pass(60_000);
    assert.deepEqual([newChanges(), time.timers.waits], [0, []]);
  });

  /** The rule as a model: a list of events, read from its end. */
  it('equals the model after any sequence', async () => {
    type Act =
      | { readonly kind: 'enter' }
      | { readonly kind: 'over'; readonly pick: number; readonly verdict: Verdict }
      | { readonly kind: 'text'; readonly pick: number }
      | { readonly kind: 'pass'; readonly ms: number }
      | { readonly kind: 'set'; readonly threshold: number; readonly recoveryMs: number };
    const act: fc.Arbitrary<Act> = fc.oneof(
      { weight: 5, arbitrary: fc.constant<Act>({ kind: 'enter' }) },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('over' as const),
          pick: fc.nat(9),
          verdict: fc.constantFrom<Verdict>('failed', 'failed', 'failed', 'answered', 'nothing'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('text' as const), pick: fc.nat(9) }) },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 4_999, 5_000, 30_000) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('set' as const),
          threshold: fc.integer({ min: 1, max: 4 }),
          recoveryMs: fc.constantFrom(5_000, 30_000),
        }),
      },
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const { circuits, time, set } = someCircuits(2, 5_000);
        const rule = {
          failures: 0,
          threshold: 2,
          recoveryMs: 5_000,
          nowMs: 0,
          failedMs: 0,
          probe: undefined as CircuitPermit | undefined,
        };
        const state = (): string => {
          if (rule.failures < rule.threshold) return 'closed';
          if (rule.probe) return 'underWay';
          return rule.nowMs - rule.failedMs < rule.recoveryMs ? 'open' : 'free';
        };
        const running: CircuitPermit[] = [];
        for (const step of acts) {
          const passage = 'pick' in step ? running[step.pick % Math.max(1, running.length)] : undefined;
          if (step.kind === 'enter') {
            const before = state();
            const entered = await circuits.enter(A).catch(() => undefined);
            assert.equal(entered !== undefined, before === 'closed' || before === 'free', before);
            if (entered) running.push(entered);
            if (before === 'free') rule.probe = entered;
          } else if (step.kind === 'over' && passage) {
            running.splice(running.indexOf(passage), 1);
            const wasOpen = state() === 'open';
            const isProbe = rule.probe === passage;
            if (isProbe) rule.probe = undefined;
            if (step.verdict === 'answered') rule.failures = 0;
            if (step.verdict === 'failed') {
              rule.failures += 1;
              if (isProbe || !wasOpen) rule.failedMs = rule.nowMs;
            }
            passage.over(step.verdict);
          } else if (step.kind === 'text' && passage) {
            if (rule.probe === passage) Object.assign(rule, { probe: undefined, failures: 0 });
            passage.answers();
          } else if (step.kind === 'pass') {
            rule.nowMs += step.ms;
            time.pass(step.ms);
          } else if (step.kind === 'set') {
            Object.assign(rule, { threshold: step.threshold, recoveryMs: step.recoveryMs });
            set({ circuitFailureThreshold: step.threshold, circuitRecoveryMs: step.recoveryMs });
          }
          const now = circuits.of(A);
          seen.add(state());
          assert.equal(now.kind === 'halfOpen' ? (now.isRunning ? 'underWay' : 'free') : now.kind, state());
          assert.equal(now.failures, rule.failures);
          if (now.kind === 'open') assert.equal(now.waitMs, rule.failedMs + rule.recoveryMs - rule.nowMs);
        }
      }),
      { seed: 417, numRuns: 400 },
    );
    assert.deepEqual([...seen].sort(), ['closed', 'free', 'open', 'underWay']);
  });

  describe('of a product', () => {
    const send = async (p: ReturnType<typeof timedCore>['p']) =>
      p.orchestrator.send({ conversationId: null, text: 'Hi', attachments: [] });
    const opensAt = (circuitFailureThreshold: number) => ({ settings: { circuitFailureThreshold } });

    it('refuse a send before anything is stored, say so in the quote, and close with the probe', async () => {
      const { p, time } = timedCore(cores, opensAt(2));
      p.provider.upcoming = [http(500, 'UPSTREAM'), failing('TIMEOUT')];
      for (let i = 0; i < 2; i++) await (await send(p)).done;
      const paused = { code: 'CIRCUIT_OPEN', waitMs: 30_000 };
      const conversations = (await p.conversations.list()).length;
      assert.deepEqual(await refusal(send(p)), paused);
      assert.deepEqual(
        (await p.orchestrator.quote({ conversationId: null, text: 'Hi', attachments: [] })).refusal,
        paused,
      );
      assert.deepEqual(
        [(await p.conversations.list()).length, p.provider.requests.length, (await moneyOf(p)).length],
        [conversations, 2, 2],
      );
      const changes = p.events.filter(({ type }) => type === 'circuitChanged').length;
      time.pass(30_000);
      assert.equal(p.events.filter(({ type }) => type === 'circuitChanged').length, changes + 1);
      assert.equal(
        (await p.orchestrator.quote({ conversationId: null, text: 'Hi', attachments: [] })).refusal,
        undefined,
      );
      await (
        await send(p)
      ).done;
      assert.deepEqual(p.circuits.of(MODELS.asked), closed(0, 2));
    });

    it('close while the probe’s reply still streams', async () => {
      const { p, time } = timedCore(cores, opensAt(1));
      p.provider.upcoming = [http(500, 'UPSTREAM'), [opened, { type: 'text', text: 'Half' }, { type: 'untilAborted' }]];
      await (
        await send(p)
      ).done;
      time.pass(30_000);
      const probe = await send(p);
      await eventually(() => p.circuits.of(MODELS.asked).kind === 'closed', 'its text comes');
      await (
        await send(p)
      ).done;
      assert.equal(await p.orchestrator.stop(probe.conversationId), true);
    });

    it('give the probe’s place back when the budget refuses it', async () => {
      const { p, time } = timedCore(cores, opensAt(1));
      p.provider.upcoming = [http(500, 'UPSTREAM')];
      await (
        await send(p)
      ).done;
      time.pass(30_000);
      const { value } = p.settings;
      p.settings.value = { ...value, dailyLimitNanoUsd: value.replyLimitNanoUsd ?? p.ledger.summary().todayNanoUsd };
      assert.equal((await refusal(send(p))).code, 'BUDGET_EXCEEDED');
      assert.deepEqual(p.circuits.of(MODELS.asked), halfOpen(1, false, 1));
      p.settings.value = value;
      await (
        await send(p)
      ).done;
      assert.deepEqual(p.circuits.of(MODELS.asked), closed(0, 1));
    });

    it('keep a reply from waiting for a model whose circuit is open by then', async () => {
      const { p, time } = timedCore(cores, opensAt(2));
      p.provider.upcoming = Array.from({ length: 9 }, () => http(503, 'OVERLOADED', 1_000));
      const waits = passWaits(p, time);
      const turn = await send(p);
      await turn.done;
      assert.deepEqual([waits, (await told(p, turn.conversationId)).requests], [[1_000], ['asked', 'asked']]);
    });

    it('let a reply wait that is long enough to be the probe', async () => {
      const { p, time } = timedCore(cores, opensAt(1));
      p.provider.upcoming = [http(503, 'OVERLOADED', 30_000), reply('Hello')];
      passWaits(p, time);
      const turn = await send(p);
      await turn.done;
      assert.equal((await told(p, turn.conversationId)).state, 'complete');
    });

    it('are passed over by the chain', async () => {
      const { p } = timedCore(cores, {
        settings: { ...chain('cheap', 'same', 'dear').settings, circuitFailureThreshold: 1 },
      });
      const other = await p.orchestrator.create({ model: MODELS.cheap });
      p.provider.upcoming = [http(500, 'UPSTREAM')];
      await (
        await p.orchestrator.send({ conversationId: other, text: 'Hi', attachments: [] })
      ).done;
      p.provider.upcoming = [http(503, 'OVERLOADED')];
      const turn = await send(p);
      await turn.done;
      assert.deepEqual((await told(p, turn.conversationId)).requests, ['cheap', 'asked', 'same']);
    });
  });
});
