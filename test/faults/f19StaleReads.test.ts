import { openStoreWithProjection } from '../unit/infrastructure/store/storeFixtures';
import { fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, WITNESS_CONVERSATION, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import { STALE_MS, StaleFiles } from './staleFiles';
import { checkWitnesses, readWitnesses } from './witness';

const START_MS = Date.parse('2026-11-20T12:00:00Z');

describe('faults: network folders', () => {
  fault('F19', 'reads that are up to 3 s stale', 300_000, async ({ tally, random }) => {
    for (let run = 0; run < bySize({ quick: 5, full: 300 }); run++) {
      const choice = random.branch(run);
      let nowMs = 0;
      const clock = { nowMs: () => START_MS + nowMs, monotonicMs: () => nowMs };
      const disk = new ModelDisk(clock.nowMs);
      const machines = ['a', 'b', 'c'].map((name) => ({
        lane: new Lane(name),
        ...openStoreWithProjection('model', { clock, files: new StaleFiles(disk, () => nowMs) }),
      }));
      const lanes = machines.map(({ lane }) => lane);
      for (const { store } of machines) await store.conversations();
      for (let i = 0; i < 30; i++) {
        const { store, projection, lane } = choice.pick(machines);
        await commitNext(store, lane, choice.pick([10, 500, 20_000]));
        nowMs += choice.below(900);
        if (choice.chance(0.5)) await projection.refresh();
        if (choice.chance(0.05)) await projection.save();
        // Others' records may be missing for a while; its own never, and nothing may be there that was not written.
        const { found } = await readWitnesses(store, lanes, tally, `in run ${run}`);
        for (const n of lane.acknowledged)
          if (!found.has(`${lane.name}-${n}`)) tally.lost(`its own ${lane.name}-${n} in run ${run}`);
      }
      for (const { store } of machines) {
        const state = await store.state();
        if (state.kind !== 'ready' || !state.warnings.some(({ kind }) => kind === 'networkDisk'))
          tally.wrong(`a network disk is not said in run ${run}`);
      }
      for (const { store, projection } of machines) {
        // Time for the last stale answer to expire, and for what was learned from it to be looked at again.
        for (let look = 0; look < 4; look++) {
          nowMs += STALE_MS + 1;
          await projection.refresh();
        }
        await checkWitnesses(store, lanes, tally, `when everything is fresh again in run ${run}`);
      }
      for (const { store } of machines) await store.close();
      const late = openStoreWithProjection('model', { files: disk });
      await late.store.load(WITNESS_CONVERSATION);
      await checkWitnesses(late.store, lanes, tally, `in a window without stale reads in run ${run}`);
      await late.store.close();
      tally.case();
    }
    tally.note('simulated by a shim');
  });
});
