import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { openStore, withFolder } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { Lane, commitNext } from './lane';
import { cannotMount, remount, withTmpfs } from './mountedFolder';
import { checkWitnesses } from './witness';
import type { WriterReport } from './writerJobs';
import { WriterPool } from './writerPool';

/** A user without rights, where the tests run as root, whom no folder is closed to. */
const NOBODY = 65_534;

type Probed = Extract<WriterReport, { kind: 'probed' }>;

async function filledStore(folder: string, records: number): Promise<Lane> {
  const lane = new Lane('a');
  const store = openStore(folder);
  for (let n = 0; n < records; n++) await commitNext(store, lane, 50);
  await store.close();
  return lane;
}

async function probed(pool: WriterPool, directory: string): Promise<Probed> {
  const writer = pool.spawned(process.getuid?.() === 0 ? NOBODY : undefined);
  writer.start({ kind: 'probe', directory, lane: 'probe' });
  const end = await writer.ended;
  const report = writer.reports.find((line) => line.kind === 'probed');
  if (!report) throw new Error(`the window ended with ${end} and said nothing`);
  return report;
}

/** A window of a user who may not do it: what can be read is shown, nothing else is invented, and it is said. */
async function checkClosed(
  pool: WriterPool,
  folder: string,
  mode: number,
  readable: number | null,
  tally: FaultTally,
): Promise<void> {
  const where = `with mode ${mode.toString(8)}`;
  const before = readdirSync(folder).length;
  chmodSync(folder, mode);
  const { messages, state, saved } = await probed(pool, folder);
  chmodSync(folder, 0o755);
  tally.case();
  if (messages !== readable) tally.wrong(`${messages} messages instead of ${readable} ${where}`);
  if (state.kind !== 'readOnly' || state.reason.kind !== 'accessDenied')
    tally.wrong(`${JSON.stringify(state)} ${where}`);
  if (saved || readdirSync(folder).length !== before) tally.wrong(`a commit was taken ${where}`);
}

async function checkReadOnlyDisk(tally: FaultTally): Promise<void> {
  await withTmpfs('size=4m', async (mountPoint) => {
    const folder = path.join(mountPoint, 'history');
    const lane = await filledStore(folder, 5);
    remount(mountPoint, 'ro');
    const store = openStore(folder);
    await checkWitnesses(store, [lane], tally, 'on a read-only disk');
    const state = await store.state();
    if (state.kind !== 'readOnly' || state.reason.kind !== 'readOnlyDisk')
      tally.wrong(`a read-only disk is not reported: ${JSON.stringify(state)}`);
    if (await commitNext(store, lane, 20)) tally.wrong('a commit was taken on a read-only disk');
    remount(mountPoint, 'rw');
    if (!(await commitNext(store, lane, 20))) tally.wrong('writing does not go on when the disk may be written again');
    await checkWitnesses(store, [lane], tally, 'when the disk may be written again');
    await store.close();
    tally.case();
  });
}

/** What was deleted with the folder is gone; what is acknowledged afterwards is not. */
async function checkDeleted(parent: string, move: boolean, tally: FaultTally): Promise<void> {
  const folder = path.join(parent, move ? 'moved' : 'deleted');
  const store = openStore(folder);
  const before = new Lane('before');
  for (let n = 0; n < 3; n++) await commitNext(store, before, 50);
  await store.conversations();
  if (move) renameSync(folder, `${folder}-away`);
  else rmSync(folder, { recursive: true });
  const after = new Lane('after');
  for (let n = 0; n < 5; n++) await commitNext(store, after, 50);
  await store.close();
  tally.case();
  if (after.acknowledged.size < 3) tally.wrong('writing does not go on in a new folder');
  // Who moves the folder takes along the journal that is being written: it goes on there.
  const homes = (move ? [folder, `${folder}-away`] : [folder]).filter((home) => existsSync(home));
  const merged = path.join(parent, `merged-${move}`);
  mkdirSync(merged);
  for (const home of homes)
    for (const name of readdirSync(home))
      if (name.startsWith('j-')) renameSync(path.join(home, name), path.join(merged, name));
  const again = openStore(merged);
  const deleted = new Lane('before');
  await checkWitnesses(
    again,
    move ? [before, after] : [deleted, after],
    tally,
    move ? 'when the folder was moved away' : 'when the folder was deleted',
  );
  await again.close();
}

async function checkSymlink(parent: string, tally: FaultTally): Promise<void> {
  const real = path.join(parent, 'real');
  const link = path.join(parent, 'link');
  mkdirSync(real);
  symlinkSync(real, link, 'junction');
  const lane = await filledStore(link, 5);
  for (const folder of [link, real]) {
    const store = openStore(folder);
    await checkWitnesses(store, [lane], tally, `through ${path.basename(folder)}`);
    await store.close();
  }
  const dangling = path.join(parent, 'dangling');
  symlinkSync(path.join(parent, 'nowhere'), dangling, 'junction');
  const store = openStore(dangling);
  const state = await store.state();
  const saved = await commitNext(store, new Lane('b'), 20);
  if (saved !== (state.kind === 'ready'))
    tally.wrong(`a link to nowhere: ${JSON.stringify(state)}, but a commit was ${saved ? 'taken' : 'refused'}`);
  await store.close();
  tally.case(2);
}

describe('faults: folders', () => {
  fault('F12', 'read-only, closed, deleted, moved and linked folders', 120_000, async ({ tally }) => {
    const pool = await WriterPool.create(0);
    try {
      await withFolder(async (parent) => {
        if (process.platform === 'win32') tally.note('without modes of folders, which Windows has not');
        else {
          chmodSync(parent, 0o755);
          chmodSync(pool.scriptFolder, 0o755);
          const folder = path.join(parent, 'history');
          const lane = await filledStore(folder, 5);
          if (process.getuid?.() === 0)
            for (const name of [folder, ...readdirSync(folder).map((file) => path.join(folder, file))])
              chownSync(name, NOBODY, NOBODY);
          await checkClosed(pool, folder, 0o555, lane.acknowledged.size + 1, tally);
          await checkClosed(pool, folder, 0o000, null, tally);
        }
        await checkDeleted(parent, false, tally);
        await checkDeleted(parent, true, tally);
        await checkSymlink(parent, tally);
      });
      const why = cannotMount();
      if (why === undefined) await checkReadOnlyDisk(tally);
      else tally.note(`without a read-only disk: ${why}`);
    } finally {
      await pool.dispose();
    }
  });
});
