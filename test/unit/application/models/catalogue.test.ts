import assert from 'node:assert/strict';
import { ModelCatalogue } from '../../../../src/application/models/catalogue';
import { Emitter } from '../../../../src/domain/emitter';
import { modelId } from '../../../../src/domain/ids';
import type { Model } from '../../../../src/domain/model';
import type {
  Connection,
  CachedModelList,
  ModelListCache,
  ModelListResult,
} from '../../../../src/domain/ports/provider';
import type { CoreEvent } from '../../../../src/domain/coreEvent';
import { HandClock } from '../../../support/handClock';
import { aModel } from '../../../support/scriptedProvider';

const A = 'https://a.test/v1';
const B = 'https://b.test/v1';
const HOUR_MS = 3_600_000;
const listOf = (...ids: string[]): Model[] => ids.map((id) => aModel({ id: modelId(id) }));
const idsOf = (models: readonly Model[]): string[] => models.map((m) => m.id);
const FAILURE = { code: 'NETWORK', detail: 'offline' } as const;

class Memory implements ModelListCache {
  readonly kept = new Map<string, CachedModelList>();
  reads = 0;
  gate: Promise<void> = Promise.resolve();

  async read(baseUrl: string): Promise<CachedModelList | undefined> {
    this.reads++;
    await this.gate;
    return this.kept.get(baseUrl);
  }

  async write(baseUrl: string, models: readonly Model[], atMs: number): Promise<void> {
    this.kept.set(baseUrl, { models, atMs });
  }
}

function aCatalogue(kept: Readonly<Record<string, CachedModelList>> = {}) {
  const clock = new HandClock();
  const bus = new Emitter<CoreEvent>((error) => {
    throw error;
  });
  const events: string[] = [];
  bus.event(({ type }) => events.push(type));
  const memory = new Memory();
  for (const [baseUrl, list] of Object.entries(kept)) memory.kept.set(baseUrl, list);
  const world = {
    baseUrl: A,
    fetches: [] as string[],
    gate: Promise.resolve(),
    result: undefined as ModelListResult | undefined,
  };
  const connection = (): Connection => ({
    baseUrl: world.baseUrl,
    origin: new URL(world.baseUrl).origin,
    key: undefined,
    keyRequired: false,
    isOpenRouter: false,
  });
  const provider = {
    listModels: async (): Promise<ModelListResult> => {
      const { baseUrl } = world;
      world.fetches.push(baseUrl);
      await world.gate;
      return world.result ?? { kind: 'ok', models: listOf(baseUrl === A ? 'a/new' : 'b/new', 'both') };
    },
  };
  const catalogue = new ModelCatalogue(provider, { current: async () => connection() }, clock, bus, memory);
  const hold = (): (() => void) => {
    let open = (): void => undefined;
    world.gate = new Promise<void>((resolve) => (open = resolve));
    return open;
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { catalogue, clock, memory, world, events, hold, settle };
}

const OLD = { [A]: { models: listOf('a/old', 'both'), atMs: 1_000 } };

describe('ModelCatalogue', () => {
  it('touches neither disk nor network before it is asked', async () => {
    const { memory, world, settle, catalogue } = aCatalogue(OLD);
    await settle();
    assert.deepEqual(
      [memory.reads, world.fetches, catalogue.isRead, catalogue.known(modelId('a/old'))],
      [0, [], false, undefined],
    );
  });

  it('gives the server’s list with the time it came, keeps it, and asks again after an hour', async () => {
    const { catalogue, clock, memory, world } = aCatalogue();
    const first = await catalogue.list();
    assert.deepEqual(first, { kind: 'ok', models: listOf('a/new', 'both'), atMs: clock.nowMs() });
    assert.deepEqual(memory.kept.get(A), { models: listOf('a/new', 'both'), atMs: clock.nowMs() });
    clock.pass(HOUR_MS - 1);
    assert.deepEqual(await catalogue.list(), first);
    assert.equal(world.fetches.length, 1);
    clock.pass(1);
    assert.deepEqual(await catalogue.list(), { ...first, atMs: clock.nowMs() });
    assert.equal(world.fetches.length, 2);
    await catalogue.list({ refresh: true });
    assert.equal(world.fetches.length, 3);
  });

  it('asks once for several that want the list at once', async () => {
    const { catalogue, world } = aCatalogue();
    await Promise.all([catalogue.list(), catalogue.list(), catalogue.list({ refresh: true })]);
    assert.equal(world.fetches.length, 1);
  });

  it('shows a kept list of any age while the server is asked', async () => {
    const { catalogue, events, hold, settle } = aCatalogue(OLD);
    const open = hold();
    const listing = catalogue.list();
    await settle();
    assert.deepEqual(
      [catalogue.isRead, catalogue.known(modelId('a/old'))?.id, events],
      [true, 'a/old', ['modelsChanged']],
    );
    open();
    assert.deepEqual(idsOf((await listing).models), ['a/new', 'both']);
    assert.deepEqual([catalogue.known(modelId('a/old')), events], [undefined, ['modelsChanged', 'modelsChanged']]);
  });

  it('never takes a kept list for a fresh one', async () => {
    const { catalogue, clock, world } = aCatalogue({ [A]: { models: listOf('a/old'), atMs: new HandClock().nowMs() } });
    assert.deepEqual(idsOf(await catalogue.cached()), ['a/old']);
    assert.deepEqual(world.fetches, []);
    assert.equal((await catalogue.list()).atMs, clock.nowMs());
    assert.equal(world.fetches.length, 1);
  });

  it('works offline with the kept list, and says how old it is', async () => {
    const { catalogue, world } = aCatalogue(OLD);
    world.result = { kind: 'failed', failure: FAILURE };
    assert.deepEqual(await catalogue.list(), {
      kind: 'stale',
      models: listOf('a/old', 'both'),
      atMs: 1_000,
      failure: FAILURE,
    });
    assert.equal(catalogue.known(modelId('a/old'))?.id, 'a/old');
    world.result = undefined;
    assert.equal((await catalogue.list()).kind, 'ok');
  });

  it('is stale and not empty when an hour later nobody answers', async () => {
    const { catalogue, clock, world, memory } = aCatalogue();
    const { atMs } = await catalogue.list();
    clock.pass(HOUR_MS);
    world.result = { kind: 'failed', failure: FAILURE };
    assert.deepEqual(await catalogue.list(), {
      kind: 'stale',
      models: listOf('a/new', 'both'),
      atMs,
      failure: FAILURE,
    });
    assert.equal(memory.kept.get(A)?.atMs, atMs);
  });

  it('knows nothing where nothing is kept and nobody answers', async () => {
    const { catalogue, world } = aCatalogue();
    world.result = { kind: 'failed', failure: FAILURE };
    assert.deepEqual(await catalogue.list(), { kind: 'stale', models: [], atMs: null, failure: FAILURE });
    assert.equal(catalogue.isRead, false);
    assert.deepEqual(await catalogue.cached(), []);
  });

  it('works without a memory', async () => {
    const clock = new HandClock();
    const connections = {
      current: async () => ({ baseUrl: A, origin: A, key: undefined, keyRequired: false, isOpenRouter: false }),
    };
    const catalogue = new ModelCatalogue(
      { listModels: async () => ({ kind: 'ok', models: listOf('a/new') }) },
      connections,
      clock,
      new Emitter<CoreEvent>(),
    );
    assert.deepEqual(idsOf((await catalogue.list()).models), ['a/new']);
  });

  it('knows what a routing suffix stands for', async () => {
    const { catalogue } = aCatalogue();
    await catalogue.list();
    assert.deepEqual(
      ['a/new:nitro', 'a/new:free', 'a/new'].map((id) => catalogue.known(modelId(id))?.id),
      ['a/new', undefined, 'a/new'],
    );
  });

  describe('when the server is another one', () => {
    it('shows nothing of the first', async () => {
      const { catalogue, world } = aCatalogue({ ...OLD, [B]: { models: listOf('b/old'), atMs: 2_000 } });
      await catalogue.list();
      world.baseUrl = B;
      world.result = { kind: 'failed', failure: FAILURE };
      assert.deepEqual(await catalogue.list(), {
        kind: 'stale',
        models: listOf('b/old'),
        atMs: 2_000,
        failure: FAILURE,
      });
      assert.deepEqual(
        [catalogue.known(modelId('a/new')), catalogue.known(modelId('both')), catalogue.known(modelId('b/old'))?.id],
        [undefined, undefined, 'b/old'],
      );
    });

    it('lets the first one’s list go before anything is read of the second', async () => {
      const { catalogue, world, memory, settle } = aCatalogue();
      await catalogue.list();
      world.baseUrl = B;
      let open = (): void => undefined;
      memory.gate = new Promise<void>((resolve) => (open = resolve));
      const listing = catalogue.list();
      await settle();
      assert.deepEqual([catalogue.known(modelId('both')), catalogue.isRead], [undefined, false]);
      open();
      assert.deepEqual(idsOf((await listing).models), ['b/new', 'both']);
    });

    it('has read nothing of one of which nothing is known', async () => {
      const { catalogue, world } = aCatalogue();
      await catalogue.list();
      world.baseUrl = B;
      world.result = { kind: 'failed', failure: FAILURE };
      assert.deepEqual([(await catalogue.list()).models, catalogue.isRead], [[], false]);
    });

    it('does not give one that is asked meanwhile the other’s list', async () => {
      const { catalogue, world, hold, settle, memory } = aCatalogue();
      const open = hold();
      const first = catalogue.list();
      await settle();
      world.baseUrl = B;
      const second = catalogue.list();
      await settle();
      open();
      assert.deepEqual(
        [idsOf((await first).models), idsOf((await second).models)],
        [
          ['b/new', 'both'],
          ['b/new', 'both'],
        ],
      );
      assert.deepEqual([world.fetches, [...memory.kept.keys()]], [[A, B], [B]]);
      assert.equal(catalogue.known(modelId('a/new')), undefined);
    });

    it('does not hold a list that was read from disk too late', async () => {
      const { catalogue, world, memory, settle } = aCatalogue({
        ...OLD,
        [B]: { models: listOf('b/old'), atMs: 2_000 },
      });
      let open = (): void => undefined;
      memory.gate = new Promise<void>((resolve) => (open = resolve));
      const late = catalogue.cached();
      await settle();
      world.baseUrl = B;
      memory.gate = Promise.resolve();
      assert.deepEqual(idsOf(await catalogue.cached()), ['b/old']);
      open();
      await late;
      assert.deepEqual(
        [catalogue.known(modelId('a/old')), catalogue.known(modelId('b/old'))?.id],
        [undefined, 'b/old'],
      );
    });
  });
});
