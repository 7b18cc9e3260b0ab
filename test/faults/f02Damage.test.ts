import type { StoreState } from '../../src/domain/ports/store';
import { SIGNAL_FILE } from '../../src/infrastructure/store/journal/set';
import { openStore, openStoreWithProjection } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, commitNext } from './lane';
import type { ModelDisk } from './modelDisk';
import { type SmallJournal, diskWith, recordsOutside, smallStore } from './smallStore';
import { checkWhole, readWitnesses } from './witness';

/** Damaged journals: what is left of them is right, complete and said; the store goes on and changes none of them. */

interface DamagedStore {
  readonly disk: ModelDisk;
  readonly journals: readonly SmallJournal[];
  readonly damaged: SmallJournal;
  /** Records of the damaged journal whose bytes are all there. */
  readonly intact: readonly number[];
  /** Whether a warning is expected; undefined if that depends on the bytes. */
  readonly isSaid?: boolean;
  readonly where: string;
}

/** Earlier versions wrote into zeros that they had flushed in advance; a window that was killed left them in its file. */
const RESERVE = Buffer.alloc(16 * 1024);

/** Loads the store and compares it with what its bytes still hold. @returns whether a warning was given. */
async function checkDamaged(damagedStore: DamagedStore, tally: FaultTally): Promise<void> {
  const { disk, journals, damaged, intact, where } = damagedStore;
  const lanes = journals.map(({ lane }) => lane);
  const store = openStore('model', { files: disk });
  const reading = await readWitnesses(store, lanes, tally, where);
  checkWhole(reading, lanes, (what) => tally.wrong(`${what} ${where}`));
  const { found } = reading;
  const expected = lanes.flatMap((lane) =>
    (lane === damaged.lane ? intact : [...lane.acknowledged]).map((n) => `${lane.name}-${n}`),
  );
  tally.case();
  tally.checked(expected.length);
  for (const id of expected) if (!found.has(id)) tally.lost(`${id} ${where}`);
  if (found.size > expected.length)
    tally.wrong(`${found.size} records are read where ${expected.length} are left ${where}`);
  checkSaid(damagedStore, await store.state(), tally);
  await store.close();
}

/** What is missing before an existing record can't be a cut tail and must be reported. */
function checkSaid(
  { damaged: { ends }, intact, isSaid, where }: DamagedStore,
  state: StoreState,
  tally: FaultTally,
): void {
  const isHole = intact.length < ends.length && intact.includes(ends.length - 1);
  if (state.kind !== 'ready') tally.wrong(`the store is ${state.kind} ${where}`);
  else if ((isHole || isSaid === true) && state.warnings.length === 0) tally.wrong(`damage is not said ${where}`);
  else if (isSaid === false && state.warnings.length > 0) tally.wrong(`a cut end is taken for damage ${where}`);
}

/** The next window writes and the one after it reads: nothing is fused with the damage, nothing overwritten. */
async function checkGoesOn({ disk, journals, damaged, where }: DamagedStore, tally: FaultTally): Promise<void> {
  const before = disk.contents().get(damaged.name);
  const next = new Lane('next');
  const store = openStore('model', { files: disk });
  if (!(await commitNext(store, next, 20))) tally.wrong(`no commit is possible ${where}`);
  await store.close();
  if (!before?.equals(disk.contents().get(damaged.name) ?? Buffer.alloc(0)))
    tally.wrong(`the damaged file was changed ${where}`);
  const again = openStore('model', { files: disk });
  const others = journals.filter((journal) => journal !== damaged).map(({ lane }) => lane);
  const { found } = await readWitnesses(again, [...others, damaged.lane, next], tally, where);
  if (!found.has('next-0')) tally.lost(`the record behind the damage ${where}`);
  await again.close();
}

/** A window of an earlier version fills its zeros while this one reads: the file's length stays as it is. */
async function checkFilledReserve(
  journals: readonly SmallJournal[],
  filled: SmallJournal,
  tally: FaultTally,
): Promise<void> {
  const bytesUpTo = (end: number): Buffer =>
    Buffer.concat([filled.bytes.subarray(0, end), Buffer.alloc(filled.bytes.length - end), RESERVE]);
  const disk = diskWith(journals, filled, bytesUpTo(filled.ends[0] ?? 0));
  const { store, projection } = openStoreWithProjection('model', { files: disk });
  const lanes = journals.map(({ lane }) => lane);
  for (const [n, end] of filled.ends.entries()) {
    const where = `with ${n + 1} records in a reserve`;
    disk.put(filled.name, bytesUpTo(end));
    await disk.touch(SIGNAL_FILE);
    await projection.refresh();
    const { found } = await readWitnesses(store, lanes, tally, where);
    tally.case();
    tally.checked(n + 1);
    for (let earlier = 0; earlier <= n; earlier++)
      if (!found.has(`${filled.lane.name}-${earlier}`)) tally.lost(`${filled.lane.name}-${earlier} ${where}`);
  }
  await store.close();
}

describe('faults: damaged journals', () => {
  fault('F2', 'truncation at every byte', 600_000, async ({ tally }) => {
    const journals = await smallStore(2, bySize({ quick: 3, full: 8 }));
    const stride = bySize({ quick: 11, full: 1 });
    for (const damaged of journals) {
      await checkFilledReserve(journals, damaged, tally);
      for (let length = 0; length < damaged.bytes.length; length += stride) {
        const bytes = damaged.bytes.subarray(0, length);
        const store = {
          disk: diskWith(journals, damaged, bytes),
          journals,
          damaged,
          intact: recordsOutside(damaged, length, Infinity),
          isSaid: false,
          where: `cut at ${length}`,
        };
        await checkDamaged(store, tally);
        if (length % (stride * 10) === 0) await checkGoesOn(store, tally);
        // A reserve was never taken before the first record.
        if (length < (damaged.ends[0] ?? 0) || length % bySize({ quick: 2, full: 4 }) !== 0) continue;
        await checkDamaged(
          {
            ...store,
            disk: diskWith(journals, damaged, Buffer.concat([bytes, RESERVE])),
            where: `cut at ${length} in a reserve`,
          },
          tally,
        );
      }
    }
  });

  fault('F3', 'every bit flipped', 900_000, async ({ tally }) => {
    const journals = await smallStore(2, bySize({ quick: 3, full: 4 }));
    const [damaged] = journals;
    if (!damaged) return;
    const stride = bySize({ quick: 37, full: 1 });
    for (let bit = 0; bit < damaged.bytes.length * 8; bit += stride) {
      const isReserved = (bit / stride) % 2 === 1;
      const bytes = Buffer.concat(isReserved ? [damaged.bytes, RESERVE] : [damaged.bytes]);
      const at = bit >> 3;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at);
      const store = {
        disk: diskWith(journals, damaged, bytes),
        journals,
        damaged,
        intact: recordsOutside(damaged, at, at + 1),
        isSaid: true,
        where: `bit ${bit} flipped${isReserved ? ' in front of a reserve' : ''}`,
      };
      await checkDamaged(store, tally);
      if (bit % (stride * 20) === 0) await checkGoesOn(store, tally);
    }
  });

  fault('F4', 'zeros and garbage behind the end and in the middle', 600_000, async ({ tally, random }) => {
    const journals = await smallStore(2, bySize({ quick: 3, full: 6 }));
    const [damaged, other] = journals;
    if (!damaged || !other) return;
    const everyRecord = recordsOutside(damaged, Infinity, Infinity);
    const longest = 4096;
    const tails: { readonly name: string; readonly bytes: Buffer }[] = [];
    for (let length = 1; length <= longest; length += bySize({ quick: 97, full: 1 }))
      tails.push({ name: `${length} zeros`, bytes: Buffer.alloc(length) });
    for (let i = 0; i < bySize({ quick: 60, full: 2000 }); i++)
      tails.push({ name: `garbage ${i}`, bytes: random.bytes(random.between(1, longest)) });
    tails.push({ name: 'a journal of another window', bytes: other.bytes });
    tails.push({ name: 'its own content again', bytes: damaged.bytes });
    tails.push({ name: 'its own last record again', bytes: damaged.bytes.subarray(damaged.ends.at(-2)) });
    for (const [i, { name, bytes }] of tails.entries()) {
      const store = {
        disk: diskWith(journals, damaged, Buffer.concat([damaged.bytes, bytes])),
        journals,
        damaged,
        intact: everyRecord,
        where: `with ${name} behind it`,
      };
      await checkDamaged(store, tally);
      if (i % 10 === 0) await checkGoesOn(store, tally);
    }
    for (let i = 0; i < bySize({ quick: 60, full: 2000 }); i++) {
      const from = random.below(damaged.bytes.length);
      const length = Math.min(random.between(1, 600), damaged.bytes.length - from);
      const filler = random.chance(0.5) ? Buffer.alloc(length) : random.bytes(length);
      const bytes = Buffer.concat([damaged.bytes.subarray(0, from), filler, damaged.bytes.subarray(from + length)]);
      if (bytes.equals(damaged.bytes)) continue;
      await checkDamaged(
        {
          disk: diskWith(journals, damaged, bytes),
          journals,
          damaged,
          intact: recordsOutside(damaged, from, from + length),
          where: `with ${length} other bytes at ${from}`,
        },
        tally,
      );
    }
  });
});
