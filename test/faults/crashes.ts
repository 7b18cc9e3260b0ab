import type { Clock } from '../../src/domain/ports/system';
import { openStore, testClock } from '../unit/infrastructure/store/storeFixtures';
import type { FaultTally } from './faultReport';
import { faultyFiles } from './faultyFiles';
import { Lane, commitNext } from './lane';
import type { ModelDisk } from './modelDisk';
import type { SeededRandom } from './seededRandom';
import { checkWitnesses } from './witness';

/** A folder as a crash left it, with what had been acknowledged by then. */
export interface Crash {
  readonly disk: ModelDisk;
  readonly lanes: readonly Lane[];
  /** Only the process died: what it had written is all there, and the end of a file is cut at worst. */
  readonly killedOnly: boolean;
  /** Between which calls. */
  readonly where: string;
}

export interface CrashPlan {
  readonly disk: ModelDisk;
  readonly lanes: readonly Lane[];
  readonly random: SeededRandom;
  /** How many power cuts are looked at for each moment, besides the death of the process alone. */
  readonly powerCuts: number;
  /** Chance for each moment to be looked at: 1 is every one. */
  readonly chance: number;
  /** What the windows do meanwhile, on folders that are given to it. */
  readonly run: (files: ReturnType<typeof faultyFiles>) => Promise<void>;
}

/** Runs undisturbed and keeps a copy of the disk in front of every call, as a crash at that moment would leave it. */
export async function crashEverywhere({
  disk,
  lanes,
  random,
  powerCuts,
  chance,
  run,
}: CrashPlan): Promise<readonly Crash[]> {
  const crashes: Crash[] = [];
  const keep = (moment: string): void => {
    if (!random.chance(chance)) return;
    const frozen = lanes.map((lane) => lane.frozen());
    crashes.push({ disk: disk.afterKill(), lanes: frozen, killedOnly: true, where: `killed before ${moment}` });
    for (let i = 0; i < powerCuts; i++)
      crashes.push({
        disk: disk.afterPowerCut(random),
        lanes: frozen,
        killedOnly: false,
        where: `power cut ${i} before ${moment}`,
      });
  };
  const files = faultyFiles(disk, ({ number, name }) => {
    keep(`call ${number}, ${name}`);
    return undefined;
  });
  await run(files);
  keep('the end');
  return crashes;
}

/** What a crash left behind must not look worse when it has become old. */
export const NEXT_DAY: Clock = { ...testClock, nowMs: () => testClock.nowMs() + 24 * 60 * 60_000 };

/**
 * The next start finds everything acknowledged and writes. It says that the store is well: a cut end is no damage.
 * Behind a power cut it may warn, because torn sectors look like damage and nobody can tell.
 */
export async function checkRecovers({ disk, lanes, killedOnly, where }: Crash, tally: FaultTally): Promise<void> {
  const next = new Lane('next');
  const store = openStore('model', { files: disk, clock: NEXT_DAY });
  await checkWitnesses(store, lanes, tally, where);
  const state = await store.state();
  if (state.kind !== 'ready' || (killedOnly && state.warnings.length > 0))
    tally.wrong(`a crash is taken for damage ${where}: ${JSON.stringify(state)}`);
  if (!(await commitNext(store, next, 20))) tally.wrong(`no commit is possible ${where}`);
  await store.close();
  const again = openStore('model', { files: disk, clock: NEXT_DAY });
  await checkWitnesses(again, [...lanes, next], tally, `${where}, at the start after the next`);
  await again.close();
  tally.case();
}
