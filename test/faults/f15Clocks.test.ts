import type { Clock } from '../../src/domain/ports/system';
import { chargesOf } from '../unit/infrastructure/store/projection/spendOracle';
import { openStoreWithProjection } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { Lane, WITNESS_CONVERSATION, commitNext } from './lane';
import { ModelDisk } from './modelDisk';
import type { SeededRandom } from './seededRandom';
import { checkWitnesses } from './witness';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A clock of the wall that is set, and one of durations that passes over the time a machine sleeps. */
class SetClock implements Clock {
  private wallMs = Date.parse('2026-11-20T12:00:00Z');
  private durationMs = 0;

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return (this.durationMs += 0.1);
  }

  /** The user or the network sets the clock. */
  set(byMs: number): void {
    this.wallMs += byMs;
  }

  /** Time goes by, awake or asleep. */
  pass(forMs: number): void {
    this.wallMs += forMs;
    this.durationMs += forMs;
  }
}

const BETWEEN_COMMITS_MS = 200;
const JUMPS_MS = [-DAY_MS, 365 * DAY_MS, -365 * DAY_MS, -1, 0, 1000];
const PAUSES_MS = [10 * MINUTE_MS, 25 * 60 * MINUTE_MS, 8 * DAY_MS];

/** Two windows take turns writing after a refresh, as before every send; sometimes one is reopened. */
async function byTurns(clock: SetClock, random: SeededRandom, tally: FaultTally, where: string): Promise<void> {
  const disk = new ModelDisk(() => clock.nowMs());
  const open = (lane: Lane): ReturnType<typeof openStoreWithProjection> & { readonly lane: Lane } => ({
    lane,
    ...openStoreWithProjection('model', { files: disk, clock }),
  });
  const windows = ['a', 'b'].map((name) => open(new Lane(name)));
  const lanes = windows.map(({ lane }) => lane);
  const order: string[] = [];
  for (let i = 0; i < 12; i++) {
    // A signal soon after the last one waits for a timer, which does not use this clock.
    clock.pass(BETWEEN_COMMITS_MS);
    const { store, lane, projection } = random.pick(windows);
    await store.spendEvents();
    if (!(await commitNext(store, lane, 30))) tally.wrong(`a commit was refused ${where}`);
    order.push(`q-${lane.name}-${lane.attempted.size - 1}`);
    if (random.chance(0.2)) await projection.save();
    if (random.chance(0.5)) clock.set(random.pick(JUMPS_MS));
    for (const window of windows) await window.projection.refresh();
    for (const window of windows)
      await checkWitnesses(window.store, lanes, tally, `${where}, commit ${i}, as ${window.lane.name} sees it`);
    if (random.chance(0.3)) clock.pass(random.pick(PAUSES_MS));
    if (random.chance(0.15)) {
      // One closes and opens again: it has only files' times to tell which of them are still written.
      const closing = windows.shift();
      await closing?.store.close();
      if (closing) windows.push(open(closing.lane));
    }
  }
  const late = openStoreWithProjection('model', { files: disk, clock });
  for (const { store } of [...windows, late]) {
    const questions = [...((await store.load(WITNESS_CONVERSATION))?.messages.keys() ?? [])]
      .map(String)
      .filter((id) => id.startsWith('q-'));
    if (questions.join() !== order.join())
      tally.wrong(`the order is ${questions.join()} instead of ${order.join()} ${where}`);
    const counted = chargesOf((await store.spendEvents()).events).size;
    if (counted !== order.length) tally.wrong(`${counted} of ${order.length} reservations count ${where}`);
    await store.close();
  }
  tally.case();
}

describe('faults: clocks', () => {
  fault('F15', 'clocks that jump by a day or a year, machines that sleep', 300_000, async ({ tally, random }) => {
    for (let i = 0; i < bySize({ quick: 15, full: 400 }); i++)
      await byTurns(new SetClock(), random.branch(i), tally, `in run ${i}`);
    tally.note('the sleep of minutes to days is simulated');
  });
});
