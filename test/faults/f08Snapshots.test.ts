import type { JournalFiles } from '../../src/infrastructure/store/journal/files';
import { openStoreWithProjection, testClock } from '../unit/infrastructure/store/storeFixtures';
import { type Crash, NEXT_DAY, checkRecovers, crashEverywhere } from './crashes';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { failing, faultyFiles } from './faultyFiles';
import { Lane, WITNESS_CONVERSATION, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import { checkWitnesses } from './witness';

/** Those that the store promises to keep: the newest and two older ones. */
const KEPT_GENERATIONS = 3;

const manifestsOf = (disk: ModelDisk): readonly string[] =>
  [...disk.contents().keys()].filter((name) => /^s-.*\.json$/.test(name));

/** A window that commits and saves in turn. A save that fails costs only the save. */
async function commitsAndSaves(
  files: JournalFiles,
  lane: Lane,
  saves: number,
): Promise<{ readonly failedSaves: number }> {
  const { store, projection } = openStoreWithProjection('model', { files });
  let failedSaves = 0;
  for (let i = 0; i < saves; i++) {
    await commitNext(store, lane, 30);
    await store.load(WITNESS_CONVERSATION).catch(() => undefined);
    await projection.save().catch(() => (failedSaves += 1));
  }
  await commitNext(store, lane, 30);
  await store.close();
  return { failedSaves };
}

describe('faults: snapshots', () => {
  fault(
    'F8',
    'crash between each pair of snapshot steps, and again in recovery',
    1_200_000,
    async ({ tally, random }) => {
      const lane = new Lane('a');
      const recovery = new Lane('b');
      const disk = new ModelDisk();
      // One generation more than are kept, so that removing the oldest is among the steps.
      const run = async (files: JournalFiles): Promise<void> =>
        void (await commitsAndSaves(files, lane, KEPT_GENERATIONS + 1));
      const first = await crashEverywhere({
        disk,
        lanes: [lane],
        random,
        powerCuts: bySize({ quick: 1, full: 3 }),
        chance: bySize({ quick: 0.5, full: 1 }),
        run,
      });
      for (const crash of first) {
        const recovering = crash.disk.afterKill();
        await checkRecovers(crash, tally);
        if (!random.chance(bySize({ quick: 0.05, full: 0.5 }))) continue;
        const lanes = [...crash.lanes, recovery.frozen()];
        const again = lanes.at(-1) ?? recovery;
        const second = await crashEverywhere({
          disk: recovering,
          lanes,
          random,
          powerCuts: 1,
          chance: bySize({ quick: 0.2, full: 0.3 }),
          run: async (files) => void (await commitsAndSaves(files, again, 1)),
        });
        for (const { where, killedOnly, ...rest } of second) {
          const both: Crash = {
            ...rest,
            killedOnly: killedOnly && crash.killedOnly,
            where: `${crash.where}, then ${where}`,
          };
          await checkRecovers(both, tally);
        }
      }
    },
  );

  fault('F11', 'two windows save at once; one is held up at every step', 300_000, async ({ tally }) => {
    for (let held = 1; ; held += bySize({ quick: 3, full: 1 })) {
      const disk = new ModelDisk();
      const slow = new Lane('slow');
      const fast = new Lane('fast');
      let calls = 0;
      const files = faultyFiles(disk, ({ number }) => {
        calls = number;
        if (number !== held) return undefined;
        // However long it stands still: what counts is how far the other window gets meanwhile.
        return commitsAndSaves(disk, fast, KEPT_GENERATIONS + 2).then(() => undefined);
      });
      await commitsAndSaves(files, slow, 2);
      if (calls < held) break;
      await checkRecovers(
        { disk, lanes: [slow, fast], killedOnly: true, where: `with the other window held up at call ${held}` },
        tally,
      );
      if (manifestsOf(disk).length < 2)
        tally.wrong(`${manifestsOf(disk).length} generations are left, held up at call ${held}`);
    }
    tally.note('the pause is a step of the other window instead of 60 s');
  });

  fault('F11', 'a save during a refresh, and commits during a save', 120_000, async ({ tally }) => {
    for (let turns = 0; turns < bySize({ quick: 12, full: 60 }); turns++) {
      const disk = new ModelDisk();
      const other = new Lane('other');
      const own = new Lane('own');
      // So fast that a fold pauses behind every frame.
      let nowMs = 0;
      const clock = { nowMs: testClock.nowMs, monotonicMs: () => (nowMs += 1000) };
      const looking = openStoreWithProjection('model', { files: disk, clock });
      await commitNext(looking.store, own, 30);
      await looking.store.load(WITNESS_CONVERSATION);
      const writing = openStoreWithProjection('model', { files: disk });
      for (let i = 0; i < 30; i++) await commitNext(writing.store, other, 30);
      const look = looking.projection.refresh();
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      const save = looking.projection.save();
      for (let i = 0; i < 5; i++) await commitNext(looking.store, own, 30);
      await Promise.all([look, save]);
      await Promise.all([looking.store.close(), writing.store.close()]);
      await checkRecovers(
        { disk, lanes: [other, own], killedOnly: true, where: `with a save ${turns} turns into a look` },
        tally,
      );
    }
  });

  fault('F13', 'EPERM and EBUSY while a scanner holds files', 120_000, async ({ tally }) => {
    const sets = [['remove'], ['remove', 'touch'], ['remove', 'touch', 'modifiedMs']];
    for (const held of sets) {
      for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
        const where = `with ${code} for ${held.join(', ')}`;
        const disk = new ModelDisk();
        const lane = new Lane('a');
        let scanning = true;
        const files = faultyFiles(disk, ({ name }) => (scanning && held.includes(name) ? failing(code) : undefined));
        await commitsAndSaves(files, lane, KEPT_GENERATIONS + 3);
        if (lane.acknowledged.size !== lane.attempted.size) tally.wrong(`a commit was refused ${where}`);
        scanning = false;
        const next = new Lane('b');
        await commitsAndSaves(files, next, 1);
        await checkRecovers({ disk, lanes: [lane, next], killedOnly: true, where }, tally);
        if (manifestsOf(disk).length > KEPT_GENERATIONS)
          tally.wrong(`${manifestsOf(disk).length} generations are left over ${where}`);
        if (manifestsOf(disk).length < 2) tally.wrong(`no snapshots were made ${where}`);
      }
    }
    tally.note('simulated by a shim');
  });

  fault('F14', 'snapshots that are empty, short, changed, older or missing', 600_000, async ({ tally, random }) => {
    const lane = new Lane('a');
    const disk = new ModelDisk();
    await commitsAndSaves(disk, lane, KEPT_GENERATIONS);
    const contents = disk.contents();
    const check = (changes: DamagedFiles, where: string): Promise<void> =>
      checkDamagedSnapshot({ contents, changes, lane, where }, tally);
    const databases = [...contents.keys()].filter((name) => name.endsWith('.db'));
    for (const name of [...databases, ...manifestsOf(disk)]) {
      const bytes = contents.get(name) ?? Buffer.alloc(0);
      const older = databases.filter((other) => other !== name).map((other) => contents.get(other) ?? Buffer.alloc(0));
      const flips = Array.from({ length: bySize({ quick: 12, full: 400 }) }, () =>
        flipped(bytes, random.below(bytes.length * 8)),
      );
      const cuts = Array.from({ length: bySize({ quick: 6, full: 60 }) }, () =>
        bytes.subarray(0, random.below(bytes.length)),
      );
      for (const variant of [
        Buffer.alloc(0),
        bytes.subarray(0, bytes.length - 1),
        Buffer.concat([bytes, Buffer.alloc(1)]),
        ...older,
        ...flips,
        ...cuts,
      ]) {
        await check(new Map([[name, variant]]), `${kindOf(name)} of ${variant.length} other bytes`);
      }
      await check(new Map([[name, undefined]]), `a missing ${kindOf(name)}`);
    }
    const all = new Map([...databases, ...manifestsOf(disk)].map((name): [string, Buffer] => [name, Buffer.alloc(0)]));
    await check(all, 'all snapshot files of 0 bytes');
  });
});

const kindOf = (name: string): string => (name.endsWith('.db') ? 'a database' : 'a manifest');

/** By name; undefined: the file is gone. */
type DamagedFiles = ReadonlyMap<string, Buffer | undefined>;

interface DamagedSnapshot {
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly changes: DamagedFiles;
  readonly lane: Lane;
  readonly where: string;
}

/** Everything is shown from an older generation or the journals; what was not right is said and stays as it is. */
async function checkDamagedSnapshot(
  { contents, changes, lane, where }: DamagedSnapshot,
  tally: FaultTally,
): Promise<void> {
  const disk = new ModelDisk();
  for (const [name, bytes] of contents) {
    const content = changes.has(name) ? changes.get(name) : bytes;
    if (content) disk.put(name, content);
  }
  const before = disk.contents();
  const { store, projection } = openStoreWithProjection('model', { files: disk, clock: NEXT_DAY });
  await checkWitnesses(store, [lane], tally, `with ${where}`);
  const state = await store.state();
  if (state.kind !== 'ready') tally.wrong(`the store is read-only with ${where}`);
  else if (isLookedAt(contents, changes) && state.warnings.length === 0) tally.wrong(`nothing is said of ${where}`);
  await projection.refresh();
  await store.close();
  for (const [name, bytes] of before)
    if (!disk.contents().get(name)?.equals(bytes)) tally.wrong(`${name} was changed with ${where}`);
  tally.case();
}

/**
 * An older database is not looked at while the newest one is right. A manifest always is; one that is shorter than it
 * was, or whose first line does not say its length, looks like one whose writing was cut: it never was in force.
 */
function isLookedAt(contents: ReadonlyMap<string, Buffer>, changes: DamagedFiles): boolean {
  const newest = [...contents.keys()].filter((name) => name.endsWith('.db')).at(-1);
  return [...changes].some(([name, bytes]) => {
    if (bytes === undefined) return false;
    if (name.endsWith('.json')) return isPublished(contents.get(name), bytes);
    return name === newest && !changes.has(name.replace(/db$/, 'json'));
  });
}

function isPublished(original: Buffer | undefined, bytes: Buffer): boolean {
  const firstLine = (original?.indexOf('\n') ?? 0) + 1;
  return bytes.length === original?.length && bytes.subarray(0, firstLine).equals(original.subarray(0, firstLine));
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}
