import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationStore } from '../../src/domain/ports/store';
import { systemClock } from '../../src/infrastructure/system/system';
import { openStore, openStoreWithProjection, withFolder } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, WITNESS_CONVERSATION, commitNext, replyOf } from './lane';
import type { SeededRandom } from './seededRandom';
import { checkWitnesses } from './witness';
import { type WriterProcess, WriterPool } from './writerPool';

/** From one page to many, so that a kill often meets a write. */
const UNITS = [10, 3_000, 60_000, 200_000];
const MOST_WRITERS = 4;
const SURE_MS = 20_000;
/** Runs that one folder lives through: each finds what the ones before it left. */
const RUNS_PER_FOLDER = 4;

interface KilledRun {
  readonly lanes: readonly Lane[];
  readonly kills: number;
}

/** Starts 1 to 4 windows on the folder and kills each at a time of its own. */
async function killedRun(pool: WriterPool, directory: string, label: string, random: SeededRandom): Promise<KilledRun> {
  const windows = Array.from({ length: random.between(1, MOST_WRITERS) }, (_, w) => {
    const lanes = Array.from({ length: random.between(1, 3) }, (_, l) => `${label}w${w}l${l}`);
    const writer = pool.take();
    writer.start({
      kind: 'write',
      directory,
      lanes,
      units: random.chance(0.3) ? [10] : UNITS,
      reads: random.chance(0.3),
    });
    // Now and then while it still opens its first journal, mostly while it writes.
    return { writer, lanes, early: random.chance(0.15), killAfterMs: random.next() ** 2 * 80 };
  });
  await Promise.all(
    windows.map(async ({ writer, early, killAfterMs }) => {
      if (!early) await until(() => writer.reports.length > 0);
      await delay(killAfterMs);
      writer.signal('SIGKILL');
      await assertKilled(writer);
    }),
  );
  return {
    lanes: windows.flatMap(({ writer, lanes }) =>
      lanes.map((lane) => Lane.observed(lane, writer.acknowledgements(lane))),
    ),
    kills: windows.length,
  };
}

async function assertKilled(writer: WriterProcess): Promise<void> {
  const end = await writer.ended;
  if (end !== 'SIGKILL') throw new Error(`a writer ended by itself with ${end}`);
}

/** The window that is opened next finds everything, says that nothing is wrong, and writes. */
async function checkNextWindow(
  directory: string,
  lanes: readonly Lane[],
  next: Lane,
  tally: FaultTally,
  where: string,
): Promise<void> {
  const store = openStore(directory);
  await checkWitnesses(store, lanes, tally, where);
  const state = await store.state();
  if (state.kind !== 'ready' || state.warnings.length > 0)
    tally.wrong(`a kill is taken for damage ${where}: ${JSON.stringify(state)}`);
  if (!(await commitNext(store, next, 100))) tally.wrong(`no commit is possible ${where}`);
  await store.close();
}

describe('faults: processes', () => {
  let pool: WriterPool;
  before(async () => {
    pool = await WriterPool.create(MOST_WRITERS);
  });
  after(() => pool.dispose());

  fault('F1', 'kill -9 at random times, 1 to 4 writers', 1_800_000, async ({ tally, random }) => {
    let kills = 0;
    let empty = 0;
    for (let folder = 0; folder < bySize({ quick: 6, full: 260 }); folder++) {
      await withFolder(async (directory) => {
        const lanes: Lane[] = [];
        for (let run = 0; run < RUNS_PER_FOLDER; run++) {
          const killed = await killedRun(pool, directory, `r${run}`, random);
          lanes.push(...killed.lanes);
          kills += killed.kills;
          if (killed.lanes.every((lane) => lane.acknowledged.size === 0)) empty += 1;
          const next = new Lane(`r${run}next`);
          await checkNextWindow(directory, lanes, next, tally, `after run ${run} of folder ${folder}`);
          lanes.push(next);
          tally.case();
        }
      });
    }
    tally.note(`${kills} processes killed, ${empty} runs before the first acknowledgement`);
  });

  fault('F18', 'a window that dies in mid-reply', 600_000, async ({ tally, random }) => {
    for (let run = 0; run < bySize({ quick: 4, full: 100 }); run++) {
      await withFolder(async (directory) => {
        const writer = pool.take();
        writer.start({ kind: 'write', directory, lanes: ['a'], units: UNITS, reads: random.chance(0.5) });
        await until(() => writer.acknowledgements('a') > 5);
        await delay(random.below(40));
        writer.signal('SIGKILL');
        await assertKilled(writer);
        const lane = Lane.observed('a', writer.acknowledgements('a'));
        const { store, projection } = openStoreWithProjection(directory, { clock: systemClock });
        await checkWitnesses(store, [lane], tally, `in run ${run}`);
        await checkInterrupted(store, lane, () => projection.refresh(), tally, `in run ${run}`);
        await store.close();
        tally.case();
      });
    }
    tally.note('the store alone; whole windows are killed in test/workbench/killed.test.ts');
  });

  fault('F15', 'SIGSTOP and SIGCONT of a writer', 300_000, async ({ tally, random, skip }) => {
    if (process.platform === 'win32') skip('Windows has no SIGSTOP');
    for (let run = 0; run < bySize({ quick: 2, full: 60 }); run++) {
      await withFolder(async (directory) => {
        const writers = [0, 1, 2].map((w) => {
          const writer = pool.take();
          writer.start({ kind: 'write', directory, lanes: [`w${w}`], units: [10, 3_000], reads: w === 0 });
          return writer;
        });
        const [stopped, ...others] = writers;
        if (!stopped) return;
        const total = (): number => others.reduce((sum, writer, i) => sum + writer.acknowledgements(`w${i + 1}`), 0);
        await until(() => stopped.acknowledgements('w0') > random.below(20));
        stopped.signal('SIGSTOP');
        const seen = total();
        await until(() => total() > seen + 40);
        stopped.signal('SIGCONT');
        const before = stopped.acknowledgements('w0');
        await until(() => stopped.acknowledgements('w0') > before + 5);
        for (const writer of writers) writer.signal('SIGKILL');
        await Promise.all(writers.map(assertKilled));
        const lanes = writers.map((writer, w) => Lane.observed(`w${w}`, writer.acknowledgements(`w${w}`)));
        await checkNextWindow(directory, lanes, new Lane('next'), tally, `after stop ${run}`);
        tally.case();
      });
    }
  });
});

/** A reply of a window that died is not shown as running for longer than it takes to be sure. */
async function checkInterrupted(
  store: ConversationStore,
  lane: Lane,
  look: () => Promise<void>,
  tally: FaultTally,
  where: string,
): Promise<void> {
  const startMs = performance.now();
  for (;;) {
    const state = (await store.load(WITNESS_CONVERSATION))?.messages.get(replyOf(lane))?.state;
    if (state === 'interrupted') return;
    if (performance.now() - startMs > SURE_MS) return tally.wrong(`the reply is ${state} ${where}`);
    await delay(100);
    await look();
  }
}

/** Waits for what other processes do, which tells nobody when it is done. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}
