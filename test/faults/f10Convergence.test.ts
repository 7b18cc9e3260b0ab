import { setTimeout as delay } from 'node:timers/promises';
import { conversationId } from '../../src/domain/ids';
import type { ConversationStore } from '../../src/domain/ports/store';
import { isSpendEvent } from '../../src/domain/storeEvent';
import { systemClock } from '../../src/infrastructure/system/system';
import { openStoreWithProjection, withFolder } from '../unit/infrastructure/store/storeFixtures';
import { type FaultTally, fault } from './faultReport';
import { bySize } from './faultScale';
import { RandomWindow, SharedHistory } from './randomOps';
import type { SeededRandom } from './seededRandom';
import { everythingVisible, hashOf } from './visible';

/** Far more than the second that is promised: a busy machine is no fault of the store. */
const CONVERGENCE_LIMIT_MS = 20_000;

type Window = ReturnType<typeof openStoreWithProjection>;

/** Commits as a user and a stream do: mostly at once, sometimes after a pause, sometimes with a snapshot. */
async function work(
  { store, projection }: Window,
  window: RandomWindow,
  commits: number,
  random: SeededRandom,
  tally: FaultTally,
): Promise<void> {
  for (let i = 0; i < commits; i++) {
    const { events, after } = window.next();
    // As the ledger does before it settles anything: reads all windows' reservations.
    if (events.some(isSpendEvent)) await store.spendEvents();
    await store.commit(events);
    after();
    tally.checked(1);
    if (random.chance(0.05)) await delay(random.below(20));
    if (random.chance(0.002)) await projection.save();
    if (random.chance(0.01)) await projection.refresh();
  }
}

/** @returns how long it took until all windows show the same. */
async function converged(
  stores: readonly ConversationStore[],
  conversations: readonly string[],
  tally: FaultTally,
  where: string,
): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const visible = await Promise.all(stores.map((store) => everythingVisible(store, conversations)));
    const hashes = new Set(visible.map(hashOf));
    const tookMs = performance.now() - startMs;
    if (hashes.size === 1) return tookMs;
    if (tookMs > CONVERGENCE_LIMIT_MS) {
      tally.wrong(`${hashes.size} different histories ${where}: ${firstDifference(visible)}`);
      return tookMs;
    }
    await delay(20);
  }
}

function firstDifference(visible: readonly object[]): string {
  const [a = '', b = ''] = [...new Set(visible.map((one) => JSON.stringify(one)))];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return `“${a.slice(Math.max(0, at - 200), at + 60)}” against “${b.slice(at, at + 60)}”`;
}

async function checkNothingLost(
  store: ConversationStore,
  history: SharedHistory,
  tally: FaultTally,
  where: string,
): Promise<void> {
  for (const { conversation, id } of history.messages) {
    if (!(await store.load(conversationId(conversation)))?.messages.has(id as never)) tally.lost(`${id} ${where}`);
  }
}

describe('faults: several windows', () => {
  fault('F10', '2 to 4 windows on one folder converge', 900_000, async ({ tally, random }) => {
    const times: number[] = [];
    for (let round = 0; round < bySize({ quick: 2, full: 5 }); round++) {
      await withFolder(async (folder) => {
        const choice = random.branch(round);
        const where = `in round ${round}`;
        const windows = Array.from({ length: 2 + (round % 3) }, () =>
          openStoreWithProjection(folder, { clock: systemClock }),
        );
        const history = new SharedHistory();
        // Each has its projection open from the start, and hears of the others only by looking.
        for (const { store } of windows) await store.conversations();
        const commits = Math.ceil(bySize({ quick: 600, full: 10_000 }) / windows.length);
        await Promise.all(
          windows.map((window, w) =>
            work(window, new RandomWindow(history, choice.branch(w)), commits, choice.branch(100 + w), tally),
          ),
        );
        const stores = windows.map(({ store }) => store);
        times.push(await converged(stores, history.conversations, tally, where));
        // A window that opens now folds everything in order: what the others reached piece by piece is the same.
        const late = openStoreWithProjection(folder, { clock: systemClock });
        await converged([late.store, ...stores], history.conversations, tally, `for a late window ${where}`);
        await checkNothingLost(late.store, history, tally, where);
        await Promise.all([...stores, late.store].map((store) => store.close()));
        tally.case(commits * windows.length);
      });
    }
    tally.note(`same for all after ${Math.round(Math.max(...times))} ms at most`);
  });
});
