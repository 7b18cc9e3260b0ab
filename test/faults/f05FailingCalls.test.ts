import type { ConversationStore } from '../../src/domain/ports/store';
import { openStore, withFolder } from '../unit/infrastructure/store/storeFixtures';
import { checkRecovers } from './crashes';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { type FaultPlan, type FileCall, type FileFault, failing, faultyFiles } from './faultyFiles';
import { Lane, WITNESS_CONVERSATION, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import type { SeededRandom } from './seededRandom';
import { withSystemFaults } from './systemCalls';
import { checkWitnesses } from './witness';

/** No program makes more calls than this in the few commits below: the search for the last call ends. */
const MOST_CALLS = 2000;

/** A day in a window: writes, reads, writes again, asks for the state, and ends. Long records need several pages. */
async function aDay(store: ConversationStore, lane: Lane, tally: FaultTally, where: string): Promise<void> {
  for (const units of [20, 5_000, 20]) await commitNext(store, lane, units);
  await checkSeen(store, lane, tally, where);
  for (const units of [9_000, 20]) await commitNext(store, lane, units);
  await store.state();
  await checkSeen(store, lane, tally, where);
  await store.close();
}

/** While calls fail, a question may be answered with an error or a warning, never with less than was saved. */
async function checkSeen(store: ConversationStore, lane: Lane, tally: FaultTally, where: string): Promise<void> {
  let messages: ReadonlyMap<string, unknown>;
  try {
    messages = (await store.load(WITNESS_CONVERSATION))?.messages ?? new Map<string, unknown>();
  } catch {
    return;
  }
  const missing = [...lane.acknowledged].filter((n) => !messages.has(`q-${lane.name}-${n}`));
  if (missing.length === 0) return;
  const state = await store.state();
  if (state.kind === 'ready' && state.warnings.length === 0)
    tally.wrong(`${missing.length} records are missing without a word ${where}`);
}

/** @returns whether the plan's fault was met. */
type Day = (plan: FaultPlan, where: string) => Promise<void>;

/** Lets the N-th call go wrong for every N, until a day has fewer calls than that. @returns the number of calls. */
async function forEveryCall(
  day: Day,
  faultOf: (call: FileCall, n: number) => FileFault | undefined,
  name: string,
  stride: number,
): Promise<void> {
  for (let n = 1; n < MOST_CALLS; n += stride) {
    let calls = 0;
    await day((call) => {
      calls = call.number;
      return faultOf(call, n);
    }, `with ${name} at call ${n}`);
    if (calls < n) return;
  }
  throw new Error(`a day has more than ${MOST_CALLS} calls`);
}

const onModel =
  (tally: FaultTally, random: SeededRandom): Day =>
  async (plan, where) => {
    const disk = new ModelDisk();
    const lane = new Lane('a');
    await aDay(openStore('model', { files: faultyFiles(disk, plan) }), lane, tally, where);
    await checkRecovers({ disk: disk.afterKill(), lanes: [lane], killedOnly: true, where }, tally);
    await checkRecovers(
      { disk: disk.afterPowerCut(random), lanes: [lane], killedOnly: false, where: `${where} and a power cut` },
      tally,
    );
  };

/** The real file system, with faults below the store's own access to it. */
const onSystem =
  (tally: FaultTally): Day =>
  (plan, where) =>
    withFolder(async (folder) => {
      const lane = new Lane('a');
      await withSystemFaults(folder, plan, () => aDay(openStore(folder), lane, tally, `${where} of the system`));
      const again = openStore(folder);
      await checkWitnesses(again, [lane], tally, `${where} of the system`);
      const state = await again.state();
      if (state.kind !== 'ready' || state.warnings.length > 0)
        tally.wrong(`the next start is not well ${where} of the system: ${JSON.stringify(state)}`);
      await again.close();
      tally.case();
    });

const once =
  (failure: FileFault) =>
  (call: FileCall, n: number): FileFault | undefined =>
    call.number === n ? failure : undefined;
const forever =
  (failure: FileFault) =>
  (call: FileCall, n: number): FileFault | undefined =>
    call.number >= n ? failure : undefined;

const FAILURES = [
  { name: 'EIO once', of: once(failing('EIO')) },
  { name: 'EIO for good', of: forever(failing('EIO')) },
  { name: 'ENOSPC once, half written', of: once(failing('ENOSPC', 'half')) },
  { name: 'EIO once, after its effect', of: once(failing('EIO', 'done')) },
  { name: 'EACCES for good, after its effect', of: forever(failing('EACCES', 'done')) },
  { name: 'EMFILE once', of: once(failing('EMFILE')) },
];

const INTERRUPTIONS = [
  { name: 'EINTR', of: once(failing('EINTR')) },
  { name: 'EAGAIN', of: once(failing('EAGAIN', 'half')) },
  { name: 'writes of one byte from there on', of: forever({ kind: 'short', bytes: 1 }) },
  { name: 'one write of no byte', of: once({ kind: 'short', bytes: 0 }) },
  { name: 'writes and reads of 2,500 bytes at most from there on', of: forever({ kind: 'short', bytes: 2_500 }) },
] as const;

describe('faults: calls that fail', () => {
  fault('F5', 'the N-th call fails, for every N, once and for good', 600_000, async ({ tally, random }) => {
    for (const { name, of } of FAILURES.slice(0, bySize({ quick: 4, full: FAILURES.length }))) {
      await forEveryCall(onModel(tally, random), of, name, bySize({ quick: 2, full: 1 }));
      await forEveryCall(onSystem(tally), of, name, bySize({ quick: 8, full: 1 }));
    }
  });

  fault('F6', 'short writes and interrupted calls', 600_000, async ({ tally, random }) => {
    for (const { name, of } of INTERRUPTIONS) {
      await forEveryCall(onModel(tally, random), of, name, bySize({ quick: 5, full: 1 }));
      await forEveryCall(onSystem(tally), of, name, bySize({ quick: 17, full: 1 }));
    }
  });
});
