import type { JournalFiles } from '../../src/infrastructure/store/journal/files';
import { openStore } from '../unit/infrastructure/store/storeFixtures';
import { checkRecovers, crashEverywhere } from './crashes';
import { fault } from './faultReport';
import { bySize } from './faultScale';
import { failing, faultyFiles } from './faultyFiles';
import { Lane, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import type { SeededRandom } from './seededRandom';

/** Two lanes of one window commit side by side, so that some commits share a flush; some calls fail on the way. */
async function window(files: JournalFiles, lanes: readonly Lane[], random: SeededRandom): Promise<void> {
  const failsAt = random.chance(0.3) ? random.between(5, 40) : undefined;
  const store = openStore('model', {
    files: faultyFiles(files, ({ number }) => (number === failsAt ? failing('EIO', 'half') : undefined)),
  });
  await Promise.all(
    lanes.map(async (lane) => {
      const commits = random.between(1, 5);
      for (let i = 0; i < commits; i++) await commitNext(store, lane, random.pick([5, 100, 600, 4_000]));
    }),
  );
  // A question may be answered with the failure, never with less than there is.
  if (random.chance(0.3)) {
    await store.conversations().catch((error: unknown) => {
      if (failsAt === undefined) throw error;
    });
  }
  await store.close();
}

describe('faults: power loss', () => {
  fault('F9', 'power cuts that drop, reorder or tear unflushed writes (model)', 900_000, async ({ tally, random }) => {
    for (let i = 0; i < bySize({ quick: 8, full: 150 }); i++) {
      const choice = random.branch(i);
      const disk = new ModelDisk();
      const windows = Array.from({ length: choice.between(1, 3) }, (_, w) => [new Lane(`w${w}a`), new Lane(`w${w}b`)]);
      const crashes = await crashEverywhere({
        disk,
        lanes: windows.flat(),
        random: choice,
        powerCuts: 2,
        chance: bySize({ quick: 0.3, full: 0.8 }),
        run: async (files) => {
          await Promise.all(windows.map((lanes) => window(files, lanes, choice)));
        },
      });
      for (const crash of crashes) await checkRecovers(crash, tally);
    }
  });
});
