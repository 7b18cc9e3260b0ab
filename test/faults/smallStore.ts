import { openStore } from '../unit/infrastructure/store/storeFixtures';
import { Lane, commitNext } from './lane';
import { ModelDisk } from './modelDisk';

/** A journal of a few records, and where each of them ends. */
export interface SmallJournal {
  readonly name: string;
  readonly bytes: Buffer;
  readonly lane: Lane;
  /** Offset behind record n. */
  readonly ends: readonly number[];
}

/** A store of one journal per window, each with the records of one lane. */
export async function smallStore(windows: number, recordsEach: number): Promise<readonly SmallJournal[]> {
  const disk = new ModelDisk();
  const journals: SmallJournal[] = [];
  for (let w = 0; w < windows; w++) {
    const before = new Set(disk.contents().keys());
    const store = openStore('model', { files: disk });
    const lane = new Lane(`w${w}`);
    const ends: number[] = [];
    let name = '';
    for (let n = 0; n < recordsEach; n++) {
      if (!(await commitNext(store, lane, 20))) throw new Error('a commit failed on a disk without faults');
      name = [...disk.contents().keys()].find((file) => file.startsWith('j-') && !before.has(file)) ?? '';
      ends.push(disk.contents().get(name)?.length ?? 0);
    }
    await store.close();
    journals.push({ name, bytes: disk.contents().get(name) ?? Buffer.alloc(0), lane, ends });
  }
  return journals;
}

/** A disk with these journals, one of them with other bytes. */
export function diskWith(journals: readonly SmallJournal[], changed: SmallJournal, bytes: Buffer): ModelDisk {
  const disk = new ModelDisk();
  for (const journal of journals) disk.put(journal.name, journal === changed ? bytes : journal.bytes);
  return disk;
}

/** Records of the journal that no byte from `from` up to and without `to` belongs to. */
export const recordsOutside = ({ ends, bytes }: SmallJournal, from: number, to: number): readonly number[] =>
  ends.flatMap((end, n) => {
    const start = n === 0 ? firstFrame(bytes) : (ends[n - 1] ?? 0);
    return end <= from || start >= to ? [n] : [];
  });

/** The file's header ends where the first frame begins: eight bytes before its first payload. */
const firstFrame = (bytes: Buffer): number => bytes.indexOf('{"writer":"') - 8;
