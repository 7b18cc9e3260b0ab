import { type OpenRouterEmulator, startOpenRouterEmulator } from '../support/openRouterEmulator';
import { withFolder } from '../unit/infrastructure/store/storeFixtures';
import { type BudgetCounts, BudgetRun, replyAsAsked } from './budgetRun';
import { BudgetWindowPool } from './budgetWindows';
import { type FaultRun, fault } from './faultReport';
import { bySize } from './faultScale';

/** Schedules that one folder lives through: each finds what the ones before it left. */
const SCHEDULES_PER_FOLDER = 10;
/** Folders at a time: while one waits for its disk, the other works. */
const LANES = 2;
const STEPS = 4;
/** Windows that wait to take the place of a killed one. */
const SPARE = 2;

async function runSchedules(
  { tally, random }: FaultRun,
  pool: BudgetWindowPool,
  emulator: OpenRouterEmulator,
  overcharge: number,
  schedules: number,
): Promise<void> {
  const counts: BudgetCounts = { sends: 0, admitted: 0, overBudget: 0, otherRefusals: 0, kills: 0, settledByHand: 0 };
  const folders = Array.from({ length: Math.ceil(schedules / SCHEDULES_PER_FOLDER) }, (_, n) => n);
  const lane = async (): Promise<void> => {
    for (let n = folders.shift(); n !== undefined; n = folders.shift()) {
      const label = `f${n}`;
      const ofFolder = random.branch(n);
      await withFolder(async (directory) => {
        const run = new BudgetRun({ pool, emulator, directory, label, overcharge, random: ofFolder, tally, counts });
        for (let schedule = 0; schedule < SCHEDULES_PER_FOLDER; schedule++) await run.runSchedule(STEPS);
        await run.end();
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (counts.admitted === 0 || counts.overBudget === 0)
    tally.wrong(`the gate was not tried: ${JSON.stringify(counts)}`);
  tally.note(
    `${counts.sends} sends, ${counts.admitted} admitted, ${counts.overBudget} over a budget, ${counts.otherRefusals} refused otherwise, ${counts.kills} processes killed, ${counts.settledByHand} settled by hand`,
  );
}

describe('faults: the budget', () => {
  let pool: BudgetWindowPool;
  before(async function () {
    this.timeout(60_000);
    pool = await BudgetWindowPool.create(SPARE);
  });
  after(() => pool.dispose());

  const emulated = (overcharge: number): Promise<OpenRouterEmulator> =>
    startOpenRouterEmulator({
      replyText: replyAsAsked,
      tokensPerSecond: Infinity,
      billDelayMs: 0,
      overcharge,
      key: 'sk-or-test',
    });

  fault('F21', 'budgets: one to four windows, any order, a server that adds up', 7_200_000, async (faultRun) => {
    const emulator = await emulated(1);
    try {
      await runSchedules(faultRun, pool, emulator, 1, bySize({ quick: 40, full: 10_000 }));
    } finally {
      await emulator.dispose();
    }
  });

  fault('F22', 'budgets: a server that charges three times its prices', 1_800_000, async (faultRun) => {
    const emulator = await emulated(3);
    try {
      await runSchedules(faultRun, pool, emulator, 3, bySize({ quick: 20, full: 1_000 }));
    } finally {
      await emulator.dispose();
    }
  });
});
