import { startOpenRouterEmulator } from '../support/openRouterEmulator';
import { withFolder } from '../unit/infrastructure/store/storeFixtures';
import { BudgetWindowPool } from './budgetWindows';
import { fault } from './faultReport';
import { bySize } from './faultScale';
import { answerFixed, FAULT_KINDS, usualReply } from './messageFaults';
import { MessageRun } from './messageRun';

const SPARE = 1;

describe('faults: messages', () => {
  let pool: BudgetWindowPool;
  before(async function () {
    this.timeout(60_000);
    pool = await BudgetWindowPool.create(SPARE);
  });
  after(() => pool.dispose());

  fault(
    'F23',
    'messages over real HTTP, half of them with a fault, from the send to the stored reply',
    900_000,
    async ({ tally, random }) => {
      const emulator = await startOpenRouterEmulator({
        replyText: usualReply,
        tokensPerSecond: 400,
        timeToFirstTokenMs: 0,
        billDelayMs: 0,
        key: 'sk-or-test',
        answerInstead: answerFixed,
      });
      try {
        await withFolder(async (directory) => {
          await new MessageRun({
            pool,
            emulator,
            directory,
            random,
            tally,
            messages: bySize({ quick: 100, full: 1_000 }),
            trouble: bySize({ quick: 20, full: 40 }),
          }).run();
        });
        tally.note(`${FAULT_KINDS} kinds of fault`);
      } finally {
        await emulator.dispose();
      }
    },
  );
});
