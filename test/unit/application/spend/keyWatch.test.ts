import assert from 'node:assert/strict';
import { KeyWatch } from '../../../../src/application/spend/keyWatch';
import type { KeyAllowance } from '../../../../src/application/spend/ledger';
import { Emitter } from '../../../../src/domain/emitter';
import { conversationId, messageId } from '../../../../src/domain/ids';
import { parseDecimal } from '../../../../src/domain/money';
import type { Connection, KeyCheck } from '../../../../src/domain/ports/provider';
import type { CoreEvent } from '../../../../src/domain/coreEvent';
import { HandClock } from '../../../support/handClock';

const usd = (text: string) => parseDecimal(text)!;
type Known = Extract<KeyCheck, { kind: 'ok' }>;
const key = (more: Partial<Known> = {}): Known => ({
  kind: 'ok',
  label: '',
  limit: usd('25'),
  limitRemaining: usd('24.999936'),
  limitReset: 'monthly',
  usageDaily: usd('0'),
  usageMonthly: usd('0'),
  ...more,
});
const FAILED: KeyCheck = { kind: 'failed', failure: { code: 'NETWORK', detail: '' } };
const LEFT: KeyAllowance = {
  limitNanoUsd: 25_000_000_000,
  remainingNanoUsd: 24_999_936_000,
  reset: 'monthly',
} as KeyAllowance;
const MINUTE_MS = 60_000;

function aWatch() {
  const clock = new HandClock();
  const bus = new Emitter<CoreEvent>((error) => {
    throw error;
  });
  const world = {
    connection: {
      baseUrl: 'https://a.test/v1',
      origin: 'https://a.test',
      key: 'key-1',
      keyRequired: true,
      isOpenRouter: true,
    } as Connection,
    check: key() as KeyCheck,
    /** Checks wait for it. */
    gate: Promise.resolve(),
    asked: [] as (string | undefined)[],
    told: [] as (KeyAllowance | null)[],
  };
  const watch = new KeyWatch({
    provider: {
      checkKey: async (_, used) => {
        world.asked.push(used);
        await world.gate;
        return world.check;
      },
    },
    connections: { current: async () => world.connection },
    clock,
    bus,
    onAllowance: (allowance) => world.told.push(allowance),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const replyEnded = async (): Promise<void> => {
    bus.fire({ type: 'turnEnded', conversationId: conversationId('c'), replyId: messageId('m') });
    await settle();
  };
  const settingsChanged = async (connection: Partial<Connection> & { key?: string | undefined }): Promise<void> => {
    world.connection = { ...world.connection, ...connection } as Connection;
    bus.fire({ type: 'settingsChanged' });
    await settle();
  };
  return { world, watch, clock, settle, replyEnded, settingsChanged };
}

describe('KeyWatch', () => {
  it('checks nothing until the budget is shown', async () => {
    const { world, settle, settingsChanged } = aWatch();
    await settle();
    await settingsChanged({ key: 'key-2' });
    assert.deepEqual(world.asked, []);
  });

  it('reports what the key may spend', async () => {
    const { world, watch } = aWatch();
    await watch.refresh();
    assert.deepEqual([world.asked, world.told], [['key-1'], [LEFT]]);
  });

  const ANSWERS: readonly {
    readonly name: string;
    readonly check: KeyCheck;
    readonly told: readonly (KeyAllowance | null)[];
  }[] = [
    { name: 'no limit', check: key({ limit: null, limitRemaining: null }), told: [null] },
    { name: 'a limit and nothing of what is left', check: key({ limitRemaining: null }), told: [null] },
    {
      name: 'overdrawn',
      check: key({ limit: usd('1'), limitRemaining: usd('-0.25'), limitReset: null }),
      told: [{ limitNanoUsd: 1_000_000_000, remainingNanoUsd: -250_000_000, reset: null } as KeyAllowance],
    },
    {
      name: 'nothing left',
      check: key({ limitRemaining: usd('0') }),
      told: [{ ...LEFT, remainingNanoUsd: 0 } as KeyAllowance],
    },
    { name: 'a failure', check: FAILED, told: [] },
  ];
  for (const { name, check, told } of ANSWERS) {
    it(`understands: ${name}`, async () => {
      const { world, watch } = aWatch();
      world.check = check;
      await watch.refresh();
      assert.deepEqual(world.told, told);
    });
  }

  it('keeps the last response if a request fails', async () => {
    const { world, watch, clock } = aWatch();
    await watch.refresh();
    world.check = FAILED;
    clock.pass(5 * MINUTE_MS);
    await watch.refresh();
    assert.deepEqual([world.asked.length, world.told], [2, [LEFT]]);
  });

  it('asks at most every five minutes, however often the budget is shown', async () => {
    const { world, watch, clock } = aWatch();
    for (let ms = 0; ms < 10 * MINUTE_MS; ms += 1_000) {
      await watch.refresh();
      clock.pass(1_000);
    }
    assert.equal(world.asked.length, 2);
    await watch.refresh();
    assert.equal(world.asked.length, 3);
  });

  it('asks after a reply, but not for every one of a burst, and again when the budget is shown after it', async () => {
    const { world, watch, clock, replyEnded } = aWatch();
    await replyEnded();
    assert.equal(world.asked.length, 1);
    for (let n = 0; n < 5; n++) {
      clock.pass(5_000);
      await replyEnded();
    }
    assert.equal(world.asked.length, 1);
    clock.pass(5_000);
    await watch.refresh();
    assert.equal(world.asked.length, 2);
    clock.pass(30_000);
    await watch.refresh();
    assert.equal(world.asked.length, 2, 'no reply since: the long gap again');
  });

  it('checks again for a reply that ends during a request', async () => {
    const { world, watch, clock, settle, replyEnded } = aWatch();
    let open = (): void => undefined;
    world.gate = new Promise<void>((resolve) => (open = resolve));
    const looking = watch.refresh();
    await settle();
    await replyEnded();
    open();
    await looking;
    clock.pass(30_000);
    await watch.refresh();
    assert.equal(world.asked.length, 2);
  });

  it('sends one request for two simultaneous views', async () => {
    const { world, watch } = aWatch();
    await Promise.all([watch.refresh(), watch.refresh()]);
    assert.equal(world.asked.length, 1);
  });

  it('forgets the answer about another key at once, and asks about the new one', async () => {
    const { world, watch, settingsChanged } = aWatch();
    await watch.refresh();
    await settingsChanged({ key: 'key-2' });
    assert.deepEqual(
      [world.asked, world.told],
      [
        ['key-1', 'key-2'],
        [LEFT, null, LEFT],
      ],
    );
    await settingsChanged({});
    assert.equal(world.asked.length, 2, 'another setting is no reason');
  });

  it('forgets the response when the key is removed, and sends no request without one', async () => {
    const { world, watch, settingsChanged } = aWatch();
    await watch.refresh();
    await settingsChanged({ key: undefined });
    await watch.refresh();
    assert.deepEqual([world.asked.length, world.told], [1, [LEFT, null]]);
  });

  it('ignores a response about a key that was replaced meanwhile', async () => {
    const { world, watch } = aWatch();
    let open = (): void => undefined;
    world.gate = new Promise<void>((resolve) => (open = resolve));
    const looking = watch.refresh();
    await new Promise((resolve) => setImmediate(resolve));
    world.connection = { ...world.connection, baseUrl: 'https://b.test/v1' };
    open();
    await looking;
    assert.deepEqual([world.asked.length, world.told], [2, [null, LEFT]]);
  });

  it('stops requests to a server without information about keys', async () => {
    const { world, watch, clock, settingsChanged } = aWatch();
    world.check = key({ limit: null, limitRemaining: null, usageDaily: null, usageMonthly: null });
    await watch.refresh();
    clock.pass(60 * MINUTE_MS);
    await watch.refresh();
    assert.equal(world.asked.length, 1);
    await settingsChanged({ key: 'key-2' });
    assert.equal(world.asked.length, 2);
  });

  it('never throws, even if the connection cannot be read', async () => {
    const { world, watch } = aWatch();
    Object.defineProperty(world, 'connection', {
      get: () => {
        throw new Error('locked');
      },
    });
    await watch.refresh();
    assert.deepEqual(world.told, []);
  });

  it('does nothing after it was disposed of', async () => {
    const { world, watch, replyEnded } = aWatch();
    watch.dispose();
    await replyEnded();
    assert.deepEqual(world.asked, []);
  });
});
