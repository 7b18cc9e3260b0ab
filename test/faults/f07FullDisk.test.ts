import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStore } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, commitNext } from './lane';
import { cannotMount, withTmpfs } from './mountedFolder';
import type { SeededRandom } from './seededRandom';
import { checkWitnesses } from './witness';

const DISK = 'size=1m';
/** Commits before the disk must have been full: 1 MB holds fewer. */
const MOST_COMMITS = 2_000;

/** Writes until the disk is full, frees space, and goes on in the same window, several times over. */
async function fullDisk(mountPoint: string, random: SeededRandom, tally: FaultTally, where: string): Promise<void> {
  const folder = path.join(mountPoint, 'history');
  const filler = path.join(mountPoint, 'filler');
  const lane = new Lane('a');
  const store = openStore(folder);
  if (random.chance(0.5)) await store.conversations();
  await commitNext(store, lane, 20);
  for (let round = 0; round < 3; round++) {
    const leaveBytes = random.between(1, 40) * 4096 - random.below(4096);
    writeFileSync(filler, Buffer.alloc(Math.max(0, freeBytes(mountPoint) - leaveBytes)));
    await fillUp(lane, random, store);
    await checkReason(store, tally, where);
    rmSync(filler);
    if (!(await commitNext(store, lane, 20))) tally.wrong(`writing does not go on when there is space again ${where}`);
    await checkWitnesses(store, [lane], tally, `${where}, round ${round}`);
  }
  await store.close();
  const again = openStore(folder);
  await checkWitnesses(again, [lane], tally, `${where} in the next window`);
  const state = await again.state();
  if (state.kind !== 'ready' || state.warnings.length > 0)
    tally.wrong(`a full disk is taken for damage ${where}: ${JSON.stringify(state)}`);
  await again.close();
  tally.case();
}

async function fillUp(lane: Lane, random: SeededRandom, store: ReturnType<typeof openStore>): Promise<void> {
  for (let i = 0; i < MOST_COMMITS; i++) {
    if (!(await commitNext(store, lane, random.pick([20, 700, 5_000, 30_000])))) return;
  }
  throw new Error('the disk never became full');
}

async function checkReason(store: ReturnType<typeof openStore>, tally: FaultTally, where: string): Promise<void> {
  const state = await store.state();
  if (!JSON.stringify(state).includes('"diskFull"'))
    tally.wrong(`a full disk is not reported ${where}: ${JSON.stringify(state)}`);
}

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

describe('faults: full disk', () => {
  fault('F7', 'ENOSPC on a tmpfs of 1 MB, then space again', 600_000, async ({ tally, random, skip }) => {
    const why = cannotMount();
    if (why !== undefined) skip(why);
    for (let i = 0; i < bySize({ quick: 8, full: 150 }); i++) {
      await withTmpfs(DISK, (mountPoint) => fullDisk(mountPoint, random, tally, `on disk ${i}`));
    }
  });
});
